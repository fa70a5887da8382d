"""What the engine says in words: sentences the catalogue knows, stored with a proposal and worded when shown.

Every sentence is Chinese and marked (`kernel.words.mark`). One that carries figures keeps its pattern and its
values apart, so that a page can say it in the reader's language.
"""

from collections.abc import Mapping
from typing import Any, Self

from mengkeju.kernel.words import gettext


class Sentence(str):
    """A sentence with values, e.g. “…约3个月”. Reads as Chinese; a value that is text is a marked word."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, str | int]

    def __new__(cls, pattern: str, **values: str | int) -> Self:
        """`pattern` is marked and has a %(name)s for each value."""
        made = super().__new__(cls, pattern % values)
        made.pattern, made.values = pattern, values
        return made


def to_store(sentence: str) -> str | list[Any]:
    """As JSON keeps it: a plain sentence as it is, one with values as [pattern, values]."""
    return [sentence.pattern, sentence.values] if isinstance(sentence, Sentence) else sentence


def of_offer(stored: Any, offered: Mapping[str, str], offer: str) -> Any:
    """The same sentence about another kind of offer, whose word is `offer`; others as they are."""
    kept = to_store(stored) if isinstance(stored, Sentence) else stored
    pattern, values = (kept, {}) if isinstance(kept, str) else kept
    return [offered[pattern], {**values, "offer": offer}] if pattern in offered else stored


def worded(stored: Any) -> str:
    """A stored sentence, or one just said, in the reader's language."""
    if isinstance(stored, Sentence):
        stored = to_store(stored)
    if isinstance(stored, str):
        return gettext(stored) if stored else ""
    pattern, values = stored
    said = {name: worded(value) if isinstance(value, str) else value for name, value in values.items()}
    return gettext(pattern) % said
