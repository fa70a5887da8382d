"""What a set of texts is about: words that are frequent in it and rare elsewhere. Plain Python.

Numbers that may belong to a person (telephone, identity card, mail, account) are taken out before the text becomes
words, and a word of digits is none.
"""

import re
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from typing import Generic, TypeVar

from mengkeju.search.engine.text import default_tokeniser

K = TypeVar("K", bound=Hashable)
# Every part is bounded, or a text of one character without an end would be searched again from each place.
PERSONAL = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|(?<![A-Za-z0-9])[+(（]?\d[\d\-\s()（）*]{5,60}[\dXx]"
)
NUMBER = re.compile(r"^[\d.,%％:：/×x~～-]+$")
SHORTEST, LEAST, MOST = 2, 2, 30
INSIDE = 0.8
"""A part of a longer word adds nothing when so large a share of its texts has the longer one."""


@dataclass(frozen=True, slots=True)
class Keyword(Generic[K]):
    """A word, the texts it stands in, and how much it says of them."""

    word: str
    keys: tuple[K, ...]
    weight: float

    @property
    def count(self) -> int:
        """In how many texts it stands."""
        return len(self.keys)


def without_personal(text: str) -> str:
    """The text with a blank where a number or address stood that may belong to a person."""
    return PERSONAL.sub(" ", text)


def words_of(text: str) -> frozenset[str]:
    """The different words of a text that can be keywords."""
    found = default_tokeniser().words(without_personal(text))
    return frozenset(w for w in found if len(w) >= SHORTEST and not NUMBER.match(w) and w not in common_words())


@cache
def common_words() -> frozenset[str]:
    """Words every need says, from `common_words.txt`."""
    lines = files(__package__).joinpath("common_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def keywords(
    texts: Mapping[K, Collection[str]],
    rarity: tuple[int, Mapping[str, int]] | None,
    *,
    among: Collection[str] | None = None,
    most: int = MOST,
) -> list[Keyword[K]]:
    """Of texts as their words, those that say most of the set, the strongest first.

    `among`: only these, e.g. the words of the titles, which name what a text is about. A word of one text alone is
    left out, unless there is only one text. `rarity`: how many objects are on the shelf, and in how many of them each
    word stands; None: not known. The weight is (texts with the word) × ln((objects on the shelf + 1) / (objects with
    the word + ½)).
    """
    holders: dict[str, list[K]] = {}
    for key, words in texts.items():
        for word in words if among is None else set(words) & set(among):
            holders.setdefault(word, []).append(key)
    least = LEAST if len(texts) > 1 else 1
    kept = {word: keys for word, keys in holders.items() if len(keys) >= least}
    made = [Keyword(word, tuple(keys), _weight(len(keys), len(texts), word, rarity)) for word, keys in kept.items()]
    made.sort(key=lambda found: (-found.weight, -found.count, found.word))
    return _whole(made, most)


def _weight(count: int, texts: int, word: str, rarity: tuple[int, Mapping[str, int]] | None) -> float:
    if rarity is None:
        return float(count)
    total = max(rarity[0], texts)
    return count * log((total + 1) / (min(max(rarity[1].get(word, 0), count), total) + 0.5))


def _whole(made: list[Keyword[K]], most: int) -> list[Keyword[K]]:
    """Without the words that stand almost only inside a longer keyword."""
    chosen: list[Keyword[K]] = []
    for one in made:
        parts = [c for c in chosen if one.word in c.word and c.count >= INSIDE * one.count]
        if parts:
            continue
        chosen = [c for c in chosen if not (c.word in one.word and one.count >= INSIDE * c.count)]
        chosen.append(one)
        if len(chosen) >= most:
            break
    return chosen
