"""Signing a deal, its moves, records from a source."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from mengkeju.deals import actions, queries
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.engine.deal_workflow import DEAL, OWN_MOVES
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import Deal
from mengkeju.kernel.access import SYSTEM, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.matching.actions import compute, shelf
from mengkeju.matching.models import Outcome, Proposal
from tests import factories as f
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import samples as s

pytestmark = pytest.mark.django_db


def standing(deal: Deal) -> dict[str, list[str]]:
    """Names by side, the lead first."""
    return {side: [party.name for party in parties] for side, parties in queries.sides_of_deal(deal)}


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


STEP_OF = {"perform": Step.PERFORMANCE, "accept": Step.ACCEPTANCE, "land": Step.LANDING, "settle": Step.PERFORMANCE}


def allowed(deal: Deal, step: str) -> bool:
    """Whether the table lets this deal go this step from where it stands: what its kind has not is left out."""
    absent = step in STEP_OF and not deal.kind_spec.has(STEP_OF[step])
    return deal.state in DEAL.transitions[step].source and not absent


@pytest.mark.covers("PRJ-07", "PRJ-22", "PRJ-26")
@pytest.mark.parametrize(("kind", "state"), list(product(kinds, DEAL.states)))
def test_every_kind_in_every_state_by_every_move_of_a_party(kind: str, state: str) -> None:
    pair = s.pair()
    deal = d.by_hand(pair, kind=kind)
    deal_rows.verdict(deal)  # what accept and land ask for
    deal_rows.landing(deal)
    for step in OWN_MOVES:
        d.put(deal, state)
        may_go = allowed(deal, step)
        assert (step in dict(queries.moves(pair.of_firm, deal))) is may_go, step
        Notice.objects.all().delete()
        if may_go:
            actions.move_deal(deal, step, by=pair.of_institute, now=s.NOW, note="理由")
            assert Deal.objects.get().state == DEAL.transitions[step].target
            assert Notice.objects.filter(account=f.manager(pair.firm).uid, title__contains="有新进展").exists()
        else:
            with pytest.raises(TransitionRefusedError) as refused:
                actions.move_deal(deal, step, by=pair.of_institute, now=s.NOW, note="理由")
            assert refused.value.code in {"wrong_state"} | {g.name for g in DEAL.transitions[step].guards}
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
    for step in ("sign_from_source", "sign_at_event", "sign", "fly"):
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
