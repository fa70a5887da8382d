"""Where a query stands in a text: spans, and a snippet around the densest stretch.

The answer is data (offsets, or pieces with a flag), never markup: the template marks and escapes.
The caller passes only text the reader may see.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mengkeju.search.engine.text import Tokeniser, default_tokeniser, fold

ELLIPSIS = "…"
SHORTEST_PART = 2  # a single character is marked only where it is a word of its own


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch [start, end) of the original text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text to print, and whether it is a hit."""

    text: str
    marked: bool


def query_terms(query: str, *, tokeniser: Tokeniser | None = None) -> frozenset[str]:
    """The folded words of a query. A query of stop words alone keeps them: they were asked for."""
    words = tokeniser or default_tokeniser()
    found = words.tokens(query) or words.tokens(query, keep_stop_words=True)
    return frozenset(token.text for token in found)


def spans(text: str, terms: Collection[str], *, tokeniser: Tokeniser | None = None) -> list[Span]:
    """Where words of `text` equal one of `terms` (folded words): sorted, merged, not touching.

    A term of two characters or more that the tokeniser cut differently in this text (“永磁” inside
    an unknown longer word) is found as a substring.
    """
    wanted = {term for term in terms if term}
    if not wanted:
        return []
    words = (tokeniser or default_tokeniser()).tokens(text, keep_stop_words=True)
    found = [(token.start, token.end) for token in words if token.text in wanted]
    folded = fold(text)
    for term in wanted:
        if len(term) < SHORTEST_PART:
            continue
        at = folded.text.find(term)
        while at >= 0:
            if not _inside_latin_word(folded.text, at, at + len(term)):
                found.append(folded.span(at, at + len(term)))
            at = folded.text.find(term, at + 1)
    return _merge(found)


def _inside_latin_word(text: str, start: int, end: int) -> bool:
    """“art” must not be marked inside “smart”; Chinese has no such word borders."""
    before = start > 0 and _is_latin(text[start - 1]) and _is_latin(text[start])
    after = end < len(text) and _is_latin(text[end]) and _is_latin(text[end - 1])
    return before or after


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _merge(found: Sequence[tuple[int, int]]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return merged


def pieces(text: str, marks: Sequence[Span], start: int = 0, end: int | None = None) -> list[Piece]:
    """Cut text[start:end] into marked and unmarked pieces; joined they give that stretch again."""
    stop = len(text) if end is None else end
    cut: list[Piece] = []
    at = start
    for mark in marks:
        left, right = max(mark.start, start), min(mark.end, stop)
        if left >= right:
            continue
        if left > at:
            cut.append(Piece(text[at:left], marked=False))
        cut.append(Piece(text[left:right], marked=True))
        at = right
    if at < stop:
        cut.append(Piece(text[at:stop], marked=False))
    return cut


def snippet(text: str, terms: Collection[str], size: int = 120, *, tokeniser: Tokeniser | None = None) -> list[Piece]:
    """About `size` characters around the densest matches, as pieces; “…” stands for what is cut.

    Density counts different words before repeated ones. Without a match: the beginning.
    """
    marks = spans(text, terms, tokeniser=tokeniser)
    start, end = _densest_window(text, marks, size)
    cut = pieces(text, marks, start, end)
    if start > 0:
        cut.insert(0, Piece(ELLIPSIS, marked=False))
    if end < len(text):
        cut.append(Piece(ELLIPSIS, marked=False))
    return cut


def _densest_window(text: str, marks: Sequence[Span], size: int) -> tuple[int, int]:
    if len(text) <= size or not marks:
        return 0, min(len(text), size)
    best, last, best_worth = marks[0], marks[0].end, -1.0
    for first, mark in enumerate(marks):
        inside = [m for m in marks[first : first + size] if m.end <= mark.start + size]
        distinct = {fold(text[m.start : m.end]).text for m in inside}
        worth = sum(len(word) for word in distinct) + 0.1 * len(inside)
        if worth > best_worth:
            best, best_worth = mark, worth
            last = inside[-1].end if inside else mark.end
    used = min(size, last - best.start)
    start = max(0, min(best.start - (size - used) // 2, len(text) - size))
    return start, start + size
