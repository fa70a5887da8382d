"""暂不考虑: an organisation sets a proposal aside with a reason of the list, and takes it back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.reasons import REASONS
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Feedback, Proposal

NOTE_LENGTH = 500


@transaction.atomic
def dismiss(
    proposal: Proposal, organisation: Organisation, reason: str, note: str = "", *, by: Actor, now: datetime
) -> Feedback:
    """Set a proposal aside for one organisation of the actor; a second time returns the first word.

    Nobody else sees it. Raises ValidationError (reason, missing note), RefusedError (no right).
    """
    _check(proposal, organisation, by)
    known = REASONS.get(reason)
    if known is None:
        raise ValidationError({"reason": "请选择一个原因"})
    if known.note_required and not note.strip():
        raise ValidationError({"note": f"选择“{known.label}”时请写明说明"})
    if len(note.strip()) > NOTE_LENGTH:
        raise ValidationError({"note": f"说明最多 {NOTE_LENGTH} 字"})
    person = Person.objects.filter(uid=by.person_uid).first() if by.person_uid is not None else None
    try:
        with transaction.atomic():
            made = Feedback.objects.create(
                proposal=proposal,
                organisation=organisation,
                person=person,
                reason=reason,
                note=note.strip(),
                model_version=proposal.model_version,
                given_at=now,
            )
    except IntegrityError:
        first = Feedback.objects.filter(proposal=proposal, organisation=organisation, withdrawn_at=None).first()
        if first is None:
            raise
        return first
    audit.record(
        "match.dismissed",
        proposal,
        by=by,
        now=now,
        organisation=organisation.uid,
        payload={"reason": reason, "model_version": proposal.model_version},
    )
    return made


@transaction.atomic
def restore(proposal: Proposal, organisation: Organisation, *, by: Actor, now: datetime) -> bool:
    """Take 暂不考虑 back; False when there was none. The withdrawn word is kept for learning."""
    _check(proposal, organisation, by)
    withdrawn = Feedback.objects.filter(proposal=proposal, organisation=organisation, withdrawn_at=None).update(
        withdrawn_at=now
    )
    if withdrawn:
        audit.record("match.restored", proposal, by=by, now=now, organisation=organisation.uid, payload={})
    return bool(withdrawn)


def _check(proposal: Proposal, organisation: Organisation, by: Actor) -> None:
    require(by, Perm.FEEDBACK, proposal)
    if organisation.uid not in by.organisations:
        raise RefusedError(Perm.FEEDBACK, "只能以自己所在单位的名义答复", "该单位人员")
