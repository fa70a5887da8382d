from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.lead_time import (
    STAGES,
    Disorder,
    Median,
    Part,
    Promise,
    add_months,
    against,
    lead_time,
    median_by,
    median_parts,
)

TODAY = date(2026, 11, 20)
WHOLE = {
    "published": date(2026, 1, 10),
    "intention": date(2026, 1, 20),
    "talking": date(2026, 2, 1),
    "agreed": date(2026, 4, 2),
    "signed": date(2026, 4, 12),
    "registered": date(2026, 5, 12),
    "accepted": date(2026, 6, 30),
    "landed": date(2026, 7, 10),
}
DATES = st.dictionaries(st.sampled_from(list(STAGES)), st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)))


def test_every_stage_of_a_whole_conversion() -> None:
    lead = lead_time(WHOLE, TODAY)
    assert [part.days for part in lead.parts] == [10, 12, 60, 10, 30, 49, 10]
    assert (lead.total, lead.missing, lead.disorders, lead.waiting) == (181, (), (), None)
    assert lead.slowest == Part("talking", "agreed", 60)
    assert list(STAGES) == list(WHOLE)


def test_what_was_not_recorded_is_bridged_and_named() -> None:
    lead = lead_time({"published": date(2026, 1, 1), "signed": date(2026, 3, 1)}, TODAY)
    assert lead.parts == (Part("published", "signed", 59, ("intention", "talking", "agreed")),)
    assert lead.missing == ("intention", "talking", "agreed", "registered", "accepted", "landed")
    assert (lead.total, lead.ends_on) == (None, None)
    assert lead.waiting == Part("signed", "", 264, ("registered", "accepted", "landed"))


def test_without_a_beginning_or_without_anything() -> None:
    late = lead_time({"signed": date(2026, 3, 1), "landed": date(2026, 3, 31)})
    assert (late.total, [part.days for part in late.parts]) == (None, [30])
    empty = lead_time({}, TODAY)
    assert (empty.parts, empty.slowest, empty.waiting, empty.total) == ((), None, None, None)


def test_a_date_before_the_one_it_follows_is_flagged_and_never_negative() -> None:
    lead = lead_time(WHOLE | {"signed": date(2026, 3, 30)})
    assert lead.disorders == (Disorder("signed", "agreed", 3),)
    assert Part("agreed", "registered", 40, ("signed",)) in lead.parts
    assert lead.total == 181
    backwards = lead_time({"published": TODAY, "landed": date(2026, 1, 1)}, TODAY)
    assert (backwards.total, backwards.parts) == (None, ())
    assert backwards.disorders == (Disorder("landed", "published", 323),)
    assert lead_time({"published": TODAY}, date(2026, 11, 19)).waiting is None


def test_two_stages_on_one_day_are_in_order() -> None:
    lead = lead_time({"published": TODAY, "intention": TODAY, "landed": TODAY})
    assert [part.days for part in lead.parts] == [0, 0]
    assert (lead.total, lead.disorders) == (0, ())


def test_a_stage_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError, match="sold"):
        lead_time({"sold": TODAY})


@given(DATES)
def test_the_parts_add_up_to_the_whole(dates: dict[str, date | None]) -> None:
    lead = lead_time(dates)
    assert all(part.days >= 0 for part in lead.parts)
    if lead.total is not None:
        assert sum(part.days for part in lead.parts) == lead.total >= 0


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 10), 6, date(2026, 7, 10)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 7, 1), 6, date(2027, 1, 1)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


def test_six_months_are_not_180_days() -> None:
    due = date(2026, 7, 10)
    assert against(lead_time(WHOLE), 6, TODAY) == Promise(6, due, kept=True)  # 181 days
    day_late = lead_time(WHOLE | {"landed": date(2026, 7, 11)})
    assert against(day_late, 6, TODAY) == Promise(6, due, kept=False)
    begun = lead_time({"published": WHOLE["published"]})
    assert against(begun, 6, due) == Promise(6, due, kept=None)
    assert against(begun, 6, date(2026, 7, 11)) == Promise(6, due, kept=False)
    assert against(lead_time({"landed": TODAY}), 6, TODAY) is None
    with pytest.raises(ValueError, match="month"):
        against(begun, 0, TODAY)


def test_medians_by_group_say_how_many_they_rest_on() -> None:
    rows = [("包头", 100), ("呼和浩特", 40), ("包头", None), ("包头", 50), ("乌海", None)]
    found = median_by(rows, lambda row: row[0], lambda row: row[1])
    assert found == {"包头": Median(75.0, 2, 1), "呼和浩特": Median(40.0, 1, 0), "乌海": Median(None, 0, 1)}
    assert list(found) == ["包头", "呼和浩特", "乌海"]


def test_where_a_group_loses_its_time() -> None:
    slower = lead_time(WHOLE | {"agreed": date(2026, 4, 12)})
    found = median_parts([lead_time(WHOLE), slower])
    assert next(iter(found.items())) == (("talking", "agreed"), Median(65.0, 2, 0))
    assert median_parts([]) == {}
