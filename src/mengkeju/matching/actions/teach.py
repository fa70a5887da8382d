"""What follows at once from a judgement on a listing's list."""

from datetime import datetime

from mengkeju.kernel.jobs import defer
from mengkeju.listings.models import Listing
from mengkeju.matching.actions.rerank import rerank
from mengkeju.matching.actions.waiting import wait_for

SHARE = "mengkeju.matching.tasks.share_judgement"


def teach(listing: Listing, *, now: datetime) -> bool:
    """Set its list in order; near-duplicates follow by the worker.

    False when the worker has to match it first, because something was scored by an earlier version: it is asked.
    """
    done = rerank(listing)
    if not done and listing.state == "published":
        wait_for([listing], now=now)
    defer(SHARE, str(listing.uid))
    return done
