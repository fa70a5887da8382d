"""A judgement changes its list at once, as the worker would, and is undone exactly."""

import threading
from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import QuerySet

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.testing.race import race
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.actions import compute, vectors
from mengkeju.matching.models import Alike, Feedback, ListingVector, Proposal, Waiting
from mengkeju.matching.queries import judgements
from mengkeju.matching.tasks import share_judgement
from tests import factories
from tests.matching import crowd, world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
AT, LATER = world.AT, world.LATER


def say(need: Listing, offer: Listing, reason: str, by: Actor, of: Organisation | None = None) -> Feedback:
    return actions.dismiss(
        crowd.pair(need, offer), of, reason, "说明" if reason == "technical" else "", by=by, now=LATER
    )


def parts(need: Listing, offer: Listing) -> dict[str, float]:
    """What judgements add to a pair on the need's list, by what they act on."""
    found: dict[str, float] = {}
    for _source, _pk, acts_on, value, _shared in crowd.pair(need, offer).need_judged:
        found[acts_on] = found.get(acts_on, 0) + value
    return found


def test_five_rejections_change_the_list_for_the_stated_reasons() -> None:
    need, offers = crowd.matched()
    broker, before = factories.actor(factories.broker()), crowd.standing(need)
    reasons = ("off_direction", "technical", "too_early", "budget_or_time", "has_partner")
    places = []
    for offer, reason in zip((offers[0], offers[2], offers[4], offers[3], offers[6]), reasons, strict=True):
        say(need, offer, reason, broker)
        places.append(crowd.standing(need))
    assert places[0][offers[1].pk][0] > before[offers[1].pk][0], "like the rejected one: further down"  # type: ignore[operator]  # places are numbers
    assert set(parts(need, offers[1])) == {"topic", "maturity"}, "early as well"
    assert set(parts(need, offers[5])) == {"topic"}, "ready: too early says nothing of it"
    last, before_last = ({key: row[1:] for key, row in seen.items() if key != offers[6].pk} for seen in places[:-3:-1])
    assert last == before_last, "another partner says nothing of others"
    assert not any(crowd.pair(need, offers[at]).need_judged for at in (0, 2, 3, 4, 6)), "the judged stay in place"


def test_the_request_and_the_worker_agree() -> None:
    need, offers = crowd.matched()
    broker = factories.actor(factories.broker())
    say(need, offers[0], "off_direction", broker)
    say(need, offers[4], "too_early", broker)
    actions.approve(crowd.pair(need, offers[3]), None, by=broker, now=LATER)
    at_once = crowd.standing(need)
    for whole in (False, True):
        if whole:
            compute.match_all(now=AT)
        else:
            compute.compute_for(need.uid, now=AT)
        again = crowd.standing(need)
        assert again.keys() == at_once.keys()
        for key, (place, level, band, said) in at_once.items():
            assert (again[key][0], again[key][2]) == (place, band)
            assert again[key][1] == (None if level is None else pytest.approx(level, abs=1e-6))
            assert [p[3] for p in again[key][3]] == pytest.approx([p[3] for p in said], abs=1e-6)  # type: ignore[attr-defined]  # lists of parts
    compute.compute_for(offers[1].uid, now=AT)  # from the other end
    assert {k: v[0] for k, v in crowd.standing(need).items()} == {k: v[0] for k, v in at_once.items()}


def test_taking_back_undoes_it_exactly() -> None:
    need, offers = crowd.matched()
    broker, start = factories.actor(factories.broker()), crowd.standing(need)
    first = crowd.pair(need, offers[0])
    say(need, offers[0], "off_direction", broker)
    middle = crowd.standing(need)
    assert middle != start
    say(need, offers[4], "too_early", broker)
    actions.restore(crowd.pair(need, offers[4]), None, by=broker, now=LATER)
    assert crowd.standing(need) == middle
    actions.restore(first, None, by=broker, now=LATER)
    assert crowd.standing(need) == start
    actions.approve(first, None, by=broker, now=LATER)
    assert crowd.standing(need) != start
    assert actions.unapprove(first, None, by=broker, now=LATER)
    assert crowd.standing(need) == start


def test_the_other_side_sees_nothing_move() -> None:
    need, offers = crowd.matched()
    institute = crowd.of(offers[1])
    seen = [(c.uid, c.band, c.rows) for c in queries.proposals_for(institute, offers[1])]
    firm = crowd.of(need)
    say(need, offers[0], "off_direction", firm, need.owner)
    assert parts(need, offers[1])
    assert [(c.uid, c.band, c.rows) for c in queries.proposals_for(institute, offers[1])] == seen
    assert crowd.pair(need, offers[1]).achievement_judged == []


def test_an_owner_teaches_his_own_list_only() -> None:
    need, offers = crowd.matched()
    before = crowd.standing(need)
    said = actions.dismiss(
        crowd.pair(need, offers[0]), offers[0].owner, "off_direction", side="need", by=crowd.of(offers[0]), now=LATER
    )
    assert said.side == "achievement"
    assert crowd.standing(need) == before, "no supplier can push down what competes with him"


def test_without_vectors_it_is_set_aside_and_the_worker_is_asked() -> None:
    need, offers = crowd.matched()
    ListingVector.objects.all().delete()
    before, broker = crowd.standing(need), factories.actor(factories.broker())
    say(need, offers[0], "off_direction", broker)
    assert crowd.standing(need) == before
    assert Waiting.objects.filter(listing=need).exists()
    assert next(c for c in queries.proposals_for(broker, need) if c.target == offers[0]).dismissed
    compute.compute_waiting(now=LATER)
    assert parts(need, offers[1])["topic"] < 0


