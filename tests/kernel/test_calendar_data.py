"""The calendar files against an independent source: the `holidays` package."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml

CALENDAR = Path(__file__).parents[2] / "src" / "mengkeju" / "kernel" / "calendar"
YEARS = (2023, 2024, 2025, 2026)
SATURDAY = 5


def load(year: int) -> dict[str, Any]:
    """One year's file as written."""
    data: dict[str, Any] = yaml.safe_load((CALENDAR / f"CN-{year}.yaml").read_text(encoding="utf-8"))
    return data


def days_off(data: dict[str, Any]) -> set[date]:
    """Every day inside the published breaks, weekends included."""
    return {
        span["from"] + timedelta(days=offset)
        for span in data["holidays"]
        for offset in range((span["to"] - span["from"]).days + 1)
    }


@pytest.mark.parametrize("year", YEARS)
def test_file_names_its_notice(year: int) -> None:
    data = load(year)
    assert data["year"] == year
    assert data["source"]["title"] == f"国务院办公厅关于{year}年部分节假日安排的通知"
    assert data["source"]["number"].startswith(f"国办发明电〔{year - 1}〕")
    assert data["source"]["issued_on"].year == year - 1


@pytest.mark.parametrize("year", YEARS)
def test_spans_lie_in_the_year_in_order_without_overlap(year: int) -> None:
    last = date(year - 1, 12, 31)
    for span in load(year)["holidays"]:
        assert last < span["from"] <= span["to"] <= date(year, 12, 31)
        last = span["to"]


@pytest.mark.parametrize("year", YEARS)
def test_worked_weekends_agree_with_holidays_package(year: int) -> None:
    data = load(year)
    known = {day for day in holidays.country_holidays("CN", years=year).weekend_workdays if day.year == year}
    worked = data["workdays"]
    assert set(worked) == known
    assert worked == sorted(set(worked))
    assert all(day.weekday() >= SATURDAY for day in worked)
    assert not set(worked) & days_off(data)


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_worked_or_free_as_in_holidays_package(year: int) -> None:
    data = load(year)
    off, worked = days_off(data), set(data["workdays"])
    china = holidays.country_holidays("CN", years=year)
    day = date(year, 1, 1)
    while day.year == year:
        ours = day in worked or (day.weekday() < SATURDAY and day not in off)
        assert ours == china.is_working_day(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", YEARS)
def test_every_statutory_day_falls_in_a_break(year: int) -> None:
    assert set(holidays.country_holidays("CN", years=year)) <= days_off(load(year))
