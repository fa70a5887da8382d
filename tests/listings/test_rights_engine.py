"""Terms and yearly fees worked out from dated figures. No database."""

from datetime import date
from pathlib import Path

import pytest

from mengkeju.listings.engine import first_offer, rights


def test_how_long_a_patent_lasts() -> None:
    assert rights.expiry("invention", date(2020, 2, 29)) == date(2040, 2, 29)
    assert rights.expiry("utility", date(2020, 2, 29)) == date(2030, 2, 28)
    assert rights.expiry("design", date(2021, 6, 1)) == date(2036, 6, 1)
    assert rights.expiry("design", date(2021, 5, 31)) == date(2031, 5, 31), "filed before the amended act"
    assert rights.expiry("software", date(2020, 1, 1)) is None
    assert rights.expiry("invention", None) is None


def test_a_fee_opens_a_month_before_and_has_six_months_of_grace() -> None:
    fee = rights.fee_of(date(2020, 3, 31), 4)
    assert (fee.opens_on, fee.due_on, fee.grace_until) == (date(2023, 2, 28), date(2023, 3, 31), date(2023, 9, 30))


def next_year(**given: object) -> int | None:
    stated: dict[str, object] = {"paid": (), "since": date(2000, 1, 1)}
    stated |= given
    fee = rights.next_fee("utility", date(2020, 3, 10), date(2020, 12, 1), **stated)  # type: ignore[arg-type]
    return fee.year if fee else None


def test_the_next_fee() -> None:
    assert next_year() == 2, "the year of the grant was paid with the grant"
    assert next_year(paid=(2,)) == 3
    assert next_year(paid=(3,)) == 2, "a gap is asked for"
    assert next_year(since=date(2024, 3, 11)) == 6, "what fell due before it was entered counts as paid"
    assert next_year(since=date(2024, 3, 10)) == 5, "the day itself does not"
    assert next_year(paid=range(2, 11)) is None, "ten years, and no eleventh"
    assert rights.next_fee("software", date(2020, 1, 1), None, paid=(), since=date(2020, 1, 1)) is None
    assert rights.next_fee("utility", None, None, paid=(), since=date(2020, 1, 1)) is None


def test_a_late_grant_settles_the_years_before() -> None:
    fee = rights.next_fee("invention", date(2018, 5, 4), date(2022, 5, 4), paid=(), since=date(2000, 1, 1))
    assert fee is not None
    assert fee.due_on == date(2023, 5, 4)


def test_the_figures_are_dated_and_name_their_source() -> None:
    assert rights.RULES.checked_on.year >= 2026
    assert "专利法" in rights.RULES.sources["fee"]
    assert rights.RULES.sources["expiry"] == "平台规则"
    assert all(kind.label_en for kind in rights.KINDS.values())


def test_a_file_without_date_is_refused(tmp_path: Path) -> None:
    source = (Path(rights.__file__).parent / "rights.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "rights.yaml"
    broken.write_text(source.replace("checked_on: 2026-11-21", "checked_on: someday"), encoding="utf-8")
    with pytest.raises(ValueError, match="checked_on"):
        rights.load(broken)
    window = tmp_path / "first_offer.yaml"
    window.write_text("checked_on: 2026-11-21\nsource: 平台规则\nlongest_days: 0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="longest_days"):
        first_offer.load(window)


def test_a_window_begins_with_publication() -> None:
    assert first_offer.last_day(None, 30, None) is None
    assert first_offer.last_day(date(2026, 11, 1), 30, None) == date(2026, 12, 1)
