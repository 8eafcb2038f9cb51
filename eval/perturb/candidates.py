"""Candidate pairs: written edits looked up in the contracts, and drawn ones (deletions, moves, annexes) from a fixed seed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from opencc import OpenCC

from eval.cases import DatasetError
from eval.perturb.apply import replaced
from eval.perturb.pairs import Edit, Kind, Pair, text_sha256
from eval.perturb.relations import related
from eval.perturb.sources import Source
from pipeline.types import BlockKind, Span, Status

SEED = 20251125
RECIPES = Path(__file__).parent / "recipes"
WRITTEN = (Kind.CROSS_THRESHOLD, Kind.FLIP_MODALITY, Kind.FLIP_PARTY, Kind.BLANK_FIGURE, Kind.REPHRASE_NUMBER)
TRADITIONAL = frozenset({"d08", "d24", "t07", "t20"})
# The body, or a list of documents in order, prevails over an annex there, so an annex is no conflict (rule 9 of the guide).
BODY_PREVAILS = frozenset({"d03", "d10", "d13", "d20", "d23", "t02", "t04", "t06", "t13", "t16", "t24"})
TITLES = ("补充约定", "其他约定事项", "服务补充说明", "双方特别说明", "补充条款", "执行细则", "未尽事宜", "合作细则")
PER_CONTRACT = {
    Kind.CROSS_THRESHOLD: 2,
    Kind.FLIP_MODALITY: 2,
    Kind.FLIP_PARTY: 3,
    Kind.DELETE_CLAUSE: 1,
    Kind.BLANK_FIGURE: 2,
    Kind.MOVE_TO_ANNEX: 1,
    Kind.CONTRADICT_IN_ANNEX: 2,
    Kind.REPHRASE_NUMBER: 2,
}
T = TypeVar("T")
_RECIPE = re.compile(r"(?P<case>\w+) (?P<checkpoint>[\w.]+) (?P<after>\w+): (?P<edits>.+)")
_BEARING = re.compile(
    r"前款|前項|前项|前述|前条|上述|本条|本款|下列|如下|上表|下表|该等|該等|此项|其中|第.{1,4}[条款項项]|附[件表录錄]|[:：]$|[A-Z]-\d|^[“「]|不[在受].{0,4}限|\d\.\d"
)
_NUMBER = re.compile(
    r"(?:Section\s+)?(?:\d+(?:\.\d+)+\s*|\d+[.．、)）]\s*|[（(][一二三四五六七八九十\da-z]{1,3}[）)]\s*|[一二三四五六七八九十]{1,3}、|[-·]\s*"
    r"|第[一二三四五六七八九十百]+条\s*)*"
)
_CHINESE = "一二三四五六七八九十"


class Recipe(NamedTuple):
    """A written edit: in which contract, for which checkpoint, and what gives way to what."""

    case: str
    checkpoint: str
    after: Status | None
    swaps: tuple[tuple[str, str], ...]


def candidates(sources: Sequence[Source]) -> tuple[Pair, ...]:
    """All candidates for the sources, in the order of the sources and kinds; a contract's own do not depend on the others given.

    Raises:
        DatasetError: a written edit does not fit its contract.
    """
    makers = (*(lambda s, k=k: _written(s, k) for k in WRITTEN), _deleted, _moved, _contradicted)
    return tuple(pair for source in sources for maker in makers for pair in maker(source))


@cache
def recipes(kind: Kind) -> Mapping[str, tuple[Recipe, ...]]:
    """The written edits of a kind by contract.

    Raises:
        DatasetError: a line that cannot be read.
    """
    found: dict[str, list[Recipe]] = defaultdict(list)
    for line in _lines(f"{kind}.txt"):
        match = _RECIPE.fullmatch(line)
        swaps = tuple(tuple(s.split(" => ")) for s in match["edits"].split(" && ")) if match else ()
        if match is None or any(len(s) != 2 for s in swaps):
            raise DatasetError(f"{kind}.txt: {line}")
        after = None if match["after"] == "same" else Status(match["after"])
        found[match["case"]].append(Recipe(match["case"], match["checkpoint"], after, tuple((a, b) for a, b in swaps)))
    return {case: tuple(own) for case, own in found.items()}


def _written(source: Source, kind: Kind) -> Iterator[Pair]:
    for recipe in _drawn(recipes(kind).get(source.case.id, ()), source, kind):
        edits = [_swap(source, recipe.checkpoint, old, new) for old, new in recipe.swaps]
        note = "；".join(f"{old} → {new}" for old, new in recipe.swaps)
        yield _pair(source, kind, recipe.checkpoint, recipe.after, edits, note)


def _swap(source: Source, checkpoint: str, old: str, new: str) -> Edit:
    text = source.document.text
    spots = {at for span in source.evidence[checkpoint] for at in _occurrences(text, old, span)}
    spots = spots or set(_occurrences(text, old, Span(start=0, end=len(text))))
    if len(spots) != 1:
        raise DatasetError(f"{source.case.id} {checkpoint}: {old!r} stands {len(spots)} times")
    start = spots.pop()
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    return _edit(text, start + head, start + len(old) - tail, new[head : len(new) - tail])


def _shared(one: str, other: str) -> int:
    """How many characters both start with."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _deleted(source: Source) -> Iterator[Pair]:
    found = {}
    for checkpoint, cue in _cues().items():
        if not source.evidence[checkpoint]:
            continue
        edits = _cut(source, source.evidence[checkpoint])
        rest = replaced(source.document.text, Span(start=0, end=len(source.document.text)), edits)
        if not re.search(cue, rest, re.IGNORECASE):
            found[checkpoint] = edits
    for checkpoint in _drawn(tuple(found), source, Kind.DELETE_CLAUSE):
        yield _pair(
            source, Kind.DELETE_CLAUSE, checkpoint, Status.MISSING, found[checkpoint], "说到这一点的语句全部删去"
        )


