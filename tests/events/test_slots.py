"""Which times and links can be proposed."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mengkeju.events.engine import slots
from mengkeju.events.engine.slots import FIGURES, Span, span, trouble_with, trouble_with_link
from mengkeju.events.models.pitch import GUEST
from tests.events.samples import NOW, spans

pytestmark = pytest.mark.covers("ACH-09")


def test_one_to_five_times_that_lie_ahead_and_apart_are_fine() -> None:
    assert trouble_with(spans(1), NOW) is None
    assert trouble_with(spans(1, 2, 3, 4, 5), NOW) is None
    one = spans(1)[0]
    assert trouble_with([one, span(one.ends_at, 60)], NOW) is None  # one begins when the other ends


@pytest.mark.parametrize(
    ("proposed", "said"),
    [
        ([], "至少提一个"),
        (spans(1, 2, 3, 4, 5, 6), "最多提 5 个"),
        ([span(NOW - timedelta(minutes=1), 60)], "晚于现在"),
        ([span(NOW, 60)], "晚于现在"),
        ([span(NOW + timedelta(days=1), -30)], "晚于开始时间"),
        ([span(NOW + timedelta(days=1), 0)], "晚于开始时间"),
        ([span(NOW + timedelta(days=1), 10)], "15 到 240"),
        ([span(NOW + timedelta(days=1), 300)], "15 到 240"),
        ([span(NOW + timedelta(days=181), 60)], "180 天"),
        ([*spans(1), Span(spans(1)[0].starts_at + timedelta(minutes=59), spans(1)[0].ends_at)], "15 到 240"),
        ([*spans(1), span(spans(1)[0].starts_at + timedelta(minutes=30), 60)], "重叠"),
        ([*spans(2), *spans(1), *spans(2)], "重叠"),
    ],
)
def test_bad_times_are_refused_with_the_reason(proposed: list[Span], said: str) -> None:
    assert said in (trouble_with(proposed, NOW) or "fine")


def test_a_naive_time_is_an_error() -> None:
    with pytest.raises(ValueError, match="aware"):
        span(datetime(2026, 12, 1, 9, 0), 60)  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "link",
    ["http://meet.example.org/1", "meet.example.org/1", "https://", "https:///x", "javascript:alert(1)", "HTTPS://a.b",
     "https://user:word@meet.example.org/1", "https://meet.example.org/a b", ""],
)  # fmt: skip
def test_a_link_must_be_encrypted_and_whole(link: str) -> None:
    assert trouble_with_link(link)


def test_a_link_of_a_meeting_program_is_fine() -> None:
    assert trouble_with_link("https://meet.example.org/j/8616?pwd=abc") is None


def test_figures_are_dated(tmp_path: Path) -> None:
    text = slots.FILE.read_text(encoding="utf-8")
    wrong = tmp_path / "figures.yaml"
    for old, new in (("checked_on: 2026-11-21", "checked_on: soon"), ("slots_at_most: 5", "slots_at_most: 0")):
        wrong.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(ValueError, match=r"figures\.yaml"):
            slots.load(wrong)


def test_the_declared_retention_is_the_figure() -> None:
    assert f" {FIGURES.guest_retention_days} 天" in GUEST["retention"]
