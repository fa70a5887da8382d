"""Requests to see closed content, and files on listings, of the crawl's world."""

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may
from mengkeju.listings import actions
from mengkeju.listings.models import AccessRequest, Listing, ListingFile
from tests.crawl.doors import or_record
from tests.crawl.stock import open_to

if TYPE_CHECKING:
    from tests.crawl.world import World

TARGETS = ("need public published", "achievement public published", "need members published")


def build(made: "World") -> None:
    """One request asked, one granted and ended, one by an undertaking; files of each tier; each full of secrets."""
    asked, ended, signed = (made.one("listing", label) for label in TARGETS)
    for tier in ("public", "members", "parties"):
        _file(made, ended, tier)
    _ask(made, asked, "asked")
    _end(made, _ask(made, ended, "ended"))
    owner = made.people.actor("owner")
    actions.set_disclosure_rule(signed, "undertaking", by=owner, now=clock.now())
    _ask(made, signed, "granted", accepts="2026-11")
    for row in (asked, ended, signed):
        row.refresh_from_db()


def _ask(made: "World", target: Listing, label: str, accepts: str = "") -> AccessRequest:
    box: list[AccessRequest] = []

    def reads(actor: Actor) -> bool:
        return may(actor, "listings.access_request:read", box[0])

    purpose = made.planted.word(f"what the request ({label}) is for", or_record(reads))
    by = made.people.actor("stranger")
    organisation = made.people.stranger
    one = actions.ask_to_see(target, purpose, organisation=organisation, by=by, now=clock.now(), accepts=accepts)
    box.append(one)
    made.put("access_request", label, one)
    return one


def _end(made: "World", one: AccessRequest) -> None:
    owner = made.people.actor("owner")
    actions.answer_access_request(one, consents=True, by=owner, now=clock.now())
    why = made.planted.word("why an access was ended", or_record(lambda a: may(a, "listings.access_request:read", one)))
    actions.move_access_request(one, "end", by=owner, now=clock.now(), note=why)


def _file(made: "World", target: Listing, tier: str) -> None:
    """Name, content and digest are open to who may read the tier."""
    box: list[Any] = [target]
    allowed = open_to(box, tier)
    name = made.planted.word(f"name of a file for {tier}", or_record(allowed))
    content = made.planted.word(f"content of a file for {tier}", allowed)
    caption = made.planted.word(f"caption of a file for {tier}", allowed)
    kept = actions.add_listing_file(
        target,
        SimpleUploadedFile(f"{name}.txt", content.encode()),
        kind="report",
        tier=tier,
        caption=caption,
        secrecy_reviewed=True,
        by=made.people.actor("owner"),
        now=clock.now(),
    )
    made.planted.known(kept.sha256, f"digest of a file for {tier}", or_record(allowed))
    made.put("listing_file", tier, ListingFile.objects.get(file=kept))
    made.put("file", f"on a listing for {tier}", kept)
