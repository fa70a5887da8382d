"""Listings for tests, made through the actions, and what pages must not let slip."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import SYSTEM, Actor, may, visible_to
from mengkeju.listings import actions
from mengkeju.listings.actions import ListingInput
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing
from tests import factories as f

LATER = f.AT + timedelta(hours=1)
SUMMARY = "水煤浆气化每年副产细渣 6 万吨，希望先脱水脱碳再利用"
ENOUGH: dict[str, Any] = {"present": "含碳 32%", "target": "烧失量不高于 8%", "tried": "筛分过"}
"""With a title and SUMMARY a need is complete enough to go to the officer at once."""
SCRIPT = '<script>alert("1")</script>'
_numbers = count(1)


def stated(*, tier: str = "public", tiers: dict[str, str] | None = None, **values: Any) -> ListingInput:
    """What a form would state: title, summary and area unless given."""
    base = {"title": f"演示条目{next(_numbers)}", "summary": SUMMARY, "area": f.KUNDULUN}
    return ListingInput(values=base | values, tiers=tiers or {}, tier=tier, secrecy_reviewed=True)


def manager_of(organisation: Organisation) -> Actor:
    """The Actor of its first manager."""
    return f.actor(f.manager(organisation))


def reviewer() -> Actor:
    """An officer over both cities."""
    return f.actor(f.officer(f.REGION))


def draft(owner: Organisation | None = None, kind: str = "need", **given: Any) -> Listing:
    """A draft of `owner`'s first manager, who is its contact; a need is complete enough unless told otherwise."""
    owner = owner or f.organisation()
    if kind == "need":
        given = ENOUGH | given
    return actions.create_listing(
        kind,
        stated(**given),
        owner=owner,
        by=manager_of(owner),
        now=f.AT,
        contact=f.person(f.manager(owner)),
        fictional=True,
    )


def submit(listing: Listing) -> Listing:
    """Hand it in, everything confirmed."""
    assert listing.owner is not None
    return actions.submit_listing(
        listing, by=manager_of(listing.owner), now=LATER, secrecy_level="公开", secrecy_reviewed=True
    )


def submitted(owner: Organisation | None = None, kind: str = "need", **given: Any) -> Listing:
    """A draft handed in."""
    return submit(draft(owner, kind, **given))


def published(
    owner: Organisation | None = None, kind: str = "need", *, by: Actor | None = None, **given: Any
) -> Listing:
    """Created, submitted, approved."""
    return actions.review_listing(submitted(owner, kind, **given), approve=True, by=by or reviewer(), now=LATER)


def closed(
    listing: Listing, outcome: str = "given_up", *, by: Actor | None = None, now: datetime = LATER, **given: Any
) -> Listing:
    """Closed with its outcome, by its owner's manager unless told."""
    assert listing.owner is not None
    said = actions.OutcomeInput(outcome, given.pop("evidence", "停产，不再需要"), **given)
    actions.close_need(listing, said, by=by or manager_of(listing.owner), now=now)
    return listing


def rows(owner: Organisation, how_many: int, state: str = "published") -> None:
    """Many rows at once, for counting queries: written to the table directly."""
    Listing.objects.bulk_create(
        [
            Listing(
                kind="need",
                title=f"批量{n}",
                summary=SUMMARY,
                owner=owner,
                area=owner.area,
                state=state,
                number=f"MK-X-{next(_numbers)}",
                state_at=LATER,
                published_at=LATER,
                created_at=f.AT,
                details={"schema": "need", "version": 1, "values": {"present": "32%"}, "tiers": {}},
            )
            for n in range(how_many)
        ]
    )


def let_in(listing: Listing, organisation: Organisation) -> None:
    """Open the parties' tier, as an accepted intention does."""
    actions.let_party_in(listing, organisation, origin_type="intention", origin_uid=uuid4(), by=SYSTEM, now=LATER)


def form_data(kind: str, owner: Organisation, **given: Any) -> dict[str, Any]:
    """A complete POST of the create form."""
    data: dict[str, Any] = {
        "owner": str(owner.uid),
        "title": "气化细渣脱碳",
        "summary": SUMMARY,
        "area": f.KUNDULUN,
        "tier": "public",
        "secrecy_reviewed": "on",
        "one_time_key": f"k{next(_numbers)}",
    }
    data |= ENOUGH if kind == "need" else {}
    data |= {f"tier_{s.key}": s.tier for s in kinds[kind].sections if not s.fixed_tier}
    return data | given


def text(response: Any) -> str:
    """The page, from what the test client answers."""
    return str(response.content.decode())


def queries_of(act: Callable[[], Any]) -> int:
    """How many queries it takes."""
    with CaptureQueriesContext(connection) as caught:
        act()
    return len(caught)


def disagreements(permissions: Iterable[str], actors: dict[str, Actor], objects: Iterable[Model]) -> list[str]:
    """Where the instance form of a rule and its query form differ."""
    found = []
    for obj in objects:
        for permission in permissions:
            for name, actor in actors.items():
                listed = visible_to(type(obj)._default_manager.filter(pk=obj.pk), actor, permission).exists()
                if may(actor, permission, obj) != listed:
                    found.append(f"{permission} of {name} on {obj}: page {not listed}, list {listed}")
    return found
