"""How complete a listing is stated, 0–100, and what to write next. Plain rules; weights and threshold are dated data.

`values` are the values of the form's fields by key, as they are stored or as the form cleaned them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import mark

WHOLE = 100
NUMBER = re.compile(r"\d")
# A figure with something that can be a unit behind it: “8%”, “60 元/吨”, “不低于 99.5 %”, “3 nm”.
FIGURE = re.compile(r"\d(?:[\d.,]*)\s*(?:[%‰℃°]|[A-Za-zμΩ]|[\u4e00-\u9fff])")
SHORT_TITLE, SHORT, TELLING = 4, 10, 20
BODY = ("summary", "present", "target", "constraints")
SHORT_STAYS = frozenset({mark("实习"), mark("假期实践"), mark("毕业设计（论文）")})
"""Types of a post, or of what students look for, that end on a day: without it nobody can tell whether times agree."""
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Rules:
    """The dated figures of one kind. `threshold` 0: advice only, nothing goes to a broker first."""

    threshold: int
    least: int
    weights: dict[str, int]


@dataclass(frozen=True)
class Part:
    """One thing asked for: what it earned of its weight, on which screen it stands, what to do about it."""

    key: str
    label: str
    topic: str
    weight: int
    earned: int
    advice: str

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to gain."""
        return self.earned >= self.weight


@dataclass(frozen=True)
class Completeness:
    """The sum, and its parts in the order of the form."""

    percent: int
    threshold: int
    parts: tuple[Part, ...]

    @property
    def is_enough(self) -> bool:
        """Whether it may go to the officer without a broker."""
        return self.percent >= self.threshold

    @property
    def advice(self) -> list[Part]:
        """What is open, the heaviest first."""
        return sorted((p for p in self.parts if not p.is_done), key=lambda p: p.earned - p.weight)


