"""``shenyue audit``: thin, and quick to start; the store is opened by the command that needs it."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.console import errors_in_chinese

BROKEN = 1

app = typer.Typer(help="操作记录：谁、什么时候、做了什么；不留合同内容。", no_args_is_help=True, rich_markup_mode=None)


@app.command("verify")
def verify_command(
    expect: Annotated[str, typer.Option(help="以前记下的指纹；它必须还在记录里")] = "",
) -> None:
    """核对操作记录有没有被改过、删过。

    退出码：0 完整；1 不完整；2 打不开。
    """
    with errors_in_chinese():
        from pipeline.store import open_store

        with open_store() as store:
            report = store.verify_audit(expect.strip().lower() or None)
    if not report.ok:
        typer.echo(f"操作记录不完整：{report.problem}（前 {report.checked} 条没有问题）")
        raise typer.Exit(BROKEN)
    typer.echo(f"操作记录完整，共 {report.checked} 条\n指纹 {report.head}")
    typer.echo("请把指纹记在别处：下次用 --expect 核对，能发现结尾被截去或整份被改写")
