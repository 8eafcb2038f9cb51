"""A file in, a ``Document`` out: Word, PDF, scans, images, plain text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import EmptyFile, FileMissing, OversizedFile
from pipeline.events import Observer, PagesRead, nobody
from pipeline.ingest.sniff import Kind, sniff
from pipeline.settings import settings
from pipeline.types import Document, PageSource

Progress = Callable[[str], None]


def ingest(
    path: Path, *, name: str | None = None, progress: Progress | None = None, observe: Observer = nobody
) -> Document:
    """Read a contract file. What it is, is decided by its content, not by its name.

    Args:
        path: .docx, .pdf, .png, .jpg, .txt or .md.
        name: what the file is called where that is not the name of ``path`` (uploaded, kept under a hash).
        progress: told in Chinese about steps that take long.
        observe: told of the pages read by OCR.

    Raises:
        InputError: one of its kinds in ``pipeline.errors``; the message names file, problem and remedy.
    """
    name = name or path.name
    limits = settings()
    try:
        if not path.is_file():
            raise FileMissing(name, "没有这个文件" if not path.exists() else "这是文件夹，不是文件", "请检查路径")
        size = path.stat().st_size
        if size > limits.max_file_mb * 1024 * 1024:
            raise OversizedFile(
                name,
                f"文件有 {size / 1024 / 1024:.0f} MB，超过上限 {limits.max_file_mb} MB",
                "请压缩扫描件，或拆开后分别审查",
            )
        data = path.read_bytes()
    except OSError as error:
        why = "没有读取的权限" if isinstance(error, PermissionError) else error.strerror or "读取出错"
        raise FileMissing(name, f"文件打不开（{why}）", "请检查文件权限，或把文件复制到别处再试") from error
    if not data.strip(b"\0\r\n\t "):
        raise EmptyFile(name, "文件是空的", "请确认下载或导出完整后再试")
    say = progress or (lambda _: None)

    def pages(done: int, total: int) -> None:
        observe(PagesRead(done=done, total=total))

    document = _read(sniff(name, data), name, data, hashlib.sha256(data).hexdigest(), say, pages)
    if not document.text.strip() and all(p.source is not PageSource.UNREADABLE for p in document.pages):
        raise EmptyFile(
            name, "文件里没有文字", "请确认这是合同正文、导出的不是空白页；如果是图片，请存成 PDF 或 PNG 再试"
        )
    if len(document.text) > limits.max_chars:
        raise OversizedFile(name, f"文字有 {len(document.text)} 字，超过上限 {limits.max_chars} 字", "请拆开后分别审查")
    return document


def _read(
    kind: Kind, name: str, data: bytes, sha256: str, say: Progress, pages: Callable[[int, int], None]
) -> Document:
    if kind is Kind.DOCX:
        from pipeline.ingest.docx import read_docx

        return read_docx(name, data, sha256)
    if kind is Kind.PDF:
        from pipeline.ingest.pdf import read_pdf

        return read_pdf(name, data, sha256, say, pages)
    if kind is Kind.IMAGE:
        from pipeline.ingest.ocr import read_image

        return read_image(name, data, sha256, say, pages)
    from pipeline.ingest.plain import read_plain

    return read_plain(name, data, sha256)


__all__ = ["ingest"]
