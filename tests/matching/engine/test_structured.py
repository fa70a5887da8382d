from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.matching.engine import structured
from mengkeju.matching.engine.documents import Maturity, Profile
from mengkeju.matching.engine.signals import Signal
from mengkeju.matching.engine.structured import signals

TODAY = date(2026, 11, 20)
FULL = Profile(
    fields=frozenset({"new-materials"}),
    clusters=frozenset({"rare-earth"}),
    modes=frozenset({"licence"}),
    maturity=Maturity.MATURE,
    deadline=date(2028, 1, 1),
    money_low=Decimal(100000),
    money_high=Decimal(500000),
    area_path=("150200", "150203"),
    checked_on=TODAY,
    verified=True,
    deals=5,
)
PROFILES = st.builds(
    Profile,
    fields=st.frozensets(st.sampled_from("ab")),
    maturity=st.none() | st.sampled_from(Maturity),
    deadline=st.none() | st.dates(),
    money_low=st.none() | st.decimals(0, 10**12, places=2),
    money_high=st.none() | st.decimals(0, 10**12, places=2),
    area_path=st.lists(st.sampled_from("xyz"), max_size=2).map(tuple),
    checked_on=st.none() | st.dates(),
    verified=st.none() | st.booleans(),
    deals=st.none() | st.integers(0, 10**6),
)


def one(key: str, need: Profile, achievement: Profile, cosine: float | None = None) -> Signal:
    found = signals(need, achievement, TODAY, text_cosine=cosine)
    return next(signal for signal in found if signal.key == key)


@given(PROFILES, PROFILES, st.dates(), st.none() | st.floats(-1, 1))
def test_values_stay_in_bounds_and_say_why(need: Profile, other: Profile, today: date, cosine: float | None) -> None:
    found = signals(need, other, today, text_cosine=cosine)
    assert [signal.key for signal in found] == [kind.key for kind in structured.settings().kinds]
    for signal in found:
        assert -1 <= signal.value <= 1
        assert bool(signal.reason) != bool(signal.missing)
        assert not signal.missing or signal.value == 0
    assert abs(sum(structured.weighted(found))) <= structured.settings().limit + 1e-9


@given(PROFILES, st.lists(st.tuples(PROFILES, st.none() | st.floats(-1, 1)), max_size=6), st.booleans())
def test_one_profile_with_many_says_what_each_pair_says(
    own: Profile,
    others: list[tuple[Profile, float | None]],
    is_need: bool,  # noqa: FBT001 - a case of hypothesis
) -> None:
    asking = structured.Asking(own, TODAY, is_need=is_need)
    for other, cosine in [*others, *others]:
        need, achievement = (own, other) if is_need else (other, own)
        assert asking.signals(other, cosine) == signals(need, achievement, TODAY, text_cosine=cosine)


def test_nothing_stated_adds_nothing_and_names_what_is_missing() -> None:
    found = signals(Profile(), Profile(), TODAY)
    assert structured.weighted(found) == [0] * len(found)
    assert "需求没写投入预算" in [text for signal in found for text in signal.missing]


def test_two_full_profiles_agree_within_the_limit() -> None:
    found = signals(FULL, FULL, TODAY, text_cosine=0.9)
    assert all(signal.value > 0 for signal in found)
    assert sum(structured.weighted(found)) == pytest.approx(structured.settings().limit)


@pytest.mark.parametrize(
    ("stage", "deadline", "sign"),
    [
        (Maturity.EARLY, date(2027, 3, 1), -1),
        (Maturity.EARLY, date(2031, 1, 1), 1),
        (Maturity.MATURE, date(2027, 11, 1), 1),
        (Maturity.MATURE, date(2020, 1, 1), -1),
    ],
)
def test_maturity_is_held_against_the_deadline(stage: Maturity, deadline: date, sign: int) -> None:
    found = one("maturity", Profile(deadline=deadline), Profile(maturity=stage))
    assert found.value * sign > 0


@pytest.mark.parametrize(
    ("low", "high", "value"),
    [(100, 400, 1.0), (400, 900, 0.5), (750, None, -0.5), (5000, None, -1.0), (None, 500, 1.0)],
)
def test_price_is_held_against_the_budget(low: int | None, high: int | None, value: float) -> None:
    offer = Profile(money_low=None if low is None else Decimal(low), money_high=None if high is None else Decimal(high))
    assert one("budget", Profile(money_high=Decimal(500)), offer).value == pytest.approx(value)


def test_a_budget_of_nothing_is_no_division_by_zero() -> None:
    assert one("budget", Profile(money_high=Decimal(0)), Profile(money_low=Decimal(5))).value == -1


def test_a_city_is_never_a_wall() -> None:
    elsewhere = replace(FULL, area_path=("150100", "150102"))
    assert one("area", FULL, elsewhere).value == 0
    assert one("area", FULL, replace(FULL, area_path=("150200", "150207"))).value == 0.5
    assert one("area", FULL, FULL).value == 1


def test_stale_information_counts_against() -> None:
    assert one("freshness", FULL, replace(FULL, checked_on=date(2020, 1, 1))).value == -1


def test_the_weights_say_that_they_are_not_fitted() -> None:
    path = Path(structured.__file__).with_name(structured.WEIGHTS)
    assert "NOT fitted" in path.read_text("utf-8")
    assert all(kind.label and kind.label_en for kind in structured.settings().kinds)
