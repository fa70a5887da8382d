"""Background jobs: enqueued with the act, coalesced, leased, tried three times, swept."""

import threading
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, transaction
from django_tasks_db.models import DBTaskResult

from mengkeju.kernel import clock, jobs
from mengkeju.kernel.models import JobLease
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.worker import TaskRunner
from tests.kernel.sample_tasks import HERE

pytestmark = pytest.mark.django_db(transaction=True)


def queue(name: str, *arguments: str, key: str = "") -> None:
    with transaction.atomic():
        jobs.defer(f"{HERE}.{name}", *arguments, key=key)


def only() -> "DBTaskResult[..., object]":
    return DBTaskResult.objects.get()


def make_ready() -> None:
    """Let the back-off be over."""
    DBTaskResult.objects.filter(status="READY").update(run_after=clock.now() - timedelta(seconds=1))


@pytest.mark.parametrize("key", ["", "some key"])
def test_nothing_is_queued_by_an_act_that_rolled_back(tmp_path: Path, key: str) -> None:
    with transaction.atomic():
        jobs.defer(f"{HERE}.note", str(tmp_path / "f"), "a", key=key)
        transaction.set_rollback(True)
    assert not DBTaskResult.objects.exists()


def test_a_job_without_key_is_written_with_the_act_itself(tmp_path: Path) -> None:
    with transaction.atomic():
        jobs.defer(f"{HERE}.note", str(tmp_path / "f"), "a")
        assert DBTaskResult.objects.count() == 1  # so that a process killed after the commit has lost nothing


def test_requests_of_one_key_become_one_job_until_it_starts(tmp_path: Path) -> None:
    path = str(tmp_path / "f")
    for text in "abc":
        queue("note", path, text, key="k")
    assert DBTaskResult.objects.count() == 1
    jobs.take(only().pk, now=clock.now())
    queue("note", path, "d", key="k")  # what changed while it runs must be seen by another run
    assert DBTaskResult.objects.count() == 2


def test_different_keys_and_no_key_are_not_coalesced(tmp_path: Path) -> None:
    for key in ("a", "b", "", ""):
        queue("note", str(tmp_path / "f"), "x", key=key)
    assert DBTaskResult.objects.count() == 4


def test_a_failing_job_is_tried_three_times_with_growing_pauses(tmp_path: Path) -> None:
    path = tmp_path / "tries"
    queue("fail", str(path))
    pauses = []
    for _try in range(jobs.MAX_TRIES):
        before = clock.now()
        assert TaskRunner().run_next()
        pauses.append((only().run_after - before).total_seconds() if only().status == "READY" else None)
        assert not TaskRunner().run_next()  # not before its pause is over
        make_ready()
    assert path.read_text(encoding="utf-8").count("tried") == 3
    assert only().status == "FAILED"
    assert [round(p) if p else None for p in pauses] == [5, 60, None]
    assert [job.pk for job in jobs.failed()] == [only().pk]
    assert "this task always fails" in only().traceback


def test_the_operator_gives_a_failed_job_fresh_tries(tmp_path: Path) -> None:
    queue("fail", str(tmp_path / "tries"))
    for _try in range(jobs.MAX_TRIES):
        TaskRunner().run_next()
        make_ready()
    jobs.run_again(only().pk, now=clock.now() - timedelta(seconds=1))
    assert TaskRunner().run_next()
    assert only().status == "READY"
    assert JobLease.objects.get().tries == 1


def test_sweep_leaves_a_living_lease_and_queues_a_dead_one_again(tmp_path: Path) -> None:
    queue("note", str(tmp_path / "f"), "a")
    now = clock.now()
    assert TaskRunner().claim() is not None
    assert jobs.sweep(now=now + jobs.LEASE - timedelta(seconds=5)) == (0, 0)
    assert jobs.sweep(now=now + jobs.LEASE + timedelta(seconds=5)) == (1, 0)
    assert only().status == "READY"


