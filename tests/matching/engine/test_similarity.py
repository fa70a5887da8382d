import numpy as np
import pytest

from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.likeness import APART, COSINES, NAMES, SIMILARITIES
from mengkeju.matching.engine.similarity import (
    NEAREST,
    Background,
    Reference,
    measure_apart,
    measure_background,
    steadied,
    steadied_apart,
    typical,
)


def need(title: str, body: str = "") -> Document:
    return Document("n", Side.NEED, title, body)


def offers(*titles: str) -> list[Document]:
    return [Document(str(at), Side.ACHIEVEMENT, title) for at, title in enumerate(titles)]


def test_there_are_sixteen_each_with_a_meaning() -> None:
    assert len(NAMES) == len(set(NAMES)) == 16
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
    assert values.shape == (1, len(NAMES))
    assert np.isfinite(values).all()
    assert (values >= 0).all()


def test_a_small_corpus_is_drawn_towards_the_reference() -> None:
    reference = Reference((0.1,) * 9, (0.04,) * 9, (0.2,) * 3, (0.04,) * 3)
    nothing, none = (Background(np.zeros((1, size)), np.zeros((1, size)), 0) for size in (9, 3))
    assert steadied(nothing, reference).mean[0] == pytest.approx([0.1] * 9)
    assert steadied_apart(none, reference).mean[0] == pytest.approx([0.2] * 3)
    many, seen = (Background(np.full((1, size), 0.3), np.full((1, size), 0.01), 10**6) for size in (9, 3))
    assert steadied(many, reference).mean[0] == pytest.approx([0.3] * 9, abs=1e-3)
    assert steadied_apart(seen, reference).mean[0] == pytest.approx([0.3] * 3, abs=1e-3)


def test_the_background_is_mean_and_variance_of_the_cosines() -> None:
    corpus = Corpus.build([need("稀土永磁"), *offers("稀土永磁", "奶牛监测")])
    tables = corpus.shelves[Side.NEED].table, corpus.shelves[Side.ACHIEVEMENT].table
    found, apart = measure_background(*tables), measure_apart(*tables)
    assert (found.count, apart.count) == (2, 1)
    assert found.mean[0, 0] == pytest.approx(0.5, abs=1e-5)
    assert found.variance[0, 0] == pytest.approx(0.25, abs=1e-5)
    assert apart.mean[:, 0] == pytest.approx([1, 0], abs=1e-5)
    usual = typical(found, apart)
    assert (usual.mean[0], usual.apart_mean[0]) == pytest.approx((0.5, 0.5), abs=1e-5)
    nobody = Corpus.build([]).shelves[Side.NEED].table
    unknown = typical(measure_background(tables[0], nobody), measure_apart(nobody, tables[1]))
    assert unknown == Reference()
    assert (len(unknown.mean), len(unknown.apart_mean)) == (len(COSINES), len(APART))


def test_an_achievement_is_counted_beyond_what_other_needs_have_of_it() -> None:
    """The title that every need is like stands no further above them for one of them."""
    needs = [Document(str(at), Side.NEED, f"数字化平台建设{word}") for at, word in enumerate(("甲", "乙", "丙", "丁"))]
    needs.append(Document("own", Side.NEED, "铈基永磁体制备"))
    corpus = Corpus.build([*needs, *offers("数字化平台建设", "铈基永磁体制备工艺", "风机叶片")])
    at = NAMES.index("title_chars_apart")
    common, own = corpus.pair_values(np.array([0, 4]), np.array([0, 1]))[:, at]
    assert own > common > 0


def test_the_nearest_titles_say_a_need_once_more() -> None:
    """The need has no word of the third title; the title nearest to it has."""
    titles = ("牧场挤奶自动化装备", "挤奶机器人视觉定位机械臂", "视觉定位机械臂", "风机叶片防雷涂层")
    corpus = Corpus.build([need("牧场挤奶自动化"), *offers(*titles)])
    asked, offered = (corpus.shelves[side].table for side in (Side.NEED, Side.ACHIEVEMENT))
    by_itself, once_more = (offered.title_latent @ row for row in (asked.title_latent[0], asked.near_latent[0]))
    assert by_itself[2] == pytest.approx(by_itself[3], abs=0.05)
    assert once_more[2] > once_more[3] + 0.1


@pytest.mark.parametrize("count", [1, NEAREST - 1, NEAREST, NEAREST + 30])
def test_the_nearest_do_not_depend_on_how_many_there_are_or_their_order(count: int) -> None:
    """Titles with nothing in common leave the middle where it is; the order of the shelf does too."""
    words = "铈基永磁体晶界扩散提高磁性能"
    documents = [need("铈基永磁体"), *offers(*(words[: 3 + at % 10] + str(at) for at in range(count)))]
    corpus = Corpus.build(documents)
    table = corpus.shelves[Side.NEED].table
    turned = Corpus.build(documents[::-1], space=corpus.space).shelves[Side.NEED].table
    assert table.near_latent == pytest.approx(turned.near_latent, abs=1e-5)
    assert np.linalg.norm(table.near_latent, axis=1) == pytest.approx([1.0], abs=1e-5)


def test_without_titles_a_need_is_near_to_its_own_words_and_without_words_to_nothing() -> None:
    corpus = Corpus.build([need("铈基永磁体"), Document("empty", Side.NEED, "")])
    table = corpus.shelves[Side.NEED].table
    assert table.near_latent[0] == pytest.approx(table.title_latent[0], abs=1e-5)
    assert not table.near_latent[1].any()
