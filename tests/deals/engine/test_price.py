from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.price import (
    KINDS,
    LARGEST,
    MODES,
    Line,
    Payment,
    check_lines,
    contract_value,
    known_part,
    paid_check,
    technical_income,
    technology_value,
)

D = Decimal
# The contract on the registrar's screen: 860万, of which 620万 technology once the test chamber is equipment.
TRUCK = [
    Line("technical", D(3800000)),
    Line("technical", D(1500000)),
    Line("technical", D(900000)),
    Line("equipment", D(1800000)),
    Line("material", D(600000)),
]
AMOUNTS = st.decimals(0, 10**9, places=2)
LINES = st.lists(st.builds(Line, st.sampled_from(sorted(KINDS)), st.none() | AMOUNTS), max_size=8)


def found(
    mode: str,
    lines: list[Line],
    instalments: tuple[Decimal, ...] = (),
    said_total: Decimal | None = None,
    *,
    rate: Decimal | None = None,
    terms: str = "",
) -> list[tuple[str, str]]:
    troubles = check_lines(mode, lines, instalments, said_total, royalty_rate=rate, royalty_terms=terms)
    return [(one.field, one.message) for one in troubles]


def test_the_contract_of_the_screen() -> None:
    assert contract_value(TRUCK) == D(8600000)
    assert technology_value(TRUCK) == D(6200000)
    assert found("fixed", TRUCK, said_total=D(8600000)) == []


@given(LINES)
def test_technology_never_exceeds_the_whole_and_both_are_open_together(lines: list[Line]) -> None:
    total, technology = contract_value(lines), technology_value(lines)
    assert (total is None) == (technology is None) == (not lines or any(line.amount is None for line in lines))
    if total is not None and technology is not None:
        assert 0 <= technology <= total
        assert known_part(lines) == (total, technology)


def test_lines_that_do_not_sum_name_both_figures_and_the_difference() -> None:
    said = "各行合计 860万元，合同总价写的是 900万元，相差 40万元"
    assert found("fixed", TRUCK, said_total=D(9000000)) == [("said_total", said)]
    said = "各行合计 860万元，合同总价写的是 8,599,999.99元，相差 0.01元"
    assert found("fixed", TRUCK, said_total=D("8599999.99")) == [("said_total", said)]


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (D("-0.01"), "金额不能小于零"),
        (D("1.001"), "金额最多写到分"),
        (LARGEST + D("0.01"), "金额太大，请核对单位是不是元"),
        (D("1e30"), "金额太大，请核对单位是不是元"),
        (D("NaN"), "这不是金额"),
        (D("-Infinity"), "这不是金额"),
    ],
)
def test_a_wrong_amount_is_named_where_it_stands(amount: Decimal, message: str) -> None:
    lines = [Line("technical", D(1)), Line("material", amount)]
    assert found("fixed", lines) == [("lines.1.amount", message)]
    assert found("instalments", [Line("technical", D(1))], (D(1), amount)) == [("instalments.1.amount", message)]
    assert found("fixed", [Line("technical", D(1))], said_total=amount) == [("said_total", message)]


def test_two_places_however_written_are_two_places() -> None:
    assert found("fixed", [Line("technical", D("1.500")), Line("other", LARGEST - 2)]) == []
    assert found("fixed", [Line("technical", LARGEST), Line("other", LARGEST)])[0][0] == "lines"


def test_instalments_sum_to_the_price() -> None:
    parts = (D(3000000), D(3000000), D(2000000))
    said = "各期合计 800万元，价款是 860万元，相差 60万元"
    assert found("instalments", TRUCK, parts) == [("instalments", said)]
    assert found("instalments", TRUCK, (*parts, D(600000))) == []
    assert found("instalments", TRUCK) == [("instalments", "请写明分几期、每期多少")]


