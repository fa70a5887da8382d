"""暂不考虑 and 合适: a judge's word on a proposal, which teaches the list it was said from, and takes back.

The judge is the owner of a side or, for a broker, his own organisation or himself. An owner's word teaches his own
listing's list only; a broker's the list he looked at.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory.models import Organisation, Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.words import word
from mengkeju.matching.access import Perm
from mengkeju.matching.actions.rerank import lock
from mengkeju.matching.actions.teach import teach
from mengkeju.matching.models import SIDES, Feedback, Proposal
from mengkeju.matching.queries import judgements

NOTE_LENGTH = 500


@transaction.atomic
def dismiss(
    proposal: Proposal,
    organisation: Organisation | None,
    reason: str,
    note: str = "",
    *,
    side: str = "",
    by: Actor,
    now: datetime,
) -> Feedback:
    """Set a proposal aside for a judge, and its list in order; a second time returns the first word.

    `organisation`: see `queries.judgements.judge_of`. `side`: from whose list; an owner's is his own, a broker's the
    need's unless told. A mark 合适 of the same judge ends. The other side does not see it. Raises ValidationError
    (reason, missing note), RefusedError (no right).
    """
    end = _check(proposal, organisation, side, by)
    known = REASONS.get(reason)
    if known is None:
        raise ValidationError({"reason": _("请选择一个原因")})
    if known.note_required and not note.strip():
        raise ValidationError({"note": _("选择“%(reason)s”时请写明说明") % {"reason": word(known)}})
    if len(note.strip()) > NOTE_LENGTH:
        raise ValidationError({"note": _("说明最多 %(most)s 字") % {"most": NOTE_LENGTH}})
    given = Feedback(verdict="aside", side=end, reason=reason, note=note.strip())
    return _say(given, proposal, organisation, by=by, now=now)


@transaction.atomic
def approve(
    proposal: Proposal, organisation: Organisation | None, *, side: str = "", by: Actor, now: datetime
) -> Feedback:
    """Mark a proposal as 合适: what is like it moves up on the list. A second time returns the first word.

    ValidationError when the judge has set it aside: he takes that back first. RefusedError (no right).
    """
    end = _check(proposal, organisation, side, by)
    said = _say(Feedback(verdict="suits", side=end), proposal, organisation, by=by, now=now)
    if said.verdict != "suits":
        raise ValidationError(_("这一项已经暂不考虑，请先撤回"))
    return said


def _say(
    given: Feedback, proposal: Proposal, organisation: Organisation | None, *, by: Actor, now: datetime
) -> Feedback:
    lock(getattr(proposal, given.side))
    person = Person.objects.filter(uid=by.person_uid).first() if by.person_uid is not None else None
    said = judgements.by_judge(organisation, person.pk if person else None).filter(proposal=proposal)
    first = said.first()
    if first is not None and (given.verdict in {"suits", first.verdict}):
        return first
    said.update(withdrawn_at=now)
    given.proposal, given.organisation, given.person = proposal, organisation, person
    given.model_version, given.given_at = proposal.model_version, now
    given.save(force_insert=True)
    audit.record(
        "match.dismissed" if given.verdict == "aside" else "match.approved",
        proposal,
        by=by,
        now=now,
        organisation=organisation.uid if organisation else None,
        payload={"reason": given.reason, "side": given.side, "model_version": proposal.model_version},
    )
    teach(getattr(proposal, given.side), now=now)
    return given


@transaction.atomic
def restore(proposal: Proposal, organisation: Organisation | None, *, by: Actor, now: datetime) -> bool:
    """Take 暂不考虑 back; False when there was none. The withdrawn word is kept for learning."""
    return _take_back("aside", "match.restored", proposal, organisation, by=by, now=now)


@transaction.atomic
def unapprove(proposal: Proposal, organisation: Organisation | None, *, by: Actor, now: datetime) -> bool:
    """Take the mark 合适 back; False when there was none."""
    return _take_back("suits", "match.unapproved", proposal, organisation, by=by, now=now)


def _take_back(
    verdict: str, event: str, proposal: Proposal, organisation: Organisation | None, *, by: Actor, now: datetime
) -> bool:
    _check(proposal, organisation, "", by)
    person = Person.objects.filter(uid=by.person_uid).first() if by.person_uid is not None else None
    said = judgements.by_judge(organisation, person.pk if person else None).filter(proposal=proposal, verdict=verdict)
    found = said.first()
    if found is None:
        return False
    listing = getattr(proposal, found.side)
    lock(listing)
    if not said.update(withdrawn_at=now):
        return False
    by_whom = organisation.uid if organisation else None
    audit.record(event, proposal, by=by, now=now, organisation=by_whom, payload={"side": found.side})
    teach(listing, now=now)
    return True


def _check(proposal: Proposal, organisation: Organisation | None, side: str, by: Actor) -> str:
    """The right to judge, in this name; returns which list the word teaches."""
    require(by, Perm.FEEDBACK, proposal)
    speaks_for = judgements.judge_of(by, proposal)
    owned = [end for end in SIDES if organisation is not None and getattr(proposal, end).owner_id == organisation.pk]
    if organisation is None or not owned:
        if speaks_for != organisation:
            raise RefusedError(Perm.FEEDBACK, _("只能以自己所在单位的名义答复"), _("该单位人员"))
        return side if side in SIDES else "need"
    if organisation.uid not in by.organisations:
        raise RefusedError(Perm.FEEDBACK, _("只能以自己所在的需求方或供方单位的名义答复"), _("该单位人员"))
    return side if side in owned else owned[0]
