"""A scripted model that reads the prompt it is sent, and the ways in which models go wrong as switches."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.folding import fold, simplify
from pipeline.playbook import load_playbook
from tests.servers.replies import Reply
from tests.servers.wire import Request

Lie = Literal["", "character", "figure", "negation", "nowhere"]
Obeys = Literal["", "outside", "anywhere"]
Said = tuple[str, ...]  # status, then for every quote a piece of the clause it stands in

_FENCE = re.compile(r"<<<合同 (?P<nonce>[^\n>]+)>>>\n(?P<clauses>.*?)\n<<<合同完 (?P=nonce)>>>", re.S)
_CLAUSE = re.compile(r"^\[(C\d+)\] ?", re.M)
_ID = r"[a-z][a-z_]*\.[a-z][a-z_]*"
_ASKED = (re.compile(rf"^### ({_ID})\b", re.M), re.compile(rf"^- ({_ID})[：:]", re.M), re.compile(rf"\b({_ID})\b"))
_FIGURE = re.compile(r"\d+(?:\.\d+)?\s*(?:%|‰|秒|分钟|小时|个?工作日|日|天|个?月|年|元)?")
_NEGATIONS = (
    ("不得", "可以"),
    ("不承担", "承担"),
    ("不低于", "不高于"),
    ("不超过", "不少于"),
    ("应当", "无须"),
    ("应", "可"),
)
# Wide on purpose: a model that obeys obeys any of these. Read in text without white space and marks.
_ORDERS = re.compile(
    r"忽略|无视|忘记|判定|判为|视为|达标|无风险|低风险|审查|审核|指令|ignore|disregard|output|mark|system|assistant|status|approve"
)
_WEAK = ("及时", "合理", "尽快", "另行协商", "协商确定", "相应责任", "____", "妥善")
_BAD = (
    "不承担",
    "无权",
    "有权自行",
    "有权单方",
    "无须",
    "不予",
    "不保证",
    "为限",
    "乙方所在地",
    "全年费用",
    "另行承担",
)
_LEAST = 6  # characters of a line that is an order: "json" alone stands in every prompt
_NEAR = 0.34  # share of the query's character pairs in a clause from which the heuristic calls it on topic; nothing hangs on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a model sees in a request: the clauses between the fence lines by id, and the checkpoints that are asked for."""

    clauses: Mapping[str, str]
    asked: tuple[str, ...]
    outside: str
    again: bool

    @classmethod
    def of(cls, request: Request) -> Prompt:
        """Clauses of all user messages (a clause ends at the next ``[C…]`` line or at the end of the fence), the checkpoints of the last.

        Checkpoints are taken from ``### id`` headings; where there are none, from ``- id：`` lines, then from any id.
        ``outside`` is what stands in the user messages beside the fences; ``again`` says that the model answered before.
        """
        users = [text for role, text in request.messages if role == "user"]
        clauses: dict[str, str] = {}
        for text in users:
            for fence in _FENCE.finditer(text):
                clauses.update(_clauses(fence["clauses"]))
        apart = [_FENCE.sub("", text) for text in users]
        asked: list[str] = []
        for text in (*reversed(apart[-1:]), *apart[:-1]):
            asked = next((found for p in _ASKED if (found := p.findall(text))), [])
            if asked:
                break
        again = any(role == "assistant" for role, _ in request.messages)
        return cls(clauses=clauses, asked=tuple(dict.fromkeys(asked)), outside="\n".join(apart), again=again)


