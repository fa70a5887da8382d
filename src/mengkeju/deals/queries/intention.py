"""Reads of intentions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access import Perm
from mengkeju.deals.engine.workflow import INTENTION, OPEN_STATES
from mengkeju.deals.models import Intention, Message
from mengkeju.directory.queries import ContactCard, contact_card
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.models import Attachment, Event
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing

# The workflow's words are the declaring side's; these are the words of the other readers.
ANSWERING_WORDS = {
    "declared": _("等您答复"),
    "accepted": _("本单位已接受"),
    "declined": _("已婉拒"),
}
OUTSIDE_WORDS = {
    "declared": _("待答复"),
    "accepted": _("已接受"),
    "declined": _("已婉拒"),
}
SIDES = ("declaring", "answering")


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


def open_pairs(actor: Actor, listings: Collection[Listing]) -> dict[int, dict[int | None, Intention]]:
    """The open intentions that bring each listing together with another, by both keys; whichever side declared."""
    keys = {listing.pk for listing in listings}
    rows = intentions(actor).filter(Q(target__in=keys, counter__isnull=False) | Q(counter__in=keys))
    found: dict[int, dict[int | None, Intention]] = {key: {} for key in keys}
    for row in rows.filter(state__in=OPEN_STATES):
        for one, other in ((row.target_id, row.counter_id), (row.counter_id, row.target_id)):
            if one in found:
                found[one].setdefault(other, row)
    return found


def open_on(actor: Actor, targets: Collection[Listing]) -> dict[int, Intention]:
    """The open intentions of the actor's organisations on these targets, by the target's key."""
    rows = intentions(actor).filter(
        target__in=[row.pk for row in targets], declaring__uid__in=actor.organisations, state__in=OPEN_STATES
    )
    return {row.target_id: row for row in rows}


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
    named = Exists(Intention.objects.filter(target=OuterRef("pk")))
    countered = Exists(Intention.objects.filter(counter=OuterRef("pk")))
    return listings.public_needs().filter(named | countered)


def intended(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of any listings those that are, or are named in, an intention of any state."""
    found = Intention.objects.filter(archived_at=None)
    return rows.filter(Exists(found.filter(target=OuterRef("pk"))) | Exists(found.filter(counter=OuterRef("pk"))))


def came_to(rows: QuerySet[Listing], *, steps: tuple[str, ...]) -> QuerySet[Listing]:
    """Of any listings those with an intention that has made one of the steps, however it ended."""
    made = Event.objects.filter(subject_type="intention", type__in=[f"intention.{step}" for step in steps])
    found = Intention.objects.filter(archived_at=None, uid__in=made.values("subject_uid"))
    return rows.filter(Exists(found.filter(target=OuterRef("pk"))) | Exists(found.filter(counter=OuterRef("pk"))))


def first_intention_at(listing: UUID) -> datetime | None:
    """When the first intention on a listing, or naming it, was declared."""
    found = Intention.objects.filter(Q(target__uid=listing) | Q(counter__uid=listing))
    return found.order_by("created_at").values_list("created_at", flat=True).first()


@dataclass(frozen=True)
class IntentionFilter:
    """What a list is asked for; empty = all. `box`: sent, received or introduced; `listing`: on it, or naming it."""

    box: str = ""
    state: str = ""
    listing: UUID | None = None


def find_intentions(actor: Actor, asked: IntentionFilter) -> QuerySet[Intention]:
    """Intentions the actor may read."""
    rows = intentions(actor)
    boxes = {
        "sent": Q(declaring__uid__in=actor.organisations),
        "received": Q(answering__uid__in=actor.organisations),
        "introduced": Q(broker__uid=actor.person_uid, broker__isnull=False),
    }
    if asked.box:
        rows = rows.filter(boxes[asked.box])
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.listing is not None:
        rows = rows.filter(Q(target__uid=asked.listing) | Q(counter__uid=asked.listing))
    return rows


def direction(actor: Actor, intention: Intention) -> str:
    """How the reader has part in it: sent, received, introduced; other for an auditor."""
    if intention.declaring.uid in actor.organisations:
        return "sent"
    if intention.answering.uid in actor.organisations:
        return "received"
    return "introduced" if intention.broker is not None and intention.broker.uid == actor.person_uid else "other"


def state_word(actor: Actor, intention: Intention) -> str:
    """The word of the state, said from the reader's side."""
    label = word(INTENTION.states[intention.state])
    side = direction(actor, intention)
    if side == "sent":
        return label
    return str((ANSWERING_WORDS if side == "received" else OUTSIDE_WORDS).get(intention.state, label))


def may_confirm(actor: Actor, intention: Intention) -> bool:
    """Whether the actor's side has still to confirm a broker's introduction."""
    return (
        intention.broker is not None
        and may(actor, Perm.CONFIRM, intention)
        and any(
            getattr(intention, side).uid in actor.organisations and getattr(intention, f"{side}_confirmed_at") is None
            for side in SIDES
        )
    )


def messages(intention: Intention) -> QuerySet[Message]:
    """The thread, the oldest first, for readers already entitled to the intention."""
    return intention.messages.select_related("person", "organisation")


def with_files(rows: Iterable[Message]) -> list[tuple[Message, list[dict[str, Any]]]]:
    """Messages with their files (uid, name, size); one query."""
    rows = list(rows)
    found: dict[UUID, list[dict[str, Any]]] = {}
    attachments = Attachment.objects.filter(subject_type="message", subject_uid__in=[m.uid for m in rows])
    for a in attachments.select_related("file").order_by("pk"):
        found.setdefault(a.subject_uid, []).append({"uid": a.file.uid, "name": a.file.name, "size": a.file.size})
    return [(m, found.get(m.uid, [])) for m in rows]
