from __future__ import annotations

import hashlib
from importlib import resources

import pytest

import prompts
from pipeline.errors import ShenyueError
from pipeline.review import prompts_sha256
from prompts import PromptError, exists, load, parse

FILES = sorted(e.name for e in resources.files("prompts").iterdir() if e.name.endswith(".md"))


@pytest.mark.parametrize("file", FILES)
def test_every_file_loads(file: str) -> None:
    name, version = file.removesuffix(".md").rsplit(".v", 1)
    template = load(name, int(version))
    assert template.variables
    assert "<!--" not in template.text
    assert template.sha256 == hashlib.sha256(resources.files("prompts").joinpath(file).read_bytes()).hexdigest()


def test_braces_of_json_stay_and_values_are_put_in_once() -> None:
    template = parse('<!-- variables: a, b -->\n{"x": {"y": 1}} {{a}} {{b}} {{a}}\n', "t")
    assert template.render(a="{{b}}", b="\\1") == '{"x": {"y": 1}} {{b}} \\1 {{b}}'


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"a": "1"}, "缺少变量 b", id="missing"),
        pytest.param({"a": "1", "b": "2", "c": "3"}, "用不到变量 c", id="unused"),
        pytest.param({"a": "1", "c": "3"}, "缺少变量 b；用不到变量 c", id="both"),
    ],
)
def test_variables_are_checked_both_ways(given: dict[str, str], said: str) -> None:
    with pytest.raises(PromptError, match=f"提示词 t.v1：{said}"):
        parse("<!-- variables: a, b -->\n{{a}}{{b}}", "t").render(**given)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        pytest.param("{{a}}", "第一行应为", id="no declaration"),
        pytest.param("<!-- variables: a -->\n{{a}}{{b}}", "没有声明 b", id="not declared"),
        pytest.param("<!-- variables: a, b -->\n{{a}}", "声明了却没有用到 b", id="declared in vain"),
        pytest.param("<!-- variables: a -->\n{{a}} {{ a }}", "占位符", id="blanks inside"),
        pytest.param("<!-- variables: a -->\n{{a}} {{A}}", "占位符", id="capital"),
        pytest.param("<!-- variables: a -->\n{{a}} {{a}", "占位符", id="not closed"),
    ],
)
def test_a_file_that_is_not_well_formed_does_not_load(source: str, said: str) -> None:
    with pytest.raises(PromptError, match=said):
        parse(source, "t")


@pytest.mark.parametrize("name", ["nothing", "../system", "system.v1"])
def test_an_absent_file(name: str) -> None:
    with pytest.raises(PromptError, match="没有名为"):
        load(name)
    assert not exists(name)
    assert issubclass(PromptError, ShenyueError)


def test_sections_are_templates_of_their_own() -> None:
    template = parse(
        "<!-- variables: name, hours -->\n前言\n### a.b {{name}}\n甲 {{hours}}\n\n### a.c {{name}}\n乙\n", "a"
    )
    assert list(template.sections) == ["a.b", "a.c"]
    assert template.sections["a.b"].render(name="n", hours="24 小时") == "### a.b n\n甲 24 小时"
    assert template.sections["a.c"].variables == {"name"}


def test_the_hash_of_a_review_covers_templates_and_examples(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    assert prompts_sha256() == prompts.sha256()
    (tmp_path / "examples").mkdir()
    (tmp_path / "a.v1.md").write_text("1")
    (tmp_path / "examples" / "a.yaml").write_text("1")
    (tmp_path / "notes.txt").write_text("1")
    monkeypatch.setattr(prompts, "_folder", lambda: tmp_path)
    seen = [prompts.sha256()]
    for file in ("a.v1.md", "examples/a.yaml", "notes.txt"):
        (tmp_path / file).write_text("2")
        seen.append(prompts.sha256())
    assert len(set(seen[:3])) == 3
    assert seen[3] == seen[2]
