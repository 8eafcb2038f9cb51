"""Who may reach the page: sign-in by an OpenID provider, and which addresses are listened on without it."""

from __future__ import annotations

import ipaddress
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import SettingsError

_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_HOW = f"SHENYUE_AUTH 要写登录服务的 {'、'.join(_NEEDED)}：写在一个 TOML 或 JSON 文件里给出路径，或直接写 JSON（见 README）"


def sign_in(told: str) -> Mapping[str, str] | None:
    """The OpenID provider that ``SHENYUE_AUTH`` describes, as Streamlit's ``[auth]`` wants it; ``None`` where nobody signs in.

    Raises:
        SettingsError: the file cannot be read, or something is left out; the message holds no secret.
    """
    if not told.strip():
        return None
    text = told if told.lstrip().startswith("{") else _file(Path(told).expanduser())
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except ValueError as error:
        raise SettingsError(f"SHENYUE_AUTH 的内容读不懂。{_HOW}") from error
    found = found.get("auth", found)
    lacking = [name for name in _NEEDED if not isinstance(found.get(name), str) or not found[name].strip()]
    if lacking:
        raise SettingsError(f"SHENYUE_AUTH 少了 {'、'.join(lacking)}。{_HOW}")
    return {name: str(found[name]) for name in _NEEDED}


def admins(told: str) -> frozenset[str]:
    """The addresses in a comma list, in lower case."""
    return frozenset(name for part in told.replace("，", ",").split(",") if (name := part.strip().lower()))


def loopback(host: str) -> bool:
    """Whether ``host`` is reached from this machine only; a name that is not known for sure is not."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_bind(host: str, *, signed: bool, open_to_network: bool) -> None:
    """May the page listen on ``host``?

    Raises:
        SettingsError: others would reach contracts without signing in, and nobody has said that they may.
    """
    if loopback(host) or signed or open_to_network:
        return
    raise SettingsError(
        f"没有启动：监听 {host} 会让同一网络里的任何人不用登录就看到合同和审查结果。\n"
        "三种办法，任选一种：\n"
        "  只自己用：去掉 --host（默认 127.0.0.1，只有这台电脑能打开）\n"
        "  给团队用：设置 SHENYUE_AUTH 让每个人先登录（见 README）\n"
        "  确实要不登录就开放：再加上 --open-to-network"
    )


def _file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"SHENYUE_AUTH 指向的文件 {path} 读不了。{_HOW}") from error
