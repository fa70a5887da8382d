"""The shelf of the demo region stays full: invented owners confirm what comes to its day, but for two achievements."""

import logging
from datetime import date, datetime, time, timedelta
from functools import partial

from mengkeju.demo.cast import Cast
from mengkeju.demo.fiction import KINDS, SOURCE, dated_rows, stale
from mengkeju.demo.files import read, spread
from mengkeju.demo.scene import Scene
from mengkeju.demo.timeline import Timeline
from mengkeju.kernel import clock
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.actions import confirm_listing
from mengkeju.listings.actions.freshness import ask_owner, hide_listing
from mengkeju.listings.models import Listing

log = logging.getLogger(__name__)
WHEN_LOADED, LATER = timedelta(days=45), timedelta(days=21)
"""What is to be reviewed sooner is confirmed. Owners are asked ten working days ahead, so these never are."""
LATEST, SPREAD = 6, 8
"""Working days before loading on which they confirm."""
NIGHT = time(2, 30)


class Shelf(Scene):
    """The two achievements come to their day as the nights would have it; everything else is confirmed in time."""

    def plan(self, timeline: Timeline) -> None:
        """For the first load; on a later one `hold_shelf` confirms whatever is near its day."""
        asked, hidden = stale()
        nights = read("scenes")["shelf"]["nights"]
        timeline.at(_night(timeline.calendar_ago(nights["hidden_asked"])), partial(self.ask, hidden))
        timeline.at(_night(timeline.ago(nights["hidden_down"])), partial(self.hide, hidden))
        timeline.at(_night(timeline.ago(nights["asked"])), partial(self.ask, asked))
        for row in [row for kind in KINDS for row in dated_rows(kind, timeline)]:
            days = LATEST + spread(row["key"], SPREAD)
            old = row["published_on"] < min(timeline.ago(days), timeline.today - WHEN_LOADED)
            if old and row["key"] not in {asked, hidden, *self.fiction.listings}:
                timeline.thread(row["key"] + "hold").ago(days, partial(self.confirm, row["key"], timeline.today))

    def ask(self, key: str, now: datetime) -> None:
        """The night on which its owner is asked; nothing once it was confirmed."""
        ask_owner(self.listing(key), now=now)

    def hide(self, key: str, now: datetime) -> None:
        """The night on which it is taken off the shelf; nothing unless its owner was asked in time."""
        hide_listing(self.listing(key), now=now)

    def confirm(self, key: str, today: date, now: datetime) -> None:
        """Its owner says that it still holds."""
        listing = self.listing(key)
        if listing.state == "published" and listing.review_by is not None and listing.review_by < today + WHEN_LOADED:
            confirm_listing(listing, by=self.by(self.fiction.owners[key]), now=now)


def _night(day: date) -> datetime:
    return datetime.combine(day, NIGHT, clock.ZONE)


def hold_shelf(*, now: datetime) -> int:
    """The invented owners confirm what is near its day, and bring back what is off the shelf; returns how many.

    The two achievements by which confirming can be tried are left alone. What somebody changed while it was off the
    shelf stays there: it has to go through a review.
    """
    cast, done = Cast(), 0
    due = Listing.objects.filter(
        source=SOURCE, state__in=("published", "dormant"), review_by__lt=clock.today(now) + LATER, archived_at=None
    ).exclude(external_id__in=stale())
    for listing in due.select_related("owner", "contact__account"):
        account = listing.contact.account if listing.contact is not None else None
        if account is not None:
            try:
                done += confirm_listing(listing, by=cast.actor(account.username), now=now)
            except TransitionRefusedError as problem:
                log.info("%s is not confirmed: %s", listing.external_id, problem.reason)
    return done
