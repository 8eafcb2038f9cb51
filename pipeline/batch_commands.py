"""``shenyue batch`` and ``shenyue runs``: thin, and quick to start; what a command needs is imported by it."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.console import DONE, INTERRUPTED, PARTLY_FAILED, Format, Side, errors_in_chinese, say

if TYPE_CHECKING:
    from pipeline.store import Store
    from pipeline.store.records import BatchRun

app = typer.Typer(help="批量审查的各次运行：查看、继续、导出。", no_args_is_help=True, rich_markup_mode=None)

_RUN = typer.Argument(metavar="RUN", help="运行的编号，开头几位就够；看 shenyue runs list")
_WORKERS = typer.Option("--workers", min=1, max=256, help="本机同时审几份；不写时按 SHENYUE_WORKERS")
_RAY = typer.Option("--ray", metavar="ADDRESS", help="交给一个 Ray 集群审，如 10.0.0.5:6379")


def batch_command(
    source: Annotated[
        str, typer.Argument(metavar="DIR", help="合同所在的文件夹（含子文件夹）、zip、列出路径的 csv，或 s3:// 地址")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="报告和汇总写到这个文件夹")],
    workers: Annotated[int | None, _WORKERS] = None,
    ray: Annotated[str | None, _RAY] = None,
    engine: Annotated[str, typer.Option(help="用哪个引擎判定：rules、llm 或 both")] = "rules",
    merchant: Annotated[Side, typer.Option(help="哪一方是商家；auto 由程序逐份判断")] = Side.AUTO,
    playbook: Annotated[Path | None, typer.Option(help="自己的审查标准（YAML）")] = None,
    fmt: Annotated[
        list[Format] | None, typer.Option("--format", help="每份合同的报告格式，可写几次；不写时出 html 和 json")
    ] = None,
    mask: Annotated[bool, typer.Option("--mask/--no-mask", help="发给模型前遮盖名称、电话、账号、地址")] = True,
) -> None:
    """批量审查：一个文件夹里的合同全部审一遍，出逐份报告和汇总。

    中断后用同样的命令接着审，审完的不重做；内容相同的文件只审一次。
    退出码：0 全部审完；2 用法有误；3 有文件没审成；130 中途停下。
    """
    with _interruptible():
        from pipeline.batch.begin import Asked, begin
        from pipeline.store import open_store
        from pipeline.types import Party

        _out_folder(out)
        asked = Asked(
            source=source,
            out=out,
            formats=tuple(dict.fromkeys(f.value for f in fmt)) if fmt else ("html", "json"),
            engine=engine,
            merchant=None if merchant is Side.AUTO else Party(merchant.value),
            playbook=playbook,
            mask=mask,
        )
        with open_store() as store:
            run, there = begin(store, asked)
            say(f"{'继续' if there else '开始'}运行 {run.id[:8]}：共 {sum(run.counts.values())} 份，报告在 {out}")
            code = _drive(store, run, workers, ray)
    raise typer.Exit(code)


@app.command("list")
def list_command() -> None:
    """列出各次运行，新的在前。"""
    with _interruptible():
        from pipeline.store import open_store

        with open_store() as store:
            found = store.batches()
    if not found:
        typer.echo("还没有批量审查过：shenyue batch 文件夹 -o 输出文件夹")
    for run in found:
        typer.echo(f"{run.id[:8]}　{run.started_at.astimezone():%Y-%m-%d %H:%M}　{_state(run)}　{run.source}")


@app.command("show")
def show_command(run_id: Annotated[str, _RUN]) -> None:
    """看一次运行：进度、条件、没审成的文件。"""
    with _interruptible():
        from pipeline.batch.conditions import shown
        from pipeline.batch.progress import duration
        from pipeline.store import open_store
        from pipeline.store.records import FileState

        with open_store() as store:
            run = store.batch(run_id)
            typer.echo(f"运行　{run.id}\n状态　{_state(run)}\n来源　{run.source}\n输出　{run.out}")
            typer.echo(f"开始　{run.started_at.astimezone():%Y-%m-%d %H:%M:%S}　用时 {duration(run.seconds)}")
            typer.echo("条件　" + "，".join(f"{name} {value}" for name, value in shown(run.conditions).items()))
            for file in store.every_batch_file(run.id, states=(FileState.FAILED,)):
                typer.echo(f"✗ {_one_line(file.name)}：{file.failure}")


@app.command("resume")
def resume_command(
    run_id: Annotated[str, _RUN],
    workers: Annotated[int | None, _WORKERS] = None,
    ray: Annotated[str | None, _RAY] = None,
    failed: Annotated[bool, typer.Option("--failed", help="没审成的也再审一次")] = False,
) -> None:
    """接着审一次中断的运行。

    退出码：0 全部审完；2 用法有误；3 有文件没审成；130 中途停下。
    """
    with _interruptible():
        from pipeline.batch.begin import check_conditions
        from pipeline.store import open_store
        from pipeline.store.records import LOCAL

        with open_store() as store:
            run = store.batch(run_id)
            check_conditions(run)
            if failed:
                store.retry_failed(run.id, who=LOCAL)
            code = _drive(store, store.batch(run.id), workers, ray)
    raise typer.Exit(code)


@app.command("export")
def export_command(
    run_id: Annotated[str, _RUN],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到这个文件夹；不写时是运行的输出文件夹")] = None,
) -> None:
    """写出一次运行的汇总：summary.html、summary.xlsx、findings.jsonl、run.json；没审完的运行也可以。"""
    with _interruptible():
        from pipeline.batch.begin import playbook_of
        from pipeline.batch.summing import write_summary
        from pipeline.store import open_store

        with open_store() as store:
            run = store.batch(run_id)
            written = write_summary(store, run, playbook_of(run), out or Path(run.out))
    for path in written:
        typer.echo(str(path))


def _drive(store: Store, run: BatchRun, workers: int | None, ray: str | None) -> int:
    """Drive a run with progress on the screen and write its summary; the exit code."""
    from rich.console import Console

    from pipeline.batch.begin import go_on, playbook_of
    from pipeline.batch.progress import Shown
    from pipeline.batch.summing import PAGE, WORKBOOK, write_summary
    from pipeline.store.records import FileState

    for file in store.every_batch_file(
        run.id, states=(FileState.FAILED,)
    ):  # what was told before this sitting, or when the files were listed
        say(f"✗ {_one_line(file.name)}：{file.failure}")
    with _interrupts() as stopping, Shown(Console(stderr=True), run.counts) as shown:
        whole = go_on(store, run, workers=workers, ray=ray, told=shown.told, stopping=stopping)
    run = store.batch(run.id)
    counts = run.counts
    if not whole:
        left = counts[FileState.QUEUED] + counts[FileState.RUNNING]
        say(f"已停下：审完 {counts[FileState.DONE]} 份，还有 {left} 份。继续：shenyue runs resume {run.id[:8]}")
        return INTERRUPTED
    write_summary(store, run, playbook_of(run), Path(run.out))
    say(f"{_state(run)}。先看 {Path(run.out) / PAGE}，逐份明细在 {WORKBOOK}")
    return PARTLY_FAILED if counts[FileState.FAILED] else DONE


@contextmanager
def _interrupts() -> Iterator[Any]:
    """Ctrl-C and the end a system asks for stop the run between two files; a second Ctrl-C breaks off at once."""
    asked: list[int] = []

    def stop(number: int, frame: object) -> None:
        if asked and number == signal.SIGINT:
            raise KeyboardInterrupt
        asked.append(number)
        say("正在停下…（再按一次 Ctrl+C 立刻退出，也不丢结果）")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _out_folder(out: Path) -> None:
    """Raises ``OutputError`` where nothing can be written, before anything is begun."""
    from pipeline.batch.outputs import OutputError

    try:
        out.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out).close()
    except OSError as error:
        raise OutputError(out, error) from error


def _state(run: BatchRun) -> str:
    from pipeline.store.records import FileState, RunState

    counts = run.counts
    parts = [f"审完 {counts[FileState.DONE]} 份"]
    if counts[FileState.FAILED]:
        parts.append(f"没审成 {counts[FileState.FAILED]} 份")
    if run.state is not RunState.FINISHED:
        parts.append(f"还有 {counts[FileState.QUEUED] + counts[FileState.RUNNING]} 份")
    return "，".join(parts)


def _one_line(name: str) -> str:
    return "".join(c if c.isprintable() else " " for c in name)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Errors in Chinese, and a Ctrl-C that breaks off by its exit code."""
    try:
        with errors_in_chinese():
            yield
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error


__all__ = ["app", "batch_command"]
