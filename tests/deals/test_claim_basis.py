"""Claim bases: drawn up once a window, payments counted once, the cap over all contracts, withdrawn in turn."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mengkeju.deals import actions
from mengkeju.deals.engine import claim_rates
from mengkeju.deals.models import ClaimBasis, ClaimedPayment, Deal, Registration
from mengkeju.deals.queries import claim_basis
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.policy import queries as policy
from mengkeju.policy.engine.formulas import progressive
from tests import factories as f
from tests.deals import follow_samples as fs
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
D = Decimal
wan = fs.wan


def draft(deal: Deal, side: str = "buyer", day: date = fs.TODAY) -> claim_basis.Draft:
    return claim_basis.draft_claim(deal, m.party(deal, side), day)


def rate(base: Decimal) -> Decimal:
    """The subsidy on a cumulative base, worked out by the policy's own formula."""
    bands = policy.amount("nm-tech-trade-subsidy.purchase_rate", fs.TODAY).bands
    assert bands is not None
    return progressive(bands=bands, amount=base)


# ---- What could be claimed -----------------------------------------------------------------------------


def test_a_draft_counts_payments_with_voucher_and_technical_part_in_the_window() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    counted = fs.paid(deal, pair, 300)
    plain = fs.paid(deal, pair, 10, technical_amount=None)
    bare = fs.paid(deal, pair, 20, voucher=False)
    late = fs.paid(deal, pair, 100, on=fs.NEXT)
    found = draft(deal)
    assert found.claim is not None
    assert found.claim.counted == (str(counted.uid),)
    assert {one.key: one.why for one in found.claim.left_out} == {
        str(plain.uid): "no_technical", str(bare.uid): "no_voucher", str(late.uid): "late",
    }  # fmt: skip
    assert (found.claim.base, found.claim.amount) == (wan(300), wan(20))
    assert (found.hindrance, found.ready, found.is_running) == ("", True, True)
    assert found.window is not None
    assert (found.window.begins, found.window.until) == (fs.BEGINS, fs.UNTIL)
    assert all(figure.source and figure.status in {"verified", "secondary", "draft"} for figure in found.figures)


def _nothing(_deal: Deal) -> None:
    pass


def _unregister(state: str) -> Callable[[Deal], None]:
    def change(deal: Deal) -> None:
        Registration.objects.filter(deal=deal).update(state=state)

    return change


def _move_away(deal: Deal) -> None:
    Organisation.objects.filter(deal_parties__in=[m.party(deal, "buyer").pk]).update(area="110000")


