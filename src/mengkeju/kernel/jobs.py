"""Background jobs on django-tasks-db, with what it lacks: coalescing, leases, retries.

A task takes uids only and may run twice. `defer` enqueues by name; the task becomes visible with the
commit of the act, so that an action never waits for its outside effects and never starts them for a
transaction that rolled back.
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, IntegrityError, close_old_connections, connection, transaction
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from mengkeju.kernel import clock
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import JobLease

log = logging.getLogger(__name__)
MAX_TRIES = 3
LEASE = timedelta(seconds=60)
RENEW_EVERY = 20.0
BACK_OFF = (timedelta(seconds=5), timedelta(minutes=1))
KEEP_DONE = timedelta(days=7)
nightly: Registry[str] = Registry("nightly tasks")
"""Dotted paths of tasks without arguments that the worker queues once a night, by a key of the capability."""


def defer(path: str, *args: Any, key: str = "", at: datetime | None = None) -> None:
    """Enqueue a task by dotted path. With `key`, one waiting job stands for many requests; `at`: not before then.

    Without key the row is written in the act's own transaction: a process killed right after the commit
    loses nothing. A keyed one is written after it, because two transactions would wait for each other's
    keys; callers of keyed jobs can find the work again by themselves (followers by their cursor).
    """
    if key:
        transaction.on_commit(lambda: _enqueue(path, args, key, at))
    else:
        _enqueue(path, args, key, at)


def _enqueue(path: str, args: tuple[Any, ...], key: str, at: datetime | None) -> None:
    try:
        with transaction.atomic():
            if key and JobLease.objects.filter(key=key, waiting=True).exists():
                return
            result = import_string(path).using(run_after=at).enqueue(*args)
            JobLease.objects.create(task_id=result.id, key=key)
    except IntegrityError:  # another process enqueued the same key between look and insert
        log.debug("coalesced %s", key)


def take(task_id: Any, *, now: datetime) -> None:
    """A worker starts a task: note the try and the lease; later requests of its key wait anew."""
    lease, _made = JobLease.objects.get_or_create(task_id=task_id)
    JobLease.objects.filter(pk=lease.pk).update(waiting=False, tries=lease.tries + 1, lease_until=now + LEASE)


class LeaseKeeper(threading.Thread):
    """Renews the lease of the running task until told to stop, so that only a dead worker's expires."""

    def __init__(self, task_id: Any) -> None:
        """Starts at `start()`; stops at `stop()`."""
        super().__init__(daemon=True)
        self.task_id = task_id
        self._stop_now = threading.Event()

    def run(self) -> None:
        """Renew every 20 seconds."""
        while not self._stop_now.wait(RENEW_EVERY):
            close_old_connections()
            try:
                JobLease.objects.filter(task_id=self.task_id).update(lease_until=clock.now() + LEASE)
            except Error:  # busy or away: two more tries fit into the lease
                log.warning("lease of %s not renewed", self.task_id, exc_info=True)
        connection.close()

    def stop(self) -> None:
        """End the renewals."""
        self._stop_now.set()


@transaction.atomic
def settle(task_id: Any, *, now: datetime) -> None:
    """A task ended. A failed one is queued again with back-off, up to three tries in all.

    Where its end could not be written it still counts as running, and keeps the lease for the sweep to find.
    """
    ended = JobLease.objects.filter(task_id=task_id).exclude(task__status="RUNNING")
    ended.update(lease_until=None)
    for lease in ended.filter(task__status="FAILED", tries__lt=MAX_TRIES):
        _retry(lease, now=now)


def _retry(lease: JobLease, *, now: datetime) -> int:
    """Queue the task of a lease again, unless it has succeeded; returns how many (0 or 1)."""
    unfinished = DBTaskResult.objects.filter(pk=lease.task_id, status__in=("RUNNING", "FAILED"))
    pause = BACK_OFF[min(lease.tries, len(BACK_OFF)) - 1]
    return unfinished.update(status="READY", run_after=now + pause, started_at=None, finished_at=None)


def sweep(*, now: datetime) -> tuple[int, int]:
    """Queue again the tasks whose worker died. Returns (queued again, given up after three tries).

    A failed one with a lease is the work of a worker that died before it could settle.
    """
    again = lost = 0
    dead = JobLease.objects.filter(lease_until__lt=now, waiting=False, task__status__in=("RUNNING", "FAILED"))
    for lease in dead:
        with transaction.atomic():
            # Of two sweepers one takes it, and none when its worker renewed or settled just now.
            if not JobLease.objects.filter(pk=lease.pk, lease_until=lease.lease_until).update(lease_until=None):
                continue
            if lease.tries < MAX_TRIES:
                again += _retry(lease, now=now)
                continue
            given_up = DBTaskResult.objects.filter(pk=lease.task_id, status="RUNNING")
            lost += given_up.update(status="FAILED", finished_at=now, traceback="执行者中断三次，不再重试")
    return again, lost


def failed() -> list[DBTaskResult[Any, Any]]:
    """Jobs given up, newest first, for the operator's page."""
    return list(DBTaskResult.objects.failed().order_by("-finished_at")[:200])


def run_again(task_id: Any, *, now: datetime) -> None:
    """The operator queues a failed job once more, with fresh tries."""
    JobLease.objects.filter(task_id=task_id).update(tries=0)
    DBTaskResult.objects.filter(pk=task_id, status="FAILED").update(status="READY", run_after=now)


def prune(*, now: datetime) -> int:
    """Forget tasks that succeeded more than a week ago; failed ones stay for the operator. Returns how many."""
    done = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_DONE)
    return done.delete()[0]


def defer_nightly() -> None:
    """Queue every nightly task; where two workers do so, one waiting job stands for both."""
    for key, path in nightly.items():
        defer(path, key=f"nightly:{key}")
