"""Forms from data: sixteen types, conditions, errors at their fields, words, differences."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from mengkeju.kernel.forms import FieldSpec, FieldType, Section, Sources, build_form, changed, shown
from mengkeju.kernel.forms.build import SectionedForm, plain
from mengkeju.listings.kinds import kinds

SOURCES = Sources(
    areas=lambda: [("150203", "　昆都仑区")],
    terms=lambda vocabulary: [(f"{vocabulary}-1", "稀土"), (f"{vocabulary}-2", "乳业")],
    organisations=lambda: [("o1", "演示单位（演示）")],
    people=lambda: [("p1", "演示人员")],
)
# Every type with what a person enters, what the form gives, and how a reader sees it.
TYPES: dict[FieldType, tuple[Any, Any, str]] = {
    FieldType.TEXT: ("题目", "题目", "题目"),
    FieldType.LONG_TEXT: ("两行\n文字", "两行\n文字", "两行\n文字"),
    FieldType.NUMBER_UNIT: ("32 %", "32 %", "32 %"),
    FieldType.MONEY: ("1.5亿", Decimal("150000000.00"), "1.5 亿元"),
    FieldType.DATE: ("2027-06-30", date(2027, 6, 30), "2027年6月30日"),
    FieldType.MONTH: ("2027-06", "2027-06", "2027年6月"),
    FieldType.CHOICE: ("a", "a", "甲"),
    FieldType.CHOICES: (["a", "b"], ["a", "b"], "甲、乙"),
    FieldType.YES_NO: ("yes", "yes", "是"),
    FieldType.ORGANISATION: ("o1", "o1", "o1"),
    FieldType.PERSON: ("p1", "p1", "p1"),
    FieldType.AREA: ("150203", "150203", "昆都仑区"),
    FieldType.TAXONOMY: ("cluster-2", "cluster-2", "乳业"),
    FieldType.FILE: (None, None, ""),
    FieldType.TABLE: ([{"a": " 甲 ", "b": "1"}, {"a": ""}], [{"a": "甲", "b": "1"}], "甲：数 1"),
    FieldType.DECLARATION: ("on", True, "已声明"),
}


def spec(key: str, kind: FieldType = FieldType.TEXT, **options: Any) -> FieldSpec:
    choices = (("a", "甲"), ("b", "乙")) if kind in {FieldType.CHOICE, FieldType.CHOICES} else ()
    if kind is FieldType.TABLE:
        cells = (("a", "项", "Item"), ("b", "数", "Number"))
        options["columns"] = tuple(FieldSpec(name, FieldType.TEXT, label, word) for name, label, word in cells)
    return FieldSpec(
        key, kind, options.pop("label", key), key.title(), choices=choices, vocabulary="cluster", **options
    )


def section(*fields: FieldSpec, **options: Any) -> Section:
    return Section("one", "一", "One", fields, **options)


def form(data: dict[str, Any], *fields: FieldSpec, files: dict[str, Any] | None = None) -> SectionedForm:
    return build_form("F", [section(*fields)], SOURCES)(
        data, MultiValueDict({k: [v] for k, v in (files or {}).items()})
    )


def test_there_are_sixteen_types_and_all_are_tried() -> None:
    assert len(FieldType) == 16
    assert set(TYPES) == set(FieldType)


@pytest.mark.parametrize("kind", list(FieldType))
def test_every_type_builds_renders_reads_and_shows(kind: FieldType) -> None:
    entered, given, words = TYPES[kind]
    field = spec("x", kind)
    unbound = build_form("F", [section(field)], SOURCES)()
    assert ('name="x-0-a"' if kind is FieldType.TABLE else 'name="x"') in str(unbound["x"])
    filled = form({} if entered is None else {"x": entered}, field)
    assert filled.is_valid(), filled.errors
    assert filled.cleaned_data["x"] == given
    assert [s.value for s in shown([section(field)], filled.cleaned_data, SOURCES)] == [words]


@pytest.mark.parametrize("kind", list(FieldType))
def test_every_type_may_be_left_empty_and_may_be_required(kind: FieldType) -> None:
    empty = form({}, spec("x", kind))
    assert empty.is_valid(), empty.errors
    assert [s.value for s in shown([section(spec("x", kind))], empty.cleaned_data, SOURCES)] == [""]
    assert list(form({}, spec("x", kind, required=True)).errors) == ["x"]


def test_a_file_field_takes_a_file() -> None:
    upload = SimpleUploadedFile("a.txt", b"text")
    filled = form({}, spec("x", FieldType.FILE, required=True), files={"x": upload})
    assert filled.is_valid()
    assert filled.cleaned_data["x"].name == "a.txt"


@pytest.mark.parametrize(
    ("kind", "entered"),
    [(FieldType.MONEY, "很多"), (FieldType.DATE, "2027-02-30"), (FieldType.MONTH, "2027-13"), (FieldType.CHOICE, "z"),
     (FieldType.AREA, "999999"), (FieldType.TAXONOMY, "x"), (FieldType.YES_NO, "maybe"), (FieldType.TEXT, "长" * 201)],
)  # fmt: skip
def test_an_error_stands_at_its_field_and_nothing_entered_is_lost(kind: FieldType, entered: str) -> None:
    filled = form({"x": entered, "y": "别的内容 <script>"}, spec("x", kind), spec("y"))
    assert list(filled.errors) == ["x"]
    assert filled["x"].value() == entered
    assert filled["y"].value() == "别的内容 <script>"
    assert "&lt;script&gt;" in str(filled["y"])
    assert "<script>" not in str(filled["y"])


ON = spec("deal", FieldType.YES_NO)
THEN: dict[str, Any] = {"when": ("deal", "yes")}


def test_a_conditional_field_is_required_only_when_its_condition_holds() -> None:
    field = spec("why", required=True, **THEN)
    assert form({"deal": "no"}, ON, field).is_valid()
    assert form({}, ON, field).is_valid()
    asked = form({"deal": "yes"}, ON, field)
    assert asked.errors == {"why": ["请填写"]}
    assert form({"deal": "yes", "why": "因为"}, ON, field).is_valid()


@pytest.mark.parametrize("kind", [k for k in FieldType if k is not FieldType.FILE])
def test_what_was_entered_under_a_condition_that_no_longer_holds_is_dropped(kind: FieldType) -> None:
    hidden = form({"deal": "no", "x": TYPES[kind][0]}, ON, spec("x", kind, **THEN))
    left_empty = form({}, spec("x", kind))
    assert hidden.is_valid(), hidden.errors
    assert left_empty.is_valid()
    assert hidden.cleaned_data["x"] == left_empty.cleaned_data["x"]


def test_an_error_in_a_field_that_is_not_shown_hinders_nobody() -> None:
    hidden = form({"deal": "no", "x": "很多"}, ON, spec("x", FieldType.MONEY, **THEN))
    assert hidden.is_valid(), hidden.errors
    assert hidden.cleaned_data["x"] is None
    asked = form({"deal": "yes", "x": "很多"}, ON, spec("x", FieldType.MONEY, required=True, **THEN))
    assert len(asked.errors["x"]) == 1  # not “请填写” on top


def test_a_condition_on_a_condition_falls_with_it() -> None:
    chain = (ON, spec("how", FieldType.YES_NO, **THEN), spec("much", required=True, when=("how", "yes")))
    assert form({"deal": "no", "how": "yes"}, *chain).is_valid()
    assert list(form({"deal": "yes", "how": "yes"}, *chain).errors) == ["much"]


def test_a_condition_must_look_back() -> None:
    with pytest.raises(ValueError, match="no earlier field"):
        section(spec("why", **THEN), ON)


def test_a_section_knows_three_tiers() -> None:
    assert section(spec("x"), tier="members").tier == "members"
    with pytest.raises(ValueError, match="unknown tier"):
        section(spec("x"), tier="secret")


def test_sections_keep_their_order_and_fields() -> None:
    one, two = section(spec("a"), spec("b")), Section("two", "二", "Two", (spec("c"),))
    made = build_form("F", [one, two], SOURCES)()
    assert list(made.fields) == ["a", "b", "c"]
    assert [(s.key, [f.name for f in fields]) for s, fields in made.by_section()] == [
        ("one", ["a", "b"]),
        ("two", ["c"]),
    ]


def test_shown_leaves_out_what_the_condition_hides_and_keeps_the_tier() -> None:
    parts = [section(ON, spec("why", label="为什么", **THEN), tier="members")]
    assert [s.key for s in shown(parts, {"deal": "no", "why": "x"}, SOURCES)] == ["deal"]
    found = shown(parts, {"deal": "yes", "why": "x"}, SOURCES, tiers={"one": "parties"})
    assert [(s.key, s.value, s.tier) for s in found] == [("deal", "是", "parties"), ("why", "x", "parties")]


def test_changed_names_before_and_after_of_what_differs() -> None:
    parts = [section(spec("a", label="甲"), spec("m", FieldType.MONEY, label="金额"), spec("c", label="丙"))]
    old = shown(parts, {"a": "一", "m": Decimal(20000), "c": "同"}, SOURCES)
    new = shown(parts, {"a": "二", "m": Decimal("30000.00"), "c": "同"}, SOURCES)
    assert changed(old, new) == [("甲", "一", "二"), ("金额", "2 万元", "3 万元")]
    assert changed(old, old) == []
    assert changed([], old)[0] == ("甲", "", "一")


def test_values_are_kept_as_json_and_shown_from_it() -> None:
    assert plain(Decimal("150000000.00")) == "150000000.00"
    assert plain(date(2027, 6, 30)) == "2027-06-30"
    assert plain(["a"]) == ["a"]
    parts = [section(spec("m", FieldType.MONEY), spec("d", FieldType.DATE))]
    assert [s.value for s in shown(parts, {"m": "150000000.00", "d": "2027-06-30"}, SOURCES)] == [
        "1.5 亿元",
        "2027年6月30日",
    ]


@pytest.mark.parametrize("key", list(kinds))
def test_the_form_of_every_registered_kind_builds(key: str) -> None:
    made = build_form("F", kinds[key].sections, SOURCES)({"title": ""})
    assert not made.is_valid()
    assert "title" in made.errors


def test_what_a_form_lacks_is_said_in_plain_words() -> None:
    class Lacking(forms.Form):
        name = forms.CharField()
        kind = forms.ChoiceField(choices=[("a", "甲")])
        days = forms.IntegerField(max_value=90, min_value=0)
        sure = forms.BooleanField()
        mail = forms.EmailField()

    empty, wrong = Lacking({}), Lacking({"name": "x", "kind": "b", "days": "91", "sure": "on", "mail": "x"})
    assert {k: v[0] for k, v in empty.errors.items()} == {
        "name": "请填写这一项",
        "kind": "请选择一项",
        "days": "请填写这一项",
        "sure": "请勾选这一项",
        "mail": "请填写这一项",
    }
    assert {k: v[0] for k, v in wrong.errors.items()} == {
        "kind": "“b”不在可选的范围里，请重新选择",
        "days": "最大是 90",
        "mail": "这不像邮箱地址，请核对",
    }