def test_a_job_whose_worker_dies_every_time_is_given_up_and_says_so(tmp_path: Path) -> None:
    queue("note", str(tmp_path / "f"), "a")
    outcomes = []
    for _try in range(jobs.MAX_TRIES):
        make_ready()
        assert TaskRunner().claim() is not None
        JobLease.objects.update(lease_until=clock.now() - timedelta(seconds=1))
        outcomes.append(jobs.sweep(now=clock.now()))
    assert outcomes == [(1, 0), (1, 0), (0, 1)]
    assert only().status == "FAILED"
    assert "中断三次" in only().traceback


def test_two_sweepers_queue_a_dead_task_once_and_none_takes_a_finished_one(tmp_path: Path) -> None:
    """A slow sweeper, that has read the lease already, must not take the task from its next worker."""
    queue("note", str(tmp_path / "f"), "a")
    later = clock.now() + jobs.LEASE + timedelta(seconds=5)
    assert TaskRunner().claim() is not None
    outcomes = race(*[lambda: jobs.sweep(now=later)] * 3)
    assert sorted(outcomes) == [(0, 0), (0, 0), (1, 0)]  # type: ignore[type-var]  # an exception is no pair
    make_ready()
    assert TaskRunner().run_next()
    assert jobs.sweep(now=later) == (0, 0)
    assert only().status == "SUCCESSFUL"


def test_a_worker_that_dies_between_failure_and_settling_costs_no_try(tmp_path: Path) -> None:
    queue("fail", str(tmp_path / "tries"))
    runner = TaskRunner()
    task = runner.claim()
    assert task is not None
    runner.run_task(task)  # and the process ends here
    assert only().status == "FAILED"
    assert jobs.sweep(now=clock.now() + jobs.LEASE + timedelta(seconds=5)) == (1, 0)
    assert only().status == "READY"


def test_a_task_whose_end_could_not_be_written_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    queue("note", str(tmp_path / "f"), "a")

    def locked(*_arguments: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(DBTaskResult, "set_successful", locked)
    monkeypatch.setattr(DBTaskResult, "set_failed", locked)
    with pytest.raises(OperationalError):
        TaskRunner().run_next()
    assert only().status == "RUNNING"
    assert jobs.sweep(now=clock.now() + jobs.LEASE + timedelta(seconds=5)) == (1, 0)


def test_the_keeper_outlives_a_lost_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RENEW_EVERY", 0.01)
    asked = threading.Event()

    def gone(*_arguments: object, **_values: object) -> None:
        if asked.is_set():
            again.set()
        asked.set()
        raise InterfaceError("connection already closed")

    again = threading.Event()
    monkeypatch.setattr(JobLease, "objects", type("Gone", (), {"filter": staticmethod(gone)}))
    keeper = jobs.LeaseKeeper(uuid4())
    keeper.start()
    assert again.wait(10)  # the first failure did not end it
    keeper.stop()
    keeper.join(5)
    assert not keeper.is_alive()


def test_the_keeper_renews_the_lease_until_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RENEW_EVERY", 0.02)
    queue("note", str(tmp_path / "f"), "a")
    assert TaskRunner().claim() is not None
    JobLease.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    keeper = jobs.LeaseKeeper(only().pk)
    keeper.start()
    for _look in range(200):
        lease = JobLease.objects.get().lease_until
        if lease is not None and lease > clock.now():
            break
        keeper.join(0.02)
    keeper.stop()
    keeper.join(5)
    assert jobs.sweep(now=clock.now()) == (0, 0)
    assert not keeper.is_alive()


def test_prune_forgets_old_successes_and_keeps_failures(tmp_path: Path) -> None:
    queue("note", str(tmp_path / "f"), "a")
    queue("fail", str(tmp_path / "g"))
    for _turn in range(4):
        while TaskRunner().run_next():
            pass
        make_ready()
    assert jobs.prune(now=clock.now()) == 0
    jobs.prune(now=clock.now() + jobs.KEEP_DONE + timedelta(minutes=1))
    assert [job.status for job in DBTaskResult.objects.all()] == ["FAILED"]


def test_every_nightly_task_exists_and_is_queued_once_for_two_workers() -> None:
    jobs.defer_nightly()
    jobs.defer_nightly()
    assert DBTaskResult.objects.count() == len(jobs.nightly) > 0
    assert {job.task_path for job in DBTaskResult.objects.all()} == set(jobs.nightly.values())
