"""Recognised headings."""

from mengkeju.kernel.exchange import recognise

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
