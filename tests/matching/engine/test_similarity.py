import numpy as np
import pytest

from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.likeness import COSINES, NAMES, SIMILARITIES
from mengkeju.matching.engine.similarity import (
    Background,
    Reference,
    Spread,
    measure_background,
    steadied,
    typical,
)


def need(title: str, body: str = "") -> Document:
    return Document("n", Side.NEED, title, body)


def offers(*titles: str) -> list[Document]:
    return [Document(str(at), Side.ACHIEVEMENT, title) for at, title in enumerate(titles)]


def test_there_are_twelve_each_with_a_meaning() -> None:
    assert len(NAMES) == len(set(NAMES)) == 12
    assert all(kind.label and kind.label_en and kind.meaning for kind in SIMILARITIES)


def test_a_closer_title_is_closer_in_every_title_similarity() -> None:
    documents = [need("铈基永磁体制备", "提高矫顽力"), *offers("铈基永磁体制备工艺", "奶牛健康监测", "风机叶片")]
    corpus = Corpus.build(documents)
    near, far = corpus.pair_values(np.array([0, 0]), np.array([0, 1]))
    title = [at for at, name in enumerate(NAMES) if name.startswith(("title", "common"))]
    assert (near[title] > far[title]).all()


@pytest.mark.parametrize(
    "documents",
    [
        [need("", ""), *offers("")],
        [need("稀土", ""), *offers("")],
        [need("", "稀土永磁"), *offers("稀土", "")],
        [need("，。", "！"), *offers("稀土", "稀土")],
        [need("稀土" * 2500, "永磁" * 2500), *offers("稀土" * 2500)],
    ],
)
def test_empty_odd_and_huge_texts_give_finite_values(documents: list[Document]) -> None:
    values = Corpus.build(documents).pair_values(np.array([0]), np.array([0]))
    assert values.shape == (1, 12)
    assert np.isfinite(values).all()
    assert (values >= 0).all()


def test_a_small_corpus_is_drawn_towards_the_reference() -> None:
    reference = Reference((0.1,) * 8, (0.04,) * 8)
    nothing = Background(np.zeros((1, 8)), np.zeros((1, 8)), 0)
    assert steadied(nothing, reference).mean[0] == pytest.approx([0.1] * 8)
    many = Background(np.full((1, 8), 0.3), np.full((1, 8), 0.01), 10**6)
    assert steadied(many, reference).mean[0] == pytest.approx([0.3] * 8, abs=1e-3)


def test_the_background_is_mean_and_variance_of_the_cosines() -> None:
    corpus = Corpus.build([need("稀土永磁"), *offers("稀土永磁", "奶牛监测")])
    tables = corpus.shelves[Side.NEED].table, corpus.shelves[Side.ACHIEVEMENT].table
    found = measure_background(*tables)
    assert found.count == 2
    assert found.mean[0, 0] == pytest.approx(0.5, abs=1e-5)
    assert found.variance[0, 0] == pytest.approx(0.25, abs=1e-5)
    assert typical(found).mean[0] == pytest.approx(0.5, abs=1e-5)
    assert len(typical(measure_background(tables[0], Corpus.build([]).shelves[Side.NEED].table)).mean) == len(COSINES)


def test_a_spread_kept_once_measures_what_the_shelf_measures() -> None:
    titles = [f"{what}{how}" for what in ("稀土永磁", "奶牛", "风机叶片", "") for how in ("监测", "制备工艺", "")]
    corpus = Corpus.build([need("稀土永磁制备", "提高奶牛产量，制备工艺"), *offers(*titles)])
    asked, shelf = (corpus.shelves[side].table for side in (Side.NEED, Side.ACHIEVEMENT))
    found = measure_background(asked, Spread.of(shelf))
    for column, name in enumerate(COSINES):
        product = getattr(asked, name) @ getattr(shelf, f"title_{name.split('_')[1]}").T
        dense = np.asarray(product if name.endswith("latent") else product.toarray(), dtype=float)
        assert found.mean[0, column] == pytest.approx(dense.mean(), abs=1e-7)
        assert found.variance[0, column] == pytest.approx(dense.var(), abs=1e-7)


def test_a_pair_has_the_same_values_alone_among_many_and_from_either_side() -> None:
    asked = [Document(f"n{at}", Side.NEED, text, f"{text}怎样降低能耗。需要{text}。") for at, text in enumerate(
        ("稀土永磁制备", "奶牛发情监测", "风机叶片回收"))]  # fmt: skip
    shelf = offers("稀土永磁体制备工艺", "奶牛监测项圈", "叶片", "", "稀土")
    corpus = Corpus.build([*asked, *shelf])
    rows, columns = (side.ravel().astype(np.int32) for side in np.indices((3, 5)))
    plain = np.vstack([corpus.pair_values(rows[at : at + 1], columns[at : at + 1]) for at in range(len(rows))])
    mixed = np.random.default_rng(0).permutation(len(rows))
    assert corpus.pair_values(rows, columns).tolist() == plain.tolist()
    assert corpus.pair_values(rows[mixed], columns[mixed]).tolist() == plain[mixed].tolist()
    for document in (*asked, *shelf):
        found, _row, values = corpus.compare(document, 5)
        own = int(document.id.strip("n"))
        is_need = document.side is Side.NEED
        for at, other in enumerate(found):
            pair = own * 5 + other if is_need else other * 5 + own
            assert values[at] ** 2 == pytest.approx(plain[pair] ** 2, abs=1e-5)  # a root enlarges the last bit
