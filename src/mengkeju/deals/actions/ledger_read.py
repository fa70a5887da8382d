"""Cells of a ledger's row → values (plain JSON), and what is wrong in which cell. Nothing is written."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from mengkeju.deals.engine import ledger, registration_number
from mengkeju.deals.engine.contract_types import TYPES
from mengkeju.deals.queries.ledger import place_words
from mengkeju.deals.queries.statistics import LISTS
from mengkeju.deals.queries.vocabulary import choices
from mengkeju.directory.models import Area
from mengkeju.kernel import clock
from mengkeju.kernel.exchange import ValueRefusedError, values
from mengkeju.kernel.exchange.amounts import parse_money, parse_money_range
from mengkeju.kernel.exchange.dates import parse_date
from mengkeju.kernel.exchange.importers import ERROR, WARNING, Given, ImportColumn, Problem, Sheet
from mengkeju.kernel.exchange.values import Choice, parse_choice
from mengkeju.kernel.words import word
from mengkeju.listings import actions as listings

LONGEST = {"title": 200, "seller": 120, "buyer": 120, "body_name": 120, "seller_code": 40, "buyer_code": 40}
CENT = Decimal("0.01")
MOST = Decimal(10) ** 12
DIVISION = re.compile(r"\d{6}")
SHORT_NAME = 2

Said = tuple[dict[str, Any], str]
"""What a cell says, by field, and a warning; a cell that says nothing gives nothing."""


def columns() -> tuple[ImportColumn, ...]:
    """The columns of the layout as mapping and recognition of headings need them."""
    return tuple(
        ImportColumn(c.key, c.label, c.label_en, (c.label, c.label_en, *c.words), required=c.required, money=c.money)
        for c in ledger.COLUMNS.values()
    )


@dataclass
class LedgerRow:
    """One row in values, and its problems by heading."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything keeps it out."""
        return any(problem.level == ERROR for problem in self.problems)


class Reader:
    """Reads the rows of one sheet; equal texts of a column are understood once."""

    def __init__(self, sheet: Sheet) -> None:
        """Vocabularies and places are read here."""
        self.sheet, self.today = sheet, clock.today()
        self._places, self._zones, self._provinces = listings.place_choices(), _zones(), _provinces()
        coded = {key: _coded(key, choices(listed)) for key, listed in LISTS.items()}
        types = _coded("contract_type", [(key, word(kind)) for key, kind in TYPES.items()])
        self._parse: dict[str, Callable[[str], Said]] = {
            "number": lambda text: ({"number": _number(text)}, ""),
            "contract_type": lambda text: (_type(text, types), ""),
            "area": lambda text: ({"area": parse_choice(text, self._places)}, ""),
            "zone": lambda text: ({"zone": parse_choice(text, self._zones)}, ""),
            "buyer_area": lambda text: ({"buyer_area": self._anywhere(text)}, ""),
            "registered_on": lambda text: self._day("registered_on", text),
            "signed_on": lambda text: self._day("signed_on", text),
        }
        for key in ("contract_value", "technology_value"):
            self._parse[key] = partial(_amount, key, sheet.unit_of.get(key, ""))
        for key, offered in coded.items():
            self._parse[key] = partial(_choice, key, offered)
        for key, most in LONGEST.items():
            self._parse[key] = partial(_text, key, most)
        self._seen: dict[tuple[str, str], tuple[dict[str, Any], tuple[tuple[str, str], ...]]] = {}

    def heading(self, *keys: str) -> str:
        """The heading of the first of these fields that has one; empty for none."""
        return next((self.sheet.heading_of[key] for key in keys if key in self.sheet.heading_of), "")

    def read(self, given: Given) -> LedgerRow:
        """The row's values; what is missing or contradicts itself is said at its cell."""
        made = LedgerRow()
        made.problems += [Problem(heading, ERROR, fault) for heading, fault in given.faults.items()]
        for key, heading in self.sheet.heading_of.items():
            text = given.cells.get(key, "").strip()
            if not text or heading in given.faults or key not in self._parse:
                continue
            found, said = self._understood(key, text)
            made.values |= found
            made.problems += [Problem(heading, level, message) for level, message in said]
        self._missing(made)
        self._contradictions(made)
        return made

    def _understood(self, key: str, text: str) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
        if (key, text) not in self._seen:
            try:
                found, warning = self._parse[key](text)
                stated = {name: value for name, value in found.items() if value not in (None, "")}
                self._seen[key, text] = stated, ((WARNING, warning),) if warning else ()
            except ValueRefusedError as error:
                self._seen[key, text] = {}, ((ERROR, str(error)),)
        return self._seen[key, text]

    def _missing(self, made: LedgerRow) -> None:
        told = {problem.heading for problem in made.problems if problem.level == ERROR}
        for column in ledger.COLUMNS.values():
            heading = self.sheet.heading_of.get(column.key, "")
            if column.required and not made.values.get(column.key) and heading not in told and "" not in told:
                made.problems.append(Problem(heading, ERROR, _("没有%(column)s") % {"column": word(column)}))
        if not made.values.get("number") and not made.wrong:
            said = _("没有登记编号：按合同名称、双方和登记日期认是不是同一份")
            made.problems.append(Problem(self.sheet.heading_of.get("number", ""), WARNING, said))

    def _contradictions(self, made: LedgerRow) -> None:
        found = made.values
        total, part = (Decimal(found[key]) if key in found else None for key in ("contract_value", "technology_value"))
        if part is not None and total is None:
            heading = self.heading("contract_value", "technology_value")
            made.problems.append(Problem(heading, ERROR, _("写了技术交易额，没有合同成交额")))
        if part is not None and total is not None and part > total:
            said = _("技术交易额大于合同成交额，请核对数字和单位")
            made.problems.append(Problem(self.heading("technology_value"), ERROR, said))
        if found.get("signed_on") and found.get("registered_on") and found["signed_on"] > found["registered_on"]:
            made.problems.append(Problem(self.heading("signed_on"), ERROR, _("签订日期晚于登记日期")))
        if found.get("registered_on", "") > self.today.isoformat():
            made.problems.append(Problem(self.heading("registered_on"), ERROR, _("登记日期还没有到")))

    def _day(self, key: str, text: str) -> Said:
        found = parse_date(text)
        if found is None:
            return {}, ""
        if found.day is not None:
            return {key: found.first.isoformat()}, ""
        if found.month is None:
            raise ValueRefusedError(_("“{text}”没有写到月").format(text=text[:20]))
        day = min(found.last, self.today) if found.first <= self.today else found.last
        said = _("没有写到日，按 {day} 记").format(day=day.isoformat())
        known = {} if key != "registered_on" else {"month_only": True}
        return {key: day.isoformat(), **known}, said

    def _anywhere(self, text: str) -> str | None:
        """A division of the list, else the province a place or its code begins with: outside no more is counted."""
        try:
            return parse_choice(text, self._places)
        except ValueRefusedError:
            plain = "".join(text.split())
            if DIVISION.fullmatch(plain) and f"{plain[:2]}0000" in self._provinces.values():
                return f"{plain[:2]}0000"
            found = next((code for name, code in self._provinces.items() if plain.startswith(name)), None)
            if found is None:
                raise
            return found


