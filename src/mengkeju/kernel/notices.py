"""Notices: one row per account in the act's own transaction; e-mail by a task after commit."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.bundles import MANY, is_bundled, words
from mengkeju.kernel.duties import word_of
from mengkeju.kernel.jobs import defer
from mengkeju.kernel.models import Account, Duty, Event, Notice

log = logging.getLogger(__name__)
MAIL = "mengkeju.kernel.tasks.mail_notice"


def notify(
    accounts: Iterable[UUID],
    kind: str,
    title: str | Promise,
    *,
    subject_type: str,
    subject_uid: UUID,
    now: datetime,
    event: Event | None = None,
    mail: str = MAIL,
) -> int:
    """Tell accounts about a subject; the same event never tells one account twice. Returns how many.

    A lazy title is written in the language each account last chose. `mail`: the task that mails one notice by its
    uid, where a capability says more in its mail than the title.
    """
    told = set(accounts)
    known = {a.uid: a for a in Account.objects.filter(uid__in=told).only("uid", "language", "is_active", "email")}
    rows = [
        Notice(
            account=account,
            kind=kind,
            title=_title_for(known.get(account), title),
            subject_type=subject_type,
            subject_uid=subject_uid,
            event=event.uid if event else None,
            created_at=now,
        )
        for account in told
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        account = known.get(row.account)
        if account is not None and account.is_active and account.email:
            defer(mail, str(row.uid))
    return len(rows)


def _title_for(account: Account | None, title: str | Promise) -> str:
    with spoken(account):
        return str(title)[:200]


def spoken(account: Account | None) -> translation.override:
    """A context in which texts come in the language of an account; of the platform where it chose none."""
    return translation.override(account.language if account and account.language else settings.LANGUAGE_CODE)


def duty_title(duty: Duty) -> Promise:
    """The title of a notice about a new duty, in whatever language it is read."""
    return format_lazy(_("待办：{duty}"), duty=lazy(word_of, str)(duty))


def announce_duty(duty: Duty, *, event: Event, now: datetime) -> None:
    """Tell everyone who can do a new duty, except whoever caused it; of a bundle `announce_bundle` tells."""
    if is_bundled(duty):
        return
    who = [uid for uid in provider().accounts_of(duty) if uid != event.actor_account]
    notify(
        who,
        f"duty.{duty.key}",
        duty_title(duty),
        subject_type=duty.subject_type,
        subject_uid=duty.subject_uid,
        now=now,
        event=event,
    )


def announce_bundle(key: str, *, now: datetime) -> int:
    """Tell every organisation once of all it has open of a bundle and was not told of. Returns how many were told.

    A transaction for each: killed in the middle, the next call goes on; two at once tell once.
    """
    waiting = Duty.objects.filter(key=key, closed_at=None, announced_at=None, holder_organisation__isnull=False)
    told = 0
    for organisation in list(waiting.order_by().values_list("holder_organisation", flat=True).distinct()):
        try:
            with transaction.atomic():
                told += _announce_many(waiting.filter(holder_organisation=organisation), now)
        except Exception:
            log.exception("organisation %s could not be told of its duties %s", organisation, key)
    return told


def _announce_many(waiting: QuerySet[Duty], now: datetime) -> bool:
    rows = [duty for duty in waiting.select_for_update().order_by("pk") if is_bundled(duty)]
    if not rows:
        return False
    Duty.objects.filter(pk__in=[duty.pk for duty in rows]).update(announced_at=now)
    duty, many = rows[0], len(rows) > 1
    title = lazy(words, str)(duty, len(rows)) if many else duty_title(duty)
    kind = f"{MANY if many else ''}duty.{duty.key}"
    notify(provider().accounts_of(duty), kind, title, **about(duty, len(rows)), now=now)
    return True


def about(duty: Duty, count: int) -> dict[str, Any]:
    """What a notice is about: the subject of one duty, or the organisation that holds many."""
    if count == 1:
        return {"subject_type": duty.subject_type, "subject_uid": duty.subject_uid}
    return {"subject_type": "organisation", "subject_uid": duty.holder_organisation}


def people_of(organisation: UUID) -> list[UUID]:
    """The logins of an organisation's people, to be told something."""
    return provider().accounts_of(Duty(holder_organisation=organisation))


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