def test_a_pair_scored_by_an_earlier_version_waits_too() -> None:
    need, offers = crowd.matched()
    Proposal.objects.filter(need=need).update(base={})
    say(need, offers[0], "off_direction", factories.actor(factories.broker()))
    assert Waiting.objects.filter(listing=need).exists()
    assert parts(need, offers[1]) == {}


def test_an_intention_teaches_the_side_that_took_it() -> None:
    need, offers = crowd.matched()
    actions.record_outcome(crowd.pair(need, offers[0]).uid, "intention", by=crowd.of(need), now=LATER)
    assert parts(need, offers[1])["good"] > 0
    actions.record_outcome(crowd.pair(need, offers[2]).uid, "intention", by=crowd.of(offers[2]), now=LATER)
    assert set(crowd.pair(need, offers[1]).need_judged[0][:3]) >= {"outcome", "good"}
    assert len(crowd.pair(need, offers[1]).need_judged) == 1, "the other side's wish says nothing of this list"


def twins(owner: Organisation | None = None) -> tuple[Listing, Listing, list[Listing]]:
    """A need, its near-duplicate and the offers, matched."""
    first = crowd.need()
    second = crowd.need(*crowd.TWIN, owner=owner or first.owner)
    offers = crowd.offers()
    compute.match_all(now=AT)
    return first, second, offers


def share(need: Listing) -> None:
    share_judgement.func(str(need.uid))


def test_near_duplicates_of_one_owner_share() -> None:
    first, second, offers = twins()
    say(first, offers[0], "off_direction", crowd.of(first), first.owner)
    share(first)
    assert Alike.objects.filter(one=second, other=first).exists()
    assert parts(first, offers[1])["topic"] < parts(second, offers[1])["topic"] < 0
    actions.restore(crowd.pair(first, offers[0]), first.owner, by=crowd.of(first), now=LATER)
    share(first)
    assert parts(second, offers[1]) == {}


def test_nobody_learns_of_another_organisation_s_word_unless_three_gave_some() -> None:
    first, second, offers = twins(factories.organisation())
    say(first, offers[0], "off_direction", crowd.of(first), first.owner)
    share(first)
    assert parts(second, offers[1]) == {}, "one other organisation would be recognised"
    for _ in range(2):
        agency = factories.organisation(kind="agency")
        broker = factories.actor(factories.with_role("broker", of=factories.manager(agency)))
        say(first, offers[0], "off_direction", broker, agency)
        assert parts(second, offers[1]) == {}
    share(first)
    assert parts(second, offers[1])["topic"] < 0, "three organisations"
    lines = [row.text for c in queries.proposals_for(crowd.of(second), second) for row in c.rows]
    assert any("根据平台上相近需求的办理情况" in line for line in lines)
    for secret in (offers[0].title, first.title, str(first.owner)):
        assert not any(secret in line for line in lines)


def test_a_broker_s_own_words_count_on_both_lists_he_judges() -> None:
    first, second, offers = twins(factories.organisation())
    broker = factories.actor(factories.broker())
    say(first, offers[0], "off_direction", broker)
    share(first)
    assert parts(second, offers[1]) == {}
    say(second, offers[6], "has_partner", broker)
    assert parts(second, offers[1]) == {}, "a word that acts on nothing is no judgement of the list"
    say(second, offers[5], "off_direction", broker)
    assert any(shared for *_part, shared in crowd.pair(second, offers[1]).need_judged)


def test_links_are_found_by_the_worker_when_a_listing_comes_later() -> None:
    need, offers = crowd.matched()
    say(need, offers[0], "off_direction", crowd.of(need), need.owner)
    later = crowd.need(*crowd.TWIN, owner=need.owner)
    compute.compute_for(later.uid, now=LATER)
    assert parts(later, offers[1])["topic"] < 0
    unlike = world.listing("need", *world.NEEDS[1], owner=need.owner)
    compute.compute_for(unlike.uid, now=LATER)
    assert vectors.link(unlike) == set()


def at_once(need: Listing, offers: list[Listing]) -> list[object]:
    """Two brokers reject one each at the same moment."""
    brokers = [factories.actor(factories.broker()) for _ in range(2)]
    acts: list[Callable[[], object]] = [
        lambda o=o, by=by: say(need, o, "off_direction", by)  # type: ignore[misc]  # bound now
        for o, by in zip(offers, brokers, strict=True)
    ]
    return race(*acts)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_neither_is_lost() -> None:
    need, offers = crowd.matched()
    assert not [o for o in at_once(need, [offers[0], offers[2]]) if isinstance(o, BaseException)]
    assert len(crowd.pair(need, offers[1]).need_judged) == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_them_would_be_lost() -> None:
    """The control: both have read what was said before either commits. SQLite lets only one act write at all."""
    need, offers = crowd.matched()
    together, apart = threading.Barrier(2), connection.vendor == "postgresql"
    lessons = judgements.lessons_for

    def read(listing: Listing, side: str) -> list[judgements.Word]:
        found = lessons(listing, side)
        if apart:
            together.wait(20)
        return found

    with (
        patch.object(judgements, "lessons_for", read),
        patch.object(QuerySet, "select_for_update", lambda rows, **_given: rows),
    ):
        outcomes = at_once(need, [offers[0], offers[2]])
    assert not [o for o in outcomes if isinstance(o, BaseException)], outcomes
    assert len(crowd.pair(need, offers[1]).need_judged) == (1 if apart else 2)
