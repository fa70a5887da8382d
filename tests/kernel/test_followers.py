"""Followers get every event in order, at least once, whatever happens meanwhile."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection, connections, transaction

from mengkeju.directory.models import Person
from mengkeju.kernel import audit
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.followers import Follower, follow
from mengkeju.kernel.models import Event, FollowerCursor
from mengkeju.kernel.testing.settled import wait_until_settled
from tests import factories as f


class Reader:
    """Remembers the types of the events it got."""

    def __init__(self) -> None:
        self.got: list[str] = []

    def __call__(self, events: Sequence[Event]) -> None:
        self.got += [event.type for event in events]


def write(kind: str, subject: Person) -> None:
    audit.record(kind, subject, by=SYSTEM, now=f.AT)


def commit(kind: str, subject: Person) -> None:
    with transaction.atomic():
        write(kind, subject)


@pytest.fixture
def somebody(transactional_db: Any) -> Person:
    return f.person(f.account())


def start_here(reader: Reader, **options: Any) -> Follower:
    """A follower that has read everything so far."""
    follower = Follower("test", reader, **options)
    wait_until_settled()
    while follow(follower):
        pass
    reader.got.clear()
    return follower


def test_events_come_in_order_in_batches_and_once(somebody: Person) -> None:
    reader = Reader()
    follower = start_here(reader, batch=2)
    for kind in "abcde":
        commit(kind, somebody)
    wait_until_settled()
    assert [follow(follower) for _turn in range(4)] == [2, 2, 1, 0]
    assert reader.got == list("abcde")


def test_what_failed_is_handed_over_again(somebody: Person) -> None:
    reader = Reader()
    follower = start_here(reader)
    commit("a", somebody)
    wait_until_settled()

    def broken(_events: Sequence[Event]) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        follow(Follower("test", broken))
    assert follow(follower) == 1
    assert reader.got == ["a"]


def test_a_slower_second_worker_never_moves_the_cursor_back(somebody: Person) -> None:
    reader = Reader()
    follower = start_here(reader, batch=1)
    for kind in "ab":
        commit(kind, somebody)

    def overtaken(_events: Sequence[Event]) -> None:
        follow(follower)
        follow(follower)

    wait_until_settled()
    follow(Follower("test", overtaken, batch=1))
    assert reader.got == ["a", "b"]
    assert FollowerCursor.objects.get(name="test").position == Event.objects.latest("pk").pk


def test_a_follower_with_its_own_place_is_only_called(somebody: Person) -> None:
    reader = Reader()
    left = [3, 0]
    follower = Follower("own", reader, step=lambda: left.pop(0))
    assert [follow(follower), follow(follower)] == [3, 0]
    assert reader.got == []
    assert not FollowerCursor.objects.filter(name="own").exists()


def hold_open(kind: str, subject: Person, written: threading.Event, go: threading.Event) -> threading.Thread:
    """Another connection writes an event and keeps its transaction open until told."""

    def run() -> None:
        try:
            with transaction.atomic():
                write(kind, subject)
                written.set()
                go.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    assert written.wait(20)
    return thread


@pytest.mark.postgres
def test_an_open_transaction_holds_back_what_commits_after_it(somebody: Person) -> None:
    reader = Reader()
    follower = start_here(reader)
    written, go = threading.Event(), threading.Event()
    thread = hold_open("first", somebody, written, go)
    commit("second", somebody)
    assert Event.objects.filter(type="second").exists()
    assert follow(follower) == 0  # reading “second” now would step over “first” for ever
    go.set()
    thread.join(20)
    wait_until_settled()
    while follow(follower):
        pass
    assert reader.got == ["first", "second"]


@pytest.mark.sqlite
def test_on_sqlite_a_second_writer_waits_so_that_ids_follow_commits(somebody: Person) -> None:
    assert connection.vendor == "sqlite"
    reader = Reader()
    follower = start_here(reader)
    written, go = threading.Event(), threading.Event()
    thread = hold_open("first", somebody, written, go)

    def commit_second() -> None:
        commit("second", somebody)
        connections.close_all()

    second = threading.Thread(target=commit_second)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    assert follow(follower) == 0
    go.set()
    thread.join(20)
    second.join(20)
    while follow(follower):
        pass
    assert reader.got == ["first", "second"]
