"""What texts state themselves."""

import pytest

from mengkeju.matching.engine.mining import patterns
from mengkeju.matching.engine.mining.words import Text


def gathered(*bodies: str) -> set[tuple[str, str, str]]:
    texts = [Text(str(at), "标题", body) for at, body in enumerate(bodies)]
    said = [s for text in texts for s in patterns.read(text, 4000)]
    return set(patterns.gather(said))


@pytest.mark.parametrize(
    ("body", "one", "other"),
    [
        ("本项目采用聚乳酸（又称聚丙交酯）作为原料。", "聚乳酸", "聚丙交酯"),
        ("采用锂离子电池（简称锂电池）供电。", "锂离子电池", "锂电池"),
        ("使用聚乳酸（PLA）制成薄膜。", "聚乳酸", "pla"),
        ("化学气相沉积（Chemical Vapor Deposition，CVD）设备。", "化学气相沉积", "cvd"),
        ("CNC（计算机数控）机床", "计算机数控", "cnc"),
        ("石油焦俗称焦炭，价格低。", "石油焦", "焦炭"),
    ],
)
def test_the_same_by_two_names(body: str, one: str, other: str) -> None:
    assert (patterns.SYNONYM, one, other) in gathered(body)


@pytest.mark.parametrize(
    "body", ["长度为20（mm）。", "功率大（kW）", "产品（100）", "（又称）", "又称", "（PLA）", "等等等", ""]
)
def test_what_states_nothing(body: str) -> None:
    assert gathered(body) == set()


def test_where_the_first_word_begins_is_settled_over_all_texts() -> None:
    """Once with an adjective, twice without."""
    found = gathered("高强度聚乳酸（PLA）", "聚乳酸（PLA）", "改性聚乳酸（PLA）")
    assert found == {(patterns.SYNONYM, "聚乳酸", "pla")}


def test_lists_give_lower_terms() -> None:
    found = gathered("可处理玉米、小麦、马铃薯等农作物。")
    assert {(patterns.NARROWER, "农作物", name) for name in ("玉米", "小麦", "马铃薯")} <= found
    found = gathered("使用农作物（如玉米、小麦等）生产。")
    assert (patterns.NARROWER, "农作物", "小麦") in found


def test_a_statement_names_its_text() -> None:
    texts = [Text("a", "", "聚乳酸（PLA）"), Text("b", "", "聚乳酸（PLA），聚乳酸（PLA）")]
    said = [s for text in texts for s in patterns.read(text, 4000)]
    assert patterns.gather(said)[patterns.SYNONYM, "聚乳酸", "pla"] == {"alias": {"a", "b"}}
    assert not list(patterns.read(Text("c", "", "很长" * 10 + "聚乳酸（PLA）"), 10))


def test_what_stands_in_one_list() -> None:
    assert list(patterns.enumerated(Text("a", "", "含铁矿、铜矿、锌矿。"), 100)) == [["含铁矿", "铜矿", "锌矿"]]
