"""The clock and the working days of China. The calendar files themselves: test_calendar_data.py."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mengkeju
from mengkeju.kernel import clock
from mengkeju.kernel.clock import ZONE, add_working_days, end_of, expand, is_working_day, today, working_days_between

SOURCE = Path(mengkeju.__file__).parent
days = st.dates(date(2022, 1, 1), date(2029, 12, 31))
FORBIDDEN = {
    ("timezone", "now"), ("timezone", "localtime"), ("timezone", "localdate"), ("datetime", "now"),
    ("datetime", "today"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("dt", "now"),
}  # fmt: skip


def reads_of_time(tree: ast.AST) -> list[int]:
    """Lines that ask for the time, by a call or by a model field that does."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if (owner, node.attr) in FORBIDDEN:
                found.append(node.lineno)
        if isinstance(node, ast.ImportFrom) and node.module in {"django.utils.timezone", "time"}:
            found += [node.lineno for name in node.names if name.name in {"now", "localtime", "localdate", "time"}]
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            found.append(node.value.lineno)
    return found


def test_nothing_but_the_clock_asks_for_the_time() -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if reads_of_time(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == {"kernel/clock.py"}


@pytest.mark.parametrize(
    "line",
    ["timezone.now()", "datetime.now(UTC)", "datetime.datetime.now()", "dt.datetime.utcnow()", "date.today()",
     "from django.utils.timezone import now", "x = models.DateTimeField(auto_now_add=True)", "default=timezone.now"],
)  # fmt: skip
def test_the_scan_sees_every_way_to_ask(line: str) -> None:
    assert reads_of_time(ast.parse(line))


def test_times_are_aware_and_chinese() -> None:
    assert clock.now().tzinfo == ZONE
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)  # noqa: TID251  # compared with the real time


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert today(datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert today(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)) == date(2026, 11, 21)


def test_a_deadline_ends_at_24_00_there() -> None:
    assert end_of(date(2026, 11, 20)) == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert end_of(date(2026, 12, 31)) == datetime(2027, 1, 1, 0, 0, tzinfo=ZONE)
    assert end_of(date(2028, 2, 28)) == datetime(2028, 2, 29, tzinfo=ZONE)
    assert add_working_days(date(2026, 11, 20), 1).at == datetime(2026, 11, 24, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        # 国庆 2026: off 10-01 … 10-07; worked Sunday 09-20 and Saturday 10-10; 中秋 09-25 … 09-27.
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 9, 24), 1, date(2026, 9, 28)),
        (date(2026, 10, 3), 1, date(2026, 10, 8)),  # counted from a day off
        # 春节 2026: off 02-15 … 02-23; worked Saturdays 02-14 and 02-28.
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 26), 2, date(2026, 2, 28)),
        # Ends of months and of a year.
        (date(2026, 4, 30), 1, date(2026, 5, 6)),
        (date(2025, 12, 31), 1, date(2026, 1, 4)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)  # fmt: skip
def test_working_days_follow_the_notice(start: date, count: int, due: date) -> None:
    found = add_working_days(start, count)
    assert (found.day, found.provisional) == (due, False)


def test_counting_backwards_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 11, 20), -1)


def test_a_year_without_a_notice_is_provisional_and_keeps_the_statutory_days() -> None:
    found = add_working_days(date(2029, 9, 28), 2)
    assert found.provisional
    assert not is_working_day(date(2029, 10, 1))
    assert not is_working_day(date(2029, 5, 1))
    assert is_working_day(date(2029, 5, 16))
    assert not is_working_day(date(2029, 5, 19))  # a Saturday
    # A deadline that only begins in a known year is provisional as soon as it reaches the other.
    assert not add_working_days(date(2026, 12, 30), 1).provisional
    assert add_working_days(date(2026, 12, 30), 2).provisional


@pytest.mark.parametrize("year", [1900, 1950, 2022, 2027, 2030, 2099, 2200, 9998])
def test_no_year_raises(year: int) -> None:
    assert add_working_days(date(year, 3, 1), 10).provisional
    assert isinstance(is_working_day(date(year, 10, 1)), bool)


@given(days, st.integers(0, 60))
def test_what_is_added_is_what_is_counted(start: date, count: int) -> None:
    due = add_working_days(start, count).day
    assert working_days_between(start, due) == count
    assert working_days_between(due, start) == -count
    assert count == 0 or is_working_day(due)


@given(days, days, days)
def test_counts_add_up(one: date, two: date, three: date) -> None:
    first, second, third = sorted((one, two, three))
    assert working_days_between(first, second) + working_days_between(second, third) == working_days_between(
        first, third
    )


def test_expand_holds_both_ends() -> None:
    assert expand(date(2026, 2, 27), date(2026, 3, 1)) == {date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)}
    assert expand(date(2026, 3, 1), date(2026, 3, 1)) == {date(2026, 3, 1)}
