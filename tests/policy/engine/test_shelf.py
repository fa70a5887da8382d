from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mengkeju.policy.engine.document import OtherShapeError
from mengkeju.policy.engine.shelf import PolicyFilesError, Shelf, UnknownFigureError, load
from tests.policy.samples import CASES, entry, put, text

TODAY, BEFORE, LATER = date(2026, 11, 21), date(2026, 2, 28), date(2027, 6, 1)
NEW = {"from": "2027-01-01"}


def shelves(folder: Path, shipped: str, own: str, gives: str = '"0.10"') -> Shelf:
    return load(put(folder / "shipped", shipped), put(folder / "own", own, cases=CASES % gives))


def refusals(folder: Path, own: Path | None = None) -> list[str]:
    with pytest.raises(PolicyFilesError) as refused:
        load(folder, own)
    assert len(str(refused.value).splitlines()) == len(refused.value.errors) + 1
    return [str(error) for error in refused.value.errors]


def test_a_figure_on_a_day_with_all_that_is_said_beside_it(tmp_path: Path) -> None:
    written = text(
        entry(article="第三条", article_en="Art. 3", note="说明", status="draft"), in_force_from="2026-03-01"
    )
    amount = load(put(tmp_path, written)).amount("sample.rate", TODAY)
    assert (amount.value, amount.number, amount.unit, amount.status) == (
        Decimal("0.10"),
        Decimal("0.10"),
        "ratio",
        "draft",
    )
    assert (str(amount.article), str(amount.source), str(amount.note)) == ("第三条", "演示来源", "说明")
    assert (amount.label, amount.label_en, amount.document.key, amount.in_force) == ("比例", "Rate", "sample", True)
    assert str(amount.status_words) == "征求意见稿"
    assert str(amount.unit_words) == "比例"


def test_outside_its_dates_it_has_no_value(tmp_path: Path) -> None:
    shelf = load(put(tmp_path, text(entry(until="2027-01-01"), in_force_from="2026-03-01")))
    for day, value in (
        (BEFORE, None),
        (date(2026, 3, 1), Decimal("0.10")),
        (date(2027, 1, 1), Decimal("0.10")),
        (LATER, None),
    ):
        amount = shelf.amount("sample.rate", day)
        assert (amount.value, amount.in_force) == (value, value is not None), day


def test_what_was_not_found_is_in_force_and_has_no_value(tmp_path: Path) -> None:
    amount = load(put(tmp_path, text(entry(value="")), cases=CASES % "")).amount("sample.rate", TODAY)
    assert (amount.value, amount.number, amount.in_force) == (None, None, True)


def test_an_unknown_key_says_what_there_is(tmp_path: Path) -> None:
    shelf = load(put(tmp_path, text()))
    with pytest.raises(UnknownFigureError, match=r"没有政策数据“sample\.gone”；这份文件有：rate"):
        shelf.amount("sample.gone", TODAY)
    for key in ("gone.rate", "rate"):
        with pytest.raises(UnknownFigureError, match="有：sample"):
            shelf.amount(key, TODAY)


def test_a_figure_is_not_taken_for_one_of_another_shape(tmp_path: Path) -> None:
    amount = load(put(tmp_path, text())).amount("sample.rate", TODAY)
    for name in ("bands", "steps", "items", "text", "yes", "window", "whole"):
        with pytest.raises(OtherShapeError, match=r"sample\.rate"):
            getattr(amount, name)


def test_the_site_s_later_entry_answers_from_its_day_on(tmp_path: Path) -> None:
    shelf = shelves(tmp_path, text(), text(entry(**NEW, value='"0.20"'), title="站点的说法", title_en="The site's"))
    assert shelf.amount("sample.rate", TODAY).value == Decimal("0.10")
    later = shelf.amount("sample.rate", LATER)
    assert (later.value, later.document.own) == (Decimal("0.20"), True)
    assert shelf.document("sample").label == "站点的说法"


def test_of_two_that_begin_on_one_day_the_site_s_answers(tmp_path: Path) -> None:
    shelf = shelves(tmp_path, text(), text(entry(value='"0.30"')), '"0.30"')
    assert shelf.amount("sample.rate", TODAY).value == Decimal("0.30")


def test_the_site_ends_a_figure_for_good(tmp_path: Path) -> None:
    shelf = shelves(tmp_path, text(), text(entry(until="2026-12-31")))
    assert shelf.amount("sample.rate", TODAY).value == Decimal("0.10")
    assert shelf.amount("sample.rate", LATER).value is None


def test_the_site_fills_in_what_was_not_found_and_adds_documents(tmp_path: Path) -> None:
    shipped = put(tmp_path / "shipped", text(entry(value="")), cases=CASES % "")
    own = put(tmp_path / "own", text())
    put(own, text(key="another"), key="another")
    shelf = load(shipped, own)
    assert shelf.amount("sample.rate", TODAY).value == Decimal("0.10")
    assert shelf.amount("another.rate", TODAY).value == Decimal("0.10")
    assert [amount.key for amount in shelf.amounts("sample", TODAY)] == ["sample.rate"]


def test_the_site_keeps_shape_and_unit(tmp_path: Path) -> None:
    shipped = put(tmp_path / "shipped", text())
    own = put(tmp_path / "own", text(entry(**NEW, unit="yuan", value="5")))
    assert "各段的写法和单位要一致" in refusals(shipped, own)[0]


def test_the_shipped_cases_do_not_speak_of_the_site_and_the_site_s_do(tmp_path: Path) -> None:
    shelves(tmp_path, text(), text(entry(value='"0.30"')), '"0.30"')
    wrong = put(tmp_path / "wrong", text(entry(value='"0.30"')), cases=CASES % '"0.10"')
    assert "算出 0.30，写的是 0.10" in refusals(tmp_path / "shipped", wrong)[0]


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    put(tmp_path, text(), cases=CASES % '"0.5"')
    put(tmp_path, text(key="b", status="sure"), key="b")
    (tmp_path / "lonely.cases.yaml").touch()
    (tmp_path / "c.yml").touch()
    (tmp_path / "notes.txt").touch()
    put(tmp_path, text(key="d"), key="d")
    (tmp_path / "d.cases.yaml").unlink()
    told = sorted(refusals(tmp_path))
    assert [line.partition("：")[0] for line in told] == [
        "b.yaml", "c.yml", "d.cases.yaml", "lonely.cases.yaml", "sample.cases.yaml",
    ]  # fmt: skip


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    assert refusals(tmp_path / "gone") == [f"{tmp_path / 'gone'}：没有这个文件夹"]


def test_an_empty_folder_is_an_empty_shelf(tmp_path: Path) -> None:
    shelf = load(tmp_path)
    assert shelf.documents == {}
    with pytest.raises(UnknownFigureError, match="一份也没有"):
        shelf.document("sample")
