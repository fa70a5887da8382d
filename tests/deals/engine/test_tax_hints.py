from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.tax_hints import (
    DeductionRule,
    Facts,
    Hint,
    Income,
    IncomeRule,
    VatRule,
    deduction,
    hints,
    income_tax,
    vat,
    year_of_transfers,
)

D = Decimal
# Figures of this test; the platform's own are handed in from the policy in force.
VAT = VatRule("vat_2016", {"transfer", "development"}, {"consulting", "service"})
INCOME = IncomeRule("income_2015", D(5000000), D("0.5"), {"transfer", "licence"}, {"invention", "software"}, 5)
DEDUCTION = DeductionRule("deduction_2023", D("0.8"))
DEVELOPMENT = Facts("development", "commissioned", registered=True, invoice="ordinary", fee=D("8600000.01"))
SALE = Facts("transfer", registered=True, invoice="ordinary", ip_kind="invention")


def stands(hint: Hint | None) -> tuple[str, int]:
    assert hint is not None
    return hint.state, len(hint.lacks)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("likely", 0)),
        ({"registered": False}, ("lacking", 1)),
        ({"invoice": "special"}, ("lacking", 1)),
        ({"invoice": "", "registered": False}, ("lacking", 2)),
        ({"type": "service"}, ("lacking", 1)),
        ({"type": "service", "related": True}, ("likely", 0)),
        ({"type": "lease"}, ("no", 0)),
    ],
)
def test_value_added_tax(changed: dict[str, Any], expected: tuple[str, int]) -> None:
    hint = vat(replace(DEVELOPMENT, **changed), VAT)
    assert stands(hint) == expected
    assert (hint.who, hint.source) == ("seller", "vat_2016")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("likely", 0)),
        ({"registered": False}, ("lacking", 1)),
        ({"type": "development"}, ("no", 0)),
        ({"ip_kind": "secret"}, ("no", 0)),
        ({"seller_kind": "individual"}, ("no", 0)),
        ({"type": "licence", "licence_years": 5}, ("likely", 0)),
        ({"type": "licence", "licence_years": 4}, ("no", 0)),
        ({"type": "licence"}, ("lacking", 1)),
        ({"plan_funded": True}, ("lacking", 1)),
        ({"plan_funded": True, "plan_approved": True}, ("likely", 0)),
    ],
)
def test_income_tax(changed: dict[str, Any], expected: tuple[str, int]) -> None:
    assert stands(income_tax(replace(SALE, **changed), INCOME)) == expected


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ([], ("0", "0", "0", "0")),
        (["5000000"], ("5000000", "5000000", "0", "0")),
        (["5000000.01"], ("5000000.01", "5000000", "0.01", "0.01")),
        (["3000000", "4000000"], ("7000000", "5000000", "2000000", "1000000")),
        (["6000000", "-2000000"], ("4000000", "4000000", "0", "0")),
        (["-1"], ("0", "0", "0", "0")),
    ],
)
def test_the_transfers_of_a_year_are_taken_together(gains: list[str], expected: tuple[str, ...]) -> None:
    found = year_of_transfers([Income(str(n), D(gain)) for n, gain in enumerate(gains)], INCOME)
    assert (found.gain, found.exempt, found.halved, found.taxable) == tuple(map(D, expected))


def test_the_gain_is_what_cost_and_taxes_leave() -> None:
    sold = Income("a", D(9000000), D(1500000), D(500000))
    assert sold.gain == D(7000000)
    hint = income_tax(SALE, INCOME, [sold])
    assert hint.amount == D(1000000)
    assert hint.message == "全年技术转让所得 700万元：免征 500万元，减半 200万元，计税 100万元"


@given(st.lists(st.decimals(-(10**8), 10**8, places=2), max_size=9))
def test_the_parts_of_a_year_add_up(gains: list[Decimal]) -> None:
    found = year_of_transfers([Income(str(n), gain) for n, gain in enumerate(gains)], INCOME)
    assert found.exempt + found.halved == found.gain >= 0
    assert 0 <= found.taxable <= found.gain


def test_who_deducts_a_commissioned_development() -> None:
    hint = deduction(DEVELOPMENT, DEDUCTION)
    assert hint is not None
    assert (hint.who, hint.state, hint.amount) == ("buyer", "likely", D("6880000.01"))
    assert hint.message == "委托开发：由委托方按实际支付费用的 80% 作为加计扣除的基数，受托方不再加计扣除"
    without_number = deduction(replace(DEVELOPMENT, registered=False), DEDUCTION)
    assert stands(without_number) == ("lacking", 1)
    unpaid = deduction(replace(DEVELOPMENT, fee=None), DEDUCTION)
    assert unpaid is not None
    assert unpaid.amount is None


def test_who_deducts_otherwise() -> None:
    joint = deduction(replace(DEVELOPMENT, subtype="joint"), DEDUCTION)
    assert joint is not None
    assert (joint.who, joint.state, joint.amount) == ("each", "likely", None)
    unclear = deduction(replace(DEVELOPMENT, subtype=""), DEDUCTION)
    assert unclear is not None
    assert (stands(unclear), unclear.amount) == (("lacking", 1), None)
    abroad = deduction(replace(DEVELOPMENT, seller_abroad=True), DEDUCTION)
    assert abroad is not None
    assert (stands(abroad), abroad.amount) == (("lacking", 1), None)
    person = replace(DEVELOPMENT, seller_abroad=True, seller_kind="individual")
    assert stands(deduction(person, DEDUCTION)) == ("no", 0)
    assert deduction(SALE, DEDUCTION) is None


def test_a_hint_is_no_official_finding_and_has_its_source() -> None:
    found = hints(DEVELOPMENT, vat_rule=VAT, income_rule=INCOME, deduction_rule=DEDUCTION)
    assert [(hint.key, hint.source) for hint in found] == [
        ("vat", "vat_2016"),
        ("income_tax", "income_2015"),
        ("deduction", "deduction_2023"),
    ]
    assert all(hint.disclaimer.startswith("非官方结论") and hint.message for hint in found)
    assert hints(DEVELOPMENT) == ()
    assert [hint.key for hint in hints(SALE, vat_rule=VAT, deduction_rule=DEDUCTION)] == ["vat"]
