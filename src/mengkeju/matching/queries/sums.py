"""How the parts of a stored proposal add up to its level, in figures a reader can add up himself."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from django.utils.translation import gettext as _

from mengkeju.kernel.words import mark, word
from mengkeju.matching.engine import bands, full_words, structured
from mengkeju.matching.engine.bands import Band
from mengkeju.matching.engine.levels import EVEN
from mengkeju.matching.queries import learned, reasons

DIGITS = 9  # as stored
NO_TEXT = mark("需求没有正文")
OF_TEXT = frozenset({"body_chars", "body_latent", "body_words", "best_sentence"})
"""The likenesses of a need's text: of a need without one they say nothing about the pair."""
SHOWN = 6  # decimals on the page; what rounding leaves is carried on, so that the shown parts add up to the shown sum


@dataclass(frozen=True)
class Part:
    """One contribution in log-odds: as stored, and as shown."""

    key: str
    group: str
    label: str
    value: float
    shown: str


@dataclass(frozen=True)
class Reach:
    """What the sum means for one level: its cut, how far the sum lies above it, and the probability to reach it."""

    level: int
    cut: str
    margin: str
    chance: str


@dataclass(frozen=True)
class OfLevel:
    """The parts of one level with their sum, where each level has parts of its own."""

    level: int
    parts: tuple[Part, ...]
    score: float
    total: str
    chance: str

    @property
    def groups(self) -> list[tuple[str, list[Part]]]:
        """The parts under the word of their group, in order."""
        return _grouped(self.parts)


@dataclass(frozen=True)
class Sums:
    """All parts with their sum; three levels with their cuts; the level reached, and why the band is what it is.

    `decides`: the level whose parts and sum these are, where each level has parts of its own; `others`: the other two.
    `over_all`: the chance of level 3 over a whole catalogue, as it is shown; empty where it is not known. `limit`: what
    the registered facts together may add or take, as it is shown; empty where none counts.
    """

    parts: tuple[Part, ...]
    score: float
    cuts: tuple[float, ...]
    chances: tuple[float, ...]
    total: str
    reaches: tuple[Reach, ...]
    level: int
    because: str
    over_all: str = ""
    limit: str = ""
    decides: int | None = None
    others: tuple[OfLevel, ...] = ()

    @property
    def groups(self) -> list[tuple[str, list[Part]]]:
        """The parts under the word of their group, in order."""
        return _grouped(self.parts)


def _grouped(parts: Sequence[Part]) -> list[tuple[str, list[Part]]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.group, []).append(part)
    return list(found.items())


def chances(score: float, cuts: Sequence[float]) -> tuple[float, ...]:
    """P(level ≥ 2), P(≥ 3), P(≥ 4) of a sum."""
    return tuple(1 / (1 + exp(cut - score)) for cut in cuts)


def level(probabilities: Sequence[float]) -> int:
    """The median: the highest level reached with probability at least one half."""
    return 1 + sum(1 for p in probabilities if p >= EVEN)


def percent(chance: float) -> str:
    """“61.73%”."""
    return f"{100 * chance:.2f}%"


def signed(value: float, digits: int = SHOWN) -> str:
    """“+0.250000”, “−1.300000”; never “−0.0”."""
    text = f"{abs(value):.{digits}f}"
    return f"−{text}" if value < 0 and float(text) else f"+{text}"


def values(why: dict[str, Any]) -> list[float]:
    """Every stored part, in the order they are shown."""
    return [
        *why["text"].values(),
        *(value for _key, value, _reason in why["signals"]),
        *(line[3] for line in why["extra"]),
    ]


