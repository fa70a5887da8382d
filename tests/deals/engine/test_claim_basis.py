from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine.claim_basis import Claim, Contract, Earlier, Paid, Window, claim, in_windows
from mengkeju.kernel.money import cents

D = Decimal
WINDOW = Window(date(2025, 11, 1), date(2026, 10, 31))
REGISTERED = Contract("development", date(2026, 3, 20))
BANDS = ((D(1000000), D("0.10")), (D(5000000), D("0.05")), (None, D("0.03")))


def bands(base: Decimal) -> Decimal:
    """A cumulative progressive rate in the shape of the published ones."""
    found, low = D(0), D(0)
    for high, share in BANDS:
        top = base if high is None else min(base, high)
        found += max(top - low, D(0)) * share
        low = low if high is None else high
    return found


def paid(key: str, day: date, technical: str | None, amount: str = "99999999") -> Paid:
    return Paid(key, day, D(amount), None if technical is None else D(technical))


def shown(found: Claim) -> dict[str, Decimal]:
    return {step.key: step.amount for step in found.steps}


def test_eight_million_in_one_window() -> None:
    found = claim([paid("a", date(2026, 5, 1), "8000000")], REGISTERED, WINDOW, rate=bands)
    assert (found.base, found.computed, found.amount) == (D(8000000), D(390000), D(390000))
    assert found.counted == ("a",)
    assert not found.is_capped


def test_a_later_instalment_goes_on_where_the_first_claim_ended() -> None:
    payments = [paid("a", date(2026, 5, 1), "3000000"), paid("b", date(2027, 5, 1), "5000000")]
    later = Window(date(2026, 11, 1), date(2027, 10, 31))
    first, second = in_windows(payments, REGISTERED, [WINDOW, later], rate=bands)
    assert (first.amount, second.amount) == (D(200000), D(190000))
    assert shown(second) == {
        "base": D(5000000),
        "before": D(3000000),
        "after": D(8000000),
        "rate_after": D(390000),
        "rate_before": D(200000),
        "computed": D(190000),
        "amount": D(190000),
    }
    assert [(one.key, one.reason) for one in second.left_out] == [("a", "以前已经申报过")]
    assert all(step.label for step in second.steps)


def test_first_and_last_day_count_and_what_is_left_out_says_why() -> None:
    days = [date(2025, 10, 31), date(2025, 11, 1), date(2026, 10, 31), date(2026, 11, 1), date(2026, 5, 1)]
    parts = ["1", "2", "4", "8", None]
    payments = [paid(str(n), day, part) for n, (day, part) in enumerate(zip(days, parts, strict=True))]
    found = claim(payments, REGISTERED, WINDOW, rate=bands)
    assert (found.counted, found.base) == (("1", "2"), D(6))
    assert [(one.key, one.reason) for one in found.left_out] == [
        ("0", "付款早于本期"),
        ("3", "付款晚于本期"),
        ("4", "没有写明其中的技术部分"),
    ]


@pytest.mark.parametrize(
    ("contract", "reason"),
    [
        (Contract("development", None), "合同还没有认定登记，不能申报"),
        (Contract("development", date(2026, 11, 1)), "合同 2026年11月1日 才登记，晚于本期截止日 2026年10月31日"),
        (Contract("service", date(2026, 3, 1)), "这一类合同不在本次补助的范围内"),
    ],
)
def test_what_is_not_registered_or_of_another_type_gives_nothing(contract: Contract, reason: str) -> None:
    found = claim([paid("a", date(2026, 5, 1), "8")], contract, WINDOW, rate=bands, types={"development", "transfer"})
    assert (found.hindrance, found.amount, found.counted, found.steps) == (reason, D(0), (), ())


def test_a_contract_registered_on_the_last_day_counts() -> None:
    contract = Contract("development", date(2026, 10, 31))
    assert claim([paid("a", date(2026, 5, 1), "100")], contract, WINDOW, rate=bands).amount == 10


@pytest.mark.parametrize(("granted", "amount"), [("0", "300000"), ("250000", "50000"), ("400000", "0")])
def test_the_cap_is_the_applicants_for_the_year(granted: str, amount: str) -> None:
    payments = [paid("a", date(2026, 5, 1), "8000000")]
    found = claim(payments, REGISTERED, WINDOW, rate=bands, cap=D(300000), granted_in_year=D(granted))
    assert (found.computed, found.amount, found.is_capped) == (D(390000), D(amount), True)
    assert shown(found)["room"] == shown(found)["amount"] == D(amount)
    assert found.as_earlier() == Earlier(frozenset({"a"}), D(8000000))


