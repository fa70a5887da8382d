"""The signals of posts and groups of students: what each says of a pair, and that markets share no weight."""

from datetime import date
from decimal import Decimal

import pytest

from mengkeju.matching.engine import structured, talent
from mengkeju.matching.engine.documents import Profile
from mengkeju.matching.engine.gaps import GAPS
from mengkeju.matching.engine.signals import Signal

pytestmark = pytest.mark.covers("PLT-17")
TODAY = date(2026, 11, 20)
POST = {
    "majors": ("m0815",),
    "work": ("实习",),
    "degree": ("bachelor",),
    "number": ("4 人",),
    "begins": ("2027-03-01",),
    "ends": ("2027-06-30",),
    "pay_high": ("3500",),
}
GROUP = {
    "majors": ("m0815", "m0813"),
    "work": ("实习", "全职"),
    "degree": ("bachelor", "master"),
    "number": ("约 26 人",),
    "begins": ("2027-02-22",),
    "ends": ("2027-07-31",),
    "pay_low": ("2500",),
    "away": ("no",),
}
PLACE = ("150200", "150203")


def profile(more: dict[str, tuple[str, ...]], **given: object) -> Profile:
    parts: dict[str, object] = {"market": "talent", "area_path": PLACE, "more": more}
    return Profile(**(parts | given))  # type: ignore[arg-type]  # assembled from named parts


def found(post: dict[str, tuple[str, ...]], group: dict[str, tuple[str, ...]], **of_group: object) -> dict[str, Signal]:
    pair = structured.signals(profile(POST | post), profile(GROUP | group, **of_group), TODAY, text_cosine=0.5)
    return {signal.key: signal for signal in pair}


def test_a_group_that_fits_in_everything() -> None:
    signals = found({}, {})
    stated = {key: signal.value for key, signal in signals.items() if key not in {"wording", "direction"}}
    assert set(stated.values()) == {1.0}, stated
    assert signals["direction"].missing == ("岗位没写技术领域", "毕业生与实习生没写技术领域")
    assert 0 < signals["wording"].value < 1
    assert not set(signals) & {kind.key for kind in structured.settings().kinds}


@pytest.mark.parametrize(
    ("key", "post", "group", "value"),
    [
        ("major", {}, {"majors": ("m0802",)}, talent.NEAR),
        ("major", {}, {"majors": ("m0501",)}, -1.0),
        ("major", {"majors": ("m08",)}, {}, 1.0),
        ("major", {}, {"majors": ("m08",)}, 1.0),
        ("work", {"work": ("博士后",)}, {}, -1.0),
        ("degree", {"degree": ("doctor",)}, {}, -1.0),
        ("degree", {"degree": ("any",)}, {"degree": ("college",)}, 1.0),
        ("period", {}, {"begins": ("2027-07-01",), "ends": ("2027-08-31",)}, -1.0),
        ("period", {"begins": ("2026-01-01",), "ends": ("2026-06-30",)}, {"begins": ("2026-01-01",)}, -1.0),
        ("period", {"ends": ()}, {"ends": ()}, 1.0),
        ("headcount", {"number": ("40 人",)}, {"number": ("10 人",)}, -0.25),
        ("pay", {}, {"pay_low": ("7000",)}, -1.0),
    ],
)
def test_what_a_fact_says(
    key: str, post: dict[str, tuple[str, ...]], group: dict[str, tuple[str, ...]], value: float
) -> None:
    assert found(post, group)[key].value == pytest.approx(value)


def test_half_the_time_counts_neither_way() -> None:
    half = found({}, {"begins": ("2027-05-01",)})["period"]
    assert half.value == pytest.approx(0, abs=0.01)
    assert half.reason == "时间对得上50%"


def test_another_city_counts_only_for_who_stays() -> None:
    elsewhere = {"area_path": ("150100", "150104")}
    assert found({}, {}, **elsewhere)["place"].value == -1
    assert found({}, {"away": ("yes",)}, **elsewhere)["place"].value == 0.5
    assert found({}, {"away": ()}, **elsewhere)["place"].value == 0


def test_nonsense_in_a_fact_is_no_statement() -> None:
    signals = found({"begins": ("月底",), "pay_high": ("面议",)}, {"number": ("若干",)})
    assert {signals[key].value for key in ("period", "pay", "headcount")} == {0.0}
    assert all(signals[key].missing for key in ("period", "pay", "headcount"))


def test_every_gap_names_its_fields_and_nothing_stated_says_nothing() -> None:
    empty = structured.signals(Profile(market="talent"), Profile(market="talent"), TODAY)
    assert {signal.value for signal in empty} == {0.0}
    said = {line for signal in empty for line in signal.missing}
    assert len(said) == 16
    assert said <= GAPS.keys()
    assert all(GAPS[line].fields for line in said)
    assert structured.weighted(empty) == [0] * len(empty)


def test_markets_have_weights_and_bounds_of_their_own() -> None:
    settings = structured.settings()
    keys = [kind.key for kind in settings.every]
    assert len(keys) == len(set(keys))
    assert set(settings.markets) == {"technology", "talent"}
    best = list(found({}, {}).values())
    assert settings.limit < sum(structured.weighted(best)) <= settings.markets["talent"].limit + 1e-9
    worst = found({"work": ("博士后",), "degree": ("doctor",)}, {"majors": ("m0501",), "begins": ("2030-01-01",)})
    total = sum(structured.weighted(list(worst.values())))
    assert -settings.markets["talent"].limit <= total < -settings.limit, "they weigh more than those of technology"
    technology = structured.signals(Profile(money_high=Decimal(1)), Profile(), TODAY)
    assert abs(sum(structured.weighted(technology))) <= settings.limit
