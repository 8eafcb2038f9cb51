from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from pipeline.cli import Format, _targets, app
from pipeline.errors import EngineError
from pipeline.report.json import schema
from pipeline.settings import settings
from tests.conftest import knowing_vectors

CONTRACT = """客服外包合同
甲方（委托方）：某服饰有限公司
乙方（受托方）：某客服外包有限公司
第一条 服务内容
1.1 乙方负责售前咨询、售后退换货及投诉处理。
1.2 首次响应时间不超过60秒。
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the module, which has the vectors from the start."""
    return knowing_vectors(tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def _own_cache(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(data_dir))
    settings.cache_clear()


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "合同.txt"
    path.write_text(CONTRACT, encoding="utf-8")
    return path


def run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in args])


def test_review_prints_the_report(contract: Path) -> None:
    result = run("review", contract)
    assert result.exit_code == 0
    assert result.stdout.startswith("合同审查　合同.txt")
    assert "■ 服务范围与标准" in result.stdout


def test_json_is_the_whole_of_standard_output(contract: Path) -> None:
    result = run("review", contract, "--format", "json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    jsonschema.Draft202012Validator(schema()).validate(data)
    assert data["document"]["merchant"] == "甲方"


def test_the_merchant_can_be_told(contract: Path) -> None:
    data = json.loads(run("review", contract, "--merchant", "乙方", "--format", "json").stdout)
    assert data["document"]["merchant"] == "乙方"


def test_an_own_playbook_changes_the_verdict(contract: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "extends: default\ncheckpoints:\n  - {id: scope.response_time, thresholds: {seconds: 60}}\n", encoding="utf-8"
    )

    def status(*more: object) -> str:
        data = json.loads(run("review", contract, "--format", "json", *more).stdout)
        return next(f["status"] for f in data["areas"][0]["findings"] if f["checkpoint"] == "scope.response_time")

    assert status() == "adverse"
    assert status("--playbook", own) == "ok"


@pytest.mark.parametrize("fmt", ["text", "json", "md", "html"])
def test_a_report_can_go_to_a_file(contract: Path, tmp_path: Path, fmt: str) -> None:
    out = tmp_path / "new" / "report"
    result = run("review", contract, "--format", fmt, "-o", out)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "合同.txt：" in result.stderr
    assert out.read_text(encoding="utf-8")


@pytest.mark.parametrize(("fmt", "magic"), [("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF-")])
def test_a_report_that_is_no_text_goes_to_a_file_or_a_pipe(
    contract: Path, tmp_path: Path, fmt: str, magic: bytes
) -> None:
    out = tmp_path / f"report.{fmt}"
    assert run("review", contract, "--format", fmt, "-o", out).exit_code == 0
    assert out.read_bytes().startswith(magic)
    piped = run("review", contract, "--format", fmt)
    assert piped.exit_code == 0
    assert piped.stdout_bytes.startswith(magic)


def test_a_report_that_is_no_text_is_not_poured_on_the_screen(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(EngineError, match="不能显示在屏幕上，请用 -o"):
        _targets([contract], Format.PDF, None)


def test_contracts_of_one_name_do_not_overwrite_each_other(contract: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / contract.name
    other.parent.mkdir()
    other.write_text(CONTRACT, encoding="utf-8")
    assert run("review", contract, other, "--format", "md", "-o", tmp_path / "out").exit_code == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["合同.txt.2.md", "合同.txt.md"]


def test_one_bad_file_does_not_cost_the_others(contract: Path, tmp_path: Path) -> None:
    result = run("review", tmp_path / "没有.docx", contract)
    assert result.exit_code == 3
    assert "错误：没有.docx：没有这个文件" in result.stderr
    assert "（2/2）" in result.stderr
    assert "■ 服务范围与标准" in result.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(["review"], "缺少 FILE", id="no file"),
        pytest.param(["review", "没有.docx"], "没有这个文件", id="no such file"),
        pytest.param(["review", "{contract}", "--engine", "oracle"], "没有名为「oracle」的引擎", id="no such engine"),
        pytest.param(["review", "{contract}", "--engine", "llm"], "没有指定模型：请设置 SHENYUE_MODEL", id="no model"),
        pytest.param(["review", "{contract}", "--playbook", "没有.yaml"], "读不出这份审查标准", id="no such playbook"),
        pytest.param(
            ["review", "{contract}", "--format", "rtf"], "只能是 text、json、md、html、docx", id="no such format"
        ),
        pytest.param(["review", "{contract}", "--merchant", "丙方"], "只能是 auto、甲方、乙方", id="no such side"),
        pytest.param(["review", "{contract}", "--fast"], "没有 --fast 这个选项", id="no such option"),
        pytest.param(["review", "{contract}", "--engine"], "--engine 后面要写一个值", id="option without value"),
        pytest.param(["sign", "x"], "没有 sign 这个命令", id="no such command"),
        pytest.param(["playbook", "show", "x", "y"], "多写了 y", id="too many"),
        pytest.param(["review", "{contract}", "{contract}", "--format", "html"], "请用 -o 指定一个文件夹", id="many"),
        pytest.param(
            ["review", "{contract}", "{contract}", "--format", "xlsx"], "请用 -o 指定写到哪个文件", id="many files"
        ),
        pytest.param(
            ["review", "{contract}", "{contract}", "-o", "{contract}"], "-o 要给一个文件夹", id="file for many"
        ),
        pytest.param(["review", "{contract}", "-o", "{contract}/x/y"], "不能写到这里", id="no place to write"),
    ],
)
def test_misuse_is_told_in_chinese_and_exits_with_2(contract: Path, args: list[str], said: str) -> None:
    result = run(*(a.replace("{contract}", str(contract)) for a in args))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("bar", "code"), [("high", 1), ("medium", 1)])
