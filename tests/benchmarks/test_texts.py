from collections import Counter
from random import Random

import pytest

from benchmarks import texts
from benchmarks.figures import Figure, percentile, shown, table
from mengkeju.directory.actions.reference import read

KINDS = ("need", "achievement", "patent")


def vocabularies() -> texts.Vocabularies:
    found = {row["key"]: row["terms"] for row in read("taxonomy.yaml")["vocabularies"]}

    def topics(key: str) -> list[texts.Topic]:
        return [texts.Topic(t["key"], (t["label"], *(t.get("synonyms") or ()))) for t in found[key]]

    def keys(key: str) -> list[str]:
        return [topic.key for topic in topics(key)]

    return texts.Vocabularies(topics("field"), topics("cluster"), keys("maturity"), keys("cooperation_mode"))


def written(count: int, seed: int = 1) -> list[texts.Text]:
    writer = texts.Writer(vocabularies(), seed)
    return [writer.listing(index) for index in range(count)]


def test_the_kinds_have_their_shares_in_every_run_of_twenty() -> None:
    for start in (0, 20, 980):
        kinds = Counter(texts.kind_at(index) for index in range(start, start + 20))
        assert {kind: 5 * number for kind, number in kinds.items()} == texts.SHARES


def test_titles_and_summaries_have_the_lengths_people_write() -> None:
    for text in written(400):
        assert texts.TITLE[0] <= len(text.values["title"]) <= texts.TITLE[1]
        assert texts.SUMMARY[0] <= len(text.values["summary"]) <= texts.SUMMARY[1]
        assert "{" not in text.values["title"] + text.values["summary"]


def test_the_same_seed_writes_the_same_and_another_seed_something_else() -> None:
    assert written(40) == written(40)
    assert written(40) != written(40, seed=2)


def test_every_facet_tier_and_open_price_occurs() -> None:
    found = written(2000)
    known = vocabularies()
    assert {t.values["field"] for t in found} == {topic.key for topic in known.fields}
    assert {t.values["cluster"] for t in found} == {topic.key for topic in known.clusters} | {""}
    assert {mode for t in found for mode in t.values["modes"]} == set(known.modes)
    assert {t.tier for t in found} == {"public", "members", "parties"}
    assert {tier for t in found for tier in t.tiers.values()} == {"members", "parties"}
    priced = [t.values for t in found if t.values["price_low"] is not None]
    assert 0.5 < len(priced) / len(found) < 0.7
    assert all(v["price_low"] <= v["price_high"] for v in priced)


def test_titles_repeat_little() -> None:
    titles = {t.values["title"] for t in written(2000)}
    assert len(titles) > 1900


def test_an_invented_organisation_says_that_it_is_one() -> None:
    random = Random(1)  # noqa: S311 - sample data
    names = {texts.organisation_name(kind, at, random) for at in range(50) for kind in ("enterprise", "university")}
    assert len(names) == 100
    assert all(name.endswith(texts.DEMO) for name in names)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5), (0.95, 10), (0.01, 1), (1, 10)])
def test_the_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([10, 1, 2, 3, 4, 5, 6, 7, 8, 9], share) == expected
    with pytest.raises(ValueError, match="no values"):
        percentile([], share)


def test_figures_are_a_table_per_group() -> None:
    made = table([Figure("A", "x", 1234.5, "ms"), Figure("B", "y", 0.333, "s", "once"), Figure("A", "z", 9.96, "MB")])
    assert made.count("### ") == 2
    assert "| x | 1,234 ms |  |\n| z | 10.0 MB |  |" in made
    assert "| y | 0.33 s | once |" in made
    assert [shown(v) for v in (0.05, 1, 99.94, 100)] == ["0.05", "1.0", "99.9", "100"]
