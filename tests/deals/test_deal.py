"""Opening a deal from an intention or by hand, its particulars, signing, moves, records from a source."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from mengkeju.deals import actions, queries
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.engine.deal_workflow import OVER_STATES
from mengkeju.deals.models import Deal, DealParty, Intention
from mengkeju.kernel.access import ANONYMOUS, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
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
    agreed = {"summary": "浮选脱碳", "ip_terms": "各半", "effective_until": date(2029, 1, 1)}
    Deal.objects.filter(pk=deal.pk).update(**agreed)  # what was left open may still be filled in
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