def test_the_asked_for_bar_decides_the_exit_code(contract: Path, bar: str, code: int) -> None:
    assert run("review", contract, "--fail-on", bar).exit_code == code
    assert run("review", contract).exit_code == 0


def test_playbook_show_lists_every_checkpoint_filled_in() -> None:
    result = run("playbook", "show")
    assert result.exit_code == 0
    assert result.stdout.count("底线：") == 29
    assert "{" not in result.stdout


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        pytest.param("extends: default\nchekpoints: []\n", 2, "own.yaml 第 2 行", id="unknown key"),
        pytest.param(
            "extends: default\ncheckpoints:\n  - {id: term.exit, wording: {preferred: '{weeks}'}}\n",
            2,
            "不存在的变量 {weeks}",
            id="unknown slot",
        ),
        pytest.param("extends: default\nname: 我的\n", 0, "own.yaml：没有问题", id="valid"),
    ],
)
def test_playbook_check(tmp_path: Path, text: str, code: int, said: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(text, encoding="utf-8")
    result = run("playbook", "check", own)
    assert result.exit_code == code
    assert said in result.output


def shell(*args: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", *map(str, args)]
    return subprocess.run(command, capture_output=True, env={**os.environ, **environment}, check=False)


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    start = perf_counter()
    result = shell("--help", PYTHONPROFILEIMPORTTIME="1")
    assert perf_counter() - start < 2  # 0.2 s on a quiet machine; the imports below are what would make it slow
    assert result.returncode == 0
    assert "审查一份或几份合同" in result.stdout.decode()
    loaded = result.stderr.decode()
    for heavy in ("numpy", "pydantic", "jinja2", "chromadb", "jieba", "onnxruntime"):
        assert f"| {heavy}\n" not in loaded.replace("|   ", "| ")
    assert "pipeline.review" not in loaded


def test_output_is_utf8_whatever_the_locale(contract: Path) -> None:
    contract = contract.rename(contract.with_name("contract.txt"))
    result = shell("review", contract, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert result.returncode == 0
    assert "合同审查　contract.txt" in result.stdout.decode("utf-8")


def test_bad_input_from_a_shell(tmp_path: Path) -> None:
    (tmp_path / "空.txt").write_text("", encoding="utf-8")
    result = shell("review", tmp_path / "空.txt")
    assert result.returncode == 2
    assert result.stdout == b""
    assert "文件是空的" in result.stderr.decode()


ROOT = Path(__file__).parents[2]
READMES = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")]


def blocks(readme: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", readme, re.M | re.S)


def test_both_readmes_give_the_same_commands() -> None:
    one, two = (
        [line.split("  #")[0].strip() for b in blocks(r, "console") for line in b.split("\n") if line.startswith("$")]
        for r in READMES
    )
    assert one == two
    assert len(one) > 10


@pytest.mark.parametrize("readme", READMES, ids=["en", "zh"])
def test_the_playbook_of_the_readme_is_valid(readme: str, tmp_path: Path) -> None:
    own = tmp_path / "my-playbook.yaml"
    own.write_text(blocks(readme, "yaml")[0], encoding="utf-8")
    result = run("playbook", "check", own)
    assert result.exit_code == 0, result.output
    shown = run("playbook", "show", own).stdout
    assert "甲方须可提前 15 日无理由退出" in shown
    assert "staffing.reserve" not in shown


@pytest.mark.parametrize("readme", READMES, ids=["en", "zh"])
def test_the_readme_names_options_that_exist(readme: str) -> None:
    commands = "\n".join(blocks(readme, "console"))
    for words, options in re.findall(r"shenyue ((?:(?:eval|runs) )?[a-z-]+)([^\n#]*)", commands):
        offered = run(*words.split(), "--help").stdout
        for option in re.findall(r"(?<= )--?[a-z][a-z-]*", options):
            assert option in offered, words
