"""Speed and memory of a review, as ratios within one run: ``make bench``.

The unit of time is what cannot be avoided: pypdf's text extraction plus the embedding of the contract's clauses, both measured in
the same process on the same file. Ratios travel between machines; seconds do not.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

TARGETS = {
    "first review / (pypdf + embedding)": 1.25,
    "second review / first": 0.25,
    "cost a page, 100 pages / 10 pages": 1.3,
}
_MOST_RSS_MB = 700


def main() -> int:
    """Print the ratios; exit 1 when one is over its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SHENYUE_DATA_DIR"] = folder
        figures = measure(Path(folder), args.repeat)
    over = False
    for name, value in figures.items():
        limit = TARGETS.get(name)
        bad = limit is not None and value > limit
        over = over or bad
        note = f"  (at most {limit:g}{', OVER' if bad else ''})" if limit is not None else ""
        sys.stdout.write(f"{name:42} {value:8.3f}{note}\n")
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{'peak RSS, MiB':42} {rss:8.0f}  (at most {_MOST_RSS_MB}{', OVER' if rss > _MOST_RSS_MB else ''})\n"
    )
    return 1 if over or rss > _MOST_RSS_MB else 0


def measure(folder: Path, repeat: int) -> dict[str, float]:
    """The figures by name; PDFs are made in ``folder``."""
    from pipeline.embed import BundledEmbedder
    from pipeline.ingest import ingest
    from pipeline.playbook import load_playbook
    from pipeline.retrieve import passages
    from pipeline.review import review
    from pipeline.segment import segment
    from pipeline.settings import settings

    book = load_playbook()
    threads = settings().threads
    small, large = (make_pdf(folder / f"{pages}.pdf", pages) for pages in (10, 100))
    # Warm: model loaded, patterns compiled, the playbook's own queries embedded once and stored.
    review(make_pdf(folder / "warm.pdf", 1, seed=7), playbook=book)
    document = ingest(small)
    texts = [p.text for p in passages(document, segment(document))]
    model = BundledEmbedder(threads)
    model.passages(texts[:2])

    def unavoidable() -> None:
        _extract(small)
        model.passages(texts)

    floor = median(_seconds(unavoidable) for _ in range(repeat))
    firsts: list[float] = []
    seconds: list[float] = []
    for turn in range(repeat):
        fresh = make_pdf(folder / f"fresh{turn}.pdf", 10, seed=100 + turn)
        firsts.append(_seconds(partial(review, fresh, playbook=book)))
        seconds.append(_seconds(partial(review, fresh, playbook=book)))
    big = _seconds(lambda: review(large, playbook=book))
    first = median(firsts)
    return {
        "pypdf + embedding of 10 pages, s": floor,
        "first review of 10 pages, s": first,
        "first review / (pypdf + embedding)": first / floor,
        "second review / first": median(seconds) / first,
        "cost a page, 100 pages / 10 pages": (big / 100) / (first / 10),
    }


def _extract(path: Path) -> None:
    from pypdf import PdfReader

    for page in PdfReader(path).pages:
        page.extract_text()


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


_TOPICS = (
    "乙方为甲方提供售前咨询、售后退换货及投诉处理服务，首次响应时间不超过{n}秒，解决率不低于9{d}%。",
    "服务费按坐席计算，每坐席每月{n}00元，甲方收到发票后{n}个工作日内支付，逾期每日按未付金额的万分之{d}计付违约金。",
    "乙方应对客户信息、订单数据保密，合同终止后{n}日内删除，泄露的每起支付违约金{n}万元。",
    "客服人员月流失率不超过1{d}%，缺岗须在{n}小时内补位，大促期间增派坐席{n}名，系统故障{n}分钟内切换备用线路。",
    "任何一方可提前{n}日书面通知解除本合同，争议由第{n}号项目所在地人民法院管辖，双方另有约定的从其约定。",
)


def make_pdf(path: Path, pages: int, seed: int = 0) -> Path:
    """A digital contract of ``pages`` pages with clauses that differ from file to file, headers and page numbers."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4)
    number = 0
    for page in range(1, pages + 1):
        canvas.setFont("STSong-Light", 9)
        canvas.drawString(72, 810, f"客服外包服务合同 编号{seed:03d}")
        canvas.drawString(270, 30, f"第 {page} 页 共 {pages} 页")
        canvas.setFont("STSong-Light", 11)
        y = 780
        for line in _page_lines(number, seed):
            canvas.drawString(72, y, line)
            y -= 20
        number += 13
        canvas.showPage()
    canvas.save()
    return path


def _page_lines(number: int, seed: int) -> Iterator[str]:
    for i in range(number, number + 13):
        text = f"{i // 13 + 1}.{i % 13 + 1} " + _TOPICS[(i + seed) % len(_TOPICS)].format(
            n=(i * 7 + seed) % 89 + 3, d=(i + seed) % 9
        )
        for at in range(0, len(text), 40):
            yield text[at : at + 40]


if __name__ == "__main__":
    sys.exit(main())
