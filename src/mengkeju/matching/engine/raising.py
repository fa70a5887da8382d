"""What would raise a proposal: a fact is supposed that neither text nor profile states, and the same rule asked again.

Only what is not stated yet, out of date or not verified is supposed; nothing stated is ever turned into something
else. A gain is in log-odds like every part of the score, and holds if the fact is as supposed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from math import ceil
from typing import Any

from mengkeju.kernel.words import mark
from mengkeju.matching.engine import structured
from mengkeju.matching.engine.documents import Document, Maturity, Profile
from mengkeju.matching.engine.sentences import Sentence
from mengkeju.matching.engine.signals import Facts, Signal
from mengkeju.matching.engine.structured import MATURITY_LABELS, Asking, Weights

NEED, OFFER, BOTH = "need", "achievement", "both"
LEAST = 0.01  # log-odds below which a gain is not worth a line
ANYTHING = frozenset({"?"})

# The fact a side would supply (confirming and verification are acts); worded for the reader by `queries.raising`.
FACTS = {
    "body": mark("正文介绍"),
    "field": mark("技术领域"),
    "cluster": mark("产业集群"),
    "mode": mark("合作方式"),
    "deadline": mark("期望完成时间"),
    "maturity": mark("成熟度"),
    "timing": mark("成熟度和期望完成时间"),
    "budget": mark("投入预算"),
    "price": mark("报价"),
    "money": mark("投入预算和报价"),
    "area": mark("地区"),
}
SAME, NEAR = mark("与另一方一致时"), mark("在同一旗县区或园区时")
ENOUGH, WITHIN = mark("预算不低于报价时"), mark("报价在预算之内时")
TOPIC = mark("主题与需求相近时，最多加这么多")


@dataclass(frozen=True, slots=True)
class Raise:
    """One supposed fact of `FACTS`, or act: `side` can supply it; `gain` holds `when` (empty: always)."""

    key: str
    fact: str
    side: str
    gain: float
    when: str


Supposed = tuple[str, str, str, Facts]  # side, fact, when, the facts as supposed


def could_raise(
    need: Document, achievement: Document, today: date, found: Sequence[Signal], weights: Weights | None = None,
    *, asking: Asking | None = None,
) -> tuple[Raise, ...]:  # fmt: skip
    """What would raise the pair, the greatest gain first; `found` are its signals as they are.

    `weights` of signals: None = the expert's. `asking` keeps what is supposed for many pairs of one of the two.
    """
    facts = Facts(need.profile, achievement.profile, today, None, structured.settings().parameters)
    said = list(found)
    before = sum(structured.weighted(said, weights))
    raises: list[Raise] = []
    for at, signal in enumerate(said):
        if signal.key not in _SUPPOSED or signal.value >= 1.0:
            continue
        if signal.key == "body" and achievement.body.strip():
            continue
        suppose = partial(_again, signal.key, facts)
        for side, fact, when, again in asking.once(signal.key, facts, suppose) if asking else suppose():
            gain = sum(structured.weighted([*said[:at], again, *said[at + 1 :]], weights)) - before
            if gain >= LEAST:
                raises.append(Raise(signal.key, fact, side, gain, when))
    return tuple(sorted(raises, key=lambda one: -one.gain))


def _again(key: str, facts: Facts) -> list[tuple[str, str, str, Signal]]:
    """The signal as it would be for each fact supposed: side, fact, when, the signal."""
    return [(side, fact, when, structured.signal(key, that)) for side, fact, when, that in _SUPPOSED[key](facts)]


def _lacking(need: object, offer: object) -> str:
    """Which side states nothing (None or empty); empty when both do."""
    lacks = {NEED: _unsaid(need), OFFER: _unsaid(offer)}
    return BOTH if all(lacks.values()) else next((side for side, lacking in lacks.items() if lacking), "")


def _unsaid(fact: object) -> bool:
    return fact is None or (isinstance(fact, frozenset | tuple) and not fact)


def _with(facts: Facts, *, need: Profile | None = None, offer: Profile | None = None) -> Facts:
    return replace(facts, need=need or facts.need, achievement=offer or facts.achievement)


def _body(facts: Facts) -> Iterator[Supposed]:
    yield OFFER, "body", TOPIC, replace(facts, text_cosine=facts.parameters["text_ceiling"])


def _same(name: str, fact: str) -> Callable[[Facts], Iterator[Supposed]]:
    def suppose(facts: Facts) -> Iterator[Supposed]:
        ours, theirs = getattr(facts.need, name), getattr(facts.achievement, name)
        side = _lacking(ours, theirs)
        if side:
            said: dict[str, Any] = {name: ours or theirs or ANYTHING}
            need, offer = replace(facts.need, **said), replace(facts.achievement, **said)
            yield side, fact, SAME, _with(facts, need=need, offer=offer)

    return suppose


def _maturity(facts: Facts) -> Iterator[Supposed]:
    stage, deadline = facts.achievement.maturity, facts.need.deadline
    wanted = facts.parameters["months_to_use"]
    side = _lacking(deadline, stage)
    if not side:
        return
    ready = stage or Maturity.MATURE
    ample = facts.today + timedelta(days=ceil(2 * wanted[ready.value] * structured.DAYS_IN_MONTH))
    supposed = _with(
        facts, need=replace(facts.need, deadline=deadline or ample), offer=replace(facts.achievement, maturity=ready)
    )
    if side == NEED:
        when: str = Sentence(mark("留出%(months)s个月以上时"), months=2 * wanted[ready.value])
        yield side, "deadline", when, supposed
    else:
        when = Sentence(mark("已到%(stage)s时"), stage=MATURITY_LABELS[ready])
        yield side, "maturity" if side == OFFER else "timing", when, supposed


def _budget(facts: Facts) -> Iterator[Supposed]:
    need, offer = facts.need, facts.achievement
    budget = need.money_high if need.money_high is not None else need.money_low
    asked = offer.money_high if offer.money_high is not None else offer.money_low
    side = _lacking(budget, asked)
    if side:
        amount = next(value for value in (budget, asked, Decimal(1)) if value is not None)
        supposed = _with(
            facts,
            need=replace(need, money_high=amount),
            offer=replace(offer, money_low=offer.money_low or amount, money_high=amount),
        )
        fact = {NEED: "budget", OFFER: "price", BOTH: "money"}[side]
        yield side, fact, ENOUGH if side == NEED else WITHIN, supposed


def _area(facts: Facts) -> Iterator[Supposed]:
    ours, theirs = facts.need.area_path, facts.achievement.area_path
    side = _lacking(ours, theirs)
    if side:
        path = ours or theirs or ("?", "?")
        need, offer = replace(facts.need, area_path=path), replace(facts.achievement, area_path=path)
        yield side, "area", NEAR, _with(facts, need=need, offer=offer)


def _freshness(facts: Facts) -> Iterator[Supposed]:
    need, offer = (replace(one, checked_on=facts.today) for one in (facts.need, facts.achievement))
    side = _lacking(facts.need.checked_on, facts.achievement.checked_on)
    if not side:  # confirming the older one is what counts; the younger one alone changes nothing
        yield NEED, "freshness", "", _with(facts, need=need)
        yield OFFER, "freshness", "", _with(facts, offer=offer)
    else:
        supposed = _with(facts, need=need if side != OFFER else None, offer=offer if side != NEED else None)
        yield side, "freshness", "", supposed


def _verification(facts: Facts) -> Iterator[Supposed]:
    if facts.achievement.verified is False:  # unknown: there is no holder on the platform who could be verified
        yield OFFER, "verification", "", _with(facts, offer=replace(facts.achievement, verified=True))


_SUPPOSED: dict[str, Callable[[Facts], Iterator[Supposed]]] = {
    "body": _body, "field": _same("fields", "field"), "cluster": _same("clusters", "cluster"),
    "maturity": _maturity, "budget": _budget, "mode": _same("modes", "mode"), "area": _area,
    "freshness": _freshness, "verification": _verification,
}  # fmt: skip
