"""Several acts at the same moment, each in a thread with a database connection of its own.

And what the control of such a race needs: the same acts without what keeps them apart, both having looked before
either writes. A control that waits for luck fails on a busy machine.
"""

import contextlib
import functools
import threading
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import QuerySet

T = TypeVar("T")
P = ParamSpec("P")
PATIENCE = 60.0


def race(*acts: Callable[[], T]) -> list[T | BaseException]:
    """Run the acts at once and return, in their order, what each gave back or raised.

    Needs a test with `transactional_db`: a thread sees only what is committed. Raises TimeoutError when an
    act has not ended after a minute (a deadlock).
    """
    outcomes: dict[int, T | BaseException] = {}
    together = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], T]) -> None:
        try:
            together.wait(PATIENCE)
            outcomes[index] = act()
        except BaseException as error:  # noqa: BLE001  # the test decides what each outcome means
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if any(thread.is_alive() for thread in threads):
        msg = f"a raced act did not end within {PATIENCE:.0f} s"
        raise TimeoutError(msg)
    return [outcomes[index] for index in range(len(acts))]


def meeting(look: Callable[P, T], patience: float) -> Callable[P, T]:
    """`look`, but the first time, two threads go on from it together: both have looked, neither has written.

    One whose rival does not come within `patience` seconds, because a lock holds it up, goes on alone.
    """
    together, came = threading.Barrier(2), threading.local()

    @functools.wraps(look)
    def met(*args: P.args, **given: P.kwargs) -> T:
        found = look(*args, **given)
        if not hasattr(came, "once"):
            came.once = True
            with contextlib.suppress(threading.BrokenBarrierError):
                together.wait(patience)
        return found

    return met


def without_locks(patch: Any) -> None:
    """Take away what makes two at once impossible: PostgreSQL's row lock, SQLite's one writer from the start.

    `patch`: pytest's monkeypatch.
    """
    patch.setattr(QuerySet, "select_for_update", lambda rows, *_args, **_options: rows)
    if connection.vendor == "sqlite":
        patch.setattr(DatabaseWrapper, "_start_transaction_under_autocommit", lambda _self: None)
