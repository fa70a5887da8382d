"""A doubt about a proposal, or about having none: asked, answered by a person, raised once more, closed.

What people write stands in the question only, never in the record.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mengkeju.directory.models import Person
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import advance, begin, lock, refuse_stale
from mengkeju.listings.models import Listing
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Proposal, Question

LONGEST, LONGEST_ANSWER = 2000, 4000


def _text(text: str, longest: int, name: str) -> str:
    found = text.strip()
    if not found:
        raise ValidationError({name: _("请写明内容")})
    if len(found) > longest:
        raise ValidationError({name: _("最多 %(most)s 字") % {"most": longest}})
    return found


@transaction.atomic
def ask_about(listing: Listing, proposal: Proposal | None, text: str, *, by: Actor, now: datetime) -> Question:
    """Ask about a proposal of a listing, or, without one, about what was not proposed. The operators are told.

    A second one while the first is running: ValidationError. RefusedError without the right, or for a service token.
    """
    require(by, Perm.ASK, listing)
    person = Person.objects.filter(uid=by.person_uid).first() if by.person_uid is not None else None
    if person is None:
        raise RefusedError(Perm.ASK, _("只有本人登录后才能提出疑问"), _("本人"))
    if proposal is not None:
        require(by, Perm.READ, proposal)
        if listing.pk not in {proposal.need_id, proposal.achievement_id}:
            raise ValidationError(_("这条推荐不属于这一条供需信息"))
    owner = listing.owner
    question = Question(
        listing=listing,
        proposal=proposal,
        organisation=owner if owner is not None and owner.uid in by.organisations else None,
        person=person,
        shown=_shown(proposal),
        text=_text(text, LONGEST, "text"),
        area=listing.area,
    )
    payload = {"listing": str(listing.uid), "proposal": str(proposal.uid) if proposal is not None else ""}
    organisation = question.organisation.uid if question.organisation is not None else None
    try:
        with transaction.atomic():
            return begin(question, by=by, now=now, payload=payload, organisation=organisation)
    except IntegrityError as error:
        raise ValidationError(_("您对这一项已经提过疑问，正在办理，不用重复提交")) from error


def _shown(proposal: Proposal | None) -> dict[str, Any]:
    """What was proposed when it was questioned: the next match may say something else."""
    if proposal is None:
        return {}
    return {
        **proposal.reasons,
        "band": proposal.band,
        "model_version": proposal.model_version,
        "computed_at": proposal.computed_at.isoformat(),
    }


@transaction.atomic
def answer_question(
    question: Question, text: str, *, by: Actor, now: datetime, revision: int | None = None
) -> Question:
    """A person answers in writing; the asker is told."""
    fresh = lock(question)
    require(by, Perm.ANSWER, fresh)
    refuse_stale(fresh, revision)
    if by.account_id is None:
        raise RefusedError(Perm.ANSWER, _("须由人答复"), _("系统管理员本人"))
    said = _text(text, LONGEST_ANSWER, "text")
    second = fresh.again_at is not None
    names = ("second_answer", "second_answered_at", "second_answered_by_id") if second else (
        "answer", "answered_at", "answered_by_id",
    )  # fmt: skip
    advance(fresh, "answer", by=by, now=now)
    for name, value in zip(names, (said, now, by.account_id), strict=True):
        setattr(fresh, name, value)
    fresh.save(update_fields=[name.removesuffix("_id") for name in names])
    question.refresh_from_db()
    return question


@transaction.atomic
def raise_again(question: Question, text: str, *, by: Actor, now: datetime, revision: int | None = None) -> Question:
    """The asker is not satisfied: once more, with what is still unclear. The operators are told."""
    fresh = lock(question)
    require(by, Perm.QUESTION_OWN, fresh)
    refuse_stale(fresh, revision)
    said = _text(text, LONGEST, "text")
    advance(fresh, "reopen", by=by, now=now)
    fresh.again, fresh.again_at = said, now
    fresh.save(update_fields=["again", "again_at"])
    question.refresh_from_db()
    return question


def move_question(
    question: Question, transition: str, *, by: Actor, now: datetime, revision: int | None = None
) -> Question:
    """Close it (answered) or take it back (not yet answered)."""
    advance(question, transition, by=by, now=now, revision=revision)
    return question
