"""The year of a technology-transfer body, from the deals whose parties have confirmed that it helped.

Every number is a sum over rows that can be listed. Nothing here writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Exists, OuterRef, Q, QuerySet, Subquery

from mengkeju.deals.access import LISTING_READ, DealPerm, RegistrationPerm
from mengkeju.deals.engine.agency import Help, Sums, sums_of
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.growth import growth
from mengkeju.deals.models import AgencySheet, Claim, Deal, DealHelper, DealParty, Intention, Registration
from mengkeju.deals.queries.statistics import counted
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Membership, Organisation, Person
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.words import gettext
from mengkeju.listings.models import Listing


def helping(agency: Organisation) -> QuerySet[DealHelper]:
    """Where a party of the deal has confirmed that the body helped."""
    return DealHelper.objects.filter(organisation=agency, confirmed_at__isnull=False, archived_at=None)


def _helped(rows: "QuerySet[Any]", agency: Organisation, deal: str) -> "QuerySet[Any]":
    """Of rows the ones whose deal (key at `deal`) it helped with; each knows `share` and whether it was `alone`."""
    mine = helping(agency).filter(deal=OuterRef(deal))
    everybody = DealHelper.objects.filter(confirmed_at__isnull=False, archived_at=None, deal=OuterRef(deal))
    share = Subquery(mine.order_by("pk").values("share")[:1], output_field=DecimalField(max_digits=5, decimal_places=2))
    others = everybody.exclude(organisation=agency)
    found: QuerySet[Any] = rows.filter(Exists(mine)).annotate(share=share, alone=~Exists(others))
    return found


def helped_contracts(agency: Organisation, year: int) -> "QuerySet[Any]":
    """促进技术合同登记: the registrations of the year of deals it helped with, the latest first."""
    rows = _helped(counted().filter(registered_on__year=year), agency, "deal")
    return rows.select_related("deal").order_by("-registered_on", "-pk")


def helped_deals(agency: Organisation, year: int, *, of_results: bool = False) -> "QuerySet[Any]":
    """Deals signed in the year that it helped with, the latest first; `of_results`: those about an achievement."""
    rows = Deal.objects.filter(state__in=SIGNED_STATES, signed_on__year=year, archived_at=None)
    if of_results:
        rows = rows.filter(achievement__isnull=False)
    return _helped(rows, agency, "pk").select_related("achievement").order_by("-signed_on", "-pk")


def sums(rows: "QuerySet[Any]") -> Sums:
    """The sums over `helped_contracts` or `helped_deals`. One query."""
    certified = rows.model is Registration
    value, technology = (
        ("certified_value", "certified_technology") if certified else ("contract_value", "technology_value")
    )
    columns = rows.order_by().values_list(value, technology, "share", "alone")
    return sums_of(Help(amount, technical, share, alone) for amount, technical, share, alone in columns)


def opened_contracts(actor: Actor, rows: list[Registration]) -> frozenset[int]:
    """Of these registrations the keys of those whose record the reader may open. One query."""
    found = Registration.objects.filter(pk__in=[row.pk for row in rows])
    return frozenset(visible_to(found, actor, RegistrationPerm.READ).values_list("pk", flat=True))


def shown_deals(actor: Actor, rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Of these deals the ones the reader may see by name: his to read, or registered and so in the statistics.

    An officer's sheet says how many there are and what they add up to; whom an unregistered contract binds is for its
    sides and helpers.
    """
    mine = visible_to(Deal.objects.all(), actor, DealPerm.READ).values("pk")
    return rows.filter(Q(pk__in=mine) | Exists(counted().filter(deal=OuterRef("pk"))))


def parties_on_sides(rows: Sequence[Deal]) -> dict[int, dict[str, str]]:
    """By key of the deal the names on each side, the lead first. One query."""
    found: dict[int, dict[str, str]] = {}
    standing = DealParty.objects.filter(deal__in=[row.pk for row in rows], archived_at=None).order_by("order", "pk")
    for deal, side, name in standing.values_list("deal_id", "side", "name"):
        sides = found.setdefault(deal, {})
        sides[side] = gettext("%(one)s、%(other)s") % {"one": sides[side], "other": name} if side in sides else name
    return found


