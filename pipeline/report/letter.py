"""谈判清单: a message to the vendor on the points the merchant wants changed.

It goes to the other side, so it holds only what the other side may know: where the contract says what, and the wording wished for. Our
reasons, weights, fallbacks and limits are never in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipeline.folding import simplify
from pipeline.merchant import MerchantGuess, find_merchant
from pipeline.report import words
from pipeline.types import Citation, ClauseKind, Decided, Finding, Review, Status

_MOST_QUOTES = 3
_LONGEST_QUOTE = 72  # characters; the place is given, and the vendor has the contract
_HEAD = 2500  # characters in which a contract introduces its parties
_NUMBERS = "一二三"
_ORGANISATION = (
    r"[\w（）()·&.\- ]{2,40}?(?:公司|工作室|商行|事务所|事務所|合作社|集团|集團|经营部|小组|厂|廠|店|铺|Inc\.?|Ltd\.?)"
)
_NO_NAME = re.compile(r"[甲乙]方|[下简簡]称|[下簡]稱|_{2}|^.{0,4}(?:单位|單位|人|方|伙伴)$")
_TITLE = re.compile(
    r"[#\s]*([^：:|，。,]{2,36}?(?:合同书?|协议书?|協議書?|合約書?|契约书|契約書|约定书|订单|条款|條款))(?:[（(].*)?\s*"
)
_NUMBER = re.compile(
    r"^\s*(?:第[零一二三四五六七八九十百0-9]+[条條章]|[0-9]+(?:\.[0-9]+)*[.、]?|[（(][^）)]{1,3}[）)])\s+(?!\|)"
    r"|^\s*[0-9一二三四五六七八九十]{1,3}、\s*"
)
_FOR_BOTH = ("甲方", "乙方", "我们", "您", "你", "本店", "贵店")  # no way to address a letter
_STOP = re.compile(r"[。；;]|，(?=.{0,12}$)")


def letter(
    review: Review,
    checkpoints: Sequence[str],
    *,
    wording: Mapping[str, str] = MappingProxyType({}),
    decisions: Mapping[str, Decided] = words.UNDECIDED,
) -> str:
    """The message, ready to send; empty where there is nothing to ask for.

    Args:
        review: of the contract the vendor sent.
        checkpoints: the points to raise. One that is in order is left out, unless ``wording`` has it.
        wording: what to ask for in place of the preferred wording, by checkpoint.
        decisions: where a person changed a verdict, theirs counts.

    Raises:
        KeyError: a checkpoint the review does not have.
    """
    known = {f.checkpoint: f for f in review.findings}
    asked = [known[c] for c in dict.fromkeys(checkpoints)]
    asked = [f for f in asked if f.checkpoint in wording or words.status_of(f, decisions) is not Status.OK]
    if not asked:
        return ""
    present = sorted((f for f in asked if f.citations), key=lambda f: _shown(review, f)[0].start)
    unclear = [f for f in asked if not f.citations and words.status_of(f, decisions) is Status.UNREVIEWED]
    absent = [f for f in asked if not f.citations and f not in unclear]
    sides = find_merchant(review.document, review.clauses, told=review.merchant)
    ours, theirs = _name(review, sides, ours=True), _name(review, sides, ours=False)
    contract = _title(review)
    lines = [f"关于{contract}的修改建议", "", f"{theirs}：", ""]
    lines += [
        f"您好！感谢贵方发来{contract}。我方已经通读，下面 {len(asked)} 处想与贵方商量，请贵方看看能否调整。条款的位置都按贵方发来的文本标注。",
        "",
    ]
    number = 0
    groups = [
        ("想请贵方修改的条款", present),
        ("想请贵方补充的内容", absent),
        ("想请贵方确认的内容", unclear),
    ]
    for at, (title, findings) in enumerate(g for g in groups if g[1]):
        lines += [f"{_NUMBERS[at]}、{title}", ""]
        for finding in findings:
            number += 1
            lines += [*_point(review, number, finding, wording.get(finding.checkpoint)), ""]
    if any("__" in (wording.get(f.checkpoint) or f.wording.preferred) for f in asked):
        lines.append("以上文字中的空白处，请贵方填好后一并发回。")
    lines += [
        "以上各处如果贵方有不同的考虑，欢迎随时与我方沟通。烦请贵方修改后把新的文本发给我们，谢谢！",
        "",
        "顺祝商祺！",
        "",
        ours,
        "    年  月  日",
    ]
    return "\n".join(lines) + "\n"


def letter_docx(text: str) -> bytes:
    """``letter`` as a Word document, also after it has been edited by hand; the first line is the title."""
    from pipeline.report.ooxml import Paper

    first, _, rest = text.strip("\n").partition("\n")
    paper = Paper(title=first)
    paper.line(first, "Title").alignment = 1  # centred
    lines = rest.strip("\n").split("\n")
    closing = next((n for n, line in enumerate(lines) if line.strip().startswith("顺祝")), len(lines))
    for n, line in enumerate(lines):
        if not line.strip():
            continue
        if re.match(r"[一二三四五六]、", line):
            paper.line(line, "Heading 2")
        elif re.match(r"\d+\. ", line):
            paper.line(line, "List Number", keep=True).runs[0].bold = True
        elif line.startswith("   ") and n < closing:
            paper.line(line.strip()).paragraph_format.left_indent = 230_000
        else:
            end = paper.line(line if n < closing else line.rstrip())
            if n > closing:
                end.alignment = 2  # to the right: who writes, and when
    return paper.bytes()


def _point(review: Review, number: int, finding: Finding, told: str | None) -> list[str]:
    wish = f"「{(told or finding.wording.preferred).strip()}」"
    if not finding.citations:
        if finding.status is Status.UNREVIEWED:
            return [
                f"{number}. {finding.name}",
                f"   这一处我方没能看清。合同里如果已有约定，请告诉我们位置；如果没有，希望补充：{wish}",
            ]
        return [f"{number}. {finding.name}", f"   合同里还没有约定，希望补充：{wish}"]
    shown = _shown(review, finding)
    pages = len(review.document.pages)
    places = list(dict.fromkeys(words.placed_at(c, pages) for c in shown))
    quotes = dict.fromkeys(_short(c.text) for c in shown)
    return [
        f"{number}. {finding.name}：{'、'.join(places)}",
        f"   现在写的是：{'；'.join(f'「{q}」' for q in quotes)}",
        f"   希望改为：{wish}",
    ]


def _shown(review: Review, finding: Finding) -> list[Citation]:
    """What to quote: operative clauses before recitals, those with the figure that decided before others."""
    recitals = {c.label for c in review.clauses if c.kind is ClauseKind.PREAMBLE}
    cited = [c for c in finding.citations if c.clause not in recitals] or list(finding.citations)
    if finding.figure:
        cited = [c for c in cited if finding.figure in c.text] or cited
    return sorted(cited[:_MOST_QUOTES], key=lambda c: c.start)


def _short(quote: str) -> str:
    """The beginning of a quote, on one line, cut where a sentence ends if one does."""
    plain = _NUMBER.sub("", " ".join(quote.split()))
    if len(plain) <= _LONGEST_QUOTE:
        return plain
    cut = plain[:_LONGEST_QUOTE]
    ends = [m.end() for m in _STOP.finditer(cut) if m.end() > _LONGEST_QUOTE // 2]
    return (cut[: ends[-1]] if ends else cut) + "……"


def _title(review: Review) -> str:
    for line in review.document.text.split("\n")[:4]:
        match = _TITLE.fullmatch(line.strip())
        if match:
            return f"《{match[1].strip()}》"
    return "合同文本"


def _name(review: Review, sides: MerchantGuess, *, ours: bool) -> str:
    """What the contract calls a side: its name, else what stands for it in the clauses."""
    side = review.merchant if ours else review.merchant.other
    aliases = sides.aliases.get(side, ())
    head = review.document.text[:_HEAD]
    for alias in dict.fromkeys((side.value, *aliases)):
        match = re.search(rf"{re.escape(alias)}[^\n|：:]{{0,8}}[|：:]\s*【?({_ORGANISATION})(?![\w])", head)
        if match and not _NO_NAME.search(match[1]):
            return match[1].strip()
    written = _as_written(review.document.text, sides.names.get(side, ""))
    name = re.split(r"[，,；;\u3000【】]|[（(](?![^）)]*[）)]\w)", written.strip(" 【"))[0].strip()
    if len(name) > 3 and not _NO_NAME.search(name):
        return name
    if ours:
        return "（我方名称）"
    titles = (_as_written(head, a) for a in aliases if a not in _FOR_BOTH and not a.isascii())
    return next(titles, side.value)


def _as_written(text: str, simplified: str) -> str:
    """``simplified`` in the characters the contract has it in."""
    at = simplify(text).find(simplified)
    return text[at : at + len(simplified)] if at >= 0 else simplified
