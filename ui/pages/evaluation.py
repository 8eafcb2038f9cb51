"""评测: stored evaluation runs with their figures, wrong cells and trend, two runs compared, and evaluations started in the background."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st
from markupsafe import escape

from eval import jobs
from eval.compare import compare
from eval.figures import Figures, Wrong, figures, wrong
from eval.jobs import Job, JobState, Order
from eval.metrics.status import LABELS, LOWER_IS_BETTER, SAID
from eval.record import Run, RunError
from eval.report import HEADLINES, heat, render
from eval.run import folder_of
from eval.words import KIND, METRIC, STAGE
from pipeline.playbook import load_playbook
from pipeline.settings import settings
from ui import session
from ui.components.drop import drop
from ui.components.evaluation import (
    ENGINES,
    SAYS,
    comparable,
    dataset,
    day,
    engine,
    grouped,
    pieces,
    title,
    trend,
)
from ui.components.evaluation.runs import import_finished, read, runs
from ui.components.sheet import section, sheet, trouble

VIEWS = ("概况", "判错的格子", "两次对比", "开始评测")
_PAGE = 20  # wrong cells shown at once
_MOST_CHANGES = 30  # of each kind
_EVERY = 1.5  # seconds between looks at a running job
_OWN = "自己的文件夹"


def show() -> None:
    """The whole page."""
    import_finished(session.store(), _root())
    known = runs(session.store(), Path.cwd() / ".eval")
    st.html(
        "<h1>评测</h1><p class='soft'>拿人工标注好的合同考引擎：逐格对照结论和标注，看它找出了多少风险、误报了多少，改动之后是好了还是坏了</p>"
    )
    if not known:
        sheet("evaluation/empty.html.j2", key="empty", checkpoints=len(load_playbook().checkpoints))
        _start()
        return
    view = st.segmented_control(
        "看什么", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    if view == VIEWS[3]:
        _start()
        return
    if view == VIEWS[2]:
        labels = Counter(run.fingerprint.labels for run in known.values())
        known = {key: run for key, run in known.items() if labels[run.fingerprint.labels] > 1}
        if not known:
            st.html(
                "<p class='soft'>还不能对比：至少要有两次评测用的是同一份合同、同一份标注。改动之后再评一次，就能对比。</p>"
            )
            return
    chosen = st.selectbox("哪一次评测", list(known), format_func=lambda key: title(known[key]), key="run")
    run = known[chosen]
    if view == VIEWS[2]:
        _compare(chosen, known)
    elif view == VIEWS[1]:
        _wrong(run)
    else:
        _figures(run, list(known.values()))


def _figures(run: Run, others: Sequence[Run]) -> None:
    found = _scored(run)
    history = comparable(run, others)
    sheet(
        "evaluation/heads.html.j2",
        key="heads",
        found=found,
        headlines=HEADLINES,
        lower=LOWER_IS_BETTER,
        SAYS=SAYS,
        METRIC=METRIC,
    )
    sheet(
        "evaluation/figures.html.j2",
        key="figures",
        found=found,
        trend=trend(history, [_scored(r) for r in history]),
        first=day(history[0]),
        last=day(history[-1]),
        heat=heat(found),
        labels=LABELS,
        said=SAID,
        names=_names(),
        METRIC=METRIC,
        KIND=KIND,
    )
    made = run.fingerprint
    facts = [
        f"版本 {run.version}",
        f"{found.contracts} 份合同，{found.cells} 格，判错 {sum(n for n in _off(found))} 格，未审 {found.unreviewed} 格，失败 {found.usage.failures} 份",
        *([f"模型 {made.model}"] if made.model else []),
        f"审查标准 {made.playbook[:12]}",
        f"标注 {made.labels[:12]}",
    ]
    st.html(f"<p class='soft'>{escape('　'.join(facts))}</p>")
    page, data = st.columns(2)
    name = f"评测-{dataset(run.dataset)}-{made.engine}-{run.created[:10]}"
    page.download_button(
        "下载完整报告（网页）",
        lambda: render(run, history, _names()),
        file_name=f"{name}.html",
        mime="text/html",
        width="stretch",
        on_click="ignore",
    )
    data.download_button(
        "下载数据（JSON）",
        lambda: run.model_dump_json(indent=1),
        file_name=f"{name}.json",
        mime="application/json",
        width="stretch",
        on_click="ignore",
    )


def _off(found: Figures) -> list[int]:
    """Counts off the diagonal of the confusion matrix."""
    return [n for i, row in enumerate(found.confusion) for j, n in enumerate(row) if i != j]


def _wrong(run: Run) -> None:
    found, names = wrong(run), _names()
    failed = [case for case in run.cases if case.error]
    if not found and not failed:
        st.html("<p class='soft'>没有判错的格子</p>")
        return
    in_areas = {area: [w for w in found if w.area == area] for area in dict.fromkeys(w.area for w in found)}
    by_area, by_kind = st.columns([3, 2], vertical_alignment="bottom")
    area = by_area.selectbox(
        "领域",
        ["", *in_areas],
        format_func=lambda a: f"{names.get(a, a)}（{len(in_areas[a])}）" if a else f"全部（{len(found)}）",
    )
    kinds = {
        "全部": found,
        "漏掉的风险": [w for w in found if _missed(w)],
        "多报的风险": [w for w in found if _alarm(w)],
    }
    kind = by_kind.segmented_control("哪种错", list(kinds), default="全部", required=True, key="kind")
    shown = [w for w in kinds[kind or "全部"] if not area or w.area == area]
    pages = max(1, (len(shown) - 1) // _PAGE + 1)
    page = 1
    if pages > 1:
        page = (
            st.segmented_control(f"每页 {_PAGE} 格", range(1, pages + 1), default=1, required=True, key="wrong_page")
            or 1
        )
    page = min(page, pages)
    st.html("<p class='soft'>点开一格看条款：黄底是标注的依据或引擎引用的原文</p>")
    sheet(
        "evaluation/wrong.html.j2",
        key="wrong",
        wrongs=shown[(page - 1) * _PAGE : page * _PAGE],
        failed=failed if page == 1 else [],
        names=names,
        pieces=pieces,
        STAGE=STAGE,
    )


def _missed(w: Wrong) -> bool:
    """A risk called ok."""
    return w.cell.label is not LABELS[0] and w.cell.said is LABELS[0]


def _alarm(w: Wrong) -> bool:
    """Ok called a risk."""
    return w.cell.label is LABELS[0]


def _compare(chosen: str, known: Mapping[str, Run]) -> None:
    run = known[chosen]
    others = {k: r for k, r in known.items() if k != chosen and r.fingerprint.labels == run.fingerprint.labels}
    against = st.selectbox("和哪一次比", list(others), format_func=lambda key: title(others[key]), key="against")
    try:
        found = compare(others[against], run)
    except RunError as error:
        trouble(str(error))
        return
    sheet(
        "evaluation/compare.html.j2",
        key="compare",
        found=found,
        groups=grouped(found.changes),
        most=_MOST_CHANGES,
        names=_names(),
        pieces=pieces,
        METRIC=METRIC,
    )


def _start() -> None:
    section("开始一次评测")
    splits = jobs.splits()
    if not splits:
        st.html(
            "<p class='soft'>这台机器上没有自带的标注数据（安装包里不含，它在源代码的 eval/dataset 里）。"
            "可以评自己的文件夹：合同，和每份合同旁边的 *.labels.yaml。</p>"
        )
    which, how = st.columns(2, vertical_alignment="bottom")
    picked = which.selectbox("数据", [*splits, _OWN], format_func=_sized, key="dataset")
    made = how.selectbox("引擎", _engines(), format_func=engine, key="engine")
    folder = st.text_input("文件夹", placeholder="/数据/标注好的合同", key="folder") if picked == _OWN else picked
    if made in ("llm", "both"):
        st.html("<p class='soft'>这个引擎会把每份合同遮盖后发给模型服务，按模型的用量计费</p>")
    if st.button("开始", type="primary", key="begin"):
        try:
            folder_of(folder)
        except RunError as error:
            trouble(str(error))
        else:
            jobs.start(_root(), Order(dataset=folder, engine=made))
    running = any(job.state is JobState.RUNNING for job in jobs.jobs(_root()))
    st.fragment(_jobs, run_every=_EVERY if running else None)(running)
    _import()


def _sized(name: str) -> str:
    """A split with how many contracts it has."""
    return f"{dataset(name)}（{jobs.contracts(name)} 份合同）" if name in jobs.SPLITS else name


def _engines() -> list[str]:
    """A model is only offered where one is set up."""
    return [name for name in ENGINES if settings().model or name not in ("llm", "both")]


def _jobs(looking: bool) -> None:
    found = [job for job in jobs.jobs(_root()) if job.state is not JobState.DONE]
    if looking and not any(job.state is JobState.RUNNING for job in found):
        st.rerun()  # the last one is over: its run is shown
    if not found:
        return
    clicked = sheet("evaluation/jobs.html.j2", key="jobs", jobs=found, dataset=dataset, engine=engine, started=_started)
    if clicked is None:
        return
    job = next((job for job in found if job.id == clicked["job"]), None)
    if job is not None:
        _act(clicked["act"], job)
    st.rerun()


def _act(act: str, job: Job) -> None:
    if act == "stop":
        jobs.stop(job.folder)
    elif act == "resume":
        jobs.resume(job.folder)
    elif act == "forget" and job.state is not JobState.RUNNING:
        shutil.rmtree(job.folder, ignore_errors=True)


def _import() -> None:
    section("导入评测结果", "命令行 shenyue eval run -o 得到的 JSON；导入后存进数据库，别的机器上评的也可以")
    for file in drop("选择评测结果（.json），或拖到这里", ["json"], key="files"):
        try:
            title_ = read(session.store(), file.getvalue())
        except RunError as error:
            trouble(f"{file.name}：{error}")
        else:
            st.html(f"<p class='soft'>已导入：{escape(title_)}</p>")


def _root() -> Path:
    return settings().data_dir / "eval"


def _started(job: Job) -> str:
    at = datetime.fromisoformat(job.order.created).astimezone()
    return f"{at.month} 月 {at.day} 日 {at:%H:%M} 开始"


def _names() -> dict[str, str]:
    book = load_playbook()
    return {area.id: area.name for area in book.areas} | {c.id: c.name for c in book.checkpoints}


def _scored(run: Run) -> Figures:
    made: Any = run.fingerprint
    return _kept(f"{run.created}|{made}|{run.only}|{len(run.cases)}", run)


@st.cache_resource(max_entries=64, show_spinner="正在计算指标和区间…")
def _kept(key: str, _run: Run) -> Figures:
    """Bootstrap intervals take half a second a run."""
    return figures(_run)


show()
