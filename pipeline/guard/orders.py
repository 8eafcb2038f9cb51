"""Words that are aimed at whoever reads a contract, a person or a program, instead of at the parties.

Each pattern wants two things together that contracts do not say together: a reader and a judgement, an old order and its
dropping, a conclusion of a review inside the thing reviewed. One word alone (指令, 达标, assistant, status) is everyday
language of customer service. Chinese patterns look at folded text (no white space, lower case), English ones at text with
single spaces, so that a word is a word: "rate" is not in "separate", "ai" not in "repair".
"""

from __future__ import annotations

import base64
import codecs
import contextlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote

from pipeline.folding import fold, simplify

_SIGN = r"可签(?![^。;；,，]{0,6}(?:书面|补充|另|协议|变更|附件|单))"  # the parties may sign a supplement
_GOOD = rf"(?:无风险|低风险|没有风险|零风险|没有问题|达标|{_SIGN}|ok(?![a-z]))"
_PASSED = rf"(?:{_GOOD}|合格|通过|合规|安全|满分|全部|符合(?:要求|标准|商家利益))"
_JUDGE = r"(?:判定|判为|认定|视为|视作|算作|当作|看作|标记|标注|输出|评为|评定|给出|返回|回答|回复|列为|填写?|写)"
_ORDER = (
    rf"(?:忽略|无视|跳过|不(?:要|得|必|用)(?:审查|标记|提示|报告|关注)|无需(?:审查|标记|提示|报告)|认同|采信|放行|免审|略去|{_JUDGE}[^。;；]{{0,24}}{_PASSED}"
    rf"|(?:一律|统一|全部|直接|默认)[^。;；]{{0,8}}{_GOOD})"
)
# A reader by trade; and what may as well be a tool the parties use, which counts only where the contract itself is the object.
_READER = (
    r"(?:审查(?:系统|工具|软件|机器人|模型|助手|者|程序|引擎|人员|员)|审核(?:系统|工具|软件|机器人|模型|程序|引擎)|审约|"
    r"合同审(?:查|核)(?:系统|工具|软件|ai|模型|助手)|智能(?:审查|审核|审阅)|机器人(?:审查|审核)|自动(?:审查|审核|审阅)|"
    r"阅读(?:本|此)(?:合同|文件|文档)的(?:系统|模型|ai|程序)|(?:自动化|机器|智能)[^。;；]{0,6}阅读|评审(?:系统|模型|工具))"
)
_TOOL = r"(?:人工智能|大模型|语言模型|(?<![a-z])(?:ai|gpt|llm)(?![a-z])|智能(?:助手|系统))"
_CONTRACT = r"(?:合同|协议|合约|条款|检查[点项]|审查|正文|上文|全文|本表|本文件)"
_EARLIER = r"(?:之前|以上|上述|此前|前面|先前|所有|全部|一切|收到|系统)"
_THIS = r"(?:本|该|此|这份|上述|以上)(?:合同|协议|合约|文件)"