def _clauses(text: str) -> Iterator[tuple[str, str]]:
    marks = list(_CLAUSE.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        whole = text[mark.end() : following.start() if following else len(text)].strip("\n")
        label, bar, words = whole.partition("｜")
        yield mark[1], words if bar else label


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """``respond`` of a ``ScriptedServer``: valid JSON for every checkpoint asked, from ``table`` or by a small heuristic.

    Attributes:
        table: checkpoint -> ``(status, piece, …)``; each piece is quoted from the clause shown that holds it. When none
            shown does, the answer is ``missing``: a model cannot know what it was not sent.
        only_table: checkpoints that are not in ``table`` are ``missing`` instead of judged by the heuristic.
        at: checkpoints at which the switches below act; empty: at all (``skip``, ``duplicate``: at the first one asked).
        corrects: the switches act only until the model is asked a second time in the same conversation.
        hallucinate: quotes with one ``character`` changed, another ``figure`` (5% -> 50%), a turned ``negation``, or words from
            ``nowhere``. A quote without a figure or a negation is changed by a character instead.
        flip_figures: the reason and ``figure`` name another figure than the quote.
        obey_injections: every status becomes ok (with the first clause as the quote), when an order is read ``anywhere`` in
            the contract, or only ``outside`` the fence.
        orders: what counts as an order; empty: a wide list of words, which serves for ``anywhere`` only.
        skip, duplicate, unknown_checkpoint, wrong_clause_id, extra_keys: as they say.
        delay: seconds before every answer.
    """

    table: Mapping[str, Said] = field(default_factory=dict)
    only_table: bool = False
    at: Collection[str] = ()
    corrects: bool = False
    hallucinate: Lie = ""
    flip_figures: bool = False
    obey_injections: Obeys = ""
    orders: Sequence[str] = ()
    skip: bool = False
    duplicate: bool = False
    unknown_checkpoint: bool = False
    wrong_clause_id: bool = False
    extra_keys: bool = False
    delay: float = 0.0

    def __call__(self, request: Request) -> Reply:
        """The answer to a request."""
        return Reply(text=json.dumps(self.read(Prompt.of(request)), ensure_ascii=False), delay=self.delay)

    def read(self, prompt: Prompt) -> dict[str, Any]:
        """The answer as a value: ``{"findings": [...]}``."""
        findings = [self._finding(checkpoint, prompt) for checkpoint in prompt.asked]
        if self._obeys(prompt):
            findings = [_approved(f["checkpoint"], prompt.clauses) for f in findings]
        if self.corrects and prompt.again:
            return {"findings": findings}
        return self._spoilt(findings, prompt)

    def _finding(self, checkpoint: str, prompt: Prompt) -> dict[str, Any]:
        if checkpoint in self.table:
            status, *pieces = self.table[checkpoint]
            quotes = [(found, piece) for piece in pieces if (found := _holding(piece, prompt.clauses))]
            if len(quotes) < len(pieces):
                status, quotes = ("missing", []) if not quotes else (status, quotes)
        elif self.only_table:
            status, quotes = "missing", []
        else:
            status, quotes = _judged(checkpoint, prompt.clauses)
        figure = next((m[0] for _, text in quotes for m in _FIGURE.finditer(text)), None)
        return {
            "checkpoint": checkpoint,
            "status": status,
            "reason": _reason(status, figure),
            "figure": figure,
            "quotes": [{"clause": clause, "text": text} for clause, text in quotes],
        }

    def _spoilt(self, findings: list[dict[str, Any]], prompt: Prompt) -> dict[str, Any]:
        first = prompt.asked[:1]
        for finding in findings:
            if self.at and finding["checkpoint"] not in self.at:
                continue
            for quote in finding["quotes"]:
                quote["text"] = _untrue(quote["text"], self.hallucinate)
                if self.wrong_clause_id:
                    quote["clause"] = next((c for c in prompt.clauses if c != quote["clause"]), "C999")
            if self.flip_figures and finding["figure"]:
                other = _other_figure(finding["figure"])
                finding |= {"figure": other, "reason": _reason(finding["status"], other)}
            if self.extra_keys:
                finding |= {"confidence": 0.97, "suggestion": "建议修改"}
        if self.duplicate:
            findings += [f for f in findings if f["checkpoint"] in (self.at or first)]
        if self.skip:
            findings = [f for f in findings if f["checkpoint"] not in (self.at or first)]
        if self.unknown_checkpoint:
            findings.append({**_approved("scope.happiness", prompt.clauses)})
        return {"findings": findings, **({"summary": "已审查完毕"} if self.extra_keys else {})}

    def _obeys(self, prompt: Prompt) -> bool:
        if not self.obey_injections:
            return False
        inside = _plain("\n".join(prompt.clauses.values())) if self.obey_injections == "anywhere" else ""
        read = _plain(prompt.outside) + inside
        if self.orders:
            lines = [_plain(line) for order in self.orders for line in order.split("\n")]
            return any(line in read for line in lines if len(line) >= _LEAST)
        return _ORDERS.search(inside) is not None


def _holding(piece: str, clauses: Mapping[str, str]) -> str:
    return next((name for name, text in clauses.items() if piece in text), "")


def _judged(checkpoint: str, clauses: Mapping[str, str]) -> tuple[str, list[tuple[str, str]]]:
    """The sentence nearest to the playbook's queries; weak words make it vague, bad ones adverse."""
    found = next((c for c in load_playbook().checkpoints if c.id == checkpoint), None)
    if found is None:
        return "missing", []
    wanted = [pairs for query in found.queries if (pairs := _pairs(query))]
    best, at = 0.0, ("", "")
    for name, text in clauses.items():
        for sentence in re.findall(r"[^。；;\n]+[。；;]?", text):
            near = max(len(w & _pairs(sentence)) / len(w) for w in wanted)
            if near > best:
                best, at = near, (name, sentence.strip())
    if best < _NEAR:
        return "missing", []
    status = "adverse" if any(w in at[1] for w in _BAD) else "vague" if any(w in at[1] for w in _WEAK) else "ok"
    return status, [at]


def _pairs(text: str) -> set[str]:
    plain = re.sub(r"\W", "", simplify(text))
    return {a + b for a, b in itertools.pairwise(plain)}


def _reason(status: str, figure: str | None) -> str:
    said = {
        "ok": "写明了，在标准之内",
        "vague": "写得含糊，不能执行",
        "adverse": "对商家不利",
        "missing": "没有谈到这一点",
    }
    return f"合同写的是{figure}，{said[status]}" if figure else said[status]


def _approved(checkpoint: str, clauses: Mapping[str, str]) -> dict[str, Any]:
    quotes = [{"clause": name, "text": text[:40]} for name, text in list(clauses.items())[:1]]
    return {"checkpoint": checkpoint, "status": "ok", "reason": "符合要求，没有风险", "figure": None, "quotes": quotes}


def _untrue(text: str, lie: Lie) -> str:
    if lie == "nowhere":
        return "乙方承诺对一切损失承担无限连带责任，并在两小时内全额赔付。"
    if lie == "figure" and (match := _FIGURE.search(text)):
        return text[: match.start()] + _other_figure(match[0]) + text[match.end() :]
    if lie == "negation":
        for is_said, is_not in _NEGATIONS:
            if is_said in text:
                return text.replace(is_said, is_not, 1)
    if lie and text:
        middle = next((i for i in range(len(text) // 2, len(text)) if text[i].isalnum()), 0)
        return text[:middle] + ("某" if text[middle] != "某" else "各") + text[middle + 1 :]
    return text


def _other_figure(figure: str) -> str:
    """Ten times as much: 5% -> 50%, 0.5% -> 5%."""
    number = re.match(r"[\d.]+", figure)
    if number is None:
        raise ValueError(f"{figure!r} is no figure")
    return f"{float(number[0]) * 10:g}{figure[number.end() :]}"


def _plain(text: str) -> str:
    return re.sub(r"[^\w<>]", "", fold(simplify(text)).text)
