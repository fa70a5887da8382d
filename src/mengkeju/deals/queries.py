"""Reads of intentions."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from mengkeju.deals.access import Perm
from mengkeju.deals.engine.workflow import OPEN_STATES
from mengkeju.deals.models import Intention
from mengkeju.directory.queries import ContactCard, contact_card
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing


def intentions(actor: Actor) -> QuerySet[Intention]:
    """Intentions the actor may read, with what their rows show."""
    rows = Intention.objects.filter(archived_at=None).select_related(
        "target", "counter", "declaring", "answering", "declaring_person", "answering_person", "broker"
    )
    return visible_to(rows, actor, Perm.READ).order_by("-state_at", "-pk")


def find(actor: Actor, uid: UUID) -> Intention | None:
    """One intention if the actor may read it."""
    return intentions(actor).filter(uid=uid).first()


def on_listing(actor: Actor, listing: Listing) -> QuerySet[Intention]:
    """Intentions on a listing, or naming it as counter, that the actor may read."""
    return intentions(actor).filter(Q(target=listing) | Q(counter=listing))


def open_between(actor: Actor, target: Listing) -> Intention | None:
    """The open intention of one of the actor's organisations on a target, if any."""
    return (
        intentions(actor).filter(target=target, declaring__uid__in=actor.organisations, state__in=OPEN_STATES).first()
    )


def open_on_pair(actor: Actor, one: Listing, other: Listing) -> Intention | None:
    """The open intention that brings these two listings together, whichever side declared it."""
    pair = Q(target=one, counter=other) | Q(target=other, counter=one)
    return intentions(actor).filter(pair, state__in=OPEN_STATES).first()


def contacts(actor: Actor, intention: Intention) -> list[tuple[str, ContactCard]]:
    """Both sides' contacts, while the intention is open to both; before and after that only one's own side."""
    cards = []
    for organisation, person in (
        (intention.declaring, intention.declaring_person),
        (intention.answering, intention.answering_person),
    ):
        if person is not None and (intention.opened or organisation.uid in actor.organisations):
            cards.append((organisation.name, contact_card(person)))
    return cards


def public_intended_needs() -> QuerySet[Listing]:
    """Public needs that are, or are named in, an intention of any state."""
    named = Q(intentions__isnull=False) | Q(counter_intentions__isnull=False)
    return listings.public_needs().filter(named).distinct()


def first_intention_at(listing: UUID) -> datetime | None:
    """When the first intention on a listing, or naming it, was declared."""
    found = Intention.objects.filter(Q(target__uid=listing) | Q(counter__uid=listing))
    return found.order_by("created_at").values_list("created_at", flat=True).first()