def test_money_that_went_back_takes_no_more_than_the_window() -> None:
    payments = [paid("a", date(2026, 5, 1), "1000"), paid("back", date(2026, 6, 1), "-400")]
    assert claim(payments, REGISTERED, WINDOW, rate=bands).amount == D(60)
    found = claim(payments[1:], REGISTERED, WINDOW, rate=bands, earlier=[Earlier(frozenset({"a"}), D(1000))])
    assert (found.base, found.after, found.amount) == (D(-400), D(600), D(0))


def test_a_payment_counts_once() -> None:
    twice = [paid("a", date(2026, 5, 1), "1"), paid("a", date(2026, 5, 2), "1")]
    with pytest.raises(ValueError, match="once"):
        claim(twice, REGISTERED, WINDOW, rate=bands)
    both = [Earlier(frozenset({"a"}), D(1)), Earlier(frozenset({"a"}), D(1))]
    with pytest.raises(ValueError, match="once"):
        claim(twice[:1], REGISTERED, WINDOW, rate=bands, earlier=both)


def test_a_rate_that_falls_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="falls"):
        claim([paid("a", date(2026, 5, 1), "1")], REGISTERED, WINDOW, rate=lambda base: -base)


YEARS = [Window(date(year, 11, 1), date(year + 1, 10, 31)) for year in range(2020, 2027)]
PAYMENTS = st.lists(
    st.tuples(st.dates(YEARS[0].begins, YEARS[-1].until), st.decimals(0, 10**7, places=2)), max_size=15
).map(lambda rows: [Paid(str(n), day, part, part) for n, (day, part) in enumerate(rows)])


@given(PAYMENTS, st.none() | st.decimals(0, 10**6, places=2))
def test_the_windows_together_give_the_rate_of_the_whole_until_the_cap(
    payments: list[Paid], cap: Decimal | None
) -> None:
    found = in_windows(payments, Contract("transfer", YEARS[0].begins), YEARS, rate=bands, cap=cap)
    total = sum((one.amount for one in payments), D(0))
    assert sum((one.computed for one in found), D(0)) == cents(bands(total))
    assert sorted(key for one in found for key in one.counted) == sorted(one.key for one in payments)
    for one in found:
        assert one.amount == (one.computed if cap is None else min(one.computed, cap))


@given(PAYMENTS, st.integers(1, 2000))
def test_it_does_not_matter_where_the_windows_are_cut(payments: list[Paid], days: int) -> None:
    cut = YEARS[0].begins + timedelta(days=days)
    halves = [Window(YEARS[0].begins, cut), Window(cut + timedelta(days=1), YEARS[-1].until)]
    contract = Contract("transfer", YEARS[0].begins)
    whole = claim(payments, contract, Window(YEARS[0].begins, YEARS[-1].until), rate=bands)
    assert sum(one.computed for one in in_windows(payments, contract, halves, rate=bands)) == whole.computed


def test_a_base_counts_up_to_its_limit_window_by_window() -> None:
    first = claim([paid("a", date(2026, 5, 1), "400")], REGISTERED, WINDOW, rate=bands, limit=D(500))
    later = Window(date(2026, 11, 1), date(2027, 10, 31))
    payments = [paid("a", date(2026, 5, 1), "400"), paid("b", date(2027, 5, 1), "300")]
    second = claim(payments, REGISTERED, later, rate=bands, limit=D(500), earlier=[first.as_earlier()])
    assert (first.computed, second.computed, second.base) == (D(40), D(10), D(300))
    assert ("limit" in shown(first), shown(second)["limit"]) == (False, D(500))


def test_a_payment_barred_says_why_only_inside_its_window() -> None:
    bare = Paid("a", date(2026, 5, 1), D(5), D(5), "no_voucher")
    early = Paid("b", date(2025, 5, 1), D(5), D(5), "no_voucher")
    found = claim([bare, early], REGISTERED, WINDOW, rate=bands)
    assert {one.key: one.why for one in found.left_out} == {"a": "no_voucher", "b": "early"}
    assert all(one.reason for one in found.left_out)
