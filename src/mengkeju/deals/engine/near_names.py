"""Which names of organisations may be one: candidates for a person to decide on, never a decision."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Generic, TypeVar

from mengkeju.deals.engine.choices import read_file
from mengkeju.deals.engine.ledger import plain

T = TypeVar("T")
SHORTEST = 2  # characters of a core that say something
LONGEST_SHORT = 5  # “内工大”, “农大”: longer words are no short form of a name
INSIDE, ABBREVIATED = 0.7, 0.65


@dataclass(frozen=True)
class Rules:
    """Words that are left out of a name, the likeness from which it is a candidate, and how many are shown."""

    forms: tuple[str, ...]
    places: tuple[str, ...]
    least: float
    most: int


def load(path: Path = Path(__file__).parent / "near_names.yaml") -> Rules:
    """The rules. ValueError unless they are dated and the likeness lies between 0 and 1."""
    data = read_file(path)
    least = Decimal(data["least"])
    if not 0 < least < 1:
        msg = f"{path.name}: least lies between 0 and 1"
        raise ValueError(msg)
    words = (sorted((plain(word) for word in data[key]), key=len, reverse=True) for key in ("forms", "places"))
    forms, places = (tuple(found) for found in words)
    return Rules(forms, places, float(least), int(data["most_candidates"]))


RULES = load()


def _formless(text: str) -> str:
    """Without the legal form behind: what every company has in common makes none like another."""
    bare, before = text, ""
    while bare != before:
        before = bare
        bare = next((bare.removesuffix(form) for form in RULES.forms if form and bare.endswith(form)), bare)
    return bare if len(bare) >= SHORTEST else text


def core(name: str) -> str:
    """A name without its legal form behind and the place before; the whole name where nothing would be left."""
    text = plain(name)
    bare = _formless(text)
    bare = next((bare.removeprefix(place) for place in RULES.places if bare.startswith(place)), bare)
    return bare if len(bare) >= SHORTEST else text


def _pairs(text: str) -> Counter[str]:
    return Counter(text[at : at + 2] for at in range(max(1, len(text) - 1)))


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient of two bags."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _shortens(short: str, name: str) -> bool:
    """Whether the characters of `short` stand in the name in their order, beginning with its first."""
    rest = iter(name)
    fits = SHORTEST <= len(short) <= LONGEST_SHORT and short[:1] == name[:1]
    return fits and all(sign in rest for sign in short)


@dataclass(frozen=True)
class _Entry(Generic[T]):
    thing: T
    name: str
    whole: Counter[str]
    core: str
    core_pairs: Counter[str]


def _part(text: str, bare: str, entry: _Entry[T]) -> float:
    """What it is worth that one name stands in the other, or shortens it."""
    if min(len(bare), len(entry.core)) > SHORTEST and (bare in entry.core or entry.core in bare):
        return INSIDE
    return ABBREVIATED if _shortens(bare, entry.core) or _shortens(text, entry.name) else 0.0


class Names(Generic[T]):
    """Names with what they stand for; asked for those like another. Equal questions are answered once."""

    def __init__(self, named: Iterable[tuple[str, T]]) -> None:
        """`named`: name and thing; several names may stand for one thing."""
        self._entries: list[_Entry[T]] = []
        self._holding: dict[str, list[int]] = defaultdict(list)
        self._known: dict[str, list[T]] = {}
        for name, thing in named:
            bare = core(name)
            entry = _Entry(thing, plain(name), _pairs(_formless(plain(name))), bare, _pairs(bare))
            for key in {*entry.core_pairs, entry.name[:1], bare[:1]}:
                self._holding[key].append(len(self._entries))
            self._entries.append(entry)

    def near(self, name: str) -> list[T]:
        """The things named most like it, the likest first, none twice; empty when nothing is near."""
        text = plain(name)
        if text not in self._known:
            self._known[text] = self._near(text)
        return self._known[text]

    def _near(self, text: str) -> list[T]:
        bare, whole = core(text), _pairs(_formless(text))
        pairs = _pairs(bare)
        keys = {*pairs, *((text[:1], bare[:1]) if len(bare) <= LONGEST_SHORT else ())}
        places = {place for key in keys for place in self._holding.get(key, ())}
        scored = []
        for place in places:
            entry = self._entries[place]
            score = max(_likeness(whole, entry.whole), _likeness(pairs, entry.core_pairs), _part(text, bare, entry))
            if score >= RULES.least:
                scored.append((-score, place))
        found: list[T] = []
        for _score, place in sorted(scored):
            if self._entries[place].thing not in found:
                found.append(self._entries[place].thing)
        return found[: RULES.most]