@pytest.mark.parametrize(
    ("columns", "change", "side", "said"),
    [
        ({}, _unregister("cancelled"), "buyer", "注销"),
        ({}, _unregister("accepted"), "buyer", "还没有认定登记"),
        ({"contract_type": ""}, _nothing, "buyer", "还没有判定合同类型"),
        ({"contract_type": "development"}, _nothing, "buyer", "“技术开发”的补助比例没有查到标准"),
        ({"contract_type": "service"}, _nothing, "buyer", "“技术服务”的补助比例没有查到标准"),
        ({}, _nothing, "seller", "供给方的补助比例没有查到标准"),
        ({"registered_on": date(2027, 11, 5)}, _nothing, "buyer", "才登记"),
        ({}, _move_away, "buyer", "注册地不在自治区"),
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_drawn(
    columns: dict[str, Any], change: Callable[[Deal], None], side: str, said: str
) -> None:
    pair = s.pair()
    deal = fs.registered(pair, **columns)
    fs.paid(deal, pair, 300)
    change(deal)
    assert said in draft(deal, side).hindrance
    by = pair.of_firm if side == "buyer" else pair.of_institute
    with pytest.raises(TransitionRefusedError, match=said):
        actions.draw_claim_basis(deal, m.party(deal, side), fs.BEGINS, by=by, now=m.LATER)
    assert not ClaimBasis.objects.exists()


def test_a_royalty_alone_counts_what_was_paid_and_says_its_technical_part() -> None:
    pair = s.pair()
    royalty = {"mode": "royalty", "lines": [], "terms": "按销售额提成", "royalty_rate": D(3)}
    deal = fs.registered(pair, price=royalty, contract_type="licence")
    assert draft(deal).hindrance == "本期没有可以计入的付款"
    fs.paid(deal, pair, 50, technical_amount=None)
    assert draft(deal).hindrance == "本期没有可以计入的付款"
    fs.paid(deal, pair, 80)
    basis = fs.drawn(deal, pair)
    assert (basis.base, basis.amount, basis.contract_value) == (wan(80), wan(8), None)


def test_the_certified_technology_value_is_the_end_of_what_counts() -> None:
    pair = s.pair()
    deal = fs.registered(pair, certified_technology=wan(500))
    fs.paid(deal, pair, 400)
    first = fs.drawn(deal, pair)
    fs.paid(deal, pair, 300, on=fs.NEXT)
    second = fs.drawn(deal, pair, begins=fs.NEXT, now=fs.at(fs.NEXT))
    assert (first.computed, second.computed) == (wan(25), wan(5))
    assert dict(second.worked["steps"])["limit"] == "5000000.00"
    assert "limit" not in dict(first.worked["steps"])


# ---- Drawn up ------------------------------------------------------------------------------------------


def test_a_basis_keeps_the_calculation_its_payments_and_the_sources() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    row = fs.paid(deal, pair, 800)
    fs.paid(deal, pair, 100, technical_amount=None)
    basis = fs.drawn(deal, pair)
    assert (basis.base, basis.before, basis.computed, basis.amount) == (wan(800), D(0), wan(39), wan(39))
    assert (basis.cap, basis.granted, basis.applicant) == (wan(200), D(0), pair.firm)
    assert (basis.window_begins, basis.window_until) == (fs.BEGINS, fs.UNTIL)
    assert [(one.payment, one.technical) for one in claim_basis.claimed_payments(basis)] == [(row, wan(800))]
    steps = dict(basis.worked["steps"])
    assert (steps["rate_after"], steps["amount"]) == ("390000.00", "390000.00")
    assert [why for _key, why in basis.worked["left_out"]] == ["no_technical"]
    assert {one["key"].partition(".")[2] for one in basis.worked["figures"]} == {
        "purchase_rate", "cap", "window", "registration_needed",
    }  # fmt: skip
    assert claim_rates.total(claim_rates.read(basis.worked["bands"]), wan(800)) == wan(39)
    assert Event.objects.filter(type="claim_basis.drawn", subject_uid=basis.uid).exists()


def test_one_stands_a_window_and_who_may_draw_it() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    fs.paid(deal, pair, 300)
    buyer = m.party(deal, "buyer")
    with pytest.raises(RefusedError):
        actions.draw_claim_basis(deal, buyer, fs.BEGINS, by=f.actor(f.manager(f.organisation())), now=m.LATER)
    with pytest.raises(ValidationError) as refused:
        actions.draw_claim_basis(deal, buyer, fs.BEGINS, by=pair.of_institute, now=m.LATER)
    assert set(refused.value.message_dict) == {"party"}
    for day in (date(2026, 11, 2), fs.NEXT, date(2025, 11, 1)):
        with pytest.raises(ValidationError) as refused:
            actions.draw_claim_basis(deal, buyer, day, by=pair.of_firm, now=m.LATER)
        assert set(refused.value.message_dict) == {"window"}
    basis = fs.drawn(deal, pair)
    with pytest.raises(TransitionRefusedError, match="已经有申报依据"):
        fs.drawn(deal, pair)
    assert claim_basis.find_claim_basis(pair.of_firm, basis.uid) == basis
    assert claim_basis.find_claim_basis(f.actor(f.auditor()), basis.uid) == basis
    assert claim_basis.find_claim_basis(pair.of_institute, basis.uid) is None


def test_the_next_window_goes_on_where_the_first_ended() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    fs.paid(deal, pair, 300)
    first = fs.drawn(deal, pair)
    fs.paid(deal, pair, 500, on=fs.NEXT)
    second = fs.drawn(deal, pair, begins=fs.NEXT, now=fs.at(fs.NEXT))
    assert (first.amount, second.amount) == (wan(20), wan(19))
    assert (second.before, [why for _key, why in second.worked["left_out"]]) == (wan(300), ["claimed"])


def test_the_cap_is_the_applicants_over_all_its_contracts() -> None:
    pair = s.pair()
    one, two = fs.second(pair, technical=7000, serial=1), fs.second(pair, technical=7000, serial=2)
    for deal in (one, two):
        fs.paid(deal, pair, 4000)
    bases = [fs.drawn(deal, pair) for deal in (one, two)]
    assert [(row.computed, row.amount) for row in bases] == [(wan(135), wan(135)), (wan(135), wan(65))]
    (year,) = claim_basis.year_sums(pair.of_firm)
    assert (year["count"], year["amount"], year["cap"]) == (2, wan(200), wan(200))


# ---- Afterwards ----------------------------------------------------------------------------------------


def test_a_counted_payment_that_is_withdrawn_shows_and_changes_nothing() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    row = fs.paid(deal, pair, 300)
    basis = fs.drawn(deal, pair)
    actions.withdraw_payment(row, "记错了", by=pair.of_firm, now=m.LATER)
    basis.refresh_from_db()
    claimed = claim_basis.claimed_payments(basis)
    assert (basis.base, [one.technical for one in claimed]) == (wan(300), [wan(300)])
    assert claim_basis.changed_after(basis, claimed) == ["计入的付款里有 1 笔已经撤回"]
    again = fs.paid(deal, pair, 200)
    actions.withdraw_claim_basis(basis, "付款更正过", by=pair.of_firm, now=m.LATER)
    redrawn = fs.drawn(deal, pair)
    assert (redrawn.base, [one.payment for one in claim_basis.claimed_payments(redrawn)]) == (wan(200), [again])


def test_a_price_corrected_and_a_registration_changed_later_show() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    fs.paid(deal, pair, 300)
    basis = fs.drawn(deal, pair)
    claimed = claim_basis.claimed_payments(basis)
    assert claim_basis.changed_after(basis, claimed) == []
    actions.correct_price(deal, "漏了一行", mode="fixed", lines=m.lines(700, 200), by=pair.of_firm, now=m.LATER)
    registration = Registration.objects.filter(deal=deal)
    registration.update(contract_type="licence", registered_on=fs.TODAY + timedelta(days=1), state="changed")
    basis = ClaimBasis.objects.get()
    assert claim_basis.changed_after(basis, claimed) == [
        "价款在这之后更正过", "登记编号或者登记日期变更过", "登记的合同类型变更过",
    ]  # fmt: skip
    registration.update(state="cancelled")
    Deal.objects.filter(pk=deal.pk).update(state="terminated")
    basis = ClaimBasis.objects.get()
    assert claim_basis.changed_after(basis, claimed)[1:] == ["合作项目已经终止", "合同现在没有有效的登记"]


def test_bases_are_withdrawn_in_turn_with_a_reason() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    fs.paid(deal, pair, 300)
    first = fs.drawn(deal, pair)
    fs.paid(deal, pair, 500, on=fs.NEXT)
    later = fs.at(fs.NEXT)
    second = fs.drawn(deal, pair, begins=fs.NEXT, now=later)
    with pytest.raises(TransitionRefusedError, match="先撤回那一份"):
        actions.withdraw_claim_basis(first, "重做", by=pair.of_firm, now=later)
    with pytest.raises(ValidationError):
        actions.withdraw_claim_basis(second, " ", by=pair.of_firm, now=later)
    with pytest.raises(RefusedError):
        actions.withdraw_claim_basis(second, "重做", by=pair.of_institute, now=later)
    for basis in (second, first):
        gone = actions.withdraw_claim_basis(basis, "重做", by=pair.of_firm, now=later)
        assert (gone.archived_at, gone.archived_reason) == (later, "重做")
    with pytest.raises(TransitionRefusedError, match="已经撤回"):
        actions.withdraw_claim_basis(first, "重做", by=pair.of_firm, now=later)
    assert not ClaimedPayment.objects.filter(archived_at=None).exists()
    assert Event.objects.filter(type="claim_basis.withdrawn").count() == 2
    assert fs.drawn(deal, pair, begins=fs.NEXT, now=later).computed == wan(30)


# ---- Whatever is done ----------------------------------------------------------------------------------

ACTS = st.one_of(
    st.tuples(st.just("pay"), st.integers(1, 900), st.sampled_from([0, 0, 1, 2]), st.booleans()),
    st.tuples(st.just("draw"), st.sampled_from([0, 1, 2]), st.integers(0, 1)),
    st.tuples(st.just("withdraw"), st.integers(0, 9)),
    st.tuples(st.just("unpay"), st.integers(0, 9)),
)
WINDOWS = (fs.BEGINS, fs.NEXT, date(2028, 11, 1))


class TestBases(TestCase):
    """Whatever is paid, drawn and withdrawn: the sums are those of a second, naive computation."""

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(ACTS, min_size=3, max_size=12))
    def test_every_sum_is_that_of_the_records(self, acts: list[tuple[Any, ...]]) -> None:
        pair = s.pair()
        deals = [fs.second(pair, technical=9000, serial=n) for n in (1, 2)]
        for act in acts:
            _try(deals, pair, act)
            _agree(deals, pair)


def _try(deals: list[Deal], pair: s.Pair, act: tuple[Any, ...]) -> None:
    now = fs.at(date(2028, 12, 1))
    try:
        with transaction.atomic():
            if act[0] == "pay":
                day = max(WINDOWS[act[2]], fs.TODAY)
                fs.paid(deals[act[1] % 2], pair, act[1], act[1] // 2, on=day, voucher=act[3])
            elif act[0] == "draw":
                fs.drawn(deals[act[2]], pair, begins=WINDOWS[act[1]], now=now)
            elif act[0] == "withdraw":
                standing = list(ClaimBasis.objects.filter(archived_at=None))
                if standing:
                    actions.withdraw_claim_basis(standing[act[1] % len(standing)], "重做", by=pair.of_firm, now=now)
            else:
                rows = [row for deal in deals for row in deal.payments.filter(archived_at=None)]
                if rows:
                    actions.withdraw_payment(rows[act[1] % len(rows)], "记错", by=pair.of_firm, now=now)
    except (TransitionRefusedError, ValidationError):
        pass


def _agree(deals: list[Deal], pair: s.Pair) -> None:
    standing = list(ClaimBasis.objects.filter(archived_at=None))
    rows = ClaimedPayment.objects.filter(archived_at=None)
    keys = list(rows.values_list("payment", flat=True))
    assert len(keys) == len(set(keys))
    for basis in standing:
        inside = [one.technical for one in rows if one.basis_id == basis.pk]
        assert basis.base == sum(inside, D(0))
    for deal in deals:
        of_deal = [basis for basis in standing if basis.deal_id == deal.pk]
        assert sum((b.computed for b in of_deal), D(0)) == rate(sum((b.base for b in of_deal), D(0)))
    for year in claim_basis.year_sums(pair.of_firm):
        of_year = [b.amount for b in standing if b.window_begins == year["begins"]]
        assert year["amount"] == sum(of_year, D(0)) <= wan(200)
        assert year["count"] == len(of_year)


# ---- What the database holds ----------------------------------------------------------------------------


def test_the_database_counts_a_payment_once_whatever_comes() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    row = fs.paid(deal, pair, 300)
    basis = fs.drawn(deal, pair)
    same = {"payment": row, "side": "buyer", "paid_on": row.paid_on, "amount": row.amount, "technical": row.amount}
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimedPayment.objects.create(basis=basis, created_at=m.LATER, **same)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimBasis.objects.filter(pk=basis.pk).update(amount=basis.computed + 1)
    assert clock.today(m.LATER) < fs.UNTIL
