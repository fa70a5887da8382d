"""Three promises about a pair's score: the order of listings, an irrelevant newcomer, a replaced text.

**The idf shift.** Let n distinct texts be on the shelf and a record come that shares no character with any of them,
with t texts of its own (title, body). Every known term then has the same number of texts as before, so its inverse
document frequency ln((1+n)/(1+df)) + 1 rises by the same δ = ln((1+n+t)/(1+n)), and since it is at least 1 every weight
of a vector grows by a factor in [1, 1+δ]. Hence for the cosine c of any two known texts

    c / (1+δ)² ≤ c' ≤ c · (1+δ)².

That is all that happens to a cosine of terms. A need's background, the mean over N achievements, becomes that over
N+1 of which one is 0. The latent space is fitted on the re-weighted texts; the newcomer brings a direction of its own
that no other text has a part in, so the others' directions are those of the re-weighted texts alone, as long as there
is room for it (fewer distinct texts than directions; beyond, it may take the place of the weakest). So a pair's score
with the newcomer is the score that the same shelf has under the new frequencies. Where the fitted space is kept (as on
a large site between two fits) δ is 0 and only the background moves.
"""

from collections.abc import Sequence
from datetime import date
from math import log

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from mengkeju.matching.engine import cold, similarity
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.ranker import Ranker
from mengkeju.matching.engine.space import Space, clipped
from mengkeju.search.engine.vectors import LatentSpace
from tests.matching.engine.ugly import need, offer

pytestmark = pytest.mark.covers("PLT-03")
TODAY = date(2026, 11, 20)
WORDS = (
    "气化细渣", "脱水", "脱碳", "填料", "乳清", "膜分离", "永磁", "电机",
    "降噪", "种薯", "脱毒", "牧草", "盐碱地", "叶片",
)  # fmt: skip
STRANGE = ("ζηθικ", "φχψωξ", "λμνπρ")
"""Words of characters that no other text has."""
WITHOUT_GROUND = ("common_run", "rarest_word", "best_sentence", "title_share")
OF_TERMS = ("title_chars", "body_chars", "whole_chars", "title_words", "body_words", "whole_words")
TITLES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)
BODIES = st.lists(st.lists(st.sampled_from(WORDS), min_size=2, max_size=6).map("".join), max_size=3).map("。".join)
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def shelves(draw: st.DrawFn) -> list[Document]:
    """A few needs and achievements about the same dozen things."""
    needs = draw(st.lists(st.tuples(TITLES, BODIES), min_size=1, max_size=4))
    offers = draw(st.lists(st.tuples(TITLES, BODIES), min_size=2, max_size=8))
    return [need(*text, key=f"n{at}") for at, text in enumerate(needs)] + [
        offer(*text, key=f"a{at}") for at, text in enumerate(offers)
    ]


def build(documents: Sequence[Document], space: Space | None = None) -> Corpus:
    return Corpus.build(documents, reference=cold.load().reference, space=space)


def values(corpus: Corpus) -> dict[tuple[str, str], np.ndarray]:
    """The similarities of every need with every achievement."""
    needs, offers = (corpus.shelves[side].documents for side in (Side.NEED, Side.ACHIEVEMENT))
    rows = np.repeat(np.arange(len(needs)), len(offers)).astype(np.int32)
    columns = np.tile(np.arange(len(offers)), len(needs)).astype(np.int32)
    found = corpus.pair_values(rows, columns)
    return {(needs[a].id, offers[b].id): line for a, b, line in zip(rows, columns, found, strict=True)}


def scores(documents: Sequence[Document], query: Document) -> dict[str, float]:
    model = cold.load()
    found = Ranker(Corpus.build(documents, reference=model.reference), model).rank(query, today=TODAY, k=99)
    return {one.id: one.score for one in found}


@FEW
@given(shelves(), st.randoms(use_true_random=False), st.sampled_from(Side))
def test_scores_do_not_depend_on_the_order_of_listings(documents: list[Document], rng: object, side: Side) -> None:
    shuffled = list(documents)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]  # random.Random
    query = next(d for d in documents if d.side is side)
    one, other = scores(documents, query), scores(shuffled, query)
    assert one == pytest.approx(other, abs=1e-6)


def test_nor_on_a_shelf_larger_than_what_backgrounds_are_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Larger also than the latent space has directions, where it is found by an approximation."""
    monkeypatch.setattr(similarity, "BACKGROUND", 20)
    rng = np.random.default_rng(4)
    texts = {"".join(rng.choice(WORDS, 4)) + str(at) for at in range(400)}
    documents = [offer(text, key=text) for text in sorted(texts)]
    shuffled = [documents[at] for at in rng.permutation(len(documents))]
    query = need("气化细渣脱碳与填料", "希望脱水脱碳。")
    one, other = scores(documents, query), scores(shuffled, query)
    shared = one.keys() & other.keys()
    assert len(shared) > 90  # of equal scores it may be another that is the 99th
    assert {key: one[key] for key in shared} == pytest.approx({key: other[key] for key in shared}, abs=1e-6)


def shift(documents: Sequence[Document], newcomer: Document) -> float:
    """δ: how far a newcomer raises every known term's inverse document frequency."""
    texts = {text for d in documents for text in clipped(d) if text.strip()}
    own = {text for text in clipped(newcomer) if text.strip()} - texts
    return log((1 + len(texts) + len(own)) / (1 + len(texts)))


