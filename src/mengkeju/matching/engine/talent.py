"""Signals of the market of talent: what a post asks for against what a group of students can do and when.

The facts stand in `Profile.more`: `majors` (codes of the catalogue: m08 a field, m0815 a class within it), `work`,
`degree` (a post: the least; a group: all it has), `number`, `begins`, `ends`, `pay_low`, `pay_high`, `away`. The side
“need” is the post, “achievement” the group. Every rule answers as those in `structured` do.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from mengkeju.kernel.words import mark
from mengkeju.matching.engine.documents import Profile
from mengkeju.matching.engine.sentences import Sentence
from mengkeju.matching.engine.signals import Facts, Signal

DEGREES = ("college", "bachelor", "master", "doctor")
AREA_OF_STUDY = 3  # characters of the code of a field of study: m08
NEAR = -0.5  # of another class in the same field of study
LONG_STAY = 180  # days after which a stay without end counts as long enough


def _words(profile: Profile, key: str) -> frozenset[str]:
    return frozenset(profile.more.get(key, ()))


def _day(profile: Profile, key: str) -> date | None:
    for text in profile.more.get(key, ()):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return None


def _amount(profile: Profile, key: str) -> Decimal | None:
    for text in profile.more.get(key, ()):
        try:
            return Decimal(text)
        except InvalidOperation:
            return None
    return None


def _count(profile: Profile) -> int | None:
    found = next((re.search(r"\d+", text) for text in profile.more.get("number", ())), None)
    return int(found.group()) if found else None


def _absent(key: str, post: object, group: object, lines: tuple[str, str]) -> Signal | None:
    missing = tuple(line for line, has in zip(lines, (post, group), strict=True) if not has)
    return Signal(key, 0.0, "", missing) if missing else None


def _wording(facts: Facts) -> Signal:
    low, high = facts.parameters["text_floor"], facts.parameters["text_ceiling"]
    value = 0.0 if facts.text_cosine is None else min(1.0, max(0.0, (facts.text_cosine - low) / (high - low)))
    return Signal(
        "wording", value, mark("岗位的说明与学生的情况相近") if value else mark("岗位的说明与学生的情况不相近")
    )


def _major(facts: Facts) -> Signal:
    post, group = _words(facts.need, "majors"), _words(facts.achievement, "majors")
    absent = _absent("major", post, group, (mark("岗位没写专业类"), mark("毕业生与实习生没写专业类")))
    if absent:
        return absent
    whole = {code for code in group if code[:AREA_OF_STUDY] in post} | {c for c in post if c[:AREA_OF_STUDY] in group}
    if post & group or whole:
        return Signal("major", 1.0, mark("专业对口"))
    if {code[:AREA_OF_STUDY] for code in post} & {code[:AREA_OF_STUDY] for code in group}:
        return Signal("major", NEAR, mark("专业不同，学科门类相同"))
    return Signal("major", -1.0, mark("专业不对口"))


def _work(facts: Facts) -> Signal:
    post, group = _words(facts.need, "work"), _words(facts.achievement, "work")
    absent = _absent("work", post, group, (mark("岗位没写类型"), mark("毕业生与实习生没写类型")))
    if absent:
        return absent
    return Signal("work", 1.0, mark("岗位类型合适")) if post & group else Signal("work", -1.0, mark("岗位类型不合适"))


def _degree(facts: Facts) -> Signal:
    wanted, has = _words(facts.need, "degree"), _words(facts.achievement, "degree")
    absent = _absent("degree", wanted, has, (mark("岗位没写学历要求"), mark("毕业生与实习生没写学历")))
    if absent:
        return absent
    least = min((DEGREES.index(key) for key in wanted if key in DEGREES), default=0)
    highest = max((DEGREES.index(key) for key in has if key in DEGREES), default=-1)
    if highest >= least:
        return Signal("degree", 1.0, mark("学历符合要求"))
    return Signal("degree", -1.0, mark("学历达不到要求"))


def _period(facts: Facts) -> Signal:
    begins, free = _day(facts.need, "begins"), _day(facts.achievement, "begins")
    absent = _absent("period", begins, free, (mark("岗位没写从哪天起"), mark("毕业生与实习生没写从哪天起")))
    if absent or begins is None or free is None:
        return absent or Signal("period", 0.0, "")
    until, last = _day(facts.need, "ends"), _day(facts.achievement, "ends")
    start = max(begins, free)
    wanted = (until - begins).days + 1 if until else LONG_STAY
    here = LONG_STAY if until is None and last is None else (min(d for d in (until, last) if d) - start).days + 1
    share = max(0.0, min(1.0, here / max(1, wanted)))
    if share <= 0 or any(end is not None and end < facts.today for end in (until, last)):
        return Signal("period", -1.0, mark("时间对不上"))
    if share >= 1:
        return Signal("period", 1.0, mark("时间对得上"))
    return Signal("period", 2 * share - 1, Sentence(mark("时间对得上%(percent)s%%"), percent=round(100 * share)))


def _headcount(facts: Facts) -> Signal:
    wanted, here = _count(facts.need), _count(facts.achievement)
    absent = _absent("headcount", wanted, here, (mark("岗位没写人数"), mark("毕业生与实习生没写人数")))
    if absent or not wanted or not here:
        return absent or Signal("headcount", 0.0, "")
    said = mark("要%(wanted)s人，有%(here)s人")
    value = 1.0 if here >= wanted else here / wanted - 0.5
    return Signal("headcount", value, Sentence(said, wanted=wanted, here=here))


def _pay(facts: Facts) -> Signal:
    offered = _amount(facts.need, "pay_high") or _amount(facts.need, "pay_low")
    hoped = _amount(facts.achievement, "pay_low")
    absent = _absent("pay", offered, hoped, (mark("岗位没写待遇"), mark("毕业生与实习生没写希望的待遇")))
    if absent or not offered or not hoped:
        return absent or Signal("pay", 0.0, "")
    if offered >= hoped:
        return Signal("pay", 1.0, mark("待遇达到希望的数"))
    return Signal("pay", max(-1.0, -float((hoped - offered) / hoped) * 2), mark("待遇低于希望的数"))


def _place(facts: Facts) -> Signal:
    post, group = facts.need.area_path, facts.achievement.area_path
    absent = _absent("place", post, group, (mark("岗位没写地区"), mark("毕业生与实习生没写地区")))
    if absent:
        return absent
    if post[0] == group[0]:
        return Signal("place", 1.0, mark("岗位与学校在同一盟市"))
    away = next(iter(facts.achievement.more.get("away", ())), "")
    if away == "no":
        return Signal("place", -1.0, mark("岗位在外地，学生不去外地"))
    if away == "yes":
        return Signal("place", 0.5, mark("岗位在外地，学生可以去外地"))
    return Signal("place", 0.0, mark("岗位在外地，没写能不能去外地"))


def _direction(facts: Facts) -> Signal:
    post, group = facts.need.fields, facts.achievement.fields
    absent = _absent("direction", post, group, (mark("岗位没写技术领域"), mark("毕业生与实习生没写技术领域")))
    if absent:
        return absent
    same = bool(post & group)
    return Signal("direction", 1.0 if same else 0.0, mark("技术领域相同") if same else mark("技术领域不同，不影响匹配"))


RULES: dict[str, Callable[[Facts], Signal]] = {
    "wording": _wording, "major": _major, "work": _work, "degree": _degree, "period": _period,
    "headcount": _headcount, "pay": _pay, "place": _place, "direction": _direction,
}  # fmt: skip
