"""What would raise a proposal, in words for one reader: his own side's facts as advice, the other's as theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mengkeju.kernel.words import gettext, mark, word
from mengkeju.listings.queries import Presented
from mengkeju.matching.engine import bands
from mengkeju.matching.engine.raising import BOTH, FACTS, NEED, OFFER
from mengkeju.matching.queries import reasons
from mengkeju.matching.queries.sums import chances, level, percent, signed, values

MOST = 3  # of each side
ACTS = {"freshness": mark("确认信息仍然有效"), "verification": mark("通过单位核验")}
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "field": {NEED: ("field",), OFFER: ("field",)},
    "cluster": {NEED: ("cluster",), OFFER: ("cluster",)},
    "mode": {NEED: ("modes",), OFFER: ("modes",)},
    "deadline": {NEED: ("deadline",)},
    "maturity": {OFFER: ("maturity",)},
    "timing": {NEED: ("deadline",), OFFER: ("maturity",)},
    "budget": {NEED: ("price_low", "price_high")},
    "price": {OFFER: ("price_low", "price_high")},
    "money": {NEED: ("price_low", "price_high"), OFFER: ("price_low", "price_high")},
    "area": {NEED: ("area",), OFFER: ("area",)},
    "body": {OFFER: ()},
}
"""Which fields of which side state a fact; none: those of the body."""


@dataclass(frozen=True)
class Way:
    """One thing that would raise the proposal: what to do, what it adds, what becomes of the band; `mine`: my side."""

    text: str
    gain: float
    shown: str
    effect: str
    mine: bool


def ways(why: dict[str, Any], seen: dict[str, Presented], reader: str) -> tuple[Way, ...]:
    """At most three of the reader's side, then three others. `reader`: the side that is his own, or empty."""
    if not why["cuts"]:
        return ()
    score = sum(values(why))
    found = []
    for _key, fact, side, gain, when in why["raises"]:
        sides = [NEED, OFFER] if side == BOTH else [side]
        standing = [_standing(fact, at, seen[at]) for at in sides]
        if "" in standing:
            continue
        text = _worded(fact, side, reader, set(standing))
        if when:
            text = _("%(act)s（%(when)s）") % {"act": text, "when": reasons.in_words(when)}
        effect = _effect(score, gain, why["cuts"])
        found.append(Way(text, gain, signed(gain, 2), effect, side == reader))
    mine, others = [w for w in found if w.mine], [w for w in found if not w.mine]
    return (*mine[:MOST], *others[:MOST])


def _standing(fact: str, side: str, seen: Presented) -> str:
    """“open”: can be supplied; “closed”: stated, not for everybody; empty: nobody can, or there is nothing to say."""
    if seen.owner_uid is None or seen.source_note:  # taken from a report: nobody speaks for it here
        return ""
    if fact in ACTS:
        return "open"
    wanted = set(FIELDS[fact][side] or seen.kind.body_fields)
    if not any(f.key in wanted for f in seen.kind.fields):
        return ""
    stated = [f for f in seen.fields if f.key in wanted and f.value]
    if stated:
        return "closed" if any(f.tier != "public" for f in stated) else ""
    readable = {f.key for f in seen.fields}
    hidden = any(f.key in wanted and f.key not in readable for section in seen.kind.sections for f in section.fields)
    return "" if hidden else "open"


def _worded(fact: str, side: str, reader: str, standing: set[str]) -> str:
    if fact in ACTS:
        act = gettext(ACTS[fact])
    elif standing == {"open"}:
        act = _("补上%(fact)s") % {"fact": gettext(FACTS[fact])}
    elif standing == {"closed"}:
        act = _("对所有人公开%(fact)s") % {"fact": gettext(FACTS[fact])}
    else:
        act = _("补上或对所有人公开%(fact)s") % {"fact": gettext(FACTS[fact])}
    if side == reader:
        return act
    if side == BOTH:
        return _("双方都%(act)s") % {"act": act}
    if reader:
        return _("对方%(act)s") % {"act": act}
    return (_("需求方%(act)s") if side == NEED else _("供方%(act)s")) % {"act": act}


def _effect(score: float, gain: float, cuts: Sequence[float]) -> str:
    now, then = chances(score, cuts), chances(score + gain, cuts)
    before, after = bands.band(now), bands.band(then)
    if after is not None and after != before:
        named = word(before) if before else _("未达推荐水平")
        return _("由“%(before)s”到“%(after)s”") % {"before": named, "after": word(after)}
    at = min(level(now) + 1, 4)
    said = {"level": at, "before": percent(now[at - 2]), "after": percent(then[at - 2])}
    return _("档位不变，达到 {level} 级的可能性由 {before} 到 {after}").format(**said)
