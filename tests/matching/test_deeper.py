"""A list that lost too many proposals to 暂不考虑 is searched deeper: bounded, and the same when it runs again."""

from dataclasses import replace

import pytest

from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.actions import compute, deeper, store
from mengkeju.matching.definitions import limits
from mengkeju.matching.models import Feedback, Proposal
from mengkeju.matching.tasks import share_judgement
from tests import factories
from tests.matching import crowd, world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
AT, LATER = world.AT, world.LATER
KEPT = 2
SHORT = replace(limits(), proposals_per_listing=KEPT, weak_per_listing=0, wanted_in_bands=KEPT)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of two in bands and none below; two open ones are wanted."""
    for module in (store, deeper, compute):
        monkeypatch.setattr(module, "limits", lambda: SHORT)


def listed(need: Listing) -> list[int]:
    """The achievements on the need's list, in order."""
    rows = Proposal.objects.filter(need=need, need_rank__isnull=False, retired_at=None)
    return list(rows.order_by("need_rank").values_list("achievement", flat=True))


def ranked(need: Listing) -> list[int]:
    """All achievements in a band for the need, the best first, as the engine has them."""
    return [
        Listing.objects.get(uid=answer.ranked.id).pk
        for answer in compute.rank_listing(need.uid, now=AT, top=50)
        if answer.ranked.band
    ]


def reject(need: Listing, key: int, by: Actor, reason: str = "has_partner") -> Feedback:
    """A broker sets the pair aside; other partners say nothing of what is alike."""
    return actions.dismiss(crowd.pair(need, Listing.objects.get(pk=key)), None, reason, side="need", by=by, now=LATER)


def filled() -> tuple[Listing, list[int], Actor]:
    """A need with a short list, all that is in a band for it, and a broker."""
    need, _offers = crowd.matched()
    everything = ranked(need)
    assert len(everything) >= KEPT + 2, "the world offers more than the list keeps"
    assert listed(need) == everything[:KEPT]
    return need, everything, factories.actor(factories.broker())


def test_what_was_rejected_is_made_up_for_by_the_next_best(narrow: None) -> None:
    need, everything, broker = filled()
    reject(need, everything[0], broker)
    assert listed(need) == everything[:KEPT], "within the request nothing is computed"
    assert "补充了 1 项" in share_judgement.call(str(need.uid))
    assert listed(need) == everything[: KEPT + 1]
    before = list(Proposal.objects.order_by("pk").values())
    assert "补充了 0 项" in share_judgement.call(str(need.uid))
    assert list(Proposal.objects.order_by("pk").values()) == before
    reject(need, everything[1], broker)
    share_judgement.call(str(need.uid))
    assert listed(need) == everything[: KEPT + 2]


def test_matching_anew_keeps_the_longer_list(narrow: None) -> None:
    need, everything, broker = filled()
    for key in everything[:2]:
        reject(need, key, broker)
    deeper.deepen(need, now=LATER)
    wanted = everything[: KEPT + 2]
    offers = Listing.objects.filter(pk__in=[everything[2], everything[-1]]).values_list("uid", flat=True)
    for uid in (need.uid, None, *offers):
        if uid is None:
            compute.match_all(now=AT)
        else:
            compute.compute_for(uid, now=AT)
        assert listed(need) == wanted


def test_taken_back_the_list_is_short_again_when_it_is_matched_next(narrow: None) -> None:
    need, everything, broker = filled()
    reject(need, everything[0], broker)
    deeper.deepen(need, now=LATER)
    actions.restore(crowd.pair(need, Listing.objects.get(pk=everything[0])), None, by=broker, now=LATER)
    compute.compute_for(need.uid, now=AT)
    assert listed(need) == everything[:KEPT]


def test_what_is_like_the_rejected_is_not_brought_up(narrow: None) -> None:
    need, everything, broker = filled()
    for key in everything[:2]:
        reject(need, key, broker, "off_direction")
    share_judgement.call(str(need.uid))
    rows = Proposal.objects.filter(need=need, need_rank__isnull=False, retired_at=None)
    added = rows.exclude(achievement__in=everything[:2])
    assert all(row.band if row.need_band is None else row.need_band for row in added)
    lost = [key for key in everything if key not in listed(need)]
    levels = dict(rows.values_list("achievement", "need_expected"))
    assert all(levels[row.achievement_id] is not None for row in added), "the judgements moved it as any other"
    assert len(added) <= KEPT
    assert lost or len(everything) <= len(added) + 2


def test_a_list_without_rejections_is_not_searched(narrow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    need, everything, broker = filled()
    monkeypatch.setattr(deeper, "fitted", lambda *_a, **_k: pytest.fail("searched"))
    actions.approve(crowd.pair(need, Listing.objects.get(pk=everything[0])), None, by=broker, now=LATER)
    assert deeper.deepen(need, now=LATER) == 0


def test_the_search_is_bounded_and_ends_where_nothing_more_fits(narrow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    need, everything, broker = filled()
    few = replace(SHORT, deeper=KEPT)
    monkeypatch.setattr(deeper, "limits", lambda: few)
    reject(need, everything[0], broker)
    assert deeper.deepen(need, now=LATER) == 0, "only the best two are looked through"
    monkeypatch.setattr(deeper, "limits", lambda: replace(few, deeper=50))
    for key in everything[1:]:
        deeper.deepen(need, now=LATER)
        reject(need, key, broker)
    assert deeper.deepen(need, now=LATER) == 0
    assert set(listed(need)) == set(everything)


def test_an_owners_rejection_from_the_other_side_leaves_the_needs_list(narrow: None) -> None:
    need, everything, _broker = filled()
    offer = Listing.objects.select_related("owner").get(pk=everything[0])
    by = crowd.of(offer)
    actions.dismiss(crowd.pair(need, offer), offer.owner, "has_partner", by=by, now=LATER)
    assert deeper.short_by(need) == 0
    assert deeper.deepen(need, now=LATER) == 0


def test_a_listing_off_the_shelf_is_left_alone(narrow: None) -> None:
    need, everything, broker = filled()
    reject(need, everything[0], broker)
    Listing.objects.filter(pk=need.pk).update(state="closed")
    assert deeper.deepen(Listing.objects.get(pk=need.pk), now=LATER) == 0
