"""The node's background process: queued tasks, followers of the record, seals, sweeps and the duty clocks.

`run` is the process, `drain` the same work done once to the end in the caller's process. Killed at any
point nothing is lost: a task's claim and lease are one transaction, a follower's cursor moves after its
events are handled, and the rest reads what is due from the database.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import OperationalError, close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction, is_locked_database_exception

from mengkeju.kernel import audit, clock, duty_clock, jobs, statistics
from mengkeju.kernel.followers import Follower, follow, followers
from mengkeju.kernel.webhooks import sender as webhooks

log = logging.getLogger(__name__)
POLL = 0.2
SEND = 0.3
SEAL_EVERY, SWEEP_EVERY, MINUTE = 20.0, 10.0, 60.0
LONGEST_PAUSE = 60.0
STATISTICS_EVERY = timedelta(hours=1)
PATIENCE = 15.0


class TaskRunner(Worker):
    """Runs queued tasks one at a time, each under a lease that only a living process renews."""

    def __init__(self) -> None:
        """All queues of the default backend."""
        super().__init__(
            queue_names=["*"],
            interval=POLL,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def claim(self) -> "DBTaskResult[Any, Any] | None":
        """The next ready task, taken together with its lease; None when there is none or SQLite is busy."""
        ready = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        if not ready.exists():  # looking takes no write lock, claiming does
            return None
        try:
            with exclusive_transaction(ready.db):
                task = ready.get_locked()
                if task is not None:
                    task.claim(self.worker_id)
                    jobs.take(task.pk, now=clock.now())
                return task
        except OperationalError as error:
            if is_locked_database_exception(error):
                return None
            raise

    def run_next(self) -> bool:
        """Run one task to its end, whatever the end; False when nothing was ready."""
        task = self.claim()
        if task is None:
            return False
        keeper = jobs.LeaseKeeper(task.pk)
        keeper.start()
        try:
            self.run_task(task)
        finally:
            keeper.stop()
            jobs.settle(task.pk, now=clock.now())
        return True


@dataclass(frozen=True)
class Chore:
    """Work done again and again. `act` answers whether more is waiting, then it is called at once."""

    name: str
    interval: float
    act: Callable[[], bool]


class Loop(threading.Thread):
    """One chore in its own thread: an exception is logged and backed off, and stops nobody else."""

    def __init__(self, chore: Chore, stop: threading.Event) -> None:
        """Runs from `start()` until `stop` is set."""
        super().__init__(name=chore.name, daemon=True)
        self.chore, self.stop, self.failures = chore, stop, 0

    def run(self) -> None:
        """Act, wait, act … and give the database connection back at the end."""
        pause = 0.0
        while not self.stop.wait(pause):
            pause = self.turn()
        connections.close_all()

    def turn(self) -> float:
        """One act; how long to wait for the next, longer after each failure in a row."""
        close_old_connections()
        try:
            more = self.chore.act()
        except Exception:
            self.failures += 1
            pause = min(max(self.chore.interval, 1.0) * 2.0**self.failures, LONGEST_PAUSE)
            log.exception("%s failed (%d in a row), next in %.0f s", self.chore.name, self.failures, pause)
            return pause
        self.failures = 0
        return 0.0 if more else self.chore.interval


def _follow(follower: Follower) -> bool:
    return follow(follower) >= follower.batch


def _seal() -> bool:
    return audit.seal_pending(now=clock.now()) >= audit.BATCH


def _sweep() -> bool:
    again, lost = jobs.sweep(now=clock.now())
    if again or lost:
        log.warning("tasks of dead workers: %d queued again, %d given up", again, lost)
    return False


def _minute() -> bool:
    duty_clock.every_minute(now=clock.now())
    return False


class _Night:
    """Runs the nightly work once a day: at the start of the process and when the date changes."""

    def __init__(self) -> None:
        self.done_on: date | None = None

    def __call__(self) -> bool:
        now = clock.now()
        if self.done_on != clock.today(now):
            duty_clock.every_night(now=now)
            jobs.prune(now=now)
            jobs.defer_nightly()
            self.done_on = clock.today(now)
        return False


class _Statistics:
    """Looks at the tables anew at the start of the process and then every hour."""

    def __init__(self) -> None:
        self.done_at: datetime | None = None

    def __call__(self) -> bool:
        now = clock.now()
        if self.done_at is None or now - self.done_at >= STATISTICS_EVERY:
            statistics.refresh()
            self.done_at = now
        return False


def chores(sender: webhooks.Sender | None = None) -> list[Chore]:
    """All a worker does beside tasks: followers at their own pace, webhooks, seals, sweep, clocks, statistics."""
    return [
        *([Chore("webhooks", SEND, sender.turn)] if sender else []),
        *(Chore(f"follower {f.name}", f.interval, partial(_follow, f)) for f in followers.values()),
        Chore("seal", SEAL_EVERY, _seal),
        Chore("sweep", SWEEP_EVERY, _sweep),
        Chore("minute", MINUTE, _minute),
        Chore("night", MINUTE, _Night()),
        Chore("statistics", MINUTE, _Statistics()),
    ]


def run(stop: threading.Event | None = None) -> None:
    """Work until `stop` is set or SIGTERM or SIGINT arrives; the running task is finished first."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    sender = webhooks.Sender()
    threads = [Loop(chore, stop) for chore in chores(sender)]
    for thread in threads:
        thread.start()
    runner = TaskRunner()
    log.info("worker %d started: tasks, %s", os.getpid(), ", ".join(t.name for t in threads))
    tasks = Loop(Chore("tasks", POLL, runner.run_next), stop)
    tasks.run()  # in this thread
    for thread in threads:
        thread.join(PATIENCE)
    sender.close()
    log.info("worker %d stopped", os.getpid())


@dataclass(frozen=True)
class Drained:
    """What `drain` did: events handed to followers, tasks run, events sealed, webhooks tried."""

    events: int
    tasks: int
    sealed: int
    webhooks: int = 0


def drain() -> Drained:
    """Run everything pending to the end here: followers, tasks, what they cause, seals, webhooks.

    Failed tasks and webhooks wait for their next try and are left. Raises what a follower raises. On PostgreSQL events
    younger than another running transaction stay for the worker.
    """
    runner, events, tasks, sealed = TaskRunner(), 0, 0, 0
    while True:
        ran = 0
        while moved := sum(follow(follower) for follower in followers.values()):
            events += moved  # all of them before the first task, which then sees many changes as one
        while runner.run_next():
            ran += 1
        tasks += ran
        if not ran:
            break
    while count := audit.seal_pending(now=clock.now()):
        sealed += count
    statistics.refresh()
    return Drained(events, tasks, sealed, webhooks.send_due())
