"""What a file really is, by its content; and the errors for what is not read."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import StrEnum
from io import BytesIO

from pipeline.errors import DamagedFile, EncryptedFile, OversizedFile, UnsupportedFormat, WrongExtension
from pipeline.settings import settings


class Kind(StrEnum):
    """What can be read."""

    DOCX = "docx"
    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_OTHER = {
    b"{\\rtf": " RTF 文档", b"GIF8": " GIF 图片", b"II*\0": " TIFF 图片", b"MM\0*": " TIFF 图片", b"BM": " BMP 图片",
    b"Rar!": " RAR 压缩包", b"7z\xbc\xaf": " 7z 压缩包", b"\x1f\x8b": " GZIP 压缩包",
}  # fmt: skip
_UNPACK = "请解压后审查里面的合同"
_READS = "请转成 .docx、.pdf、.png、.jpg、.txt 或 .md 再试"


def sniff(name: str, data: bytes) -> Kind:
    """The kind of ``data``.

    Raises:
        UnsupportedFormat, WrongExtension, EncryptedFile, DamagedFile, OversizedFile: with what to do.
    """
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if data[:8] == _OLE:
        return _ole(name, data, extension)
    if data[:4] == _ZIP:
        return _zip(name, data)
    if b"%PDF-" in data[:1024]:
        return Kind.PDF
    if data.startswith(_IMAGES):
        return Kind.IMAGE
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise UnsupportedFormat(name, "这是 WebP 图片", "请另存为 PNG 或 JPG 再试")
    for magic, what in _OTHER.items():
        if data.startswith(magic) and (len(magic) > 2 or extension not in ("txt", "md", "")):
            raise UnsupportedFormat(name, f"这是{what}，不能直接审查", _UNPACK if "压缩包" in what else _READS)
    if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html", b"mime-version:")):
        remedy = "请在浏览器中打开后打印成 PDF，再来审查"
        if extension in ("docx", "pdf"):
            remedy = "多半没有下载成功（存下的是登录页或报错页），请重新下载"
        raise UnsupportedFormat(name, "这是网页，不是合同文档", remedy)
    if extension in ("docx", "pdf", "png", "jpg", "jpeg") and _is_text(data):
        raise WrongExtension(
            name, f"扩展名是 .{extension}，内容却是纯文本", "请把扩展名改成 .txt，或请对方重新发送原来的文件"
        )
    if extension in ("docx", "pdf", "png", "jpg", "jpeg"):
        problem = f"扩展名是 .{extension}，内容却不是{_CALLED[extension]}，可能没有下载完整或被改过名"
        raise DamagedFile(name, problem, "请向对方重新索取，或用原来的软件打开后另存")
    if extension in ("xlsx", "xls", "pptx", "wps", "et", "ofd", "html", "htm"):
        raise UnsupportedFormat(name, f"不支持 .{extension} 文件", _READS)
    return Kind.TEXT


def _is_text(data: bytes) -> bool:
    """True for what opens in an editor: no control characters beside line ends, tabs and form feeds."""
    return not re.search(rb"[\x00-\x08\x0e-\x1f]", data[:4096])


_CALLED = {"docx": " Word 文档", "pdf": " PDF", "png": " PNG 图片", "jpg": " JPG 图片", "jpeg": " JPG 图片"}


def _ole(name: str, data: bytes, extension: str) -> Kind:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedFile(name, "这份 Word 文档有打开密码", "请在 Word 或 WPS 中去掉密码后另存，再来审查")
    if extension == "docx":
        raise WrongExtension(
            name,
            "扩展名是 .docx，内容却是旧版 Word（.doc）格式",
            "请用 Word 或 WPS 打开，选“另存为”→“Word 文档（*.docx）”",
        )
    raise UnsupportedFormat(
        name,
        "旧版 Office 格式（.doc、.wps 等）读不了",
        "请用 Word 或 WPS 打开，选“另存为”→“Word 文档（*.docx）”，再审查另存的文件",
    )


def _zip(name: str, data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            unpacked = sum(i.file_size for i in archive.infolist())
            encrypted = any(i.flag_bits & 1 for i in archive.infolist())
            damaged = None if encrypted or unpacked > _unpacked_limit() else archive.testzip()
            types = "" if encrypted or damaged or unpacked > _unpacked_limit() else _content_types(archive)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise DamagedFile(name, "文件不完整或已损坏", "请重新下载，或请对方重新发送") from error
    if unpacked > _unpacked_limit():
        raise OversizedFile(
            name,
            f"解压后有 {unpacked / 1024 / 1024:.0f} MB，超过上限 {settings().max_unpacked_mb} MB",
            "请删去大图片后再试",
        )
    if encrypted:
        raise EncryptedFile(name, "这是加密的压缩包", _UNPACK)
    if damaged is not None:
        raise DamagedFile(name, f"文件内部的 {damaged} 已损坏", "请重新下载，或请对方重新发送")
    if _MAIN in types or ("word/document.xml" in names and not types):
        return Kind.DOCX
    if (other := re.search(r"ms-word\.\w+\.macroEnabled|wordprocessingml\.template\.main", types)) is not None:
        what = "模板" if "template" in other[0].lower() else "带宏的 Word 文档（.docm）"
        raise UnsupportedFormat(name, f"这是{what}，不直接审查", "请用 Word 或 WPS 另存为“Word 文档（*.docx）”再试")
    if "word/document.xml" in names:
        raise DamagedFile(name, "Word 文档内部结构已损坏", "请用 Word 或 WPS 打开并另存一份 .docx 再试")
    what = " Excel 表格" if "xl/workbook.xml" in names else " PPT" if "ppt/presentation.xml" in names else "压缩包"
    raise UnsupportedFormat(name, f"这是{what}，不是合同文档", _READS if what != "压缩包" else _UNPACK)


_MAIN = "wordprocessingml.document.main+xml"  # the part of this type is the document, whatever it is called


def _content_types(archive: zipfile.ZipFile) -> str:
    try:
        return archive.read("[Content_Types].xml").decode("utf-8", "replace")
    except KeyError:
        return ""


def _unpacked_limit() -> int:
    return settings().max_unpacked_mb * 1024 * 1024
