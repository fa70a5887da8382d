"""Notices: one row per account in the act's own transaction; e-mail by a task after commit."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.jobs import defer
from mengkeju.kernel.models import Account, Duty, Event, Notice


def notify(
    accounts: Iterable[UUID],
    kind: str,
    title: str,
    *,
    subject_type: str,
    subject_uid: UUID,
    now: datetime,
    event: Event | None = None,
) -> int:
    """Tell accounts about a subject; the same event never tells one account twice. Returns how many."""
    rows = [
        Notice(
            account=account,
            kind=kind,
            title=title[:200],
            subject_type=subject_type,
            subject_uid=subject_uid,
            event=event.uid if event else None,
            created_at=now,
        )
        for account in set(accounts)
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    reachable = Account.objects.filter(uid__in=[r.account for r in rows], is_active=True).exclude(email="")
    with_address = set(reachable.values_list("uid", flat=True))
    for row in rows:
        if row.account in with_address:
            defer("mengkeju.kernel.tasks.mail_notice", str(row.uid))
    return len(rows)


def announce_duty(duty: Duty, *, event: Event, now: datetime) -> None:
    """Tell everyone who can do a new duty, except whoever caused it."""
    who = [uid for uid in provider().accounts_of(duty) if uid != event.actor_account]
    notify(
        who,
        f"duty.{duty.key}",
        f"待办：{duty.label}",
        subject_type=duty.subject_type,
        subject_uid=duty.subject_uid,
        now=now,
        event=event,
    )


def of(actor: Actor) -> QuerySet[Notice]:
    """The actor's notices, newest first."""
    if actor.account_uid is None:
        return Notice.objects.none()
    return Notice.objects.filter(account=actor.account_uid).order_by("-created_at", "-id")


def unread_count(actor: Actor) -> int:
    """How many of the actor's notices he has not read."""
    return of(actor).filter(read_at=None).count()


def mark_read(actor: Actor, *, now: datetime, uids: Iterable[UUID] | None = None) -> int:
    """Mark the actor's unread notices as read: all, or the named ones."""
    unread = of(actor).filter(read_at=None)
    if uids is not None:
        unread = unread.filter(uid__in=list(uids))
    return unread.update(read_at=now)
