from mengkeju.search.engine.duplicates import near_duplicates

TITLES = ["铈基永磁体磁性能提升技术", "奶牛健康监测", "铈基永磁体性能提升", ""]


def test_the_same_text_comes_first_with_cosine_one() -> None:
    found = near_duplicates(TITLES[0], TITLES, threshold=0.5)
    assert [duplicate.index for duplicate in found] == [0, 2]
    assert found[0].cosine > 0.999


def test_width_and_case_make_no_difference() -> None:
    assert [d.index for d in near_duplicates("ＣＯ２捕集", ["co2捕集", "风机"])] == [0]


def test_empty_text_or_no_candidates_have_no_duplicates() -> None:
    assert near_duplicates(" ", TITLES) == []
    assert near_duplicates("稀土", []) == []
    assert near_duplicates("，。", ["，。"]) == []


def test_different_texts_are_not_duplicates() -> None:
    assert near_duplicates("露天矿无人驾驶", TITLES) == []
