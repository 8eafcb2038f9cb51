"""Text that is aimed at the reader instead of the parties, and text a person would not see.

A contract is data: nothing here changes a verdict. What is found is reported as alerts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.folding import fold, simplify
from pipeline.ground import cite
from pipeline.segment import sentences
from pipeline.types import Alert, AlertKind, Clause, Document, Page, PageSource, Span, Verdict

_READER = (
    r"(?:审查(?:系统|工具|软件|机器人|模型|助手|者|程序|引擎|人员|员)|审核(?:系统|工具|软件|机器人|模型|程序|引擎)|审约|合同审(?:查|核)(?:系统|工具|软件|ai|模型|助手)|"
    r"人工智能|大模型|语言模型|ai(?:系统|模型|助手|审查|审核|工具)?|gpt|llm|智能(?:审查|审核|审阅|助手|系统)|机器人(?:审查|审核)|自动(?:审查|审核|审阅)|阅读(?:本|此)(?:合同|文件|文档)的(?:系统|模型|ai|程序)|"
    r"(?:the)?(?:ai|language)?(?:reviewer|assistant|reviewingsystem|model)|评审(?:系统|模型|工具))"
)
_ORDER = (
    r"(?:忽略|无视|跳过|不要(?:审查|标记|提示|报告)|无需(?:审查|标记|提示|报告)|不得(?:标记|提示|报告)|(?:请|应|须|必须|务必|直接|一律|统一|默认|自动)?(?:将|把)?[^。;；]{0,14}(?:判定|判为|认定|视为|标记|标注|输出|评为|评定|给出|返回|回答|回复|列为)"
    r"[^。;；]{0,24}(?:无风险|低风险|没有风险|零风险|达标|合格|通过|合规|可签|ok|安全|满分|全部)|ignore|disregard|output|mark(?:all|every|this)|rate)"
)
_PATTERNS = tuple(
    re.compile(p)
    for p in (
        _READER + r"[^。]{0,40}" + _ORDER,
        _ORDER + r"[^。]{0,40}" + _READER,
        r"(?:忽略|无视|忘记|覆盖|抛弃)[^。;；]{0,12}(?:之前|以上|上述|此前|前面|先前|所有|全部|一切)?[^。;；]{0,8}(?:指令|提示词?|规则|系统提示|审查标准|审查要求|检查项|检查点)",
        r"(?:ignore|disregard|forget|override)(?:all|any|the|your|my)*(?:previous|prior|above|earlier|preceding|system)*(?:instructions?|prompts?|rules|guidelines)",
        r"(?:^|[\s:：>\[])(?:system|assistant|developer)(?:message|prompt)?[:：]",
        r"<\|?(?:im_start|im_end|system|endoftext|user|assistant)\|?>|\[/?inst\]|</?(?:contract|document|system|instructions?)>",
        r"[\"'“”]?(?:status|verdict|risk|findings?)[\"'“”]?[:：][\"'“”]?(?:ok|low|missing|adverse|pass|达标)",
        r"你(?:现在)?是(?:一个|一名|一位)?[^。;；]{0,12}(?:助手|模型|ai|审查员|律师)|youarenow|actas(?:an?|the)",
        r"(?:本|该)(?:合同|协议|文件)(?:已经?)?[^。;；]{0,10}(?:人工|律师|法务)(?:审查|审核|复核)[^。;；]{0,10}(?:无需|不必|不用|毋须)(?:再|另行)?(?:审查|审核|检查|提示)",
        r"(?:请|务必)[^。;；]{0,10}(?:所有|全部|各项|每一?项|29)[^。;；]{0,12}(?:检查点|检查项|审查项|项目|条款)[^。;；]{0,12}(?:判|标|评|记|列|输出)[^。;；]{0,6}(?:达标|合格|ok|通过|无风险|低风险)",
    )
)
_ANNEX = re.compile(
    r"(?:附件|附表|附录)\s?(?P<number>[一二三四五六七八九十]{1,3}|\d{1,2}|[A-Za-z])(?![\d一二三四五六七八九十])"
)
_DIGITS = {n: str(i) for i, n in enumerate("零一二三四五六七八九十")}
LOW_CONFIDENCE = 0.85  # mean line score under which rapidocr's own readings of our scans held wrong digits


def alerts(document: Document, clauses: Sequence[Clause], verdicts: Sequence[Verdict]) -> tuple[Alert, ...]:
    """Everything the reader should know that is not a checkpoint, most serious first."""
    return (
        *_instructions(document, clauses),
        *_hidden(document),
        *_missing_annexes(document, clauses),
        *_contradictions(verdicts),
        *_pages(document.pages),
        *_tracked(document),
    )


def speaks_to_reader(text: str) -> bool:
    """True when a piece of text addresses the reader or the reviewing software instead of the parties."""
    plain = fold(simplify(text)).text
    return any(p.search(plain) for p in _PATTERNS)


def _instructions(document: Document, clauses: Sequence[Clause]) -> Iterable[Alert]:
    for clause in clauses:
        for span in sentences(document, clause):
            if speaks_to_reader(document.slice(span)):
                citation = cite(document, clauses, span)
                yield Alert(
                    kind=AlertKind.INSTRUCTION,
                    message=f"{citation.clause}有一段话是写给审查者或审查软件看的，不影响任何判定；请问清对方为什么写进合同",
                    citations=(citation,),
                )
    if speaks_to_reader(document.file):
        yield Alert(kind=AlertKind.INSTRUCTION, message=f"文件名「{document.file}」里有写给审查者的话，不影响任何判定")


def _hidden(document: Document) -> Iterable[Alert]:
    for hidden in document.hidden:
        shown = hidden.text if len(hidden.text) <= 120 else hidden.text[:120] + "…"
        aimed = "，内容是写给审查者的指令" if speaks_to_reader(hidden.text) else ""
        yield Alert(
            kind=AlertKind.HIDDEN_TEXT,
            message=f"{hidden.where}有看不见的文字（{hidden.reason}）{aimed}：「{shown}」。没有计入审查，请让对方删除",
        )


def _number(text: str) -> str:
    """一 / 1 / A as one key."""
    if "十" in text:
        tens, _, ones = text.partition("十")
        return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}"
    return _DIGITS.get(text, text.upper())


def missing_annexes(document: Document, clauses: Sequence[Clause]) -> dict[str, Span]:
    """Annexes the text refers to that are not in the file: name -> where it is first referred to."""
    present = {_number(m.group("number")) for c in clauses if c.annex for m in _ANNEX.finditer(c.annex)}
    absent: dict[str, Span] = {}
    seen: set[str] = set()
    for match in _ANNEX.finditer(document.text):
        key = _number(match.group("number"))
        if key not in present and key not in seen:
            seen.add(key)
            absent[match.group(0)] = Span(start=match.start(), end=match.end())
    return absent


def _missing_annexes(document: Document, clauses: Sequence[Clause]) -> Iterable[Alert]:
    for name, span in missing_annexes(document, clauses).items():
        yield Alert(
            kind=AlertKind.MISSING_ANNEX,
            message=f"合同提到{name}，但文件里没有这份附件；其中的约定无法审查，请向对方索取",
            citations=(cite(document, clauses, span),),
        )


def _contradictions(verdicts: Sequence[Verdict]) -> Iterable[Alert]:
    for verdict in verdicts:
        if verdict.contradiction:
            yield Alert(
                kind=AlertKind.CONTRADICTION,
                message=f"合同对同一件事前后写法不一：{verdict.reason}",
                citations=verdict.citations,
            )


def _pages(pages: Sequence[Page]) -> Iterable[Alert]:
    for page in pages:
        if page.source is PageSource.UNREADABLE:
            yield Alert(
                kind=AlertKind.UNREADABLE_PAGE, message=f"第 {page.number} 页无法识别，没有审查；请提供更清晰的扫描件"
            )
        elif page.source is PageSource.OCR and page.confidence < LOW_CONFIDENCE:
            yield Alert(
                kind=AlertKind.LOW_OCR_CONFIDENCE,
                message=f"第 {page.number} 页是扫描件，识别把握只有 {page.confidence:.0%}，数字请对照原件核实",
            )


def _tracked(document: Document) -> Iterable[Alert]:
    if document.tracked_changes:
        yield Alert(
            kind=AlertKind.TRACKED_CHANGES,
            message=f"文件里有 {document.tracked_changes} 处修订未定稿，本次按全部接受后的文字审查；签署前请让双方确认定稿",
        )
