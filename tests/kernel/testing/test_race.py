import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection

from mengkeju.kernel.testing import race as module
from mengkeju.kernel.testing.race import race


def take(label: str) -> tuple[int, str]:
    ContentType.objects.create(app_label="raced", model="once")
    return id(connection.connection), label


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_of_one_key_one_wins() -> None:
    outcomes = race(lambda: take("a"), lambda: take("b"))
    assert sorted(type(o).__name__ for o in outcomes) == ["IntegrityError", "tuple"]
    assert any(isinstance(o, IntegrityError) for o in outcomes)
    assert ContentType.objects.filter(app_label="raced").count() == 1


def test_the_acts_overlap_and_keep_their_order() -> None:
    meeting = threading.Barrier(3)

    def act(value: int) -> int:
        meeting.wait(10)  # breaks unless all three run at the same time
        return value

    assert race(lambda: act(1), lambda: act(2), lambda: act(3)) == [1, 2, 3]


def test_a_deadlock_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    release = threading.Event()
    try:
        with pytest.raises(TimeoutError, match="did not end"):
            race(release.wait, lambda: True)
    finally:
        release.set()
