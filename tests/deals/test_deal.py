"""Opening a deal from an intention or by hand, its particulars, signing, moves, records from a source."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from mengkeju.deals import actions, queries
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.engine.deal_workflow import DEAL, OVER_STATES, OWN_MOVES
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, DealParty, Intention
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.matching.actions import compute, shelf
from mengkeju.matching.models import Outcome, Proposal
from tests import factories as f
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings import samples as listings

pytestmark = pytest.mark.django_db


def standing(deal: Deal) -> dict[str, list[str]]:
    """Names by side, the lead first."""
    return {side: [party.name for party in parties] for side, parties in queries.sides_of_deal(deal)}


# ---- From an intention ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["firm", "institute"])
@pytest.mark.parametrize("state", ["talking", "ready"])
def test_either_side_opens_it_and_nothing_is_typed(who: str, state: str) -> None:
    pair = s.pair()
    by = pair.of_firm if who == "firm" else pair.of_institute
    declared = pair.declared(counter=pair.achievement, origin=actions.Origin("search", pair.need.uid))
    intention = pair.bring(declared, state)
    deal = actions.open_deal(intention, by=by, now=s.NOW)
    deal.refresh_from_db()
    assert (deal.need, deal.achievement, deal.intention) == (pair.need, pair.achievement, intention)
    assert (deal.title, deal.origin, deal.origin_uid) == (pair.achievement.title, "search", pair.need.uid)
    assert standing(deal) == {"seller": [pair.institute.name], "buyer": [pair.firm.name]}
    assert [p.role for p in deal.parties.all()] == ["lead", "lead"]
    assert (deal.keeper, deal.area) == (getattr(pair, who), pair.institute.area)
    assert (deal.state, deal.number) == ("talking", f"MK-D-{s.NOW.year}-0001")
    assert deal.fictional is intention.fictional
    duty = Duty.objects.get(key="sign_deal", closed_at=None)
    assert (duty.subject_uid, duty.holder_organisation) == (deal.uid, getattr(pair, who).uid)
    created = Event.objects.get(type="deal.created")
    assert (created.subject_uid, created.payload.body["intention"]) == (deal.uid, str(intention.uid))
    other = f.manager(pair.institute if who == "firm" else pair.firm)
    assert Notice.objects.filter(account=other.uid, title__contains=deal.number).exists()


def test_declared_the_other_way_round_the_sides_stay_where_they_belong() -> None:
    pair = s.pair()
    intention = pair.declared(target=pair.achievement, declaring=pair.firm, by=pair.of_firm)
    actions.answer_intention(intention, accept=True, by=pair.of_institute, now=s.NOW)
    actions.move_intention(intention, "talk", by=pair.of_firm, now=s.NOW)
    deal = actions.open_deal(intention, by=pair.of_firm, now=s.NOW)
    assert standing(deal) == {"seller": [pair.institute.name], "buyer": [pair.firm.name]}
    assert (deal.need, deal.achievement) == (None, pair.achievement)


def test_a_broker_opens_what_he_introduced_and_stands_as_the_one_who_helped() -> None:
    pair, login = s.pair(), f.broker()
    deal = d.brokered(pair, f.actor(login))
    [helper] = deal.helpers.all()
    assert (helper.role, helper.person, helper.confirmed_at) == ("broker", f.person(login), None)
    assert (deal.origin, deal.keeper) == ("broker", pair.institute)
    assert (deal.need, deal.achievement) == (pair.need, pair.achievement)
    for account in (f.manager(pair.firm), f.manager(pair.institute)):
        assert Notice.objects.filter(account=account.uid, title__contains=deal.number).exists()


def test_opened_again_it_is_the_same_until_it_is_terminated() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    assert deal.intention is not None
    for by in (pair.of_firm, pair.of_institute):
        assert actions.open_deal(deal.intention, by=by, now=s.NOW) == deal
    actions.move_deal(deal, "terminate", by=pair.of_firm, now=s.NOW, note="不做了")
    second = actions.open_deal(deal.intention, by=pair.of_firm, now=s.NOW)
    assert second != deal
    assert actions.open_deal(deal.intention, by=pair.of_institute, now=s.NOW) == second


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn", "lapsed"])
def test_not_before_the_talks_nor_after_them(state: str) -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), state)
    with pytest.raises(TransitionRefusedError, match="开始商谈以后"):
        actions.open_deal(intention, by=pair.of_firm, now=s.NOW)
    assert not queries.may_open(pair.of_firm, intention)
    assert not Deal.objects.exists()


def test_nobody_else_opens_it() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), "talking")
    suspended = replace(pair.of_firm, suspended=True)
    for by in (
        ANONYMOUS,
        f.actor(f.account()),
        f.actor(f.broker()),
        f.actor(f.auditor()),
        f.actor(f.officer()),
        suspended,
    ):
        with pytest.raises(RefusedError):
            actions.open_deal(intention, by=by, now=s.NOW)
        assert not queries.may_open(by, intention)
    assert not Deal.objects.exists()


def test_talent_and_placements_make_no_technology_contract() -> None:
    pair = s.pair()
    talent = listings.published(pair.firm, "post", title="招工艺工程师")
    intention = pair.bring(pair.declared(target=talent), "talking")
    with pytest.raises(TransitionRefusedError) as refused:
        actions.open_deal(intention, by=pair.of_firm, now=s.NOW)
    assert refused.value.code == "wrong_market"
    assert not queries.may_open(pair.of_firm, intention)


def race_to_open(pair: s.Pair, intention: Intention) -> list[Deal | BaseException]:
    by = [pair.of_firm, pair.of_institute]
    return race(*[lambda who=who: actions.open_deal(intention, by=who, now=s.NOW) for who in by])


@pytest.mark.django_db(transaction=True)
def test_both_sides_at_once_open_one() -> None:
    pair = s.pair()
    outcomes = race_to_open(pair, pair.bring(pair.declared(), "talking"))
    assert {str(one) for one in outcomes} == {Deal.objects.get().number}
    assert Duty.objects.filter(key="sign_deal").count() == 1


@contextmanager
def without_lock_and_constraint() -> Iterator[None]:
    """Neither the row lock nor what the database keeps out: both looks find no deal yet."""
    rule = next(c for c in Deal._meta.constraints if c.name == "deal_of_intention_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Deal, rule)
    try:
        with patch("mengkeju.deals.actions.deal._running", return_value=None):
            yield
    finally:
        for model in (DealParty, Deal):
            model._base_manager.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Deal, rule)


@pytest.mark.django_db(transaction=True)
def test_without_lock_and_constraint_the_race_would_be_lost() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(), "talking")
    with without_lock_and_constraint():
        outcomes = race_to_open(pair, intention)
        assert [one for one in outcomes if isinstance(one, BaseException)] == []
        assert Deal.objects.count() == 2


def test_the_database_keeps_a_second_running_deal_out() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    second = d.by_hand(pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        Deal.objects.filter(pk=second.pk).update(intention=deal.intention)


# ---- By hand ----------------------------------------------------------------------------------------


def test_started_by_hand_with_somebody_who_is_not_here() -> None:
    pair = s.pair()
    deal = d.by_hand(
        pair, own=PartyInput("seller", pair.firm), other=PartyInput("buyer", name=" 某厂 "), listing=pair.achievement
    )
    assert standing(deal) == {"seller": [pair.firm.name], "buyer": ["某厂"]}
    assert (deal.keeper, deal.origin, deal.intention, deal.area) == (pair.firm, "call", None, pair.firm.area)
    assert (deal.need, deal.achievement) == (None, pair.achievement)
    bought = d.by_hand(pair, listing=pair.need)
    assert (bought.need, bought.achievement, bought.area) == (pair.need, None, pair.institute.area)
    assert bought.number != deal.number


def test_what_is_wrong_is_said_at_its_field() -> None:
    pair = s.pair()
    young = f.organisation(verified=False)
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"title": " "}, {"title"}),
        ({"other": PartyInput("buyer", pair.institute)}, {"side"}),
        ({"other": PartyInput("nobody", pair.institute)}, {"side"}),
        ({"other": PartyInput("seller", pair.firm)}, {"other"}),
        ({"other": PartyInput("seller", name="  ")}, {"other"}),
        ({"own": PartyInput("buyer", young), "by": listings.manager_of(young)}, {"own"}),
        ({"title": "", "other": PartyInput("buyer", name="")}, {"title", "side", "other"}),
    ]
    for given, fields in cases:
        with pytest.raises(ValidationError) as refused:
            d.by_hand(pair, **given)
        assert set(refused.value.message_dict) == fields, given
    for given in (
        {"by": pair.of_institute},
        {"by": f.actor(f.account())},
        {"by": ANONYMOUS},
        {"by": replace(pair.of_firm, suspended=True)},
        {"own": PartyInput("buyer", name="没有单位")},
    ):
        with pytest.raises(RefusedError):
            d.by_hand(pair, **given)
    assert not Deal.objects.exists()


# ---- Particulars ------------------------------------------------------------------------------------


def test_particulars_are_changed_and_the_record_keeps_both() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    given = {"title": " 细渣脱碳中试 ", "effective_from": date(2026, 12, 1), "channel": "路演"}
    changed = actions.edit_deal(deal, given, by=pair.of_institute, now=s.NOW, revision=deal.revision)
    changed.refresh_from_db()
    assert (changed.title, changed.effective_from, changed.channel) == ("细渣脱碳中试", date(2026, 12, 1), "路演")
    assert changed.revision == deal.revision + 1
    body = Event.objects.get(type="deal.edited").payload.body
    assert (body["before"]["title"], body["after"]["title"]) == (pair.achievement.title, "细渣脱碳中试")
    same = actions.edit_deal(changed, given, by=pair.of_institute, now=s.NOW)
    assert same.revision == changed.revision
    assert Event.objects.filter(type="deal.edited").count() == 1


def test_a_stale_form_is_told_what_stands() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    actions.edit_deal(deal, {"channel": "路演"}, by=pair.of_firm, now=s.NOW)
    with pytest.raises(StaleRevisionError) as stale:
        actions.edit_deal(deal, {"channel": "电话"}, by=pair.of_institute, now=s.NOW, revision=deal.revision)
    assert stale.value.current.channel == "路演"


def test_what_cannot_be_written_is_said_at_its_field() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    wrong = {
        "title": " ",
        "field": "no_such_code",
        "effective_from": date(2027, 1, 2),
        "effective_until": date(2027, 1, 1),
    }
    with pytest.raises(ValidationError) as refused:
        actions.edit_deal(deal, wrong, by=pair.of_firm, now=s.NOW)
    assert set(refused.value.message_dict) == {"title", "field", "effective_until"}
    ignored = {"state": "signed", "contract_value": 1, "signed_on": date(2026, 1, 1), "keeper": None, "number": "x"}
    assert actions.edit_deal(deal, ignored, by=pair.of_firm, now=s.NOW).revision == deal.revision
    for by in (ANONYMOUS, f.actor(f.account()), f.actor(f.auditor()), replace(pair.of_firm, suspended=True)):
        with pytest.raises(RefusedError):
            actions.edit_deal(deal, {"title": "别人改的"}, by=by, now=s.NOW)


def test_after_signing_only_what_an_addendum_need_not_carry() -> None:
    pair = s.pair()
    deal = d.signed(pair)
    for key, value in (
        ("title", "换个名称"),
        ("summary", "别的"),
        ("ip_terms", "全归甲方"),
        ("effective_until", date(2030, 1, 1)),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.edit_deal(deal, {key: value}, by=pair.of_firm, now=s.NOW)
        assert set(refused.value.message_dict) == {key}
    assert actions.edit_deal(deal, {"channel": "路演"}, by=pair.of_firm, now=s.NOW).channel == "路演"
    for state in OVER_STATES:
        with pytest.raises(TransitionRefusedError, match="已经结束"):
            actions.edit_deal(d.put(deal, state), {"channel": "别的"}, by=pair.of_firm, now=s.NOW)


# ---- Signing ----------------------------------------------------------------------------------------


def sign(deal: Deal, pair: s.Pair, **given: Any) -> Deal:
    options: dict[str, Any] = {"signed_on": d.SIGNED_ON, "by": pair.of_firm, "now": s.NOW}
    return actions.sign_deal(deal, **(options | given))


def test_signed_once_every_party_has_confirmed_the_last_text() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    with pytest.raises(TransitionRefusedError, match="还没有上传合同文本"):
        sign(deal, pair)
    first = d.text(deal)
    d.confirm(first)
    second = d.text(deal, version=2)
    with pytest.raises(TransitionRefusedError, match="第 2 版"):
        sign(deal, pair)
    buyer = deal.parties.get(side="buyer")
    d.confirm(second, buyer)
    with pytest.raises(TransitionRefusedError) as refused:
        sign(deal, pair)
    assert pair.institute.name in refused.value.reason
    assert pair.firm.name not in refused.value.reason
    d.confirm(second, deal.parties.get(side="seller"))
    sign(deal, pair)
    deal.refresh_from_db()
    assert (deal.state, deal.signed_on) == ("signed", d.SIGNED_ON)
    assert not Duty.objects.filter(key="sign_deal", closed_at=None).exists()
    assert Notice.objects.filter(account=f.manager(pair.institute).uid, title__contains="已签约").exists()
    assert Event.objects.get(type="deal.sign").payload.body["signed_on"] == d.SIGNED_ON.isoformat()


def test_not_with_an_empty_side_nor_in_the_future_nor_twice() -> None:
    pair = s.pair()
    deal = d.confirmed(d.deal(pair))
    with pytest.raises(ValidationError) as wrong:
        sign(deal, pair, signed_on=d.SIGNED_ON + timedelta(days=1))
    assert set(wrong.value.message_dict) == {"signed_on"}
    seller = deal.parties.filter(side="seller")
    seller.update(side="buyer", role="member")
    with pytest.raises(TransitionRefusedError, match="卖方"):
        sign(deal, pair)
    deal.parties.filter(role="member").update(side="seller", role="lead")
    sign(deal, pair)
    with pytest.raises(TransitionRefusedError) as twice:
        sign(deal, pair)
    assert twice.value.code == "wrong_state"
    deal.refresh_from_db()
    assert deal.signed_on == d.SIGNED_ON


def test_a_member_who_has_not_confirmed_is_waited_for() -> None:
    pair = s.pair()
    deal = d.with_members(pair)
    leads = deal.parties.filter(role="lead")
    d.confirm(d.text(deal), *leads)
    with pytest.raises(TransitionRefusedError, match="河套演示所（演示）、巴特尔（演示）"):
        sign(deal, pair)


def test_a_deal_from_a_match_tells_matching_that_it_was_signed() -> None:
    pair = s.pair()
    shelf.forget()
    compute.match_all(now=s.NOW)
    proposal = Proposal.objects.get(need=pair.need, achievement=pair.achievement)
    for origin, known in (("search", []), ("match", ["signed"])):
        Outcome.objects.all().delete()
        declared = pair.declared(counter=pair.achievement, origin=actions.Origin(origin, proposal.uid))
        deal = actions.open_deal(pair.bring(declared, "talking"), by=pair.of_firm, now=s.NOW)
        sign(d.confirmed(deal), pair)
        steps = Outcome.objects.filter(proposal=proposal, step="signed").values_list("step", flat=True)
        assert list(steps) == known, origin
        actions.move_intention(declared, "stop", by=pair.of_firm, now=s.NOW, reason="too_early")


# ---- Moves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "step"), list(product(DEAL.states, OWN_MOVES)))
def test_every_state_by_every_move_of_a_party(state: str, step: str) -> None:
    pair = s.pair()
    deal = d.put(d.deal(pair), state)
    transition = DEAL.transitions[step]
    offered = step in dict(queries.moves(pair.of_firm, deal))
    assert offered is (state in transition.source)
    if offered:
        actions.move_deal(deal, step, by=pair.of_institute, now=s.NOW, note="理由")
        assert Deal.objects.get().state == transition.target
        assert Notice.objects.filter(account=f.manager(pair.firm).uid, title__contains="有新进展").exists()
    else:
        with pytest.raises(TransitionRefusedError) as refused:
            actions.move_deal(deal, step, by=pair.of_institute, now=s.NOW, note="理由")
        assert refused.value.code == "wrong_state"
        assert Deal.objects.get().state == state


@pytest.mark.parametrize("step", [key for key in OWN_MOVES if DEAL.transitions[key].note_required])
def test_a_move_that_needs_its_reason(step: str) -> None:
    pair = s.pair()
    deal = d.put(d.deal(pair), DEAL.transitions[step].source[-1])
    with pytest.raises(TransitionRefusedError) as refused:
        actions.move_deal(deal, step, by=pair.of_firm, now=s.NOW, note=" ")
    assert refused.value.code == "note_required"


def test_no_party_moves_what_is_not_its_own() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    for step in ("sign_from_source", "sign", "fly"):
        with pytest.raises(TransitionRefusedError) as refused:
            actions.move_deal(deal, step, by=pair.of_firm, now=s.NOW)
        assert refused.value.code == "unknown"
        with pytest.raises(RefusedError):
            actions.move_deal(deal, step, by=f.actor(f.account()), now=s.NOW)
    with pytest.raises(StaleRevisionError):
        actions.move_deal(deal, "terminate", by=pair.of_firm, now=s.NOW, note="停", revision=deal.revision - 1)


def test_a_kind_without_a_step_leaves_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = s.pair()
    deal = d.put(d.deal(pair), "signed")
    kind = deal.kind_spec
    monkeypatch.setattr(Deal, "kind_spec", replace(kind, steps=frozenset({Step.TALKS})))
    offered = dict(queries.moves(pair.of_firm, deal))
    assert set(offered) == {"close", "terminate", "dispute"}
    for step in ("perform", "accept", "land"):
        with pytest.raises(TransitionRefusedError, match="没有这一步"):
            actions.move_deal(deal, step, by=pair.of_firm, now=s.NOW, note="理由")
    talks = d.put(deal, "talking")
    sign(talks, pair)  # no step of a text: nothing to confirm
    assert talks.state == "signed"


# ---- From a source ----------------------------------------------------------------------------------


def test_a_record_from_a_source_is_made_once_and_nobody_acts_on_it() -> None:
    pair = s.pair()
    operator = f.operator()
    deal = d.from_source(pair)
    assert d.from_source(pair, title="又一次") == deal
    deal.refresh_from_db()
    assert (deal.title, deal.state, deal.keeper, deal.origin) == ("演示：签约仪式上的合作", "signed", None, "source")
    assert (deal.signed_on, deal.channel, deal.contract_value) == (date(2026, 8, 1), "演示大会", None)
    assert standing(deal) == {"seller": [pair.institute.name], "buyer": [pair.firm.name]}
    events = Event.objects.filter(subject_uid=deal.uid).order_by("pk")
    assert [(e.type, e.actor_account) for e in events] == [("deal.created", None), ("deal.sign_from_source", None)]
    assert not Duty.objects.filter(subject_uid=deal.uid).exists()
    assert not Notice.objects.filter(account=operator.uid, subject_uid=deal.uid).exists()
    assert queries.moves(pair.of_firm, deal) == []
    assert not queries.writable(pair.of_firm, deal)
    for act in (
        lambda: actions.edit_deal(deal, {"channel": "别的"}, by=pair.of_firm, now=s.NOW),
        lambda: actions.move_deal(deal, "perform", by=pair.of_firm, now=s.NOW),
        lambda: sign(deal, pair),
        lambda: actions.add_party(deal, PartyInput("buyer", name="某厂"), by=pair.of_firm, now=s.NOW),
    ):
        with pytest.raises(TransitionRefusedError, match="公开资料"):
            act()
    with pytest.raises(RefusedError):
        actions.edit_deal(deal, {"channel": "别的"}, by=SYSTEM, now=s.NOW)


def test_several_on_a_side_are_led_by_the_first_and_both_sides_are_named() -> None:
    pair = s.pair()
    other = f.organisation()
    deal = d.from_source(pair, sellers=(pair.institute, other), external_id="2")
    assert [(p.name, p.role) for p in deal.parties.filter(side="seller")] == [
        (pair.institute.name, "lead"), (other.name, "member"),
    ]  # fmt: skip
    for missing in ({"sellers": ()}, {"buyers": ()}):
        with pytest.raises(ValueError, match="both sides"):
            d.from_source(pair, external_id="3", **missing)
