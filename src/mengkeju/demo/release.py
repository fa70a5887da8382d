"""The joint release of the demo region: exactly the 66 invented needs of the 52 invented firms, by both officers.

Real needs from published texts are not in it: no text says which 66 they were.
"""

from datetime import date, datetime, time, timedelta
from functools import partial

from mengkeju.demo.cast import OFFICERS, Cast
from mengkeju.demo.fiction import Fiction, rows
from mengkeju.demo.timeline import Timeline
from mengkeju.kernel import clock
from mengkeju.listings import actions
from mengkeju.listings.actions import ReleaseInput
from mengkeju.listings.models import Listing, Release
from mengkeju.listings.queries.releases import content_digest

TITLE = "呼和浩特、包头首批技术需求联合发布（演示）"
INTRO = (
    "两市科技窗口（演示）把审核通过的企业技术需求集中发布。本页企业、需求和数字均为虚构，只用来演示联合发布怎样办理；"
    "有能做的成果，点开需求就可以表达合作意向。"
)
MOMENT = time(17)
CITIES = {f"{prefix}00": login for prefix, login in OFFICERS.items()}


def last_day() -> date:
    """When the last of the needs was published."""
    found: date = max(row["published_on"] for row in rows("need"))
    return found


class JointRelease:
    """Puts the release on the timeline: begun, gathered and confirmed by each city, released at five."""

    def __init__(self, cast: Cast, fiction: Fiction) -> None:
        """The needs come from the fiction."""
        self.cast, self.fiction = cast, fiction

    def plan(self, timeline: Timeline) -> None:
        """Every act looks first whether it is done."""
        at = datetime.combine(timeline.day(last_day()), MOMENT, clock.ZONE)
        first, *_others = CITIES.values()
        timeline.at(at - timedelta(minutes=16), partial(self.begin, first))
        for number, (city, login) in enumerate(CITIES.items()):
            timeline.at(at - timedelta(minutes=13 - number), partial(self.gather, city, login))
            timeline.at(at - timedelta(minutes=8 - number), partial(self.confirm, city, login))
        timeline.at(at, partial(self.release, first))

    def _found(self, *states: str) -> Release | None:
        return Release.objects.filter(title=TITLE, state__in=states).first()

    def begin(self, login: str, now: datetime) -> None:
        """One of the officers begins the batch."""
        if not Release.objects.filter(title=TITLE).exists():
            given = ReleaseInput(TITLE, INTRO, tuple(CITIES))
            actions.begin_release(given, by=self.cast.actor(login), now=now)

    def gather(self, city: str, login: str, now: datetime) -> None:
        """Each officer takes the needs of his city."""
        release = self._found("collecting")
        if release is None:
            return
        mine = [self.fiction.listings[row["key"]].pk for row in rows("need") if row["area"][:4] == city[:4]]
        left = Listing.objects.filter(pk__in=mine).exclude(release_items__release=release)
        if uids := list(left.values_list("uid", flat=True)):
            actions.add_needs(release, uids, by=self.cast.actor(login), now=now)

    def confirm(self, city: str, login: str, now: datetime) -> None:
        """Each officer confirms his city's part."""
        release = self._found("collecting", "checking")
        if release is not None:
            actions.confirm_part(release, city, digest=content_digest(release), by=self.cast.actor(login), now=now)

    def release(self, login: str, now: datetime) -> None:
        """All at one moment."""
        release = self._found("checked")
        if release is not None:
            actions.release_now(release, by=self.cast.actor(login), now=now)
