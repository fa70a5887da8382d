"""The days of the demo region hang on the day of loading alone."""

from datetime import date, datetime, timedelta

import pytest

from mengkeju.demo import fiction
from mengkeju.demo.timeline import AS_OF, Timeline
from mengkeju.kernel import clock


def at(day: date) -> Timeline:
    return Timeline(datetime(day.year, day.month, day.day, 9, 30, tzinfo=clock.ZONE))


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)])
def test_on_the_days_after_the_files_were_written_everything_is_as_stated(day: date) -> None:
    timeline = at(day)
    for kind in fiction.KINDS:
        for row in fiction.rows(kind):
            assert timeline.day(row["published_on"]) == row["published_on"]
            assert timeline.dated(row).get("deadline") == row.get("deadline")


@pytest.mark.parametrize("later", [0, 1, 6, 45, 76, 82, 86, 90, 101, 130, 200, 365, 500, 900])
def test_whenever_it_is_loaded_the_order_is_the_same_and_nothing_lies_ahead(later: int) -> None:
    day = date(2026, 11, 20) + timedelta(days=later)
    timeline = at(day)
    stated = sorted({row["published_on"] for kind in fiction.KINDS for row in fiction.rows(kind)})
    found = [timeline.day(one) for one in stated]
    assert found == sorted(set(found))
    assert found[-1] == timeline.day(AS_OF) == timeline.ago(1) < day
    assert all(clock.is_working_day(one) for one in found)
    assert timeline.ago(3) == timeline.day(date(2026, 11, 18))
    deadlines = [timeline.dated(row)["deadline"] for row in fiction.rows("need") if row["deadline"]]
    assert min(deadlines) > day


def test_acts_of_a_story_follow_each_other_and_never_lie_ahead() -> None:
    timeline, seen = at(date(2027, 3, 1)), []
    thread = timeline.thread("story")
    for name, days in (("first", 2), ("second", 2), ("third", 1)):
        thread.ago(days, lambda now, name=name: seen.append((name, now)))  # type: ignore[misc]
    timeline.at(timeline.now + timedelta(days=1), lambda now: seen.append(("capped", now)))
    for when, _number, act in sorted(timeline._acts, key=lambda entry: entry[:2]):
        act(when)
    assert [name for name, _now in seen] == ["first", "second", "third", "capped"]
    assert seen[0][1] < seen[1][1] < seen[2][1] < seen[3][1] == timeline.now
