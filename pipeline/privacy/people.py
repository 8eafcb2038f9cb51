"""Names of persons: beside a role, before a telephone or a title, in the columns of a table, and in running text.

A surname alone proves nothing (高峰, 王牌, 江浙沪): a name wants a label, a title, a word that only a person can stand before, or
the tagger's word for it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import lru_cache

import jieba
import jieba.posseg

from pipeline.privacy.plain import HAN
from pipeline.privacy.values import EntityKind, Found
from pipeline.privacy.words import NOT_NAMES

jieba.setLogLevel(logging.WARNING)

_COMPOUND = "欧阳|司马|诸葛|司徒|上官|尉迟|慕容|夏侯|皇甫|东方|公孙|令狐|长孙|宇文|端木|南宫|轩辕|独孤|百里|呼延|澹台|闻人|申屠|钟离|赫连"
_SINGLE = (
    "阎仉缑笪佴昃爨王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武"
    "戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
)
_SURNAME = rf"(?:{_COMPOUND}|[{_SINGLE}])"
# Surnames that are everyday words; alone they prove nothing, whatever stands before.
_AMBIGUOUS = "应于和向来解花原付师时计明成平包单项连关公任路封强权官初简储班况束勾居但因信练满盛全冷区位都相商利定支古池常安管方文白高万农车左通元对达能从由党别查费席接皮展计农荣惠"
_COMMON = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方邹熊孟秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严戴莫孔汤温康施牛樊葛邢齐易庞"

# Words that end in one of these and no colon: 联系人何炜, 乙方项目经理毕然.
_ROLE = (
    r"(?:(?:紧急|项目|业务|财务|技术|商务)?联系人|联络人|联络窗口|法定代表人|法人代表|法人|负责人|授权代表人?|授权代理人|委托代理人|代理人|代表人?|经办人|承办人|经理|经营者|经营人|店主|店长|"
    r"持卡人|收件人|收货人|签字人|签署人|见证人|介绍人|担保人|保证人|对接人|接口人|责任人|受理人|持证人|总协调|协调人?|协同|主管|组长|班长|质检员|讲师|培训师|客服专员|专员|财务|会计(?!师|[年期])|出纳|合伙人|控制人|股东|总监|"
    r"执行董事|董事长|董事|总经理|代表取缔役|项目对接|统筹|本人|仲裁员|股东|秘书|助理|主任|队长|班组长|夜班|白班|我是|我[妈爸哥姐弟妹爷]|老婆|老公|表[哥姐弟妹]|(?:人员|客服)(?=为)|联系|顾问)"
)
_SIDE_LABEL = r"(?:甲\s*方|乙\s*方|丙\s*方|委托人|受托人|签\s?[字名章])"  # name somebody only before a colon
_NAME_LABEL = r"(?:姓\s*名|签字人姓名|实名|代\s*表|经办|抄送人?|收款人|户\s*名|开户名|持卡人|立约人|担保人|协同|统筹|审批人?|复核人?|店主姓名)"
_BRACKETS = r"(?:\s?\([^()\n]{0,16}\))*"
_COLON = r"[^\S\n]*[:|][^\S\n]*"
_AFTER_COLON = re.compile(
    rf"(?:{_ROLE}|{_NAME_LABEL}|{_SIDE_LABEL})(?:姓名)?{_BRACKETS}{_COLON}\"?(?P<v>{HAN}{{2,4}}|{HAN}{{1,6}}·{HAN}{{1,8}})(?=[\s,，。;；、|()\"/+\d]|$)"
)
_LATIN_NAME = r"(?:(?:Mr|Ms|Mrs|Miss|Dr)\.?\s+)?[A-Z\u00c0-\u00de][\w'’.-]+(?:[ ·][A-Z\u00c0-\u00de][\w'’.-]+){0,3}"
_LATIN_LABEL = re.compile(
    rf"(?:(?i:attn\.?|attention(?:\s+of)?|(?<!account )(?<!company )(?<!file )name|contact(?:\s+person)?|manager\s+is|represented\s+by|signatory)\s*[:|]?\s*|(?:{_ROLE}|{_NAME_LABEL})(?:姓名)?{_BRACKETS}\s*(?:为|是|:)?\s*)"
    rf"(?P<v>{_LATIN_NAME})(?=[\s,，。;；、|()\"]|$)"
)
_LATIN_TITLE = re.compile(r"\b(?P<v>(?:Mr|Ms|Mrs|Dr)\.\s+[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,2})")
_LATIN_BESIDE = re.compile(
    r"(?<![A-Za-z] )(?<![A-Za-z])(?P<v>[A-Z][a-z'’]+ [A-Z][a-z'’]+)(?=\s?\((?:\+|\d|[\w.+-]+@|手机|电话|邮箱|mobile|tel|email))"
)
_PINYIN = re.compile(rf"{_SURNAME}{HAN}{{1,2}} (?P<v>[A-Z][a-z]+ [A-Z][a-z]+)(?![A-Za-z])")
_JAPANESE = re.compile(rf"(?:代表取缔役|社长)(?:社长)?[\s:]*(?P<v>{HAN}{{2,5}})(?=[\s,，。;；、|()]|$)")
_DOTTED = re.compile(
    rf"(?P<v>(?:(?![由经向与和及是为]){HAN}){{2,6}}·{HAN}{{2,8}}?)(?=[\s,，。;；、|()\"]|负责|担任|签|为|的|与|和|$)"
)

# What may follow a name in a sentence.
_FOLLOWS = (
    r"(?=[\s,，。;；、|()（）\"“”：:/?!\[\]+\d]|$|与|和|及|为|每|向|未|的|女士|先生|小姐|担任|代表|签|离职|系|应|须|提交|负责|任|在|于|书面|介绍|不|自愿|按|收|受理|打|转|那|管|审批|处理|陪同|同意|已|将|"
    r"确认|所|对|给|以|均|需|可|组织|主持|牵头|指派|手机|微信|电话|身份证|得|帮|归|之|等|四人|三人|两人|二人|是|有|从|参加|到岗|接)"
)
_NOT_END = "为与和及每向未的担任代签离系应须提在于书不按收受打转那管陪同已将所对给以均需可主牵指手微电得帮归之等是有从到接负经由"
_IN_TEXT = re.compile(
    rf"(?P<cue>(?:{_ROLE}|{_NAME_LABEL})(?:姓名)?{_BRACKETS}\s*(?:分别)?(?:为|是|系|由|即|:)?\s?|[、和与/／及]\s?|由|拨打|联系|指定|本人|我叫|我是|给|到|上述人员中|若|归|甲方|乙方|丙方)"
    rf"(?P<v>(?:{_COMPOUND}){HAN}{{1,2}}?|[{_SINGLE}]{HAN}{{1,2}}?){_FOLLOWS}"
)
_STRONG = re.compile(rf"(?:{_ROLE}|{_NAME_LABEL}|本人|我叫|我是|指定)")
_BEFORE = re.compile(
    rf"(?:(?<![\u4e00-\u9fff\d])|(?<=[到给打转由找]))(?P<v>(?:{_COMPOUND}){HAN}{{1,2}}|[{_SINGLE}]{HAN}{{1,2}})(?=\s?(?:女士|先生|小姐|同志)|\s?收(?:[,，。]|$)|\s?\((?:手机|电话|身份证|微信|1[3-9]\d)|\s?(?:\+86)?1[3-9]\d{{9}}|的(?:卡|手机|身份证|微信|卡上|账户))"
)
_TITLED = re.compile(
    rf"(?P<v>(?:(?<![\u4e00-\u9fff])|(?<=[由经给找联系与和及是]))[{_COMMON}](?:经理|总|老师|姐|哥|叔|姨|工|主任|会计|律师|店长|老板|女士|先生|小姐|师傅|主管|组长))(?=[\s,，。;；、()的介负说来对签收]|$)"
)
_NICK = re.compile(
    rf"(?P<v>[小阿](?:[敏强明红丽芳军伟杰燕玲霞静涛斌波华辉磊娟萍刚勇峰雪珍娜婷妹]|[{_COMMON}](?<![高方石万任金毛])))(?=[\s,，。;；、()和与及的签收接]|$)|(?<!{HAN})(?P<w>老[{_COMMON}](?<![高方]))(?=[\s,，。;；、()和与及的签收]|$)"
)
_ROLE_THEN_NICK = re.compile(
    rf"(?:{_ROLE}|{_NAME_LABEL})(?:为|是|由|:)?\s?(?P<v>[小阿老](?![时组店板客额程区型批计结规])(?:{HAN}){{1,2}}?)(?=[\s,，。;；、|()]|$)"
)
_ROLE_AND_NICK = re.compile(rf"(?P<v>(?:仓管|客服|店长|财务|助理)小[{_COMMON}])(?=[\s,，。;；、()]|$)")


def people(text: str) -> Iterator[Found]:
    """Names of persons in a text from ``plain``."""
    for pattern in (
        _AFTER_COLON,
        _LATIN_LABEL,
        _LATIN_TITLE,
        _LATIN_BESIDE,
        _PINYIN,
        _JAPANESE,
        _DOTTED,
        _BEFORE,
        _TITLED,
        _ROLE_AND_NICK,
        _ROLE_THEN_NICK,
    ):
        for match in pattern.finditer(text):
            cell = (
                text[: match.start("v")].rstrip(" \t").endswith("|")
            )  # a cell beside a role is more often a task than a name
            if is_name(match["v"]) if cell else _may_be(match["v"]):
                yield Found(start=match.start("v"), end=match.end("v"), kind=EntityKind.PERSON)
    yield from _in_sentences(text)
    for match in _NICK.finditer(text):
        group = "v" if match["v"] else "w"
        yield Found(start=match.start(group), end=match.end(group), kind=EntityKind.PERSON)
    yield from _tagged(text)


def _may_be(name: str) -> bool:
    if (
        name in NOT_NAMES
        or name[:2] in NOT_NAMES
        or re.fullmatch(_ROLE, name)
        or re.search(r"[拾佰仟]|[百千万两半]元$|[^\u4e00-\u9fff]人$", name)
    ):
        return False
    if re.search(
        r"公司|盖章|签字|经理|主管|客服(?!小)|合同|协议|负责|代表|日期|联系|部$|店$|中心|甲方|乙方|人员|银行|服务|团队",
        name,
    ) and not re.fullmatch(rf"[{_COMMON}](?:经理|主管)", name):
        return False
    if not name.isascii():
        return _known_shape(name)
    if re.search(_NOT_LATIN, name):
        return False
    return (
        name.lower() not in {"date", "title", "name", "client", "supplier", "party", "email", "tel", "sku", "id"}
        and not name.isupper()
    )


def is_name(value: str) -> bool:
    """True when a cell under 姓名 or 联系人 is built like a name."""
    if not _may_be(value):
        return False
    if not re.match(HAN, value) or "·" in value or re.match(_COMPOUND, value):
        return True
    return len(value) < 4 and re.match(_SURNAME, value) is not None and (value[0] not in _AMBIGUOUS or _rare(value))


_NOT_LATIN = re.compile(
    r"\b(?:Authori[sz]ed|Signator|Signature|Representative|Managing|Director|Team|Manager|Officer|Date|Title|Company|Limited|Service|Party|Client|Customer|Supplier|Vendor|Legal|Account|"
    r"Agreement|Fee|Monthly|Term|Seal|Stamp|Data|Name|The|This|Each|Any|All|In|If|No|Level|Chief|Head|KPI|QA|CSAT)",
    re.I,
)


def _known_shape(name: str) -> bool:
    """Starts with a surname, or is at least no common word."""
    return re.match(_SURNAME, name) is not None or "·" in name or re.match(r"[小阿老]", name) is not None or _rare(name)


def _in_sentences(text: str) -> Iterator[Found]:
    """A surname after a cue and before what may follow a name.

    A strong cue wants a name that is no common word, a weak one a common surname and the tagger's word. In a list (甲、乙和丙) one sure name
    makes the others sure.
    """
    doubtful: list[tuple[int, int]] = []
    sure: list[tuple[int, int]] = []
    at = 0
    while match := _IN_TEXT.search(text, at):
        start, end = match.span("v")
        at = start
        end = _longer(text, start, end)
        name = text[start:end]
        if not _may_be(name) or (name[-1] in _NOT_END and len(name) == 2):
            continue
        tagged, rare = _nr(text, start, end), _rare(name)
        compound = re.match(_COMPOUND, name) is not None
        common = name[0] in _COMMON or compound
        rare = rare and (compound or name[0] not in _AMBIGUOUS or name[0] in _COMMON)
        strong = _STRONG.search(match["cue"]) is not None
        if (strong and (tagged or rare)) or (tagged and common):
            sure.append((start, end))
        elif rare:
            doubtful.append((start, end))
    for start, end in doubtful:
        if any(_joined(text, end, s) or _joined(text, e, start) for s, e in sure):
            sure.append((start, end))
    for start, end in sure:
        yield Found(start=start, end=end, kind=EntityKind.PERSON)


def _longer(text: str, start: int, end: int) -> int:
    """A third sign that is no function word belongs to the name when a name may end after it."""
    longer = text[start : end + 1]
    if end - start == 2 and re.fullmatch(rf"{HAN}{{2}}[之书同]", longer) and not re.match(HAN, text[end + 1 : end + 2]):
        return end + 1
    if end - start == 2 and re.fullmatch(rf"{HAN}{{3}}", longer) and longer[2] not in _NOT_END:
        return end + 1 if re.match(_FOLLOWS, text[end + 1 :] or " ") else end
    return end


def _joined(text: str, end: int, start: int) -> bool:
    return 0 < start - end <= 2 and re.fullmatch(r"[、和与及/／]\s?", text[end:start]) is not None


def _rare(name: str) -> bool:
    """True when the dictionary has no common word that starts the name."""
    jieba.initialize()
    shortest = 3 if re.match(_COMPOUND, name) else 2
    return not any(jieba.dt.FREQ.get(name[:n], 0) > 60 for n in range(shortest, len(name) + 1))


@lru_cache(maxsize=256)
def _tags(text: str) -> tuple[tuple[int, int, str], ...]:
    tags: list[tuple[int, int, str]] = []
    at = 0
    for pair in jieba.posseg.cut(text):
        tags.append((at, at + len(pair.word), pair.flag))
        at += len(pair.word)
    return tuple(tags)


def _nr(text: str, start: int, end: int) -> bool:
    """True when the tagger reads a person's name there."""
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    tags = _tags(text[line : stop if stop >= 0 else len(text)])
    return any(s + line == start and f.startswith("nr") and e + line <= end + 1 for s, e, f in tags)


_TAG_BEFORE = re.compile(r"(?:^|[\s,，。;；、|:()\"]|由|与|和|及|给|向|经|是|中|方|归|让|找|叫|打|转)$")


def _tagged(text: str) -> Iterator[Found]:
    """What the tagger calls a name and is built like one: surname first, two or three signs, whole between boundaries."""
    start = 0
    for line in text.split("\n"):
        for s, e, flag in _tags(line):
            word = line[s:e]
            if not flag.startswith("nr") or not re.fullmatch(
                rf"(?:{_COMPOUND}){HAN}{{1,2}}|[{_SINGLE}]{HAN}{{1,2}}", word
            ):
                continue
            if (word[0] not in _COMMON and not re.match(_COMPOUND, word)) or not _may_be(word):
                continue
            if _TAG_BEFORE.search(line[:s]) and re.match(_FOLLOWS, line[e:] or " "):
                yield Found(start=start + s, end=start + e, kind=EntityKind.PERSON)
        start += len(line) + 1
