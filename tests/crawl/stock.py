"""Listings of the crawl's world: each kind × who may see it × state, every field of every section planted."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM, Actor, may
from mengkeju.kernel.forms import FieldType
from mengkeju.listings import actions
from mengkeju.listings.actions import ListingInput
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import TIERS, Listing
from tests import factories as f
from tests.crawl.people import Company
from tests.crawl.secrets_planted import Planted

READ = "listings.listing:read"
TIER_READ = {"members": "listings.listing:read_members", "parties": "listings.listing:read_parties"}
STATES = ("draft", "submitted", "published", "closed")
SINGLES = ("returned", "withdrawn", "held", "archived", "from a source", "of the institute", "opened to the institute")
TEXTS = {FieldType.TEXT, FieldType.LONG_TEXT}


class Shelf:
    """Makes listings; each secret learns its listing when that is stored."""

    def __init__(self, people: Company, planted: Planted) -> None:
        """`people` own and review."""
        self.people, self.planted = people, planted

    def stated(self, kind: str, tier: str, label: str) -> tuple[ListingInput, list[Listing]]:
        """What its owner states, and the box its listing is put into."""
        box: list[Listing] = []
        tiers = self._tiers(kind, tier)
        values: dict[str, Any] = {"area": f.KUNDULUN}
        for section in kinds[kind].sections:
            closed = section.tier if section.fixed_tier else tiers[section.key]
            for spec in section.fields:
                what = f"{spec.key} ({closed}) of {label}"
                allowed = title_open_to(box) if spec.key == "title" else open_to(box, closed)
                if spec.type in TEXTS:
                    values[spec.key] = self.planted.word(what, allowed)
                elif spec.type is FieldType.TABLE:  # with a figure, so that the need is complete enough
                    figures = {"target": "8", "unit": "%"}
                    words = {c.key: self.planted.word(f"{c.key} in {what}", allowed) for c in spec.columns}
                    values[spec.key] = [words | figures]
                elif spec.type is FieldType.MONEY:
                    values[spec.key] = self.planted.amount(what, allowed)
                elif spec.type is FieldType.DATE:
                    values[spec.key] = self.planted.day(what, allowed)
        return ListingInput(values, tiers, tier, secrecy_reviewed=True), box

    def _tiers(self, kind: str, tier: str) -> dict[str, str]:
        """The owner's choice by section: as closed as the whole, and one section more closed than that."""
        free = [section for section in kinds[kind].sections if not section.fixed_tier]
        order = list(TIERS)
        chosen = {s.key: order[min(order.index(tier) + n, 2)] for n, s in enumerate(free, 1)}
        return chosen | {s.key: "parties" for s in free if s.tier == "parties"}

    def draft(self, kind: str, tier: str, label: str, owner: Organisation | None = None) -> Listing:
        """A draft of the firm, of the institute where firms do not publish such a listing, or of `owner`."""
        fits = not kinds[kind].owners or self.people.firm.kind in kinds[kind].owners
        of = owner or (self.people.firm if fits else self.people.institute)
        given, box = self.stated(kind, tier, label)
        manager = f.manager(of)
        made = actions.create_listing(
            kind, given, owner=of, by=f.actor(manager), now=clock.now(), contact=f.person(manager), fictional=True
        )
        box.append(made)
        return made

    def bring(self, listing: Listing, state: str) -> Listing:
        """Move a draft through its life."""
        owner, officer, now = listing.owner, self.people.actor("officer above"), clock.now()
        assert owner is not None
        by = f.actor(f.manager(owner))
        if state != "draft":
            actions.submit_listing(listing, by=by, now=now, secrecy_level="公开", secrecy_reviewed=True)
        if state == "returned":
            note = self.planted.word("why a listing was returned", inside(listing))
            actions.review_listing(listing, approve=False, by=officer, now=now, note=note)
        if state in {"published", "closed", "withdrawn"}:
            actions.review_listing(listing, approve=True, by=officer, now=now)
        for end, verb in (("closed", "close"), ("withdrawn", "withdraw")):
            if state == end:
                note = self.planted.word(f"why a listing was {end}: {listing.title}", inside(listing))
                if verb == "close" and listing.kind_spec.asks_outcome:
                    solver = self.planted.word(f"who solved a need: {listing.title}", inside(listing))
                    ended = actions.OutcomeInput("solved_elsewhere", note, solver_note=solver)
                    actions.close_need(listing, ended, by=by, now=now)
                else:
                    actions.move_listing(listing, verb, by=by, now=now, note=note)
        listing.refresh_from_db()
        return listing


