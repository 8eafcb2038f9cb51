"""The command line: thin, and quick to start; everything heavy is imported by the command that needs it."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.errors import EngineError, InputError, ShenyueError

if TYPE_CHECKING:
    from pipeline.types import Review

DONE, BAR_NOT_MET, BAD_INPUT, PARTLY_FAILED = 0, 1, 2, 3

app = typer.Typer(
    name="shenyue",
    help="审约：替商家审客服外包合同，查六个风险领域、29 个检查点，每个结论都引原文。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
playbook_app = typer.Typer(help="查看或校验审查标准。", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(playbook_app, name="playbook")


class Side(StrEnum):
    """Who the merchant is said to be."""

    AUTO = "auto"
    JIA = "甲方"
    YI = "乙方"


class Format(StrEnum):
    """Formats of a report."""

    TEXT = "text"
    JSON = "json"
    MD = "md"
    HTML = "html"


class Bar(StrEnum):
    """Risk from which ``review`` exits with 1."""

    HIGH = "high"
    MEDIUM = "medium"


@app.command()
def review(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="合同：docx、pdf、png、jpg、txt 或 md")],
    engine: Annotated[str, typer.Option(help="用哪个引擎判定；rules 在本机运行，不联网")] = "rules",
    merchant: Annotated[Side, typer.Option(help="哪一方是商家；auto 由程序判断")] = Side.AUTO,
    playbook: Annotated[Path | None, typer.Option(help="自己的审查标准（YAML）")] = None,
    fmt: Annotated[Format, typer.Option("--format", help="报告格式")] = Format.TEXT,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到文件；多份合同时写到文件夹")] = None,
    fail_on: Annotated[Bar | None, typer.Option(help="风险达到这一级时以 1 退出")] = None,
) -> None:
    """审查一份或几份合同。"""
    from pipeline.playbook import load_playbook
    from pipeline.review import review as review_contract
    from pipeline.types import Party

    told = None if merchant is Side.AUTO else Party(merchant.value)
    failed = reviewed = 0
    risks: list[str] = []
    try:
        book = load_playbook(playbook)
        _check_out(out, files)
        for path in files:
            try:
                result = review_contract(path, engine=engine, merchant=told, playbook=book, progress=_progress)
            except InputError as error:
                failed += 1
                _say(f"错误：{error}")
                continue
            reviewed += 1
            risks.append(result.verdict.risk.value)
            _write(result, fmt, out, many=len(files) > 1)
    except ShenyueError as error:
        _say(f"错误：{error}")
        raise typer.Exit(BAD_INPUT) from error
    if failed:
        raise typer.Exit(PARTLY_FAILED if reviewed else BAD_INPUT)
    too_high = {"high": {"high"}, "medium": {"high", "medium"}}
    if fail_on is not None and any(risk in too_high[fail_on.value] for risk in risks):
        raise typer.Exit(BAR_NOT_MET)


def _check_out(out: Path | None, files: list[Path]) -> None:
    if out is None:
        return
    if len(files) > 1 and out.is_file():
        raise EngineError(f"{out}：有 {len(files)} 份合同，-o 要给一个文件夹，这里是文件")
    folder = out if len(files) > 1 or out.is_dir() else out.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"{out}：不能写到这里（{error.strerror}）。请换一个可写的位置") from error


def _write(result: Review, fmt: Format, out: Path | None, *, many: bool) -> None:
    from pipeline.report import EXTENSIONS, render

    if out is None:
        if fmt is Format.TEXT:
            from rich.console import Console

            from pipeline.report.text import print_review

            print_review(result, Console(file=sys.stdout))
        else:
            sys.stdout.write(render(result, fmt.value))
        return
    target = out / (Path(result.document.file).name + EXTENSIONS[fmt.value]) if many or out.is_dir() else out
    try:
        target.write_text(render(result, fmt.value), encoding="utf-8")
    except OSError as error:
        raise EngineError(f"{target}：写不进去（{error.strerror}）。请检查权限和磁盘空间") from error
    _say(f"{result.document.file}：{result.verdict.decision}，报告在 {target}")


def _progress(message: str) -> None:
    _say(message)


def _say(message: str) -> None:
    typer.echo(message, err=True)


@playbook_app.command("show")
def show_playbook(path: Annotated[Path | None, typer.Argument(help="审查标准；不写时看默认标准")] = None) -> None:
    """列出检查点、阈值和建议措辞。"""
    from pipeline.playbook import load_playbook
    from pipeline.report.words import SEVERITY

    try:
        book = load_playbook(path)
    except ShenyueError as error:
        _say(f"错误：{error}")
        raise typer.Exit(BAD_INPUT) from error
    typer.echo(f"{book.model.name}　{len(book.checkpoints)} 个检查点　指纹 {book.sha256[:12]}")
    for area in book.areas:
        typer.echo(f"\n■ {area.name}")
        for checkpoint in area.checkpoints:
            if not checkpoint.enabled:
                continue
            limits = "，".join(f"{name}={value:g}" for name, value in checkpoint.thresholds.items())
            typer.echo(f"  {checkpoint.id}　{checkpoint.name}（{SEVERITY[checkpoint.severity]}）{limits}")
            typer.echo(f"    为什么：{checkpoint.why}")
            typer.echo(f"    标准：{checkpoint.wording.preferred}")
            typer.echo(f"    可接受：{checkpoint.wording.acceptable}")
            typer.echo(f"    底线：{checkpoint.wording.walk_away}")


@playbook_app.command("check")
def check_playbook(path: Annotated[Path, typer.Argument(help="要校验的审查标准（YAML）")]) -> None:
    """校验一份审查标准；有问题时指出行号。"""
    from pipeline.advise import wording
    from pipeline.playbook import load_playbook
    from pipeline.types import Party

    try:
        book = load_playbook(path)
        for checkpoint in book.checkpoints:
            wording(checkpoint, Party.JIA)
    except ShenyueError as error:
        _say(f"错误：{error}")
        raise typer.Exit(BAD_INPUT) from error
    typer.echo(f"{path.name}：没有问题，{len(book.areas)} 个领域、{len(book.checkpoints)} 个检查点")


@app.command()
def doctor() -> None:
    """检查安装是否完整：模型、识别、缓存、审查标准。"""
    from pipeline.doctor import checks

    healthy = True
    for check in checks():
        healthy = healthy and check.ok
        typer.echo(f"{'✓' if check.ok else '✗'} {check.name}：{check.detail}")
    if not healthy:
        raise typer.Exit(BAR_NOT_MET)


@app.command()
def version() -> None:
    """显示版本。"""
    from pipeline import __version__

    typer.echo(__version__)


def main() -> None:
    """Entry point of the ``shenyue`` command."""
    app()
