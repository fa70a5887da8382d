"""Every POST that creates something carries a one-time key: a second arrival gets the first result."""

import secrets
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

from mengkeju.kernel import clock, subjects
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import OneTimeKey, Record

R = TypeVar("R", bound=Record)
FIELD = "one_time_key"


def new_key() -> str:
    """A key for a hidden field."""
    return secrets.token_urlsafe(18)


def once(actor: Actor, key: str, create: Callable[[], R]) -> tuple[R, bool]:
    """The result of `create`, or of its first run under this key by this account, and whether it is a repeat.

    Two simultaneous arrivals: the loser's `create` is rolled back and the winner's result returned.
    Without key or account the request is simply carried out.
    """
    if not key or actor.account_uid is None:
        return create(), False
    first = _earlier(actor, key)
    if first is not None:
        return first, True
    try:
        with transaction.atomic():
            made = create()
            OneTimeKey.objects.create(
                key=key[:80], account=actor.account_uid, result_type=subjects.type_of(made).key,
                result_uid=made.uid, created_at=clock.now(),
            )
    except IntegrityError:
        winner = _earlier(actor, key)
        if winner is None:
            raise
        return winner, True
    return made, False


def _earlier(actor: Actor, key: str) -> R | None:  # type: ignore[type-var]  # R is bound by the caller
    row = OneTimeKey.objects.filter(account=actor.account_uid, key=key[:80]).first()
    return subjects.find(row.result_type, row.result_uid) if row else None
