"""The diagnosis of a vague need: opened with the submission, claimed, concluded, answered by the enterprise.

Whoever needs both rows locks the need first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, begin, lock, refuse_stale
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Event
from mengkeju.kernel.notices import notify
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.access import Perm
from mengkeju.listings.actions.edit import ListingInput, restate
from mengkeju.listings.engine.diagnosis_workflow import OUTCOMES, RUNNING
from mengkeju.listings.engine.workflow import PUBLIC_LEVEL
from mengkeju.listings.models import Diagnosis, Listing

NEWS = {
    "claimed": gettext_lazy("技术经纪人已认领您的需求诊断：{title}"),
    "second": gettext_lazy("您的需求转二次诊断，由另一名经纪人接手：{title}"),
    "tracked": gettext_lazy("您的需求转入长期跟踪：{title}"),
    "accepted": gettext_lazy("企业采用了您凝练的公开文字：{title}"),
    "refused": gettext_lazy("企业没有采用您凝练的公开文字：{title}"),
    "cancelled": gettext_lazy("需求已被取回或撤回，诊断取消：{title}"),
}
"""What the other side is told, by what happened."""


@dataclass(frozen=True)
class Wording:
    """What everybody is to read of the need."""

    title: str
    summary: str
    keywords: str = ""


@dataclass(frozen=True)
class Findings:
    """What the broker writes: what he found, for the enterprise and the next broker, and the wording he proposes."""

    findings: str
    wording: Wording


def open_round(listing: Listing, *, by: Actor, now: datetime, barred: int | None = None) -> Diagnosis:
    """The next round; brokers are told. `barred`: key of the login that cannot claim it."""
    last = listing.diagnoses.aggregate(last=Max("round"))["last"] or 0
    return begin(
        Diagnosis(listing=listing, area=listing.area, round=last + 1, barred_id=barred),
        by=by,
        now=now,
        payload={"need": str(listing.uid), "round": last + 1},
    )


@transaction.atomic
def claim_diagnosis(diagnosis: Diagnosis, *, by: Actor, now: datetime) -> Diagnosis:
    """One broker takes it; a second one is told who was first (TransitionRefusedError `taken`)."""
    fresh = lock(diagnosis)
    require(by, Perm.DIAGNOSIS_CLAIM, fresh)
    if fresh.broker is not None:
        names = provider().names({fresh.broker.uid})
        said = _("“%(name)s”刚刚已经认领了这次诊断") % {"name": names.get(fresh.broker.uid, _("另一名经纪人"))}
        mine = fresh.broker_id == by.account_id
        raise TransitionRefusedError(_("您已经认领了这次诊断") if mine else said, "taken")
    if fresh.state == "open":
        fresh.broker_id, fresh.claimed_at = by.account_id, now
        fresh.save(update_fields=["broker", "claimed_at"])
    event = advance(fresh, "claim", by=by, now=now)
    _tell_owner(fresh, "claimed", event, now)
    return fresh


@transaction.atomic
def release_diagnosis(diagnosis: Diagnosis, *, note: str, by: Actor, now: datetime) -> Diagnosis:
    """Back to the others, with the reason; what was written stays for the next one."""
    advance(diagnosis, "release", by=by, now=now, note=note)
    Diagnosis.objects.filter(pk=diagnosis.pk).update(broker=None, claimed_at=None)
    diagnosis.refresh_from_db()
    return diagnosis


@transaction.atomic
def save_findings(
    diagnosis: Diagnosis, given: Findings, *, by: Actor, now: datetime, revision: int | None = None
) -> Diagnosis:
    """Keep what the broker has written so far."""
    fresh = lock(diagnosis)
    require(by, Perm.DIAGNOSIS_CONCLUDE, fresh)
    refuse_stale(fresh, revision)
    if fresh.state != "claimed":
        raise TransitionRefusedError(_("诊断已经有了结论，不能再改"), "wrong_state")
    return _write(fresh, given, by=by, now=now)


def _write(fresh: Diagnosis, given: Findings, *, by: Actor, now: datetime) -> Diagnosis:
    fields = {
        "findings": given.findings.strip(),
        "public_title": given.wording.title.strip(),
        "public_summary": given.wording.summary.strip(),
        "keywords": given.wording.keywords.strip(),
    }
    if all(getattr(fresh, key) == value for key, value in fields.items()):
        return fresh
    for key, value in fields.items():
        setattr(fresh, key, value)
    fresh.revision += 1
    fresh.save(update_fields=[*fields, "revision"])
    audit.record("diagnosis.written", fresh, by=by, now=now, payload=fields)
    return fresh


@transaction.atomic
def conclude_diagnosis(
    diagnosis: Diagnosis, outcome: str, given: Findings, *, by: Actor, now: datetime, revision: int | None = None
) -> Diagnosis:
    """One of the three outcomes (keys of OUTCOMES): the enterprise is asked, another broker, or long-term tracking."""
    listing = lock(diagnosis.listing)
    fresh = lock(diagnosis)
    require(by, Perm.DIAGNOSIS_CONCLUDE, fresh)
    refuse_stale(fresh, revision)
    if outcome not in OUTCOMES:
        raise TransitionRefusedError(_("没有“%(step)s”这一步") % {"step": outcome}, "unknown")
    if fresh.state == "claimed":
        _write(fresh, given, by=by, now=now)
    event = advance(fresh, outcome, by=by, now=now)
    if outcome == "send_on":
        open_round(listing, by=by, now=now, barred=fresh.broker_id)
        _tell_owner(fresh, "second", event, now)
    elif outcome == "track":
        advance(listing, "track", by=by, now=now)
        _tell_owner(fresh, "tracked", event, now)
    return fresh


@transaction.atomic
def accept_wording(
    diagnosis: Diagnosis,
    wording: Wording,
    *,
    secrecy_reviewed: bool,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> Diagnosis:
    """The enterprise takes the wording, as proposed or as it changed it; the need goes to the officer's review.

    ValidationError per field of the need, TransitionRefusedError when it says too little or was not reviewed.
    """
    listing = lock(diagnosis.listing)
    fresh = lock(diagnosis)
    require(by, Perm.DIAGNOSIS_ANSWER, fresh)
    refuse_stale(fresh, revision)
    event = advance(fresh, "accept", by=by, now=now)
    stated = {"title": wording.title, "summary": wording.summary, "keywords": wording.keywords}
    known = {f.key for f in listing.kind_spec.fields}
    given = ListingInput(
        listing.values | {key: text.strip() for key, text in stated.items() if key in known},
        listing.details.get("tiers", {}),
        listing.tier,
        secrecy_reviewed=secrecy_reviewed,
    )
    restate(listing, given, by=by, now=now)
    data = {"secrecy_level": PUBLIC_LEVEL, "secrecy_reviewed": secrecy_reviewed}
    advance(listing, "confirm_wording", by=by, now=now, data=data)
    Listing.objects.filter(pk=listing.pk).update(secrecy_reviewed_at=now, secrecy_reviewed_by_id=by.account_id)
    _tell_broker(fresh, "accepted", event, now)
    return fresh


@transaction.atomic
def refuse_wording(
    diagnosis: Diagnosis, *, note: str, by: Actor, now: datetime, revision: int | None = None
) -> Diagnosis:
    """The enterprise does not take it; the need is its draft again."""
    listing = lock(diagnosis.listing)
    fresh = lock(diagnosis)
    event = advance(fresh, "refuse", by=by, now=now, note=note, revision=revision)
    advance(listing, "refuse_wording", by=by, now=now, note=note)
    _tell_broker(fresh, "refused", event, now)
    return fresh


@transaction.atomic
def take_up_need(listing: Listing, *, by: Actor, now: datetime) -> Diagnosis:
    """A broker takes a need up again that was tracked for the long term: a new round, claimed by him."""
    advance(listing, "take_up", by=by, now=now)
    return claim_diagnosis(open_round(listing, by=by, now=now), by=by, now=now)


def cancel_running(listing: Listing, *, by: Actor, now: datetime) -> None:
    """End the round under way, because the need went elsewhere; its broker is told."""
    running = Diagnosis.objects.filter(listing=listing, state__in=RUNNING).select_related("listing").first()
    if running is not None:
        event = advance(running, "cancel", by=by, now=now)
        _tell_broker(running, "cancelled", event, now)


def _tell_owner(diagnosis: Diagnosis, kind: str, event: Event, now: datetime) -> None:
    """The managers of the enterprise and the need's contact."""
    listing = diagnosis.listing
    told = set(directory.managers(listing.owner)) if listing.owner is not None else set()
    if listing.contact is not None and listing.contact.account is not None:
        told.add(listing.contact.account.uid)
    _tell(told, diagnosis, kind, event, now)


def _tell_broker(diagnosis: Diagnosis, kind: str, event: Event, now: datetime) -> None:
    told = [diagnosis.broker.uid] if diagnosis.broker is not None else []
    _tell(told, diagnosis, kind, event, now)


def _tell(accounts: Iterable[UUID], diagnosis: Diagnosis, kind: str, event: Event, now: datetime) -> None:
    notify(
        [uid for uid in accounts if uid != event.actor_account],
        f"diagnosis.{kind}",
        format_lazy(NEWS[kind], title=diagnosis.listing.title),
        subject_type="diagnosis",
        subject_uid=diagnosis.uid,
        now=now,
        event=event,
    )
