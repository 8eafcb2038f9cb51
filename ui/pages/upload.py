"""审查: hand in contracts, say how they are to be reviewed, watch them, correct what was taken for granted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st
from markupsafe import escape

from pipeline.errors import InputError, ShenyueError
from pipeline.ingest.sniff import sniff
from pipeline.playbook import load_playbook
from pipeline.report import words
from pipeline.settings import settings
from pipeline.store import NotFound, ReviewOptions, ReviewRecord, State
from pipeline.types import AlertKind, Party, Status
from ui import session
from ui.components import outgoing
from ui.components.files import KEPT, OPEN, other, row, shown

_SAMPLE = Path(__file__).parents[1] / "samples" / "sample.docx"
_SAMPLE_NAME = "样例：客服外包合同.docx"
_EVERY = 1.0  # seconds between looks at reviews that are under way
_DEFAULT = "默认标准"
_SIDES = {"自动判断": None, "甲方": Party.JIA, "乙方": Party.YI}
_TOLD = (("审完", (State.DONE,)), ("正在审或排队", OPEN), ("没有审成", (State.FAILED,)), ("已取消", (State.CANCELLED,)))
_ENGINES = {"rules": "规则引擎", "llm": "模型", "both": "两者都判"}


def show() -> None:
    """The whole page."""
    playbook = load_playbook()
    st.html(
        "<h1>审查合同</h1>"
        f"<p class='lead'>签之前先审一遍：{len(playbook.areas)} 个方面、{len(playbook.checkpoints)} 个检查点，"
        "哪条对商家不利、哪条没写、该怎么谈，每个结论都指到合同原文。</p>"
    )
    drop, how = st.columns([8, 4], gap="large")
    with how, st.container(key="how"):
        options = _options()
    with drop:
        _drop(options)
    found = _records()
    moving = any(record.state in OPEN for record in found)
    st.fragment(_list, run_every=_EVERY if moving else None)(moving)


def _options() -> ReviewOptions:
    st.html("<h2>怎么审</h2>")
    side = st.segmented_control(
        "我方（商家）是",
        list(_SIDES),
        default="自动判断",
        required=True,
        key="side",
        persist_state="session",
        width="stretch",
    )
    engine = "rules"
    if settings().model:
        engine = st.radio(
            "用什么判断",
            list(_ENGINES),
            format_func=_ENGINES.__getitem__,
            key="engine",
            persist_state="session",
            horizontal=True,
        )
    books = {book.id: book.name for book in session.store().playbooks(session.owner())}
    choices = ["", *books]
    if st.session_state.get("standard") not in choices:
        st.session_state["standard"] = ""
    playbook = st.selectbox(
        "审查标准",
        choices,
        format_func=lambda key: books.get(key, _DEFAULT),
        key="standard",
        persist_state="session",
    )
    mask = settings().mask
    st.html(f"<p class='leaves'>{escape(outgoing.line(engine, mask=mask))}</p>")
    return ReviewOptions(engine=engine, merchant=_SIDES[side or "自动判断"], playbook=playbook or None, mask=mask)


def _drop(options: ReviewOptions) -> None:
    key = f"drop-{st.session_state.setdefault('dropped', 0)}"
    with st.container(key="drop"):
        st.file_uploader(
            f"把合同拖到这里，或点此选择文件（可以多选；Word、PDF、扫描件、图片、TXT 或 MD，每个不超过 {settings().max_file_mb} MB）",
            accept_multiple_files=True,
            key=key,
            on_change=_take,
            args=(key, options),
        )
        limit = settings().max_file_mb
        st.html(
            "<div class='hint' aria-hidden='true'><b>把合同拖到这里，或点此选择文件</b>"
            f"<span>Word、PDF、扫描件、图片、TXT、MD，可以一次多份，每份不超过 {limit} MB</span></div>"
        )
    with st.container(key="sample", horizontal=True, vertical_alignment="center", gap="small"):
        st.html("<span class='soft'>没有合同在手？</span>", width="content")
        if st.button("用一份样例看看", type="tertiary", key="try-sample"):
            _submit([(_SAMPLE_NAME, _SAMPLE.read_bytes())], options)
            st.rerun()


def _take(key: str, options: ReviewOptions) -> None:
    """The files just dropped go into the queue, and the place to drop is empty again."""
    # A run that was under way may bring the same drop a second time.
    taken = st.session_state.setdefault("taken", set())
    files = [file for file in st.session_state.get(key) or [] if file.file_id not in taken]
    if not files:
        return
    taken.update(file.file_id for file in files)
    st.session_state["dropped"] += 1
    _submit([(file.name, file.getvalue()) for file in files], options)


def _submit(files: Sequence[tuple[str, bytes]], options: ReviewOptions) -> None:
    """Hand files in; one that is no contract by its first bytes is told of at once and not kept."""
    refused = st.session_state.setdefault("refused", [])
    for name, content in files:
        try:
            _accept(name, content)
            contract = session.store().add_contract(name, content, owner=session.owner())
            session.store().submit(contract.id, options, who=session.who(), session=session.session_id())
        except InputError as error:
            refused.append((name, f"{error.problem}。{error.remedy}"))
        except ShenyueError as error:
            refused.append((name, str(error)))
    session.queue().wake()


def _accept(name: str, content: bytes) -> None:
    """Raises ``InputError`` for what will never be reviewed, so that it is not kept."""
    limit = settings().max_file_mb
    if len(content) > limit * 1048576:
        raise InputError(
            name, f"文件有 {len(content) / 1048576:.0f} MB，超过上限 {limit} MB", "请压缩扫描件，或拆开后分别审查"
        )
    if not content.strip(b"\0\r\n\t "):
        raise InputError(name, "文件是空的", "请确认下载或导出完整后再试")
    sniff(name, content)


def _records() -> list[ReviewRecord]:
    """The reviews this visitor watches: everywhere, if signed in; else this browser's."""
    mine = None if session.signing_in() else session.session_id()
    since = datetime.now(UTC) - KEPT
    return shown(session.store().reviews(owner=session.owner(), session=mine, since=since))


