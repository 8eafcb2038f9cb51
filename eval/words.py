"""How figures are called and written, for summary, comparison, gate and report."""

from __future__ import annotations

from collections.abc import Mapping

from eval.metrics.retrieval import Stage
from eval.statistics import Interval
from pipeline.report.words import STATUS as STATUS

METRIC: Mapping[str, str] = {
    "accuracy": "准确率",
    "macro_f1": "宏平均 F1",
    "macro_f2": "宏平均 F2",
    "risk_recall": "风险召回（模糊、不利、缺失）",
    "serious_recall": "严重风险召回（不利、缺失）",
    "false_alarm_rate": "误报率（达标被报风险）",
    "false_missing_rate": "误判缺失率",
    "unreviewed_rate": "未审比例",
    "evidence_recall": "依据召回",
}
STAGE: Mapping[Stage, str] = {
    Stage.INGEST: "读取",
    Stage.SEGMENTATION: "切分",
    Stage.RETRIEVAL: "检索",
    Stage.JUDGEMENT: "判断",
}
KIND: Mapping[str, str] = {
    "cross_threshold": "数字越过阈值",
    "flip_modality": "可以与不得对调",
    "flip_party": "双方对调",
    "delete_clause": "删去条款",
    "blank_figure": "数字改成空白",
    "move_to_annex": "移到附件",
    "contradict_in_annex": "附件另有相反约定",
    "rephrase_number": "数字换种写法",
}


def number(score: float | None) -> str:
    """A score with three decimals, a dash where there is none."""
    return "–" if score is None else f"{score:.3f}"


def ranged(score: Interval) -> str:
    """A score with its interval."""
    if score.low is None or score.high is None:
        return number(score.estimate)
    return f"{number(score.estimate)} [{score.low:.3f}, {score.high:.3f}]"
