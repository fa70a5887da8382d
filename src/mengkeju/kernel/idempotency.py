"""Every POST that creates something carries a one-time key: a second arrival gets the first result."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from mengkeju.kernel import clock, subjects
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import OneTimeKey, Record

R = TypeVar("R", bound=Record)
FIELD = "one_time_key"


class KeyReusedError(Exception):
    """The key came before with another request; nothing was done."""


def new_key() -> str:
    """A key for a hidden field."""
    return secrets.token_urlsafe(18)


def once(actor: Actor, key: str, create: Callable[[], R], *, fingerprint: str = "") -> tuple[R, bool]:
    """The result of `create`, or of its first run under this key by this account, and whether it is a repeat.

    Two simultaneous arrivals: the loser's `create` is rolled back and the winner's result returned, also
    when it failed because of the winner (“已经表过意向”). A failure of its own is raised and keeps no key:
    the corrected form may come with the same one. Without key or account the request is simply carried out.
    With a `fingerprint` of the request, a key that was used for another one raises KeyReusedError.
    """
    account = actor.account_uid
    if not key or account is None:
        return create(), False
    first: R | None = _earlier(account, key, fingerprint)
    if first is not None:
        return first, True
    try:
        with transaction.atomic():
            made = create()
            OneTimeKey.objects.create(
                key=key[:80],
                account=account,
                result_type=subjects.type_of(made).key,
                result_uid=made.uid,
                created_at=clock.now(),
                fingerprint=fingerprint,
            )
    except Exception:
        winner: R | None = _earlier(account, key, fingerprint)
        if winner is None:
            raise
        return winner, True
    return made, False


def _earlier(account: UUID, key: str, fingerprint: str) -> Any | None:
    row = OneTimeKey.objects.filter(account=account, key=key[:80]).first()
    if row is not None and fingerprint and row.fingerprint != fingerprint:
        raise KeyReusedError
    return subjects.find(row.result_type, row.result_uid) if row else None
