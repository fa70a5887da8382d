import numpy as np
import pytest

from mengkeju.matching.engine.corpus import SHARES, Corpus, _text
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.protocol_files import PairRow


def offer(key: str, title: str, body: str = "") -> Document:
    return Document(key, Side.ACHIEVEMENT, title, body)


def test_candidates_of_a_need_hold_what_answers_it(corpus: Corpus, pairs: list[PairRow]) -> None:
    titles = [document.id for document in corpus.shelves[Side.ACHIEVEMENT].documents]
    for document in corpus.shelves[Side.NEED].documents:
        found = {titles[at] for at in corpus.candidates(document, 10)}
        strong = {pair.title for pair in pairs if pair.need_id == document.id and pair.level == 4}
        assert strong <= found


def test_an_achievement_finds_its_need(corpus: Corpus) -> None:
    query = offer("new", "铈基永磁体晶界扩散提高磁性能")
    best = corpus.shelves[Side.NEED].documents[corpus.candidates(query, 5)[0]]
    assert best.title == "高丰度铈基永磁体磁性能提升技术"


def plain_candidates(corpus: Corpus, query: Document, keep: int) -> list[int]:
    """Four full products and four full sorts, as the fusion is defined."""
    documents = corpus.shelves[query.side.other].documents
    table, row = corpus.space.table(documents), corpus.space.table([query])
    content = row.body_chars if row.body_chars.nnz else row.whole_chars
    words = corpus.shelves[query.side.other].bm25.scores(corpus.space.tokeniser.words(_text(query)))
    fused = np.zeros(len(documents))
    for scores, share in zip(
        (
            (table.title_chars @ row.title_chars.T).toarray()[:, 0],
            (table.whole_chars @ content.T).toarray()[:, 0],
            table.whole_latent @ row.whole_latent[0],
            words,
        ),
        SHARES,
        strict=True,
    ):
        order = np.argsort(-scores, kind="stable")
        order = order[scores[order] > 0]
        fused[order] += share / (61 + np.arange(len(order)))
    best = np.argsort(-fused, kind="stable")[:keep]
    return [int(at) for at in best if fused[at] > 0]


@pytest.mark.parametrize("keep", [1, 30, 10_000])
def test_candidates_are_those_of_the_plain_computation(corpus: Corpus, keep: int) -> None:
    queries = [*corpus.shelves[Side.NEED].documents[:6], *corpus.shelves[Side.ACHIEVEMENT].documents[:6]]
    for query in (*queries, offer("q", "永磁体", "铈基永磁体晶界扩散"), Document("n", Side.NEED, "", "奶牛发情监测")):
        assert corpus.candidates(query, keep).tolist() == plain_candidates(corpus, query, keep)


def test_the_order_of_the_listings_does_not_matter_but_for_ties() -> None:
    titles = [a + b for a in ("稀土永磁", "奶牛发情", "风机叶片") for b in ("监测装置", "制备工艺", "回收利用方法")]
    documents = [offer(str(at), title) for at, title in enumerate(titles)]
    need = Document("n", Side.NEED, "稀土永磁回收", "希望回收利用报废风机的永磁体")
    one, other = Corpus.build(documents), Corpus.build(documents[::-1])
    found = [
        [made.shelves[Side.ACHIEVEMENT].documents[at].id for at in made.candidates(need, 9)] for made in (one, other)
    ]
    assert [found[0][:2], set(found[0][2:5]), set(found[0][5:7])] == [["2", "8"], {"0", "1", "5"}, {"6", "7"}]
    assert [found[1][:2], set(found[1][2:5]), set(found[1][5:7])] == [["2", "8"], {"0", "1", "5"}, {"6", "7"}]


def test_equal_listings_keep_the_order_of_the_shelf() -> None:
    corpus = Corpus.build([offer(str(at), "稀土永磁监测") for at in range(5)])
    assert corpus.candidates(Document("n", Side.NEED, "稀土永磁"), 3).tolist() == [0, 1, 2]


def test_no_more_than_asked_and_each_once(corpus: Corpus) -> None:
    need = corpus.shelves[Side.NEED].documents[0]
    found = corpus.candidates(need, 7).tolist()
    assert len(found) == len(set(found)) == 7


def test_nothing_alike_gives_no_candidates(corpus: Corpus) -> None:
    assert corpus.candidates(Document("x", Side.NEED, "", "")).tolist() == []
    assert corpus.candidates(Document("x", Side.NEED, "Ωψ", "ζζζ")).tolist() == []


@pytest.mark.parametrize("documents", [[], [offer("a", "")], [offer("a", "稀土永磁")], [offer("a", "", "稀土永磁")]])
def test_corpora_of_nothing_or_one(documents: list[Document]) -> None:
    corpus = Corpus.build(documents)
    assert len(corpus) == len(documents)
    found = corpus.candidates(Document("n", Side.NEED, "稀土永磁", "提高矫顽力"))
    assert len(found) <= len(documents)
    assert corpus.candidates(offer("q", "稀土")).tolist() == []


def test_the_body_of_an_achievement_is_searched() -> None:
    corpus = Corpus.build([offer("a", "新工艺", "用于奶牛发情监测的项圈"), offer("b", "风机叶片", "防护涂层")])
    found = corpus.candidates(Document("n", Side.NEED, "奶牛发情监测"))
    assert corpus.shelves[Side.ACHIEVEMENT].documents[found[0]].id == "a"


def test_synonyms_widen_the_words() -> None:
    documents = [offer("a", "太阳能电池"), offer("b", "奶牛项圈")]
    need = Document("n", Side.NEED, "光伏")
    assert Corpus.build(documents).candidates(need).tolist() == []
    widened = Corpus.build(documents, synonyms=[("光伏", "太阳能电池")])
    assert widened.candidates(need).tolist() == [0]


def test_two_documents_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="重复"):
        Corpus.build([offer("a", "稀土"), offer("a", "永磁")])


def test_an_earlier_space_can_be_used_again(corpus: Corpus) -> None:
    again = Corpus.build([offer("z", "铈基永磁体")], space=corpus.space)
    assert again.space is corpus.space
    assert again.candidates(corpus.shelves[Side.NEED].documents[0]).tolist() == [0]