def _moved(source: Source) -> Iterator[Pair]:
    fit = tuple(c for c, spans in source.evidence.items() if len(spans) == 1 and _movable(source, spans[0]))
    random = _random(source, "annex of a moved clause")
    for checkpoint in _drawn(fit, source, Kind.MOVE_TO_ANNEX):
        (span,) = source.evidence[checkpoint]
        sentence = _bare(source.document.slice(span))
        edits = [*_cut(source, [span]), _annex(source, sentence, random)]
        yield _pair(source, Kind.MOVE_TO_ANNEX, checkpoint, None, edits, f"移到文末附件：{sentence}")


def _contradicted(source: Source) -> Iterator[Pair]:
    name = source.case.id
    names = _parties().get(name)
    if names is None or name in BODY_PREVAILS:
        return
    templates = _templates()
    fine = tuple(c for c in templates if source.case.statuses[c] is Status.OK and source.evidence[c])
    random = _random(source, "annex that contradicts")
    for checkpoint in _drawn(fine, source, Kind.CONTRADICT_IN_ANNEX):
        sentence = random.choice(templates[checkpoint]).format(M=names[0], V=names[1])
        edits = [_annex(source, _script(source, sentence), random)]
        yield _pair(source, Kind.CONTRADICT_IN_ANNEX, checkpoint, Status.ADVERSE, edits, f"附件另称：{sentence}")


def _pair(source: Source, kind: Kind, checkpoint: str, after: Status | None, edits: Sequence[Edit], note: str) -> Pair:
    case, text = source.case, source.document.text
    before = case.statuses[checkpoint]
    touched = {checkpoint}
    if kind not in (Kind.MOVE_TO_ANNEX, Kind.REPHRASE_NUMBER):
        touched |= related(tuple(case.statuses))[checkpoint]
    cut = [b for b in source.document.blocks for e in edits if e.old and b.start < e.end and e.start < b.end]
    cut += [b for b in source.document.blocks for e in edits if not e.old and b.start <= e.start <= b.end]
    cut = [b for b in cut if b.start < len(text)]
    for other, spans in source.evidence.items():
        if any(b.overlaps(s) for b in cut for s in spans) or (case.evidence[other] and not spans):
            touched.add(other)
    return Pair(
        id=f"{case.id}-{kind}-{checkpoint}",
        case=case.id,
        split="dev" if source.split == "dev" else "test",
        sha256=text_sha256(text),
        kind=kind,
        checkpoint=checkpoint,
        before=before,
        after=after or before,
        edits=tuple(sorted(edits, key=lambda e: e.start)),
        unchanged=tuple(c for c in case.statuses if c not in touched),
        note=note,
    )


