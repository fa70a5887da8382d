import pytest

from mengkeju.matching.engine import bands


@pytest.mark.parametrize(
    ("probabilities", "key"),
    [
        ((0.99, 0.9, 0.5), "strong"),
        ((0.99, 0.9, 0.49), "good"),
        ((0.9, 0.5, 0.0), "good"),
        ((0.9, 0.49, 0.0), "maybe"),
        ((0.5, 0.25, 0.0), "maybe"),
        ((0.9, 0.2499, 0.0), None),
        ((0.49, 0.3, 0.0), None),
        ((0.0, 0.0, 0.0), None),
    ],
)
def test_the_rule_of_the_bands(probabilities: tuple[float, float, float], key: str | None) -> None:
    found = bands.band(probabilities)
    assert (found.key if found else None) == key


def test_bands_are_dated_and_labelled_in_both_languages() -> None:
    assert bands.version() == "2026-11"
    assert [band.label for band in bands.bands()] == ["高度匹配", "较为匹配", "可供参考"]
    assert all(band.label_en for band in bands.bands())
    assert bands.find("good") == bands.bands()[1]
    assert bands.find("none") is None
