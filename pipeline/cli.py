"""The command line: thin, and quick to start; everything heavy is imported by the command that needs it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from eval.commands import app as eval_app
from pipeline.audit_commands import app as audit_app
from pipeline.batch_commands import app as runs_app
from pipeline.batch_commands import batch_command
from pipeline.console import BAD_INPUT, BAR_NOT_MET, PARTLY_FAILED, Format, Side, errors_in_chinese, say
from pipeline.errors import EngineError, InputError

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from pipeline.types import Review

_Misuse: type[Any] = typer.BadParameter.__mro__[1]  # UsageError, which typer keeps to itself


class _Chinese(TyperGroup):
    """Tells of a misused command in Chinese."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with _misuse_in_chinese():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        with _misuse_in_chinese():
            return super().invoke(ctx)


@contextmanager
def _misuse_in_chinese() -> Iterator[None]:
    try:
        yield
    except _Misuse as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            raise
        command = error.ctx.command_path if error.ctx else "shenyue"
        say(f"错误：{_misuse(error.format_message())}\n看用法：{command} --help")
        raise typer.Exit(BAD_INPUT) from error


# What typer says of a misused command, and how it is told here; what is not listed is passed on as it is.
_MISUSES = (
    (r"Missing (?:argument|parameter):? ?'?([^'.]+)'?.*", r"缺少 \1"),
    (r"Missing option '([^']+)'.*", r"缺少 \1"),
    (r"No such option:? '?(\S+?)'?(?:[ .].*)?", r"没有 \1 这个选项"),
    (r"No such command '([^']+)'.*", r"没有 \1 这个命令"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", r"多写了 \1"),
    (r"Option '([^']+)' requires an argument.*", r"\1 后面要写一个值"),
    (r"Invalid value for '([^']+)':.*?('[^']*') is not one of (.+?)\.?", r"\1 不能是 \2，只能是 \3"),
    (r"Invalid value for '([^']+)': (.+)", r"\1 的值不对：\2"),
)


def _misuse(message: str) -> str:
    for pattern, chinese in _MISUSES:
        match = re.fullmatch(pattern, message, re.S)
        if match:
            return match.expand(chinese).replace("', '", "、").replace("'", "")
    return message


app = typer.Typer(
    name="shenyue",
    cls=_Chinese,
    help="审约：替商家审客服外包合同，查六个风险领域、29 个检查点，每个结论都引原文。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
playbook_app = typer.Typer(help="查看或校验审查标准。", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(playbook_app, name="playbook")
app.add_typer(eval_app, name="eval")
app.add_typer(audit_app, name="audit")
app.command("batch")(batch_command)
app.add_typer(runs_app, name="runs")


class Bar(StrEnum):
    """Risk from which ``review`` exits with 1."""

    HIGH = "high"
    MEDIUM = "medium"


@app.command()
def review(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="合同：docx、pdf、png、jpg、txt 或 md")],
    engine: Annotated[
        str, typer.Option(help="用哪个引擎判定：rules 在本机运行，不联网；llm 问模型；both 两者都判并指出分歧")
    ] = "rules",
    merchant: Annotated[Side, typer.Option(help="哪一方是商家；auto 由程序判断")] = Side.AUTO,
    playbook: Annotated[Path | None, typer.Option(help="自己的审查标准（YAML）")] = None,
    fmt: Annotated[Format, typer.Option("--format", help="报告格式")] = Format.TEXT,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到文件；多份合同时写到文件夹")] = None,
    fail_on: Annotated[Bar | None, typer.Option(help="风险达到这一级时以 1 退出")] = None,
    mask: Annotated[bool, typer.Option("--mask/--no-mask", help="发给模型前遮盖名称、电话、账号、地址")] = True,
    show_outgoing: Annotated[bool, typer.Option("--show-outgoing", help="显示发给模型的全部内容")] = False,
) -> None:
    """审查一份或几份合同。

    退出码：0 完成；1 风险达到 --fail-on；2 用法有误或文件读不了；3 几份里有的失败。
    """
    with errors_in_chinese():
        targets = _targets(files, fmt, out)
        from pipeline.check.engines import checker
        from pipeline.embed import configured_embedder
        from pipeline.playbook import load_playbook
        from pipeline.review import review as review_contract
        from pipeline.settings import settings
        from pipeline.types import Party

        told = None if merchant is Side.AUTO else Party(merchant.value)
        book = load_playbook(playbook)
        current = settings()
        embedder = configured_embedder()
        reader = checker(engine, embedder, current, mask=mask, show=_show if show_outgoing else None)
        if current.cache and not current.data_dir.exists():
            say("第一次运行，要先准备检索用的向量，约十几秒…")
        failed = 0
        risks: list[str] = []
        for number, path in enumerate(files, 1):
            if len(files) > 1 or sys.stderr.isatty():
                say(f"正在审查 {path.name}" + (f"（{number}/{len(files)}）" if len(files) > 1 else ""))
            try:
                result = review_contract(
                    path, engine=engine, merchant=told, playbook=book, embedder=embedder, reader=reader, progress=say
                )
            except InputError as error:
                failed += 1
                say(f"错误：{error}")
                continue
            risks.append(result.verdict.risk.value)
            _write(result, fmt, targets[number - 1])
    if failed:
        raise typer.Exit(PARTLY_FAILED if risks else BAD_INPUT)
    too_high = {"high": {"high"}, "medium": {"high", "medium"}}
    if fail_on is not None and any(risk in too_high[fail_on.value] for risk in risks):
        raise typer.Exit(BAR_NOT_MET)


def _targets(files: list[Path], fmt: Format, out: Path | None) -> list[Path | None]:
    """Where each report goes, checked before a long review starts; ``None`` is the screen."""
    from pipeline.report import BINARY, EXTENSIONS

    many = len(files) > 1
    if out is None:
        if fmt.value in BINARY and (many or sys.stdout.isatty()):
            raise EngineError(f"{fmt.value} 报告不能显示在屏幕上，请用 -o 指定写到哪个文件或文件夹")
        if many and fmt in (Format.JSON, Format.HTML):
            raise EngineError(f"{len(files)} 份合同的 {fmt.value} 报告不能连着显示，请用 -o 指定一个文件夹")
        return [None] * len(files)
    if many and out.is_file():
        raise EngineError(f"{out}：有 {len(files)} 份合同，-o 要给一个文件夹，这里是文件")
    folder = out if many or out.is_dir() else out.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"{out}：不能写到这里（{error.strerror}）。请换一个可写的位置") from error
    if folder is not out:
        return [out]
    targets: list[Path | None] = []
    for path in files:
        target, number = out / f"{path.name}{EXTENSIONS[fmt.value]}", 1
        while target in targets:  # two contracts of one name from two folders
            number += 1
            target = out / f"{path.name}.{number}{EXTENSIONS[fmt.value]}"
        targets.append(target)
    return targets


