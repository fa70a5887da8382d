"""Joint releases: what a frozen row holds, when its content differs, and the sums officers check. Plain Python.

A row is frozen as JSON: {"schema": "release.item", "version": 1, …}. `values` are the stated values everybody may
read, by field key, as they are kept; `words` the same as they were shown. The digest is made of what was stated, not
of how it is worded, so that a renamed term changes no release.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SCHEMA, VERSION = "release.item", 1
KEYS = frozenset(
    {
        "schema", "version", "number", "title", "summary", "owner", "owner_uid", "owner_kind", "verified", "area",
        "area_name", "city", "field", "cluster", "deadline", "values", "words", "fictional",
    }
)  # fmt: skip
ENTERPRISE = "enterprise"


def load(path: Path = Path(__file__).parent / "releases.yaml") -> int:
    """How many needs one release may hold. ValueError unless positive."""
    most = int(yaml.safe_load(path.read_text(encoding="utf-8"))["most_needs"])
    if most <= 0:
        msg = f"{path.name}: most_needs must be positive"
        raise ValueError(msg)
    return most


MOST_NEEDS = load()


def canonical(value: Any) -> str:
    """One spelling of a JSON value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(value: Any) -> str:
    """SHA-256 of a JSON value."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def check(snapshot: Mapping[str, Any]) -> None:
    """ValueError unless a frozen row is of this schema and version and has its keys."""
    if (snapshot.get("schema"), snapshot.get("version")) != (SCHEMA, VERSION) or set(snapshot) != KEYS:
        msg = f"not a row of {SCHEMA} {VERSION}: {sorted(set(snapshot) ^ KEYS)}"
        raise ValueError(msg)


def content_digest(snapshot: Mapping[str, Any]) -> str:
    """The digest of what a row states: two rows with the same one read the same."""
    return digest([snapshot["owner_uid"], snapshot["values"]])


@dataclass(frozen=True)
class Difference:
    """One field that reads otherwise than when it was frozen."""

    label: str
    before: str
    after: str


def differences(then: Mapping[str, Any], now: Mapping[str, Any], labels: Mapping[str, str]) -> list[Difference]:
    """The fields whose stated value differs, in the order of `labels` (key → word); what closed since reads empty."""
    found = []
    for key, label in labels.items():
        if then["values"].get(key) != now["values"].get(key):
            found.append(Difference(label, then["words"].get(key, ""), now["words"].get(key, "")))
    return found


@dataclass(frozen=True)
class Line:
    """A row as the sums see it. `owner`: its uid, or its name where it has none; `month`: “2027-06” or empty."""

    key: str
    owner: str
    owner_kind: str
    verified: bool
    city: str
    field: str
    month: str


def line(key: str, snapshot: Mapping[str, Any]) -> Line:
    """A frozen row as a line of the sums."""
    return Line(
        key=key,
        owner=str(snapshot["owner_uid"] or snapshot["owner"]),
        owner_kind=str(snapshot["owner_kind"]),
        verified=bool(snapshot["verified"]),
        city=str(snapshot["city"]),
        field=str(snapshot["field"]),
        month=str(snapshot["deadline"])[:7],
    )


@dataclass(frozen=True)
class Count:
    """Organisations and needs of one city, field or month; `key` empty: not stated."""

    key: str
    firms: int
    needs: int


@dataclass(frozen=True)
class Sums:
    """All counts of a release. Needs of cities, fields and months each add up to `needs`.

    `shared`: organisations with needs in more than one city, counted in each of them and once in `firms`.
    """

    firms: int
    needs: int
    others: int
    shared: int
    cities: tuple[Count, ...]
    fields: tuple[Count, ...]
    months: tuple[Count, ...]


def _counts(lines: Iterable[tuple[str, str]]) -> tuple[Count, ...]:
    owners: dict[str, list[str]] = {}
    for key, owner in lines:
        owners.setdefault(key, []).append(owner)
    ordered = sorted(owners, key=lambda key: (not key, key))  # what is not stated comes last
    return tuple(Count(key, len(set(owners[key])), len(owners[key])) for key in ordered)


def sums(lines: Iterable[Line]) -> Sums:
    """Count. `others`: organisations among `firms` that are no enterprises."""
    rows = list(lines)
    kinds = {row.owner: row.owner_kind for row in rows}
    cities: dict[str, set[str]] = {}
    for row in rows:
        cities.setdefault(row.owner, set()).add(row.city)
    return Sums(
        firms=len(kinds),
        needs=len(rows),
        others=sum(kind != ENTERPRISE for kind in kinds.values()),
        shared=sum(len(places) > 1 for places in cities.values()),
        cities=_counts((row.city, row.owner) for row in rows),
        fields=_counts((row.field, row.owner) for row in rows),
        months=_counts((row.month, row.owner) for row in rows),
    )


def agree(counted: Sums) -> bool:
    """Whether the parts make up the whole."""
    parts = (counted.cities, counted.fields, counted.months)
    return all(sum(count.needs for count in part) == counted.needs for part in parts)


WARNINGS = ("unverified", "no_deadline", "no_field", "past")


def warned(row: Line, today: str) -> tuple[str, ...]:
    """What an officer should look at again in a row, by key of WARNINGS; `today` “2026-11-21”."""
    found = {
        "unverified": not row.verified,
        "no_deadline": not row.month,
        "no_field": not row.field,
        "past": bool(row.month) and row.month < today[:7],
    }
    return tuple(key for key in WARNINGS if found[key])
