"""One spelling for every number; a wrong one is refused with a sentence that says why. No database."""

import pytest

from mengkeju.listings.engine import patent_numbers as p
from mengkeju.listings.engine import registration_numbers as r

# The example of ZC 0006-2003 and the first Chinese application.
STANDARD = "200310102344.5"


@pytest.mark.covers("PLT-10")
@pytest.mark.parametrize(
    "written",
    [
        "ZL200310102344.5",
        "ZL 2003 1 0102344.5",
        "ＺＬ２００３１０１０２３４４．５",
        "zl200310102344.5",
        "CN200310102344.5",
        "2003101023445",
        "200310102344",
        "专利号：ZL200310102344.5",
        "\u200b200310102344.5 ",
    ],
)
def test_the_same_patent_in_every_spelling(written: str) -> None:
    assert p.read(written).text == STANDARD
    assert p.read(written).kind == "invention"


def test_what_a_number_tells() -> None:
    assert p.read("ZL200310102344.5").granted
    assert not p.read("200310102344.5").granted
    assert p.read("200310102344").completed
    assert p.read(STANDARD).year == 2003
    assert p.read("85100001.0").year == 1985
    assert p.read("CN116123456B").kind == "invention"
    assert p.read("CN 204567890 U").text == "CN204567890U"
    assert p.read("2021SR0123456").kind == "software"
    assert p.read("软著登字第2021SR0123456号").text == "2021SR0123456"
    assert p.read("US 10,123,456 B2", "invention").text == "US10123456B2"
    assert p.read("CNA20181234.5", "variety").text == "CNA20181234.5"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ZL200310102344.6", "校验位不对：前面的数字算出来应为 5"),
        ("200350102344.5", "类型位不对"),
        ("ZL2003", "不像专利号"),
        ("", "请填写号码"),
        ("1" * 60, "最多 40 个"),
    ],
)
def test_a_wrong_number_says_why(written: str, said: str) -> None:
    with pytest.raises(p.NumberRefusedError, match=said):
        p.read(written)


def test_a_number_of_another_kind_than_chosen() -> None:
    with pytest.raises(p.NumberRefusedError, match="不符"):
        p.read(STANDARD, "design")
    with pytest.raises(p.NumberRefusedError, match="不像专利号"):
        p.read("甲字 12 号", "utility")
    with pytest.raises(p.NumberRefusedError, match="不像软件著作权"):
        p.read("甲字 12 号", "software")


def test_every_single_wrong_digit_is_noticed() -> None:
    digits = STANDARD.partition(".")[0]
    for place, right in enumerate(digits):
        for wrong in set("0123456789") - {right}:
            changed = digits[:place] + wrong + digits[place + 1 :]
            assert p.check_digit(changed) != "5", changed


def test_a_granted_patent_is_printed_with_its_letters() -> None:
    assert p.shown(STANDARD, granted=True) == f"ZL {STANDARD}"
    assert p.shown(STANDARD, granted=False) == STANDARD
    assert p.shown("2021SR0123456", granted=True) == "2021SR0123456"


@pytest.mark.covers("ACH-01")
@pytest.mark.parametrize("written", ["1502023Y0001", "150 2023 Y 0001", "１５０２０２３ｙ０００１", "150-2023-Y-0001"])
def test_a_registration_number_has_one_spelling(written: str) -> None:
    assert r.read(written) == r.RegistrationNumber("1502023Y0001", 2023)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1502023Y001", "现在有 11 位"),
        ("1502023Y00011", "现在有 13 位"),
        ("1502023X0001", "不是成果登记号"),
        ("1509923Y0001", "不是成果登记号"),
        ("", "现在有 0 位"),
        ("蒙02023Y0001", "现在有 11 位"),
    ],
)
def test_a_malformed_registration_number_says_why(written: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        r.read(written)
