from pathlib import Path

import pytest

from mengkeju.policy.engine import cases
from mengkeju.policy.engine.reading import PolicyError, read
from mengkeju.policy.engine.shelf import Shelf
from tests.policy.samples import built, entry, put, text

BANDS = '[{up_to: 100, rate: "0.1"}, {rate: "0.05"}]'
FLAGS = {"key": "flags", "label": "情形", "label_en": "When", "items": "[{key: first, label: 首次, label_en: First}]"}
FILES = {
    "key": "files",
    "label": "材料",
    "label_en": "Files",
    "flags": "flags",
    "items": "[{key: a, label: 甲, label_en: A}, {key: b, label: 乙, label_en: B, asked_when: [first]}]",
}
ALL = (
    entry(),
    entry(key="bands", value=None, bands=BANDS),
    entry(key="empty", value=""),
    entry(key="window", unit="window", value="11-01/10-31"),
    FLAGS,
    FILES,
)


def run(folder: Path, case: str) -> int:
    document = built(folder, text(*ALL))
    put(folder, text(*ALL), cases="cases:\n  - {label: 例, day: 2026-11-21, " + case + "}\n")
    path = folder / "sample.cases.yaml"
    return cases.check(read(path), path.name, "sample", Shelf((document,)).amount)


@pytest.mark.parametrize(
    "case",
    [
        'figures: {figure: rate}, gives: "0.1"',
        "formula: progressive, figures: {bands: bands}, given: {amount: 200}, gives: 15",
        "formula: progressive, figures: {bands: bands, cap: empty}, given: {amount: 200}, gives: ",
        "formula: share, figures: {rate: rate}, given: {amount: 200}, gives: 20",
        "formula: period, figures: {window: window}, given: {day: 2026-11-21}, gives: [2026-11-01, 2027-10-31]",
        "formula: asked, figures: {items: files}, given: {flags: [first]}, gives: [a, b]",
        "figures: {figure: window}, gives: 11-01/10-31",
    ],
)
def test_a_case_that_holds(tmp_path: Path, case: str) -> None:
    assert run(tmp_path, case) == 1


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ('figures: {figure: rate}, gives: "0.2"', "cases[1]：“例”算出 0.10，写的是 0.2"),
        ("figures: {figure: rate}, gives: ", "写的是 （没有）"),
        ("figures: {figure: empty}, gives: 5", "算出 （没有），写的是 5"),
        ("figures: {figure: rate}", "cases[1].gives：没有写"),
        ("figures: {figure: gone}, gives: 1", "没有政策数据“sample.gone”；这份文件有：rate、bands、empty"),
        ("formula: magic, gives: 1", "“magic”要写成其中之一：value、progressive"),
        ("formula: share, figures: {rates: rate}, gives: 1", "cases[1].rates：这个算法只用：amount、rate"),
        ("formula: share, figures: {rate: rate}, gives: 1", "“例”算不出来"),
        ("formula: share, figures: {rate: bands}, given: {amount: 200}, gives: 1", "“例”算不出来"),
        ("formula: share, figures: rate, gives: 1", "cases[1].figures：应当是“名称: 值”"),
        ("figures: {figure: rate}, gives: 0.1", 'cases[1].gives：小数要加引号，写成 "0.1"'),
        ("formula: asked, figures: {items: files}, given: {flags: []}, gives: [a, b]", "算出 a，写的是 a、b"),
    ],
)
def test_a_case_that_does_not_hold_is_named(tmp_path: Path, case: str, said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        run(tmp_path, case)
    assert str(refused.value).startswith("sample.cases.yaml：cases[1]")
    assert said in str(refused.value)


@pytest.mark.parametrize("written", ["", "cases: []\n", "cases: {a: 1}\n"])
def test_a_file_without_a_case_is_refused(tmp_path: Path, written: str) -> None:
    put(tmp_path, text(), cases=written)
    with pytest.raises(PolicyError, match=r"sample\.cases\.yaml"):
        cases.check(read(tmp_path / "sample.cases.yaml"), "sample.cases.yaml", "sample", Shelf(()).amount)
