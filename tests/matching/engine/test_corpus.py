import pytest

from mengkeju.matching.engine.corpus import Corpus
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