def load(path: Path = Path(__file__).parent / "completeness.yaml") -> dict[str, Rules]:
    """Rules by kind. ValueError unless dated, with a source, known parts, and weights that sum to 100."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data.get("checked_on"), date) or not data.get("source"):
        msg = f"{path.name}: checked_on must be a date and source be stated"
        raise ValueError(msg)
    made = {}
    for kind, row in data["kinds"].items():
        rules = Rules(int(row["threshold"]), int(row["least"]), {str(k): int(v) for k, v in row["weights"].items()})
        unknown = rules.weights.keys() - CHECKS.get(kind, {}).keys()
        if unknown or sum(rules.weights.values()) != WHOLE or not 0 <= rules.threshold <= WHOLE:
            msg = f"{path.name}: {kind}: weights must sum to {WHOLE}; unknown: {sorted(unknown)}"
            raise ValueError(msg)
        made[str(kind)] = rules
    return made


Finding = tuple[float, str]
"""Which share of the weight is earned, and the advice while something is missing."""
FULL: Finding = (1, "")


def _text(values: Values, *keys: str) -> str:
    return "\n".join(str(values.get(key) or "").strip() for key in keys).strip()


def _rows(values: Values) -> list[dict[str, str]]:
    return [row for row in values.get("measures") or [] if isinstance(row, dict)]


def _title(values: Values) -> Finding:
    said = mark("题目太短，别人在清单里看不出是什么难题")
    return FULL if len(_text(values, "title")) >= SHORT_TITLE else (0, said)


def _problem(values: Values) -> Finding:
    length = len(_text(values, "summary"))
    if length >= TELLING:
        return FULL
    if length >= SHORT:
        return 0.5, mark("要点说明太短：再写清楚在哪道工序、影响有多大")
    return 0, mark("没有说清难题：卡在哪道工序、出了什么事、影响多大")


def _field(values: Values) -> Finding:
    return FULL if values.get("field") else (0, mark("没选技术领域，对口的供方不会收到推荐"))


def _present(values: Values) -> Finding:
    if any(NUMBER.search(row.get("now", "")) for row in _rows(values)) or NUMBER.search(_text(values, "present")):
        return FULL
    if _text(values, "present"):
        return 0.5, mark("现状没有数值，供方看不出差多少")
    return 0, mark("没写现状，供方不知道从哪里起步")


def _target(values: Values) -> Finding:
    rows = _rows(values)
    if any(NUMBER.search(row.get("target", "")) and row.get("unit") for row in rows):
        return FULL
    text = _text(values, "target")
    if FIGURE.search(text):
        return FULL
    if NUMBER.search(text):
        return 0.6, mark("目标有数没单位，供方无法判断能否做到")
    if text or rows:
        return 0.4, mark("目标没有数值，供方无法判断能否做到")
    return 0, mark("没写要达到什么，供方无法判断能否做到")


def _budget(values: Values) -> Finding:
    stated = any(values.get(key) not in (None, "") for key in ("price_low", "price_high"))
    if stated or values.get("negotiable") == "yes":
        return FULL
    return 0, mark("没写投入范围，也没选面议，供方不知道值不值得来谈")


def _stated(key: str, advice: str, least: int = 1) -> Callable[[Values], Finding]:
    def check(values: Values) -> Finding:
        value = values.get(key)
        given = bool(value) if isinstance(value, list) else len(str(value or "").strip()) >= least
        return FULL if given else (0, advice)

    return check


def _told(short: str, absent: str) -> Callable[[Values], Finding]:
    """The text that everybody reads: what it says while it is short, and while there is none."""

    def check(values: Values) -> Finding:
        length = len(_text(values, "summary"))
        return FULL if length >= TELLING else (0.5, short) if length >= SHORT else (0, absent)

    return check


def _post_title(values: Values) -> Finding:
    said = mark("题目太短，别人在清单里看不出要做什么")
    return FULL if len(_text(values, "title")) >= SHORT_TITLE else (0, said)


def _period(values: Values) -> Finding:
    begins, ends = (bool(values.get(key)) for key in ("begins", "ends"))
    work = values.get("work") or []
    for_long = bool(work) and not SHORT_STAYS & set(work)
    if begins and (ends or for_long):
        return FULL
    if begins:
        return 0.5, mark("没写到哪天止，时间对不对得上看不出来")
    return 0, mark("没写从哪天起，时间对不对得上看不出来")


def _pay(values: Values) -> Finding:
    stated = any(values.get(key) not in (None, "") for key in ("pay_low", "pay_high"))
    return FULL if stated else (0, mark("没写待遇；说不准就写一个范围"))


Check = tuple[str, str, Callable[[Values], Finding]]
# Key of a weight → its word, the screen it stands on, the rule.
_OF_NEED: dict[str, Check] = {
    "title": (mark("题目"), "problem", _title),
    "problem": (mark("难题说清楚"), "problem", _problem),
    "field": (mark("技术领域"), "problem", _field),
    "present": (mark("现状与数据"), "targets", _present),
    "target": (mark("能测的目标"), "targets", _target),
    "constraints": (
        mark("限制条件"),
        "constraints",
        _stated("constraints", mark("没写限制条件，供方的办法可能用不上")),
    ),
    "tried": (mark("试过什么"), "tried", _stated("tried", mark("没写试过什么，供方可能把走不通的路再推荐一遍"))),
    "budget": (mark("投入范围或面议"), "budget", _budget),
    "deadline": (mark("什么时候要"), "deadline", _stated("deadline", mark("没写什么时候要，供方排不了期"))),
    "modes": (mark("合作方式"), "modes", _stated("modes", mark("没选合作方式，不知道找团队还是找现成的成果"))),
    "ip": (mark("知识产权意愿"), "ip", _stated("ip_wish", mark("没写知识产权意愿，高校往往先问这一条"))),
}
_NUMBER = mark("没写人数，对方排不了名额")
_OF_TALENT: dict[str, Check] = {
    "title": (mark("题目"), "what", _post_title),
    "period": (mark("起止时间"), "when", _period),
}
_OF_POST: dict[str, Check] = {
    **_OF_TALENT,
    "duties": (
        mark("来了做什么"),
        "what",
        _told(mark("说明太短：再写清楚做什么、跟谁做"), mark("没写来了做什么，学校不知道该让谁来")),
    ),
    "majors": (mark("专业类"), "whom", _stated("majors", mark("没选专业类，对口的学校不会收到推荐"))),
    "degree": (mark("最低学历"), "whom", _stated("degree", mark("没写最低学历；不限就选“不限”"))),
    "number": (mark("人数"), "whom", _stated("number", _NUMBER)),
    "skills": (mark("会做什么"), "whom", _stated("skills", mark("没写要会做什么，只能按专业推荐"))),
    "pay": (mark("待遇"), "when", _pay),
    "requirements": (
        mark("具体要求"),
        "asked",
        _stated("requirements", mark("没写具体要求，来的人可能不合适")),
    ),
    "tutor": (mark("谁来带"), "asked", _stated("tutor", mark("没写谁来带，学校不放心让学生来"))),
}
_OF_COHORT: dict[str, Check] = {
    **_OF_TALENT,
    "students": (
        mark("一段话说明"),
        "what",
        _told(mark("说明太短：再写学什么、做过什么、想去做什么"), mark("没写是怎样一批学生，企业不知道能做什么")),
    ),
    "majors": (mark("专业类"), "whom", _stated("majors", mark("没选专业类，对口的岗位不会推荐过来"))),
    "degree": (mark("学历"), "whom", _stated("degree", mark("没选学历，岗位有没有学历要求对不上"))),
    "number": (mark("人数"), "whom", _stated("number", _NUMBER)),
    "skills": (mark("会做什么"), "whom", _stated("skills", mark("没写会做什么，只能按专业推荐"))),
    "directions": (mark("想去做什么"), "asked", _stated("directions", mark("没写想去做什么，推荐的岗位可能没人去"))),
    "arrangement": (
        mark("学校的安排"),
        "asked",
        _stated("arrangement", mark("没写学分、带队老师和保险由谁管，企业不好准备")),
    ),
}
CHECKS: dict[str, dict[str, Check]] = {"need": _OF_NEED, "post": _OF_POST, "cohort": _OF_COHORT}
RULES = load()


def measure(kind: str, values: Values) -> Completeness | None:
    """How complete it is; None for a kind without rules. Words and advice come in the reader's language."""
    rules = RULES.get(kind)
    if rules is None:
        return None
    parts = []
    for key, weight in rules.weights.items():
        label, topic, check = CHECKS[kind][key]
        share, advice = check(values)
        parts.append(Part(key, _(label), topic, weight, int(weight * share), _(advice) if advice else ""))
    return Completeness(sum(part.earned for part in parts), rules.threshold, tuple(parts))


def too_little(kind: str, values: Values) -> str:
    """Why not even a broker could begin with it; empty when he can."""
    rules = RULES.get(kind)
    length = sum(len(_text(values, key)) for key in BODY)
    if rules is None or length >= rules.least:
        return ""
    said = _("难题、现状、目标和限制条件加起来只有 %(length)s 个字，别人无从下手；至少写 %(least)s 个字")
    return said % {"length": length, "least": rules.least}
