"""Kinds of rights, their standing, terms and yearly fees: dates worked out from the dated file beside this."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from mengkeju.listings.engine.patent_numbers import PATENTS


@dataclass(frozen=True)
class RightKind:
    """One kind: its words, class Ⅰ or Ⅱ, and for how many years from filing (None: not counted here)."""

    key: str
    label: str
    label_en: str
    rank: str
    years: int | None


@dataclass(frozen=True)
class Standing:
    """A legal status. `known`: published by its office, so anybody may know of it; `synonyms`: how people write it."""

    key: str
    label: str
    label_en: str
    known: bool
    tone: str
    synonyms: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """The figures of `rights.yaml`."""

    checked_on: date
    kinds: dict[str, RightKind]
    standings: dict[str, Standing]
    old_design: tuple[date, int]
    grace_months: int
    open_months: int
    expiry_days: int
    dispute_days: int
    sources: dict[str, str]


def load(path: Path = Path(__file__).parent / "rights.yaml") -> Rules:
    """Read the file. ValueError unless it is dated and its figures positive."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    kinds = {
        k["key"]: RightKind(k["key"], k["label"], k["label_en"], k["class"], k.get("years")) for k in data["kinds"]
    }
    standings = {s["key"]: Standing(**(s | {"synonyms": tuple(s["synonyms"])})) for s in data["standings"]}
    before = data["term"]["design_before"]
    figures = (data["fee"]["grace_months"], data["fee"]["open_months"], data["expiry"]["open_days"])
    if not isinstance(data["checked_on"], date) or min(figures) <= 0 or data["dispute"]["working_days"] <= 0:
        msg = f"{path.name}: checked_on must be a date and the figures positive"
        raise ValueError(msg)
    sources = {part: str(data[part]["source"]) for part in ("term", "fee", "expiry", "dispute")}
    return Rules(
        data["checked_on"],
        kinds,
        standings,
        (before["day"], int(before["years"])),
        *figures,
        data["dispute"]["working_days"],
        sources,
    )


RULES = load()
KINDS = RULES.kinds


STANDINGS = RULES.standings
KNOWN = tuple(key for key, standing in STANDINGS.items() if standing.known)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month when it has none such."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def anniversary(day: date, years: int) -> date:
    """The same day so many years on."""
    return add_months(day, 12 * years)


def expiry(kind: str, applied_on: date | None) -> date | None:
    """When a patent ends by its term; None where no term is counted or the filing date is missing."""
    years = KINDS[kind].years if kind in KINDS else None
    if years is None or applied_on is None:
        return None
    if kind == "design" and applied_on < RULES.old_design[0]:
        years = RULES.old_design[1]
    return anniversary(applied_on, years)


@dataclass(frozen=True)
class Fee:
    """A yearly fee: for which patent year, from when it is to be paid, by when, and until when late."""

    year: int
    opens_on: date
    due_on: date
    grace_until: date


def fee_of(applied_on: date, year: int) -> Fee:
    """The fee of a patent year: due before the year before it ends, on the day in that year that answers to filing."""
    due = anniversary(applied_on, year - 1)
    return Fee(year, add_months(due, -RULES.open_months), due, add_months(due, RULES.grace_months))


def next_fee(
    kind: str, applied_on: date | None, granted_on: date | None, *, paid: Collection[int], since: date
) -> Fee | None:
    """The next fee to be paid. The year of the grant is paid with the grant; before `since` all counts as paid.

    None where nothing is due any more, the kind knows no fee, or a date is missing.
    """
    end = expiry(kind, applied_on)
    if kind not in PATENTS or applied_on is None or end is None:
        return None
    year = 2
    while (fee := fee_of(applied_on, year)).due_on < end:
        settled = year in paid or fee.due_on < since or (granted_on is not None and fee.due_on <= granted_on)
        if not settled:
            return fee
        year += 1
    return None


def reminds_from(end: date) -> date:
    """From when the end of a right is announced."""
    return end - timedelta(days=RULES.expiry_days)