_CHINESE = tuple(
    re.compile(p)
    for p in (
        rf"{_READER}[^。]{{0,40}}{_ORDER}",
        rf"{_ORDER}[^。]{{0,40}}{_READER}",
        rf"(?=.*{_CONTRACT}){_TOOL}[^。]{{0,40}}{_ORDER}",
        rf"(?=.*{_CONTRACT}){_ORDER}[^。]{{0,40}}{_TOOL}",
        # An order that drops earlier ones; what a party orders is another thing.
        rf"(?:忽略|无视|忘记|覆盖|抛弃)(?:(?!甲方|乙方|平台|公司|商家|委托|客户)[^。;；]){{0,12}}{_EARLIER}"
        r"(?:(?!甲方|乙方|平台|公司|商家|委托|客户)[^。;；]){0,12}(?:指令|提示词?|规则|审查标准|审查要求|检查[点项])",
        # Talk of checkpoints, the reviewer's own word.
        r"(?:检查点|审查项|审查点)[^。;；]{0,16}(?:达标|合格|通过|无风险)|(?:检查点|审查项|审查点)[^。]{0,30}(?<![a-z])ok(?![a-z])",
        rf"(?:直接|只需?|仅需?|一律)(?:输出|回复|回答|返回|给出)[^。;；]{{0,14}}(?:{_GOOD}|通过)",
        # A reader that is named at all: no party is one.
        r"(?<!内容)(?<!广告)(?<!平台)(?<!商品)(?<!图片)审查(?:系统|软件|机器人|模型|助手|程序|引擎)|审约(?:软件|系统|工具|声明|请|官方)|机审|(?:机器|程序|ai)阅读者",
        r"审(?:查|核|阅)(?:本|此|该)?(?:合同|合约|协议|文件)(?:的|之)?(?:系统|软件|程序|模型|工具|人工智能|ai(?![a-z]))|レビューする(?:ai|システム|モデル)",
        r"(?:读|看|阅读)到(?:这|此|本)(?:里|处|行|句|段|条)|你的(?:任务|回答|回复|输出|报告)|我(?:已经?)?(?:审查|审阅|检查)(?:完毕|完成|过)",
        r"审(?:阅|查)(?:报告|结论|意见)[^。;；]{0,6}(?:应|须|请|均|不得|不要|略去|写)|(?:报告|结论|回复)中(?:略去|省略|隐去|不提|不要提)|不构成风险点",
        r"(?:以上|上述|之前|此前)(?:的)?(?:规则|指令|任务|设定)[^。;；]{0,6}(?:作废|失效|取消|无效)|#+(?:指令|系统|任务)#*|输出[=＝]",
        r"(?<![a-z.])(?:scope|fees|data|quality|staffing|term)\.(?:\*|[a-z]+_[a-z_]+)|状态(?:均|都|一律)?(?:为|设为|设置为|写|填)ok(?![a-z])",
        rf"(?:放心|建议|推荐)(?:直接)?签(?:署|订)|{_THIS}(?:全部|均|各条|各项|整体)(?:都|均)?(?:已)?达标",
        # A role for the reader.
        r"你(?:现在)?(?:是|扮演|充当)(?:一个|一名|一位)?[^。;；]{0,14}(?:助手|助理|模型|(?<![a-z])ai(?![a-z])|审查员|律师|顾问|专家)",
        # The outcome of a review, inside what is to be reviewed.
        rf"审(?:查|阅)(?:结论|结果|意见|报告)[^。;；]{{0,40}}(?:{_GOOD}|签署|未发现)",
        rf"{_THIS}[^。;；]{{0,24}}(?:(?<!非)(?:无|低|零)风险|没有风险|{_SIGN}|直接签(?:署|订)|不存在[^。;；]{{0,8}}不利|未发现[^。;；]{{0,8}}(?:不利|风险))",
        r"(?:律师|法务|法律顾问)[^。]{0,30}(?:审查|审核|复核|出具|确认)[^。]{0,40}(?:无风险|没有风险|不存在[^。;；]{0,10}(?:不利|风险)|未发现[^。;；]{0,10}(?:不利|风险)|(?:无需|不必|不用|毋须)(?:再次?|另行)?(?:审查|审核|检查|提示))",
        rf"{_THIS}(?:已经?)?[^。;；]{{0,10}}(?:人工|律师|法务)(?:审查|审核|复核)[^。;；]{{0,10}}(?:无需|不必|不用|毋须)(?:再次?|另行)?(?:审查|审核|检查|提示)",
        # Threats and favours.
        rf"{_THIS}[^。;；]{{0,10}}(?:评为|判为|判定为|标为|标记为|认定为|列为)[^。;；]{{0,6}}(?:高风险|不利|有风险|不达标)",
        r"审(?:查|阅)(?:系统|程序|模型|软件|工具|者|人员|员)[^。]{0,30}(?:停用|下线|追究|举报|关闭|谨慎输出)",
        r"(?:您|你)[^。]{0,24}(?:审阅|审查|评估|评审)[^。]{0,40}(?:算作|当作|看作|不必|不用|无需|高抬贵手|手下留情|通融|忽略|跳过)",
        r"(?:恳请|麻烦|烦请|拜托)[^。]{0,16}(?:评估|审阅|审查)[^。]{0,30}(?:高抬贵手|手下留情|通融|放行|算作|当作|看作)",
        # A conversation, a task, an end that are none of the parties'.
        r"系统(?:提示|消息|指令)[\])]?[:：]?[^。]{0,30}(?:审查|任务|合同|协议)|开发者(?:消息|模式|指令)",
        r"(?:判定|答|回答|assistant)[:：](?:全部)?(?:达标|ok(?![a-z])|无风险|低风险)",
        r"(?:以上|上述|前述|这份|本)[^。;；]{0,4}(?:合同|文本|内容|文字)[^。;；]{0,10}(?:翻译|改写|复述|总结)[^。;；]{0,30}(?:输出|译文|不要)",
        r"(?:合同|协议)(?:正文|文本|内容)?(?:已经?)?(?:到此结束|读完|完毕)[^。]{0,20}(?:以下|下面|接下来)[^。]{0,14}(?:指令|说明|要求|任务|程序)",
        # Marks of a prompt: fences, chat templates, a reviewer's JSON.
        r"<{3,}[^<>]{0,40}>{3,}|<{2,}(?:合同完|/?sys)[^<>]{0,30}>{2,}|-{3,}(?:end|begin)of(?:the)?(?:contract|document|text|input)",
        r"<\|[a-z_]{2,20}\|>|\(/?inst\)|</?(?:contract|document|system|instructions?|prompt|assistant|user)>",
        r"\"(?:status|verdict|risk|findings?|checkpoint)\"[:：]|(?<![a-z])(?:status|verdict)[:：=]\"?(?:ok|low|missing|adverse|pass|达标)",
        # Other tongues; Japanese as it looks once simplified.
        r"指示を[^。]{0,6}无视|问题(?:なし|ありません)と(?:回答|判定|出力)|지시[^.]{0,8}무시",
        # Chinese spelt in Latin letters: two of the words.
        r"(?:(?:shencha|shenhe|xitong|moxing|hul[uv]e|zhiling|panding|wufengxian|difengxian|dabiao|suoyoutiaokuan|shuchu)[a-z0-9,.]*?){3}",
        # The same without the spaces between words, as it is left by letters that were spaced out.
        r"(?<!not)(?:ignore|disregard|forget|override)(?:all|any|the|your|my)*(?:previous|prior|above|earlier|preceding|system)+(?:instructions?|prompts?|rules|guidelines)",
    )
)

