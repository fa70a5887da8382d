"""Headings of a file → field keys: recognised, suggested with a confidence, or remembered from last time."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from mengkeju.kernel.exchange.units import split_unit

IGNORE = "ignore"
SHORTEST_PART = 2  # one character inside another heading says nothing
CLOSE = 0.75
LONGEST = 60  # characters of a heading compared; longer ones are sentences
NUMBERED = re.compile(
    r"^(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）]?[.、．]|[(（](?:\d{1,2}|[一二三四五六七八九十]+)[)）])"
)
HINT = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
SIGNS = re.compile(r"[\s*＊:：/／,，、;；.。\-_—()（）\[\]【】“”\"']")


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


# ---- Suggestions -------------------------------------------------------------------------------------


class How(StrEnum):
    """Why a heading is taken for a field."""

    REMEMBERED = "remembered"
    EXACT = "exact"
    CONTAINED = "contained"
    CLOSE = "close"
    NONE = "none"


@dataclass(frozen=True)
class Suggestion:
    """What a heading probably fills. `field` is empty when nothing fits or the person said to ignore it.

    `confidence` 0–1; `unit` as written in the heading; `rival` names the heading that already fills the field this one
    would have fitted (`wanted`), so that a page can say that two columns compete.
    """

    heading: str
    field: str = ""
    confidence: float = 0.0
    how: How = How.NONE
    unit: str = ""
    wanted: str = ""
    rival: str = ""


class TwoColumnsError(ValueError):
    """Two headings were mapped to one field."""


def suggest(
    headings: Sequence[str], known: Mapping[str, Iterable[str]], remembered: Mapping[str, str] | None = None
) -> tuple[Suggestion, ...]:
    """A suggestion per heading, in order. `known`: field → spellings; never two columns for one field.

    `remembered` maps headings to a field or to "ignore" and outranks everything; names of fields no longer known are
    passed over.
    """
    kept = {normalise(heading): field for heading, field in (remembered or {}).items()}
    spellings = [(field, _bare(word)) for field, words in known.items() for word in dict.fromkeys((field, *words))]
    offers: list[tuple[float, int, Suggestion]] = []
    for place, heading in enumerate(headings):
        unit = split_unit(heading)[1]
        field = kept.get(normalise(heading))
        if field == IGNORE or (field is not None and field in known):
            found = Suggestion(heading, "" if field == IGNORE else field, 1.0, How.REMEMBERED, unit)
            offers.append((-2.0, place, found))
            continue
        ranked = _ranked(heading, unit, spellings)
        offers.extend((-offer.confidence, place, offer) for offer in ranked)
        if not ranked:
            offers.append((0.0, place, Suggestion(heading, unit=unit)))
    return _assigned(len(headings), offers)


def _assigned(count: int, offers: list[tuple[float, int, Suggestion]]) -> tuple[Suggestion, ...]:
    """The best offers first; a heading whose field is taken falls to its next one, or names its rival."""
    chosen: dict[int, Suggestion] = {}
    taken: dict[str, str] = {}
    lost: dict[int, Suggestion] = {}
    for _rank, place, offer in sorted(offers, key=lambda entry: entry[:2]):
        if place in chosen:
            continue
        if offer.field in taken:
            rival = replace(offer, field="", confidence=0.0, how=How.NONE, wanted=offer.field, rival=taken[offer.field])
            lost.setdefault(place, rival)
            continue
        chosen[place] = offer
        if offer.field:
            taken[offer.field] = offer.heading
    return tuple(chosen.get(place) or lost[place] for place in range(count))


def _bare(text: str) -> str:
    """A heading without number, hint in brackets, unit and punctuation."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = HINT.sub("", NUMBERED.sub("", plain)) or plain
    return SIGNS.sub("", split_unit(plain)[0]).lower()[:LONGEST]


def _ranked(heading: str, unit: str, spellings: Sequence[tuple[str, str]]) -> list[Suggestion]:
    """The best offer per field, best first. A flattened heading is compared as a whole and by its leaf."""
    leaf = heading.rpartition("/")[2]
    forms = [(1.0, _bare(heading))] + ([(0.9, _bare(leaf))] if leaf != heading else [])
    best: dict[str, tuple[float, How]] = {}
    for field, spelling in spellings:
        for weight, form in forms:
            score, how = _score(form, spelling)
            if score * weight > best.get(field, (0.0, How.NONE))[0]:
                best[field] = (score * weight, how)
    found = [Suggestion(heading, field, round(score, 2), how, unit) for field, (score, how) in best.items()]
    return sorted(found, key=lambda offer: -offer.confidence)


def _score(form: str, spelling: str) -> tuple[float, How]:
    if not form or not spelling:
        return 0.0, How.NONE
    if form == spelling:
        return 1.0, How.EXACT
    shorter, longer = sorted((form, spelling), key=len)
    if len(shorter) >= SHORTEST_PART and shorter in longer:
        return 0.6 + 0.3 * len(shorter) / len(longer), How.CONTAINED
    ratio = difflib.SequenceMatcher(None, form, spelling).ratio()
    return (ratio * 0.8, How.CLOSE) if ratio >= CLOSE else (0.0, How.NONE)


def chosen_columns(headings: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """The columns a person confirmed: heading → field, "" or "ignore". Raises TwoColumnsError with a sentence."""
    field_of: dict[str, str] = {}
    for heading in headings:
        field = mapping.get(heading, "")
        if field in {"", IGNORE}:
            continue
        other = next((earlier for earlier, key in field_of.items() if key == field), None)
        if other is not None:
            raise TwoColumnsError(
                _("“{first}”和“{second}”两列选了同一项，请只留一列").format(first=other, second=heading)
            )
        field_of[heading] = field
    return Columns(field_of, tuple(heading for heading in headings if heading not in field_of))
