"""Meetings asked for in the demo region: one that waits for its answer, one whose time stands."""

from datetime import datetime, time
from functools import partial
from typing import Any

from mengkeju.demo.scene import Scene, rows
from mengkeju.demo.timeline import Timeline
from mengkeju.events import actions as events
from mengkeju.events.engine.slots import Span, span
from mengkeju.events.models import Meeting
from mengkeju.kernel import clock


class Meetings(Scene):
    """Each row of the file is asked for on its day; its times lie in working days after the loading."""

    def plan(self, timeline: Timeline) -> None:
        """Ask, and choose a time where the row says so."""
        self.today = timeline.today
        for row in rows("meetings"):
            thread = timeline.thread(row["title"])
            thread.ago(row["days_ago"], partial(self.ask, row))
            if "chosen_by" in row:
                thread.ago(row["chosen_days_ago"], partial(self.choose, row), afternoon=True)

    def _spans(self, row: dict[str, Any]) -> list[Span]:
        return [span(self._moment(one["in"], one["at"]), row["minutes"]) for one in row["times"]]

    def _moment(self, days: int, at: str) -> datetime:
        day = clock.add_working_days(self.today, days).day
        return datetime.combine(day, time.fromisoformat(at), clock.ZONE)

    def ask(self, row: dict[str, Any], now: datetime) -> None:
        """One organisation asks the owner of a listing."""
        about, requesting = self.listing(row["about"]), self.organisation(row["requesting"])
        if Meeting.objects.filter(about=about, requesting=requesting).exists():
            return
        given = events.MeetingInput(row["title"], self._spans(row), message=row["message"])
        events.request_meeting(given, about=about, requesting=requesting, by=self.by(row["by"]), now=now)

    def choose(self, row: dict[str, Any], now: datetime) -> None:
        """The other side takes the first time."""
        about, requesting = self.listing(row["about"]), self.organisation(row["requesting"])
        meeting = Meeting.objects.filter(about=about, requesting=requesting, state="requested").first()
        if meeting is not None:
            slot = meeting.slots.order_by("starts_at")[0]
            events.choose_slot(meeting, slot.uid, by=self.by(row["chosen_by"]), now=now)
