"""Doubts about proposals: whose, in which order, and what one says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Duty
from mengkeju.listings.models import Listing
from mengkeju.matching.access import Perm
from mengkeju.matching.engine import bands
from mengkeju.matching.engine.bands import Band
from mengkeju.matching.models import Proposal, Question
from mengkeju.matching.queries import reasons, sums

OPEN = ("open", "reopened")
_PARTS = (
    "listing__owner", "proposal__need__owner", "proposal__achievement__owner", "organisation", "person",
    "answered_by", "second_answered_by",
)  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """One text of a doubt: what it is (question, answer, again, second_answer), by whom and when."""

    key: str
    title: str
    who: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Questioned:
    """What had been proposed when it was questioned; `band` None: below the bands."""

    band: Band | None
    summary: reasons.Pieces
    rows: tuple[reasons.Row, ...]
    sums: sums.Sums | None
    model: str


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


def turns(question: Question) -> list[Turn]:
    """What was written, in turn; one query."""
    logins = {a.uid for a in (question.answered_by, question.second_answered_by) if a is not None}
    names = provider().names(logins) if logins else {}
    first = names.get(question.answered_by.uid, "") if question.answered_by else ""
    second = names.get(question.second_answered_by.uid, "") if question.second_answered_by else ""
    asker, answered = question.person.name, _("平台答复")
    told = [
        ("question", _("疑问"), asker, question.created_at, question.text),
        ("answer", answered, first, question.answered_at, question.answer),
        ("again", _("再次提出"), asker, question.again_at, question.again),
        ("second_answer", answered, second, question.second_answered_at, question.second_answer),
    ]
    return [Turn(key, title, who, at, text) for key, title, who, at, text in told if at is not None]


def questioned(question: Question) -> Questioned | None:
    """What had been proposed when it was questioned: the band, the reasons and their sum; None without a proposal."""
    if question.proposal is None or not question.shown:
        return None
    why = reasons.filled(question.shown)
    words = question.listing.kind_spec.words
    band, model = bands.find(question.shown["band"]), question.shown["model_version"]
    return Questioned(band, reasons.summary(why, words), reasons.rows(why), sums.sums(why), model)


def may_raise_again(actor: Actor, question: Question) -> bool:
    """Whether the actor may ask once more: his own, answered, and not asked twice yet."""
    return question.state == "answered" and question.again_at is None and may(actor, Perm.QUESTION_OWN, question)


def leaving(actor: Actor, question: Question) -> str:
    """The step by which the asker may end it now: close, withdraw, or none."""
    if not may(actor, Perm.QUESTION_OWN, question):
        return ""
    return "close" if question.state == "answered" else "withdraw" if question.state in OPEN else ""