def _movable(source: Source, span: Span) -> bool:
    document = source.document
    (index,) = (i for i, b in enumerate(document.blocks) if b.overlaps(span))
    block, following = document.blocks[index], document.blocks[index + 1 : index + 2]
    sentence = _bare(document.slice(span))
    after = document.text[span.end : block.end] + "".join(document.slice(b) for b in following)
    return (
        block.kind is BlockKind.PARAGRAPH
        and 15 <= len(sentence) <= 160
        and sentence.endswith(("。", "."))
        and not _BEARING.search(sentence)
        and not re.search("前款|前项|前項|前述|上述|此", after[:40])
    )


def _cut(source: Source, spans: Iterable[Span]) -> list[Edit]:
    """Edits that take the spans out, and what would be left of a block beside a number with them."""
    document = source.document
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(start=merged[-1].start, end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    edits = []
    for block in document.blocks:
        own = [_edit(document.text, s.start, s.end, "") for s in merged if block.contains(s)]
        if own and not _bare(replaced(document.text, block, own)).strip(" 　|"):
            own = [_edit(document.text, block.start, block.end, "")]
        edits += own
    return edits


def _annex(source: Source, sentence: str, random: Random) -> Edit:
    text = source.document.text
    used = [m[1] for m in re.finditer(r"附件\s*([一二三四五六七八九十]|\d+)", text)]
    if not used:
        number = random.choice(["一", "", "1"])
    elif used[0].isdigit():
        number = str(max(int(u) for u in used if u.isdigit()) + 1)
    else:
        last = max(_CHINESE.find(u) for u in used)
        number = _CHINESE[last + 1 : last + 2]
    heading = f"附件{number}" + random.choice(["　", "：", " "]) + random.choice(TITLES)
    line = random.choice(["", "1. ", "一、", "1、"]) + sentence
    return _edit(text, len(text), len(text), f"\n{_script(source, heading)}\n{line}")


def _edit(text: str, start: int, end: int, new: str) -> Edit:
    return Edit(start=start, end=end, old=text[start:end], new=new)


def _bare(sentence: str) -> str:
    """Without the number it starts with."""
    match = _NUMBER.match(sentence)
    return sentence[match.end() :] if match else sentence


def _occurrences(text: str, words: str, within: Span) -> Iterator[int]:
    start = text.find(words, within.start, within.end)
    while start >= 0:
        yield start
        start = text.find(words, start + 1, within.end)


def _script(source: Source, words: str) -> str:
    return str(_converter().convert(words)) if source.case.id in TRADITIONAL else words


def _drawn(fit: Sequence[T], source: Source, kind: Kind) -> list[T]:
    """As many of ``fit`` as a contract gives of the kind, in their order."""
    places = range(len(fit))
    return [fit[i] for i in sorted(_random(source, kind).sample(places, min(PER_CONTRACT[kind], len(fit))))]


def _random(source: Source, purpose: str) -> Random:
    return Random(f"{SEED} {purpose} {source.case.id}")


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


@cache
def _parties() -> Mapping[str, tuple[str, str]]:
    return {case: (merchant, vendor) for case, merchant, vendor in (line.split() for line in _lines("parties.txt"))}


@cache
def _cues() -> Mapping[str, str]:
    return dict(line.split(" ", 1) for line in _lines("cues.txt"))


@cache
def _templates() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    checkpoint = ""
    for line in _lines("contradict_in_annex.txt"):
        if line.startswith("["):
            checkpoint = line.strip("[]")
            found[checkpoint] = ()
        else:
            found[checkpoint] += (line,)
    return found


def _lines(name: str) -> list[str]:
    lines = (RECIPES / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
