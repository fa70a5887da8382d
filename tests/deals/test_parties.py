"""Who stands on which side, their terms, and who helped."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mengkeju.deals import actions, queries
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.engine.deal_workflow import OVER_STATES
from mengkeju.deals.models import Deal, DealHelper, DealParty
from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings import samples as listings

pytestmark = pytest.mark.django_db


def add(deal: Deal, pair: s.Pair, given: PartyInput, by: Actor | None = None) -> DealParty:
    return actions.add_party(deal, given, by=by or pair.of_firm, now=s.NOW)


def share(party: DealParty, pair: s.Pair, percent: str | None, **given: Any) -> DealParty:
    amount = Decimal(percent) if percent is not None else None
    return actions.edit_party(party, by=pair.of_firm, now=s.NOW, ip_share=amount, **({"deducts": ""} | given))


# ---- Parties ----------------------------------------------------------------------------------------


def test_many_on_each_side_with_one_lead() -> None:
    pair = s.pair()
    deal = d.with_members(pair)
    sides = dict(queries.sides_of_deal(deal))
    assert [(p.name, p.role) for p in sides["seller"]] == [
        (pair.institute.name, "lead"),
        ("河套演示所（演示）", "member"),
    ]
    assert [(p.name, p.role, p.individual) for p in sides["buyer"]] == [
        (pair.firm.name, "lead", False), ("巴特尔（演示）", "member", True),
    ]  # fmt: skip
    assert Event.objects.filter(type="deal.party_added").count() == 2
    assert sides["buyer"][1].organisation is None  # without a credit code


def test_a_new_member_reads_and_moves_the_deal_until_it_is_taken_off() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    third = f.organisation()
    by = listings.manager_of(third)
    assert queries.find_deal(by, deal.uid) is None
    party = add(deal, pair, PartyInput("buyer", third))
    assert queries.find_deal(by, deal.uid) == deal
    assert queries.writable(by, deal)
    actions.remove_party(party, "不参加了", by=pair.of_firm, now=s.NOW)
    assert queries.find_deal(by, deal.uid) is None
    party.refresh_from_db()
    assert (party.archived_at, party.archived_reason) == (s.NOW, "不参加了")
    add(deal, pair, PartyInput("seller", third))  # once more, on the other side
    actions.remove_party(party, "再移一次", by=pair.of_firm, now=s.NOW)
    assert deal.parties.filter(archived_at=None).count() == 3


def test_who_cannot_be_added_and_why_at_the_field() -> None:
    pair = s.pair()
    deal = d.with_members(pair)
    for given, field in (
        (PartyInput("nobody", f.organisation()), "side"),
        (PartyInput("seller", pair.firm), "name"),
        (PartyInput("seller", pair.institute), "name"),
        (PartyInput("buyer", name="巴特尔（演示）", individual=True), "name"),
        (PartyInput("buyer", name="  "), "name"),
    ):
        with pytest.raises(ValidationError) as refused:
            add(deal, pair, given)
        assert set(refused.value.message_dict) == {field}, given
    outsiders = (ANONYMOUS, f.actor(f.account()), f.actor(f.auditor()), replace(pair.of_firm, suspended=True))
    for by in outsiders:
        with pytest.raises(RefusedError):
            add(deal, pair, PartyInput("buyer", name="某厂"), by)
    assert deal.parties.count() == 4


def test_who_stands_is_settled_by_a_confirmed_text_and_by_signing() -> None:
    pair = s.pair()
    deal = d.with_members(pair)
    member = deal.parties.get(side="seller", role="member")
    text = d.text(deal)
    add(deal, pair, PartyInput("buyer", name="某厂"))  # a text nobody has confirmed settles nothing
    d.confirm(text, deal.parties.get(side="buyer", role="lead"))
    for state, code in (("talking", "confirmed"), ("signed", "wrong_state"), ("disputed", "wrong_state")):
        d.put(deal, state)
        for act in (
            lambda: add(deal, pair, PartyInput("buyer", name="另一家")),
            lambda: actions.remove_party(member, "移出", by=pair.of_firm, now=s.NOW),
        ):
            with pytest.raises(TransitionRefusedError) as refused:
                act()
            assert refused.value.code == code


def test_the_lead_passes_on_and_stays() -> None:
    pair = s.pair()
    deal = d.with_members(pair)
    first, second = deal.parties.filter(side="seller").order_by("order")
    with pytest.raises(TransitionRefusedError) as refused:
        actions.remove_party(first, "移出", by=pair.of_firm, now=s.NOW)
    assert refused.value.code == "lead"
    for _twice in range(2):
        actions.lead_side(second, by=pair.of_institute, now=s.NOW)
    assert set(deal.parties.filter(side="seller").values_list("pk", "role")) == {
        (first.pk, "member"), (second.pk, "lead"),
    }  # fmt: skip
    assert Event.objects.filter(type="deal.lead_changed").count() == 1
    actions.remove_party(first, "移出", by=pair.of_firm, now=s.NOW)
    with pytest.raises(TransitionRefusedError) as gone:
        actions.lead_side(first, by=pair.of_firm, now=s.NOW)
    assert gone.value.code == "archived"
    with pytest.raises(IntegrityError), transaction.atomic():
        DealParty.objects.filter(side="buyer", role="member").update(role="lead")


def test_the_keeper_stays_and_a_reason_is_given() -> None:
    pair = s.pair()
    deal = d.with_members(pair)
    buyer = deal.parties.get(side="buyer", role="lead")
    actions.lead_side(deal.parties.get(side="buyer", role="member"), by=pair.of_firm, now=s.NOW)
    with pytest.raises(TransitionRefusedError) as refused:
        actions.remove_party(buyer, "移出", by=pair.of_institute, now=s.NOW)
    assert refused.value.code == "keeper"
    member = deal.parties.get(side="seller", role="member")
    with pytest.raises(ValidationError) as wrong:
        actions.remove_party(member, "  ", by=pair.of_firm, now=s.NOW)
    assert set(wrong.value.message_dict) == {"reason"}


def test_terms_of_a_party_and_shares_that_do_not_add_up() -> None:
    pair = s.pair()
    deal = d.with_members(pair)
    first, second = deal.parties.filter(side="seller").order_by("order")
    share(first, pair, "70", deducts="own_cost")
    first.refresh_from_db()
    assert (first.ip_share, first.deducts) == (Decimal(70), "own_cost")
    for wrong in ("50", "-1", "101"):
        with pytest.raises(ValidationError) as refused:
            share(second, pair, wrong)
        assert set(refused.value.message_dict) == {"ip_share"}
    with pytest.raises(ValidationError, match="合计 120%，"):
        share(second, pair, "50")
    share(second, pair, "30")
    share(first, pair, "70")  # its own share does not count twice
    share(first, pair, None)
    for given, field in (({"deducts": "all"}, "deducts"), ({"seller_kind": "no_such"}, "seller_kind")):
        with pytest.raises(ValidationError) as refused:
            share(first, pair, None, **given)
        assert set(refused.value.message_dict) == {field}
    body = Event.objects.filter(type="deal.party_edited").order_by("pk")[0].payload.body
    assert (body["before"]["ip_share"], body["after"]["ip_share"]) == ("None", "70")


def test_after_signing_the_share_stays_and_the_rest_may_be_written() -> None:
    pair = s.pair()
    deal = d.signed(pair)
    party = deal.parties.get(side="seller")
    with pytest.raises(ValidationError, match="补充协议"):
        share(party, pair, "60")
    assert share(party, pair, None, deducts="none").deducts == "none"
    for state in OVER_STATES:
        d.put(deal, state)
        with pytest.raises(TransitionRefusedError):
            share(party, pair, None)


# ---- Who helped -------------------------------------------------------------------------------------


def test_an_agency_is_named_by_one_party_and_confirmed_by_another() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    helper = d.named_helper(deal, pair.of_firm, note=" 引荐 ")
    assert (helper.role, helper.share, helper.note) == ("agency", Decimal(10), "引荐")
    assert helper.confirmed_at is None
    assert helper.organisation is not None
    of_agency = listings.manager_of(helper.organisation)
    assert queries.find_deal(of_agency, deal.uid) == deal
    colleague = f.actor(f.member(pair.firm))
    for by in (pair.of_firm, colleague):
        assert queries.confirming_parties(by, deal, [helper]) == {helper.pk: None}
        with pytest.raises(TransitionRefusedError) as own:
            actions.confirm_helper(helper, by=by, now=s.NOW)
        assert own.value.code == "own"
    for by in (of_agency, ANONYMOUS, f.actor(f.auditor()), replace(pair.of_institute, suspended=True)):
        with pytest.raises(RefusedError):
            actions.confirm_helper(helper, by=by, now=s.NOW)
    done = actions.confirm_helper(helper, by=pair.of_institute, now=s.NOW)
    assert (done.confirmed_at, done.confirmed_for) == (s.NOW, pair.institute)
    later = actions.confirm_helper(helper, by=pair.of_institute, now=s.NOW.replace(hour=23))
    assert later.confirmed_at == s.NOW
    assert Event.objects.filter(type="deal.helper_confirmed").count() == 1


def test_a_broker_who_opened_it_is_confirmed_by_either_side_and_not_by_himself() -> None:
    pair, broker = s.pair(), f.actor(f.broker())
    deal = d.brokered(pair, broker)
    helper = deal.helpers.get()
    with pytest.raises(RefusedError):
        actions.confirm_helper(helper, by=broker, now=s.NOW)
    assert actions.confirm_helper(helper, by=pair.of_firm, now=s.NOW).confirmed_for == pair.firm


def test_who_cannot_have_helped() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    agency = f.organisation(kind="platform")
    broker = f.person(f.broker())
    first = d.named_helper(deal, pair.of_firm, organisation=agency, share=Decimal(60))
    for given, field in (
        ({}, "name"),
        ({"person": broker, "organisation": f.organisation()}, "name"),
        ({"organisation": agency}, "name"),
        ({"organisation": pair.institute}, "name"),
        ({"person": broker, "share": Decimal(60)}, "share"),
        ({"person": broker, "share": Decimal(-1)}, "share"),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.add_helper(deal, by=pair.of_firm, now=s.NOW, **given)
        assert set(refused.value.message_dict) == {field}, given
    with pytest.raises(ValidationError, match="合计 120%，"):
        actions.add_helper(deal, person=broker, share=Decimal(60), by=pair.of_firm, now=s.NOW)
    actions.add_helper(deal, person=broker, by=pair.of_institute, now=s.NOW)
    for by in (f.actor(f.auditor()), f.actor(f.account()), listings.manager_of(agency)):
        with pytest.raises(RefusedError):
            actions.add_helper(deal, organisation=f.organisation(), by=by, now=s.NOW)
    for state in OVER_STATES:
        d.put(deal, state)
        with pytest.raises(TransitionRefusedError):
            actions.confirm_helper(first, by=pair.of_institute, now=s.NOW)
    assert DealHelper.objects.count() == 2


def test_terms_that_are_saved_as_they_stand_leave_no_event() -> None:
    pair = s.pair()
    party = d.deal(pair).parties.get(side="seller")
    for percent in ("60", "60", "60.00"):
        share(party, pair, percent)
    assert Event.objects.filter(type="deal.party_edited").count() == 1
