"""``shenyue eval``: thin, and quick to start; everything heavy is imported by the command that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.console import errors_in_chinese, say

if TYPE_CHECKING:
    from eval.record import Run

PASS, REGRESSION, INVALID = 0, 1, 2

app = typer.Typer(
    help="评测：在标注好的合同上给引擎打分、比较、守住基线。", no_args_is_help=True, rich_markup_mode=None
)

Dataset = Annotated[str, typer.Option(help="dev、test，或一个放着合同和标注的文件夹")]


@app.command("run")
def run_command(
    dataset: Dataset = "dev",
    engine: Annotated[
        str, typer.Option(help="rules、llm、both、rules-alone（不带语义判读）、keywords、naive")
    ] = "rules",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="结果写到这个 JSON；中断后同样的命令接着做")] = None,
    only: Annotated[str, typer.Option(help="只评这样开头的检查点，如 fees 或 fees.late_payment")] = "",
    case: Annotated[str, typer.Option(help="只评这样开头的合同")] = "",
    repeat: Annotated[int, typer.Option(min=1, help="每份合同判几遍，看结论是否会变")] = 1,
    pairs: Annotated[bool, typer.Option(help="也评扰动对")] = False,
    record: Annotated[Path | None, typer.Option(help="把模型的回复录到这个文件，供以后回放")] = None,
    replay: Annotated[Path | None, typer.Option(help="回放录好的回复，不问模型；提示词变了算失败")] = None,
    wrong: Annotated[bool, typer.Option(help="列出每个判错的格子")] = False,
) -> None:
    """评一遍：逐份合同给引擎打分，显示指标和 95% 区间。"""
    with errors_in_chinese():
        from eval.run import run
        from eval.summary import summary

        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
        keep = None if out is None else out.with_name(out.name + ".part")
        found = run(
            dataset,
            engine=engine,
            only=only,
            case=case,
            repeat=repeat,
            pairs=pairs,
            keep=keep,
            record=record,
            replay=replay,
            tell=say,
        )
        if out is not None:
            _store(found, out)
        typer.echo(summary(found, _names(), wrong=wrong))
    if found.failures:
        raise typer.Exit(INVALID)


@app.command("compare")
def compare_command(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="改动前的结果")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="改动后的结果")],
) -> None:
    """比较两次评测：哪些改好、哪些改坏，差别是否超出偶然。"""
    with errors_in_chinese():
        from eval.compare import compare, comparison_text
        from eval.record import load_run

        typer.echo(comparison_text(compare(load_run(before), load_run(after)), _names()))


@app.command("report")
def report_command(
    result: Annotated[Path, typer.Argument(metavar="RUN", help="评测结果")],
    out: Annotated[Path, typer.Option("-o", "--out", help="写到这个 HTML")],
    history: Annotated[
        Path | None, typer.Option(help="以往结果所在的文件夹，用来画走势；不写时是结果所在的文件夹")
    ] = None,
) -> None:
    """评测结果做成网页：混淆矩阵、各领域区间、走势，每个判错的格子可展开看条款。"""
    with errors_in_chinese():
        from eval.record import load_run
        from eval.report import history_of, render

        run = load_run(result)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(render(run, history_of(run, history or result.parent), _names()), encoding="utf-8")
    say(f"报告在 {out}")


@app.command("gate")
def gate_command(
    results: Annotated[list[Path], typer.Argument(metavar="RUN", help="一份或几份评测结果")],
    baseline: Annotated[Path, typer.Option(help="基线文件")] = Path("eval/baseline.json"),
    update: Annotated[bool, typer.Option("--update", help="把这些结果记为新基线，而不是比较")] = False,
) -> None:
    """守住基线。退出码：0 通过；1 退步；2 评测无效（有失败，或与基线不是同一份数据、标准、提示词、模型）。"""
    from eval.gate import gate, load_baseline, updated
    from eval.record import load_run

    with errors_in_chinese():
        runs = [load_run(path) for path in results]
        if update:
            kept = load_baseline(baseline) if baseline.is_file() else None
            for run in runs:
                kept = updated(kept, run)
            if kept is not None:
                baseline.write_text(kept.model_dump_json(indent=1) + "\n", encoding="utf-8")
            say(f"基线记在 {baseline}")
            return
        outcomes = [gate(run, load_baseline(baseline)) for run in runs]
    for outcome in outcomes:
        typer.echo("\n".join(outcome.lines))
    raise typer.Exit(max(outcome.code for outcome in outcomes))


@app.command("check-data")
def check_data_command(
    dataset: Dataset = "dev",
    case: Annotated[str, typer.Option(help="只看这样开头的合同")] = "",
    freeze: Annotated[bool, typer.Option("--freeze", help="记下每个文件的 sha256，此后改动都会被指出")] = False,
) -> None:
    """校验数据：每个检查点都有标注，每条依据都在文本里，冻结的文件没有变。有问题时以 1 退出。"""
    with errors_in_chinese():
        from eval.check_data import check
        from eval.check_data import freeze as freeze_folder
        from eval.run import folder_of

        folder = folder_of(dataset)
        if freeze:
            say(f"{dataset}：冻结了 {freeze_folder(folder)} 个文件")
        contracts, quotes, wrong = check(folder, _checkpoints(), case)
    for line in wrong:
        typer.echo(line)
    typer.echo(f"{dataset}：{contracts} 份合同，{quotes} 条依据，{len(wrong)} 处问题")
    raise typer.Exit(REGRESSION if wrong else PASS)


@app.command("agreement")
def agreement_command(dataset: Dataset = "test") -> None:
    """两遍独立标注的一致性（Krippendorff α），按领域和状态。"""
    with errors_in_chinese():
        from eval.agreement import agreement
        from eval.run import folder_of
        from eval.words import STATUS, number

        found = agreement(folder_of(dataset), _checkpoints())
    names = _names()
    typer.echo(f"{dataset}：{found.contracts} 份合同有两遍标注，{found.cells} 格，不一致 {len(found.differing)} 格")
    typer.echo(f"α 全部 {number(found.overall)}")
    for area, score in found.areas.items():
        typer.echo(f"  {names[area]:　<12} {number(score)}")
    for status, score in found.statuses.items():
        typer.echo(f"  {STATUS[status]:　<12} {number(score)}")
    for d in found.differing:
        typer.echo(f"  [{d.case}] {d.checkpoint}：第一遍{STATUS[d.first]}，第二遍{STATUS[d.second]}")


@app.command("import-decisions")
def import_decisions_command(
    out: Annotated[Path, typer.Option("-o", "--out", help="写到这个文件夹；里面会有合同原文，请妥善保管")],
    owner: Annotated[str, typer.Option(help="只要这个人的；不写时是所有人的")] = "",
) -> None:
    """把审查页上的采纳和改判做成标注：之后用 shenyue eval run --dataset 文件夹 评测，只评决定过的格子。"""
    with errors_in_chinese():
        from eval.decisions import export
        from pipeline.store import open_store

        found = export(open_store(), out, owner=owner or None)
    typer.echo(
        f"{out}：{found.contracts} 份合同，{found.labels} 个标注；{found.left_out} 个决定不能当标注"
        "（不采纳没有说该是什么，自定的界限与默认标准不同）"
    )
    for name in found.lost:
        say(f"{name}：文件不在了，没有导出")


def _store(found: Run, out: Path) -> None:
    """Written beside and renamed, so that a run file is always whole."""
    part = out.with_name(out.name + ".tmp")
    part.write_text(found.model_dump_json(indent=1), encoding="utf-8")
    part.replace(out)
    say(f"结果在 {out}")


def _checkpoints() -> list[str]:
    from pipeline.playbook import load_playbook

    return [c.id for c in load_playbook().checkpoints]


def _names() -> dict[str, str]:
    from pipeline.playbook import load_playbook

    book = load_playbook()
    return {area.id: area.name for area in book.areas} | {c.id: c.name for c in book.checkpoints}
