"""A folder of files that a batch run must get over: what each says of itself, and the contracts among them that must be reviewed all the same."""

from __future__ import annotations

import os
import random
import socket
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

REVIEWED = ""  # what is said of a file that must be reviewed
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
_CLAUSES = (
    "客服外包服务合同",
    "甲方（委托方）：杭州云衣服饰有限公司",
    "乙方（受托方）：合肥客盈网络科技有限公司",
    "第一条 服务内容：乙方为甲方的网店提供售前咨询、售后退换货处理及投诉处理服务，服务时间为每日8:00至24:00。",
    "第二条 服务标准：首次响应时间不超过60秒，三分钟回复率不低于90%，客户满意度不低于95%。",
    "第三条 费用：甲方按每月人民币12000元向乙方支付服务费，乙方开具增值税专用发票后10日内支付。",
    "第四条 保密：乙方对甲方的客户信息保密，合同终止后三年内有效。",
    "第五条 违约责任：任何一方违约的，应向对方支付合同总额10%的违约金。",
    "第六条 期限：本合同有效期一年，任何一方可提前30日书面通知对方解除。",
)
_TEXT = "\n".join(_CLAUSES)


def make(folder: Path) -> dict[str, str]:
    """Fill ``folder``; by name below it, what the reason of each file must say (``REVIEWED`` for one that must be reviewed).

    Beside these it holds what a run leaves out in silence: hidden files, lock files, what systems put there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said: dict[str, str] = {}
    for name, reason, content in (*_contracts(), *_broken(), *_unsupported(), *_oversized()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content())
        said[name] = reason
    said["名字/con (2).TXT"] = said.pop("名字/con.TXT")  # to Windows it has the name of CON.txt
    said |= _not_files(folder)
    for name in ("~$合同.docx", ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX/._合同.docx", "下载中.docx.part"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"junk")
    return said


_File = tuple[str, str, Callable[[], bytes]]


def _contracts() -> list[_File]:
    """Contracts, some under names that break programs."""
    return [
        ("合同一.docx", REVIEWED, _word),
        ("合同二.pdf", REVIEWED, _pdf),
        ("合同三.txt", REVIEWED, _TEXT.encode),
        ("名字/😀合同👨‍👩‍👧\n第二行\t'\"$(x);&.txt", REVIEWED, lambda: f"{_TEXT}\n第七条 附则一。".encode()),
        ("名字/" + "很长的名字" * 16 + "合同.txt", REVIEWED, lambda: f"{_TEXT}\n第七条 附则二。".encode("gb18030")),
        ("名字/CON.txt", REVIEWED, lambda: f"{_TEXT}\n第七条 附则三。".encode("utf-16")),
        ("名字/con.TXT", REVIEWED, lambda: f"{_TEXT}\n第七条 附则四。".encode()),
        ("名字/没有扩展名", REVIEWED, lambda: f"{_TEXT}\n第七条 附则五。".encode()),
        ("名字/其实是pdf.docx", REVIEWED, _pdf),
        ("没有字的照片.png", REVIEWED, lambda: _image("PNG")),  # a page that cannot be read, and so nothing judged
    ]


def _broken() -> list[_File]:
    return [
        ("零字节.docx", "文件是空的", bytes),
        ("只有空格.txt", "文件里没有文字", lambda: "\u3000 \n\u3000\t\n".encode() * 50),
        ("空白页.pdf", "文件里没有文字", lambda: _pages(1)),
        ("截断.docx", "不完整或已损坏", lambda: _word()[: len(_word()) // 2]),
        ("截断.pdf", "PDF 不完整或已损坏", lambda: _pdf()[: len(_pdf()) // 3]),
        ("截断.png", "图片", lambda: _image("PNG")[:-60]),
        ("内部损坏.docx", "Word 文档", lambda: _rezipped({"word/document.xml": b"<w:document><w:body>"})),
        ("没有页.pdf", "一页也没有", lambda: _pages(0)),
        ("加密.docx", "Word 文档有打开密码", lambda: _OLE + "EncryptedPackage".encode("utf-16-le")),
        ("加密.pdf", "PDF 有打开密码", lambda: _pages(1, password="secret")),
        ("乱码.txt", "认不出文字编码", lambda: random.Random(1).randbytes(4000)),
        ("纯文本.docx", "内容却是纯文本", _TEXT.encode),
        ("旧版改名.docx", "内容却是旧版 Word", lambda: _OLE),
        ("下载成网页.pdf", "这是网页", lambda: b"<!DOCTYPE html><html><body>404</body></html>"),
    ]


def _unsupported() -> list[_File]:
    return [
        ("旧版.doc", "旧版 Office 格式", lambda: _OLE),
        ("报价.xlsx", "Excel 表格", _sheet),
        ("带宏.docm", "带宏的 Word", lambda: _rezipped({}, macro=True)),
        ("富文本.rtf", "RTF 文档", lambda: b"{\\rtf1 \\ansi contract}"),
        ("传真.tif", "TIFF 图片", lambda: _image("TIFF")),
        ("截图.webp", "WebP 图片", lambda: _image("WEBP")),
        ("合同.zip", "压缩包", lambda: _zipped({"合同.txt": _TEXT.encode()})),
        ("合同.rar", "RAR 压缩包", lambda: b"Rar!\x1a\x07\x01\0" + b"\0" * 100),
    ]


def _oversized() -> list[_File]:
    bomb = {"word/media/bomb.bin": b"\0" * (301 * 1024 * 1024)}
    return [
        ("一万页.pdf", "有 10000 页，超过上限", lambda: _pages(10_000)),
        ("炸弹.docx", "解压后有", lambda: _rezipped(bomb)),
        ("太大.pdf", "51.0 MB，超过上限 50 MB", lambda: b"%PDF-1.7\n" + b"\0" * (51 * 1024 * 1024)),
        ("太长.txt", "超过上限 1000000 字", lambda: ("甲方付款。" * 200_001).encode()),
        ("像素太多.png", "像素", _huge_png),
    ]


def _not_files(folder: Path) -> dict[str, str]:
    said = {"失效的链接.docx": "失效的链接", "指向自己.docx": "绕成了圈", "回到上层": "指回了它所在的文件夹"}
    (folder / "失效的链接.docx").symlink_to(folder / "不在了.docx")
    (folder / "指向自己.docx").symlink_to("指向自己.docx")
    (folder / "回到上层").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "管道.pdf")
    said["管道.pdf"] = "这是管道"
    make_socket(folder / "套接字.txt")
    said["套接字.txt"] = "这是套接字"
    (folder / "设备.txt").symlink_to("/dev/zero")
    said["设备.txt"] = "这是设备"
    if sys.platform == "linux":
        (folder / "读不出来.pdf").symlink_to("/proc/self/mem")  # the first byte of it is an error, for root too
        said["读不出来.pdf"] = "磁盘或网络出错"
    if os.geteuid() != 0:
        (folder / "没有权限.txt").write_text(_TEXT, encoding="utf-8")
        (folder / "没有权限.txt").chmod(0)
        (folder / "锁住的文件夹").mkdir(mode=0)
        said |= {"没有权限.txt": "没有读取的权限", "锁住的文件夹": "没有读取的权限"}
    return said


def make_socket(path: Path) -> None:
    """The file of a socket; ``path`` may be longer than one that a socket can be bound by."""
    opened = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(f"/proc/self/fd/{opened}/{path.name}")
    finally:
        os.close(opened)


def _word() -> bytes:
    document, out = docx.Document(), BytesIO()
    for line in _CLAUSES:
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def _pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setFont("STSong-Light", 9)
    for row, line in enumerate(_CLAUSES):
        canvas.drawString(50, 780 - 24 * row, line)
    canvas.save()
    return out.getvalue()


def _pages(count: int, *, password: str = "") -> bytes:
    writer, out = PdfWriter(), BytesIO()
    for _ in range(count):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def _sheet() -> bytes:
    out = BytesIO()
    Workbook().save(out)
    return out.getvalue()


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _rezipped(changed: dict[str, bytes], *, macro: bool = False) -> bytes:
    with zipfile.ZipFile(BytesIO(_word())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if macro:
        types, plain = "[Content_Types].xml", b"openxmlformats-officedocument.wordprocessingml.document.main+xml"
        parts[types] = parts[types].replace(b"vnd." + plain, b"vnd.ms-word.document.macroEnabled.main+xml")
    return _zipped(parts | changed)


def _image(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (320, 240), "skyblue").save(out, kind)
    return out.getvalue()


def _huge_png() -> bytes:
    """Says that it has 40,000 by 40,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))
