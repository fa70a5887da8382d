"""Joint releases for tests, made through the actions."""

from datetime import timedelta
from typing import Any

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Account
from mengkeju.listings import actions
from mengkeju.listings.actions import ReleaseInput
from mengkeju.listings.models import Listing, Release
from mengkeju.listings.queries.releases import content_digest
from tests import factories as f
from tests.listings import samples as s

NOW = s.LATER + timedelta(hours=1)
CITIES = (f.HOHHOT, f.BAOTOU)


class Desk:
    """The officers of both cities, a firm in each, and a release in preparation."""

    def __init__(self, title: str = "演示联合发布") -> None:
        self.hohhot, self.baotou = f.officer(f.HOHHOT), f.officer(f.BAOTOU)
        self.here, self.there = f.organisation(), f.organisation(area=f.XINCHENG)
        self.release = begin(self.by(f.BAOTOU), title)

    def by(self, city: str) -> Actor:
        return f.actor(self.account(city))

    def account(self, city: str) -> Account:
        return self.hohhot if city == f.HOHHOT else self.baotou

    def owner(self, city: str) -> Organisation:
        return self.there if city == f.HOHHOT else self.here

    def need(self, city: str = f.BAOTOU, owner: Organisation | None = None, **given: Any) -> Listing:
        area = f.XINCHENG if city == f.HOHHOT else f.KUNDULUN
        return s.published(owner or self.owner(city), by=self.by(city), **{"area": area, **given})

    def held(self, city: str = f.BAOTOU, **given: Any) -> Listing:
        area = f.XINCHENG if city == f.HOHHOT else f.KUNDULUN
        row = s.submitted(self.owner(city), **{"area": area, **given})
        return actions.review_listing(row, approve=True, hold=True, by=self.by(city), now=s.LATER)

    def add(self, *needs: Listing, city: str = f.BAOTOU) -> int:
        return actions.add_needs(self.release, [n.uid for n in needs], by=self.by(city), now=NOW)

    def confirm(self, *cities: str) -> None:
        for city in cities or CITIES:
            digest = content_digest(self.release)
            actions.confirm_part(self.release, city, digest=digest, by=self.by(city), now=NOW)
        self.release.refresh_from_db()

    def let_go(self) -> Release:
        return actions.release_now(self.release, by=self.by(f.HOHHOT), now=NOW)

    def ready(self) -> tuple[Listing, Listing]:
        """A need of each city, both confirmed."""
        here, there = self.need(), self.need(f.HOHHOT)
        self.add(here)
        self.add(there, city=f.HOHHOT)
        self.confirm()
        return here, there


def begin(by: Actor, title: str = "演示联合发布") -> Release:
    return actions.begin_release(ReleaseInput(title, "集中发布", CITIES), by=by, now=f.AT)


def edit(need: Listing, **given: Any) -> Listing:
    """Its owner changes what is stated, and leaves the rest as it was."""
    assert need.owner is not None
    values = {"title": need.title, "summary": need.summary, "area": need.area} | s.ENOUGH | given
    stated = actions.ListingInput(values, secrecy_reviewed=True)
    return actions.edit_listing(need, stated, by=s.manager_of(need.owner), now=NOW)


def withdraw(need: Listing) -> Listing:
    assert need.owner is not None
    return actions.move_listing(need, "withdraw", by=s.manager_of(need.owner), now=NOW, note="不再需要")
