"""审查标准: what is checked and where the limits are, changed in forms, told as differences to the default, tried on a contract and saved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import streamlit as st
from markupsafe import escape

from pipeline.errors import NotFound, PlaybookError, ShenyueError
from pipeline.playbook import CheckpointModel, Playbook, PlaybookModel, load_playbook, overlay_of, parse_playbook
from pipeline.playbook_words import WORDINGS, label_of, readable, unit_of
from pipeline.report.words import SEVERITY
from pipeline.review import review_document
from pipeline.store import ReviewRecord, SavedPlaybook, State
from pipeline.types import Party, Review, Severity
from ui import session
from ui.components.drop import drop
from ui.components.playbook import (
    WHOLE,
    by_checkpoint,
    checkpoint_of,
    figures_of,
    moved,
    put,
    reset,
    with_decision,
    with_threshold,
    with_wording,
)
from ui.components.sheet import section, sheet, trouble

_DEFAULT = ""  # the id under which the default playbook is chosen
_WHEN = {"preferred": "先这样要", "acceptable": "对方不同意时", "walk_away": "低于它就别签"}
_LARGEST = 512 * 1024  # bytes of a playbook file


def show() -> None:
    """The whole page."""
    st.html(
        "<h1>审查标准</h1><p class='soft'>审什么、线画在哪里、开口要什么。改动只影响以后的审查，已经审过的结论不变</p>"
    )
    books = {book.id: book for book in session.store().playbooks(session.owner())}
    if "choose" in st.session_state:  # a selection made by the page itself, before the field is drawn
        st.session_state["book"] = st.session_state.pop("choose")
        st.session_state.pop("draft_of", None)
    if st.session_state.get("book", _DEFAULT) not in books:
        st.session_state["book"] = _DEFAULT
    chosen = st.selectbox(
        "用哪一份",
        [_DEFAULT, *books],
        format_func=lambda i: books[i].name if i else "默认标准（电商客服外包）",
        key="book",
    )
    saved = books.get(chosen)
    draft = _draft(chosen, saved)
    if draft is None:
        return
    _edit(draft)
    draft = st.session_state["draft"]
    _changes(draft, saved)
    _try(draft, saved)
    _files(draft, saved)


def _draft(chosen: str, saved: SavedPlaybook | None) -> PlaybookModel | None:
    """The playbook as edited so far; a new one when another was chosen."""
    if st.session_state.get("draft_of") != chosen:
        try:
            model = parse_playbook(saved.text, saved.name).model if saved else load_playbook().model
        except PlaybookError as error:
            trouble(f"这份标准读不出来：{error}")
            return None
        _edited(model)
        st.session_state["draft_of"] = chosen
    model = st.session_state["draft"]
    assert isinstance(model, PlaybookModel)
    return model


def _edited(model: PlaybookModel) -> None:
    """A draft that the fields have to be filled from anew."""
    st.session_state["draft"] = model
    st.session_state["filled"] = st.session_state.get("filled", 0) + 1


def _edit(draft: PlaybookModel) -> None:
    changed = by_checkpoint(draft)
    areas = {**{area.id: area.name for area in draft.areas}, WHOLE: "整份合同的结论"}
    area_id = st.segmented_control(
        "领域",
        list(areas),
        format_func=areas.__getitem__,
        default=draft.areas[0].id,
        required=True,
        key="area",
        label_visibility="collapsed",
    )
    if area_id == WHOLE:
        _whole(draft)
        return
    area = next((a for a in draft.areas if a.id == area_id), draft.areas[0])
    ids = [c.id for c in area.checkpoints]
    at = st.session_state.get("checkpoint")
    if at not in ids:
        at = ids[0]
    listed, form = st.columns([4, 8], gap="large")
    with listed:
        clicked = sheet(
            "playbook/list.html.j2",
            key="list",
            checkpoints=area.checkpoints,
            chosen=at,
            changed=changed,
            figures=figures_of,
        )
    if clicked is not None and clicked["checkpoint"] != at:
        st.session_state["checkpoint"] = clicked["checkpoint"]
        st.rerun()
    checkpoint = checkpoint_of(draft, at)
    if checkpoint is not None:
        with form:
            _form(draft, checkpoint)


def _form(draft: PlaybookModel, checkpoint: CheckpointModel) -> None:
    def key(field: str) -> str:
        return f"{st.session_state['filled']}:{checkpoint.id}:{field}"

    st.html(f"<h2>{escape(checkpoint.name)}</h2><p><span class='soft'>为什么　</span>{escape(checkpoint.why)}</p>")
    model = draft
    on, heavy = st.columns(2, vertical_alignment="bottom")
    enabled = on.toggle("审查这一项", value=checkpoint.enabled, key=key("enabled"))
    severity = heavy.segmented_control(
        "重要程度",
        list(Severity),
        format_func=SEVERITY.__getitem__,
        default=checkpoint.severity,
        required=True,
        key=key("severity"),
        disabled=not enabled,
    )
    model = put(model, checkpoint.id, enabled=enabled, severity=severity or checkpoint.severity)
    model = _figures(model, checkpoint, key, enabled)
    st.html("<p class='soft'>开口要什么：〔〕里的内容，审查时自动换成合同里的称呼和上面的数字</p>")
    for field, called in WORDINGS.items():
        text = st.text_area(
            f"{called}　{_WHEN[field]}",
            value=readable(checkpoint, getattr(checkpoint.wording, field)),
            key=key(field),
            height=90,
            disabled=not enabled,
        )
        try:
            model = with_wording(model, _now(model, checkpoint), field, text)
        except PlaybookError as error:
            trouble(f"“{called}”没有改成。{error}")
    if model != draft:
        st.session_state["draft"] = model
        st.rerun()


def _now(model: PlaybookModel, checkpoint: CheckpointModel) -> CheckpointModel:
    """The checkpoint as ``model`` has it by now."""
    return checkpoint_of(model, checkpoint.id) or checkpoint


def _figures(
    model: PlaybookModel, checkpoint: CheckpointModel, key: Callable[[str], str], enabled: bool
) -> PlaybookModel:
    names = list(checkpoint.thresholds)
    columns = st.columns(2) if names else []
    for name, column in zip(names, cycle(columns), strict=False):
        with column:
            shown = _figure(checkpoint, name, key(name), enabled)
            try:
                model = with_threshold(model, _now(model, checkpoint), name, shown)
            except PlaybookError as error:
                trouble(f"没有改成。{error}")
    return model


def _figure(checkpoint: CheckpointModel, name: str, key: str, enabled: bool) -> float:
    """A field for a threshold in its unit: whole figures step by one, percentages may have decimals."""
    unit = unit_of(checkpoint, name)
    value = round(checkpoint.thresholds[name] * unit.factor, 6)
    label = f"{label_of(checkpoint, name)}（{unit.name}）" if unit.name else label_of(checkpoint, name)
    if unit.whole and value == int(value):
        return st.number_input(
            label, min_value=min(1, int(value)), value=int(value), step=1, key=key, disabled=not enabled
        )
    most = None if unit.most is None else float(max(unit.most, value))
    step = 0.01 if value < 1 else 1.0
    return st.number_input(
        label, min_value=0.0, max_value=most, value=float(value), step=step, format="%g", key=key, disabled=not enabled
    )


def _whole(draft: PlaybookModel) -> None:
    st.html(
        "<h2>整份合同的结论</h2><p>达到下面任何一条，结论就是“不建议签”；六个领域都是低风险，是“可签”；其余是“改后再签”。</p>"
    )
    filled = st.session_state["filled"]
    one, two = st.columns(2)
    high = one.number_input(
        "高风险领域达到（个）", min_value=1, max_value=99, value=draft.decision.reject_high_areas, key=f"{filled}:high"
    )
    critical = two.number_input(
        "不利的关键条款达到（条）",
        min_value=1,
        max_value=99,
        value=draft.decision.reject_critical_adverse,
        key=f"{filled}:critical",
    )
    model = with_decision(draft, reject_high_areas=int(high), reject_critical_adverse=int(critical))
    if model != draft:
        st.session_state["draft"] = model
        st.rerun()


def _changes(draft: PlaybookModel, saved: SavedPlaybook | None) -> None:
    changed = by_checkpoint(draft)
    unsaved = _unsaved(draft, saved)
    count = sum(map(len, changed.values()))
    said = f"改了 {count} 处" if count else "和默认标准一样"
    section("和默认标准的差别", f"{said}，还没有保存" if unsaved else said)
    if changed:
        clicked = sheet("playbook/changes.html.j2", key="changes", changed=changed)
        if clicked is not None:
            _edited(reset(draft, clicked["checkpoint"]))
            st.rerun()
    if saved is None and not changed:
        return
    named, keep, back = st.columns([6, 3, 3], vertical_alignment="bottom")
    name = named.text_input(
        "名称", value=saved.name if saved else "我的标准", max_chars=60, key=f"name:{st.session_state['book']}"
    )
    renamed = saved is not None and name.strip() != saved.name
    if keep.button(
        "保存" if saved else "存成我的标准",
        type="primary",
        disabled=not name.strip() or not (unsaved or renamed),
        width="stretch",
        key="save",
    ):
        _save(draft, name.strip(), saved)
    if back.button("全部恢复默认", disabled=not changed, width="stretch", key="reset_all"):
        _edited(load_playbook().model)
        st.rerun()


def _unsaved(draft: PlaybookModel, saved: SavedPlaybook | None) -> bool:
    kept = parse_playbook(saved.text, saved.name).model if saved else load_playbook().model
    return (draft.decision, draft.areas) != (kept.decision, kept.areas)


def _save(draft: PlaybookModel, name: str, saved: SavedPlaybook | None) -> None:
    text = overlay_of(draft.model_copy(update={"name": name}))
    book = session.store().save_playbook(name, text, owner=session.owner(), id=saved.id if saved else None)
    st.session_state["choose"] = book.id
    st.toast(f"已保存“{name}”，下次审查可以选它")
    st.rerun()


def _try(draft: PlaybookModel, saved: SavedPlaybook | None) -> None:
    section("拿一份合同试试", "在这台机器上用规则引擎各审一遍，看哪些结论会变；不留记录")
    done: dict[str, ReviewRecord] = {}
    for record in session.store().reviews(owner=session.owner(), states=(State.DONE,)):
        done.setdefault(record.contract_id, record)
    if not done:
        st.html("<p class='soft'>台账里还没有审过的合同</p>")
        return
    which, compare, again = st.columns([6, 3, 3], vertical_alignment="bottom")
    contract = which.selectbox("合同", list(done), format_func=lambda i: done[i].contract_name, key="try_contract")
    if contract is None:
        return
    record = done[contract]
    if compare.button("比较结论", width="stretch", key="compare"):
        st.session_state["tried"] = record.id
    if again.button(
        "用它正式审查",
        width="stretch",
        key="again",
        disabled=saved is None or _unsaved(draft, saved),
        help="先保存，才能用它正式审查" if saved is None or _unsaved(draft, saved) else None,
    ):
        options = replace(record.options, playbook=saved.id if saved else None)
        session.store().submit(contract, options, who=session.who(), session=session.session_id())
        session.queue().wake()
        st.switch_page("pages/ledger.py")
    if st.session_state.get("tried") == record.id:
        _tried(draft, record)


def _tried(draft: PlaybookModel, record: ReviewRecord) -> None:
    try:
        before, after = (
            _judged(record, book) for book in (load_playbook(), parse_playbook(overlay_of(draft), "这份标准"))
        )
    except ShenyueError as error:
        trouble(str(error))
        return
    found = moved(before, after)
    same = len(after.findings) - sum(m.after is not None for m in found)
    sheet("playbook/moved.html.j2", key="moved", before=before, after=after, moved=found, same=same)


def _judged(record: ReviewRecord, book: Playbook) -> Review:
    return _kept(record.id, book.sha256, record.merchant, book)


@st.cache_resource(max_entries=32, show_spinner="正在审查…")
def _kept(review_id: str, sha256: str, merchant: Party | None, _book: Playbook) -> Review:
    """A review by a playbook, kept: every change of a field runs the page again."""
    return review_document(session.store().load(review_id).document, merchant=merchant, playbook=_book)


def _files(draft: PlaybookModel, saved: SavedPlaybook | None) -> None:
    section("文件", "一份标准就是一个文本文件，只记改过的地方；可以发给同事，也可以放回来")
    down, gone = st.columns([8, 3])
    down.download_button(
        "下载这份标准（YAML）",
        overlay_of(draft),
        file_name=f"{saved.name if saved else '审查标准'}.yaml",
        mime="application/yaml",
        on_click="ignore",
    )
    if saved is not None and gone.button("删除这份标准", width="stretch", key="delete"):
        st.session_state["deleting_book"] = saved.id
    if saved is not None and st.session_state.get("deleting_book") == saved.id:
        _delete(saved)
    for file in drop(
        "放回一份标准文件（.yaml），或拖到这里", ["yaml", "yml"], key=f"standard-{st.session_state.get('uploaded', 0)}"
    ):
        _upload(Path(file.name).stem, file.getvalue())


def _upload(name: str, content: bytes) -> None:
    try:
        if len(content) > _LARGEST:
            raise PlaybookError(f"{name}：文件太大，不像一份审查标准")
        text = content.decode("utf-8-sig")
        model = parse_playbook(text, name).model
    except (UnicodeDecodeError, PlaybookError) as error:
        trouble(
            "不是 UTF-8 文本，请另存为 UTF-8 再放" if isinstance(error, UnicodeDecodeError) else f"没有放进来：{error}"
        )
        return
    called = model.name if model.name != load_playbook().model.name else name
    book = session.store().save_playbook(called, text, owner=session.owner())
    st.session_state["choose"] = book.id
    st.session_state["uploaded"] = st.session_state.get("uploaded", 0) + 1
    st.rerun()


def _done() -> None:
    st.session_state.pop("deleting_book", None)


@st.dialog("删除这份标准", on_dismiss=_done)
def _delete(saved: SavedPlaybook) -> None:
    st.html(f"<p>删除“{escape(saved.name)}”？用它审过的结论不受影响，以后不能再选它。</p>")
    yes, no = st.columns(2)
    if yes.button("删除", type="primary", width="stretch", key="delete_yes"):
        with suppress(NotFound):  # somebody else has deleted it
            session.store().delete_playbook(saved.id, owner=session.owner())
        st.session_state["choose"] = _DEFAULT
        _done()
        st.rerun()
    if no.button("不删了", width="stretch", key="delete_no"):
        _done()
        st.rerun()


show()
