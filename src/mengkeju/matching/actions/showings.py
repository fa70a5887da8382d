"""Who was shown what, what was opened, how far it came; kept for a year, persons only by consent."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, consent
from mengkeju.kernel.access import Actor, require
from mengkeju.matching.access import Perm
from mengkeju.matching.actions.teach import teach
from mengkeju.matching.definitions import SHOWING_CONSENT, STEPS, limits
from mengkeju.matching.models import SIDES, Outcome, Proposal, Showing
from mengkeju.matching.queries.judgements import STEPS as STEPS_THAT_TEACH


def note_shown(shown: Iterable[tuple[Proposal, int]], *, by: Actor, now: datetime) -> int:
    """Log (proposal, place) as shown to the actor's organisation, once a day each; returns how many are new.

    The person is noted only with consent. Showings to either side and to brokers count as the step `shown`.
    """
    ranks = {proposal.pk: (proposal, rank) for proposal, rank in shown}
    if not ranks or not by.is_authenticated:
        return 0
    acts_for = by.primary_organisation
    organisation = Organisation.objects.filter(uid=acts_for).first() if acts_for is not None else None
    day = clock.today(now)
    seen = Showing.objects.filter(day=day, organisation=organisation, proposal_id__in=ranks)
    fresh = ranks.keys() - set(seen.values_list("proposal_id", flat=True))
    if not fresh:
        return 0
    account = _consenting(by)
    with transaction.atomic():
        Showing.objects.bulk_create(
            [
                Showing(
                    proposal=proposal,
                    organisation=organisation,
                    account=account,
                    rank=rank,
                    model_version=proposal.model_version,
                    day=day,
                    shown_at=now,
                )
                for pk, (proposal, rank) in ranks.items()
                if pk in fresh
            ],
            ignore_conflicts=True,
        )
        steps = [
            Outcome(proposal=p, step="shown", at=now)
            for pk, (p, _r) in ranks.items()
            if pk in fresh and _takes_part(by, p)
        ]
        Outcome.objects.bulk_create(steps, ignore_conflicts=True)
    return len(fresh)


def _consenting(by: Actor) -> UUID | None:
    given = by.person_uid is not None and consent.has("person", by.person_uid, SHOWING_CONSENT)
    return by.account_uid if given else None


def _takes_part(by: Actor, proposal: Proposal) -> bool:
    owners = {listing.owner.uid for listing in (proposal.need, proposal.achievement) if listing.owner}
    return by.system or bool(owners & by.organisations) or by.has_role(Role.BROKER)


@transaction.atomic
def mark_opened(proposal: Proposal, *, by: Actor, now: datetime) -> None:
    """The actor followed a proposal to the other listing: noted on today's showing and as the step `opened`."""
    require(by, Perm.READ, proposal)
    today = Showing.objects.filter(proposal=proposal, day=clock.today(now), opened_at=None)
    acts_for = by.primary_organisation
    today = today.filter(organisation__uid=acts_for) if acts_for is not None else today.filter(organisation=None)
    today.update(opened_at=now)
    record_outcome(proposal.uid, "opened", by=by, now=now)


def record_outcome(proposal: UUID, step: str, *, by: Actor, now: datetime) -> None:
    """Note that a proposal reached a step (shown, opened, intention, signed); a second time changes nothing.

    The uid may come from an address: one that is unknown, or in which the actor has no part, is ignored.
    ValueError for an unknown step.
    """
    if step not in STEPS:
        msg = f"no step {step!r}; known: {', '.join(STEPS)}"
        raise ValueError(msg)
    found = Proposal.objects.select_related("need__owner", "achievement__owner").filter(uid=proposal).first()
    if found is not None and _takes_part(by, found):
        side = _side_of(by, found)
        _row, made = Outcome.objects.get_or_create(proposal=found, step=step, defaults={"at": now, "side": side})
        if made and step in STEPS_THAT_TEACH:
            for end in [side] if step == "intention" and side else list(SIDES) if step == "signed" else []:
                teach(getattr(found, end), now=now)


def _side_of(by: Actor, proposal: Proposal) -> str:
    """Whose step it was: the end the actor's organisation owns; empty where it is neither, or both."""
    ends = [end for end in SIDES if (owner := getattr(proposal, end).owner) and owner.uid in by.organisations]
    return ends[0] if len(ends) == 1 else ""


def prune_showings(*, now: datetime) -> int:
    """Delete the showings older than a year; returns how many."""
    oldest = clock.today(now) - timedelta(days=limits().showings_kept_days)
    gone, _per_model = Showing.objects.filter(day__lt=oldest).delete()
    return gone


def forget_viewer(account: UUID) -> None:
    """Take a login (its uid) out of the log of showings: he no longer agrees to stand there."""
    Showing.objects.filter(account=account).update(account=None)
