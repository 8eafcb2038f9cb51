"""The Chinese words of a summary, the same in every format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from pipeline.report.summary.tally import Tally
from pipeline.report.summary.values import Summary, SummaryFile, SummaryState
from pipeline.risk import AMEND, REJECT, SIGN
from pipeline.types import Risk, Status

STATE: Mapping[SummaryState, str] = {
    SummaryState.QUEUED: "还没有审",
    SummaryState.RUNNING: "正在审",
    SummaryState.DONE: "审完",
    SummaryState.FAILED: "没有审成",
}
CAUSE: Mapping[str, str] = {
    "input": "文件读不了",
    "time": "用时超过上限",
    "memory": "内存超过上限",
    "died": "审查进程意外中断",
    "error": "程序出错",
    "start": "审查进程启动不了",
    "output": "报告写不下来",
    "cancelled": "已取消",
}
DECISIONS = (REJECT, AMEND, SIGN)
SHORT: Mapping[Risk, str] = {Risk.HIGH: "高", Risk.MEDIUM: "中", Risk.LOW: "低"}
PROBLEM = (Status.ADVERSE, Status.MISSING, Status.VAGUE)
DISCLAIMER = "结论依据审查标准对合同文字作出，帮助您在签约前谈判，不构成法律意见；重大合同请再请律师把关。"
UNNAMED = "（没有名字）"
_LONGEST_LINK = 2000  # characters; Excel takes 2,079
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def one_line(name: str) -> str:
    """A file name as it can be shown: no line break, no control character, no half of a surrogate pair."""
    return _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", " ".join(name.split())) or UNNAMED


def cause(word: str) -> str:
    """The heading failures of that cause stand under."""
    return CAUSE.get(word, word or "原因不明")


def href(path: str) -> str | None:
    """A path below the folder of the summary as a relative link that cannot lead elsewhere; ``None`` where no link can be that long."""
    parts = [p for p in path.split("/") if p not in ("", ".", "..")]
    link = "./" + "/".join(quote(p.encode("utf-8", "replace"), safe="") for p in parts)
    return link if parts and len(link) <= _LONGEST_LINK else None


def report_links(file: SummaryFile) -> list[tuple[str, str]]:
    """Formats and links, the html report first."""
    ordered = sorted(file.links.items(), key=lambda item: item[0] != "html")
    return [(fmt, link) for fmt, path in ordered if (link := href(path))]


def duration(seconds: float) -> str:
    """A time to read: "8.4 秒", "4 分 12 秒", "3 小时 5 分"."""
    if seconds < 59.95:
        return f"{seconds:.1f} 秒"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} 分 {whole % 60} 秒"
    minutes = round(seconds / 60)
    return f"{minutes // 60} 小时 {minutes % 60} 分"


def moment(at: datetime | None) -> str:
    """A time with its zone: "2026-03-01 09:00（UTC+08:00）"."""
    if at is None:
        return "还没有"
    zone = at.strftime("%z")
    return f"{at:%Y-%m-%d %H:%M}" + (f"（UTC{zone[:3]}:{zone[3:5]}）" if zone else "")


def per_minute(summary: Summary, counted: Tally) -> float | None:
    """Contracts reviewed a minute of the run; ``None`` where all reviews were there already or no time went by."""
    reviewed = len(counted.seconds)
    return reviewed / summary.seconds * 60 if reviewed and summary.seconds > 0 else None


def speed(summary: Summary, counted: Tally) -> str:
    """``per_minute`` to read, empty where there is none."""
    rate = per_minute(summary, counted)
    return "" if rate is None else f"每分钟 {rate:.1f} 份" if rate < 100 else f"每分钟 {rate:.0f} 份"


def in_one_sentence(summary: Summary, counted: Tally) -> str:
    """What came of the run."""
    if not counted.files:
        return "这一批里没有合同。"
    if not counted.done and not counted.waiting:
        return f"{counted.files} 份合同都没有审成，原因和办法见下。"
    told = [f"{counted.files} 份合同，审完 {counted.done} 份"]
    verdicts = [f"{word} {n} 份" for word in DECISIONS if (n := counted.decisions.get(word, 0))]
    if verdicts:
        told[0] += f"：{'、'.join(verdicts)}"
    if counted.failed:
        told.append(f"没有审成 {counted.failed} 份")
    if counted.waiting:
        told.append(f"还有 {counted.waiting} 份没有审")
    elif counted.done == counted.files:
        told[0] = told[0].replace(
            f"{counted.files} 份合同，审完 {counted.done} 份", f"{counted.files} 份合同全部审完", 1
        )
    return "；".join(told) + "。"


def pace(summary: Summary, counted: Tally) -> str:
    """When it ran and how fast it went."""
    parts = [f"{moment(summary.started_at)} 开始"]
    if summary.seconds > 0:
        parts.append(f"用时 {duration(summary.seconds)}")
    if said := speed(summary, counted):
        parts.append(said)
    if counted.same:
        parts.append(f"{counted.same} 份与别的文件内容相同，只审一次")
    return " · ".join(parts)


def facts(summary: Summary, counted: Tally) -> list[tuple[str, str]]:
    """The run in lines of name and value."""
    usual = counted.median_seconds
    lines = [
        ("批次", summary.run_id),
        ("来源", summary.source),
        ("报告放在", summary.out),
        ("状态", "已经结束" if summary.state == "finished" else "还没有结束"),
        ("开始", moment(summary.started_at)),
        ("结束", moment(summary.finished_at)),
        ("用时", duration(summary.seconds)),
        ("速度", speed(summary, counted) or "还没有"),
        ("单份用时", f"一半在 {duration(usual)}以内" if usual is not None else "还没有"),
        ("合同", "，".join(f"{STATE[s]} {counted.states.get(s, 0)} 份" for s in SummaryState if counted.states.get(s))),
        ("内容相同的", f"{counted.same} 份，只审一次" if counted.same else "没有"),
        ("审查方式", summary.engine_line),
        ("审查标准", summary.playbook_name),
    ]
    return [(name, value or "没有") for name, value in lines]
