"""Cells that are named by the head of their column or by the cell before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.privacy.people import is_name
from pipeline.privacy.plain import HAN
from pipeline.privacy.values import EntityKind, Found

_HEADS: tuple[tuple[EntityKind, str, str], ...] = (
    (EntityKind.ID_CARD, r"身份证|证件号|护照", r"[0-9A-Z][0-9A-Za-z* -]{6,24}"),
    (EntityKind.USCC, r"信用代码|税号|识别号|注册号", r"[0-9A-Z][0-9A-Z -]{7,24}"),
    (EntityKind.BANK_ACCOUNT, r"^(?!.*子)(?:.*(?:银行|收款|开户))?[账帐]\s?号|卡号|银行卡", r"\d[\d -]{7,30}"),
    (EntityKind.EMAIL, r"邮箱|邮件|[Ee]-?mail", r"[^\s@]+@[^\s@]+"),
    (EntityKind.WECHAT, r"微信|[Ww]e[Cc]hat", r"[A-Za-z][-_A-Za-z0-9]{3,29}"),
    (EntityKind.QQ, r"^QQ|扣扣", r"[1-9][\d ]{4,12}"),
    (EntityKind.LANDLINE, r"电话|手机|传真|联系方式|座机|分机|[Tt]el", r"[\d+(][\d() +*转-]{2,24}"),
    (EntityKind.ADDRESS, r"地址|住所|地点|注册地", rf".*{HAN}.*\d.*"),
    (EntityKind.SHOP, r"^(?:服务)?(?:店铺|网店|店名|门店)(?:名称?)?$", r"[^\d\s][^\d]{1,23}"),
    (EntityKind.COMPANY, r"公司名称|单位名称|企业名称|供应商名称", r"[^\d\s].{3,40}"),
    (
        EntityKind.PERSON,
        r"姓名|联系人|责任人|负责人|接口人|对接人|^代表$|代表人|经办人|班组长姓名",
        rf"{HAN}{{2,4}}|{HAN}{{1,6}}·{HAN}{{1,8}}|[A-Z][a-z]+(?: [A-Z][a-z]+){{1,2}}",
    ),
)
_SIGNS = re.compile(r"^(?:姓名|联系人|负责人|对接人|代表人?|法定代表人|授权代表|签字|签名|经办人)$")
_NOT_VALUE = re.compile(
    r".*(?:姓名|岗位|填写|待定|名称|电话|手机|地址|如下|见附|另行|同上|甲方|乙方|合计|小计|备注|经理|主管|组长|客服|质检|专员|负责人|时限|天猫|淘宝|京东|拼多多|抖音|快手|平台|全店|入口|热线|方式|后台|合计).*|[/-]+|无"
)


def cells(text: str) -> Iterator[Found]:
    """Cells of rows with " | " between them, in a text from ``plain``."""
    head: list[str] = []
    at = 0
    for line in text.split("\n"):
        row = line.split("|")
        if len(row) > 1:
            values = [cell.strip() for cell in row]
            if len(head) == len(row):
                yield from _row(line, at, head, values)
            elif not head:
                head = values
            yield from _pairs(line, at, values)
        else:
            head = []
        at += len(line) + 1


def named(columns: Sequence[str], row: Sequence[str]) -> Iterator[tuple[int, EntityKind]]:
    """Which cells of ``row`` the heads of their columns make entities: index and kind."""
    for index, (head, value) in enumerate(zip(columns, row, strict=False)):
        kind = _kind(head, value)
        if kind is not None:
            yield index, kind


def _row(line: str, at: int, head: Sequence[str], values: Sequence[str]) -> Iterator[Found]:
    for index, kind in named(head, values):
        yield _cell(line, at, index, kind)


def _pairs(line: str, at: int, values: Sequence[str]) -> Iterator[Found]:
    """Label and value side by side: 账号 | 8002…."""
    for index in range(len(values) - 1):
        kind = _kind(values[index], values[index + 1])
        if kind is not None and kind is not EntityKind.SHOP:
            yield _cell(line, at, index + 1, kind)
    if values and len(values[0]) <= 12 and _SIGNS.search(values[0]):  # 签字 | 陶晓彤 | 凌凯
        for index, value in enumerate(values[1:], 1):
            if is_name(value) and not _NOT_VALUE.fullmatch(value) and re.fullmatch(rf"{HAN}{{2,4}}", value):
                yield _cell(line, at, index, EntityKind.PERSON)


def _kind(head: str, value: str) -> EntityKind | None:
    if len(head) > 12 or not value or _NOT_VALUE.fullmatch(value):
        return None
    for kind, names, shape in _HEADS:
        if re.search(names, head) and re.fullmatch(shape, value) and (kind is not EntityKind.PERSON or is_name(value)):
            return kind
    return None


def _cell(line: str, at: int, index: int, kind: EntityKind) -> Found:
    start = at
    pieces = line.split("|")
    for piece in pieces[:index]:
        start += len(piece) + 1
    piece = pieces[index]
    inner = start + len(piece) - len(piece.lstrip())
    return Found(start=inner, end=inner + len(piece.strip()), kind=kind)
