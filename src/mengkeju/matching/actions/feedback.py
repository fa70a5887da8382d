"""暂不考虑: an organisation sets a proposal aside with a reason of the list, and takes it back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import word
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Feedback, Proposal

NOTE_LENGTH = 500


@transaction.atomic
def dismiss(
    proposal: Proposal, organisation: Organisation, reason: str, note: str = "", *, by: Actor, now: datetime
) -> Feedback:
    """Set a proposal aside for the actor's organisation that owns a side; a second time returns the first word.

    The other side does not see it. Raises ValidationError (reason, missing note), RefusedError (no right).
    """
    _check(proposal, organisation, by)
    known = REASONS.get(reason)
    if known is None:
        raise ValidationError({"reason": _("请选择一个原因")})
    if known.note_required and not note.strip():
        raise ValidationError({"note": _("选择“%(reason)s”时请写明说明") % {"reason": word(known)}})
    if len(note.strip()) > NOTE_LENGTH:
        raise ValidationError({"note": _("说明最多 %(most)s 字") % {"most": NOTE_LENGTH}})
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
    owners = {proposal.need.owner_id, proposal.achievement.owner_id}
    if organisation.uid not in by.organisations or organisation.pk not in owners:
        raise RefusedError(Perm.FEEDBACK, _("只能以自己所在的需求方或供方单位的名义答复"), _("该单位人员"))
