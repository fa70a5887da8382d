"""Payments and their sums, two at once, and what the database holds whatever comes."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mengkeju.deals import actions, queries
from mengkeju.deals.engine import price
from mengkeju.deals.engine.price import Line
from mengkeju.deals.models import Deal, PaymentRecord
from mengkeju.directory.actions import join_organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.models import Attachment, Event, Notice
from mengkeju.kernel.testing.race import PATIENCE, meeting, race, without_locks
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import deal_samples
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
D = Decimal


def body(kind: str, deal: Deal) -> dict[str, Any]:
    """What the newest event of a kind on a deal says."""
    found = Event.objects.filter(type=kind, subject_uid=deal.uid).latest("id")
    said: dict[str, Any] = found.payload.body
    return said


def wrong(error: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    """The paths an act refused."""
    return set(error.value.message_dict)


# ---- Payments ----------------------------------------------------------------------------------------


def test_a_payment_is_recorded_by_one_side_and_confirmed_by_the_other() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    row = m.paid(deal, pair, 300, voucher_number="A1", vouchers=[m.voucher(), m.voucher("发票.pdf")])
    deal.refresh_from_db()
    assert (deal.paid_value, row.said_for, row.confirmed_at) == (D(3_000_000), pair.firm, None)
    assert [file["name"] for file in queries.vouchers_of([row])[row.uid]] == ["回单.pdf", "发票.pdf"]
    assert set(Attachment.objects.filter(subject_uid=row.uid).values_list("role", flat=True)) == {"voucher"}
    colleague = f.actor(f.member(pair.firm))
    for own in (pair.of_firm, colleague):
        with pytest.raises(TransitionRefusedError, match="另一方"):
            actions.confirm_payment(row, by=own, now=m.LATER)
    with pytest.raises(RefusedError):
        actions.confirm_payment(row, by=f.actor(f.manager(f.organisation())), now=m.LATER)
    done = actions.confirm_payment(row, by=pair.of_institute, now=m.LATER)
    assert (done.confirmed_at, done.confirmed_for) == (m.LATER, pair.institute)
    later = m.LATER + timedelta(days=1)
    assert actions.confirm_payment(row, by=pair.of_institute, now=later).confirmed_at == m.LATER
    assert body("deal.payment_confirmed", deal)["payment"] == str(row.uid)
    assert Notice.objects.filter(account=f.manager(pair.firm).uid, title__contains="确认").exists()


def test_who_works_for_both_does_not_confirm_his_own_word() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    both = f.manager(pair.firm)
    join_organisation(f.person(both), pair.institute, manager=False, by=f.actor(both), now=m.NOW)
    row = m.paid(deal, pair)
    with pytest.raises(TransitionRefusedError, match="另一方"):
        actions.confirm_payment(row, by=f.actor(both), now=m.LATER)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"paid_on": clock.today(m.LATER + timedelta(days=1))}, "paid_on"),
        ({"paid_on": clock.today(m.NOW) - timedelta(days=1)}, "paid_on"),
        ({"amount": D(0)}, "amount"),
        ({"amount": D("0.001")}, "amount"),
        ({"amount": D(10_000_001)}, "amount"),
        ({"technical_amount": D(3_000_001)}, "technical_amount"),
        ({"technical_amount": D(-1)}, "technical_amount"),
        ({"amount": D(9_000_000), "technical_amount": D(8_500_000)}, "technical_amount"),
        ({"note": "长" * 301}, "note"),
        ({"voucher_number": "1" * 81}, "voucher_number"),
        ({"vouchers": [m.voucher()] * 6}, "vouchers"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_at_its_field(given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    with pytest.raises(ValidationError) as refused:
        m.paid(deal, pair, **given)
    assert wrong(refused) == {field}
    assert not PaymentRecord.objects.exists()


def test_payer_and_payee_stand_on_two_sides_of_this_deal() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    buyer, seller = m.party(deal, "buyer"), m.party(deal, "seller")
    stranger = m.party(deal_samples.deal(s.pair()), "buyer")
    for payer, payee, field in ((seller, seller, "payee"), (seller, buyer, "payee"), (stranger, seller, "payer")):
        with pytest.raises(ValidationError) as refused:
            m.paid(deal, pair, payer=payer, payee=payee)
        assert wrong(refused) == {field}


def test_nothing_is_paid_before_signing_nor_on_an_unwritten_price() -> None:
    pair = s.pair()
    with pytest.raises(TransitionRefusedError, match="签约以后"):
        m.paid(m.priced(pair), pair)
    bare = s.pair()
    with pytest.raises(ValidationError) as refused:
        m.paid(m.signed(deal_samples.deal(bare)), bare)
    assert wrong(refused) == {"amount"}


def test_a_refusal_names_what_is_left() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    m.paid(deal, pair, 700)
    with pytest.raises(ValidationError) as refused:
        m.paid(deal, pair, 400)
    assert refused.value.message_dict["amount"] == [
        "价款 1,000万元，已登记付款 700万元，还剩 300万元；这一笔多出 100万元"
    ]
    m.paid(deal, pair, 300)
    deal.refresh_from_db()
    assert deal.paid_value == deal.contract_value


def test_royalties_have_no_upper_end() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair, mode="royalty", lines=m.lines(10, 0), royalty_rate=D(3)))
    m.paid(deal, pair, 500)
    deal.refresh_from_db()
    assert (deal.paid_value, deal.contract_value) == (D(5_000_000), D(100_000))


def test_the_same_voucher_is_not_recorded_twice() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    m.paid(deal, pair, 100, voucher_number="B7")
    with pytest.raises(ValidationError) as refused:
        m.paid(deal, pair, 100, voucher_number="B7", by=pair.of_institute)
    assert wrong(refused) == {"voucher_number"}
    m.paid(deal, pair, 200, voucher_number="B7")


def test_a_file_that_is_no_voucher_leaves_nothing_behind() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    with pytest.raises(FileRefusedError):
        m.paid(deal, pair, vouchers=[m.voucher("回单.pdf", s.EXE)])
    deal.refresh_from_db()
    assert (deal.paid_value, PaymentRecord.objects.count()) == (D(0), 0)


def test_a_payment_is_withdrawn_with_a_reason_and_counts_no_more() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    first, second = m.paid(deal, pair, 300), m.paid(deal, pair, 200)
    with pytest.raises(ValidationError) as refused:
        actions.withdraw_payment(first, " ", by=pair.of_firm, now=m.LATER)
    assert wrong(refused) == {"reason"}
    actions.withdraw_payment(first, "写错了", by=pair.of_firm, now=m.LATER)
    deal.refresh_from_db()
    first.refresh_from_db()
    assert (deal.paid_value, first.archived_reason) == (D(2_000_000), "写错了")
    assert body("deal.payment_withdrawn", deal)["note"] == "写错了"
    for act in (actions.confirm_payment, lambda row, **who: actions.withdraw_payment(row, "再撤", **who)):
        with pytest.raises(TransitionRefusedError, match="已经撤回"):
            act(first, by=pair.of_institute, now=m.LATER)
    actions.confirm_payment(second, by=pair.of_institute, now=m.LATER)
    with pytest.raises(TransitionRefusedError, match="已经确认"):
        actions.withdraw_payment(second, "写错了", by=pair.of_firm, now=m.LATER)
    actions.withdraw_payment(second, "款退了", by=pair.of_institute, now=m.LATER)
    deal.refresh_from_db()
    assert deal.paid_value == 0


def test_what_is_left_and_the_income_for_technology() -> None:
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    m.paid(deal, pair, 500, technical_amount=D(4_500_000))
    m.paid(deal, pair, 100)
    gone = m.paid(deal, pair, 50)
    actions.withdraw_payment(gone, "重复", by=pair.of_firm, now=m.LATER)
    rows = list(queries.payments(pair.of_institute, deal))
    deal.refresh_from_db()
    found = queries.paid_of(deal, queries.price_lines(deal), rows)
    assert (found.paid, found.left, found.confirmed) == (D(6_000_000), D(4_000_000), D(0))
    assert (found.income.amount, found.income.is_estimate) == (D(5_300_000), True)
    assert queries.technical_income_of(deal).amount == D(5_300_000)
    assert not queries.payments(f.actor(f.manager(f.organisation())), deal).exists()


# ---- Two at once -------------------------------------------------------------------------------------


def rivals(monkeypatch: pytest.MonkeyPatch, patience: float = 0.3) -> tuple[Deal, list[Callable[[], PaymentRecord]]]:
    """A deal of 1000万元 and two payments of 600万元, each checked and then written when the other has been checked."""
    monkeypatch.setattr(price, "paid_check", meeting(price.paid_check, patience))
    pair = s.pair()
    deal = m.signed(m.priced(pair))
    held: dict[str, Any] = {"payer": m.party(deal, "buyer"), "payee": m.party(deal, "seller")}
    firm, institute = pair.of_firm, pair.of_institute
    return deal, [lambda by=by: m.paid(deal, pair, 600, by=by, **held) for by in (firm, institute)]  # type: ignore[misc]


def total(deal: Deal) -> Decimal:
    """The sum of the payments that stand."""
    found: Decimal = deal.payments.filter(archived_at=None).aggregate(all=Sum("amount"))["all"]
    return found


@pytest.mark.django_db(transaction=True)
def test_two_payments_at_once_do_not_go_beyond_the_price(monkeypatch: pytest.MonkeyPatch) -> None:
    deal, acts = rivals(monkeypatch)
    outcomes = race(*acts)
    lost = [one for one in outcomes if isinstance(one, ValidationError)]
    assert (len(lost), sum(isinstance(one, PaymentRecord) for one in outcomes)) == (1, 1), outcomes
    assert "还剩 400万元" in lost[0].message_dict["amount"][0]
    deal.refresh_from_db()
    assert total(deal) == deal.paid_value == D(6_000_000)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_second_is_not_told_what_is_left_so_the_race_above_is_real(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deal, acts = rivals(monkeypatch, PATIENCE)
    without_locks(monkeypatch)
    outcomes = race(*acts)
    assert not any(isinstance(one, ValidationError) for one in outcomes), outcomes
    # Both stand, unless the second saw the first in time for the database's own constraint to stop it.
    assert total(deal) > D(10_000_000) or any(isinstance(one, IntegrityError) for one in outcomes), outcomes


# ---- Whatever is done --------------------------------------------------------------------------------

AMOUNTS = st.integers(0, 900).map(D)
ACTS = st.one_of(
    st.tuples(st.just("price"), st.sampled_from(["fixed", "royalty"]), st.lists(AMOUNTS, max_size=3)),
    st.tuples(st.just("pay"), AMOUNTS, st.booleans()),
    st.tuples(st.just("confirm"), st.integers(0, 5), st.booleans()),
    st.tuples(st.just("withdraw"), st.integers(0, 5), st.booleans()),
)


class TestSums(TestCase):
    """Sums and rows agree after any sequence of acts, also of those that are refused."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(ACTS, min_size=1, max_size=10))
    def test_the_sums_are_those_of_the_rows(self, acts: list[tuple[Any, ...]]) -> None:
        pair = s.pair()
        deal = m.signed(m.priced(pair))
        for act in acts:
            _try(deal, pair, act)
            deal.refresh_from_db()
            rows = [Line(row.kind, row.amount) for row in queries.price_lines(deal)]
            assert deal.contract_value == price.contract_value(rows)
            assert deal.technology_value == price.technology_value(rows)
            assert deal.paid_value == (total(deal) or 0)
            assert price.paid_check(deal.price_mode, deal.contract_value, deal.paid_value) == "" or not deal.paid_value


def _try(deal: Deal, pair: s.Pair, act: tuple[Any, ...]) -> None:
    kind, first, second = act
    by = pair.of_firm if second else pair.of_institute
    rows = list(PaymentRecord.objects.filter(deal=deal).order_by("pk"))
    try:
        with transaction.atomic():
            if kind == "price":
                lines = [Line("equipment" if n else "technical", amount) for n, amount in enumerate(second)]
                actions.correct_price(deal, "改", mode=first, lines=lines, terms="按件", by=pair.of_firm, now=m.LATER)
            elif kind == "pay":
                m.paid(deal, pair, first, by=by)
            elif kind == "confirm" and rows:
                actions.confirm_payment(rows[first % len(rows)], by=by, now=m.LATER)
            elif rows:
                actions.withdraw_payment(rows[first % len(rows)], "撤", by=by, now=m.LATER)
    except (ValidationError, TransitionRefusedError):
        pass
