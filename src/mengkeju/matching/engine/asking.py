"""Which sentence of a long need asks for what: asking weighs more than background, an introduction of the firm less.

The heading of an introduction, how far a report says a matter has come, and a telephone number are never quoted.
The weights multiply a sentence's likeness to an offer when the one to quote is chosen. They are settings of this
project (2026-11), not fitted. A heading (“二、技术难点”, “企业简介：”) speaks for the sentences below it.
"""

import re
from collections.abc import Sequence
from enum import Enum

from mengkeju.search.engine.text import sentences as spans


class Use(Enum):
    """What a sentence of a need is there for, and how much its likeness counts."""

    ASKS = 1.5
    TELLS = 1.0
    INTRODUCES = 0.6
    ASIDE = 0.0


_ASKS = re.compile(
    "需要|需求|需解决|亟需|急需|亟待|有待|希望|期望|盼望|寻求|寻找|征集|诚征|求购|求解|欲寻|拟解决|要解决|解决|攻克|突破"
    "|要求|目标|指标|达到|不低于|不高于|不超过|不大于|不小于|难点|难题|瓶颈|痛点|卡脖子|短板"
    "|存在[^，。]{0,12}(?:问题|不足|缺陷)|缺乏|缺少|尚无|尚未|无法|不能满足"
    r"|\b(?:needs?|needed|require[sd]?|requirements?|seek(?:s|ing)?|looking for|wants?|wanted|must|goals?|targets?"
    r"|problems?|challenges?|bottlenecks?)\b",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    "成立于|创建于|创办于|始建于|坐落|位于|注册资[本金]|占地|建筑面积|现有(?:员工|职工|职员|资产)|员工[^，。]{0,6}[0-9]+"
    "|年(?:产值|销售额?|营业额|营收)|销售(?:收入|额)|总资产|固定资产|经营范围|主营|主要从事|主要产品|股份有限公司是"
    "|有限(?:责任)?公司(?:，|是|为|系)|是一家|是国内|龙头企业|高新技术企业|小巨人|专精特新|上市公司|子公司|集团"
    "|荣获|获评|被评为|被认定|授予|称号|认证|专利[0-9]+|[0-9]+[项件]专利|研发(?:团队|中心|人员)|技术中心|工程中心|工作站"
    r"|\b(?:founded|established in|located in|headquartered|employees|registered capital|annual (?:sales|revenue))\b",
    re.IGNORECASE,
)
_STRONG = re.compile(
    "需要|需求|亟需|急需|亟待|希望|期望|寻求|寻找|征集|拟解决|求购|难题|难点|瓶颈|looking for|seeking|\\bneeds?\\b",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"^\s*(?:[(（【\[]?[一二三四五六七八九十]{1,3}[)）】\]、.．]|[【\[]|[(（]?\d{1,2}[)）.．、](?!\d)|#+\s)"
)
_HEAD_ASKS = re.compile(
    "需求|难题|难点|瓶颈|问题|目标|指标|要求|拟解决|攻关|征集|requirement|need|problem|goal", re.IGNORECASE
)
_HEAD_INTRODUCES = re.compile(
    "(?:企业|公司|单位|集团|本院|本所)(?:的)?(?:简介|概况|介绍|基本情况|情况|背景)|研发基础|工作基础|现有(?:基础|条件)"
    "|已有基础|about (?:us|the company)|company profile",
    re.IGNORECASE,
)
_HEAD_TELLS = re.compile("背景|现状|意义|概述|联系|方式|预算|期限|background", re.IGNORECASE)
_ASIDE = re.compile(
    r"^(?:报道时的)?(?:进展|状态)[：:]|^联系(?:人|方式|电话|地址)[：:]?|^(?:电话|手机|邮箱|传真)[：:]|^(?:contact|phone|tel|e-?mail)\b",
    re.IGNORECASE,
)
_MAYBE_ASIDE = re.compile("进展|状态|联系|电话|手机|邮箱|传真|contact|phone|tel|mail", re.IGNORECASE)
_EDGES = re.compile(r"^[\s。；;]+|[\s。；;]+$")
_DOES = re.compile("解决|需要|希望|寻求|寻找|实现|提高|提升|降低|减少|开发|攻克|突破|替代")
_COLON = re.compile("[：:]")
LONGEST_HEADING = 16


def _heading(sentence: str) -> tuple[Use | None, bool]:
    """(the use a sentence gives those below it, whether it is nothing but a heading)."""
    colon = _COLON.search(sentence)
    head, rest = (sentence[: colon.start()], sentence[colon.end() :]) if colon else (sentence, "")
    head = head.strip()
    alone = not rest.strip()
    if len(head) > LONGEST_HEADING or not (colon or _MARKED.match(head) or alone):
        return None, False
    marked = bool(colon or _MARKED.match(head))
    for use, pattern in (
        (Use.INTRODUCES, _HEAD_INTRODUCES), (Use.ASKS, _HEAD_ASKS), (Use.TELLS, _HEAD_TELLS),
    ):  # fmt: skip
        if pattern.search(head) and (marked or pattern.fullmatch(head) is not None or use is Use.INTRODUCES):
            return use, alone
    return None, False


def uses(sentences: Sequence[str]) -> list[Use]:
    """What each sentence of one text is there for, in order.

    A sentence that both asks and introduces (“公司成立于2003年，现需要…”) asks. Below a heading of the firm's
    introduction only plain words of asking count as asking.
    """
    found: list[Use] = []
    below: Use | None = None
    for sentence in sentences:
        said, alone = _heading(sentence)
        if said is not None:
            below = said
        if _ASIDE.search(sentence.strip()):
            found.append(Use.ASIDE)
        elif alone and said is not None:
            # “1、降低能耗问题” is short and numbered as a heading is, and asks all the same.
            asks = Use.ASKS if _DOES.search(sentence) else Use.TELLS
            found.append(asks if said is Use.ASKS else Use.ASIDE)
        elif below is Use.INTRODUCES and said is Use.INTRODUCES:
            found.append(Use.INTRODUCES)
        else:
            found.append(_use(sentence, below))
    return found


def _use(sentence: str, below: Use | None) -> Use:
    asks, introduces = bool(_ASKS.search(sentence)), bool(_INTRODUCES.search(sentence))
    if below is Use.INTRODUCES:
        return Use.ASKS if _STRONG.search(sentence) else Use.INTRODUCES
    if introduces:
        return Use.ASKS if _STRONG.search(sentence) else Use.INTRODUCES
    return Use.ASKS if asks or below is Use.ASKS else Use.TELLS


def spoken(body: str) -> str:
    """A text without what is said beside the matter: how far a report says it has come, whom to call.

    Of a need told in one line “报道时的进展：续攻关” would else be what it has in common with others.
    """
    if not _MAYBE_ASIDE.search(body):
        return body
    kept, last = [], 0
    for start, end in spans(body):
        if _ASIDE.search(body[start:end]):
            kept.append(body[last:start])
            last = end
    return _EDGES.sub("", "".join([*kept, body[last:]])) if last else body


def weights(sentences: Sequence[str]) -> list[float]:
    """What the likeness of each sentence is multiplied by."""
    return [use.value for use in uses(sentences)]