def reweighted(documents: Sequence[Document], delta: float) -> Space:
    """The space of these documents with every idf raised by δ."""
    space = Space().fit(documents)
    texts = sorted({text for d in documents for text in clipped(d) if text.strip()})
    space.chars.idf += np.float32(delta)
    space.words.idf += np.float32(delta)
    space.latent.fit(space.chars.transform(texts))
    return space


NEWCOMERS = st.builds(
    lambda side, title, body: Document("new", side, title, body),
    st.sampled_from(Side), st.sampled_from(STRANGE), st.sampled_from(("", *STRANGE)),
)  # fmt: skip


@FEW
@given(shelves(), NEWCOMERS)
def test_an_irrelevant_newcomer_moves_a_pair_by_the_frequencies_alone(
    documents: list[Document], newcomer: Document
) -> None:
    space = reweighted(documents, shift(documents, newcomer))
    everything = [*documents, newcomer]
    explained, found = values(build(everything, space)), values(build(everything))
    for pair, line in found.items():
        if "new" not in pair:
            # Squared: the values are square roots, steep near 0. So are the weights of the nearest titles.
            assert line**2 == pytest.approx(explained[pair] ** 2, abs=2e-3, rel=2e-3), pair


@FEW
@given(shelves(), NEWCOMERS)
def test_and_no_cosine_of_terms_by_more_than_the_shift(documents: list[Document], newcomer: Document) -> None:
    before, after = build(documents), build([*documents, newcomer])
    factor = (1 + shift(documents, newcomer)) ** 2 * (1 + 1e-5)
    for name in OF_TERMS:
        against = f"title_{name.split('_')[1]}"
        old, new = (
            (
                getattr(c.shelves[Side.NEED].table, name) @ getattr(c.shelves[Side.ACHIEVEMENT].table, against).T
            ).toarray()
            for c in (before, after)
        )
        new = new[: old.shape[0], : old.shape[1]]  # the newcomer stands last on its side
        assert (new <= old * factor + 1e-6).all()
        assert (new >= old / factor - 1e-6).all()


@FEW
@given(shelves(), NEWCOMERS)
def test_where_the_space_is_kept_only_the_background_moves(documents: list[Document], newcomer: Document) -> None:
    space = Space().fit(documents)
    before, after = build(documents, space), build([*documents, newcomer], space)
    found, needs, offers = values(after), before.shelves[Side.NEED].table, before.shelves[Side.ACHIEVEMENT].table
    if newcomer.side is Side.ACHIEVEMENT:
        raw, count = similarity.measure_background(needs, similarity.Spread.of_achievements(offers)), len(offers)
        mean, square = (part * count / (count + 1) for part in (raw.mean, raw.variance + raw.mean**2))
        ground = similarity.Background(mean, np.maximum(square - mean**2, 0), count + 1)
        expected = similarity.steadied(ground, cold.load().reference)
        assert after.background.mean == pytest.approx(expected.mean, abs=1e-6)
        assert after.background.variance == pytest.approx(expected.variance, abs=1e-6)
    # Above a need's background stand the cosines, above an achievement's those “apart”: the newcomer is in one of them.
    kept = {name for name in NAMES if name.endswith("_apart") is (newcomer.side is Side.ACHIEVEMENT)}
    same = [at for at, name in enumerate(NAMES) if name in kept.union(WITHOUT_GROUND)]
    for pair, line in values(before).items():
        assert found[pair][same] == pytest.approx(line[same], abs=1e-6)


@pytest.mark.parametrize("dims", [3, 6, 300])
def test_a_direction_of_its_own_turns_no_other(dims: int) -> None:
    """The latent space by itself: a text that shares no term with the others leaves their cosines where they were.

    Without room for one more direction it takes the place of the weakest, if that is weaker than a text alone.
    """
    rng = np.random.default_rng(1)
    known = rng.random((8, 20)).astype(np.float32)
    known /= np.linalg.norm(known, axis=1)[:, None]
    wider = np.zeros((9, 22), dtype=np.float32)
    wider[:8, :20], wider[8, 20:] = known, (0.6, 0.8)
    before, after = (
        LatentSpace(limit).fit(csr_matrix(rows)) for limit, rows in ((dims, known), (dims + 1, wider))
    )  # fmt: skip
    assert after[:8] @ after[:8].T == pytest.approx(before @ before.T, abs=1e-4)
    if dims < len(known):
        assert np.linalg.svd(known, compute_uv=False)[dims - 1] < 1
        full, less = LatentSpace(dims).fit(csr_matrix(wider))[:8], LatentSpace(dims - 1).fit(csr_matrix(known))
        assert full @ full.T == pytest.approx(less @ less.T, abs=1e-4)


@FEW
@given(shelves(), st.tuples(st.sampled_from(STRANGE), st.sampled_from(STRANGE)))
def test_a_replaced_text_is_forgotten(documents: list[Document], old: tuple[str, str]) -> None:
    """Neither fit of the present texts nor a kept space gives the new text anything of the old one."""
    at = next(at for at, d in enumerate(documents) if d.side is Side.ACHIEVEMENT)
    replaced = [*documents[:at], offer(*old, key=documents[at].id), *documents[at + 1 :]]
    then = build(replaced)
    query = need(*old, key="q")
    assert documents[at].id in {then.shelves[Side.ACHIEVEMENT].documents[row].id for row in then.candidates(query)}
    kept = build(documents, then.space)
    assert build(documents).candidates(query).tolist() == []
    rows = kept.shelves[Side.ACHIEVEMENT].table
    gone = [column for column, term in enumerate(then.space.chars.terms) if set(term) & set("".join(old))]
    for matrix in (rows.title_chars, rows.body_chars, rows.whole_chars):
        assert not np.isin(matrix.indices, gone).any()
