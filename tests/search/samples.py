"""Listings for the tests of search, made through the actions."""

from datetime import datetime, timedelta
from typing import Any

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings import actions
from mengkeju.listings.actions.edit import ListingInput
from mengkeju.listings.models import Listing
from tests import factories


def listing(
    owner: Organisation,
    title: str,
    summary: str = "演示摘要",
    *,
    kind: str = "need",
    tier: str = "public",
    tiers: dict[str, str] | None = None,
    publish: bool = True,
    officer: Actor | None = None,
    at: datetime = factories.AT,
    **values: Any,
) -> Listing:
    """A listing of an organisation; published by an officer unless told otherwise."""
    by = factories.actor(factories.manager(owner))
    given = ListingInput(
        values={"title": title, "summary": summary, "area": owner.area, **values}, tiers=tiers or {}, tier=tier
    )
    made = actions.create_listing(kind, given, owner=owner, by=by, now=at, fictional=True)
    if publish:
        reviewer = officer or factories.actor(factories.officer(factories.REGION))
        actions.publish_import(made, by=reviewer, now=at + timedelta(minutes=1))
    return made