def _write(result: Review, fmt: Format, target: Path | None) -> None:
    from pipeline.report import BINARY, render, render_bytes

    if target is None:
        if fmt is Format.TEXT:
            from rich.console import Console

            from pipeline.report.text import print_review

            print_review(result, Console(file=sys.stdout))
        elif fmt.value in BINARY:
            sys.stdout.buffer.write(render_bytes(result, fmt.value))
        else:
            sys.stdout.write(render(result, fmt.value))
        return
    try:
        target.write_bytes(render_bytes(result, fmt.value))
    except OSError as error:
        raise EngineError(f"{target}：写不进去（{error.strerror}）。请检查权限和磁盘空间") from error
    say(f"{result.document.file}：{result.verdict.decision}，报告在 {target}")


def _show(messages: Sequence[BaseMessage]) -> None:
    """What is about to be sent, on standard error, so that a report on standard output stays whole."""
    for message in messages:
        say(f"──── 发给模型（{message.type}）────\n{message.text}")


@playbook_app.command("show")
def show_playbook(path: Annotated[Path | None, typer.Argument(help="审查标准；不写时看默认标准")] = None) -> None:
    """列出检查点、阈值和建议措辞（以甲方为商家）。"""
    from pipeline.advise import wording
    from pipeline.playbook import load_playbook
    from pipeline.report.words import SEVERITY
    from pipeline.types import Party

    with errors_in_chinese():
        book = load_playbook(path)
    typer.echo(f"{book.model.name}　{len(book.checkpoints)} 个检查点　指纹 {book.sha256[:12]}")
    for area in book.areas:
        typer.echo(f"\n■ {area.name}")
        for checkpoint in area.checkpoints:
            if not checkpoint.enabled:
                continue
            limits = "，".join(f"{name}={value:g}" for name, value in checkpoint.thresholds.items())
            ask = wording(checkpoint, Party.JIA)
            typer.echo(f"  {checkpoint.id}　{checkpoint.name}（{SEVERITY[checkpoint.severity]}）{limits}")
            typer.echo(f"    为什么：{checkpoint.why}")
            typer.echo(f"    标准：{ask.preferred}")
            typer.echo(f"    可接受：{ask.acceptable}")
            typer.echo(f"    底线：{ask.walk_away}")


@playbook_app.command("check")
def check_playbook(path: Annotated[Path, typer.Argument(help="要校验的审查标准（YAML）")]) -> None:
    """校验一份审查标准；有问题时指出行号。"""
    from pipeline.advise import wording
    from pipeline.playbook import load_playbook
    from pipeline.types import Party

    with errors_in_chinese():
        book = load_playbook(path)
        for checkpoint in book.checkpoints:
            wording(checkpoint, Party.JIA)
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


@app.command("ui")
def page(
    host: Annotated[str, typer.Option(help="监听的地址；默认只有这台电脑能打开")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口")] = 8501,
    open_to_network: Annotated[
        bool, typer.Option("--open-to-network", help="不设登录也让同一网络里的人打开；谁都能看到合同，慎用")
    ] = False,
) -> None:
    """打开网页：拖入合同，看结果，管台账。按 Ctrl+C 停下。"""
    with errors_in_chinese():
        from ui.serve import run

        run(host, port, open_to_network=open_to_network)


@app.command()
def version() -> None:
    """显示版本。"""
    from pipeline import __version__

    typer.echo(__version__)


def main() -> None:
    """Entry point of the ``shenyue`` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A report in a file or a pipe is UTF-8 everywhere; a console that lacks a sign shows "?" and does not break off.
            utf8 = not stream.isatty() or stream.encoding.lower() in ("ascii", "ansi_x3.4-1968", "us-ascii")
            stream.reconfigure(encoding="utf-8" if utf8 else None, errors="replace")
    app()
