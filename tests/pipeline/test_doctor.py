from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import doctor
from pipeline.settings import settings


@pytest.fixture(autouse=True)
def _fresh_settings() -> None:
    settings.cache_clear()


def test_an_installation_that_works_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(tmp_path / "new"))
    found = {check.name: check for check in doctor.checks()}
    assert [name for name, check in found.items() if not check.ok] == []
    assert found["审查标准"].detail.startswith("电商客服外包，29 个检查点")
    assert found["试审一份"].detail.startswith("29 个检查点")
    settings.cache_clear()


def test_a_bad_setting_is_one_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_THREADS", "0")
    first = next(iter(doctor.checks()))
    assert not first.ok
    assert "SHENYUE_THREADS" in first.detail
    settings.cache_clear()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(tmp_path / "file"))
    checks = doctor.checks()
    next(checks)
    assert not next(checks).ok
    settings.cache_clear()


def test_a_key_is_told_of_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    said = doctor._network()
    assert "OPENAI_API_KEY" in said
    assert "sk-secret" not in said
