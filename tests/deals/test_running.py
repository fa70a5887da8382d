"""Matching is told which pairs are in hand: the number of open proposals follows the intentions."""

import pytest

from mengkeju.deals import actions
from mengkeju.deals.web.intentions import pages
from mengkeju.kernel import panels
from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching import queries as matching
from mengkeju.matching.actions import compute, shelf
from mengkeju.matching.models import Proposal, Running
from tests import factories as f
from tests.deals import samples as s

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-11")]


@pytest.fixture
def pair() -> s.Pair:
    made = s.pair()
    shelf.forget()
    compute.match_all(now=s.NOW)
    Proposal.objects.filter(need=made.need, achievement=made.achievement).update(band="strong")
    shelf.forget()
    return made


def numbers(actor: Actor, listing: Listing) -> tuple[int, int, int]:
    """The number in the next step, in the heading, and the open cards whose button starts something new."""
    next_step = {p.key: p.context for p in panels.build(actor, "listing", "next", listing)}.get("matching.next", {})
    main = {p.key: p.context for p in panels.build(actor, "listing", "main", listing)}["matching.list"]
    offered = [b for card in main["cards"] for b in card["buttons"] if b.key == "deals.match"]
    buttons = [b for b in offered if not b.context.get("running")]
    return next_step.get("count", 0), main["count"], len(buttons)


@pytest.mark.parametrize("end", ["declined", "withdrawn", "lapsed"])
def test_a_running_intention_takes_the_pair_out_of_both_counts_until_it_ends(pair: s.Pair, end: str) -> None:
    sides = ((pair.of_firm, pair.need), (pair.of_institute, pair.achievement))
    assert [numbers(*side) for side in sides] == [(1, 1, 1), (1, 1, 1)]
    intention = pair.declared(counter=pair.achievement)
    assert [numbers(*side) for side in sides] == [(0, 0, 0), (0, 0, 0)]
    for actor, listing in sides:
        main = {p.key: p.context for p in panels.build(actor, "listing", "main", listing)}["matching.list"]
        assert [card["buttons"][0].context["running"] for card in main["running"]] == [intention]
    pair.bring(intention, end)
    assert [numbers(*side) for side in sides] == [(1, 1, 1), (1, 1, 1)]


@pytest.mark.parametrize("state", ["accepted", "talking", "ready"])
def test_it_stays_in_hand_while_it_goes_on(pair: s.Pair, state: str) -> None:
    pair.bring(pair.declared(counter=pair.achievement), state)
    assert matching.open_count(pair.of_firm, pair.need) == 0


def test_talks_that_stop_give_the_pair_back(pair: s.Pair) -> None:
    intention = pair.bring(pair.declared(counter=pair.achievement), "talking")
    actions.move_intention(intention, "stop", by=pair.of_firm, now=s.NOW, reason="too_early")
    assert matching.open_count(pair.of_firm, pair.need) == 1


def test_one_of_two_that_ends_leaves_the_other_running(pair: s.Pair) -> None:
    first = pair.declared(counter=pair.achievement)
    second = pair.declared(target=pair.achievement, counter=pair.need, declaring=pair.firm, by=pair.of_firm)
    pair.bring(first, "withdrawn")
    assert matching.open_count(pair.of_firm, pair.need) == 0
    actions.move_intention(second, "withdraw", by=pair.of_firm, now=s.NOW, note="计划有变")
    assert matching.open_count(pair.of_firm, pair.need) == 1


def test_an_intention_that_names_no_counter_takes_no_pair(pair: s.Pair) -> None:
    pair.declared()
    assert not Running.objects.exists()
    assert numbers(pair.of_institute, pair.achievement) == (1, 1, 1)


def test_a_broker_is_shown_the_introduction_that_runs(pair: s.Pair) -> None:
    account = f.broker()
    broker, proposal = f.actor(account), Proposal.objects.get(need=pair.need, achievement=pair.achievement)
    shown = {"listing": pair.need, "other": pair.achievement}
    panel = pages.match_panel(broker, proposal, shown)
    assert panel is not None
    assert panel["label"] == "引荐双方"
    intention = pair.introduced(broker)
    panel = pages.match_panel(broker, proposal, shown)
    assert panel is not None
    assert panel["running"] == intention
    assert matching.open_count(broker, pair.need) == 0
    assert matching.open_count(f.actor(f.broker()), pair.need) == 1
