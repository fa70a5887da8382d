"""Cells as offices write them → what the listing's form would give; every kind without a line of its own."""

from typing import Any

import pytest

from mengkeju.directory.models import Organisation
from mengkeju.kernel.exchange import suggest
from mengkeju.kernel.exchange.importers import Given, Sheet, importers
from mengkeju.kernel.forms import FieldSpec, FieldType, Section
from mengkeju.listings.actions import imports_columns
from mengkeju.listings.actions.imports_values import Reader, RowRead, import_owners
from mengkeju.listings.kinds import ListingKind, kinds
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db

ODD = ListingKind(
    key="odd",
    label="杂项",
    label_en="Odd",
    verb="发布",
    number_prefix="MK-O",
    icon="flask",
    sections=(
        Section(
            "all",
            "全部",
            "All",
            (
                FieldSpec("title", FieldType.TEXT, "题目", "Title", required=True, column=True, max_length=20),
                FieldSpec("since", FieldType.MONTH, "起始月份", "Since"),
                FieldSpec("open", FieldType.YES_NO, "是否开放", "Open", headings=("可否共享",)),
                FieldSpec("why", FieldType.TEXT, "不开放的理由", "Why not", when=("open", "no")),
                FieldSpec("shape", FieldType.CHOICE, "形态", "Shape", choices=(("s", "固体"), ("l", "液体"))),
                FieldSpec("uses", FieldType.CHOICES, "用途", "Uses", choices=(("a", "检测"), ("b", "分析"))),
                FieldSpec("fee", FieldType.MONEY, "收费", "Fee"),
                FieldSpec("paper", FieldType.FILE, "证明", "Proof"),
                FieldSpec("sworn", FieldType.DECLARATION, "声明", "Declaration"),
            ),
        ),
    ),
)


@pytest.fixture
def firm() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


def read(kind: ListingKind, firm: Organisation, units: dict[str, str] | None = None, **cells: str) -> RowRead:
    columns = {key: f"列{key}" for key in cells}
    reader = Reader(kind, Sheet(firm.uid, s.manager_of(firm), columns, units or {}))
    return reader.read(Given(2, cells, {}))


def value(kind: ListingKind, firm: Organisation, key: str, text: str, unit: str = "") -> Any:
    found = read(kind, firm, {key: unit}, title="题", **{key: text})
    assert not found.wrong, found.problems
    return found.values.get(key)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("需求名称", "title"),
        ("技术需求", "title"),
        ("所属领域", "field"),
        ("所属产业链", "cluster"),
        ("单位名称", "owner"),
        ("联系人", "contact"),
        ("联系电话", "contact_phone"),
        ("投入(万元)", "price"),
        ("预算", "price"),
        ("截止日期", "deadline"),
        ("成熟度", "maturity"),
        ("合作方式", "modes"),
        ("Cooperation modes", "modes"),
    ],
)
def test_the_headings_of_offices_are_known(heading: str, field: str) -> None:
    known = {c.key: c.words for c in importers["listing.need"].columns()}
    found = suggest([heading], known)[0]
    assert (found.field, found.confidence) == (field, 1.0)


@pytest.mark.parametrize(("kind", "heading", "field"), [
    ("achievement", "成果名称", "title"),
    ("achievement", "专利号", "ip"),
    ("achievement", "转让价格（万元）", "price"),
    ("patent", "专利号", "patent_number"),
    ("patent", "专利名称", "title"),
    ("patent", "专利权人", "owner"),
])  # fmt: skip
def test_and_those_of_the_other_kinds(kind: str, heading: str, field: str) -> None:
    known = {c.key: c.words for c in importers[f"listing.{kind}"].columns()}
    assert suggest([heading], known)[0].field == field


@pytest.mark.parametrize("kind", list(kinds))
def test_no_two_fields_of_a_kind_claim_one_heading(kind: str) -> None:
    words: dict[str, str] = {}
    for column in imports_columns.columns_of(kinds[kind]):
        for word in {w.lower() for w in column.words}:
            assert words.setdefault(word, column.key) == column.key, word


def test_a_kind_of_every_field_type_needs_no_code_of_its_own(firm: Organisation) -> None:
    keys = [c.key for c in imports_columns.columns_of(ODD)]
    assert keys[:7] == ["title", "since", "open", "why", "shape", "uses", "fee"]
    assert "paper" not in keys
    assert "sworn" not in keys
    assert value(ODD, firm, "since", "2024年3月") == "2024-03"
    assert value(ODD, firm, "open", "√") == "yes"
    assert value(ODD, firm, "open", "否") == "no"
    assert value(ODD, firm, "open", "-") is None
    assert value(ODD, firm, "shape", "液体") == "l"
    assert value(ODD, firm, "uses", "分析、检测") == ["b", "a"]
    assert value(ODD, firm, "fee", "1.5亿") == "150000000.00"
    assert value(ODD, firm, "fee", "20", "万元") == "200000.00"
    hidden = read(ODD, firm, title="题", open="是", why="涉密")
    assert hidden.values == {"title": "题", "open": "yes"}
    assert [p.level for p in hidden.problems] == ["warning"]


@pytest.mark.parametrize(
    ("key", "text"), [("since", "2024"), ("shape", "气体"), ("title", "长" * 21), ("fee", "约莫"), ("open", "也许")]
)
def test_what_cannot_be_read_is_an_error_at_its_heading(firm: Organisation, key: str, text: str) -> None:
    found = read(ODD, firm, None, **({"title": "题"} | {key: text}))
    assert [(p.heading, p.level) for p in found.problems] == [(f"列{key}", "error")]


@pytest.mark.parametrize(
    ("text", "code"),
    [("昆都仑区", "150203"), ("包头市昆都仑区", "150203"), ("内蒙古自治区包头市昆都仑区", "150203"),
     ("150203", "150203"), ("包头", "150200"), ("昆都仑", "150203")],
)  # fmt: skip
def test_places_as_people_write_them(firm: Organisation, text: str, code: str) -> None:
    assert value(kinds["need"], firm, "area", text) == code


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("200", "2000000.00", "2000000.00"), ("100-300", "1000000.00", "3000000.00"), ("50以上", "500000.00", None),
     ("面议", None, None)],
)  # fmt: skip
def test_one_column_fills_both_ends_of_a_price(
    firm: Organisation, text: str, low: str | None, high: str | None
) -> None:
    found = read(kinds["need"], firm, {"price": "万元"}, title="题", price=text)
    assert (found.values["price_low"], found.values["price_high"]) == (low, high)


def test_synonyms_and_codes_of_terms_are_understood_and_others_suggested(firm: Organisation) -> None:
    need = kinds["need"]
    assert value(need, firm, "field", "储能") == "energy_conversion_storage"
    assert value(need, firm, "field", "new_materials") == "new_materials"
    wrong = read(need, firm, title="题", field="新材料技木")
    assert "是不是“新材料”" in wrong.problems[0].message


def test_an_organisation_is_found_by_name_or_code_among_ones_own(firm: Organisation) -> None:
    need = kinds["need"]
    for text in ("乌拉演示厂(演示)", firm.credit_code.lower()):
        assert value(need, firm, "owner", text) == str(firm.uid)
    twin = f.organisation(firm.name, founder=f.manager(firm))
    assert "有 2 个单位" in read(need, firm, title="题", owner=firm.name).problems[0].message
    assert {o.uid for o in import_owners(s.manager_of(firm))} == {firm.uid, twin.uid}
