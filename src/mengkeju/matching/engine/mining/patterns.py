"""What texts state themselves: X（又称Y）, X简称Y, X（ABC）, A、B等X, X（如A、B）, X包括A、B等.

A statement names its text. Where the word before it begins is not written in Chinese; `patterns.gather` decides it over
all texts that state the same (`聚乳酸（PLA）` once and `可降解聚乳酸（PLA）` once: 聚乳酸).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mengkeju.matching.engine.mining import words

SYNONYM, NARROWER = "synonym", "narrower"
WINDOW = 40  # characters before a mark that are looked at
_NAMED = (
    "又称|又名|也称|亦称|也叫|俗称|俗名|别称|别名|旧称|简称|简写|缩写|英文名|英文缩写|全称|学名|商品名|以下简称|下称"
)
_INSIDE = re.compile(
    rf"[(]\s*(?:{_NAMED}|即|也就是)(?:为|作|之为)?[:：,， “\"]*([^()“”\"，。；,;]{{2,24}})[”\"]?\s*[)]"
)
_AFTER = re.compile(
    rf"[,，]?(?:{_NAMED})(?:为|作)?[“\"]?([\u3400-\u9fffA-Za-z0-9\-]{{2,16}})[”\"]?(?=[,，。；;、()]|$)"
)
_ALIAS = re.compile(r"[(]\s*(?:[A-Za-z][A-Za-z \-]{3,70}[,，、;；:：]\s*)?([A-Z][A-Za-z0-9\-]{1,11})\s*[)]")
_SPELT = re.compile(r"(?<![A-Za-z0-9])([A-Z][A-Za-z0-9\-]{1,9})\s*[(]\s*([\u3400-\u9fff]{2,14})\s*[)]")
_LIST = "((?:[^、，。；：;:()“”\\s]{2,16}、){0,6}[^、，。；：;:()“”\\s]{2,16}?)"
_PIECE = "[\u3400-\u9fffA-Za-z0-9\\-]{2,16}"
_LISTED = re.compile(rf"((?:{_PIECE}、){{1,6}}{_PIECE}?)等(?:多种|各种|各类|常见|一类|类)?的?([\u3400-\u9fff]{{2,14}})")
_SUCH = re.compile(rf"[(,，]\s*(?:如|例如|比如|诸如)[:：]?{_LIST}(?:等[^)，。；]{{0,6}})?[)，。；]")
_INCLUDES = re.compile(rf"(?:主要|一般|通常)?(?:包括|包含)(?:有|了)?[:：]?{_LIST}等")
_AND = re.compile("和|与|及|或")
TRIGGER = re.compile(f"{_NAMED}|[(（]\\s*(?:即|也就是|[A-Za-zＡ-Ｚ])|[A-Za-zＡ-Ｚ0-9]\\s*[(（]|等|如|包括|包含")
ENUMERATED = re.compile(r"[\u3400-\u9fffA-Za-z0-9\-]{2,14}(?:、[\u3400-\u9fffA-Za-z0-9\-]{2,14})+")


@dataclass(frozen=True, slots=True)
class Statement:
    """One text says so. `left`: what the first word may be, longest first; of a narrower pair it is the upper one."""

    kind: str
    evidence: str
    left: tuple[str, ...]
    right: str
    text: str


def read(text: words.Text, characters: int) -> Iterator[Statement]:
    """All statements of one text."""
    for part in (text.title, text.body[:characters]):
        if not TRIGGER.search(part):
            continue
        said = words.clean(part)
        yield from _same(said, text.id)
        yield from _below(said, text.id)


def enumerated(text: words.Text, characters: int) -> Iterator[list[str]]:
    """Runs of words joined by 、, folded: what stands in one list is not one thing."""
    for run in ENUMERATED.findall(words.clean(text.body[:characters])):
        yield [words.folded(word) for word in run.split("、")]


def _left(said: str, at: int) -> tuple[str, ...]:
    return tuple(words.endings(said[max(0, at - WINDOW) : at]))


def _same(said: str, key: str) -> Iterator[Statement]:
    for found in (*_INSIDE.finditer(said), *_AFTER.finditer(said)):
        right, left = words.beginning(found.group(1).strip()), _left(said, found.start())
        long = words.shortened(right, left) if right else ""
        if right and left:
            yield Statement(SYNONYM, "stated", (long,) if long else left, right, key)
    for found in _ALIAS.finditer(said):
        left = _left(said, found.start())
        if words.is_word(found.group(1)) and left and not words.is_latin(left[0]):
            yield Statement(SYNONYM, "alias", left, found.group(1), key)
    for found in _SPELT.finditer(said):
        if words.is_word(found.group(1)) and words.is_word(found.group(2)):
            yield Statement(SYNONYM, "alias", (found.group(2),), found.group(1), key)


def _below(said: str, key: str) -> Iterator[Statement]:
    for found in _LISTED.finditer(said):
        upper = words.beginning(found.group(2))
        yield from _members("listed", (upper,) if upper else (), found.group(1), key)
    for found in _SUCH.finditer(said):
        yield from _members("listed", _left(said, found.start()), found.group(1), key)
    for found in _INCLUDES.finditer(said):
        yield from _members("includes", _left(said, found.start()), found.group(1), key)


def _members(evidence: str, upper: tuple[str, ...], run: str, key: str) -> Iterator[Statement]:
    parts = [piece for part in run.split("、") for piece in _AND.split(part)]
    if not upper or len(parts) < (1 if evidence == "listed" else 2):
        return
    for at, part in enumerate(parts):
        # Before the first of a list stands the sentence it is in; the others stand free.
        found = words.endings(part) if at == 0 else [part]
        if found and words.is_word(found[-1 if at == 0 and len(found) > 1 else 0]):
            yield Statement(NARROWER, evidence, upper, found[0], key)


def gather(statements: Iterable[Statement]) -> dict[tuple[str, str, str], dict[str, set[str]]]:
    """(kind, one, other) → evidence → ids of texts; where the first word begins is settled over all texts.

    Of the possible beginnings the one that most texts allow is taken, of these the longest.
    """
    by_right: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        by_right[statement.kind, words.folded(statement.right)].append(statement)
    found: dict[tuple[str, str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for (kind, right), said in by_right.items():
        allowed: Counter[str] = Counter()
        counted = {(words.folded(left), s.text) for s in said for left in s.left}
        allowed.update(left for left, _text in counted)
        for statement in said:
            left = max(map(words.folded, statement.left), key=lambda word: (allowed[word], len(word), word))
            if left != right and not (kind == SYNONYM and (left in right or right in left)):
                found[kind, left, right][statement.evidence].add(statement.text)
    return found


def surfaces(statements: Sequence[Statement]) -> Counter[tuple[str, str]]:
    """How words are written: (folded, as written) with counts."""
    return Counter((words.folded(word), word) for s in statements for word in (*s.left, s.right))
