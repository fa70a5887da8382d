"""What is missing, for each reader: only what he may read can be called missing, and nothing closed is told."""

from decimal import Decimal
from typing import Any

import pytest

from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching import queries
from mengkeju.matching.actions import compute
from mengkeju.matching.engine import structured
from mengkeju.matching.engine.documents import Profile
from mengkeju.matching.engine.gaps import GAPS
from tests import factories
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
SECRET = "中试参数密语"
BUDGET_GAP = "需求没写投入预算"


def owner(listing: Listing) -> Actor:
    assert listing.owner is not None
    return factories.actor(factories.manager(listing.owner))


def shelf_with(tier: str, **values: Any) -> tuple[Listing, Listing]:
    """A need whose budget section has a tier, and the achievement that answers it."""
    need = world.listing("need", *world.NEEDS[0], tiers={"terms": tier, "targets": tier}, **values)
    right = world.listing("achievement", *world.ACHIEVEMENTS[0])
    compute.match_all(now=world.AT)
    return need, right


def lines(actor: Actor, listing: Listing) -> tuple[str, str]:
    card = queries.proposals_for(actor, listing)[0]
    return "；".join(card.missing), "；".join(card.closed)


def stated() -> dict[str, Any]:
    return {"price_high": Decimal(1_230_000), "ip_wish": SECRET, "present": SECRET}


@pytest.mark.parametrize("values", [{}, {"price_high": Decimal(1_230_000), "ip_wish": SECRET, "present": SECRET}])
def test_of_a_section_for_parties_the_other_side_learns_only_that_it_is_closed(values: dict[str, Any]) -> None:
    _need, right = shelf_with("parties", **values)
    missing, closed = lines(owner(right), right)
    assert "投入预算" not in missing
    assert "期望完成时间" not in missing
    assert "需求方把“投入与时间”设为仅合作双方可见" in closed
    assert SECRET not in missing + closed
    assert "123" not in missing + closed


def test_filled_or_empty_a_closed_section_reads_the_same() -> None:
    _need, right = shelf_with("parties")
    empty = lines(owner(right), right)
    other, again = shelf_with("parties", **stated())
    card = next(c for c in queries.proposals_for(owner(again), again) if c.target == other)
    assert ("；".join(card.missing), "；".join(card.closed)) == empty


def test_a_section_for_members_is_closed_to_others_and_open_to_members() -> None:
    need, right = shelf_with("members", **stated())
    missing, closed = lines(owner(right), right)  # a verified organisation
    assert "投入预算" not in missing
    assert "需求的投入预算：已填，没有对所有人公开，匹配时没有用到" in closed
    assert "需求没写期望完成时间" in missing, "what he may read and is empty is missing"
    assert right.owner is not None
    right.owner.state = "submitted"
    right.owner.save(update_fields=["state"])
    missing, closed = lines(owner(right), right)
    assert "投入预算" not in missing
    assert "需求方把“投入与时间”设为仅已核验单位可见" in closed
    assert need.owner != right.owner


def test_the_owner_is_told_what_was_not_used() -> None:
    need, _right = shelf_with("parties", **stated())
    missing, closed = lines(owner(need), need)
    assert "投入预算" not in missing
    assert "需求的投入预算：已填，没有对所有人公开，匹配时没有用到" in closed


def test_a_broker_reads_as_a_member_and_an_auditor_everything() -> None:
    need, _right = shelf_with("parties", **stated())
    missing, closed = lines(factories.actor(factories.broker()), need)
    assert "投入预算" not in missing
    assert "设为仅合作双方可见" in closed
    _missing, closed = lines(factories.actor(factories.auditor()), need)
    assert "设为仅" not in closed


def test_a_public_section_left_empty_is_missing_for_everybody() -> None:
    need, right = shelf_with("public")
    for actor, listing in ((owner(need), need), (owner(right), right), (factories.actor(factories.broker()), need)):
        missing, closed = lines(actor, listing)
        assert "没写" in missing
        assert closed == ""
    card = queries.proposals_for(owner(right), right)[0]
    assert BUDGET_GAP in card.proposal.reasons["missing"]


def test_a_fact_stated_since_the_match_is_no_longer_missing() -> None:
    need, right = shelf_with("public")
    Listing.objects.filter(pk=need.pk).update(price_high=Decimal(1))
    card = queries.proposals_for(owner(right), right)[0]
    assert BUDGET_GAP in card.proposal.reasons["missing"]
    assert "投入预算" not in "".join((*card.missing, *card.closed))


def test_no_body_to_read_is_missing_and_a_closed_body_is_not() -> None:
    need = world.listing("need", *world.NEEDS[0])
    title, text = world.ACHIEVEMENTS[0]
    right = world.listing("achievement", title, text, advantage="能耗低", tiers={"better": "parties"})
    Listing.objects.filter(pk=right.pk).update(summary="")
    compute.match_all(now=world.AT)
    assert "成果没有正文介绍" not in lines(owner(need), need)[0]
    assert "供方把“好在哪里”设为仅合作双方可见" in lines(owner(need), need)[1]
    assert "成果的正文介绍：已填" in lines(owner(right), right)[1]


def test_every_unstated_field_the_engine_names_is_known() -> None:
    found = structured.signals(Profile(), Profile(), world.AT.date())
    named = {text for signal in found for text in signal.missing if "没写" in text or "正文" in text}
    assert named <= set(GAPS)
    assert {key for gap in GAPS.values() for key in gap.fields} >= {"price_low", "price_high", "deadline", "modes"}


def test_a_need_of_which_only_its_progress_is_told_lacks_its_text() -> None:
    need = world.listing("need", world.NEEDS[0][0], "", present="报道时的进展：续攻关", publish=False)
    Listing.objects.filter(pk=need.pk).update(state="published", published_at=world.AT)
    world.listing("achievement", *world.ACHIEVEMENTS[0])
    compute.match_all(now=world.AT)
    (card,) = [*queries.proposals_for(owner(need), need), *queries.show_more(owner(need), need)]
    assert "需求没有正文" in card.missing
