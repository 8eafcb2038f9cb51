"""What the page of settings keeps: ``<data_dir>/.env``, readable by its owner only, below the environment and ``./.env`` in rank.

The key of the model service is among it and only ever goes in: nothing here gives it back to a page or to a log.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from pipeline.errors import SettingsError

NAME = ".env"
KEY, ADDRESS = "OPENAI_API_KEY", "OPENAI_BASE_URL"
KEPT = ("SHENYUE_MODEL", "SHENYUE_CONTEXT", "SHENYUE_MASK", ADDRESS, KEY)

_ours: dict[str, str] = {}  # what this process took into its environment, and may therefore replace


def read(folder: Path) -> dict[str, str]:
    """What is kept in ``folder``; empty where nothing is, or where the file cannot be read."""
    try:
        found = dotenv_values(folder / NAME, interpolate=False)
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: value for name in KEPT if (value := found.get(name))}


def write(folder: Path, values: Mapping[str, str]) -> None:
    """Keep ``values`` in the place of what was kept before; an empty value is left out. The file has mode 600 from its first byte.

    Raises:
        SettingsError: a name that is not kept here, a value of several lines, or a folder that cannot be written.
    """
    for name, value in values.items():
        if name not in KEPT:
            raise SettingsError(f"{name} 不能存在这里，请用环境变量设置")
        if not value.isprintable():
            raise SettingsError(f"{name} 的值里有换行或不可见的字符，请重新粘贴")
    lines = [f"{name}={_quoted(value)}\n" for name, value in values.items() if value]
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".env-")  # made with mode 600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write("".join(lines))
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SettingsError(f"设置存不进 {path}（{error.strerror}）。请检查这个文件夹的权限") from error


def check_address(address: str) -> None:
    """Raises ``SettingsError`` for what is no address of a service, or holds a user and a password."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("服务地址要以 http:// 或 https:// 开头，例如 https://api.deepseek.com/v1")
    if parts.username or parts.password:
        raise SettingsError("服务地址里不要写账号和密码，密钥请填在密钥一栏")


def take(folder: Path) -> None:
    """Put address and key into this process's environment, where the vendors' clients look for them: from ``./.env``, else from ``folder``.

    What the environment says itself stays as it is.
    """
    kept = {**read(folder), **read(Path())}
    for name in (KEY, ADDRESS):
        if name in os.environ and os.environ[name] != _ours.get(name):
            continue
        if value := kept.get(name):
            os.environ[name] = _ours[name] = value
        elif _ours.pop(name, None) is not None:
            os.environ.pop(name, None)


def from_outside(name: str) -> bool:
    """Whether the environment or ``./.env`` says ``name``, so that what is kept in the data folder does not count."""
    return (name in os.environ and os.environ[name] != _ours.get(name)) or name in read(Path())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
