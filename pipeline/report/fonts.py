"""Fonts for a PDF: a TrueType font with Chinese from this computer, embedded as the characters used; else the standard one of PDF viewers.

Whatever the font, every character can be copied and searched: one that no font has is drawn as a box and still stands in the text.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

# File names, best first. Fonts with PostScript outlines (most of Noto CJK, PingFang) cannot be embedded here; they are tried and passed over.
_SANS = (
    "msyh.ttc", "msyh.ttf", "PingFang.ttc", "STHeiti Light.ttc", "NotoSansSC-Regular.ttf", "NotoSansSC[wght].ttf",
    "SourceHanSansSC-Regular.ttf", "HarmonyOS_Sans_SC_Regular.ttf", "Deng.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf", "simhei.ttf", "Arial Unicode.ttf", "simsun.ttc", "uming.ttc",
)  # fmt: skip
_SERIF = ("simsun.ttc", "Songti.ttc", "NotoSerifSC-Regular.ttf", "NotoSerifSC[wght].ttf", "SourceHanSerifSC-Regular.ttf",
          "STSONG.TTF", "uming.ttc", "simfang.ttf")  # fmt: skip
_SPARE = ("simsunb.ttf", "SimsunExtG.ttf", "seguisym.ttf", "DejaVuSans.ttf", "arial.ttf", "LiberationSans-Regular.ttf")
_STANDARD = "STSong-Light"


class _Embedded(TTFont):  # type: ignore[misc]
    """A TrueType font, with what reportlab leaves out: characters it has no picture of, and those past U+FFFF."""

    def addObjects(self, doc: Any) -> None:
        subsets = [list(subset) for subset in self.state[doc].subsets] if doc in self.state else []
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            high = sorted({code for code in subset if code > 0xFFFF})
            if not high:
                continue
            maps = [v for k, v in doc.idToObject.items() if str(k).startswith("toUnicodeCMap:" + self._prefix(number))]
            for stream in maps:
                for code in high:
                    pair = chr(code).encode("utf-16-be").hex().upper()
                    stream.content = stream.content.replace(f" <{code:04X}>", f" <{pair}>")

    def _prefix(self, number: int) -> str:
        from reportlab.pdfbase.ttfonts import SUBSETN

        name: bytes = SUBSETN(number) + b"+" + self.face.name
        return name.decode("pdfdoc")


class _Standard(UnicodeCIDFont):  # type: ignore[misc]
    """The Chinese font every PDF viewer brings, not embedded; read as UTF-16, so that no character is lost."""

    def __init__(self) -> None:
        super().__init__(_STANDARD)
        self.encodingName = "UniGB-UTF16-H"

    def addObjects(self, doc: Any) -> None:
        super().addObjects(doc)
        doc._pdfVersion = max(doc._pdfVersion, (1, 5))  # which brought this encoding


@dataclass(frozen=True, slots=True)
class Face:
    """A font as registered: its name, the characters it has a picture of (all, where it is not embedded)."""

    name: str
    drawn: frozenset[int] | None

    def draws(self, char: str) -> bool:
        """Whether there is a picture of ``char``."""
        return self.drawn is None or ord(char) in self.drawn


@dataclass(frozen=True, slots=True)
class Typeface:
    """A font and those that stand in for the characters it lacks."""

    faces: tuple[Face, ...]
    ascent: float
    descent: float

    def runs(self, text: str) -> Iterator[tuple[str, str]]:
        """``text`` in pieces, each with the name of the font to draw it in."""
        for face, chars in groupby(text, key=self._face):
            yield face.name, "".join(chars)

    def width(self, char: str) -> float:
        """Width of a character at size 1."""
        return _width(self._face(char).name, char)

    def _face(self, char: str) -> Face:
        for face in self.faces:
            if face.draws(char):
                return face
        first = self.faces[0]
        charset = pdfmetrics.getFont(first.name).face.charToGlyph
        charset.setdefault(ord(char), 0)  # drawn as the font's box for what it lacks, and kept in the text
        return first


@lru_cache(maxsize=65_536)
def _width(font: str, char: str) -> float:
    return float(pdfmetrics.getFont(font).stringWidth(char, 1))


@dataclass(frozen=True, slots=True)
class Fonts:
    """``sans`` for text, ``serif`` for headings and the words of the contract; the same where there is no serif font."""

    sans: Typeface
    serif: Typeface
    embedded: bool


@lru_cache(maxsize=4)
def fonts(folders: tuple[Path, ...] | None = None) -> Fonts:
    """The fonts of this computer, or of ``folders`` only."""
    found = _found(_folders() if folders is None else folders, installed=folders is None)
    sans = _first(_SANS, found) or _any_chinese(found)
    if sans is None:
        if _STANDARD not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(_Standard())
        standard = Typeface(faces=(Face(_STANDARD, None),), ascent=0.88, descent=0.12)
        return Fonts(sans=standard, serif=standard, embedded=False)
    serif = _first(_SERIF, found) or sans
    spare = [face for name in _SPARE if (face := _loaded(found.get(name.lower())))]
    return Fonts(sans=_typeface(sans, serif, *spare), serif=_typeface(serif, sans, *spare), embedded=True)


def _typeface(*faces: Face) -> Typeface:
    font = pdfmetrics.getFont(faces[0].name)
    ascent, descent = font.face.ascent / 1000, -font.face.descent / 1000
    return Typeface(faces=tuple(dict.fromkeys(faces)), ascent=ascent, descent=descent)


def _first(names: Sequence[str], found: dict[str, Path]) -> Face | None:
    return next((face for name in names if (face := _loaded(found.get(name.lower())))), None)


def _any_chinese(found: dict[str, Path]) -> Face | None:
    """Some other font that has the commonest characters of a contract."""
    for name in sorted(found):
        if name.startswith(("noto", "source", "wqy", "st", "hanyi", "fz", "alibaba", "lxgw")):
            face = _loaded(found[name])
            if face and all(face.draws(c) for c in "甲乙双方合同条款违约"):
                return face
    return None


@lru_cache(maxsize=64)
def _loaded(path: Path | None) -> Face | None:
    """The font of a file, registered; ``None`` where it cannot be embedded."""
    if path is None:
        return None
    name = f"shenyue-{path.stem}"
    try:
        font = _Embedded(name, str(path))
    except (TTFError, OSError, ValueError, KeyError, IndexError):
        return None
    pdfmetrics.registerFont(font)
    return Face(name, frozenset(font.face.charToGlyph))


def _found(folders: Iterable[Path], *, installed: bool) -> dict[str, Path]:
    """Font files by their name in lower case; of several the first in the order of folders and names."""
    found: dict[str, Path] = {}
    for folder in folders:
        if folder.is_dir():
            for path in sorted(folder.rglob("*")):
                if path.suffix.lower() in (".ttf", ".ttc"):
                    found.setdefault(path.name.lower(), path)
    if installed and (listing := shutil.which("fc-list")):
        try:
            said = subprocess.run(
                [listing, ":lang=zh", "file"], capture_output=True, text=True, timeout=10, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return found
        for line in sorted(said.stdout.splitlines()):
            path = Path(line.partition(": ")[0].rstrip(": "))
            if path.suffix.lower() in (".ttf", ".ttc"):
                found.setdefault(path.name.lower(), path)
    return found


def _folders() -> tuple[Path, ...]:
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home)) / "Microsoft/Windows/Fonts"
        return (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", local)
    if sys.platform == "darwin":
        system = Path("/System/Library/Fonts")
        return (system, system / "Supplemental", Path("/Library/Fonts"), home / "Library/Fonts")
    return (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts")
