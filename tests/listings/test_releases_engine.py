"""The sums of a joint release, what differs in a row, and what is warned of: plain Python."""

from pathlib import Path
from typing import Any

import pytest

from mengkeju.listings.engine import releases as engine
from mengkeju.listings.engine.release_workflow import CONFIRMED_STATES, OPEN_STATES, RELEASE

HOHHOT, BAOTOU = "150100", "150200"


def line(key: str, owner: str, city: str = BAOTOU, field: str = "mining", **given: Any) -> engine.Line:
    values: dict[str, Any] = {"owner_kind": "enterprise", "verified": True, "month": "2027-06"} | given
    return engine.Line(key=key, owner=owner, city=city, field=field, **values)


def snapshot(**given: Any) -> dict[str, Any]:
    base: dict[str, Any] = dict.fromkeys(engine.KEYS, "")
    base |= {"schema": engine.SCHEMA, "version": engine.VERSION, "verified": True, "fictional": True}
    base |= {"owner_uid": "u1", "owner": "甲厂（演示）", "values": {"title": "甲"}, "words": {"title": "甲"}}
    return base | given


@pytest.mark.covers("NED-01")
def test_the_parts_make_up_the_whole_and_a_firm_counts_once() -> None:
    counted = engine.sums(
        [
            line("1", "a"),
            line("2", "a", field=""),
            line("3", "b", HOHHOT, month=""),
            line("4", "c", HOHHOT, owner_kind="institute"),
            line("5", "a", HOHHOT),
        ]
    )
    assert (counted.firms, counted.needs, counted.others, counted.shared) == (3, 5, 1, 1)
    assert [(c.key, c.firms, c.needs) for c in counted.cities] == [(HOHHOT, 3, 3), (BAOTOU, 1, 2)]
    assert [(c.key, c.needs) for c in counted.fields] == [("mining", 4), ("", 1)]
    assert [(c.key, c.needs) for c in counted.months] == [("2027-06", 4), ("", 1)]
    assert engine.agree(counted)


def test_of_nothing_there_is_nothing_to_count() -> None:
    counted = engine.sums([])
    assert (counted.firms, counted.needs, counted.cities) == (0, 0, ())
    assert engine.agree(counted)


def test_what_an_officer_should_look_at_again() -> None:
    assert engine.warned(line("1", "a"), "2026-11-21") == ()
    bad = line("1", "a", field="", verified=False, month="")
    assert engine.warned(bad, "2026-11-21") == ("unverified", "no_deadline", "no_field")
    assert engine.warned(line("1", "a", month="2026-10"), "2026-11-21") == ("past",)
    assert engine.warned(line("1", "a", month="2026-11"), "2026-11-21") == ()


def test_a_row_differs_by_what_was_stated_and_not_by_its_wording() -> None:
    then = snapshot(words={"title": "甲", "field": "矿业"}, values={"title": "甲", "field": "mining"})
    renamed = snapshot(words={"title": "甲", "field": "采矿"}, values={"title": "甲", "field": "mining"}, owner="乙厂")
    assert engine.content_digest(then) == engine.content_digest(renamed)
    other = snapshot(words={"title": "丙"}, values={"title": "丙"})
    assert engine.content_digest(then) != engine.content_digest(other)
    found = engine.differences(then, other, {"title": "题目", "field": "技术领域", "area": "地区"})
    assert [(d.label, d.before, d.after) for d in found] == [("题目", "甲", "丙"), ("技术领域", "矿业", "")]


def test_a_row_of_another_version_or_with_a_stranger_key_is_not_kept() -> None:
    engine.check(snapshot())
    for wrong in (snapshot(version=2), snapshot(secret="x"), {"schema": engine.SCHEMA, "version": 1}):
        with pytest.raises(ValueError, match="not a row"):
            engine.check(wrong)


def test_the_figures_are_a_positive_number(tmp_path: Path) -> None:
    assert engine.MOST_NEEDS > 0
    wrong = tmp_path / "releases.yaml"
    wrong.write_text("most_needs: 0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="positive"):
        engine.load(wrong)


def test_only_what_is_in_preparation_can_be_confirmed_or_released() -> None:
    assert set(OPEN_STATES) | {"released", "withdrawn"} == set(RELEASE.states)
    assert set(CONFIRMED_STATES) < set(OPEN_STATES)
    assert RELEASE.transitions["release"].source == ("checked", "scheduled")
