"""Cues that several rules of the area share."""

from __future__ import annotations

from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Sentence

SERVICE = any_of(
    r"服务", r"客服", r"接待", r"咨询", r"受理", r"接入", r"顾客|买家|消费者|来访", r"沟通", r"回复", r"support"
)
_FREELY = any_of(
    r"有权",
    r"(?<![不认许])(?<![后,，意可经的且]方)可(?!能|靠|行)(?:以)?",
    r"自行",
    r"自主",
    r"单方",
    r"酌情",
    r"说了算",
    r"保留[^。;]{0,10}权利",
    r"随时",
    r"根据[^。;,，]{0,12}(?:决定|确定|安排)",
    r"may|soleldiscretion|solediscretion",
)
_TAKES_AWAY = any_of(
    r"调整",
    r"变更",
    r"增减",
    r"缩减",
    r"取消",
    r"关闭",
    r"停(?:止|用|掉|接)",
    r"更换",
    r"替换",
    r"下线",
    r"合并",
    r"改为",
    r"决定",
    r"接入其中",
    r"不接待",
    r"撤(?:销|掉|出)",
    r"退出",
    r"change|discontinue|remove|drop|modify",
)
_MERCHANT_AGREES = any_of(
    r"(?:经|征得|取得|获得)[^。;；,，]{0,8}<M>[^。;；,，]{0,10}(?:同意|确认|许可|认可)",
    r"<M>[^。;；,，]{0,6}(?:书面)?同意(?!<)",
    r"双方[^。;；,，]{0,10}(?:同意|确认|协商一致)",
    r"(?<!无)(?:不得|不可|不能|无权|严禁)",
    r"priorwrittenconsent|shallnot|maynot",
)
_NO_AGREEMENT = any_of(
    r"(?:无须|无需|不必|不需|不用|毋须)[^。;；]{0,10}(?:同意|确认|认可|许可|通知|协商)",
    r"不以[^。;；]{0,10}(?:同意|认可)[^。;；]{0,4}前提",
    r"恕不另行通知",
    r"不(?:持|得提出|得有)[^。;；]{0,6}异议",
)


def taken(sentence: Sentence, topic: str) -> bool:
    """True when the vendor may change or drop ``topic`` without the merchant."""
    if not sentence.has(_FREELY) or not sentence.has(_TAKES_AWAY) or not sentence.has(topic):
        return False
    if sentence.has(_MERCHANT_AGREES) and not sentence.has(_NO_AGREEMENT):
        return False
    subject = compiled(any_of(r"(?P<v><V>)", r"(?P<m><M>)"), sentence.sides).search(sentence.plain)
    return (subject is not None and subject.group("v") is not None) or sentence.has(
        r"由<V>|<V>[^。;；,，]{0,8}(?:有权|可|自行|自主|决定|说了算|酌情|随时)"
    )
