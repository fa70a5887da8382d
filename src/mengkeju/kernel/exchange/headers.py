"""Recognised column headings → field keys. What is not recognised is named and ignored."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


def normalise(heading: str) -> str:
    """Half width, lower case, without spaces, line breaks and the star of a required column."""
    text = unicodedata.normalize("NFKC", heading).lower()
    return "".join(text.split()).strip("*")


@dataclass(frozen=True)
class Columns:
    """Which heading fills which field, in the order of the file, and the headings nobody reads."""

    field_of: Mapping[str, str]
    ignored: tuple[str, ...]

    def heading_of(self, field: str) -> str:
        """The heading of the file that fills a field, for messages; the field itself when none does."""
        return next((heading for heading, key in self.field_of.items() if key == field), field)

    def values(self, cells: Mapping[str, str]) -> dict[str, str]:
        """The recognised cells of a row by field key, stripped."""
        return {key: cells.get(heading, "").strip() for heading, key in self.field_of.items()}


def recognise(headings: Iterable[str], known: Mapping[str, Iterable[str]]) -> Columns:
    """Match headings against the known spellings of each field; the first column of a field wins."""
    spellings = {normalise(word): field for field, words in known.items() for word in (field, *words)}
    field_of: dict[str, str] = {}
    ignored: list[str] = []
    for heading in headings:
        field = spellings.get(normalise(heading))
        if field is None or field in field_of.values():
            ignored.append(heading)
        else:
            field_of[heading] = field
    return Columns(field_of, tuple(ignored))
