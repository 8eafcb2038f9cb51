"""A run's figures as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.figures import Figures, figures
from eval.metrics.status import LABELS, SAID
from eval.record import CaseRecord, CellRecord, Run
from eval.words import KIND, METRIC, STAGE, STATUS, number, ranged


def summary(run: Run, names: Mapping[str, str], *, wrong: bool = False) -> str:
    """The figures of a run; ``names`` are the areas' and checkpoints' names. With ``wrong`` each wrong cell follows with label, verdict and clauses."""
    found = figures(run)
    lines = [
        f"数据集 {run.dataset}　引擎 {run.fingerprint.engine}　{found.contracts} 份合同　{found.cells} 格"
        f"　未审 {found.unreviewed}　失败 {found.usage.failures}",
        "",
        *(f"{METRIC[name]:　<14}{ranged(score)}" for name, score in found.overall.items()),
        *_citations(found),
        f"{'商家判断正确':　<14}{found.merchant_right}/{found.merchant_asked}",
    ]
    if found.flip_rate is not None:
        lines.append(f"{'重复运行翻转率':　<14}{number(found.flip_rate)}")
    lines += ["", *_statuses(found), "", *_areas(found, names), "", *_retrieval(found), *_usage(found), *_pairs(found)]
    if wrong:
        lines += ["", *wrong_cells(run, names)]
    return "\n".join(lines)


def wrong_cells(run: Run, names: Mapping[str, str]) -> Iterator[str]:
    """Each wrong cell: what is labelled with the labelled words, what was said with the cited ones."""
    for case in run.cases:
        if case.error:
            yield f"[{case.id}] 失败：{case.error}"
        for cell in case.cells:
            if cell.label is not cell.said:
                yield from cell_lines(case, cell, names)


def cell_lines(case: CaseRecord, cell: CellRecord, names: Mapping[str, str]) -> Iterator[str]:
    """One cell with its evidence and citations."""
    name = names.get(cell.checkpoint, "")
    yield f"[{case.id}] {cell.checkpoint} {name}：标注{STATUS[cell.label]}，判为{STATUS[cell.said]}。{cell.reason}"
    yield from (f"    标注依据　{p.clause}：{p.text}" for p in cell.evidence)
    yield from (f"    标注依据　读取的文本里没有：{quote}" for quote in cell.lost)
    yield from (f"    引擎引用　{p.clause}：{p.text}" for p in cell.citations)


def _citations(found: Figures) -> Iterator[str]:
    own = found.citations
    yield f"{METRIC['evidence_recall']:　<14}{number(own.evidence_recall)} ({own.covered}/{own.evidence})"
    half = own.by_iou[0.5]
    yield f"{'引用对依据':　<14}一对一 IoU≥0.5 精确 {number(half.precision)} 召回 {number(half.recall)}；按条款 精确 {number(own.by_clause.precision)} 召回 {number(own.by_clause.recall)}"
    sweep = "　".join(f"{t:g}: {number(m.precision)}/{number(m.recall)}" for t, m in own.by_iou.items())
    yield f"{'':　<14}IoU 阈值 {sweep}"
    yield f"{'引文逐字':　<14}定位前 {number(own.quotes.before)}　定位后 {number(own.quotes.after)}（{own.quotes.found} 条）"


def _statuses(found: Figures) -> Iterator[str]:
    for status, s in found.statuses.items():
        yield (
            f"  {STATUS[status]}　精确 {number(s.precision)}　召回 {number(s.recall)}　F1 {number(s.f1)}　F2 {number(s.f2)}"
            f"　标注 {s.labelled}　判定 {s.said}"
        )
    yield "  标注＼判定　" + "　".join(f"{STATUS[s]:　>4}" for s in SAID)
    for status, row in zip(LABELS, found.confusion, strict=True):
        yield f"  {STATUS[status]:　<5}　" + "　".join(f"{n:>8}" for n in row)


def _areas(found: Figures, names: Mapping[str, str]) -> Iterator[str]:
    for area, scores in found.areas.items():
        yield (
            f"{area:9} {names.get(area, ''):　<12} 准确 {ranged(scores['accuracy'])}　F1 {ranged(scores['macro_f1'])}"
            f"　严重召回 {number(scores['serious_recall'].estimate)}　误报 {number(scores['false_alarm_rate'].estimate)}"
        )
        for checkpoint, (right, total) in found.checkpoints.items():
            if checkpoint.startswith(area + "."):
                yield f"    {checkpoint:28} {right}/{total}　{names.get(checkpoint, '')}"
    if found.worst_area is not None:
        yield f"最弱领域 {names.get(found.worst_area[0], found.worst_area[0])}（F1 {number(found.worst_area[1])}）"


def _retrieval(found: Figures) -> Iterator[str]:
    own = found.retrieval
    yield "检索召回　" + "　".join(f"@{k} {number(s)}" for k, s in own.recall.items())
    yield "　　按领域　" + "　".join(f"@{k} {number(s)}" for k, s in own.area_recall.items())
    yield f"　　按字符　精确 {number(own.character_precision)}　召回 {number(own.character_recall)}"
    lost = "　".join(f"{STAGE[stage]} {found.blame.get(stage, 0)}" for stage in STAGE)
    yield f"错误出在　{lost}"


def _usage(found: Figures) -> Iterator[str]:
    own = found.usage
    p50, p95 = (f"{(ms or 0) / 1000:.1f} 秒" for ms in (own.p50_ms, own.p95_ms))
    yield f"每份用时　中位 {p50}　95 分位 {p95}"
    if own.calls or own.failed_calls:
        cost = "未知" if own.cost is None else f"{own.cost:.4f}"
        yield f"模型调用　{own.calls} 次（失败 {own.failed_calls}）　输入 {own.input_tokens}　输出 {own.output_tokens} 词元　费用 {cost}"


def _pairs(found: Figures) -> Iterator[str]:
    if found.pairs is None:
        return
    yield ""
    for kind, s in (("合计", found.pairs), *((KIND.get(k, k), v) for k, v in found.pairs_by_kind.items())):
        yield (
            f"扰动 {kind:　<10} {s.pairs:4} 对　改后判对 {number(s.accuracy)}　前后都对 {number(s.both)}　无关项不变 {number(s.invariance)}"
        )
