"""The full stack on a shelf: its parts add up, its own label never speaks, what left the site is forgotten."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.special import expit

from mengkeju.matching.engine import families
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.families import Judged
from mengkeju.matching.engine.full_live import Live
from mengkeju.matching.engine.full_sum import CUTS
from mengkeju.matching.engine.ranker import Ranked, Ranker
from tests.matching.engine.full_for_tests import Fitted, fitted

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def made() -> Fitted:
    return fitted()


@pytest.fixture(scope="module")
def ranker(made: Fitted) -> Ranker:
    return families.ranker(made.corpus, made.model, judged=made.judged())


def sums(ranked: Ranked) -> list[float]:
    """Every part of each level added up."""
    assert ranked.told is not None
    common = sum(part.value for part in ranked.contributions)
    return [
        common + sum(ranked.told.levels[level].values()) + sum(values[at] for *_who, values in ranked.told.named)
        for at, level in enumerate(CUTS)
    ]


@pytest.mark.covers("NED-08")
@pytest.mark.parametrize("side", list(Side))
def test_the_parts_of_every_level_add_up_to_the_log_odds_of_its_chance(
    made: Fitted, ranker: Ranker, side: Side
) -> None:
    for query in made.corpus.shelves[side].documents[:6]:
        found = ranker.rank(query, today=TODAY, k=25)
        assert found
        for one in found:
            assert expit(sums(one)) == pytest.approx(one.probabilities, abs=1e-9)
            assert [one.score - cut for cut in one.cuts] == pytest.approx(sums(one), abs=1e-6)
            assert list(one.probabilities) == sorted(one.probabilities, reverse=True)
        assert [one.expected for one in found] == sorted((one.expected for one in found), reverse=True)


def test_a_pairs_own_label_never_speaks_of_it(made: Fitted) -> None:
    """Turned round, it changes what is thought of other pairs and nothing of its own."""
    stored = made.model.full
    assert stored is not None
    at = 3
    need, title = stored.needs[stored.left[at]], stored.achievements[stored.right[at]]
    weights = stored.core.weights.copy()
    weights[at] += 0.5
    turned = replace(stored, core=replace(stored.core, weights=weights))
    documents = made.documents
    answers = {}
    for name, one in (("before", stored), ("after", turned)):
        ranker = families.ranker(made.corpus, replace(made.model, full=one), judged=made.judged())
        answers[name] = {r.id: r.probabilities for r in ranker.rank(documents[need], today=TODAY, k=500)}
    assert answers["before"][title] == answers["after"][title]
    assert answers["before"] != answers["after"]


def test_the_order_of_the_shelf_changes_no_score(made: Fitted, ranker: Ranker) -> None:
    documents = list(made.documents.values())
    turned = Corpus.build(documents[::-1], reference=made.model.cold.reference, space=made.corpus.space)
    other = families.ranker(turned, made.model, judged=made.judged())
    for need in made.corpus.shelves[Side.NEED].documents[:3]:
        one = {r.id: r.probabilities for r in ranker.rank(need, today=TODAY, k=20)}
        two = {r.id: r.probabilities for r in other.rank(need, today=TODAY, k=40)}
        assert [two[key] for key in one] == [pytest.approx(value, abs=1e-3) for value in one.values()]


def test_what_is_no_longer_judged_or_no_longer_there_says_nothing(made: Fitted) -> None:
    stored = made.model.full
    assert stored is not None
    numbers = made.model.cold.ordinal
    whole = Live(made.corpus, numbers, stored, made.documents)
    assert whole.known == len(stored.left)
    first = (stored.needs[stored.left[0]], stored.achievements[stored.right[0]])
    assert Live(made.corpus, numbers, stored, made.documents, still={first: int(stored.levels[0])}).known == 1
    assert Live(made.corpus, numbers, stored, made.documents, still={first: 5 - int(stored.levels[0])}).known == 0
    gone = {uid: d for uid, d in made.documents.items() if uid != first[0]}
    assert Live(made.corpus, numbers, stored, gone).known == int((stored.left != stored.left[0]).sum())
    forgotten = families.ranker(made.corpus, made.model, judged=Judged({}))
    for one in forgotten.rank(made.documents[first[0]], today=TODAY, k=10):
        assert one.told is not None
        assert one.told.named == ()
        assert all(one.told.levels[level]["judged:rest"] == 0 for level in CUTS)
        assert expit(sums(one)) == pytest.approx(one.probabilities, abs=1e-9)


def test_judgements_are_told_by_the_need_they_were_made_on(made: Fitted, ranker: Ranker) -> None:
    stored = made.model.full
    assert stored is not None
    need = stored.needs[0]
    found = ranker.rank(made.documents[need], today=TODAY, k=30)
    named = [(who, group) for one in found if one.told for who, _what, group, _values in one.told.named]
    assert named
    assert {who for who, group in named if group == "own"} == {need}
    assert need not in {who for who, group in named if group != "own"}
    assert all(one.told is not None and one.told.owners["near"] <= len(stored.needs) for one in found)


@pytest.mark.parametrize("text", ["", "😀😀😀", "pure English words only", "氣化細渣脫碳與高值利用"])
def test_any_text_is_borne(made: Fitted, ranker: Ranker, text: str) -> None:
    for side in Side:
        for one in ranker.rank(Document("x", side, text, text), today=TODAY, k=5):
            assert np.isfinite(one.probabilities).all()
            assert expit(sums(one)) == pytest.approx(one.probabilities, abs=1e-9)
