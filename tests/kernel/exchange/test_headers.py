"""Recognised headings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.kernel.exchange import IGNORE, How, TwoColumnsError, chosen_columns, recognise, suggest

KNOWN = {"title": ("需求名称", "成果名称"), "external_id": ("need_id",)}


def test_spellings_are_matched_without_case_width_spaces_and_stars() -> None:
    columns = recognise([" Need_ID ", "需求 名称*", "ＴＩＴＬＥ2"], KNOWN)
    assert columns.field_of == {" Need_ID ": "external_id", "需求 名称*": "title"}
    assert columns.ignored == ("ＴＩＴＬＥ2",)


def test_full_width_letters_are_the_same_letters() -> None:
    assert recognise(["ＴＩＴＬＥ"], KNOWN).field_of == {"ＴＩＴＬＥ": "title"}


def test_the_first_column_of_a_field_wins_and_the_second_is_named() -> None:
    columns = recognise(["成果名称", "需求名称"], KNOWN)
    assert columns.field_of == {"成果名称": "title"}
    assert columns.ignored == ("需求名称",)


def test_values_are_stripped_and_messages_use_the_files_own_heading() -> None:
    columns = recognise(["需求名称", "备注"], KNOWN)
    assert columns.values({"需求名称": " 脱碳 ", "备注": "x"}) == {"title": "脱碳"}
    assert columns.heading_of("title") == "需求名称"
    assert columns.heading_of("external_id") == "external_id"


# ---- Suggestions -------------------------------------------------------------------------------------

FIELDS = {
    "title": ("需求名称", "技术需求", "项目名称"),
    "budget": ("投入", "拟投入资金", "预算"),
    "contact": ("联系人", "联系人姓名"),
    "phone": ("联系电话", "联系人电话", "手机"),
    "owner": ("单位名称", "企业名称"),
}


def fields(*headings: str, remembered: dict[str, str] | None = None) -> list[str]:
    return [found.field for found in suggest(headings, FIELDS, remembered)]


@pytest.mark.parametrize(
    ("heading", "field", "how", "unit"),
    [
        ("需求名称*", "title", How.EXACT, ""),
        ("2.需求名称（必填）", "title", How.EXACT, ""),
        ("（一）企业名称", "owner", How.EXACT, ""),
        ("投入(万元)", "budget", How.EXACT, "万元"),
        ("拟投入资金/万元", "budget", How.EXACT, "万元"),
        ("联系人/电话", "phone", How.EXACT, ""),
        ("联系人/姓名", "contact", How.EXACT, ""),
        ("基本情况/单位名称", "owner", How.EXACT, ""),
        ("企业技术需求名称", "title", How.CONTAINED, ""),
        ("联系电活", "phone", How.CLOSE, ""),
        ("备注", "", How.NONE, ""),
    ],
)
def test_a_heading_suggests_its_field(heading: str, field: str, how: How, unit: str) -> None:
    (found,) = suggest([heading], FIELDS)
    assert (found.field, found.how, found.unit) == (field, how, unit)
    assert (found.confidence > 0) == bool(field)


def test_the_surer_the_higher() -> None:
    exact, contained, close = suggest(["手机", "本企业名称全称", "需求名秤"], FIELDS)
    assert exact.confidence == 1.0
    assert 0 < close.confidence < contained.confidence < 1


def test_two_columns_never_silently_fill_one_field() -> None:
    first, second = suggest(["技术需求简述", "需求名称"], FIELDS)
    assert second.field == "title"
    assert (first.field, first.wanted, first.rival) == ("", "title", "需求名称")


def test_what_was_remembered_outranks_everything() -> None:
    given = {"备注": "title", "需求 名称": IGNORE, "旧列": "gone", "手机": "gone"}
    assert fields("需求名称", "备注", "项目名称", "手机", remembered=given) == ["", "title", "", "phone"]
    assert suggest(["备注"], FIELDS, given)[0].how is How.REMEMBERED


def test_the_columns_a_person_confirmed() -> None:
    columns = chosen_columns(["甲", "乙", "丙"], {"甲": "title", "乙": IGNORE, "丙": ""})
    assert (columns.field_of, columns.ignored) == ({"甲": "title"}, ("乙", "丙"))
    with pytest.raises(TwoColumnsError, match="“甲”和“丙”两列选了同一项"):
        chosen_columns(["甲", "乙", "丙"], {"甲": "title", "丙": "title"})


@given(st.lists(st.text(max_size=12), unique=True, max_size=8))
def test_any_headings_get_one_suggestion_each_and_no_field_twice(headings: list[str]) -> None:
    found = suggest(headings, FIELDS)
    assert [suggestion.heading for suggestion in found] == headings
    taken = [suggestion.field for suggestion in found if suggestion.field]
    assert len(taken) == len(set(taken))