def open_to(box: list[Listing], tier: str) -> Callable[[Actor], bool]:
    """Who may read a field of a tier: reads the listing, and the tier; the record has every version of it."""

    def allowed(actor: Actor) -> bool:
        listing = box[0]
        if may(actor, "kernel.record:read"):
            return True
        if listing.archived_at is not None:
            return False
        if tier == "public" and in_release(listing, actor):
            return True
        if not may(actor, READ, listing):
            return False
        higher = [TIER_READ[t] for t in TIERS if t in TIER_READ and list(TIERS).index(t) >= list(TIERS).index(tier)]
        return tier == "public" or any(may(actor, permission, listing) for permission in higher)

    return allowed


def in_release(listing: Listing, actor: Actor) -> bool:
    """Whether the listing stands in a joint release the actor helps to prepare: its public part is shown there."""
    return any(
        may(actor, "listings.release:check", item.release) for item in listing.release_items.select_related("release")
    )


def title_open_to(box: list[Listing]) -> Callable[[Actor], bool]:
    """Whoever reads the listing, and whoever reads an intention on it: there it is named."""

    def allowed(actor: Actor) -> bool:
        listing = box[0]  # once archived it is still named in the notices of those who could read it
        named = [*listing.intentions.all(), *listing.counter_intentions.all()]
        named_to = any(may(actor, "deals.intention:read", intention) for intention in named)
        return may(actor, READ, listing) or named_to or in_release(listing, actor)

    return allowed


def inside(listing: Listing) -> Callable[[Actor], bool]:
    """The owner's people, the officers over it and the auditor: they read why."""

    def allowed(actor: Actor) -> bool:
        if may(actor, "kernel.record:read"):
            return True
        own = listing.owner is not None and listing.owner.uid in actor.organisations
        over = {listing.area, listing.zone} & actor.areas_of("officer")
        return may(actor, READ, listing) and (own or bool(over))

    return allowed


def need_of_the_institute(people: Company, planted: Planted) -> Listing:
    """A public need of the other city."""
    shelf = Shelf(people, planted)
    given, box = shelf.stated("need", "public", "need of the institute")
    given.values["area"] = f.XINCHENG
    manager = f.manager(people.institute)
    made = actions.create_listing(
        "need", given, owner=people.institute, by=f.actor(manager), now=clock.now(), contact=f.person(manager),
        fictional=True,
    )  # fmt: skip
    box.append(made)
    return shelf.bring(made, "published")


def listings(people: Company, planted: Planted) -> Iterator[tuple[str, Listing]]:
    """Every kind × tier × state of the firm, then the singular ones."""
    shelf = Shelf(people, planted)
    for kind in kinds:
        for tier in TIERS:
            for state in STATES:
                label = f"{kind} {tier} {state}"
                yield label, shelf.bring(shelf.draft(kind, tier, label), state)
    for label in SINGLES:
        yield label, _single(shelf, label)


def _single(shelf: Shelf, label: str) -> Listing:
    people = shelf.people
    if label == "of the institute":
        return shelf.bring(shelf.draft("achievement", "members", label, people.institute), "published")
    if label == "held":
        made = shelf.bring(shelf.draft("need", "public", label), "submitted")
        return actions.review_listing(made, approve=True, hold=True, by=people.actor("officer above"), now=clock.now())
    if label in {"returned", "withdrawn"}:
        return shelf.bring(shelf.draft("need", "members", label), label)
    made = shelf.bring(shelf.draft("need", "parties" if "opened" in label else "public", label), "published")
    if label == "archived":
        Listing.objects.filter(pk=made.pk).update(archived_at=clock.now(), archived_by=people.accounts["owner"])
    if label == "from a source":
        Listing.objects.filter(pk=made.pk).update(owner=None, contact=None, origin="source", source="演示来源")
    if label == "opened to the institute":
        actions.let_party_in(
            made, people.institute, origin_type="intention", origin_uid=uuid4(), by=SYSTEM, now=clock.now()
        )
    # The rules above look at this very object: it must know what was changed behind it.
    made.refresh_from_db()
    return made
