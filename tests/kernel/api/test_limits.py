"""Counting requests: windows, stores, addresses."""

import threading

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from mengkeju.kernel import clock
from mengkeju.kernel.api import limits
from mengkeju.kernel.api.tasks import forget_old_counters
from mengkeju.kernel.models import RateCounter


def test_the_figures_are_dated_and_the_environment_may_change_them(settings: Settings) -> None:
    assert limits.DATA["checked_on"]
    assert limits.quota("token") == limits.DATA["requests"]["token"]
    settings.API_LIMITS = {"token": 7, "anonymous": 0}
    assert (limits.quota("token"), limits.quota("anonymous")) == (7, limits.DATA["requests"]["anonymous"])


def test_a_new_window_begins_at_one() -> None:
    store = limits.Memory()
    assert [store.hit("a", 1), store.hit("a", 1), store.hit("b", 1), store.hit("a", 2)] == [1, 2, 1, 1]


def test_threads_lose_no_count() -> None:
    store = limits.Memory()
    threads = [threading.Thread(target=lambda: [store.hit("a", 1) for _n in range(500)]) for _t in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.hit("a", 1) == 2001


def test_old_callers_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MANY", 3)
    store = limits.Memory()
    for n in range(5):
        store.hit(f"old{n}", 1)
    store.hit("new", 2)
    assert set(store._hits) == {"new"}


def test_a_visitor_is_a_digest_of_his_address_and_of_his_ipv6_network(rf: RequestFactory) -> None:
    def of(address: str) -> str:
        return limits.caller(rf.get("/", REMOTE_ADDR=address))

    assert "10.0.0.1" not in of("10.0.0.1")
    assert of("10.0.0.1") != of("10.0.0.2")
    assert of("2001:db8::1") == of("2001:db8::ffff") != of("2001:db8:0:1::1")
    assert of("") == of("")


@pytest.mark.postgres
@pytest.mark.django_db
def test_on_postgresql_a_table_counts_and_is_swept() -> None:
    assert [limits.hit("a", 5), limits.hit("a", 5), limits.hit("b", 5), limits.hit("a", 6)] == [1, 2, 1, 1]
    assert limits.hit("a", 5) == 2  # a server whose clock is behind does not open a new window
    RateCounter.objects.create(bucket="now", period=int(clock.now().timestamp()) // 60, hits=1)
    assert limits.forget_old() == 2
    assert set(RateCounter.objects.values_list("bucket", flat=True)) == {"now"}


@pytest.mark.sqlite
@pytest.mark.django_db
def test_on_sqlite_memory_counts_and_no_row_is_written() -> None:
    assert [limits.hit("x", 1), limits.hit("x", 1)] == [1, 2]
    assert RateCounter.objects.count() == 0
    assert forget_old_counters.call() == 0
