"""The reader's language, for modules without Django (workflows, engines) and for labels that are data.

The source language is Chinese. Django is told here once, at start, how to translate (`kernel.apps`); without
it (`mengkeju predict`, unit tests of an engine) everything stays Chinese. Modules that know Django use
`django.utils.translation` for their own sentences and this module for labels only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Labelled(Protocol):
    """Anything with a word in both languages: a state, a transition, a kind, a role, a term."""

    @property
    def label(self) -> str:
        """The Chinese word."""

    @property
    def label_en(self) -> str:
        """The English word; empty where the Chinese one is a name and serves both."""


def _as_written(text: str) -> str:
    return text


def _plural_as_written(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


def _chinese() -> bool:
    return False


@dataclass
class _Speaker:
    """How to translate; replaced by `speak`."""

    one: Callable[[str], str] = _as_written
    plural: Callable[[str, str, int], str] = _plural_as_written
    english: Callable[[], bool] = _chinese


_speaker = _Speaker()


def speak(one: Callable[[str], str], plural: Callable[[str, str, int], str], english: Callable[[], bool]) -> None:
    """Say how a sentence is translated and whether the reader now reads English."""
    _speaker.one, _speaker.plural, _speaker.english = one, plural, english


def gettext(text: str) -> str:
    """The sentence in the reader's language, at the moment of the call; `import … as _` is found by the catalogue."""
    return _speaker.one(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The same with a number."""
    return _speaker.plural(one, many, number)


def mark(text: str) -> str:
    """The text itself: tells the catalogue of a sentence that is data here and translated where it is shown."""
    return text


def is_english() -> bool:
    """Whether the reader reads English now."""
    return _speaker.english()


def chosen(label: str, label_en: str) -> str:
    """One of the two words of a label, for the reader."""
    return label_en if label_en and is_english() else label


def word(thing: Labelled) -> str:
    """The word of a state, transition, kind, field, role, term … for the reader."""
    return chosen(thing.label, thing.label_en)


def listed(words: list[str]) -> str:
    """Words in a row: “甲、乙”, in English “a, b”."""
    return (", " if is_english() else "、").join(words)
