"""Days and months as people write them."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.kernel.exchange.dates import PartialDate, parse_date, parse_day
from mengkeju.kernel.exchange.refusals import ValueRefusedError


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024年3月", "2024-03"),
        ("2024 年 03 月", "2024-03"),
        ("2024-3-5", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("2024.3", "2024-03"),
        ("2024.10", "2024-10"),
        ("2024.3.5", "2024-03-05"),
        ("２０２４年３月５日", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("202403", "2024-03"),
        ("2024年", "2024"),
        ("2024", "2024"),
        ("45352", "2024-03-01"),
        ("二〇二四年三月", "2024-03"),
        ("二○二四年十二月三十一日", "2024-12-31"),
        ("二零二四年十月二十日", "2024-10-20"),
        ("2024-03-05 09:30:00", "2024-03-05"),
        ("2024/3/5 0:00", "2024-03-05"),
        ("2024-03-05T00:00:00", "2024-03-05"),
        ("2024年3月5日前", "2024-03-05"),
    ],
)
def test_dates_as_written(written: str, expected: str) -> None:
    assert str(parse_date(written)) == expected


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("2024年底", "请写到月或日，例如 2024年12月"),
        ("2024年3月上旬", "不是确定的日期"),
        ("2024年一季度", "不是确定的日期"),
        ("2024.1", "1 月还是 10 月"),
        ("24.3.5", "年份请写四位"),
        ("3月5日", "没有写年份"),
        ("5/3/2024", "分不清月和日"),
        ("2024.3-2025.6", "一段时间"),
        ("2024-02-30", "没有这一天"),
        ("2024-13", "没有这一天"),
        ("2024-00-01", "没有这一天"),
        ("1024-03", "年份不对"),
        ("长期", "不是日期"),
        ("99999", "不是日期"),
        ("9" * 40, "不是日期"),
    ],
)
def test_what_is_no_date_is_refused_with_advice(written: str, sentence: str) -> None:
    with pytest.raises(ValueRefusedError, match=sentence):
        parse_date(written)


def test_an_empty_cell_is_no_date() -> None:
    assert parse_date(" ") is None
    assert parse_date("—") is None
    assert parse_day("/") is None


def test_a_month_has_a_first_and_a_last_day() -> None:
    month = PartialDate(2024, 2)
    assert (month.precision, month.first, month.last) == ("month", date(2024, 2, 1), date(2024, 2, 29))
    assert (PartialDate(2024).precision, PartialDate(2024).last) == ("year", date(2024, 12, 31))


def test_a_whole_date_is_asked_for_where_a_month_is_not_enough() -> None:
    assert parse_day("2024-3-5") == date(2024, 3, 5)
    with pytest.raises(ValueRefusedError, match="没有写到日，请写成 2024-03-31") as refused:
        parse_day("2024年3月")
    assert refused.value.suggestion == "2024-03-31"


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"])
)
def test_every_day_in_every_form_comes_back(day: date, form: str) -> None:
    text = form.replace("%Y", f"{day.year}").replace("%m", f"{day.month:02d}").replace("%d", f"{day.day:02d}")
    assert parse_day(text) == day


@given(st.text(alphabet="0123456789年月日-/. T:底初一二十〇\x00٣²", max_size=14) | st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueRefusedError):
        found = parse_date(text)
        assert found is None or found.first <= found.last
