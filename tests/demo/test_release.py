"""The joint release of the demo region: exactly the invented 52 and 66, by the officers of both cities, once."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from mengkeju.demo import fiction
from mengkeju.demo.load import load
from mengkeju.demo.release import TITLE
from mengkeju.kernel import clock
from mengkeju.kernel.models import Duty, Event
from mengkeju.listings.engine import releases as engine
from mengkeju.listings.models import Listing, Release, ReleaseItem
from mengkeju.listings.queries import releases as reads

NOW = datetime(2027, 3, 2, 10, 0, tzinfo=clock.ZONE)
"""Months after the files were written, on the second working day after a long holiday."""


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The region, gone afterwards; that a second load adds nothing is shown in the folder `region`."""
    from django.db import transaction  # noqa: PLC0415 - kept beside its only use

    with django_db_blocker.unblock(), transaction.atomic():
        load(now=NOW)
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("region")]


@pytest.mark.covers("NED-01")
def test_the_release_holds_the_invented_needs_and_no_others() -> None:
    release = Release.objects.get()
    assert (release.title, release.state, release.firms, release.needs) == (TITLE, "released", 52, 66)
    keys = set(ReleaseItem.objects.values_list("listing__external_id", flat=True))
    assert keys == {row["key"] for row in fiction.rows("need")}
    assert not Listing.objects.filter(release_items__release=release).exclude(source=fiction.SOURCE).exists()
    assert all(item.snapshot["fictional"] for item in ReleaseItem.objects.all())
    counted = reads.sums(release)
    assert engine.agree(counted)
    assert [(c.key, c.firms, c.needs) for c in counted.cities] == [("150100", 23, 28), ("150200", 29, 38)]
    assert (counted.others, counted.shared) == (0, 0)


def test_each_city_was_confirmed_by_its_own_officer() -> None:
    who = dict(Release.objects.get().parts.values_list("city", "confirmed_by__username"))
    assert who == {"150100": "officer-hohhot", "150200": "officer-baotou"}
    assert Event.objects.filter(type="release.release").count() == 1


def test_loaded_months_later_everything_happened_just_before() -> None:
    released = Release.objects.get().released_at
    assert released is not None
    assert released.astimezone(clock.ZONE) == datetime(2027, 3, 1, 17, tzinfo=clock.ZONE)
    newest = Listing.objects.filter(source=fiction.SOURCE, state="published").latest("published_at").published_at
    assert newest is not None
    assert newest.astimezone(clock.ZONE).date() == date(2027, 3, 1)
    assert not Listing.objects.filter(source=fiction.SOURCE, deadline__lt=clock.today(NOW)).exists()
    assert {state: Listing.objects.filter(state=state).count() for state in ("refining", "dormant", "closed")} == {
        "refining": 3,
        "dormant": 1,
        "closed": 1,
    }
    assert not Event.objects.filter(at__gt=NOW).exists()
    duties = Duty.objects.filter(closed_at=None)
    late = duties.filter(due_on__lt=clock.today(NOW)).values_list("key", flat=True)
    # Two pairs that stand still, and a case that the registrar finds over its clock.
    assert set(late) <= {"open_talk", "decide_registration"}
    kept = {"pay_patent_fee", "right_ends", "confirm_listing", "restore_listing", "confirm_wording", "decide_right"}
    assert kept <= set(duties.values_list("key", flat=True))


def test_a_visitor_reads_it_on_the_home_page() -> None:
    page = Client().get("/").content.decode()
    assert "52 家企业 66 项需求" in page
    assert TITLE in page
