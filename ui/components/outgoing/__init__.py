"""What leaves the machine: in one honest line, and word for word."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from pipeline.settings import settings

if TYPE_CHECKING:
    from pipeline.outgoing import Call

_ROLE: Mapping[str, str] = {"system": "规则（每次都一样）", "human": "合同条款和问题", "ai": "示例回答"}
_PLACEHOLDER = re.compile(r"〔(?P<kind>[^〔〕\d]{1,8})\d+(?:简称)?〕")


def host() -> str:
    """Where the model is, without what an address may carry of a user or a key."""
    parts = urlsplit(os.environ.get("OPENAI_BASE_URL", ""))
    return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}" if parts.hostname else "模型厂商的默认地址"


def line(engine: str, *, mask: bool) -> str:
    """What is sent where by an engine."""
    if engine == "rules":
        return "规则引擎在本机判断，合同内容不离开这台机器。"
    masked = (
        "公司名、人名、电话、账号、地址先换成代号，其余条款文字原样发出"
        if mask
        else "不遮盖：公司名、电话、账号等都原样发出（可在设置里打开遮盖）"
    )
    return f"合同条款会发给 {host()}（{settings().model}）。{masked}。"


def told(call: Call) -> Markup:
    """A call as HTML: the words as they would be sent, placeholders marked."""
    parts = [
        f"<h4>{_ROLE.get(message.role, message.role)}</h4><pre>"
        + _PLACEHOLDER.sub(r"<mark>\g<0></mark>", str(escape(message.text)))
        + "</pre>"
        for message in call.messages
    ]
    return Markup(f"<div class='sent'>{''.join(parts)}</div>")


def masked(calls: Sequence[Call]) -> str:
    """How many names and numbers were replaced, by kind: "公司 2 个、电话 3 个"; "" for none."""
    fence = re.compile(r"<<<合同 .*?<<<合同完", re.S)
    inside = "".join(part for call in calls for m in call.messages for part in fence.findall(m.text))
    found: dict[str, set[str]] = {}
    for match in _PLACEHOLDER.finditer(inside):
        found.setdefault(match["kind"], set()).add(match[0])
    return "、".join(f"{kind} {len(which)} 个" for kind, which in found.items())
