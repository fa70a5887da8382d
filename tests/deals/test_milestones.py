"""Milestones: every step in every state, duties with their day, who judges; the verdict that moves the deal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mengkeju.deals import actions, queries
from mengkeju.deals.actions import Planned
from mengkeju.deals.engine.milestone_workflow import MILESTONE
from mengkeju.deals.models import Acceptance, Deal, DealParty, Milestone
from mengkeju.directory.actions import join_organisation
from mengkeju.kernel import clock, duty_clock
from mengkeju.kernel.access import Actor, RefusedError
from mengkeju.kernel.duties import open_on
from mengkeju.kernel.models import Attachment, Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import after_samples as a
from tests.deals import deal_samples as d
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
TODAY = clock.today(a.NOW)

# What the table must say, written down a second time. Everything that is not here must be refused.
ALLOWED = {
    ("planned", "report"): "reported",
    ("reported", "accept"): "reached",
    ("reported", "send_back"): "planned",
    ("planned", "drop"): "dropped",
    ("reported", "drop"): "dropped",
}
STATES = ("planned", "reported", "reached", "dropped")


def verbs(pair: s.Pair) -> dict[str, Callable[[Milestone], object]]:
    """Every step by somebody who may."""
    firm, institute, now = pair.of_firm, pair.of_institute, a.LATER
    return {
        "report": lambda row: actions.report_milestone(row, "好了", reached_on=TODAY, by=institute, now=now),
        "accept": lambda row: actions.accept_milestone(row, by=firm, now=now),
        "send_back": lambda row: actions.send_back_milestone(row, "还差一项", by=firm, now=now),
        "drop": lambda row: actions.drop_milestone(row, "双方商定取消", by=firm, now=now),
    }


def brought(row: Milestone, state: str, pair: s.Pair) -> Milestone:
    """The milestone in a state, by its steps."""
    if state in {"reported", "reached"}:
        a.reported(row, pair)
    if state == "reached":
        actions.accept_milestone(row, by=pair.of_firm, now=a.LATER)
    if state == "dropped":
        actions.drop_milestone(row, "取消", by=pair.of_firm, now=a.LATER)
    row.refresh_from_db()
    assert row.state == state
    return row


def said(deal: Deal) -> list[str]:
    """What the deal's own timeline tells, the oldest first."""
    rows = Event.objects.filter(subject_uid=deal.uid, type__startswith="deal.").order_by("pk")
    return [row.type.removeprefix("deal.") for row in rows]


def test_the_table_is_what_is_written_here() -> None:
    found = {(source, key): t.target for key, t in MILESTONE.transitions.items() for source in t.source}
    assert (found, MILESTONE.problems(), set(MILESTONE.states)) == (ALLOWED, [], set(STATES))


@pytest.mark.parametrize("state", STATES)
def test_every_step_in_every_state(state: str) -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row, acts = brought(a.planned(deal, pair), state, pair), verbs(pair)
    assert set(acts) == set(MILESTONE.transitions)
    told = said(deal)
    for verb, act in acts.items():
        wanted = ALLOWED.get((state, verb))
        with transaction.atomic():
            if wanted is None:
                with pytest.raises(TransitionRefusedError) as refused:
                    act(row)
                assert refused.value.code == "wrong_state", verb
                assert said(deal) == told, verb
            else:
                act(row)
                assert said(deal)[len(told)].startswith("milestone_"), verb
            assert Milestone.objects.get().state == (wanted or state), verb
            transaction.set_rollback(True)
        row.refresh_from_db()


def test_the_reporter_is_asked_by_its_day_and_the_other_side_to_check() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.planned(deal, pair)
    duty = open_on(row).get()
    assert (duty.key, duty.due_on, duty.holder_organisation) == ("reach_milestone", a.DUE_ON, pair.institute.uid)
    day_before = a.NOW + timedelta(days=89)
    duty_clock.remind(now=day_before)
    assert Notice.objects.filter(kind="reminder.reach_milestone", account=f.manager(pair.institute).uid).count() == 1
    a.reported(row, pair)
    check = open_on(row).get()
    assert (check.key, check.holder_organisation) == ("check_milestone", pair.firm.uid)
    assert check.due_on == clock.add_working_days(clock.today(a.LATER), 10).day
    actions.send_back_milestone(row, "还差一项", by=pair.of_firm, now=a.LATER)
    assert open_on(row).get().due_on == a.DUE_ON
    a.reported(row, pair)
    actions.accept_milestone(row, by=pair.of_firm, now=a.LATER)
    row.refresh_from_db()
    assert (row.accepted_for, row.reached_on) == (a.party(deal, "buyer"), TODAY)
    assert not open_on(row)
    deal.refresh_from_db()
    assert deal.state == "performing"  # the first report began it
    assert said(deal)[-6:] == [
        "milestone_planned", "milestone_reported", "perform", "milestone_sent_back", "milestone_reported",
        "milestone_accepted",
    ]  # fmt: skip


