"""Find what may name a person in a text: phones, ids, plates, names; a person decides.

Patterns find what has a form. What has none (a nickname, a shop that everybody knows) they do not
find, and a harmless number may look like a phone: what they return is a suggestion.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BLACK = "■"


class Sort(StrEnum):
    """What a piece of text looks like."""

    PHONE = "phone"
    ID_NUMBER = "id_number"
    CARD = "card"
    PLATE = "plate"
    EMAIL = "email"
    ACCOUNT = "account"
    DWELLING = "dwelling"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of text that may be personal; ``start`` and ``end`` count characters."""

    start: int
    end: int
    sort: Sort
    text: str


_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭蔣葉蘇呂盧鍾譚陸賈韋鄒龍陶賀顧龔萬錢嚴湯滕迟臧鞠庄倪柳秘耿"
)
_TITLES = (
    "先生|女士|小姐|大爷|大妈|大娘|大叔|大姐|大哥|阿姨|叔叔|奶奶|爷爷|师傅|老师|医生|书记|主任|经理|老板|某某|某"
    "|大爺|大媽|師傅|老師|醫生|書記|經理|老闆"
)
#: Words before a name, and what may follow one.
_BEFORE = "我叫|我是|姓名|联系人|聯繫人|户主|戶主|业主|業主|名叫|本人"
_AFTER = r"(?=[，,。；;、\s（(：:]|$|的|住|家|在|来|说|反映|投诉|电话|手机)"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

#: In the order in which they count: of two that overlap the earlier one is kept.
_PATTERNS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    (Sort.EMAIL, re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)),
    (
        Sort.ID_NUMBER,
        re.compile(r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0\d|1[0-2])[0-3]\d\d{3}[\dXx](?!\d)"),
    ),
    (Sort.CARD, re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")),
    (Sort.PHONE, re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")),
    (Sort.PHONE, re.compile(r"(?<!\d)0\d{2,3}[ -]?[2-9]\d{6,7}(?!\d)")),
    (Sort.PHONE, re.compile(r"(?:电话|電話)[是为：: ]{0,2}(?P<it>[2-9]\d{6,7})(?!\d)")),
    (Sort.PLATE, re.compile(rf"[{_PROVINCES}][A-Z][·. ]?[A-Z\d]{{5,6}}(?![A-Z\d])")),
    (
        Sort.ACCOUNT,
        re.compile(r"(?:微信|QQ|qq)号?[是为：: ]{0,2}(?P<it>[A-Za-z\d][\w-]{4,19})", re.ASCII),
    ),
    (Sort.DWELLING, re.compile(r"\d{1,3}\s?单元\s?\d{1,4}\s?[室号户]?")),
    (Sort.DWELLING, re.compile(r"(?<=[楼幢栋])\s?\d{3,4}\s?[室号户]")),
    (Sort.NAME, re.compile(rf"[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?(?:{_TITLES})")),
    (
        Sort.NAME,
        re.compile(
            rf"(?:{_BEFORE})[是为：: ]{{0,2}}(?P<it>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?){_AFTER}"
        ),
    ),
)


def findings(text: str, names: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Return what looks personal, in the order of the text, without overlaps.

    Args:
        names: names that are known to belong to the case; found wherever they stand.
    """
    plain = _same_length(text)
    found: list[Finding] = []
    for sort, pattern in (*_known(names), *_PATTERNS):
        for match in pattern.finditer(plain):
            start, end = match.span("it" if "it" in pattern.groupindex else 0)
            if all(end <= one.start or start >= one.end for one in found):
                found.append(Finding(start, end, sort, text[start:end]))
    return tuple(sorted(found, key=lambda one: one.start))


def redacted(text: str, names: Iterable[str] = ()) -> str:
    """Return the text with every finding blacked out; two blocks, however long the piece was."""
    pieces, at = [], 0
    for one in findings(text, names):
        pieces += [text[at : one.start], BLACK * 2]
        at = one.end
    return "".join([*pieces, text[at:]])


def _known(names: Iterable[str]) -> list[tuple[Sort, re.Pattern[str]]]:
    wanted = {name.strip() for name in names if len(name.strip()) > 1}
    return [
        (Sort.NAME, re.compile(re.escape(_same_length(name)), re.IGNORECASE))
        for name in sorted(wanted, key=lambda name: (-len(name), name))
    ]


def _same_length(text: str) -> str:
    """Make full-width letters and digits plain, character by character, so that positions stay."""
    return "".join(
        plain if len(plain := unicodedata.normalize("NFKC", one)) == 1 else one for one in text
    )