def _provinces() -> Mapping[str, str]:
    """Provinces by the first two characters of their names, which no two share: “广西” is 广西壮族自治区."""
    rows = Area.objects.filter(kind="province", valid_to=None).values_list("name", "code")
    return {name[:SHORT_NAME]: code for name, code in rows}


def _zones() -> list[Choice]:
    rows = list(Area.objects.filter(kind="zone", valid_to=None))
    full = place_words(row.code for row in rows)
    return [Choice(row.code, row.name, (full[row.code], row.name_en)) for row in rows]


def _coded(column: str, listed: list[tuple[str, str]]) -> list[Choice]:
    """Codes of the policy document with the words of ledgers."""
    return [Choice(code, label, ledger.SPELLINGS.get(column, {}).get(code, ())) for code, label in listed]


def _type(text: str, types: list[Choice]) -> dict[str, Any]:
    found = parse_choice(text, types)
    return {"contract_type": found, "contract_subtype": ledger.subtype_of(found or "", text)}


def _number(text: str) -> str:
    if text.lower() in values.NOTHING:
        return ""
    try:
        return registration_number.read(text)
    except ValueError as error:
        raise ValueRefusedError(str(error)) from error


def _amount(key: str, unit: str, text: str) -> Said:
    found = parse_money_range(text, unit)
    if found is None or found.open:
        return {}, ""
    amount = parse_money(text, unit)
    if amount is None or not 0 <= amount < MOST:
        raise ValueRefusedError(_("这个金额超出范围（0 至 1 万亿元），请检查单位"))
    kept = str(amount.quantize(CENT, ROUND_HALF_UP))
    return {key: kept}, _("写的是大约的数，按 {amount} 元记").format(amount=kept) if found.approximate else ""


def _choice(key: str, offered: Sequence[Choice], text: str) -> Said:
    return {key: parse_choice(text, offered)}, ""


def _text(key: str, most: int, text: str) -> Said:
    named = key in ("seller", "buyer", "body_name")
    plain = values.organisation_name(text) if named else " ".join(text.split())
    if key.endswith("_code"):
        plain = values.organisation_name("".join(text.split())).upper()
    if len(plain) > most:
        raise ValueRefusedError(_("有 {length} 个字，最多 {most} 个").format(length=len(plain), most=most))
    return {key: plain}, ""


def day_of(values_: Mapping[str, Any]) -> date:
    """The day of registration of a row that was read."""
    return date.fromisoformat(values_["registered_on"])
