from datetime import timedelta
from uuid import uuid4

import pytest

from mengkeju.kernel import clock, statistics, worker
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import samples

pytestmark = pytest.mark.django_db


def plan() -> str:
    """How SQLite would find twenty of the published listings by their uid."""
    wanted = Listing.objects.filter(uid__in=[uuid4() for _ in range(20)], state__in=("published", "closed"))
    return wanted.explain()


@pytest.mark.sqlite
def test_rows_asked_for_by_uid_are_not_looked_for_by_their_state() -> None:
    samples.rows(f.organisation(), 3000)
    assert "uid=?" not in plan(), "SQLite guesses right by itself: this module is no longer needed"
    statistics.refresh()
    assert "uid=?" in plan()


def test_the_worker_looks_at_its_start_and_every_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    now = [clock.now()]
    monkeypatch.setattr(statistics, "refresh", lambda: looked.append(1))
    monkeypatch.setattr(clock, "now", lambda: now[0])
    act = next(chore.act for chore in worker.chores() if chore.name == "statistics")
    assert not act()
    now[0] += timedelta(minutes=59)
    act()
    assert len(looked) == 1
    now[0] += timedelta(minutes=1)
    act()
    assert len(looked) == 2
