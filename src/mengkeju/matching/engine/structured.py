"""Structured signals: what the two profiles say beside the texts.

Each signal answers a value in [−1, 1] (0 = no statement), a reason in Chinese, and what would have
to be filled in for it to speak. Weights are expert settings from a dated data file, not fitted.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from math import log1p
from operator import attrgetter
from typing import Any, TypeVar

import yaml

from mengkeju.kernel.words import mark
from mengkeju.matching.engine import talent
from mengkeju.matching.engine.documents import Maturity, Profile
from mengkeju.matching.engine.sentences import Sentence
from mengkeju.matching.engine.signals import Facts, Signal

TECHNOLOGY = "technology"
WEIGHTS = "weights-2026-11.yaml"
DAYS_IN_MONTH = 30.44
T = TypeVar("T")
MATURITY_LABELS = {Maturity.EARLY: mark("初期"), Maturity.MIDDLE: mark("中期"), Maturity.MATURE: mark("成熟应用")}


@dataclass(frozen=True, slots=True)
class Kind:
    """A signal's key, weight in log-odds and labels."""

    key: str
    weight: float
    label: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The data file: signals in display order, the bound of their sum, and parameters.

    `kinds` and `limit` are those of technology; `markets` holds the same of every market. A key is of one market only.
    """

    version: str
    kinds: tuple[Kind, ...]
    limit: float
    parameters: Mapping[str, Any]
    markets: Mapping[str, "Weighed"]

    @property
    def every(self) -> tuple[Kind, ...]:
        """The signals of all markets."""
        return tuple(kind for weights in self.markets.values() for kind in weights.kinds)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal weighs, in log-odds, where it is not the expert's word: learned from outcomes."""

    version: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The signals of one market in display order, and the bound of their sum."""

    kinds: tuple[Kind, ...]
    limit: float


@cache
def settings() -> Settings:
    """The shipped weights."""
    data = yaml.safe_load(files(__package__).joinpath(WEIGHTS).read_text("utf-8"))
    known = ("schema", "version", "limit", "signals", "markets")
    markets = {TECHNOLOGY: _weighed(data), **{key: _weighed(part) for key, part in data["markets"].items()}}
    return Settings(
        str(data["version"]),
        markets[TECHNOLOGY].kinds,
        markets[TECHNOLOGY].limit,
        {key: value for key, value in data.items() if key not in known},
        markets,
    )


def _weighed(data: Mapping[str, Any]) -> Weighed:
    return Weighed(tuple(Kind(**entry) for entry in data["signals"]), float(data["limit"]))


@cache
def kind_of(key: str) -> Kind:
    """The signal of a key, of whatever market. A key is of one market only."""
    return next(kind for kind in settings().every if kind.key == key)


@cache
def _expert() -> Mapping[str, float]:
    """The expert's weight of every signal."""
    return {kind.key: kind.weight for kind in settings().every}


@cache
def _weighed_with(key: str) -> Weighed:
    """The signals a signal is weighed with."""
    return next(weights for weights in settings().markets.values() if kind_of(key) in weights.kinds)


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _body(facts: Facts) -> Signal:
    if facts.text_cosine is None:
        return Signal("body", 0.0, "", (mark("成果没有正文介绍"),))
    low, high = facts.parameters["text_floor"], facts.parameters["text_ceiling"]
    value = max(0.0, _clip((facts.text_cosine - low) / (high - low)))
    return Signal("body", value, mark("成果正文与需求主题相近") if value > 0 else mark("成果正文与需求主题不相近"))


# What is said when the need's, or the achievement's, fact is absent.
UNSAID = {
    "field": (mark("需求没写技术领域"), mark("成果没写技术领域")),
    "cluster": (mark("需求没写产业集群"), mark("成果没写产业集群")),
    "mode": (mark("需求没写合作方式"), mark("成果没写合作方式")),
    "area": (mark("需求没写地区"), mark("成果没写地区")),
}
# What is said when both state it and it is the same, or another.
COMPARED = {
    "field": (mark("技术领域一致"), mark("技术领域不同")),
    "cluster": (mark("产业集群一致"), mark("产业集群不同")),
    "mode": (mark("合作方式一致"), mark("合作方式不同")),
}


