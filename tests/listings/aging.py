"""The days of a listing nobody confirms: asked, in grace, off the shelf."""

from datetime import date, datetime, time
from typing import Any

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.listings.actions import freshness as acts
from mengkeju.listings.definitions.freshness import FRESHNESS
from mengkeju.listings.models import Listing
from tests.listings import samples as s


def at(day: date) -> datetime:
    """Nine in the morning of a day."""
    return datetime.combine(day, time(9), clock.ZONE)


def asked_on(listing: Listing) -> datetime:
    """The first day on which its owner is asked."""
    assert listing.review_by is not None
    day = listing.review_by
    while FRESHNESS.asked_until(day - clock.DAY) >= listing.review_by:
        day -= clock.DAY
    return at(day)


def after_grace(listing: Listing) -> datetime:
    """The first day off the shelf for whoever was asked in time."""
    assert listing.review_by is not None
    return at(FRESHNESS.last_day(listing.review_by, clock.today(asked_on(listing))) + clock.DAY)


def hidden(owner: Organisation | None = None, **given: Any) -> Listing:
    """Published, asked about, and off the shelf."""
    row = s.published(owner, **given)
    acts.keep_fresh(now=asked_on(row))
    acts.keep_fresh(now=after_grace(row))
    row.refresh_from_db()
    assert row.state == "dormant"
    return row
