from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mengkeju.kernel import clock
from mengkeju.search.engine import saved
from mengkeju.search.engine.saved import Way, canonical, kept, last_morning, restored

HERE = ZoneInfo("Asia/Shanghai")
NINE = time(9)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


def test_two_ways_to_ask_for_the_same_are_stored_the_same() -> None:
    one = kept(" 气化细渣\n 脱碳 ", "need", {"field": ["b", "a", "a", ""], "city": ["150200"], "year": []})
    two = kept("气化细渣 脱碳", "need", {"city": ("150200",), "field": ("a", "b")})
    assert one == two
    assert (
        canonical(one)
        == canonical(two)
        == {
            "schema": "search.query",
            "version": 1,
            "text": "气化细渣 脱碳",
            "kind": "need",
            "facets": {"city": ["150200"], "field": ["a", "b"]},
        }
    )
    assert restored(canonical(one)) == one


def test_what_is_no_search_of_a_known_version_is_refused() -> None:
    for wrong in ({}, {"schema": "other", "version": 1}, {"schema": "search.query", "version": 2}):
        with pytest.raises(ValueError, match="no search"):
            restored(wrong)
    assert kept("", "", {"city": []}).is_empty
    assert not kept("", "", {"city": ["150200"]}).is_empty


@pytest.mark.parametrize(
    ("way", "now", "morning"),
    [
        (Way.DAILY, "2026-11-20T09:00", "2026-11-20T09:00"),  # a Friday, on the minute
        (Way.DAILY, "2026-11-20T08:59", "2026-11-19T09:00"),
        (Way.DAILY, "2026-11-22T12:00", "2026-11-20T09:00"),  # Sunday: Friday's
        (Way.DAILY, "2026-10-07T12:00", "2026-09-30T09:00"),  # 国庆 2026-10-01–07
        (Way.DAILY, "2026-10-10T12:00", "2026-10-10T09:00"),  # a Saturday that is worked
        (Way.WEEKLY, "2026-11-20T12:00", "2026-11-16T09:00"),
        (Way.WEEKLY, "2026-11-16T08:00", "2026-11-09T09:00"),
        (Way.WEEKLY, "2026-10-09T12:00", "2026-10-08T09:00"),  # the week of the holiday begins on Thursday
        (Way.AT_ONCE, "2026-11-22T03:00", "2026-11-22T03:00"),
    ],
)
def test_digests_go_out_on_working_mornings(way: Way, now: str, morning: str) -> None:
    assert last_morning(way, at(now), clock.is_working_day, NINE) == at(morning)


def test_where_nobody_works_nothing_is_due() -> None:
    now = at("2026-11-20T12:00")
    assert last_morning(Way.WEEKLY, now, lambda _day: False) == now - timedelta(days=saved.LONGEST_PAUSE)


def test_figures_are_dated_and_say_that_they_are_our_own(tmp_path: Path) -> None:
    text = (Path(saved.__file__).parent / "alerts.yaml").read_text(encoding="utf-8")
    assert "source: 平台规则" in text
    for before, after in (("checked_on: 2026-11-21", "checked_on: soon"), ("listed: 10", "listed: 0")):
        (tmp_path / "alerts.yaml").write_text(text.replace(before, after), encoding="utf-8")
        with pytest.raises(ValueError, match=r"alerts\.yaml"):
            saved.load(tmp_path / "alerts.yaml")
    assert saved.FIGURES.morning == NINE
    assert date(2026, 11, 21) in [date.fromisoformat(line[12:22]) for line in text.splitlines() if "checked_on" in line]
