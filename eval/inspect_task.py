"""The same dataset and judgement as an inspect_ai task, with its log viewer: needs the extra ``[inspect]``.

``inspect eval eval/inspect_task.py -T dataset=dev -T engine=rules --model none`` then ``inspect view``. A sample is one checkpoint of one
contract; the engine is run once a contract. A model is not asked: the product's engine is what is scored.
"""

from __future__ import annotations

from functools import lru_cache

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, grouped, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from eval.cases import load_cases
from eval.metrics.citations import covered
from eval.record import CaseRecord, CellRecord
from eval.run import folder_of, run
from pipeline.playbook import load_playbook
from pipeline.types import Status


@task
def shenyue(dataset: str = "dev", engine: str = "rules", case: str = "") -> Task:
    """Every checkpoint of every contract of ``dataset``; ``case`` keeps contracts whose id starts with it."""
    playbook = load_playbook()
    cases = load_cases(folder_of(dataset), [c.id for c in playbook.checkpoints], only=case)
    samples = [
        Sample(
            id=f"{own.id}/{checkpoint.id}",
            input=f"{own.path.name}：{checkpoint.name}",
            target=own.statuses[checkpoint.id].value,
            metadata={
                "contract": own.id,
                "checkpoint": checkpoint.id,
                "area": checkpoint.id.split(".")[0],
                "evidence": list(own.evidence[checkpoint.id]),
            },
        )
        for own in cases
        for checkpoint in playbook.checkpoints
    ]
    return Task(
        dataset=MemoryDataset(samples, name=dataset),
        solver=review(dataset, engine),
        scorer=[status(), evidence()],
    )


@lru_cache(maxsize=256)
def _reviewed(dataset: str, engine: str, contract: str) -> CaseRecord:
    found = run(dataset, engine=engine, case=contract).cases
    return next(c for c in found if c.id == contract)


def _cell(state: TaskState) -> CellRecord | None:
    kept = state.store.get("cell")
    return None if kept is None else CellRecord.model_validate(kept)


@solver
def review(dataset: str, engine: str) -> Solver:
    """Runs the engine on the sample's contract and keeps its verdict on the sample's checkpoint."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        record = _reviewed(dataset, engine, state.metadata["contract"])
        cell = next((c for c in record.cells if c.checkpoint == state.metadata["checkpoint"]), None)
        if cell is None:
            state.output = ModelOutput.from_content(engine, record.error or "")
            return state
        state.store.set("cell", cell.model_dump(mode="json"))
        cited = "\n".join(f"> {p.clause}：{p.text}" for p in cell.citations)
        state.output = ModelOutput.from_content(engine, f"{cell.said.value}\n{cell.reason}\n{cited}".strip())
        return state

    return solve


@scorer(metrics=[grouped(accuracy(), "area"), stderr(cluster="contract")])
def status() -> Scorer:
    """Whether engine and label agree; ``unreviewed`` and failed contracts are no answer, which is not a wrong one."""

    async def score(state: TaskState, target: Target) -> Score:
        cell = _cell(state)
        if cell is None or cell.said is Status.UNREVIEWED:
            return Score.unscored(reason="no_answer", explanation=state.output.completion)
        right = cell.said.value == target.text
        return Score(value=CORRECT if right else INCORRECT, answer=cell.said.value, explanation=cell.reason)

    return score


@scorer(metrics=[accuracy(), stderr(cluster="contract")])
def evidence() -> Scorer:
    """Share of the labelled evidence of which half or more was cited; no answer where none is labelled."""

    async def score(state: TaskState, target: Target) -> Score:
        cell = _cell(state)
        if cell is None or not cell.evidence:
            return Score.unscored(reason="no_answer")
        found = covered([p.span for p in cell.evidence], [p.span for p in cell.citations])
        explanation = "\n".join(f"{p.clause}：{p.text}" for p in cell.citations)
        return Score(value=found / len(cell.evidence), answer=f"{found}/{len(cell.evidence)}", explanation=explanation)

    return score
