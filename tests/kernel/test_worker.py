"""The background process: nothing is lost when it is killed, and one failing part stops no other."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django_tasks_db.models import DBTaskResult

from mengkeju.kernel import audit, clock, duty_clock, jobs, worker
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.followers import Follower
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Event, JobLease, Seal
from tests import factories as f
from tests.kernel.sample_tasks import HERE

ROOT = Path(__file__).parents[2]
# A worker of the test database: the tests' database has another name than the settings say.
WORKER = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "mengkeju.config.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from mengkeju.kernel import worker
worker.run()
"""


def wait_for(true: Callable[[], object], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def followers(monkeypatch: pytest.MonkeyPatch) -> Registry[Follower]:
    """Followers of this test alone."""
    own: Registry[Follower] = Registry("followers of a test")
    monkeypatch.setattr(worker, "followers", own)
    return own


def start_worker() -> "subprocess.Popen[bytes]":
    name = str(connection.settings_dict["NAME"])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", WORKER, name], cwd=ROOT, env=environment)


def test_a_task_whose_worker_is_killed_is_finished_by_another(transactional_db: Any, tmp_path: Path) -> None:
    path = tmp_path / "work"
    with transaction.atomic():
        jobs.defer(f"{HERE}.slow_once", str(path))
    process = start_worker()
    try:
        wait_for(path.exists)
        process.kill()
    finally:
        process.kill()
        process.wait(10)
    task = DBTaskResult.objects.get(task_path=f"{HERE}.slow_once")
    lease = JobLease.objects.get(task_id=task.pk)
    assert task.status == "RUNNING"
    assert lease.lease_until is not None
    assert lease.lease_until > clock.now()
    assert jobs.sweep(now=clock.now()) == (0, 0)  # nobody takes it while the lease lives

    DBTaskResult.objects.exclude(pk=task.pk).delete()  # the nightly ones, which any worker queues
    JobLease.objects.filter(pk=lease.pk).update(lease_until=clock.now() - timedelta(seconds=1))
    assert jobs.sweep(now=clock.now()) == (1, 0)
    DBTaskResult.objects.filter(pk=task.pk).update(run_after=clock.now() - timedelta(seconds=1))
    assert worker.TaskRunner().run_next()
    task.refresh_from_db()
    assert (task.status, path.read_text(encoding="utf-8")) == ("SUCCESSFUL", "finished\n")
    assert JobLease.objects.get(pk=lease.pk).tries == 2
    assert len(task.worker_ids) == 2


def test_a_worker_asked_to_stop_ends_by_itself(transactional_db: Any, tmp_path: Path) -> None:
    path = tmp_path / "work"
    with transaction.atomic():
        jobs.defer(f"{HERE}.note", str(path), "a")
    process = start_worker()
    try:
        wait_for(path.exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait(10)
    wait_for(lambda: DBTaskResult.objects.get(task_path=f"{HERE}.note").status == "SUCCESSFUL", 1)


def test_a_broken_follower_stops_neither_tasks_nor_seals_nor_other_followers(
    transactional_db: Any, followers: Registry[Follower], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[str] = []

    def broken(_events: Sequence[Event]) -> None:
        raise OSError("disk full")

    followers.register("broken", Follower("broken", broken, interval=0.05))
    followers.register("good", Follower("good", lambda events: got.extend(e.type for e in events), interval=0.05))
    person = f.person(f.account())
    with transaction.atomic():
        audit.record("test.happened", person, by=SYSTEM, now=f.AT)
        jobs.defer(f"{HERE}.note", str(tmp_path / "f"), "a")
    stop = threading.Event()

    def work() -> None:
        worker.run(stop)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        wait_for(lambda: "test.happened" in got and (tmp_path / "f").exists() and Seal.objects.exists())
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    assert "follower broken failed (1 in a row)" in caplog.text


def test_failures_in_a_row_are_backed_off_up_to_a_minute(caplog: pytest.LogCaptureFixture, db: Any) -> None:
    healthy = False

    def act() -> bool:
        if not healthy:
            raise OSError
        return False

    loop = worker.Loop(worker.Chore("test", 0.3, act), threading.Event())
    assert [loop.turn() for _turn in range(8)] == [2, 4, 8, 16, 32, 60, 60, 60]
    healthy = True
    assert loop.turn() == 0.3
    healthy = False
    assert loop.turn() == 2


def test_more_work_waiting_is_done_at_once(db: Any) -> None:
    answers = [True, True, False]
    loop = worker.Loop(worker.Chore("test", 7, lambda: answers.pop(0)), threading.Event())
    assert [loop.turn() for _turn in range(3)] == [0, 0, 7]


def test_claim_and_lease_are_one_step(transactional_db: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the two, a claimed task without lease would never be swept."""
    with transaction.atomic():
        jobs.defer(f"{HERE}.note", str(tmp_path / "f"), "a")

    def dies(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "take", dies)
    with pytest.raises(KeyboardInterrupt):
        worker.TaskRunner().claim()
    assert DBTaskResult.objects.get().status == "READY"


def test_drain_runs_followers_what_they_cause_and_seals(
    transactional_db: Any, followers: Registry[Follower], tmp_path: Path
) -> None:
    path = tmp_path / "f"

    def handle(events: Sequence[Event]) -> None:
        if any(e.type == "test.happened" for e in events):
            jobs.defer(f"{HERE}.note", str(path), "caused", key="caused")

    followers.register("causes", Follower("causes", handle, batch=1))
    person = f.person(f.account())
    for _act in range(3):
        with transaction.atomic():
            audit.record("test.happened", person, by=SYSTEM, now=f.AT)
    done = worker.drain()
    assert path.read_text(encoding="utf-8") == "caused\n"  # three requests, one job: followers come first
    assert (done.events, done.tasks) == (Event.objects.count(), 1)
    assert done.sealed == Seal.objects.count() == Event.objects.count()
    assert worker.drain() == worker.Drained(0, 0, 0)


def test_the_nightly_work_is_done_once_a_day(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nights: list[object] = []
    today = [f.AT]
    monkeypatch.setattr(duty_clock, "every_night", lambda *, now: nights.append(now))
    monkeypatch.setattr(clock, "now", lambda: today[0])
    night = worker._Night()
    night()
    night()
    today[0] = f.AT + timedelta(days=1)
    night()
    assert nights == [f.AT, f.AT + timedelta(days=1)]


def test_a_worker_has_a_chore_for_every_follower_and_every_clock() -> None:
    from mengkeju.kernel.followers import followers as registered  # noqa: PLC0415 - the real ones, not the fixture's

    names = {chore.name for chore in worker.chores()}
    assert names == {*(f"follower {name}" for name in registered), "seal", "sweep", "minute", "night", "statistics"}
    assert max(chore.interval for chore in worker.chores()) <= 60
