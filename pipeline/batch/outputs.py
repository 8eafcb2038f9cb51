"""The output folder of a run: where a file's reports go, and writing them so that what is there is always whole."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pipeline.batch.place import is_gone, this_server
from pipeline.errors import ShenyueError
from pipeline.report import EXTENSIONS

FOLDER = "reports"  # below the output folder, apart from the run's own summaries
_LONGEST = 200  # bytes of one part of a path, with the extension of the report
_LONGEST_WHOLE = 800  # bytes; what stands in front of it is the user's, and systems end at 1024 or 4096
_ENDINGS = tuple(EXTENSIONS.values())
_LONGEST_ENDING = max(map(len, _ENDINGS))
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff_()（）【】\-+,，、《》 .]+")
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.I)  # of Windows
_MARKED = re.compile(r"~[0-9a-f]{8}$")
_PART = re.compile(r"\.shenyue,(?P<server>.+)\.part")
_ABANDONED = 3600  # seconds after which a temporary is cleared whose process cannot be looked at


class OutputError(ShenyueError):
    """A report or a summary that cannot be written. ``full``: for want of space."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        super().__init__(f"{path}：写不进去（{_why(error)}）。{_remedy(error)}")


def report_paths(name: str, formats: Iterable[str]) -> Mapping[str, str]:
    """Where the reports of a file go: by format a path below the output folder, ``/`` between its parts.

    It depends on the name alone, names that differ have paths that differ, and every system takes it: no control characters, no names that
    Windows keeps for itself, no part over 200 bytes in UTF-8. A part that had to be changed for that ends in a hash of what it was. The paths of
    names that differ in upper and lower case alone do so too: no source gives such names.

    Args:
        name: as a source lists it, ``/`` between its parts.
        formats: of ``pipeline.report.EXTENSIONS``.
    """
    *folders, last = name.split("/")
    stem = _safe(last, _LONGEST - _LONGEST_ENDING)
    above = "/".join(_folder(part) for part in folders)
    if len(f"{FOLDER}/{above}/{stem}".encode()) > _LONGEST_WHOLE - _LONGEST_ENDING:
        above = f"_~{_hash('/'.join(folders))}"
    start = "/".join(part for part in (FOLDER, above, stem) if part)
    return {fmt: start + EXTENSIONS[fmt] for fmt in formats}


def _folder(part: str) -> str:
    """A folder that ends like a report might be in the way of one."""
    safe = _safe(part, _LONGEST)
    return _marked(part, _LONGEST) if safe == part and part.lower().endswith(_ENDINGS) else safe


def _safe(part: str, longest: int) -> str:
    plain = _PLAIN.fullmatch(part) is not None or (part != "" and _clean(part) == part)
    kept = plain and not part.startswith((".", " ")) and not part.endswith((".", " ")) and not _RESERVED.match(part)
    return part if kept and len(part.encode()) <= longest and not _MARKED.search(part) else _marked(part, longest)


def _clean(part: str) -> str:
    seen = "".join("_" if unicodedata.category(c) in _UNSEEN else c for c in unicodedata.normalize("NFC", part))
    return _FORBIDDEN.sub("_", seen)


def _marked(part: str, longest: int) -> str:
    clean = _clean(part).strip(". ")
    if _RESERVED.match(clean):
        clean = f"_{clean}"
    mark = f"~{_hash(part)}"
    cut = clean.encode()[: longest - len(mark)].decode(errors="ignore").rstrip(". ")
    return (cut or "_") + mark


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place at once: after a crash at any moment there is the old one, the new one or none, never half of one.

    When this returns, the file outlives a loss of power. Folders are made.

    Raises:
        OutputError: it cannot be written.
    """
    with writing(path) as file:
        file.write(content)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """``write_whole`` for what is too large to hold: the file is in its place after the block, and not at all if the block raises.

    Raises:
        OutputError: it cannot be written.
    """
    part = path.with_name(_part_name())
    try:
        _make(path.parent)
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise OutputError(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


def clear_parts(out: Path) -> int:
    """Remove the temporaries that killed runs left below ``out``, but not those of a process that still writes; returns how many."""
    cleared = 0
    for folder, _, names in os.walk(out):
        for name in names:
            path = Path(folder, name)
            if (part := _PART.fullmatch(name)) and _is_left(path, part["server"]):
                with suppress(OSError):
                    path.unlink()
                    cleared += 1
    return cleared


def _part_name() -> str:
    return f".shenyue,{re.sub(r'[^-.,:0-9A-Za-z]', '_', this_server()).replace(':', ',')}.part"


def _is_left(path: Path, server: str) -> bool:
    """True when nobody writes it: its process has ended, or where that cannot be known it is an hour old."""
    if is_gone(server.replace(",", ":")):
        return True
    try:
        return time.time() - path.stat().st_mtime > _ABANDONED
    except OSError:
        return False


def _make(folder: Path) -> None:
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Have the names in a folder outlive a loss of power, where the system can."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _why(error: OSError) -> str:
    known = {
        errno.ENOSPC: "磁盘满了", errno.EDQUOT: "磁盘配额用完了", errno.EROFS: "磁盘是只读的", errno.EACCES: "没有写入的权限",
        errno.EPERM: "没有写入的权限", errno.ENOTDIR: "要放文件夹的地方已经有同名文件", errno.EEXIST: "要放文件夹的地方已经有同名文件",
        errno.EISDIR: "同名的文件夹占了位置", errno.ENAMETOOLONG: "路径太长", errno.EIO: "磁盘读写出错", errno.ENOENT: "输出文件夹被删除了",
    }  # fmt: skip
    return known.get(error.errno or 0, error.strerror or type(error).__name__)


def _remedy(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "请腾出空间再继续这次运行，已审完的不会重审"
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
        return "请移走它，或换一个空的输出文件夹"
    if error.errno == errno.ENAMETOOLONG:
        return "请把输出文件夹放在更浅的位置"
    return "请检查输出文件夹的权限和磁盘，或换一个可写的位置"
