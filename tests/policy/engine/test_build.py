from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mengkeju.policy.engine.document import Band, Step, Window
from mengkeju.policy.engine.reading import PolicyError
from mengkeju.policy.engine.words import Words
from tests.policy.samples import built, entry, only, text

TWICE = "[{key: a, label: 甲, label_en: A}, {key: a, label: 乙, label_en: B}]"
HEARD = "[{key: a, label: 甲, label_en: A, basis: heard}]"
A_LIST = "[{key: a, label: 甲, label_en: A, asked_when: [first]}]"


def refusal(folder: Path, written: str) -> str:
    with pytest.raises(PolicyError) as refused:
        built(folder, written)
    return str(refused.value)


def test_dates_status_and_source_of_the_document_hold_for_a_figure_that_says_nothing(tmp_path: Path) -> None:
    document = built(tmp_path, text(entry(), in_force_from="2026-03-01", until="2027-12-31"))
    figure = document.figures[0]
    assert (figure.first, figure.last, figure.status) == (date(2026, 3, 1), date(2027, 12, 31), "secondary")
    assert figure.value == Decimal("0.10")
    assert not figure.source
    assert (document.title, document.number, document.issuer) == (Words("演示办法", "Sample measures"), "", Words(""))


def test_a_date_that_is_written_and_left_empty_is_open(tmp_path: Path) -> None:
    figure = built(tmp_path, text(entry(**{"from": ""}, until=""), in_force_from="2026-03-01")).figures[0]
    assert (figure.first, figure.last, figure.begins, figure.ends) == (None, None, date.min, date.max)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"unit": "yuan", "value": "5000000"}, Decimal(5_000_000)),
        ({"unit": "yuan", "value": None, "cap": '"0.5"'}, Decimal("0.5")),
        ({"value": ""}, None),
        ({"unit": "yes_no", "value": "false"}, False),
        ({"unit": "text", "value": "甲", "value_en": "A"}, Words("甲", "A")),
        ({"unit": "window", "value": "11-01/10-31"}, Window((11, 1), (10, 31))),
        (
            {"value": None, "bands": '[{up_to: 100, rate: "0.1"}, {rate: "0.05"}]'},
            (Band(Decimal(100), Decimal("0.1")), Band(None, Decimal("0.05"))),
        ),
        (
            {"unit": "point", "of": "per_year", "value": None, "steps": "[{at_least: 0, up_to: 0, low: 0, high: 0}]"},
            (Step(Decimal(0), Decimal(0), Decimal(0), Decimal(0)),),
        ),
    ],
)
def test_values_are_typed(tmp_path: Path, fields: dict[str, Any], value: object) -> None:
    figure = only(tmp_path, **fields)
    assert figure.value == value
    assert type(figure.value) is type(value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": "0.10"}, 'amounts[1] rate.value：小数要加引号，写成 "0.1"'),
        ({"value": '"10"'}, '10% 写成 "0.10"'),
        ({"value": "-1"}, "不是普通的整数"),
        ({"value": '"-1"'}, "rate.value：应当是不带符号和单位的数"),
        ({"value": '"1e3"'}, "应当是不带符号和单位的数"),
        ({"value": '"NaN"'}, "应当是不带符号和单位的数"),
        ({"value": '"十"'}, "应当是不带符号和单位的数"),
        ({"value": "true"}, "应当是不带符号和单位的数"),
        ({"value": "[1]"}, "应当是不带符号和单位的数"),
        ({"unit": "percent"}, "rate.unit：“percent”要写成其中之一：yuan、ratio"),
        ({"unit": None}, "rate.unit：没有写"),
        ({"unit": "yes_no", "value": "1"}, "应当是 true 或 false"),
        ({"unit": "window", "value": "11-01 to 10-31"}, "每年期间写成 11-01/10-31"),
        ({"unit": "window", "value": "02-29/10-31"}, "没有 02-29 这一天"),
        ({"unit": "text", "value": "甲"}, "rate.value_en：没有写"),
        ({"unit": "text", "value": None, "cap": "甲"}, "cap 不能用 text"),
        ({"unit": "list"}, "value 不能用 list"),
        ({"cap": "1"}, "其中一个"),
        ({"value": None}, "其中一个"),
        ({"valeu": "1"}, "rate.valeu：不认识这个字段"),
        ({"label_en": None}, "rate.label_en：没有写"),
        ({"label": "12"}, "rate.label：应当是文字，12 请加引号"),
        ({"key": "Rate"}, "小写字母"),
        ({"from": "2026-05-01", "until": "2026-04-30"}, "rate.until：早于 from"),
        ({"from": "soon"}, "rate.from：应当是日期"),
        ({"from": "2026-05-01 10:00:00"}, "rate.from：应当是日期"),
        ({"status": "certain"}, "rate.status：“certain”要写成其中之一：verified、secondary、draft"),
        ({"url": "javascript:alert(1)"}, "rate.url：应当以 https:// 或 http:// 开头"),
        ({"value": None, "bands": "[]"}, "rate.bands：应当是一列"),
        ({"value": None, "bands": '[{rate: "0.1"}, {rate: "0.1"}]'}, "rate.bands[1].up_to：最后一档不写"),
        ({"value": None, "bands": '[{up_to: 5, rate: "0.1"}]'}, "rate.bands[1].up_to：最后一档不写"),
        (
            {"value": None, "bands": '[{up_to: 5, rate: "0.1"}, {up_to: 5, rate: "0.1"}, {rate: "0.1"}]'},
            "rate.bands：要从小到大写",
        ),
        ({"unit": "point", "value": None, "steps": "[{at_least: 1, low: 3, high: 2}]"}, "上限小于下限"),
        ({"unit": None, "value": None, "items": A_LIST}, "flags 所指的清单里没有：first"),
        ({"unit": None, "value": None, "items": A_LIST, "flags": "gone"}, "没有清单“gone”"),
        ({"unit": None, "value": None, "items": "[{key: a, label: 甲}]"}, "items[1] a.label_en：没有写"),
        (
            {"unit": None, "value": None, "items": TWICE},
            "“a”写了两次",
        ),
        ({"unit": None, "value": None, "items": HEARD}, "items[1] a.basis"),
    ],
)  # fmt: skip
def test_a_wrong_figure_is_refused_by_file_key_and_field(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    told = refusal(tmp_path, text(entry(**fields)))
    assert told.startswith("sample.yaml：")
    assert said in told


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"key": "other"}, "key：“other”要和文件名相同"),
        ({"title": None}, "title：没有写"),
        ({"title_en": None}, "title_en：没有写"),
        ({"source": None}, "source：没有写"),
        ({"checked_on": None}, "checked_on：没有写"),
        ({"status": None}, "status：没有写"),
        ({"autor": "甲"}, "autor：不认识这个字段"),
        ({"in_force_from": "2026-03-01", "until": "2026-02-28"}, "until：早于 in_force_from"),
    ],
)
def test_a_wrong_head_is_refused(tmp_path: Path, head: dict[str, Any], said: str) -> None:
    assert said in refusal(tmp_path, text(**head))


