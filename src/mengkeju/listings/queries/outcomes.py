"""How needs ended, which are still open, and what is counted as solved through the platform."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import DateTimeField, Max, OuterRef, Q, QuerySet, Subquery

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, visible_q, visible_to
from mengkeju.kernel.models import Event
from mengkeju.listings.access import OutcomePerm, Perm
from mengkeju.listings.engine.outcomes import COUNTED, RULES
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing, NeedOutcome, PartyAccess
from mengkeju.listings.queries.reading import listings

OPEN_NEEDS = ("published", "dormant")
TABS = ("aged", "open", "dormant", "unconfirmed", "solved")


def current_outcome(listing: Listing) -> NeedOutcome | None:
    """What the need is closed with now."""
    rows = NeedOutcome.objects.filter(listing=listing, ended_at=None)
    return rows.select_related("listing", "solver", "solution").first()


def asked_about() -> list[str]:
    """The kinds of technical needs: who is hired is no need that was solved, and is not chased."""
    return [kind.key for kind in kinds.values() if kind.asks_outcome and kind.is_technology("need")]


def solved_here() -> QuerySet[Listing]:
    """Technical needs that count as solved through the platform: closed, and the enterprise itself has said so."""
    said = NeedOutcome.objects.filter(outcome__in=COUNTED, confirmed_at__isnull=False, ended_at=None, archived_at=None)
    return Listing.objects.filter(
        kind__in=asked_about(), state="closed", archived_at=None, pk__in=said.values("listing")
    )


@dataclass(frozen=True)
class Party:
    """An organisation with an agreed intention on the need."""

    organisation: Organisation
    intention: UUID


def parties_of(listing: Listing) -> list[Party]:
    """Whom an agreed intention has let in, each organisation once: the latest."""
    rows = PartyAccess.objects.filter(listing=listing, origin_type="intention").select_related("organisation")
    found = {row.organisation_id: Party(row.organisation, row.origin_uid) for row in rows.order_by("pk")}
    return list(found.values())


def possible_solutions(actor: Actor, listing: Listing, parties: Iterable[Party]) -> QuerySet[Listing]:
    """What may have solved it: achievements of the parties and those it is linked with, as far as readable."""
    owners = [party.organisation.pk for party in parties]
    linked = Q(links_out__target=listing) | Q(links_in__source=listing)
    found = Listing.objects.filter(Q(owner__in=owners) | linked).values("pk")
    return solutions(actor, listing).filter(pk__in=found).order_by("-published_at", "pk")


def solutions(actor: Actor, listing: Listing) -> QuerySet[Listing]:
    """Listings of the kinds that this one seeks, published or closed, that the actor may read."""
    keys = [kind.key for kind in kinds.values() if listing.kind_spec.meets(kind)]
    return listings(actor).filter(kind__in=keys, state__in=("published", "closed"))


def followed_needs(actor: Actor, tab: str, now: datetime) -> QuerySet[Listing]:
    """Needs of the areas of an officer to be chased, by tab (see TABS); each with `chased_at`, its last reminder.

    What comes from a public source has nobody to be chased. For the auditor of all areas.
    """
    rows = Listing.objects.filter(kind__in=asked_about(), archived_at=None)
    rows = visible_to(rows.exclude(origin="source"), actor, Perm.SHELF_READ).select_related("owner")
    current = NeedOutcome.objects.filter(ended_at=None)
    wanted = {
        "aged": Q(state__in=OPEN_NEEDS, published_at__lt=RULES.aged_before(now)),
        "open": Q(state__in=OPEN_NEEDS),
        "dormant": Q(state="dormant"),
        "unconfirmed": Q(state="closed", pk__in=current.filter(confirmed_at=None).values("listing")),
        "solved": Q(pk__in=solved_here().values("pk")),
    }
    news = Event.objects.filter(type="listing.chased", subject_type="listing", subject_uid=OuterRef("uid"))
    last = news.order_by().values("subject_uid").annotate(last=Max("at")).values("last")
    rows = rows.filter(wanted[tab]).annotate(chased_at=Subquery(last, output_field=DateTimeField()))
    return rows.order_by("published_at", "pk")


def outcomes_of(rows: Iterable[Listing]) -> dict[int, NeedOutcome]:
    """The current outcome of each, by the listing's key; one query."""
    found = NeedOutcome.objects.filter(listing__in=[row.pk for row in rows], ended_at=None)
    return {outcome.listing_id: outcome for outcome in found.select_related("solver", "solution")}


def readable_outcome(actor: Actor, outcome: NeedOutcome) -> bool:
    """Whether the reader sees evidence, satisfaction and solver: the owner's people, officers of the area, auditors."""
    return NeedOutcome.objects.filter(visible_q(actor, OutcomePerm.READ), pk=outcome.pk).exists()
