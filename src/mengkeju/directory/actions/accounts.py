"""Suspension, locking and lock-outs of logins: the security administrator's work."""

from datetime import datetime

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mengkeju.directory.access import Perm
from mengkeju.directory.models import Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.models import Account


def end_sessions(account: Account, *, now: datetime) -> int:
    """Sign a login out everywhere; returns how many sessions ended."""
    keys = [
        session.session_key
        for session in Session.objects.filter(expire_date__gte=now).iterator()
        if session.get_decoded().get("_auth_user_id") == str(account.pk)
    ]
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _account_of(person: Person, by: Actor) -> Account:
    if person.account_id is None:
        raise ValidationError({"person": _("这个人没有登录账号")})
    if person.uid == by.person_uid:
        raise ValidationError({"person": _("不能对自己的账号办理")})
    return Account.objects.select_for_update().get(pk=person.account_id)


def _reason(note: str) -> str:
    if not note.strip():
        raise ValidationError({"note": _("请写明理由")})
    return note.strip()[:200]


@transaction.atomic
def suspend_account(person: Person, *, by: Actor, now: datetime, note: str) -> None:
    """From now on the login may only look; its sessions end. ValidationError without reason, or for oneself."""
    require(by, Perm.ACCOUNT_SUSPEND)
    account = _account_of(person, by)
    reason = _reason(note)
    if account.suspended_at is not None:
        return
    account.suspended_at, account.suspended_reason = now, reason
    account.save(update_fields=["suspended_at", "suspended_reason"])
    end_sessions(account, now=now)
    audit.record("account.suspended", person, by=by, now=now, payload={"note": reason})


@transaction.atomic
def lift_suspension(person: Person, *, by: Actor, now: datetime, note: str) -> None:
    """The login may act again."""
    require(by, Perm.ACCOUNT_SUSPEND)
    account = _account_of(person, by)
    reason = _reason(note)
    if account.suspended_at is None:
        return
    account.suspended_at, account.suspended_reason = None, ""
    account.save(update_fields=["suspended_at", "suspended_reason"])
    audit.record("account.suspension_lifted", person, by=by, now=now, payload={"note": reason})


@transaction.atomic
def lock_account(person: Person, *, by: Actor, now: datetime, note: str) -> None:
    """The login can no longer sign in; its sessions end."""
    require(by, Perm.ACCOUNT_LOCK)
    account = _account_of(person, by)
    reason = _reason(note)
    if not account.is_active:
        return
    account.is_active = False
    account.save(update_fields=["is_active"])
    end_sessions(account, now=now)
    audit.record("account.locked", person, by=by, now=now, payload={"note": reason})


@transaction.atomic
def unlock_account(person: Person, *, by: Actor, now: datetime, note: str) -> None:
    """The login can sign in again. An erased person's cannot (ValidationError)."""
    require(by, Perm.ACCOUNT_LOCK)
    account = _account_of(person, by)
    reason = _reason(note)
    if person.erased_at is not None:
        raise ValidationError({"person": _("个人信息已删除，账号已注销，不能恢复")})
    if account.is_active:
        return
    account.is_active = True
    account.save(update_fields=["is_active"])
    audit.record("account.unlocked", person, by=by, now=now, payload={"note": reason})


@transaction.atomic
def reset_lockout(person: Person, *, by: Actor, now: datetime) -> int:
    """Forget the failed sign-ins under the login's names; returns how many rows there were."""
    require(by, Perm.LOCKOUT_RESET)
    account = _account_of(person, by)
    tried = Q(username__iexact=account.username)
    if account.email:
        tried |= Q(username__iexact=account.email)
    removed: int = AccessAttempt.objects.filter(tried).delete()[0]
    audit.record("account.lockout_reset", person, by=by, now=now, payload={"attempts": removed})
    return removed
