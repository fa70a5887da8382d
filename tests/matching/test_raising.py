"""What would raise a proposal, told to each reader as far as his side, and his right to read, goes."""

from decimal import Decimal
from typing import Any

import pytest

from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching import queries
from mengkeju.matching.actions import compute
from mengkeju.matching.engine.raising import FACTS
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import raising, reasons
from tests import factories
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
PRICED: dict[str, Any] = {"price_low": Decimal(300_000), "price_high": Decimal(400_000)}


def owner(listing: Listing) -> Actor:
    assert listing.owner is not None
    return factories.actor(factories.manager(listing.owner))


def pair(tier: str = "public", **values: Any) -> tuple[Listing, Listing]:
    """A need that states its budget section under a tier, and an offer with a price."""
    need = world.listing("need", *world.NEEDS[0], tiers={"terms": tier}, **values)
    right = world.listing("achievement", *world.ACHIEVEMENTS[0], **PRICED)
    compute.match_all(now=world.AT)
    return need, right


def told(actor: Actor, listing: Listing) -> dict[str, raising.Way]:
    return {way.text: way for way in queries.proposals_for(actor, listing)[0].ways}


BUDGET = "补上投入预算（预算不低于报价时）"


def test_ones_own_fact_is_advice_and_the_others_is_theirs() -> None:
    need, right = pair()
    mine = told(owner(need), need)
    assert mine[BUDGET].mine
    assert mine[BUDGET].shown == "+0.25"
    assert not told(owner(right), right)[f"对方{BUDGET}"].mine
    assert f"需求方{BUDGET}" in told(factories.actor(factories.broker()), need)


def test_the_effect_says_what_becomes_of_the_band_or_of_the_chance() -> None:
    need, _right = pair()
    row = Proposal.objects.get(need=need)
    cuts = [0.0, 1.0, 2.0]

    def effect(score: float) -> str:
        stored = {**row.reasons, "text": {"title_chars": score}, "signals": [], "extra": [], "cuts": cuts}
        Proposal.objects.filter(pk=row.pk).update(reasons=stored)
        return told(owner(need), need)[BUDGET].effect

    assert effect(0.9) == "由“可供参考”到“较为匹配”"
    assert effect(1.2) == "档位不变，达到 4 级的可能性由 31.00% 到 36.59%"
    assert effect(-0.2) == "由“未达推荐水平”到“可供参考”"


def test_what_is_stated_but_closed_is_to_be_opened_and_of_others_closed_sections_nothing_is_told() -> None:
    need, right = pair("parties", price_high=Decimal(900_000))
    assert "对所有人公开投入预算（预算不低于报价时）" in told(owner(need), need)
    assert all("预算" not in text for text in told(owner(right), right))
    empty, other = pair("parties")
    assert all("投入预算" not in text for text in told(owner(other), other))
    assert BUDGET in told(owner(empty), empty)


def test_a_fact_stated_since_the_match_is_no_longer_advised() -> None:
    need, _right = pair()
    Listing.objects.filter(pk=need.pk).update(price_high=Decimal(1))
    need.refresh_from_db()
    assert [text for text in told(owner(need), need) if "投入预算" in text] == []


def test_nothing_is_asked_of_who_is_not_on_the_platform() -> None:
    need, right = pair()
    Listing.objects.filter(pk=right.pk).update(owner=None)
    assert all(way.mine for way in queries.proposals_for(owner(need), need)[0].ways)


def test_at_most_three_of_each_side_the_own_first() -> None:
    need, _right = pair()
    row = Proposal.objects.get(need=need)
    many = [["budget", "budget", "need", 0.2 - n / 100, ""] for n in range(5)]
    many += [["verification", "verification", "achievement", 0.3, ""] for _n in range(5)]
    Proposal.objects.filter(pk=row.pk).update(reasons={**row.reasons, "raises": many})
    ways = queries.proposals_for(owner(need), need)[0].ways
    assert [way.mine for way in ways] == [True] * 3 + [False] * 3


def test_every_fact_of_the_engine_has_its_words() -> None:
    assert set(raising.FIELDS) | set(raising.ACTS) >= set(FACTS)
    assert raising.ways(reasons.filled({}), {}, "need") == ()