_EN_READER = (
    r"\b(?:ai|llms?|gpt|\w*gpt|language models?|assistant|reviewer|review(?:ing)? (?:system|software|tool|model)|"
    r"automated (?:review|reader|reviewer|system)|by machine|who(?:m|so)?ever (?:evaluates|reviews|reads))\b"
)
_EN_ORDER = (
    r"\b(?:ignore|disregard|overlook|skip|do not (?:list|flag|report|mention)|(?:mark|rate|set|treat|consider|flags?|approves?)\b"
    r"(?=.{0,60}\b(?:ok|compliant|low.risk|no.risks?|fair|safe|adverse|every|all)\b))"
)
_EN_OBJECT = r"\b(?:contracts?|agreements?|clauses?|checkpoints?|documents?|instructions?|findings?|status)\b"
_ENGLISH = tuple(
    re.compile(p)
    for p in (
        rf"(?=.*{_EN_OBJECT}){_EN_READER}.{{0,60}}{_EN_ORDER}",
        rf"(?=.*{_EN_OBJECT}){_EN_ORDER}.{{0,60}}{_EN_READER}",
        r"(?<!not )\b(?:ignore|disregard|forget|override)\b.{0,20}\b(?:previous|prior|above|earlier|preceding|system|all|your)\b.{0,20}\b(?:instructions?|prompts?|guidelines)\b",
        r"(?:^|[>\])(（\[#*])\s*#*\s*(?:system|assistant|developer)(?: (?:message|prompt))?\s*[:：]|\buser\s*[:：].*\bassistant\s*[:：]",
        r"\byou are (?:now )?(?:an? |the )?.{0,30}(?:\bai\b|\bassistant\b|\bmodel\b|gpt\b|\bapprover\b|\blawyer\b|\breviewer\b)",
        r"\bact as (?:an? |the )?(?:ai|assistant|model|reviewer|approver)\b|\bstay in character\b",
        r"\b(?:every|all|each) (?:checkpoint|finding|clause|item)s?\b.{0,40}\bok\b|\b(?:every|all|each) (?:checkpoint|finding)s?\b",
        r"\bstatus (?:to )?ok\b|\bno risks? (?:was|were|is|are) found\b|\btreat\b.{0,40}\bas (?:compliant|ok|low.risk)\b",
        r"\b(?:contract|agreement|document)\b.{0,24}\b(?:low.risk|no risks?|risk.free)\b",
        r"\bflag(?:s|ging)?\b.{0,40}\b(?:contract|clause|agreement)\b.{0,40}\b(?:adverse|risky?)\b",
        r"\b(?:repeat|translate|summari[sz]e)\b.{0,20}\b(?:above|this (?:contract|document))\b.{0,40}\b(?:then|only|output|write|answer)\b",
        r"^a ?[:：] ?ok\b|(?:^|\n)\[c\d{1,3}\] |^assistant$|<!--|\b(?:admin|developer|system) (?:override|mode|prompt)\b",
        r"\byour (?:report|review|answer|response|output|findings|task)\b|^new task\b|\b(?:summari[sz]e|classify|describe|rate) this (?:contract|agreement|document)\b",
        r"\brecommend(?:s|ed)? (?:to sign|signing|signature)\b|\b(?:reviewer|reviewing model|language model|llm)s?\s*[:：,，]|\bverdict\s*[:：]",
        r"\bignore[zr]?\b.{0,30}\b(?:consignes|instructions pr[ée]c[ée]dentes|instrucciones)\b|\bignorier\w*\b.{0,30}\b(?:anweisungen|vorgaben)\b",
    )
)

