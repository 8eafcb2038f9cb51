"""Office files (zip packages of XML): the same parts always give the same bytes, and any text can be put into XML."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say
_WHEN = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>|<cp:lastPrinted>[^<]*</cp:lastPrinted>")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def repeatable(package: bytes) -> bytes:
    """``package`` without the time it was made at: not in the zip, not in the document's properties."""
    out = BytesIO()
    with ZipFile(BytesIO(package)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _WHEN.sub(b"", content)
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0  # or else the machine's
            entry.external_attr = 0
            new.writestr(entry, content)
    return out.getvalue()


def xml_safe(text: str) -> str:
    """``text`` with the characters XML cannot hold (control characters, halves of a pair) as U+FFFD; line breaks become ``\\n``."""
    return _NOT_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
