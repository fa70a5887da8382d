"""Offers in free order, which one stands, who accepts; gaps and how they close."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions import talk as steps
from mengkeju.deals.models import Deal, GapItem, Offer
from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.access_forms import disagreements
from tests.deals import samples as s
from tests.deals import text_samples as t

pytestmark = pytest.mark.django_db


def offer(deal: Deal, by: Actor, amount: int | None = None, text: str = "", **given: Any) -> Offer:
    """One step of the talks."""
    worth = Decimal(amount) if amount is not None else None
    return actions.make_offer(deal, text=text, amount=worth, by=by, now=clock.now(), **given)


def accept(one: Offer, by: Actor) -> Offer:
    return actions.accept_offer(one, by=by, now=clock.now())


def refused(code: str, act: Callable[[], Any]) -> None:
    with pytest.raises(TransitionRefusedError) as told:
        act()
    assert told.value.code == code


@pytest.mark.covers("NED-10")
def test_offers_go_back_and_forth_and_the_other_side_accepts_the_one_that_stands() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    first = offer(deal, pair.of_institute, 900_000, "含中试")
    second = offer(deal, pair.of_firm, 700_000, answers=first)
    third = offer(deal, pair.of_institute, 800_000)
    words = offer(deal, pair.of_firm, None, "我们内部研究一下")
    assert [one.pk for one in queries.offers_of(deal)] == [first.pk, second.pk, third.pk, words.pk]
    assert queries.standing_offer(deal) == third, "words alone do not take an offer off the table"
    assert (second.answers, second.party) == (first, t.party(deal, "buyer"))
    refused("newer", lambda: accept(first, pair.of_firm))
    refused("own", lambda: accept(third, pair.of_institute))
    done = accept(third, pair.of_firm)
    assert (done.accepted_for, done.accepted_at is not None) == (t.party(deal, "buyer"), True)
    assert accept(third, f.actor(f.member(pair.firm))).accepted_at == done.accepted_at, "a second time changes nothing"
    assert Event.objects.filter(type="deal.offer_accepted").count() == 1
    assert offer(deal, pair.of_firm, 810_000) == queries.standing_offer(deal), "talks may begin anew"


def test_without_any_amount_the_newest_words_stand() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    assert queries.standing_offer(deal) is None
    offer(deal, pair.of_firm, None, "联合申请专利")
    newest = offer(deal, pair.of_institute, None, "专利归双方")
    assert accept(newest, pair.of_firm).accepted_at is not None


def test_a_broker_proposes_but_accepts_for_nobody() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    broker = t.broker_of(deal, pair)
    proposal = offer(deal, broker, 750_000, "折中")
    assert proposal.party is None
    assert queries.standing_offer(deal) is None
    refused("broker", lambda: accept(proposal, pair.of_firm))
    theirs = offer(deal, pair.of_institute, 750_000, answers=proposal)
    with pytest.raises(RefusedError):
        accept(theirs, broker)
    gap = actions.raise_gap(deal, gap="处理量不够", by=broker, now=clock.now())
    actions.propose_adaptation(gap, proposal="并联两台", by=broker, now=clock.now())
    for act in (actions.agree_gap, actions.reopen_gap):
        with pytest.raises(RefusedError):
            act(gap, by=broker, now=clock.now())
    with pytest.raises(RefusedError):
        actions.fail_gap(gap, reason="不行", by=broker, now=clock.now())
    assert actions.agree_gap(gap, by=pair.of_firm, now=clock.now()).status == "agreed"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": " ", "amount": None}, "text"),
        ({"text": "", "amount": Decimal(-1)}, "amount"),
        ({"text": "", "amount": Decimal("1e15")}, "amount"),
    ],
)
def test_an_empty_offer_and_a_wrong_amount_are_refused_at_their_field(given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    with pytest.raises(ValidationError) as told:
        actions.make_offer(t.deal(pair), by=pair.of_firm, now=clock.now(), **given)
    assert list(told.value.message_dict) == [field]


def test_an_answer_is_to_an_offer_of_the_same_deal() -> None:
    pair, other = s.pair(), s.pair()
    elsewhere = offer(t.deal(other), other.of_firm, 1)
    with pytest.raises(ValidationError) as told:
        offer(t.deal(pair), pair.of_firm, 1, answers=elsewhere)
    assert list(told.value.message_dict) == ["answers"]


@pytest.mark.covers("NED-10")
def test_a_gap_is_raised_closed_by_the_other_side_or_given_up_with_its_reason() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    now = clock.now()
    gap = actions.raise_gap(deal, gap="每小时 1 吨，要 5 吨", by=pair.of_firm, now=now)
    assert gap.status == "open"
    refused("wrong_state", lambda: actions.agree_gap(gap, by=pair.of_firm, now=now))
    actions.propose_adaptation(gap, proposal="并联五台", by=pair.of_institute, now=now)
    refused("own", lambda: actions.agree_gap(gap, by=pair.of_institute, now=now))
    done = actions.agree_gap(gap, by=pair.of_firm, now=now)
    assert (done.status, done.outcome) == ("agreed", "并联五台")
    refused("wrong_state", lambda: actions.fail_gap(gap, reason="晚了", by=pair.of_firm, now=now))
    again = actions.reopen_gap(gap, by=pair.of_firm, now=now)
    assert (again.status, again.outcome, again.proposal) == ("open", "", "并联五台")
    with pytest.raises(ValidationError) as told:
        actions.fail_gap(gap, reason=" ", by=pair.of_firm, now=now)
    assert list(told.value.message_dict) == ["reason"]
    failed = actions.fail_gap(gap, reason="场地放不下五台", by=pair.of_firm, now=now)
    assert (failed.status, failed.outcome) == ("failed", "场地放不下五台")
    events = Event.objects.filter(type__startswith="deal.gap_").order_by("pk").select_related("payload")
    assert [e.type.removeprefix("deal.gap_") for e in events] == ["raised", "proposed", "agreed", "reopened", "failed"]
    assert events[3].payload.body["note"] == "并联五台", "how it had ended stays in the record"


def test_a_gap_raised_with_its_way_waits_for_the_other_side() -> None:
    pair = s.pair()
    now = clock.now()
    gap = actions.raise_gap(t.deal(pair), gap="耐温不足", proposal="换内衬", by=pair.of_institute, now=now)
    assert (gap.status, gap.proposed_for) == ("proposed", t.party(gap.deal, "seller"))
    refused("own", lambda: actions.agree_gap(gap, by=pair.of_institute, now=now))
    assert actions.agree_gap(gap, outcome="换陶瓷内衬", by=pair.of_firm, now=now).outcome == "换陶瓷内衬"


def test_who_acts_on_an_older_page_is_told_and_empty_words_are_refused() -> None:
    pair = s.pair()
    now = clock.now()
    gap = actions.raise_gap(t.deal(pair), gap="耐温不足", by=pair.of_firm, now=now)
    seen = gap.revision
    actions.propose_adaptation(gap, proposal="换内衬", by=pair.of_institute, now=now, revision=seen)
    with pytest.raises(StaleRevisionError):
        actions.agree_gap(gap, by=pair.of_firm, now=now, revision=seen)
    acts: tuple[tuple[Callable[[], Any], str], ...] = (
        (lambda: actions.raise_gap(gap.deal, gap=" ", by=pair.of_firm, now=now), "gap"),
        (lambda: actions.propose_adaptation(gap, proposal=" ", by=pair.of_firm, now=now), "proposal"),
    )
    for act, field in acts:
        with pytest.raises(ValidationError) as told:
            act()
        assert list(told.value.message_dict) == [field]


@pytest.mark.covers("NED-10")
def test_when_the_pair_fails_gaps_and_reasons_stay_and_nothing_is_added() -> None:
    pair = s.pair()
    deal, now = t.deal(pair), clock.now()
    gap = actions.raise_gap(deal, gap="成本高一倍", by=pair.of_firm, now=now)
    actions.fail_gap(gap, reason="原料没有替代", by=pair.of_firm, now=now)
    one = offer(deal, pair.of_institute, 900_000)
    actions.move_deal(deal, "terminate", note="没谈成", by=pair.of_firm, now=now)
    assert [(g.gap, g.outcome) for g in queries.gaps_of(deal)] == [("成本高一倍", "原料没有替代")]
    assert queries.offers_of(deal) == [one]
    assert not queries.talks_open(pair.of_firm, deal)
    for act in (
        lambda: offer(deal, pair.of_firm, 1),
        lambda: accept(one, pair.of_firm),
        lambda: actions.raise_gap(deal, gap="再来", by=pair.of_firm, now=now),
        lambda: actions.reopen_gap(gap, by=pair.of_firm, now=now),
    ):
        refused("wrong_state", act)


def test_every_act_tells_the_other_side_and_the_broker() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    broker = t.broker_of(deal, pair)
    institute = f.manager(pair.institute).uid
    now = clock.now()
    one = offer(deal, pair.of_institute, 5)
    gap = actions.raise_gap(deal, gap="差", by=pair.of_institute, now=now)
    Notice.objects.all().delete()
    for act in (
        lambda: accept(one, pair.of_firm),
        lambda: offer(deal, pair.of_firm, 4),
        lambda: actions.raise_gap(deal, gap="又差", by=pair.of_firm, now=now),
        lambda: actions.propose_adaptation(gap, proposal="补", by=pair.of_firm, now=now),
        lambda: actions.fail_gap(gap, reason="不行", by=pair.of_firm, now=now),
        lambda: actions.reopen_gap(gap, by=pair.of_firm, now=now),
    ):
        act()
        told = set(Notice.objects.values_list("account", flat=True))
        assert told == {institute, broker.account_uid}
        Notice.objects.all().delete()


def test_who_may_talk_and_who_reads_the_talks() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    people = {
        "firm": pair.of_firm,
        "institute": pair.of_institute,
        "broker": t.broker_of(deal, pair),
        "auditor": f.actor(f.auditor()),
        "stranger": f.actor(f.manager(f.organisation())),
        "anonymous": ANONYMOUS,
    }
    offer(deal, pair.of_firm, 5)
    actions.raise_gap(deal, gap="差", by=pair.of_firm, now=clock.now())
    for model in (Offer, GapItem):
        assert disagreements([DealPerm.READ_PART], people, model._base_manager.all()) == []
    for who in ("auditor", "stranger", "anonymous"):
        with pytest.raises(RefusedError):
            offer(deal, people[who], 1)


def test_the_database_refuses_what_makes_no_sense() -> None:
    pair = s.pair()
    deal = t.deal(pair)
    one, gap = offer(deal, pair.of_firm, 5), actions.raise_gap(deal, gap="差", by=pair.of_firm, now=clock.now())
    for rows, given in (
        (Offer.objects.filter(pk=one.pk), {"amount": -1}),
        (Offer.objects.filter(pk=one.pk), {"accepted_at": clock.now()}),
        (GapItem.objects.filter(pk=gap.pk), {"status": "failed"}),
        (GapItem.objects.filter(pk=gap.pk), {"status": "proposed"}),
        (GapItem.objects.filter(pk=gap.pk), {"status": "lost"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**given)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_an_offer_is_not_accepted_while_a_newer_one_comes(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> None:
    """Without the lock (the control) the older one is accepted after the newer one has been made."""
    pair = s.pair()
    deal = t.deal(pair)
    one = offer(deal, pair.of_institute, 900_000)
    meet = t.Meeting()
    monkeypatch.setattr(queries, "standing_offer", meet.after(queries.standing_offer))
    if not locked:
        monkeypatch.setattr(steps, "lock", lambda found: Deal.objects.get(pk=found.pk))
    accepted, newer = race(
        lambda: accept(one, pair.of_firm), meet.first(lambda: offer(deal, pair.of_institute, 1_000_000))
    )
    assert isinstance(newer, Offer), newer
    order = list(Event.objects.filter(type__startswith="deal.offer_").order_by("pk").values_list("type", flat=True))
    late = isinstance(accepted, Offer) and order[-1] == "deal.offer_accepted"
    assert late is not locked, (accepted, order)