def parts(why: dict[str, Any], offer: str = "") -> tuple[Part, ...]:
    """Every part with its words; parts that are exactly 0 are left out. `offer`: see `reasons.offer_word`."""
    text = reasons.text_labels()
    facts = {kind.key for kind in structured.settings().kinds}
    named: list[tuple[str, str, str]] = [(key, _("文字"), text.get(key, key)) for key in why["text"]]
    named += [
        (key, _("登记信息") if key in facts else _("其他"), reasons.signal_label(key, offer))
        for key, _value, _reason in why["signals"]
    ]
    named += [(line[0], _group(line[0]), _label(line, offer)) for line in why["extra"]]
    found, running, shown_sum, without = [], 0.0, 0.0, NO_TEXT in why["missing"]
    for (key, group, label), value in zip(named, values(why), strict=True):
        running += value
        shown = round(round(running, SHOWN) - shown_sum, SHOWN)
        shown_sum = round(shown_sum + shown, SHOWN)
        if value:
            said = _("%(part)s（需求没有正文）") % {"part": label} if without and key in OF_TEXT else label
            found.append(Part(key, group, said, value, signed(shown)))
    return tuple(found)


def _group(key: str) -> str:
    """The word of the group of a line with its own label."""
    if key == full_words.BASE:
        return _("底数")
    return _("判断记录") if key in learned.RECORD or key.startswith(full_words.NAMED) else _("其他")


def _label(line: Sequence[Any], offer: str) -> str:
    """Its label; of a judgement of the reader's own what it was."""
    return reasons.in_words(line[4], offer) if line[0].startswith(full_words.NAMED) else reasons.extra_label(line)


def _others(why: dict[str, Any], offer: str) -> tuple[OfLevel, ...]:
    """The levels that do not decide, with their own parts."""
    found = []
    for level in (2, 3, 4):
        if why["decides"] in {None, level}:
            continue
        text, lines = learned.of_level(why, level)
        mine = {**why, "text": text, "extra": [*why["common"], *lines]}
        score = sum(values(mine))
        found.append(
            OfLevel(level, parts(mine, offer), round(score, DIGITS), signed(score), percent(chances(score, [0.0])[0]))
        )
    return tuple(found)


def sums(why: dict[str, Any], offer: str = "") -> Sums | None:
    """The figures of a stored proposal; None for one stored before its cuts were (it is computed anew)."""
    cuts = why["cuts"]
    if not cuts:
        return None
    score = sum(values(why))
    reached = chances(score, cuts)
    median = level(reached)
    return Sums(
        parts=parts(why, offer),
        score=round(score, DIGITS),
        cuts=tuple(cuts),
        chances=reached,
        total=signed(score),
        reaches=tuple(
            Reach(at, signed(cut), signed(round(score, SHOWN) - round(cut, SHOWN)), percent(chance))
            for at, cut, chance in zip((2, 3, 4), cuts, reached, strict=True)
        ),
        level=median,
        because=_because(median, reached, bands.band(reached)),
        limit=_limit(why),
        decides=why["decides"],
        others=_others(why, offer),
    )


def _limit(why: dict[str, Any]) -> str:
    keys = {key for key, _value, _reason in why["signals"]}
    markets = structured.settings().markets.values()
    found = next((one for one in markets if keys & {kind.key for kind in one.kinds}), None)
    return f"{found.limit:g}" if found is not None else ""


def _because(median: int, reached: Sequence[float], band: Band | None) -> str:
    said = {
        "level": median,
        "p3": percent(reached[1]),
        "band": word(band) if band else "",
        "least": f"{100 * (band.min_p3 if band else bands.bands()[-1].min_p3):.0f}%",
    }
    if band is None and median < bands.bands()[-1].min_median:
        return _("可能性不低于 50% 的最高一级是 {level} 级，达不到推荐水平。").format(**said)
    if band is None:
        return _(
            "可能性不低于 50% 的最高一级是 {level} 级，但达到 3 级的可能性 {p3} 低于 {least}，达不到推荐水平。"
        ).format(**said)
    if band.min_p3:
        return _(
            "可能性不低于 50% 的最高一级是 {level} 级，且达到 3 级的可能性 {p3} 不低于 {least}，所以是“{band}”。"
        ).format(**said)
    return _("可能性不低于 50% 的最高一级是 {level} 级，所以是“{band}”。").format(**said)
