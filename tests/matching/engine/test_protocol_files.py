from pathlib import Path

import pytest

from mengkeju.matching.engine import protocol_files
from mengkeju.matching.engine.protocol_files import PairRow, ProtocolError

PAIRS = "need_id,achievement_id,achievement_title,level\n"


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "in.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_byte_order_mark_and_line_breaks_in_cells_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, 'need_id,title,content\r\na,"题,目","一\n二"\r\n', "utf-8-sig")
    (row,) = protocol_files.read_needs(path)
    assert (row.need_id, row.title, row.content) == ("a", "题,目", "一\n二")


def test_empty_titles_and_further_columns_are_accepted(tmp_path: Path) -> None:
    path = written(tmp_path, "x,need_id,achievement_id,achievement_title,level\n1,a,b,,3\n")
    assert protocol_files.read_pairs(path, {"a"}, labelled=True) == [PairRow("a", "b", "", 3)]


def test_an_unwanted_level_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, PAIRS + "a,b,稀土,nonsense\n")
    assert protocol_files.read_pairs(path, {"a"}, labelled=False)[0].level is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "表头缺少"),
        ("need_id,achievement_id,achievement_title\n", "缺少 level 列"),
        (PAIRS, "没有数据行"),
        (PAIRS + "a,b,稀土,2\nz,b,稀土,2\n", "第3行：需求表里没有 need_id “z”"),
        (PAIRS + "a,b,稀土,5\n", "第2行：level 应为"),
        (PAIRS + "a,b,稀土,2.0\n", "第2行：level 应为"),
        (PAIRS + "a,,稀土,2\n", "第2行：achievement_id 为空"),
        (PAIRS + "a,b\n", "第2行：列数少于表头"),
    ],
)
def test_bad_pairs_are_refused_with_their_row(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ProtocolError, match=message):
        protocol_files.read_pairs(written(tmp_path, text), {"a"}, labelled=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("need_id,title\n", "缺少 content 列"),
        ("need_id,title,content\n,题,文\n", "第2行：need_id 为空"),
        ("need_id,title,content\na,题,文\na,题,文\n", "第3行：need_id “a”重复"),
        ("need_id,title,content\na," + "长" * 140_000 + ",文\n", "不是有效的 CSV"),
    ],
)
def test_bad_needs_are_refused_with_their_row(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ProtocolError, match=message):
        protocol_files.read_needs(written(tmp_path, text))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "need_id,title,content\na,稀土,永磁\n", "gb18030")
    with pytest.raises(ProtocolError, match="UTF-8"):
        protocol_files.read_needs(path)


def test_a_missing_file_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match=r"none\.csv：无法读取"):
        protocol_files.read_needs(tmp_path / "none.csv")
    with pytest.raises(ProtocolError, match="无法写入"):
        protocol_files.write_predictions(tmp_path / "no" / "out.csv", [], [], [])


def test_predictions_keep_the_order_of_the_pairs(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    protocol_files.write_predictions(out, [PairRow("b", "2", ""), PairRow("a", "1", "")], [2.5, 1.25], [3, 1])
    assert out.read_text("utf-8") == "need_id,achievement_id,expected,level\nb,2,2.5000,3\na,1,1.2500,1\n"
