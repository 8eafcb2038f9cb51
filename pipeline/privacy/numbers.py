"""Numbered identifiers: telephones, identity cards, accounts, company codes, e-mail, WeChat and QQ.

A valid check digit is enough to be sure; a number whose label says what it is needs none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.privacy.values import EntityKind, Found

_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = "[0-9A-HJ-NP-RTUWXY]"
_FREE = r"(?<![0-9A-Za-z])"
_TO = r"[\s:|,是为\"(\[]{0,6}"  # between a label and its value
_NOT_SUM = r"(?!\s?(?:元|万|亿|条|件|个|人|席|次|%|年|小时|分钟))"


def valid_id_card(number: str) -> bool:
    """True when the check digit of an 18-digit identity number is right (GB 11643-1999, ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dXx]", number, re.ASCII):
        return False
    total = sum(int(digit) * (2 ** (17 - i) % 11) for i, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def valid_uscc(code: str) -> bool:
    """True when the check sign of an 18-sign 统一社会信用代码 is right (GB 32100-2015)."""
    if not re.fullmatch(rf"{_USCC}{{18}}", code):
        return False
    total = sum(_USCC_SIGNS.index(sign) * pow(3, i, 31) for i, sign in enumerate(code[:17]))
    return _USCC_SIGNS[(31 - total % 31) % 31] == code[17]


def valid_card(number: str) -> bool:
    """True when a number of 13 to 19 digits passes the Luhn check (ISO/IEC 7812-1)."""
    if not re.fullmatch(r"\d{13,19}", number, re.ASCII):
        return False
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

_ID_LABEL = r"(?:身份证(?:明)?(?:号码?|编号|件号码?|件)?|身份号码|证件(?:号码?|编号)?|护照(?:号码?)?|通行证(?:号码?)?|(?i:passport|ID)\s*(?i:no\.?|number)?)"
_ID_18 = re.compile(rf"{_FREE}[1-9]\d{{5}}[ -]?\d{{8}}[ -]?\d{{3}}[ -]?[\dXx](?![0-9A-Za-z])", re.ASCII)
_ID_STARS = re.compile(r"(?<!\d)\d{3,6}[*＊xX]{6,14}[\dXx]{2,4}(?![0-9A-Za-z])", re.ASCII)
_ID_LABELLED = re.compile(
    rf"{_ID_LABEL}{_TO}(?:复印件)?{_TO}(?:号码?)?{_TO}(?P<v>(?:[A-Z]{{1,2}}\d{{6,9}}(?:\(\d\))?|\d{{15}}|\d(?:[ -]?\d){{16}}[ -]?[\dXx]))(?![0-9A-Za-z])"
)

_CODE_LABEL = r"(?:信用代码(?:\([^)]{0,14}\))?|税号|(?:纳税人)?识别号|税务登记(?:证)?(?:号码?)?|注册号|营业执照(?:号码?|编号)?|组织机构代码|统一编号|统编|(?i:company|registration|tax)\s*(?i:no\.?|number|ID))"
_CODE_LABELLED = re.compile(rf"{_CODE_LABEL}(?:证)?{_TO}(?P<v>[0-9A-Z](?:[ -]?[0-9A-Z*×]){{7,19}})(?![0-9A-Za-z*×])")
_CODE_FREE = re.compile(rf"{_FREE}[1-9A-Y]{_USCC}(?:[ -]?\d){{6}}(?:[ -]?{_USCC}){{10}}(?![0-9A-Za-z])")

_MOBILES = (
    re.compile(r"(?<![\dA-Za-z.])(?:(?:\+|00)\s?86[- ]?|\(\+?86\)[- ]?)?1[3-9]\d{9}(?!\d)", re.ASCII),
    re.compile(
        r"(?<![\dA-Za-z.])(?<!\d[- ])(?:(?:\+|00)\s?86[- ]?|\(\+?86\)[- ]?)?1[3-9]\d(?P<s>[- ])\d{4}(?P=s)\d{4}(?![- ]?\d)",
        re.ASCII,
    ),
    re.compile(r"(?<![\dA-Za-z])1[3-9]\d[*＊xX]{3,6}\d{2,4}(?!\d)", re.ASCII),
    re.compile(r"(?<![\dA-Za-z])(?<!\d[- ])09\d{2}-?\d{3}-?\d{3}(?![- ]?\d)", re.ASCII),
)

_EXT = r"(?:\s?(?:转|分机|ext\.?|#|-)\s?\d{1,5}(?!\d))?"
_LANDLINES = (
    re.compile(
        rf"(?<![\dA-Za-z])(?<!\d[- ])(?:\(0\d{{1,3}}\)|0\d{{1,3}}[- ])\s?\d{{3,4}}[- ]?\d{{4}}(?!\d){_EXT}", re.ASCII
    ),
    re.compile(rf"(?<![\dA-Za-z.])(?<!\d[- ])0(?:10|2\d|[3-9]\d{{2}})\d{{7,8}}(?!\d){_EXT}", re.ASCII),
    re.compile(r"(?<![\dA-Za-z])(?<!\d[- ])[48]00(?:[- ]?\d){7}(?![- ]?\d)" + _NOT_SUM + _EXT, re.ASCII),
    re.compile(
        rf"(?<![\dA-Za-z])(?:\+(?!86[- ]?1[3-9])\d{{1,3}}|\(\+?(?!86\)[- ]?1[3-9])\d{{2,3}}\))(?:[- ()]{{0,2}}\d){{6,12}}(?!\d){_EXT}",
        re.ASCII,
    ),
)
_PHONE_LABEL = r"(?:电\s*话|热线|专线|固话|座机|传\s*真|号码|拨打|致电|(?i:tel|fax|phone|hotline)\.?)"
_LANDLINE_LABELLED = re.compile(
    rf"{_PHONE_LABEL}(?:号码?)?{_TO}(?P<v>(?:9[56]\d{{3}}(?:\d{{1,3}})?|\d{{3,4}}-?\d{{4}})(?!\d){_EXT}){_NOT_SUM}",
    re.ASCII,
)
_EXTENSION = re.compile(rf"(?:分机(?:号)?{_TO}|(?<=[\d)])\s?转\s?)(?P<v>\d{{2,5}})(?!\d){_NOT_SUM}", re.ASCII)

_DIGITS = re.compile(r"(?<![0-9A-Za-z.,])\d(?:[ -]{0,2}\d){8,29}(?![0-9A-Za-z])", re.ASCII)
_BANK_CUE = re.compile(
    r"账\s*[号户]|帐\s*[号户]|卡|银行|支行|[工农建中招交]行|户名|户号|收款|汇|(?i:account|a/c|iban)|打到|转至|存入"
)
_BANK_DIRECT = re.compile(
    rf"(?:[账帐]\s*号|卡\s*号|[账帐]\s*户|户\s*号|(?i:account\s*(?:no\.?|number)|a/c(?:\s*no\.?)?|iban)){_TO}(?P<v>[A-Z]{{0,2}}\d(?:[ -]{{0,2}}\d){{7,29}})(?![0-9A-Za-z]){_NOT_SUM}"
)
_NOT_ACCOUNT = re.compile(
    r"(?:单号|订单|编号|编码|SKU|许可证|专利|行号|联行|SWIFT|合同|店铺ID|商品|货号|版本|日期|电话|手机)[^,。;|\n]{0,6}$",
    re.I,
)
_CARD_FREE = re.compile(r"(?<![0-9A-Za-z])(?:62|4|5[1-5])\d{2}(?:[ -]?\d){9,15}(?![0-9A-Za-z])", re.ASCII)

_ACCOUNT_NAME = r"[A-Za-z][-_A-Za-z0-9]{3,29}(?![-_A-Za-z0-9@.])"
_WECHAT = re.compile(
    r"(?:(?:企业|私人|客服|个人)?微\s*信|(?i:we\s?chat|vx|wx)|[VvＶ]信|薇信|卫星)(?:号码?|账号|帐号|\s?[Ii][Dd])?"
    rf"[\s:|,是为\"(]{{0,6}}(?P<v>{_ACCOUNT_NAME})"
)
_LOGIN = re.compile(rf"(?:[账帐]号|用户名|(?i:LINE)\s?ID|飞书|钉钉号?){_TO}(?P<v>{_ACCOUNT_NAME})")
_WANGWANG = re.compile(r"旺旺(?:号|ID|名)?[:|\s为是]{1,3}(?P<v>[^\s,。;:|()\"]{2,20})")
_WECHAT_ID = re.compile(r"(?<![A-Za-z0-9])wxid_[A-Za-z0-9]{6,24}")
_QQ = re.compile(
    r"(?:(?i:QQ)\s*(?:群\s*(?:号码?)?|号码?)?|扣扣(?:群|号)*|企鹅号?|[Qq]群号?|群号)[\s:|,是为\"(]{0,6}"
    r"(?:\(?群?号?[:：]?\s?)?(?P<v>[1-9]\d(?:[ -]?\d){3,10})(?![\d@])",
    re.ASCII,
)


def numbers(text: str) -> Iterator[Found]:
    """Identifiers of a text from ``plain``, the surest kinds first; they may overlap."""
    yield from _each(_EMAIL, text, EntityKind.EMAIL)
    yield from _each(_ID_18, text, EntityKind.ID_CARD, _is_id)
    yield from _each(_CODE_FREE, text, EntityKind.USCC, _is_code)
    yield from _each(_ID_LABELLED, text, EntityKind.ID_CARD)
    yield from _each(_ID_STARS, text, EntityKind.ID_CARD)
    yield from _each(_CODE_LABELLED, text, EntityKind.USCC, lambda v: sum(c.isdigit() for c in v) >= 4)
    yield from _each(_QQ, text, EntityKind.QQ)
    yield from _each(_BANK_DIRECT, text, EntityKind.BANK_ACCOUNT)
    for pattern in _MOBILES:
        yield from _each(pattern, text, EntityKind.MOBILE)
    for pattern in _LANDLINES:
        yield from _each(pattern, text, EntityKind.LANDLINE)
    yield from _accounts(text)
    yield from _each(_CARD_FREE, text, EntityKind.BANK_ACCOUNT, lambda v: valid_card(_digits(v)))
    yield from _each(_LANDLINE_LABELLED, text, EntityKind.LANDLINE)
    yield from _each(_EXTENSION, text, EntityKind.LANDLINE)
    for pattern in (_WECHAT, _LOGIN, _WANGWANG, _WECHAT_ID):
        yield from _each(pattern, text, EntityKind.WECHAT)


def _each(
    pattern: re.Pattern[str], text: str, kind: EntityKind, fits: Callable[[str], bool] | None = None
) -> Iterator[Found]:
    group = "v" if "v" in pattern.groupindex else 0
    for match in pattern.finditer(text):
        if fits is None or fits(match[group]):
            yield Found(start=match.start(group), end=match.end(group), kind=kind)


def _accounts(text: str) -> Iterator[Found]:
    """Long numbers in a line that speaks of banks, unless their own label makes them something else."""
    for match in _DIGITS.finditer(text):
        line = text[max(text.rfind("\n", 0, match.start()) + 1, match.start() - 60) : match.start()]
        after = text[match.end() : match.end() + 3]
        if not _BANK_CUE.search(line) or _NOT_ACCOUNT.search(line) or re.match(r"\s?(?:元|万|条|年|%)", after):
            continue
        yield Found(start=match.start(), end=match.end(), kind=EntityKind.BANK_ACCOUNT)


def _digits(value: str) -> str:
    return re.sub(r"[ -]", "", value)


def _is_id(value: str) -> bool:
    number = _digits(value)
    return (
        valid_id_card(number)
        or re.fullmatch(r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", number[6:14]) is not None
    )


def _is_code(value: str) -> bool:
    code = _digits(value)
    return valid_uscc(code) or (code[:2] in ("91", "92", "93", "51", "52", "12") and any(c.isalpha() for c in code))
