"""The reading order on PostgreSQL, also after a dump was restored into a cluster that counts from the beginning."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from mengkeju.directory.models import Person
from mengkeju.kernel import audit, horizon
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.followers import Follower, follow
from mengkeju.kernel.models import Event, FollowerCursor, RecordEpoch, Seal
from mengkeju.kernel.testing import postgres
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.testing.settled import wait_until_settled
from tests import factories as f

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BURNT = 5000


class Reader:
    """A follower that remembers the types of the events it got."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.follower = Follower("test", self, batch=3)

    def __call__(self, events: Sequence[Event]) -> None:
        self.got += [event.type for event in events if event.type.startswith("test.")]

    def read_on(self) -> list[str]:
        """Everything it can read now, from its cursor on."""
        self.got.clear()
        while follow(self.follower):
            pass
        return list(self.got)


def commit(kind: str, subject: Person) -> None:
    with transaction.atomic():
        audit.record(f"test.{kind}", subject, by=SYSTEM, now=f.AT)


def burn(count: int) -> None:
    """Use up transaction ids, as months of work do."""
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN FOR i IN 1..{count} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")


def lead() -> int:
    return RecordEpoch.objects.get().lead


def run_program(name: str, *arguments: str) -> None:
    programs = postgres.find_programs()
    assert programs is not None
    subprocess.run([str(programs / name), *arguments], check=True, capture_output=True)


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """Django's default connection on another database for a while."""
    to = urlsplit(url)
    before = dict(connection.settings_dict)
    elsewhere = {"HOST": to.hostname, "PORT": to.port, "PASSWORD": to.password, "NAME": to.path[1:]}
    connection.close()
    connection.settings_dict.update(elsewhere)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@contextmanager
def restored_elsewhere(tmp_path: Path) -> Iterator[None]:
    """This database dumped, and the dump restored into a cluster that was made just now."""
    here = connection.settings_dict
    source = f"postgres://{here['USER']}:{here['PASSWORD']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"
    dump = str(tmp_path / "dump")
    run_program("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={source}")
    with postgres.private_cluster() as cluster:
        run_program("pg_restore", "--no-owner", f"--dbname={cluster.url()}", dump)
        with connected_to(cluster.url()):
            yield


@pytest.fixture
def site() -> tuple[Person, Reader]:
    """A site that has worked a while: events sealed and not, a follower that has read a part."""
    somebody, reader = f.person(f.account()), Reader()
    burn(BURNT)
    for kind in ("old-1", "old-2"):
        commit(kind, somebody)
    wait_until_settled()
    while audit.seal_pending(now=f.AT):
        pass
    assert reader.read_on() == ["test.old-1", "test.old-2"]
    for kind in ("waiting-1", "waiting-2"):
        commit(kind, somebody)
    wait_until_settled()
    return somebody, reader


def seal_all() -> None:
    while audit.seal_pending(now=f.AT):
        pass


def test_a_restored_site_goes_on_by_itself(site: tuple[Person, Reader], tmp_path: Path) -> None:
    somebody, reader = site
    with restored_elsewhere(tmp_path):
        last = Event.objects.order_by("xact").values_list("xact", flat=True).last() or 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            assert cursor.fetchone()[0] < last  # the case this is about
        assert reader.read_on() == ["test.waiting-1", "test.waiting-2"]  # though nothing was written here yet
        commit("new-1", somebody)
        commit("new-2", somebody)
        assert lead() == last
        assert reader.read_on() == ["test.new-1", "test.new-2"]
        burn(last)  # past the numbers that came with the dump
        commit("new-3", somebody)
        assert lead() == last
        assert reader.read_on() == ["test.new-3"]
        seal_all()
        assert Seal.objects.count() == Event.objects.count()
        assert list(audit.verify()) == []
    assert lead() == 0  # and the old site never noticed


