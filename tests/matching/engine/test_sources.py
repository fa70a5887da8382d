from pathlib import Path

import pytest

from mengkeju.matching.engine import sources
from mengkeju.matching.engine.sources import Problems, ProtocolError, Source


def test_headings_are_mapped_in_one_option_or_in_several() -> None:
    assert sources.mapping(["need_id=需求编号,title = 名称（中文, 全称）", "level=等级"]) == {
        "need_id": "需求编号",
        "title": "名称（中文, 全称）",
        "level": "等级",
    }
    assert sources.mapping([]) == {}


@pytest.mark.parametrize("option", ["编号", "id=编号", "x,need_id=编号", ""])
def test_an_unclear_mapping_is_refused_with_an_example(option: str) -> None:
    with pytest.raises(ProtocolError, match="need_id=需求编号"):
        sources.mapping([option])


def test_a_mapping_to_nothing_is_refused() -> None:
    with pytest.raises(ProtocolError, match="没有写明 title"):
        sources.mapping(["need_id=编号,title="])


def test_headings_are_found_whatever_their_width_case_and_spaces() -> None:
    source = Source("x.csv", ("Need_ID", "需求 编号", "级别"), ())
    found, absent = sources.chosen(source, ("need_id", "title", "level"), {"title": "需求编号", "level": "ｌｅｖｅｌ"})
    assert found == {"need_id": "Need_ID", "title": "需求 编号"}
    assert absent == ["level"]


def test_blank_lines_count_as_rows_but_hold_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n\n,\n3\n", encoding="utf-8")
    found = sources.plain(path)
    assert found is not None
    assert found.rows == ((2, {"a": "1", "b": "2"}), (5, {"a": "3"}))


def test_what_is_no_utf8_is_left_to_another_reader(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("需求,名称\n".encode("gb18030"))
    assert sources.plain(path) is None


def test_problems_are_told_together_and_the_same_reason_once() -> None:
    problems = Problems()
    for row in range(2, 14):
        problems.add("a.csv", "level 不对", row)
    problems.add("b.csv", "没有数据行")
    problems.add("a.csv", "编号为空", 3)
    with pytest.raises(ProtocolError) as refused:
        problems.refuse()
    assert str(refused.value).splitlines() == [
        "a.csv 第2、3、4、5、6、7、8、9 等12行：level 不对",
        "b.csv：没有数据行",
        "a.csv 第3行：编号为空",
    ]


def test_very_many_problems_are_cut_and_counted() -> None:
    problems = Problems()
    problems.refuse()
    for row in range(50):
        problems.add("a.csv", f"第 {row} 种", row)
    with pytest.raises(ProtocolError, match="另有10类问题"):
        problems.refuse()
