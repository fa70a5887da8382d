"""Columns and words of a ledger, and what its rows are known by."""

from datetime import date
from pathlib import Path

import pytest

from mengkeju.deals.engine import ledger, near_names
from mengkeju.deals.engine.contract_types import SUBTYPES, TYPES
from mengkeju.kernel.exchange.headers import normalise

DAY = date(2022, 3, 15)


def test_no_two_columns_share_a_heading_and_amounts_are_marked() -> None:
    words = [normalise(word) for column in ledger.COLUMNS.values() for word in (column.label, *column.words)]
    assert len(words) == len(set(words))
    assert {c.key for c in ledger.COLUMNS.values() if c.money} == {"contract_value", "technology_value"}
    assert list(ledger.COLUMNS)[:3] == ["number", "title", "contract_type"]


def test_a_spelling_stands_for_one_code() -> None:
    for column, codes in ledger.SPELLINGS.items():
        meant = {(ledger.plain(word), code) for code, spelled in codes.items() for word in spelled}
        assert len({word for word, _code in meant}) == len(meant), column
    assert set(ledger.SPELLINGS["contract_type"]) == set(TYPES)
    assert set(ledger.SUBTYPE_SIGNS) == set(SUBTYPES)


def test_a_row_is_known_by_its_number_else_by_what_it_says() -> None:
    said = {"title": "脱碳 工艺", "seller": "演示大学", "buyer": "演示厂"}
    assert ledger.identity(said | {"number": "YS20220101000001"}, DAY) == "number:YS20220101000001"
    same = {"title": "脱碳工艺", "seller": "演示大学 ", "buyer": "演示厂"}
    assert ledger.identity(said, DAY) == ledger.identity(same, DAY)
    assert ledger.identity(said, DAY) != ledger.identity(said, date(2022, 3, 16))
    assert len(ledger.identity(said, DAY)) <= 120


def test_only_a_development_is_commissioned_or_joint() -> None:
    assert ledger.subtype_of("development", "合作开发") == "joint"
    assert ledger.subtype_of("development", "技术开发") == ""
    assert ledger.subtype_of("service", "委托服务") == ""


def test_a_likeness_that_is_none_stops_the_start(tmp_path: Path) -> None:
    wrong = tmp_path / "near.yaml"
    wrong.write_text("checked_on: 2026-11-22\nsource: x\nforms: []\nplaces: []\nleast: '1.5'\nmost_candidates: 5\n")
    with pytest.raises(ValueError, match="between 0 and 1"):
        near_names.load(wrong)


def test_a_legal_form_in_common_makes_no_candidate() -> None:
    names = near_names.Names([("漠能储能科技有限公司（演示）", 1), ("云川检测设备有限公司（演示）", 2)])
    assert names.near("绿原乳业科技有限公司（演示）") == []
    assert names.near("云川检测设备公司") == [2]
    assert names.near("云川检测设备有限责任公司（演示）") == [2]
    assert near_names.Names([("公司", 3)]).near("公司") == [3]


def test_equal_questions_are_answered_once_and_the_likest_comes_first() -> None:
    names = near_names.Names([("包头演示稀土研究院", 1), ("包头演示稀土研究所", 2), ("演示稀土研究院", 1)])
    assert names.near("演示稀土研究院（包头）")[0] == 1
    assert names.near("演示稀土研究院（包头）") is names.near("演示稀土研究院 包头")
    assert names.near("") == []
