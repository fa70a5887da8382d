"""What can be a word of the trade: how it is written, where one begins in running text, which the titles have."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import normalize

from rjieba import Jieba

from mengkeju.matching.engine.keywords import NUMBER, without_personal
from mengkeju.matching.engine.mining.settings import general_words, idle_words
from mengkeju.search.engine.text import normalise, stop_words

SHORTEST, LONGEST = 2, 14
MOST_PARTS = 4  # pieces of the dictionary that make up one word of the trade
INSIDE = 0.9  # a part of a longer word is none of its own when so large a share of its texts has the longer one
_HAN = re.compile(r"[\u3400-\u9fff]")
_RUN = re.compile(r"[\u3400-\u9fffA-Za-z0-9·\-]+$")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9\-]*$")
_UNITS_TEXT = (
    "mm cm km um μm nm kg mg ug μg ml kw mw gw kwh mwh kv mv kpa mpa gpa hz khz mhz ghz rpm ppm ppb ph db ℃ min max"
    " usd rmb cny pct wt vol no id url www http https com cn ip ok am pm vs etc"
)
_UNITS = frozenset(_UNITS_TEXT.split())
_OPENING = re.compile(
    "^(?:采用|使用|利用|通过|基于|用于|适用于|针对|面向|关于|添加|加入|制备|生产|制造|获得|得到|包括|包含|含有|称为|属于|作为|成为"
    "|需要|希望|提供|开发|研发|研究|实现|解决|提高|降低|减少|替代|以及|或者|由于|例如|比如|其中|具有|如|即|以|为|将|对|从|在|用|和|与|及|或|的)"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A listing anybody may read. `id` is its uid."""

    id: str
    title: str
    body: str = ""


def clean(text: str) -> str:
    """Width brought to one form, the case kept, numbers that may belong to a person taken out."""
    return without_personal(normalize("NFKC", text))


@cache
def _jieba() -> Jieba:
    return Jieba()


@lru_cache(maxsize=65536)
def folded(word: str) -> str:
    """A word in the form in which words are compared; the same ones come again and again."""
    return normalise(word)


def cutter(names: Iterable[str]) -> Callable[[str], list[str]]:
    """Cuts folded text so that these words stay whole."""
    jieba = Jieba()
    for name in names:
        jieba.add_word(name, None, None)
    return jieba.cut


def cut(text: str) -> list[str]:
    """A text in pieces of the dictionary, nothing left out."""
    return list(_jieba().cut(text))


def is_latin(word: str) -> bool:
    """Whether it is written in Latin letters and digits only."""
    return bool(_LATIN.match(word)) and _LATIN.fullmatch(word) is not None


def is_word(word: str) -> bool:
    """Whether it can be one end of a pair: neither too short nor too long, no number, unit or general word."""
    key = folded(word)
    if not SHORTEST <= len(key) <= LONGEST or NUMBER.match(key) or key in idle_words():
        return False
    if is_latin(word):
        return key not in _UNITS and len(word) <= LONGEST and any(char.isupper() for char in word)
    return bool(_HAN.search(word)) and " " not in key


def is_general(word: str) -> bool:
    """Whether it is, or ends in, a word that says no class of things."""
    return word in general_words() or cut(word)[-1] in general_words()


def is_thing(word: str) -> bool:
    """Whether it ends in a noun: what is done to things has no upper and lower terms that would be sought."""
    tags = _jieba().tag(word)
    return bool(tags) and tags[-1][1].startswith(("n", "j", "eng", "x", "i", "l"))


def endings(before: str) -> list[str]:
    """What may be the word at the end of running text, longest first: “可降解的聚乳酸” → 聚乳酸.

    It starts where a piece of the dictionary starts, behind the last word that belongs to no term.
    """
    run = _RUN.search(before)
    if run is None:
        return []
    pieces = cut(run.group()[-2 * LONGEST :])
    found: list[str] = []
    word = ""
    for piece in reversed(pieces):
        if folded(piece) in stop_words() or (_OPENING.fullmatch(piece) is not None):
            break
        word = piece + word
        if len(word) > LONGEST:
            break
        if is_word(word) and piece not in general_words():
            found.append(word)
    return found[::-1]


def beginning(after: str) -> str:
    """The word at the beginning of running text up to the next mark; empty when what stands there is no word."""
    run = re.match(r"[\u3400-\u9fffA-Za-z0-9·\-]+", after)
    if run is None:
        return ""
    word = _OPENING.sub("", run.group())
    for at, piece in enumerate(pieces := cut(word)):
        if folded(piece) in stop_words():
            word = "".join(pieces[:at])
            break
    return word if is_word(word) else ""


def shortened(short: str, endings_of: Sequence[str]) -> str:
    """The longer form a Chinese short form stands for: its characters in order, from the first to the last."""
    for long in reversed(endings_of):
        if len(long) <= len(short) or long[0] != short[0] or short in long:
            continue
        rest = iter(long)
        if all(char in rest for char in short):
            return long
    return ""


def of_titles(titles: Iterable[str], least: int) -> dict[str, int]:
    """Words of the trade in titles with the number of titles each stands in, by folded form.

    A word is one to four neighbouring pieces of the dictionary that neither begin nor end with a general word.
    """
    seen: Counter[str] = Counter()
    for title in titles:
        seen.update(set(spans(cut(normalise(title)))))
    kept = {word: count for word, count in seen.items() if count >= least and is_word(word if _HAN.search(word) else
            word.upper())}  # fmt: skip
    inside: dict[str, int] = {}
    for word, count in kept.items():
        for part in {word[i:j] for i in range(len(word)) for j in range(i + SHORTEST, len(word) + 1)} - {word}:
            if part in kept and count > inside.get(part, 0):
                inside[part] = count
    return {word: count for word, count in kept.items() if inside.get(word, 0) < INSIDE * count}


def spans(pieces: Sequence[str]) -> Iterable[str]:
    """What may be a word of the trade in a folded title cut to pieces, the same word as often as it stands there."""
    idle = idle_words()
    for start, first in enumerate(pieces):
        if first in stop_words() or not first[0].isalnum() or first in general_words():
            continue
        word = ""
        for piece in pieces[start : start + MOST_PARTS]:
            if not piece[0].isalnum() or piece in stop_words():
                break
            word += piece
            if len(word) > LONGEST:
                break
            if piece not in idle and len(word) >= SHORTEST:
                yield word