@pytest.mark.parametrize("written", ["", "- a\n", "text\n"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, written: str) -> None:
    assert "这里应当是" in refusal(tmp_path, written)


def test_a_later_version_is_a_further_entry_and_may_not_overlap(tmp_path: Path) -> None:
    old, new = entry(until="2025-12-31"), entry(**{"from": "2026-01-01"}, value='"0.20"')
    assert len(built(tmp_path, text(old, new)).figures) == 2
    told = refusal(tmp_path, text(entry(until="2026-01-01"), new))
    assert "amounts rate：两段日期重叠：（不限） 至 2026-01-01 和 2026-01-01 至 （不限）" in told
    assert "重叠" in refusal(tmp_path, text(entry(), new))


def test_versions_keep_shape_and_unit(tmp_path: Path) -> None:
    other = entry(**{"from": "2026-01-01"}, unit="yuan", value="5")
    assert "各段的写法和单位要一致：value ratio，value yuan" in refusal(
        tmp_path, text(entry(until="2025-12-31"), other)
    )


def test_a_list_may_be_asked_by_the_circumstances_of_another(tmp_path: Path) -> None:
    flags = {
        "key": "flags",
        "label": "情形",
        "label_en": "When",
        "items": "[{key: first, label: 首次, label_en: First}]",
    }
    files = {"key": "files", "label": "材料", "label_en": "Files", "flags": "flags", "items": A_LIST}
    assert [figure.unit for figure in built(tmp_path, text(flags, files)).figures] == ["list", "list"]