def _unsaid(key: str, need: Collection[str], offer: Collection[str]) -> tuple[str, ...]:
    return tuple(line for line, has in zip(UNSAID[key], (need, offer), strict=True) if not has)


def _overlap(key: str, need: frozenset[str], other: frozenset[str], clash: float) -> Signal:
    missing = _unsaid(key, need, other)
    if missing:
        return Signal(key, 0.0, "", missing)
    same, different = COMPARED[key]
    return Signal(key, 1.0, same) if need & other else Signal(key, clash, different)


def _field(facts: Facts) -> Signal:
    return _overlap("field", facts.need.fields, facts.achievement.fields, -0.5)


def _cluster(facts: Facts) -> Signal:
    return _overlap("cluster", facts.need.clusters, facts.achievement.clusters, 0.0)


def _mode(facts: Facts) -> Signal:
    return _overlap("mode", facts.need.modes, facts.achievement.modes, -0.5)


def _maturity(facts: Facts) -> Signal:
    stage, deadline = facts.achievement.maturity, facts.need.deadline
    if stage is None or deadline is None:
        missing = [] if stage else [mark("成果没写成熟度")]
        missing += [] if deadline else [mark("需求没写期望完成时间")]
        return Signal("maturity", 0.0, "", tuple(missing))
    wanted = facts.parameters["months_to_use"][stage.value]
    months = (deadline - facts.today).days / DAYS_IN_MONTH
    value = _clip((months - wanted) / wanted)
    word = mark("时间充裕") if value > 0 else mark("时间偏紧")
    pattern = mark("成果处于%(stage)s，距期望完成时间约%(months)s个月，%(time)s")
    said = Sentence(pattern, stage=MATURITY_LABELS[stage], months=max(0, round(months)), time=word)
    return Signal("maturity", value, said)


def _budget(facts: Facts) -> Signal:
    need, offer = facts.need, facts.achievement
    budget = need.money_high if need.money_high is not None else need.money_low
    asked = offer.money_low if offer.money_low is not None else offer.money_high
    missing = [] if budget is not None else [mark("需求没写投入预算")]
    missing += [] if asked is not None else [mark("成果没写报价")]
    if budget is None or asked is None:
        return Signal("budget", 0.0, "", tuple(missing))
    if asked <= budget:
        whole = offer.money_high is None or offer.money_high <= budget
        return Signal("budget", 1.0 if whole else 0.5, mark("报价在预算之内") if whole else mark("报价部分在预算之内"))
    over = (asked - budget) / max(budget, Decimal(1))
    return Signal("budget", _clip(-float(over)), mark("报价高于预算"))


def _area(facts: Facts) -> Signal:
    need, offer = facts.need.area_path, facts.achievement.area_path
    missing = _unsaid("area", need, offer)
    if missing:
        return Signal("area", 0.0, "", missing)
    if need[-1] == offer[-1] and len(need) > 1:
        return Signal("area", 1.0, mark("在同一旗县区或园区"))
    if need[0] == offer[0]:
        return Signal("area", 0.5, mark("在同一盟市"))
    return Signal("area", 0.0, mark("在不同盟市，不影响匹配"))


def _freshness(facts: Facts) -> Signal:
    stated = [p.checked_on for p in (facts.need, facts.achievement)]
    days = [(facts.today - day).days for day in stated if day is not None]
    if len(days) < len(stated):
        return Signal("freshness", 0.0, "", (mark("没有信息确认日期"),))
    young, stale = facts.parameters["fresh_days"], facts.parameters["stale_days"]
    oldest = max(days)
    value = _clip(1 - 2 * (oldest - young) / (stale - young))
    # Of what came from a source nobody has confirmed anything: it was published.
    fresh, old = mark("双方都在%(days)s天内发布或确认过"), mark("信息较旧，较早的一方在%(days)s天前发布或确认")
    said = Sentence(fresh if value > 0 else old, days=max(0, oldest))
    return Signal("freshness", value, said)