def test_a_changed_day_and_reporter_move_the_duty() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.planned(deal, pair)
    later = a.DUE_ON + timedelta(days=30)
    given = Planned("完成中试", later, a.party(deal, "buyer"))
    actions.edit_milestone(row, given, by=pair.of_institute, now=a.LATER)
    duty = open_on(row).get()
    assert (duty.due_on, duty.holder_organisation) == (later, pair.firm.uid)
    row.refresh_from_db()
    actions.edit_milestone(row, given, by=pair.of_institute, now=a.LATER)  # saved as it stands
    assert said(deal).count("milestone_edited") == 1
    with pytest.raises(RefusedError):
        a.reported(row, pair)
    a.reported(row, pair, by=pair.of_firm)
    with pytest.raises(TransitionRefusedError) as refused:
        actions.edit_milestone(row, given, by=pair.of_institute, now=a.LATER)
    assert refused.value.code == "wrong_state"


def test_nobody_judges_what_his_own_side_reports() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.reported(a.planned(deal, pair), pair)
    both = f.manager(pair.firm)
    join_organisation(f.person(both), pair.institute, manager=False, by=f.actor(both), now=a.NOW)
    acts: list[Callable[[Actor], object]] = [
        lambda by: actions.accept_milestone(row, by=by, now=a.LATER),
        lambda by: actions.send_back_milestone(row, "差", by=by, now=a.LATER),
        lambda by: actions.drop_milestone(row, "不要", by=by, now=a.LATER),
    ]
    for actor in (pair.of_institute, f.actor(both), f.actor(f.manager(f.organisation())), f.actor(f.auditor())):
        for act in acts:
            with pytest.raises(RefusedError):
                act(actor)
    assert Milestone.objects.get().state == "reported"


def test_where_nobody_of_the_other_side_is_here_the_own_side_goes_on() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.reported(a.planned(deal, pair), pair)
    DealParty.objects.filter(deal=deal, side="buyer").update(organisation=None)
    actions.accept_milestone(row, by=pair.of_institute, now=a.LATER)
    assert Milestone.objects.get().accepted_for == a.party(deal, "seller")


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"title": " "}, "milestones.1.title"),
        ({"title": "长" * 201}, "milestones.1.title"),
        ({"criteria": "长" * 1001}, "milestones.1.criteria"),
        ({"due_on": a.SIGNED_ON - timedelta(days=1)}, "milestones.1.due_on"),
    ],
)
def test_one_wrong_row_keeps_all_from_being_planned(given: dict[str, Any], path: str) -> None:
    pair = s.pair()
    deal = a.signed(pair)
    good: dict[str, Any] = {"title": "中试", "due_on": a.DUE_ON, "reporter": a.party(deal, "seller")}
    with pytest.raises(ValidationError) as refused:
        actions.plan_milestones(deal, [Planned(**good), Planned(**(good | given))], by=pair.of_firm, now=a.NOW)
    assert set(refused.value.message_dict) == {path}
    assert not Milestone.objects.exists()


def test_parties_and_instalments_are_of_this_deal() -> None:
    pair, other = s.pair(), s.pair()
    deal, foreign = a.signed(pair), a.signed(other)
    with pytest.raises(ValidationError) as refused:
        a.planned(deal, pair, reporter=a.party(foreign, "seller"))
    assert set(refused.value.message_dict) == {"milestones.0.reporter"}
    with pytest.raises(ValidationError, match="至少"):
        actions.plan_milestones(deal, [], by=pair.of_firm, now=a.NOW)


def test_an_accepted_milestone_tells_that_its_instalment_falls_due() -> None:
    pair = s.pair()
    part = actions.Part(m.MILLION * 10, None, "中试完成后")
    deal = m.signed(m.priced(pair, mode="instalments", instalments=[part]))
    row = a.reported(a.planned(deal, pair, instalment=deal.instalments.get()), pair)
    actions.accept_milestone(row, by=pair.of_firm, now=a.LATER)
    assert Notice.objects.filter(account=f.manager(pair.institute).uid, title__contains="可以支付").exists()


