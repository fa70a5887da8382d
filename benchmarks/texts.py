"""Chinese listings out of phrases and vocabulary terms: seeded, fictional, of the lengths that people write.

Plain Python: the same seed and terms give the same texts on every machine.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

PHRASES = Path(__file__).with_name("phrases.yaml")
BLANK = re.compile(r"{(\w+)}")
SHARES = {"need": 10, "achievement": 75, "patent": 15}
"""Of a hundred listings."""
TITLE = (10, 40)
SUMMARY = (100, 400)
DEMO = "（演示）"
"""Ends the name of everything invented."""
FILED, MATURE, ALL_OPEN, SECRET, UNPRICED = 0.8, 0.9, 0.8, 0.3, 0.4
"""How many have a cluster, a maturity, no closed section, a confidential text, no price (面议)."""
RANGES = {"number": (2, 980), "share": (3, 60), "small": (1, 12)}
"""Blanks that are a number, with its least and its most."""


@cache
def phrases() -> dict[str, Any]:
    """Words and sentence patterns."""
    loaded: dict[str, Any] = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Topic:
    """A term of a vocabulary: its key and the words for it, label and synonyms."""

    key: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Vocabularies:
    """What listings are filed under."""

    fields: Sequence[Topic]
    clusters: Sequence[Topic]
    maturities: Sequence[str]
    modes: Sequence[str]


@dataclass(frozen=True)
class Text:
    """One invented listing: columns and details by field key, as a form would give them."""

    kind: str
    values: dict[str, Any]
    tier: str
    tiers: dict[str, str]


def kind_at(index: int) -> str:
    """The kind of the listing at a place: each run of twenty has the shares of SHARES."""
    place, upto = index * 7 % 20 * 5, 0
    for kind, share in SHARES.items():
        upto += share
        if place < upto:
            return kind
    raise AssertionError  # the shares make a hundred


def organisation_name(kind: str, index: int, random: Random) -> str:
    """An invented name that says it is one; the index keeps it apart from all others."""
    words = phrases()["organisations"]
    return f"{random.choice(words['head'])}{random.choice(words['middle'])}第{index + 1}{words['tail'][kind]}"


class Writer:
    """Writes listings one after the other; the same seed writes the same ones."""

    def __init__(self, vocabularies: Vocabularies, seed: int) -> None:
        """`seed` with the vocabularies decides everything."""
        self.random = Random(seed)  # noqa: S311 - sample data, no secret
        self.vocabularies = vocabularies

    def listing(self, index: int) -> Text:
        """The listing at a place."""
        kind, random, known = kind_at(index), self.random, self.vocabularies
        cluster, field = random.choice(known.clusters), random.choice(known.fields)
        topic = random.choice([*cluster.words, field.words[0]])
        low, high = self._price()
        values: dict[str, Any] = {
            "title": self._title(kind, topic),
            "summary": self._summary(kind, topic),
            "field": field.key,
            "cluster": cluster.key if random.random() < FILED else "",
            "maturity": random.choice(known.maturities) if random.random() < MATURE else "",
            "price_low": low,
            "price_high": high,
            "modes": sorted(random.sample(known.modes, random.randint(1, 3))),
            **self._details(kind, topic),
        }
        tier = random.choices(("public", "members", "parties"), (85, 10, 5))[0]
        return Text(kind, values, tier, self._tiers(kind))

    def _tiers(self, kind: str) -> dict[str, str]:
        if self.random.random() < ALL_OPEN:
            return {}
        section = {"need": "targets", "achievement": "better", "patent": "terms"}[kind]
        return {section: self.random.choice(("members", "parties"))}

    def _details(self, kind: str, topic: str) -> dict[str, Any]:
        random = self.random
        closed = f"保密参数：{self._fill(random.choice(phrases()['short']), topic)}" if random.random() < SECRET else ""
        if kind == "need":
            return {**{key: self._short(topic) for key in ("present", "target", "constraints")}, "confidential": closed}
        if kind == "achievement":
            trl = str(random.randint(3, 9))
            return {
                "advantage": self._short(topic),
                "application": self._short(topic),
                "trl": trl,
                "confidential": closed,
            }
        kinds = random.choices(("invention", "utility", "design"), (70, 27, 3))[0]
        return {
            "use": self._short(topic),
            "patent_kind": kinds,
            "patent_number": f"演示-{random.randrange(10**10):010d}",
        }

    def _price(self) -> tuple[Decimal | None, Decimal | None]:
        """Two of five are 面议; the others a range between a few 万 and some 千万."""
        if self.random.random() < UNPRICED:
            return None, None
        low = int(10 ** self.random.uniform(0.7, 3.2))
        return Decimal(low * 10_000), Decimal(int(low * self.random.uniform(1, 2)) * 10_000)

    def _title(self, kind: str, topic: str) -> str:
        while True:
            made = self._fill(self.random.choice(phrases()["titles"][kind]), topic)
            if TITLE[0] <= len(made) <= TITLE[1]:
                return made

    def _summary(self, kind: str, topic: str) -> str:
        wanted, patterns, made = self.random.randint(SUMMARY[0], SUMMARY[1] - 70), phrases()["sentences"][kind], ""
        while len(made) < wanted:
            order = self.random.sample(patterns, len(patterns))
            while order and len(made) < wanted:
                made += self._fill(order.pop(), topic)
        return made

    def _short(self, topic: str) -> str:
        return self._fill(self.random.choice(phrases()["short"]), topic)

    def _fill(self, pattern: str, topic: str) -> str:
        return BLANK.sub(lambda blank: self._word(blank[1], topic), pattern)

    def _word(self, name: str, topic: str) -> str:
        if name == "topic":
            return topic
        if name in RANGES:
            return str(self.random.randint(*RANGES[name]))
        return str(self.random.choice(phrases()[name]))
