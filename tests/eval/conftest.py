"""Small datasets made in code, and runs over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from eval.record import Run
from eval.run import run
from pipeline.playbook import load_playbook
from tests.pipeline.conftest import HashedWords

IDS = [c.id for c in load_playbook().checkpoints]

# Two small contracts in words of their own; what is not named is missing.
FIRST = """客服外包合同
委托方（甲方）：木棉家居有限公司
受托方（乙方）：云帆客服有限公司
第一条 乙方为甲方店铺处理售前咨询、售后退换货和投诉处理。
第二条 乙方客服首次响应时间不超过20秒。
第三条 甲方逾期付款的，每逾期一日按未付金额的0.05%支付违约金。
第四条 乙方客服月流失率不超过10%。
第五条 因本合同发生争议，提交甲方所在地人民法院诉讼解决。
"""
SECOND = """客服外包合同
委托方（甲方）：青禾食品有限公司
受托方（乙方）：远航客服有限公司
第一条 乙方客服首次响应时间不超过90秒。
第二条 甲方逾期付款的，每逾期一日按未付金额的5%支付违约金。
第三条 乙方应保持客服人员稳定。
第四条 因本合同发生争议，提交乙方所在地人民法院诉讼解决。
"""
LABELS: dict[str, dict[str, tuple[str, str]]] = {
    "a1": {
        "scope.service_types": ("ok", "乙方为甲方店铺处理售前咨询、售后退换货和投诉处理。"),
        "scope.response_time": ("ok", "乙方客服首次响应时间不超过20秒。"),
        "fees.late_payment": ("ok", "甲方逾期付款的，每逾期一日按未付金额的0.05%支付违约金。"),
        "staffing.turnover": ("ok", "乙方客服月流失率不超过10%。"),
        "term.dispute": ("ok", "因本合同发生争议，提交甲方所在地人民法院诉讼解决。"),
    },
    "a2": {
        "scope.response_time": ("adverse", "乙方客服首次响应时间不超过90秒。"),
        "fees.late_payment": ("adverse", "甲方逾期付款的，每逾期一日按未付金额的5%支付违约金。"),
        "staffing.turnover": ("vague", "乙方应保持客服人员稳定。"),
        "term.dispute": ("adverse", "因本合同发生争议，提交乙方所在地人民法院诉讼解决。"),
    },
}


def write_case(folder: Path, name: str, text: str, labels: dict[str, tuple[str, str]], suffix: str = "labels") -> None:
    """A contract and its label file."""
    (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    every = {
        i: {"status": labels[i][0], "evidence": [labels[i][1]]}
        if i in labels
        else {"status": "missing", "evidence": []}
        for i in IDS
    }
    content = {"contract": f"{name}.txt", "merchant": "甲方", "family": f"family of {name}", "labels": every}
    (folder / f"{name}.{suffix}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A folder of two labelled contracts."""
    folder = tmp_path / "small"
    folder.mkdir()
    write_case(folder, "a1", FIRST, LABELS["a1"])
    write_case(folder, "a2", SECOND, LABELS["a2"])
    return folder


@pytest.fixture
def scored(dataset: Path) -> Callable[..., Run]:
    """Runs the rules over the small dataset, without a model."""

    def score(**options: object) -> Run:
        return run(str(dataset), embedder=HashedWords(), **options)  # type: ignore[arg-type]

    return score
