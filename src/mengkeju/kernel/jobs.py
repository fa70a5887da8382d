"""Background jobs on django-tasks-db, with what it lacks: coalescing, leases, retries.

A task takes uids only and may run twice. `defer` enqueues by name; the task becomes visible with the
commit of the act, so that an action never waits for its outside effects and never starts them for a
transaction that rolled back.
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, close_old_connections, connection, transaction
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


def defer(path: str, *args: Any, key: str = "") -> None:
    """Enqueue a task by dotted path. With `key`, one waiting job stands for many requests.

    Without key the row is written in the act's own transaction: a process killed right after the commit
    loses nothing. A keyed one is written after it, because two transactions would wait for each other's
    keys; callers of keyed jobs can find the work again by themselves (followers by their cursor).
    """
    if key:
        transaction.on_commit(lambda: _enqueue(path, args, key))
    else:
        _enqueue(path, args, key)


def _enqueue(path: str, args: tuple[Any, ...], key: str) -> None:
    try:
        with transaction.atomic():
            if key and JobLease.objects.filter(key=key, waiting=True).exists():
                return
            result = import_string(path).enqueue(*args)
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
            except DatabaseError:  # busy or away: two more tries fit into the lease
                log.warning("lease of %s not renewed", self.task_id, exc_info=True)
        connection.close()

    def stop(self) -> None:
        """End the renewals."""
        self._stop_now.set()


def settle(task_id: Any, *, now: datetime) -> None:
    """A task ended. A failed one is queued again with back-off, up to three tries in all."""
    JobLease.objects.filter(task_id=task_id).update(lease_until=None)
    result = DBTaskResult.objects.filter(pk=task_id, status="FAILED").first()
    if result is not None:
        _retry(result, now=now)


def _retry(result: DBTaskResult[Any, Any], *, now: datetime) -> bool:
    lease = JobLease.objects.filter(task_id=result.pk).first()
    tries = lease.tries if lease else 0
    if tries >= MAX_TRIES:
        return False
    DBTaskResult.objects.filter(pk=result.pk).update(
        status="READY", run_after=now + BACK_OFF[min(tries, len(BACK_OFF)) - 1], started_at=None, finished_at=None
    )
    return True


def sweep(*, now: datetime) -> tuple[int, int]:
    """Queue again the tasks whose worker died. Returns (queued again, given up after three tries)."""
    again = lost = 0
    dead = JobLease.objects.filter(lease_until__lt=now, waiting=False, task__status="RUNNING").select_related("task")
    for lease in dead:
        if lease.tries < MAX_TRIES and _retry(lease.task, now=now):
            again += 1
        else:
            DBTaskResult.objects.filter(pk=lease.task_id).update(
                status="FAILED", finished_at=now, traceback="执行者中断三次，不再重试"
            )
            lost += 1
        JobLease.objects.filter(pk=lease.pk).update(lease_until=None)
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
