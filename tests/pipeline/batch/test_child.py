"""What a worker's child answers to the work of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.batch.child import reviewing, worked
from pipeline.batch.messages import Job, Task
from pipeline.check.ceiling import Ceiling
from tests.pipeline.batch.conftest import SetUp
from tests.pipeline.check.llm.conftest import CONTRACT, TABLE, server
from tests.pipeline.conftest import HashedWords
from tests.servers.reader import Reader


@pytest.mark.parametrize("engine", ["llm", "both"])
@pytest.mark.parametrize(("ceiling", "cut"), [(Ceiling(), False), (Ceiling(tokens=0), True)])
def test_a_review_that_the_ceiling_cut_off_says_so(
    engine: str, ceiling: Ceiling, cut: bool, tmp_path: Path, limits: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "contract.txt"
    path.write_text(CONTRACT, encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    limits(model="scripted", cache="false")
    with server(Reader(table=TABLE, only_table=True)) as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        task = Task(job=Job(path=path, engine=engine, ceiling=ceiling), formats=("json",), vectors=False)
        found = worked(task, reviewing(HashedWords()))
    assert found.cut is cut
    assert found.packed is not None
    assert (found.usage.calls == 0) is cut
