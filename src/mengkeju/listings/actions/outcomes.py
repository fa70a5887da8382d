"""Closing a need with its outcome, the enterprise's own word on it, and reminding owners of open needs (催办)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, duties, files
from mengkeju.kernel.access import Actor, require, visible_to
from mengkeju.kernel.actions import advance, lock
from mengkeju.kernel.files import Upload
from mengkeju.kernel.models import Event
from mengkeju.kernel.notices import announce_duty, notify, people_of
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.outcomes import CONFIRM_KEY, CONFIRM_OUTCOME, OUTCOMES, RULES
from mengkeju.listings.kinds import TECHNOLOGY
from mengkeju.listings.models import Listing, ListingLink, NeedOutcome

TAKEN = gettext_lazy("对方确认：与你们的“{title}”对上了，已经落实")


@dataclass(frozen=True)
class OutcomeInput:
    """How a need ended. `evidence` says how it is known; `solution` and `solver` are on the platform."""

    outcome: str
    evidence: str
    satisfaction: int | None = None
    solver: Organisation | None = None
    solver_note: str = ""
    solution: Listing | None = None
    intention: UUID | None = None
    files: tuple[Upload, ...] = ()


@transaction.atomic
def close_need(
    listing: Listing, given: OutcomeInput, *, by: Actor, now: datetime, revision: int | None = None
) -> NeedOutcome:
    """Close it with its outcome. Closed by its own people it is confirmed at once; else they are asked.

    Raises RefusedError, StaleRevisionError, TransitionRefusedError (what is missing), FileRefusedError.
    """
    solver = given.solver or (given.solution.owner if given.solution is not None else None)
    data = {
        "outcome": given.outcome,
        "satisfaction": given.satisfaction,
        "solver": str(solver.uid) if solver else "",
        "solution": str(given.solution.uid) if given.solution else "",
    }
    event = advance(listing, "close", by=by, now=now, note=given.evidence, data=data, revision=revision)
    own = listing.owner is not None and listing.owner.uid in by.organisations
    outcome = NeedOutcome.objects.create(
        listing=listing,
        area=listing.area,
        created_at=now,
        created_by_id=by.account_id,
        outcome=given.outcome,
        evidence=given.evidence.strip(),
        satisfaction=given.satisfaction,
        solver=solver,
        solver_note=given.solver_note.strip(),
        solution=given.solution,
        intention=given.intention,
        confirmed_at=now if own else None,
        confirmed_by_id=by.account_id if own else None,
    )
    _attach(outcome, given.files, by, now)
    if own:
        _link(outcome, now=now)
    elif listing.owner is not None:
        announce_duty(duties.open_duty(listing, CONFIRM_OUTCOME, now=now), event=event, now=now)
    return outcome


def _attach(outcome: NeedOutcome, uploads: Iterable[Upload], by: Actor, now: datetime) -> None:
    owner = outcome.listing.owner
    for upload in uploads:
        kept = files.store(upload, by=by, now=now, owner=owner.uid if owner else None, area=outcome.area)
        files.attach(kept, outcome, role="evidence")


def _link(outcome: NeedOutcome, *, now: datetime) -> None:
    """The need shows its solution and the solution what it solved; the solution's owner is told."""
    solution = outcome.solution
    if solution is None or not OUTCOMES[outcome.outcome].counted:
        return
    role = "solved_by" if outcome.listing.kind_spec.market == TECHNOLOGY else "placed_with"
    ListingLink.objects.get_or_create(source=outcome.listing, target=solution, role=role)
    if solution.owner is not None and not solution.from_source:
        technical = outcome.listing.kind_spec.market == TECHNOLOGY
        said = gettext_lazy("需求方确认：你们的“{title}”解决了它的需求") if technical else TAKEN
        title = format_lazy(said, title=solution.title)
        told = people_of(solution.owner.uid)
        notify(told, "listing.solved", title, subject_type="listing", subject_uid=solution.uid, now=now)


@transaction.atomic
def answer_outcome(
    listing: Listing, *, agree: bool, by: Actor, now: datetime, satisfaction: int | None = None, note: str = ""
) -> NeedOutcome:
    """The enterprise's own word on what an officer closed: only its own people can give it, and once.

    Raises RefusedError; TransitionRefusedError when there is nothing to answer, or a refusal gives no reason.
    """
    require(by, Perm.CONFIRM_OUTCOME, listing)
    lock(listing)
    outcome = queries.current_outcome(listing)
    if outcome is None or not outcome.waits:
        raise TransitionRefusedError(_("没有等您确认的结果，可能同事刚刚已经办理"), "wrong_state")
    if not agree and not note.strip():
        raise TransitionRefusedError(_("不认可时请写明情况"), "note_required")
    if agree:
        outcome.confirmed_at, outcome.confirmed_by_id = now, by.account_id
        outcome.satisfaction = satisfaction if satisfaction is not None else outcome.satisfaction
    else:
        outcome.refused_at, outcome.refused_by_id, outcome.refused_note = now, by.account_id, note.strip()
    outcome.revision += 1
    outcome.save()
    kind = "listing.outcome_confirmed" if agree else "listing.outcome_refused"
    audit.record(kind, listing, by=by, now=now, payload={"outcome": outcome.outcome, "note": note.strip()})
    duties.close_duties(listing, by="answer_outcome", now=now, key=CONFIRM_KEY)
    if agree:
        _link(outcome, now=now)
    return outcome


def end_outcome(listing: Listing, *, now: datetime) -> None:
    """The need is taken up again: its outcome is over and no longer counted. In a transaction."""
    NeedOutcome.objects.filter(listing=listing, ended_at=None).update(ended_at=now)
    ListingLink.objects.filter(source=listing, role__in=("solved_by", "placed_with")).delete()


# ---- 催办 -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chased:
    """How many owners were reminded, and how many needs were left alone because they were reminded lately."""

    sent: int
    lately: int


def chase_needs(uids: Iterable[UUID], *, by: Actor, now: datetime) -> Chased:
    """Remind the owners of open needs, each at most once in the days of the rules.

    Of what the actor may not chase nothing is done and nothing is told. RefusedError for whoever may chase none.
    """
    require(by, Perm.CHASE_ANY)
    wanted = Listing.objects.filter(
        uid__in=list(uids), kind__in=queries.asked_about(), state__in=("published", "dormant"), archived_at=None
    )
    wanted = visible_to(wanted, by, Perm.CHASE)
    sent = [chase_need(row, by=by, now=now) for row in wanted.select_related("owner").order_by("pk")]
    return Chased(sum(sent), len(sent) - sum(sent))


@transaction.atomic
def chase_need(listing: Listing, *, by: Actor, now: datetime) -> bool:
    """Remind the owner of one need; False when that was done lately, or nobody is there to be reminded."""
    require(by, Perm.CHASE, listing)
    fresh = lock(listing)
    chased = Event.objects.filter(type="listing.chased", subject_type="listing", subject_uid=fresh.uid)
    if fresh.owner is None or fresh.from_source or chased.filter(at__gt=RULES.chased_since(now)).exists():
        return False
    event = audit.record("listing.chased", fresh, by=by, now=now)
    title = format_lazy(gettext_lazy("催办：请更新需求的进展，已解决的请办结（{title}）"), title=fresh.title)
    told = people_of(fresh.owner.uid)
    notify(told, "listing.chased", title, subject_type="listing", subject_uid=fresh.uid, now=now, event=event)
    return True
