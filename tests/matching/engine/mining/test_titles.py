"""What titles show by themselves."""

from mengkeju.matching.engine.mining import titles
from mengkeju.matching.engine.mining.words import Text

BODY = (
    "先将物料破碎到五毫米以下，再用水浮选两次，浮选剂为柴油和仲辛醇，脱水后烘干，得到含碳百分之八十的精矿和尾矿。"
    "精矿制成炭材料，含碳很少的尾矿送去制砖。"
)


def test_two_titles_that_differ_in_one_word() -> None:
    texts = [Text("a", "低成本石墨烯薄膜制备"), Text("b", "低成本碳纳米管薄膜制备"), Text("c", "奶牛饲喂")]
    assert titles.substituted(texts) == {("石墨烯", "碳纳米管"): {"a", "b"}}
    assert titles.substituted([]) == {}
    assert titles.substituted([Text("a", ""), Text("b", "同样的题目"), Text("c", "同样的题目")]) == {}


def test_the_same_text_twice() -> None:
    assert titles.same(Text("a", "甲", BODY), Text("b", "乙", BODY + "另加一句。"), 0.8)
    assert not titles.same(Text("a", "甲", BODY), Text("b", "乙", BODY[::-1]), 0.8)
    assert not titles.same(Text("a", "甲", ""), Text("b", "乙", ""), 0.8)


def test_a_word_that_ends_in_another() -> None:
    words = {"锂离子电池": 4, "电池": 9, "钠离子电池": 2, "回收": 5}
    assert titles.endings(words, 40) == {("电池", "锂离子电池"): 4, ("电池", "钠离子电池"): 2}
    assert titles.endings(words, 1) == {}, "too general"
