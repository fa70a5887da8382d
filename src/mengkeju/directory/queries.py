"""Reads of the directory: areas, terms, organisations, people. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from mengkeju.directory.access import Perm
from mengkeju.directory.models import Area, Membership, Organisation, Person, Term
from mengkeju.kernel.access import Actor, visible_to


def codes_below(code: str) -> frozenset[str]:
    """The code and every area below it (divisions and zones). An unknown code gives itself only."""
    area = Area.objects.filter(code=code).first()
    if area is None:
        return frozenset({code})
    return frozenset(Area.objects.filter(path__startswith=area.path).values_list("code", flat=True))


def codes_above(code: str) -> list[str]:
    """The codes from the root down to `code`, itself included."""
    area = Area.objects.filter(code=code).first()
    return [part for part in area.path.split("/") if part] if area else [code]


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Full names by code, below the region: “包头市 · 土默特右旗”."""
    wanted = set(codes)
    paths = dict(Area.objects.filter(code__in=wanted).values_list("code", "path"))
    parts = {c for p in paths.values() for c in p.split("/") if c}
    rows = {a.code: a for a in Area.objects.filter(code__in=parts)}
    names = {}
    for code, path in paths.items():
        line = [rows[c] for c in path.split("/") if c]
        shown = [a.name for a in line if a.kind not in {"country", "province"}] or [line[-1].name]
        names[code] = " · ".join(shown)
    return names


def city_of(code: str) -> str:
    """The prefecture code above an area, or the code itself when it has none."""
    above = codes_above(code)
    found = Area.objects.filter(code__in=above, kind="prefecture").values_list("code", flat=True).first()
    return found or code


def cities() -> list[Area]:
    """The two cities of the network, in order of code."""
    return list(Area.objects.filter(code__in=["150100", "150200"]).order_by("code"))


def area_choices(*, zones: bool = False) -> list[tuple[str, str]]:
    """Valid areas for a select, indented by level; zones only when asked, else divisions only."""
    rows = Area.objects.filter(valid_to=None)
    rows = rows.filter(kind="zone") if zones else rows.exclude(kind="zone")
    return [(a.code, "　" * max(a.path.count("/") - 3, 0) + a.name) for a in rows.order_by("path")]


def terms(vocabulary: str, *, retired: bool = False) -> QuerySet[Term]:
    """Terms of a vocabulary in order, with parents; retired ones only when asked."""
    rows = Term.objects.filter(vocabulary__key=vocabulary).select_related("parent", "vocabulary")
    return rows if retired else rows.filter(retired_on=None)


def term_choices(vocabulary: str) -> list[tuple[str, str]]:
    """(key, label) for a select; children after their parent, indented."""
    return [(t.key, ("　" if t.parent_id else "") + t.label) for t in terms(vocabulary)]


def term_labels(vocabulary: str) -> dict[str, str]:
    """Labels by key, retired terms included, because old objects still carry them."""
    return dict(terms(vocabulary, retired=True).values_list("key", "label"))


def synonym_groups() -> list[tuple[str, ...]]:
    """Every term of fields and clusters with its synonyms, for search and matching."""
    rows = Term.objects.filter(vocabulary__key__in=["field", "cluster"], retired_on=None).prefetch_related("synonyms")
    return [(t.label, *(s.text for s in t.synonyms.all())) for t in rows]


def organisations(actor: Actor) -> QuerySet[Organisation]:
    """Organisations the actor may see."""
    return visible_to(Organisation.objects.all(), actor, Perm.ORGANISATION_READ)


def organisation(uid: UUID) -> Organisation:
    """One organisation by uid, for actions that then `require`. Raises DoesNotExist."""
    return Organisation.objects.get(uid=uid)


def my_organisations(actor: Actor) -> list[Organisation]:
    """The actor's organisations, in the order of the memberships."""
    rows = {o.uid: o for o in Organisation.objects.filter(uid__in=actor.organisations)}
    return [rows[m.organisation] for m in actor.memberships if m.organisation in rows]


def person_of(actor: Actor) -> Person | None:
    """The actor's own person record."""
    return Person.objects.filter(uid=actor.person_uid).first() if actor.person_uid else None


@dataclass(frozen=True)
class ContactCard:
    """What one side of an agreed intention sees of the other."""

    name: str
    position: str
    phone: str
    email: str


def contact_card(person: Person) -> ContactCard:
    """A person's contact, for readers already entitled to it."""
    email = person.account.email if person.account else ""
    return ContactCard(person.name, person.position, person.phone, email)


def colleagues(organisation: Organisation) -> QuerySet[Membership]:
    """Open memberships of an organisation with person and account."""
    return organisation.memberships.filter(ended_at=None).select_related("person", "person__account").order_by("pk")