def test_a_royalty_needs_rate_or_terms_and_may_have_no_amount() -> None:
    assert [field for field, _ in found("royalty", [])] == ["royalty_terms"]
    assert found("royalty", [], rate=D(3)) == []
    assert found("royalty", [Line("technical")], terms="每售出一台提成 200 元") == []
    assert [field for field, _ in found("royalty", [], rate=D(0))] == ["royalty_rate"]
    assert [field for field, _ in found("royalty", [], rate=D("100.01"))] == ["royalty_rate"]
    fee = [Line("technical", D(500000))]
    assert found("royalty", fee, (D(500000),), rate=D(3)) == []
    assert found("royalty", fee, (D(400000),), rate=D(3))[0][0] == "instalments"


def test_an_open_price_is_corrected_later() -> None:
    lines = [Line("technical"), Line("equipment", D(200000))]
    assert found("open", lines) == found("open", []) == []
    assert contract_value(lines) is None
    assert known_part(lines) == (D(200000), D(0))
    assert found("open", TRUCK)[0][0] == "mode"
    assert found("open", lines, said_total=D(100000))[0][0] == "said_total"


def test_a_fixed_price_is_written_line_by_line() -> None:
    assert found("fixed", [])[0][0] == "lines"
    assert found("fixed", [Line("technical", D(1)), Line("other")])[0][0] == "lines.1.amount"
    assert found("fixed", [Line("labour", D(1))])[0][0] == "lines.0.kind"
    assert found("barter", TRUCK)[0][0] == "mode"
    assert set(MODES) == {"fixed", "instalments", "royalty", "open"}


def test_no_more_is_paid_than_agreed_unless_it_is_a_royalty() -> None:
    assert paid_check("fixed", D(100), D(100)) == ""
    assert paid_check("fixed", D(8600000), D(9000000)) == "已付合计 900万元，超过价款 860万元，多出 40万元"
    assert paid_check("instalments", None, D(1)) == "价款还没有写明，不能登记付款"
    assert paid_check("royalty", D(100), D(101)) == paid_check("open", None, D(1)) == ""
    assert paid_check("royalty", D(100), D(-1)) == "金额不能小于零"


def test_income_for_technology_as_recorded_and_as_estimated() -> None:
    payments = [Payment("a", D(3000000), D(2500000)), Payment("b", D(860000))]
    income = technical_income(payments, TRUCK)
    assert [(row.key, row.technical, row.is_estimate) for row in income.rows] == [
        ("a", D(2500000), False),
        ("b", D("620000.00"), True),
    ]
    assert (income.amount, income.is_estimate, income.unknown) == (D(3120000), True, D(0))
    assert not technical_income(payments[:1], TRUCK).is_estimate


def test_what_nothing_says_is_left_out_and_shown() -> None:
    lines = [Line("technical"), Line("equipment", D(1))]
    income = technical_income([Payment("a", D(10), D(4)), Payment("b", D(7))], lines)
    assert (income.amount, income.unknown, income.ratio) == (D(4), D(7), None)
    royalty = technical_income([Payment("a", D(10))], [Line("technical")])
    assert (royalty.amount, royalty.ratio, royalty.is_estimate) == (D(10), D(1), True)
    assert technical_income([], []).amount == 0


@pytest.mark.parametrize("part", ["-1", "10.01"])
def test_a_technical_part_lies_within_its_payment(part: str) -> None:
    with pytest.raises(ValueError, match="技术部分"):
        technical_income([Payment("a", D(10), D(part))], TRUCK)


@given(st.lists(AMOUNTS, min_size=1, max_size=12))
def test_estimates_sum_to_the_share_of_the_sum(amounts: list[Decimal]) -> None:
    lines = [Line("technical", D(1)), Line("other", D(2))]
    income = technical_income([Payment(str(n), one) for n, one in enumerate(amounts)], lines)
    assert abs(income.amount * 3 - sum(amounts)) <= D("0.015")
    for row in income.rows:
        assert row.technical is not None
        assert 0 <= row.technical <= row.amount