def test_reading_and_sealing_need_no_write_first(site: tuple[Person, Reader], tmp_path: Path) -> None:
    _somebody, reader = site
    with restored_elsewhere(tmp_path):
        assert reader.read_on() == ["test.waiting-1", "test.waiting-2"]
        seal_all()
        assert Seal.objects.count() == Event.objects.count()
        assert list(audit.verify()) == []
        assert lead() == 0


def test_first_acts_at_once_in_the_new_cluster(site: tuple[Person, Reader], tmp_path: Path) -> None:
    somebody, reader = site
    with restored_elsewhere(tmp_path):
        reader.read_on()
        last = FollowerCursor.objects.get(name="test").xact
        outcomes = race(*[lambda: commit("new", somebody)] * 4)
        assert outcomes == [None] * 4
        assert reader.read_on() == ["test.new"] * 4
        numbers = set(Event.objects.filter(type="test.new").values_list("xact", flat=True))
        assert len(numbers) == 4
        assert min(numbers) > last
        assert lead() == last


def test_an_open_first_act_holds_up_nobody(site: tuple[Person, Reader], tmp_path: Path) -> None:
    """It notes the lead and stays open, and another commits meanwhile: both are read, in their order."""
    somebody, reader = site
    with restored_elsewhere(tmp_path):
        with transaction.atomic():
            audit.record("test.new-1", somebody, by=SYSTEM, now=f.AT)
            race(lambda: commit("new-2", somebody))
            (seen,) = race(reader.read_on)
        assert seen == ["test.waiting-1", "test.waiting-2"]
        assert reader.read_on() == ["test.new-1", "test.new-2"]


def test_a_first_act_that_fails_leaves_the_lead_for_the_next(site: tuple[Person, Reader], tmp_path: Path) -> None:
    somebody, reader = site
    with restored_elsewhere(tmp_path):
        reader.read_on()
        with transaction.atomic():
            audit.record("test.undone", somebody, by=SYSTEM, now=f.AT)
            transaction.set_rollback(True)
        commit("new", somebody)
        assert reader.read_on() == ["test.new"]


def test_a_cluster_copied_from_the_same_image_is_noticed_too(site: tuple[Person, Reader]) -> None:
    """It has the same identifier: a number in the record that it has not given out yet gives it away."""
    somebody, reader = site
    reader.read_on()
    ahead = 10**9
    Event.objects.filter(type="test.waiting-2").update(xact=ahead)
    FollowerCursor.objects.filter(name="test").update(xact=ahead)
    commit("new", somebody)
    assert lead() == ahead
    wait_until_settled()
    assert reader.read_on() == ["test.new"]


def test_without_the_lead_events_are_missed(
    site: tuple[Person, Reader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: bare transaction ids, as before, lose both what waited and what is new."""
    somebody, reader = site
    monkeypatch.setattr(horizon, "NUMBER", "SELECT pg_current_xact_id()::text::bigint")
    monkeypatch.setattr(horizon, "BELOW", "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    with restored_elsewhere(tmp_path):
        commit("new", somebody)
        assert reader.read_on() == []
        seal_all()
        assert Seal.objects.count() < Event.objects.count()  # what waited stays unsealed
        burn(Event.objects.order_by("xact").values_list("xact", flat=True).last() or 0)
        assert reader.read_on() == ["test.waiting-1", "test.waiting-2"]  # months later; “new” never


def test_acts_in_progress_are_no_new_cluster(site: tuple[Person, Reader]) -> None:
    """Own events that are not committed, and ids given out of order, look like no restore."""
    somebody, reader = site
    with transaction.atomic():
        commit("early-1", somebody)
        race(lambda: commit("late", somebody))  # a later id, committed first
        commit("early-2", somebody)
        (seen,) = race(reader.read_on)
        assert seen == ["test.waiting-1", "test.waiting-2"]
    wait_until_settled()
    assert reader.read_on() == ["test.early-1", "test.early-2", "test.late"]
    assert lead() == 0
