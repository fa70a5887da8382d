"""Doubts about proposals: whose, in which order, and what one says."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.models import Duty
from mengkeju.listings.models import Listing
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Proposal, Question

OPEN = ("open", "reopened")
_PARTS = (
    "listing__owner", "proposal__need__owner", "proposal__achievement__owner", "organisation", "person",
    "answered_by", "second_answered_by",
)  # fmt: skip


def questions(actor: Actor) -> QuerySet[Question]:
    """Those the actor may read: his own, his organisations', all for who answers; the newest first."""
    rows = Question.objects.select_related(*_PARTS)
    return visible_to(rows, actor, Perm.QUESTION_READ).order_by("-created_at", "-pk")


def waiting(actor: Actor) -> QuerySet[Question]:
    """Of these the ones that wait for an answer, the longest waiting first."""
    return questions(actor).filter(state__in=OPEN).order_by("state_at", "pk")


def find(actor: Actor, uid: UUID) -> Question | None:
    """One of them."""
    return questions(actor).filter(uid=uid).first()


def running(actor: Actor, listing: Listing, proposal: Proposal | None) -> Question | None:
    """The actor's own question about this, while it is not closed."""
    if actor.person_uid is None:
        return None
    rows = Question.objects.filter(person__uid=actor.person_uid, listing=listing, proposal=proposal)
    return rows.filter(~Q(state="closed")).first()


def has_any(actor: Actor) -> bool:
    """Whether the actor or his organisations ever asked."""
    mine = Q(organisation__uid__in=actor.organisations)
    if actor.person_uid is not None:
        mine |= Q(person__uid=actor.person_uid)
    return Question.objects.filter(mine).exists()


def due_of(rows: Iterable[Question]) -> dict[UUID, date | None]:
    """Until when each is to be answered, or its answer read; one query."""
    uids = [row.uid for row in rows]
    found = Duty.objects.filter(subject_type="match_question", subject_uid__in=uids, closed_at=None)
    return dict(found.values_list("subject_uid", "due_on"))
