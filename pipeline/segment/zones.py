"""Where the annexes start, which lines only list them, and where a signature block starts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.segment.lines import Line
from pipeline.segment.marks import STRONG, Style, chinese_number

_NUMBERED = re.compile(
    r" *[【《(\[]? *(?P<name>(?:附 ?件|附 ?录|附 ?表|补 ?充 ?协 ?议(?:书)?|"
    r"(?i:annex|schedule|appendix|exhibit|attachment)) ?"
    r"(?P<number>[一二三四五六七八九十]+|\d{1,2}(?:-\d)?|[A-Z](?![a-z])|[IVX]+(?![a-z])|\([一二三四五六七八九十\d]{1,2}\)))(?P<rest>.*)"
)
_BARE = re.compile(
    r" *[【《(\[]? *(?P<name>附 ?件|附 ?录|补 ?充 ?协 ?议(?:书)?|(?:(?i:annex|schedule|appendix|exhibit|attachment)))"
    r" *[】》)\]]?(?P<rest> *| *:.*)$"
)
_TAIL = re.compile(
    r" ?(?:[、,和及与或至到]|所|中|的|约定|规定|为(?!准)|为准|是|系|作为|构成|应|由|执行|内|等|以|已|列|载|不|如|项|第|"
    r"要求|未|经|一式|均|"
    r"(?:is|are|of|to|and|or|shall|forms?|constitutes?|attached|sets?|may|will|hereto|contains?)\b)"
)
_CLOSING = re.compile(r"(?:协议(?:书)?|合同|承诺书|清单|须知|确认书|办法|明细表?|报价[单表]|说明|标准|方案|细则|规范)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexStart:
    """An annex starts on this line: its name ("附件一") and what the line says of its contents."""

    name: str
    title: str


def read_annex(line: Line) -> AnnexStart | None:
    """The annex a line names when it looks like an annex title, whether or not the annex starts there."""
    if line.row or not (line.first or line.after_end):
        return None
    text = line.folded.rstrip()
    found = _NUMBERED.match(text) or _BARE.match(text)
    if not found:
        return None
    rest = found["rest"]
    sentence = re.search(r"[。;！]", rest.rstrip("。;")) or (len(rest) > 12 and re.search(r"[。;,]$|,", rest))
    if _TAIL.match(rest) or sentence or len(text) > 60 or re.search(r"\.{4,}|…… *\d*$", text):
        return None
    if rest[:1].isalpha() and rest[:1].isascii():
        return None
    if line.outline is None and found.re is _BARE and len(rest) > 25:
        return None
    title = re.sub(r"^[】》)\]: \-–—.、]+", "", rest).strip(" 《》【】()[]")
    return AnnexStart(name=re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", found["name"]).strip(), title=title)


def _key(name: str) -> str:
    name = name.rstrip(")")
    digits = re.search(r"[一二三四五六七八九十]+$|\d+$", name)
    if not digits:
        return name.lower()
    return f"{name[: digits.start()]}{chinese_number(digits[0])}".lower()


def annex_starts(lines: Sequence[Line], contents: frozenset[int]) -> dict[int, AnnexStart]:
    """Lines an annex starts on, by index.

    A list of annexes is not a start: names on neighbouring lines with nothing between, names before the
    signatures, and a name that comes again as a title further down. The same name again under its own annex is a
    running title.
    """
    named = {i: a for i, line in enumerate(lines) if i not in contents and (a := read_annex(line))}
    last = {_key(a.name): i for i, a in named.items()}
    signatures = _signature_lines(lines)
    starts: dict[int, AnnexStart] = {}
    current = ""
    for i, annex in named.items():
        key = _key(annex.name)
        neighbours = [j for j in (i - 1, i + 1) if j in named and _key(named[j].name) != key]
        follows = _next(lines, i)
        listed = i + 1 in neighbours
        if i - 1 in neighbours and i - 1 not in starts:
            # the end of a run: a list, unless clauses or a table come right behind it
            listed = listed or follows is None or not (follows.row or follows.marks) or i + 1 in signatures
        if last[key] > i and (listed or (current == "" and _outlasts(lines, i, last[key]))):
            continue
        if listed or (i + 1 in signatures and not current):
            continue
        if follows is None and line_is_mention(lines, i):
            continue
        if key == _key(current):
            continue
        if current and annex.name.startswith("附表"):
            continue
        if not current and _goes_on(lines, i, contents):
            continue
        starts[i] = annex
        current = annex.name
    return starts


def line_is_mention(lines: Sequence[Line], i: int) -> bool:
    """True when the last line of a file names an annex under a line such as "附件："."""
    return i == 0 or re.search(r"附 ?件|: *$", lines[i - 1].folded) is not None


def _outlasts(lines: Sequence[Line], i: int, j: int) -> bool:
    """True when clauses of the body go on between two titles of one annex, so that the first is a mention."""
    return any(m.style in STRONG and m.value[0] > 1 for line in lines[i + 1 : j] for m in line.marks)


def _goes_on(lines: Sequence[Line], i: int, contents: frozenset[int]) -> bool:
    """True for the caption of a table inside the body: behind the table the numbers go on where they stopped before it."""
    after = next((j for j in range(i + 1, len(lines)) if not lines[j].row), len(lines))
    if after == i + 1 or after == len(lines):
        return False
    seen: dict[Style, tuple[int, ...]] = {}
    for j in range(i):
        if j not in contents and not lines[j].row:
            seen.update({m.style: m.value for m in lines[j].marks if not m.doubtful})
    following = next((line.marks for line in lines[after : after + 6] if line.marks), ())
    return any(
        m.value[-1] > 1 and seen.get(m.style, ()) == (*m.value[:-1], m.value[-1] - 1)
        for m in following
        if not m.doubtful
    )


_TERMS = re.compile(
    r"[【《(\[]?(?:合同)?(?:(?P<general>通用|标准|格式|背面)|专用|特别|特殊)(?:合同)?(?:条款|条件|约定)[】》)\]]?(?:\([^()]{1,12}\))?"
)


def terms_titles(lines: Sequence[Line], contents: frozenset[int]) -> frozenset[int]:
    """Lines that are nothing but the title of the general or of the special terms, where the file has both; not a list of them."""
    found = {
        i: title["general"] is not None
        for i, line in enumerate(lines)
        if line.first
        and not line.row
        and i not in contents
        and (title := _TERMS.fullmatch(line.folded.replace(" ", "")))
    }
    alone = {i for i in found if i + 1 < len(lines) and i + 1 not in found and i - 1 not in found}
    return frozenset(alone) if len({found[i] for i in alone}) == 2 else frozenset()


def _next(lines: Sequence[Line], i: int) -> Line | None:
    return lines[i + 1] if i + 1 < len(lines) else None


_CONTENTS_TITLE = re.compile(r" *[【(]?(?:目 *录|目 *次|(?i:table of contents|contents))[】)]? *$")


def contents_lines(lines: Sequence[Line]) -> frozenset[int]:
    """Lines of a table of contents: behind its title, up to where the first of its numbers comes again."""
    for i, line in enumerate(lines[:200]):
        if not _CONTENTS_TITLE.match(line.folded):
            continue
        first = next((j for j in range(i + 1, min(i + 4, len(lines)))), None)
        if first is None:
            return frozenset()
        head = _heading_key(lines[first])
        again = next(
            (j for j in range(first + 1, min(first + 200, len(lines))) if head and _heading_key(lines[j]) == head), None
        )
        if again is None:
            return frozenset()
        # what stands between the contents and the first clause (the parties, say) is no part of the contents
        body = {_heading_key(line) for line in lines[again:]}
        end = next((j for j in range(first, again) if not (lines[j].marks or _heading_key(lines[j]) in body)), again)
        return frozenset(range(first, end))
    return frozenset()


def _heading_key(line: Line) -> str:
    return re.sub(r"[\s.…·_\-]+\d*$|\s", "", line.folded)


_PARTY = (
    r"(?:[甲乙丙] ?方|委托方|受托方|委托人|受托人|发包方|承包方|采购人|供应商|服务[方商]|"
    r"披露方|接收方|[一-龥]{2}方|商家|商户|平台|用户|客户|Party [AB])"
)
_SIGNED = re.compile(
    rf"^ *(?:{_PARTY}[^。,;]{{0,16}}(?:\( ?)?(?:盖 ?章|签 ?章|公 ?章|\( ?章 ?\)|签 ?字|签 ?名|签 ?署|(?i:seal|signature|signed))|"
    r"(?:法定代表人|法人代表|授权代表|委托代理人|授权代理人|代表人|代表|负责人|经办人)"
    r"[^。;]{0,14}(?:签 ?字|签 ?章|签 ?名|盖 ?章)|"
    r"\(? ?签 ?(?:署|字) ?[页栏处]|\(? ?(?:以下|本页)无正文|\(? ?此页无正文|\((?:公章|盖章)\)|"
    r"(?:IN WITNESS WHEREOF|(?i:signature|signed by|authorized signatory|for and on behalf of)\b))"
)
_BOTH = re.compile(rf"^ *{_PARTY}[^。]{{0,60}}{_PARTY} *(?:\([^)]*\))? *:")
_SIDE = re.compile(rf"^ *{_PARTY} *(?:\([^)]*\))? *:? *[^。]{{0,40}}$")


def _signature_lines(lines: Sequence[Line]) -> frozenset[int]:
    return frozenset(i for i in range(len(lines)) if signs(lines, i, len(lines)))


def signs(lines: Sequence[Line], i: int, end: int) -> bool:
    """True when a signature block starts on line ``i`` of a part (body or annex) that ends before line ``end``."""
    line = lines[i]
    text = line.folded.strip()
    if line.marks and any(m.style is not Style.BULLET for m in line.marks):
        return False
    if _SIGNED.match(text) and len(text) < 120 and not (text.endswith("。") and "无正文" not in text):
        return True
    if end - i > 16 or any(m.style in STRONG and not m.doubtful for later in lines[i:end] for m in later.marks):
        return False
    if len(text) < 120 and _BOTH.match(text):
        return True
    below = " ".join(later.folded for later in lines[i + 1 : min(i + 9, end)])
    other = re.search(rf"(?:^| ){_PARTY} *(?:\([^)]*\))? *:", below)
    dated = re.search(r"日 *期|年 *月|签 *[订署]|盖 *章|签 *[字章]|代 *表", below)
    return len(text) < 60 and _SIDE.match(text) is not None and other is not None and dated is not None


def closing_title(text: str) -> bool:
    """True for the title of a paper that stands behind the signatures ("保密协议", "服务报价单")."""
    text = re.sub(r" ?\([一二三四五六七八九十\d]{1,2}\)$", "", text.strip(" 《》【】"))
    return 3 <= len(text) <= 24 and _CLOSING.search(text) is not None and not re.search(r"[,。;:、]", text)
