"""Reads for a ledger: which organisation a name means, what is registered already, where a row says otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from mengkeju.deals.engine import ledger
from mengkeju.deals.engine.near_names import Names
from mengkeju.deals.models import PartyAlias, Registration
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Area, Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.values import organisation_key

PORTION = 500
STATED = {
    "registered_on": "registered_on",
    "contract_value": "certified_value",
    "technology_value": "certified_technology",
    "contract_type": "contract_type",
    "seller_kind": "seller_kind",
    "field": "field",
    "ip_kind": "ip_kind",
    "plan_source": "plan_source",
    "body_name": "body_name",
}
"""Columns of a ledger → what of a registration they state; a change of these is an amendment."""
BESIDE = ("title", "seller", "buyer", "signed_on", "area", "zone", "buyer_area")
"""What belongs to the contract and not to the 登记证明: said, never changed from a ledger."""
NAMES = ("title", "seller", "buyer", "body_name")
AMOUNTS = ("contract_value", "technology_value")
DAYS = ("registered_on", "signed_on")


def desk_area(actor: Actor) -> str:
    """The area a registrar was granted, the widest of several; empty for others."""
    grants = [grant for grant in actor.grants if grant.role == Role.REGISTRAR and grant.area]
    return max(grants, key=lambda grant: (len(grant.areas_below), grant.area)).area if grants else ""


# ---- Names -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Meant:
    """Whom a name means: an organisation (`alias`: by that decision), or candidates to decide among, or nobody here."""

    organisation: Organisation | None = None
    alias: PartyAlias | None = None
    candidates: tuple[Organisation, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether somebody has to decide."""
        return bool(self.candidates)


class Parties:
    """Verified organisations by code and name, and the decisions of a desk. Three queries, whatever is asked."""

    def __init__(self, area: str) -> None:
        """`area`: the desk whose decisions hold."""
        self._by_code: dict[str, Organisation] = {}
        self._by_key: dict[str, list[Organisation]] = {}
        everybody = list(Organisation.objects.filter(state="verified", archived_at=None).order_by("pk"))
        for one in everybody:
            if one.credit_code:
                self._by_code[one.credit_code] = one
            self._by_key.setdefault(organisation_key(one.name), []).append(one)
        rows = PartyAlias.objects.filter(area=area, archived_at=None).exclude(decision="")
        self._decided = {row.key: row for row in rows.select_related("organisation")}
        self._names = Names((one.name, one) for one in everybody)

    def find(self, name: str, code: str = "") -> Meant:
        """By credit code, by decision, by the one name that is the same; else candidates, if any."""
        coded = self._by_code.get("".join(code.split()).upper()) if code else None
        if coded is not None:
            return Meant(coded)
        key = organisation_key(name)
        alias = self._decided.get(key)
        if alias is not None:
            return Meant(alias.organisation, alias)
        same = self._by_key.get(key, [])
        if len(same) == 1 and not (code and same[0].credit_code):
            return Meant(same[0])
        return Meant(candidates=tuple(same or self._names.near(name)))

    def candidates(self, name: str) -> tuple[Organisation, ...]:
        """Those a name may mean, whatever was decided: the same names first."""
        return tuple(self._by_key.get(organisation_key(name), []) or self._names.near(name))


# ---- What is there already ---------------------------------------------------------------------------


@dataclass
class Known:
    """Registrations a ledger's rows may be: by number, and those without one by what they say."""

    by_number: dict[str, Registration]
    by_row: dict[str, Registration]

    @classmethod
    def read(cls, numbers: Iterable[str], days: Iterable[date]) -> "Known":
        """One query for each 500 numbers and days."""
        rows = Registration.objects.filter(archived_at=None).select_related("deal")
        numbered = [row for part in _parts(set(numbers)) for row in rows.filter(number__in=part)]
        unnumbered = [
            row for part in _parts(set(days)) for row in rows.filter(number="", registered_on__in=part).order_by("pk")
        ]
        return cls({row.number: row for row in numbered}, {_said_by(row): row for row in unnumbered})

    def find(self, values: Mapping[str, Any]) -> Registration | None:
        """The registration a row speaks of, if it is there."""
        number = values.get("number", "")
        if number:
            return self.by_number.get(number)
        return self.by_row.get(ledger.identity(values, date.fromisoformat(values["registered_on"])))


def _parts(things: set[Any]) -> Iterable[list[Any]]:
    ordered = sorted(things)
    return (ordered[start : start + PORTION] for start in range(0, len(ordered), PORTION))


def _said_by(row: Registration) -> str:
    if row.registered_on is None:
        return ""
    said = {"title": row.deal.title, "seller": row.seller_name, "buyer": row.buyer_name}
    return ledger.identity(said, row.registered_on)


@dataclass(frozen=True)
class Difference:
    """A column in which a row says something else. `name` of the registration; empty when it is not amended here."""

    column: str
    name: str
    before: Any
    after: Any


def differences(values: Mapping[str, Any], row: Registration) -> list[Difference]:
    """Where a row of a ledger states something else than the platform; an empty cell states nothing."""
    found = []
    for column in (*STATED, *BESIDE):
        if values.get(column) in (None, ""):
            continue
        before, after = _stated(row, column), typed(column, values[column])
        if column in BESIDE and before in (None, ""):
            continue
        same = ledger.plain(str(before)) == ledger.plain(str(after)) if column in NAMES else before == after
        if not same:
            found.append(Difference(column, STATED.get(column, ""), before, after))
    return found


def _stated(row: Registration, column: str) -> Any:
    if column in STATED:
        return getattr(row, STATED[column])
    match column:
        case "title" | "signed_on":
            return getattr(row.deal, column)
        case "seller" | "buyer":
            return getattr(row, f"{column}_name")
    return getattr(row, column)


def typed(column: str, value: Any) -> Any:
    """A stored cell as the column of the record has it."""
    if column in AMOUNTS:
        return Decimal(value)
    return date.fromisoformat(value) if column in DAYS else value


def place_words(codes: Iterable[str]) -> dict[str, str]:
    """Places as a ledger writes them and an import reads them again: below the region from the city on. Two queries."""
    paths = dict(Area.objects.filter(code__in=set(codes)).values_list("code", "path"))
    parts = {code for path in paths.values() for code in path.split("/") if code}
    rows = {row.code: row for row in Area.objects.filter(code__in=parts)}
    made = {}
    for code, path in paths.items():
        line = [rows[part] for part in path.split("/") if part]
        inner = [row.name for row in line if row.kind not in ("country", "province")]
        made[code] = "".join(inner) or rows[code].name
    return made


def registrations_of(uids: Sequence[UUID]) -> dict[UUID, Registration]:
    """Registrations by uid with their deals."""
    rows = [r for part in _parts(set(uids)) for r in Registration.objects.filter(uid__in=part).select_related("deal")]
    return {row.uid: row for row in rows}