def test_before_signing_and_after_the_end_nothing_is_planned_or_reported() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    with pytest.raises(TransitionRefusedError, match="签约以后"):
        a.planned(deal, pair)
    deal = d.put(deal, "signed")
    row = a.planned(deal, pair)
    actions.move_deal(deal, "terminate", by=pair.of_firm, now=a.LATER, note="不做了")
    assert not open_on(row)
    acts: list[Callable[[], object]] = [lambda: a.reported(row, pair), lambda: a.planned(deal, pair)]
    for act in acts:
        with pytest.raises(TransitionRefusedError, match="已经结束"):
            act()
    other = s.pair()
    told = d.from_source(other)
    with pytest.raises(TransitionRefusedError, match="公开资料"):
        actions.plan_milestones(
            told,
            [Planned("中试", a.DUE_ON, a.party(told, "seller"))],
            by=other.of_firm,
            now=a.NOW,
        )


def test_a_report_says_what_when_and_shows_it() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.planned(deal, pair)
    for given, field in (
        ({"report": " "}, "report"),
        ({"reached_on": clock.today(a.LATER) + timedelta(days=1)}, "reached_on"),
        ({"reached_on": a.SIGNED_ON - timedelta(days=1)}, "reached_on"),
        ({"evidence": [m.voucher()] * 6}, "evidence"),
    ):
        with pytest.raises(ValidationError) as refused:
            a.reported(row, pair, **given)
        assert set(refused.value.message_dict) == {field}
    a.reported(row, pair, evidence=[m.voucher("照片.pdf")])
    assert [file["name"] for file in queries.evidence_of("milestone", [row])[row.uid]] == ["照片.pdf"]
    assert Attachment.objects.filter(subject_type="milestone", subject_uid=row.uid, role="evidence").count() == 1


def test_the_database_keeps_reached_with_day_and_party() -> None:
    pair = s.pair()
    row = a.planned(a.signed(pair), pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        Milestone.objects.filter(pk=row.pk).update(state="reached")


# ---- The verdict -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "state"), [("passed", "accepted"), ("conditional", "signed"), ("failed", "signed")]
)
def test_a_verdict_of_passed_moves_the_deal_and_nobody_says_it_twice(verdict: str, state: str) -> None:
    pair = s.pair()
    deal = a.signed(pair)
    assert "accept" not in dict(queries.moves(pair.of_firm, deal))
    with pytest.raises(TransitionRefusedError, match="先填写验收结论"):
        actions.move_deal(deal, "accept", by=pair.of_firm, now=a.LATER)
    row = a.judged(deal, pair, verdict)
    deal.refresh_from_db()
    assert (deal.state, row.said_for, row.said_by) == (state, a.party(deal, "buyer"), f.person(f.manager(pair.firm)))
    assert "acceptance_recorded" in said(deal)
    assert Notice.objects.filter(account=f.manager(pair.institute).uid, title__contains="验收结论").exists()


def test_the_seller_does_not_accept_its_own_work_unless_the_buyer_is_not_here() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    with pytest.raises(RefusedError):
        a.judged(deal, pair, by=pair.of_institute)
    DealParty.objects.filter(deal=deal, side="buyer").update(organisation=None)
    assert a.judged(deal, pair, by=pair.of_institute).said_for == a.party(deal, "seller")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"opinion": " "}, "opinion"),
        ({"experts": "长" * 301}, "experts"),
        ({"verdict": "good"}, "verdict"),
        ({"held_on": clock.today(a.LATER) + timedelta(days=1)}, "held_on"),
        ({"papers": [m.voucher()] * 6}, "papers"),
    ],
)
def test_a_verdict_that_cannot_be_is_refused_at_its_field(given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    with pytest.raises(ValidationError) as refused:
        a.judged(a.signed(pair), pair, **given)
    assert set(refused.value.message_dict) == {field}
    assert not Acceptance.objects.exists()


def test_a_withdrawn_verdict_lets_the_work_go_on() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.judged(deal, pair)
    with pytest.raises(RefusedError):
        actions.withdraw_acceptance(row, "看错了", by=pair.of_institute, now=a.LATER)
    with pytest.raises(ValidationError):
        actions.withdraw_acceptance(row, " ", by=pair.of_firm, now=a.LATER)
    actions.withdraw_acceptance(row, "看错了", by=pair.of_firm, now=a.LATER)
    deal.refresh_from_db()
    assert deal.state == "performing"
    with pytest.raises(TransitionRefusedError, match="已经撤回"):
        actions.withdraw_acceptance(row, "又一次", by=pair.of_firm, now=a.LATER)
    a.judged(deal, pair)
    deal.refresh_from_db()
    assert deal.state == "accepted"
