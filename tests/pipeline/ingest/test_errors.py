"""Files that cannot be reviewed: each says which file, what is wrong and what to do."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    FileMissing,
    InputError,
    NoPages,
    OversizedFile,
    UnsupportedFormat,
    WrongExtension,
)
from pipeline.ingest import ingest
from tests.pipeline.ingest.conftest import Word, part, rezip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def refused(path: Path, kind: type[InputError], *words: str) -> InputError:
    with pytest.raises(InputError) as caught:
        ingest(path)
    error = caught.value
    assert type(error) is kind
    assert error.file == path.name
    assert str(error) == f"{path.name}：{error.problem}。{error.remedy}"
    for word in words:
        assert word in str(error)
    assert len(re.findall("[\u4e00-\u9fff]", error.problem)) >= 4
    assert error.remedy.startswith("请")
    return error


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def pdf(pages: int = 1, **options: Any) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, **options)
    for _ in range(pages):
        canvas.drawString(72, 700, "Party A shall pay 5000 a month.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def png(width: int = 60, height: int = 60) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, height), 80).save(out, "PNG")
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))


def test_missing_folder_and_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(tmp_path / "没有.docx", FileMissing, "没有这个文件")
    refused(tmp_path, FileMissing, "文件夹")
    path = put(tmp_path, "合同.txt", b"x")

    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)  # the tests may run as root, whom no permission stops
    refused(path, FileMissing, "打不开", "权限")


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\0" * 40], ids=["nothing", "blank", "zeros"])
def test_empty(tmp_path: Path, data: bytes) -> None:
    refused(put(tmp_path, "合同.docx", data), EmptyFile, "空")


def test_documents_without_a_word(tmp_path: Path, word: Word) -> None:
    refused(word.save(), EmptyFile, "没有文字")
    out = BytesIO()
    canvas = Canvas(out)
    canvas.showPage()
    canvas.save()
    refused(put(tmp_path, "空白.pdf", out.getvalue()), EmptyFile, "没有文字")


def test_old_word_says_how_to_convert(tmp_path: Path) -> None:
    refused(put(tmp_path, "合同.doc", OLE), UnsupportedFormat, "另存为", ".docx")
    refused(put(tmp_path, "合同.docx", OLE), WrongExtension, "旧版 Word", "另存为")


def test_encrypted_word(tmp_path: Path) -> None:
    refused(put(tmp_path, "合同.docx", OLE + "EncryptedPackage".encode("utf-16-le")), EncryptedFile, "密码")


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_encrypted_pdf(tmp_path: Path, algorithm: str) -> None:
    writer = PdfWriter(BytesIO(pdf()))
    writer.encrypt("secret", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    refused(put(tmp_path, "合同.pdf", out.getvalue()), EncryptedFile, "密码")


def test_truncated_word(tmp_path: Path, word: Word) -> None:
    whole = word.p("甲方付款。" * 50).save().read_bytes()
    for share in (0.2, 0.5, 0.95):
        refused(put(tmp_path, "半.docx", whole[: int(len(whole) * share)]), DamagedFile)


def test_word_with_rotten_bytes(tmp_path: Path, word: Word) -> None:
    whole = bytearray(word.p("甲方付款。" * 50).save().read_bytes())
    with zipfile.ZipFile(BytesIO(bytes(whole))) as archive:
        at = archive.getinfo("word/document.xml").header_offset + 60
    whole[at : at + 40] = b"\xff" * 40
    refused(put(tmp_path, "坏.docx", bytes(whole)), DamagedFile)


@pytest.mark.parametrize(
    ("name", "pattern", "to"),
    [
        ("word/document.xml", "</w:body>", ""),
        ("word/document.xml", "<w:body>.*</w:body>", ""),
        ("word/document.xml", r"<w:p>", '<w:p><w:pPr><w:outlineLvl w:val="x"/></w:pPr>'),
        ("word/styles.xml", "</w:styles>", "<"),
        ("_rels/.rels", "officeDocument/2006/relationships/officeDocument", "nothing"),
    ],
    ids=["malformed", "no-body", "bad-value", "styles", "no-relation"],
)
def test_word_with_broken_parts(word: Word, name: str, pattern: str, to: str) -> None:
    word.p("甲方付款。").save()
    refused(rezip(word.path, lambda parts: part(parts, name, pattern, to)), DamagedFile, "另存")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("application/vnd.ms-word.document.macroEnabled.main+xml", "带宏"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml", "模板"),
    ],
)
def test_macros_and_templates(word: Word, kind: str, words: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        part(parts, "[Content_Types].xml", r"application/[\w.-]+wordprocessingml\.document\.main\+xml", kind)

    word.p("甲方付款。").save()
    refused(rezip(word.path, change), UnsupportedFormat, words, "另存为")


def test_truncated_pdf_and_pictures(tmp_path: Path) -> None:
    refused(put(tmp_path, "半.pdf", pdf()[:300]), DamagedFile, "PDF")
    refused(put(tmp_path, "半.png", png()[:900]), DamagedFile, "图片")
    jpeg = BytesIO()
    Image.effect_noise((60, 60), 80).save(jpeg, "JPEG")
    refused(put(tmp_path, "半.jpg", jpeg.getvalue()[:200]), DamagedFile, "图片")


def test_a_pdf_without_pages(tmp_path: Path) -> None:
    out = BytesIO()
    PdfWriter().write(out)
    refused(put(tmp_path, "无页.pdf", out.getvalue()), NoPages, "一页也没有")


@pytest.mark.parametrize("extension", ["docx", "pdf", "png", "jpg"])
def test_text_under_another_name(tmp_path: Path, extension: str) -> None:
    refused(put(tmp_path, f"合同.{extension}", "第一条 甲方付款。".encode()), WrongExtension, "纯文本", ".txt")
    refused(put(tmp_path, f"残.{extension}", b"\x01\x02\x03\x04garbage\x00"), DamagedFile, f".{extension}")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("合同.rtf", b"{\\rtf1 hello}", "RTF"),
        ("合同.doc", b"{\\rtf1 hello}", "RTF"),
        ("图.gif", b"GIF89a" + b"\0" * 20, "GIF"),
        ("图.tif", b"II*\0" + b"\0" * 20, "TIFF"),
        ("图.webp", b"RIFF\0\0\0\0WEBPVP8 ", "WebP"),
        ("包.rar", b"Rar!\x1a\x07", "RAR"),
        ("合同.txt", b"<!DOCTYPE html><html>", "网页"),
        ("合同.doc", b"\n<html xmlns:w='x'>", "网页"),
        ("表.xls", b"a,b,c", "xls"),
    ],
)
def test_formats_that_are_not_read(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    refused(put(tmp_path, name, data), UnsupportedFormat, words)


@pytest.mark.parametrize(
    ("inside", "words"), [("xl/workbook.xml", "Excel"), ("ppt/presentation.xml", "PPT"), ("a.txt", "压缩包")]
)
def test_other_packages(tmp_path: Path, inside: str, words: str) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(inside, "x")
    refused(put(tmp_path, "合同.docx", out.getvalue()), UnsupportedFormat, words)


def test_binary_noise_is_no_text(tmp_path: Path) -> None:
    refused(put(tmp_path, "合同.txt", bytes(range(256)) * 8), DamagedFile, "编码")


def test_limits(tmp_path: Path, word: Word, limits: Callable[..., None]) -> None:
    limits(max_file_mb=1, max_unpacked_mb=2, max_pages=2, max_chars=1000)
    refused(put(tmp_path, "大.txt", b"a" * (1024 * 1024 + 1)), OversizedFile, "上限 1 MB")
    refused(put(tmp_path, "长.txt", ("甲" * 1001).encode()), OversizedFile, "上限 1000 字")
    refused(put(tmp_path, "多页.pdf", pdf(3)), OversizedFile, "3 页", "上限 2 页")
    word.p("甲方付款。").save()

    def bomb(parts: dict[str, bytes]) -> None:
        parts["word/media/bomb.bin"] = b"\0" * (3 * 1024 * 1024)

    path = rezip(word.path, bomb)
    assert path.stat().st_size < 100_000
    refused(path, OversizedFile, "解压")


@pytest.mark.parametrize("side", [9_100, 12_000, 40_000])
def test_pictures_of_too_many_pixels_are_refused_before_they_are_unpacked(tmp_path: Path, side: int) -> None:
    refused(put(tmp_path, "大图.png", png_header(side, side)), OversizedFile, "像素", "缩小")