def _verification(facts: Facts) -> Signal:
    verified = facts.achievement.verified
    if verified is None:
        return Signal("verification", 0.0, "", (mark("成果持有方核验情况不详"),))
    return (
        Signal("verification", 1.0, mark("成果持有方已核验"))
        if verified
        else Signal("verification", -1.0, mark("成果持有方未核验"))
    )


def _track(facts: Facts) -> Signal:
    deals = facts.achievement.deals
    if deals is None:
        return Signal("track", 0.0, "", (mark("平台上没有成果持有方的签约记录"),))
    value = min(1.0, log1p(deals) / log1p(facts.parameters["many_deals"]))
    return Signal("track", value, Sentence(mark("成果持有方已签技术合同%(count)s份"), count=deals))


_RULES: dict[str, Callable[[Facts], Signal]] = {
    "body": _body, "field": _field, "cluster": _cluster, "maturity": _maturity,
    "budget": _budget, "mode": _mode, "area": _area, "freshness": _freshness,
    "verification": _verification, "track": _track,
    **talent.RULES,
}  # fmt: skip


def signals(need: Profile, achievement: Profile, today: date, *, text_cosine: float | None = None) -> list[Signal]:
    """All signals of a pair in display order. `text_cosine`: topic cosine with the full text.

    Pass None for `text_cosine` when the achievement has no body.
    """
    facts = Facts(need, achievement, today, text_cosine, settings().parameters)
    return [_RULES[kind.key](facts) for kind in settings().markets[need.market].kinds]


class Asking:
    """The signals of one profile with many others, as `signals` gives them, each counted once where facts repeat.

    A rule of `_READS` reads nothing of the other side but the facts named there; others are asked for every pair.
    """

    def __init__(self, own: Profile, today: date, *, is_need: bool) -> None:
        """`own` is the need's profile, or the achievement's."""
        self._own, self._today, self._is_need = own, today, is_need
        self._known: dict[tuple[str, Any], Signal] = {}
        self._kept: dict[tuple[str, Any], Any] = {}

    def signals(self, other: Profile, text_cosine: float | None) -> list[Signal]:
        """The signals of a pair in display order."""
        need, achievement = (self._own, other) if self._is_need else (other, self._own)
        facts = Facts(need, achievement, self._today, text_cosine, settings().parameters)
        found = []
        for kind in settings().markets[need.market].kinds:
            read = _READS.get(kind.key)
            if read is None:
                found.append(_RULES[kind.key](facts))
                continue
            key = (kind.key, read(other))
            signal = self._known.get(key)
            if signal is None:
                signal = self._known[key] = _RULES[kind.key](facts)
            found.append(signal)
        return found

    def once(self, key: str, facts: Facts, make: Callable[[], T]) -> T:
        """What `make` answers of a pair, made once for all others whose facts for the signal `key` are the same."""
        read = _READS.get(key)
        if read is None:
            return make()
        at = (key, read(facts.achievement if self._is_need else facts.need))
        if at not in self._kept:
            self._kept[at] = make()
        kept: T = self._kept[at]
        return kept


_READS: dict[str, Callable[[Profile], Any]] = {
    "field": attrgetter("fields"), "cluster": attrgetter("clusters"), "mode": attrgetter("modes"),
    "maturity": attrgetter("maturity", "deadline"), "area": attrgetter("area_path"),
    "freshness": attrgetter("checked_on"), "verification": attrgetter("verified"), "track": attrgetter("deals"),
}  # fmt: skip


def signal(key: str, facts: Facts) -> Signal:
    """One signal by itself, for facts as they are or as they might be."""
    return _RULES[key](facts)


def weighted(found: list[Signal], weights: Weights | None = None) -> list[float]:
    """What each signal adds to the score, in log-odds; their sum stays within ±`limit` of their market.

    `weights`: not the expert's. They are of technology; what they do not name weighs what the expert says.
    """
    weighs = {**_expert(), **weights.values} if weights else _expert()
    raw = [signal.value * weighs[signal.key] for signal in found]
    total, limit = abs(sum(raw)), (_weighed_with(found[0].key) if found else settings()).limit
    share = limit / total if total > limit else 1.0
    return [part * share for part in raw]
