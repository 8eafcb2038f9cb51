"""设置: which model may be asked and where it is, what it would be sent, whether the installation works, and what is kept where."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from markupsafe import escape

from pipeline import saved
from pipeline.errors import ShenyueError
from pipeline.playbook import load_playbook
from pipeline.settings import keep, settings
from pipeline.store import State
from pipeline.types import Document, Party
from ui import session
from ui.components import disk, outgoing
from ui.components.files import told_size

_SAMPLE = Path(__file__).parents[1] / "samples" / "sample.docx"
_CONTEXTS = {"auto": "自动：装得下就发整份", "full": "总是发整份合同", "retrieved": "只发找到的相关条款"}
_LAST = 12  # entries of the audit trail shown


def show() -> None:
    """The whole page."""
    may = session.may_configure()
    st.html(
        "<h1>设置</h1><p class='lead'>不设置也能用：规则引擎在本机判断，不联网。接上模型以后，可以多一个读者一起判。</p>"
    )
    _section("model", "模型", "任何兼容 OpenAI 接口的服务都可以，包括自己机器上的。", _model if may else _model_told)
    _section("sent", "会发出什么", "选一份合同，看模型引擎会发出的每一个字。这里只是预演，什么都不会发出去。", _sent)
    if may:
        _section("check", "检查安装", "每个部件都实际用一次：向量、扫描识别、试审一份、模型连通。", _check)
        _section("data", "数据", "合同和结果只存在这个文件夹里；备份它，就备份了全部。", _data)


def _section(key: str, title: str, said: str, body: Callable[[], None]) -> None:
    with st.container(key=f"set-{key}"):
        about, fields = st.columns([4, 8], gap="large")
        about.html(f"<h2>{title}</h2><p class='soft'>{said}</p>")
        with fields:
            body()


def _now() -> str:
    current = settings()
    if not current.model:
        return "现在没有设置模型，审查页只有规则引擎。"
    key = "有密钥" if os.environ.get(saved.KEY) else "没有密钥"
    return (
        f"现在的模型是 {current.model}，在 {outgoing.host()}，{key}。发出前{'先遮盖' if current.mask else '不遮盖'}。"
    )


def _model_told() -> None:
    st.html(f"<p>{escape(_now())}</p><p class='soft'>设置由管理员改，或在服务器上用环境变量改。</p>")


def _model() -> None:
    if message := st.session_state.pop("kept", None):
        st.success(message)
    current, kept = settings(), saved.read(settings().data_dir)
    fixed = [name for name in saved.KEPT if saved.from_outside(name)]
    st.html(f"<p class='now-set'>{escape(_now())}</p>")
    turn = st.session_state.setdefault("key-turn", 0)  # a new field after each save: what was typed into it is gone
    with st.form("model", border=False):
        left, right = st.columns(2, gap="medium")
        model = left.text_input(
            "模型名称",
            value=current.model,
            placeholder="例如 deepseek-chat、qwen-plus",
            disabled="SHENYUE_MODEL" in fixed,
            max_chars=200,
        )
        address = right.text_input(
            "服务地址",
            value=os.environ.get(saved.ADDRESS, ""),
            placeholder="https://…/v1",
            disabled=saved.ADDRESS in fixed,
            max_chars=500,
        )
        key = left.text_input(
            "密钥",
            type="password",
            placeholder="已保存，不会显示；要换就填新的" if saved.KEY in kept else "只写入，不显示",
            disabled=saved.KEY in fixed,
            max_chars=500,
            key=f"secret-{turn}",
            autocomplete="off",
        )
        context = right.selectbox(
            "每次发多少",
            list(_CONTEXTS),
            index=list(_CONTEXTS).index(current.context),
            format_func=_CONTEXTS.__getitem__,
            disabled="SHENYUE_CONTEXT" in fixed,
        )
        mask = st.toggle(
            "发出前遮盖公司名、人名、电话、账号、地址", value=current.mask, disabled="SHENYUE_MASK" in fixed
        )
        if fixed:
            st.html(f"<p class='soft'>由环境变量或 .env 决定、这里改不了的：{escape('、'.join(fixed))}</p>")
        save = st.form_submit_button("保存", type="primary")
    if save:
        told = {
            "SHENYUE_MODEL": model.strip(),
            "SHENYUE_CONTEXT": context or current.context,
            "SHENYUE_MASK": "true" if mask else "false",
            saved.ADDRESS: address.strip(),
            saved.KEY: key.strip(),
        }
        _keep({n: v for n, v in told.items() if n not in fixed and (n != saved.KEY or v)}, had_key=saved.KEY in kept)
    if saved.KEY in kept and st.button("删除保存的密钥", type="tertiary"):
        _keep({saved.KEY: ""}, had_key=False)
    st.html(
        f"<p class='soft'>存在 {escape(settings().data_dir / saved.NAME)}，只有运行审约的账户能读。密钥不显示、不写进日志；换了服务地址，旧密钥自动作废。</p>"
    )


def _keep(values: dict[str, str], *, had_key: bool) -> None:
    try:
        keep(values)
    except ShenyueError as error:
        st.error(str(error))
        return
    st.session_state["key-turn"] += 1
    lost = had_key and saved.KEY not in saved.read(settings().data_dir)
    st.session_state["kept"] = (
        "已保存。服务地址变了，旧密钥已删除，请填新地址的密钥" if lost else "已保存，下一份合同起生效"
    )
    st.rerun()


def _sent() -> None:
    done = session.store().reviews(owner=session.sees(), states=(State.DONE,))
    names = {"": "样例合同"} | {
        record.id: record.contract_name for record in {r.contract_id: r for r in reversed(done)}.values()
    }
    chosen = st.selectbox("合同", list(names), format_func=names.__getitem__, key="previewed")
    if not st.button("看看会发出什么", key="preview"):
        return
    from pipeline.outgoing import outgoing as prepared

    with st.spinner("按审查时的步骤准备，不发出…"):
        document, merchant = _document(chosen)
        mask = settings().mask
        calls = prepared(document, playbook=load_playbook(), merchant=merchant, mask=mask, settings=settings())
    hidden = outgoing.masked(calls) if mask else ""
    said = f"遮盖了：{hidden}" if hidden else "没有要遮盖的内容" if mask else "遮盖是关着的，名称和号码原样发出"
    where = f"{outgoing.host()}（{settings().model}）" if settings().model else "还没有设置模型，所以现在一次也不会发"
    st.html(
        f"<p><b>{len(calls)} 次调用，约 {sum(call.tokens for call in calls):,} 词元。</b>发往：{escape(where)}。{escape(said)}。</p>"
        "<p class='soft'>模型说“没写”的检查点会再问一次，用的是同样遮盖过的条款。文件本身、文件名和页面图片从不发出。</p>"
    )
    areas = [area.name for area in load_playbook().areas]
    for number, call in enumerate(calls):
        with st.expander(
            f"第 {number + 1} 次：{areas[number] if number < len(areas) else ''}，约 {call.tokens:,} 词元"
        ):
            st.html(outgoing.told(call))


def _document(review_id: str) -> tuple[Document, Party]:
    if review_id:
        record = session.store().review(review_id, owner=session.sees())
        review = session.store().load(record.id)
        return review.document, review.merchant
    from pipeline.ingest import ingest

    return ingest(_SAMPLE), Party.JIA


def _check() -> None:
    if not st.button("开始检查", key="doctor"):
        return
    from pipeline.doctor import checks

    place, rows, bad = st.empty(), "", 0
    for check in checks():
        bad += not check.ok
        word = "<span class='tag ok'>正常</span>" if check.ok else "<span class='tag adverse'>有问题</span>"
        rows += f"<tr><td>{word}</td><th scope='row'>{escape(check.name)}</th><td>{escape(check.detail)}</td></tr>"
        place.html(f"<table class='facts checks'>{rows}</table>")
    st.html(f"<p role='status'><b>{'全部正常' if not bad else f'{bad} 项有问题，照右边的说明处理后再检查一次'}</b></p>")


def _data() -> None:
    folder = settings().data_dir
    held = disk.parts(folder)
    rows = "".join(f"<tr><th scope='row'>{what}</th><td class='n'>{told_size(size)}</td></tr>" for what, size in held)
    total = told_size(sum(size for _, size in held))
    elsewhere = (
        "<p class='soft'>数据库在 SHENYUE_DATABASE_URL 指定的 PostgreSQL 里。</p>" if settings().database_url else ""
    )
    report = session.store().verify_audit()
    whole = (
        f"<span class='tag ok'>完整</span> 操作记录 {report.checked} 条，首尾相接，没有被改过"
        if report.ok
        else f"<span class='tag adverse'>不完整</span> {escape(report.problem or '')}"
    )
    entries = "".join(
        f"<tr><td>{entry.at.astimezone():%m-%d %H:%M:%S}</td><td>{escape(disk.AUDIT.get(entry.what, entry.what))}</td>"
        f"<td>{escape(entry.who)}</td></tr>"
        for entry in session.store().audit_trail(_LAST)
    )
    st.html(
        f"<p class='path'>{escape(folder)}</p>{elsewhere}"
        f"<table class='facts'>{rows}<tr class='sum'><th scope='row'>合计</th><td class='n'>{total}</td></tr></table>"
        f"<p class='audit'>{whole}<span class='soft'>末条指纹 {report.head[:16]}</span></p>"
        f"<details><summary>最近 {_LAST} 条操作（只记谁、什么时候、做了什么，不记合同内容）</summary>"
        f"<table class='facts'>{entries}</table></details>"
    )


show()
