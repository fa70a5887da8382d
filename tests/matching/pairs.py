"""Proposals made by hand, so that a test says who could answer whom and how well."""

from typing import Any

from mengkeju.directory.models import Organisation
from mengkeju.listings.models import Listing
from mengkeju.matching.models import Proposal
from tests import factories as f
from tests.matching import world

STRONG, GOOD, MAYBE = ("strong", 3.6), ("good", 3.1), ("maybe", 2.4)


def propose(need: Listing, offer: Listing, strength: tuple[str, float] = GOOD, **values: Any) -> Proposal:
    """A live proposal of a pair in a band, first on the need's list unless told otherwise."""
    band, expected = strength
    return Proposal.objects.create(
        need=need,
        achievement=offer,
        area=need.area,
        created_at=world.AT,
        computed_at=world.AT,
        model_version="by hand",
        **{
            "need_rank": 1,
            "achievement_rank": 1,
            "expected": expected,
            "p2": 0.9,
            "p3": 0.6,
            "p4": 0.3,
            "band": band,
            "reasons": {"schema": "matching.reasons", "version": 2, "terms": ["细渣", "脱碳"]},
            **values,
        },
    )


def need(area: str, title: str = "演示需求", *, owner: Organisation | None = None, **values: Any) -> Listing:
    """A published need of a firm of an area."""
    owner = owner or f.organisation(area=area)
    return world.listing("need", title, "希望先脱水脱碳再利用", owner=owner, area=area, **values)


def offer(
    area: str, title: str = "演示成果", *, kind: str = "achievement", owner: Organisation | None = None, **values: Any
) -> Listing:
    """A published offer of an institute of an area; a capability is a firm's."""
    owner = owner or f.organisation(kind="enterprise" if kind == "capability" else "institute", area=area)
    return world.listing(kind, title, "可以脱水脱碳", owner=owner, area=area, **values)