def opened_deals(actor: Actor, rows: list[Deal]) -> frozenset[int]:
    """Of these deals the keys of those the reader may open. One query."""
    found = Deal.objects.filter(pk__in=[row.pk for row in rows])
    return frozenset(visible_to(found, actor, DealPerm.READ).values_list("pk", flat=True))


def _its_people(agency: Organisation, broker: str) -> Exists:
    """Of a row: the person at `broker` belonged to the body when the row was made."""
    there = Membership.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=OuterRef("created_at")),
        organisation=agency,
        person=OuterRef(broker),
        began_at__lte=OuterRef("created_at"),
    )
    return Exists(there)


def claimed_needs(agency: Organisation, year: int) -> QuerySet[Claim]:
    """Claims of needs by its brokers in the year, the latest first: what the platform knows of its work for needs."""
    rows = Claim.objects.filter(_its_people(agency, "broker"), created_at__year=year, listing__kind="need")
    return rows.filter(archived_at=None).select_related("listing").order_by("-created_at", "-pk")


def shown_claims(actor: Actor, rows: QuerySet[Claim]) -> QuerySet[Claim]:
    """Of these claims the ones of listings the reader may read."""
    return rows.filter(listing__in=visible_to(Listing.objects.all(), actor, LISTING_READ).values("pk"))


def introductions(agency: Organisation, year: int) -> int:
    """Pairs its brokers introduced in the year. One query."""
    rows = Intention.objects.filter(_its_people(agency, "broker"), introduced_at__year=year, archived_at=None)
    return rows.count()


def brokers_here(agency: Organisation) -> int:
    """People of the body who hold the role of a broker on the platform today. One query."""
    there = Q(memberships__organisation=agency, memberships__ended_at=None)
    held = Q(role_grants__role=Role.BROKER, role_grants__revoked_at=None)
    return Person.objects.filter(there).filter(held).filter(archived_at=None).distinct().count()


def sheet_of(agency: Organisation, year: int) -> AgencySheet | None:
    """What the body stated of a year."""
    return AgencySheet.objects.filter(organisation=agency, year=year, archived_at=None).first()


def sheet_years(agency: Organisation, this_year: int) -> list[int]:
    """The years of which there is something, this one and the last, the latest first. Two queries."""
    stated = AgencySheet.objects.filter(organisation=agency, archived_at=None).values_list("year", flat=True)
    rows = counted().filter(Exists(helping(agency).filter(deal=OuterRef("deal")))).order_by()
    return sorted(
        {this_year, this_year - 1, *stated, *rows.values_list("registered_on__year", flat=True)}, reverse=True
    )


@dataclass(frozen=True)
class AgencyYear:
    """Everything that is computed of a year. `income_growth` (%) of what was stated for it and the year before."""

    registered: Sums
    signed: Sums
    of_results: Sums
    claimed: int
    introduced: int
    brokers: int
    sheet: AgencySheet | None
    income_growth: Decimal | None


def agency_year(agency: Organisation, year: int) -> AgencyYear:
    """The year of a body. Eight queries, however many contracts there are."""
    stated = AgencySheet.objects.filter(organisation=agency, year__in=(year - 1, year), archived_at=None)
    sheets = {sheet.year: sheet for sheet in stated}
    now, before = (sheets[key].transfer_income if key in sheets else None for key in (year, year - 1))
    return AgencyYear(
        registered=sums(helped_contracts(agency, year)),
        signed=sums(helped_deals(agency, year)),
        of_results=sums(helped_deals(agency, year, of_results=True)),
        claimed=claimed_needs(agency, year).order_by().values("listing").distinct().count(),
        introduced=introductions(agency, year),
        brokers=brokers_here(agency),
        sheet=sheets.get(year),
        income_growth=growth(now, before) if now is not None and before is not None else None,
    )


def helped_any(agency: Organisation) -> bool:
    """Whether any deal names it as confirmed helper. One query."""
    return helping(agency).exists()
