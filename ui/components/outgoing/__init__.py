"""What leaves the machine, in one honest line."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from pipeline.settings import settings


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