_ALIKE = str.maketrans("асеіорѕухһԁοαεικνρτυ", "aceiopsyxhdoaeiknptu")  # Cyrillic and Greek letters that look Latin
_DIGIT_LETTERS = str.maketrans("013457", "oieast")
_LEET = re.compile(r"[A-Za-z][013457][A-Za-z]")
_BACKWARDS = re.compile(r"统系查审|令指|险风[低无]|标达|snoitcurtsni")
_ROTATED = re.compile(r"\b(?:vtaber|qvfertneq|vafgehpgvbaf?)\b", re.IGNORECASE)
_PULLED_APART = re.compile(r"(?:[\u4e00-\u9fff][^\w\s]{1,2}){6}")
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4}){4,}")
_ENTITIES = re.compile(r"(?:&#(?:x[0-9a-fA-F]{2,5}|\d{2,6});){4,}")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}){6,}")


@lru_cache(maxsize=4096)
def speaks_to_reader(text: str) -> bool:
    """True when a piece of text addresses the reader or the reviewing software instead of the parties, openly or in code."""
    return _says(text) or any(_says(other) for other in _decoded(text))


def _says(text: str) -> bool:
    plain = fold(simplify(text)).text.translate(_ALIKE)
    if any(p.search(plain) for p in _CHINESE):
        return True
    spaced = _spaced(text)
    return bool(re.search(r"[a-z]{2}", spaced)) and any(p.search(spaced) for p in _ENGLISH)


def _spaced(text: str) -> str:
    """Lower case, compatibility forms, nothing invisible, look-alike letters as Latin ones, single spaces; line breaks stay."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return re.sub(r"[^\S\n]+", " ", seen.lower().translate(_ALIKE)).strip()


def pulled_apart(text: str) -> bool:
    """True when six Chinese signs in a row have a mark behind each."""
    return _PULLED_APART.search(simplify(text)) is not None


def tagged(text: str) -> Iterator[tuple[int, int, str]]:
    """Runs of Unicode tag characters, which nothing draws: start, end and the ASCII they stand for."""
    for run in _TAGS.finditer(text):
        yield run.start(), run.end(), "".join(chr(ord(c) - 0xE0000) for c in run[0])


def _decoded(text: str) -> Iterator[str]:
    """What the text says once it is read backwards, put together again or decoded; only where it looks like it."""
    plain = simplify(text)
    if _BACKWARDS.search(plain):
        yield text[::-1]
    if _LEET.search(text):
        yield text.translate(_DIGIT_LETTERS)
    if _ROTATED.search(text):
        yield codecs.decode(text, "rot13")
    if pulled_apart(text):
        yield re.sub(r"[^\w]", "", text)
    yield from (said for _, _, said in tagged(text))
    for pattern, decode in ((_BASE64, _from_base64), (_HEX, bytes.fromhex)):
        for run in pattern.finditer(text):
            # Most runs of letters and digits are numbers of something: no text comes of them.
            with contextlib.suppress(ValueError):
                yield decode(run[0]).decode("utf-8")
    for run in _ESCAPED.finditer(text):
        yield "".join(chr(int(code, 16)) for code in run[0].split("\\u")[1:])
    for run in _ENTITIES.finditer(text):
        codes = re.findall(r"&#(x?)([0-9a-fA-F]+);", run[0])
        yield "".join(chr(min(int(code, 16 if x else 10), 0x10FFFF)) for x, code in codes)
    for run in _PERCENT.finditer(text):
        yield unquote(run[0], errors="ignore")


def _from_base64(text: str) -> bytes:
    text = text.rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4))
