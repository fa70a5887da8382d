"""Waiting until committed events are safe to read: on PostgreSQL another process's transaction holds them back."""

import time

import pytest

from mengkeju.kernel import audit
from mengkeju.kernel.models import Event

TRIES, PAUSE = 600, 0.05


def wait_until_settled() -> None:
    """Return when every committed event lies below the safe horizon; fails the test after half a minute."""
    for _try in range(TRIES):
        if audit.settled(Event.objects.all()).count() == Event.objects.count():
            return
        time.sleep(PAUSE)
    pytest.fail("events never settled")