def _list(moving: bool) -> None:
    found = _records()
    if moving and not any(record.state in OPEN for record in found):
        st.rerun()  # the last one is done: stop looking
    refused = st.session_state.get("refused", [])
    if not found and not refused:
        _nothing_yet()
        return
    told = [(n, word) for word, states in _TOLD if (n := sum(record.state in states for record in found))]
    done = all(record.state is State.DONE for record in found)
    said = f"{len(found)} 份" + ("，已审完" if done else "：" + "，".join(f"{n} 份{word}" for n, word in told))
    with st.container(key="list-head", horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.html(f"<h2>这次的合同</h2><span class='soft' role='status'>{said if found else '没有收下'}</span>")
        with st.container(key="to-ledger", width="content"):
            st.page_link("pages/ledger.py", label="以前审过的在台账 ›")
    for number, (name, why) in enumerate(refused):
        _refused(number, name, why)
    areas = {area.id: area.name for area in load_playbook().areas}
    for record in found:
        with st.container(key=f"file-{record.contract_id}"):
            about, act = st.columns([10, 2], vertical_alignment="center", gap="medium")
            with about:
                doubt = _doubt(record.id) if record.state is State.DONE and record.options.merchant is None else ""
                st.html(row(record, areas, size=_size(record.contract_id), doubt=doubt))
            with act, st.container(key=f"act-{record.contract_id}"):
                _actions(record)


def _actions(record: ReviewRecord) -> None:
    if record.state is State.DONE:
        st.page_link("pages/result.py", label="看结果", query_params={"review": record.id})
        if st.button(f"商家其实是{other(record)}，重审", type="tertiary", key=f"side-{record.id}"):
            _again(record, replace(record.options, merchant=other(record)))
    elif record.state in OPEN:
        if st.button("取消", type="tertiary", key=f"cancel-{record.id}"):
            session.store().cancel(record.id, who=session.who())
            st.rerun()
    else:
        if st.button("再审一次", key=f"again-{record.id}"):
            _again(record, record.options)
        reviews = session.store().reviews(owner=session.owner(), contract_id=record.contract_id)
        if not any(r.state is State.DONE for r in reviews):
            if st.button("从这里删除", type="tertiary", key=f"drop-{record.id}"):
                session.store().delete_contract(record.contract_id, who=session.who())
                st.rerun()


def _again(record: ReviewRecord, options: ReviewOptions) -> None:
    try:
        session.store().submit(record.contract_id, options, who=session.who(), session=session.session_id())
    except NotFound as error:
        st.session_state.setdefault("refused", []).append((record.contract_name, str(error)))
    session.queue().wake()
    st.rerun()


def _refused(number: int, name: str, why: str) -> None:
    with st.container(key=f"refused-{number}"):
        about, act = st.columns([10, 2], vertical_alignment="center", gap="medium")
        about.html(
            f"<article class='file failed'><header><h3>{escape(name)}</h3></header>"
            f"<p class='failure'><b>没有收下</b>{escape(why)}</p></article>"
        )
        with act, st.container(key=f"act-refused-{number}"):
            if st.button("知道了", type="tertiary", key=f"seen-{number}"):
                st.session_state["refused"].pop(number)
                st.rerun()


@st.cache_data(max_entries=500, show_spinner=False)
def _doubt(review_id: str) -> str:
    """Why it is not sure who the merchant is, in the words of the review."""
    try:
        review = session.store().load(review_id)
    except NotFound:
        return ""
    return next((a.message for a in review.alerts if a.kind is AlertKind.MERCHANT_UNSURE), "")


@st.cache_data(max_entries=2000, show_spinner=False)
def _size(contract_id: str) -> int:
    """Bytes of a contract; they never change."""
    try:
        return session.store().contract(contract_id).size
    except NotFound:
        return 0


def _nothing_yet() -> None:
    areas = "".join(
        f"<li><b>{escape(area.name)}</b><span>{escape('、'.join(c.name for c in area.checkpoints if c.enabled))}</span></li>"
        for area in load_playbook().areas
    )
    marks = "".join(
        f"<li><span class='tag {status}'>{words.STATUS[status]}</span>{said}</li>"
        for status, said in (
            (Status.ADVERSE, "写了，但对商家不利"),
            (Status.MISSING, "整份合同读完，没有写"),
            (Status.VAGUE, "写了，但说不清、没有数"),
            (Status.OK, "写清楚了，也在可接受的范围里"),
        )
    )
    st.html(
        f"<section class='before'><div><h2>会查什么</h2><ul class='what'>{areas}</ul></div>"
        f"<div><h2>会怎么说</h2><ul class='marks'>{marks}</ul></div></section>"
    )


show()
