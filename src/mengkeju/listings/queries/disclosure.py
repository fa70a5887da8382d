"""Who asked to see the parties' tier, who may, what was stated and what was downloaded."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from mengkeju.kernel import audit, money
from mengkeju.kernel.access import Actor, may, visible_q, visible_to
from mengkeju.kernel.forms.build import plain
from mengkeju.kernel.models import Duty
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.disclosure import BY_CONSENT, OPEN_STATES
from mengkeju.listings.models import (
    TIERS,
    AccessRequest,
    DisclosedVersion,
    DisclosureRule,
    FileRead,
    Listing,
    ListingFile,
    PartyAccess,
    ReadRecord,
)
from mengkeju.listings.queries.reading import readable_tiers, values_of


def rule_of(listing: Listing) -> str:
    """How its parties' tier opens: by consent unless its owner chose otherwise."""
    return DisclosureRule.objects.filter(listing=listing).values_list("mode", flat=True).first() or BY_CONSENT


def files_of(listing: Listing) -> QuerySet[ListingFile]:
    """Its files that are up, in the order they came. Not for readers: see `readable_files`."""
    return (
        ListingFile.objects.filter(listing=listing, archived_at=None)
        .select_related("file", "listing__owner")
        .order_by("pk")
    )


def readable_files(listing: Listing, actor: Actor) -> tuple[list[ListingFile], dict[str, int]]:
    """The files this reader of the listing may download, and of closed tiers how many there are otherwise."""
    tiers = readable_tiers(listing, actor)
    every = list(files_of(listing))
    closed = [one.tier for one in every if one.tier not in tiers]
    return [one for one in every if one.tier in tiers], {tier: closed.count(tier) for tier in TIERS if tier in closed}


def find_file(listing: Listing, actor: Actor, uid: UUID) -> ListingFile | None:
    """One file, if this reader of the listing may download it."""
    return next((one for one in readable_files(listing, actor)[0] if one.uid == uid), None)


def tier_of(one: ListingFile) -> str:
    """To whom a file is open: no further than its listing."""
    order = list(TIERS)
    return max(one.tier, one.listing.tier, key=order.index)


def is_stamped_for(one: ListingFile, actor: Actor) -> bool:
    """Whether the reader gets a stamped copy: of what is not public, unless it is his own organisation's."""
    owner = one.listing.owner
    return tier_of(one) != "public" and (owner is None or owner.uid not in actor.organisations)


def stated_by_tier(listing: Listing, files: Iterable[ListingFile] | None = None) -> dict[str, dict[str, Any]]:
    """What it states now as plain JSON values by tier; tiers in which nothing is stated are left out.

    `files`: its files, where who asks knows them already.
    """
    values, tiers = values_of(listing), listing.field_tiers
    found: dict[str, dict[str, Any]] = {}
    for key, tier in tiers.items():
        value = values.get(key)
        value = plain(money.cents(value) if isinstance(value, Decimal) else value)
        if value not in (None, "", []):
            part = found.setdefault(tier, {"fields": {}, "files": []})
            part["fields"][key] = value
    for one in files_of(listing) if files is None else files:
        kept = {"name": one.file.name, "size": one.file.size, "sha256": one.file.sha256, "sm3": one.file.sm3}
        found.setdefault(one.tier, {"fields": {}, "files": []})["files"].append(kept)
    loaded: dict[str, dict[str, Any]] = json.loads(audit.canonical(found))  # as a JSON column gives it back
    return loaded


def last_version(listing: Listing) -> DisclosedVersion | None:
    """The newest noted version."""
    return versions_of(listing).first()


def versions_of(listing: Listing) -> QuerySet[DisclosedVersion]:
    """All of them, the newest first."""
    return DisclosedVersion.objects.filter(listing=listing).order_by("-number")


def access_requests(actor: Actor) -> QuerySet[AccessRequest]:
    """Those the actor's organisations sent or received; for the auditor all. The newest first."""
    rows = visible_to(AccessRequest.objects.all(), actor, Perm.ACCESS_READ)
    return rows.select_related("listing__owner", "organisation").order_by("-created_at", "-pk")


def requests_of(listing: Listing) -> QuerySet[AccessRequest]:
    """Those on one listing, the newest first. For its owner and the auditor."""
    rows = AccessRequest.objects.filter(listing=listing, archived_at=None)
    return rows.select_related("listing__owner", "organisation").order_by("-created_at", "-pk")


def find_request(actor: Actor, uid: UUID) -> AccessRequest | None:
    """One request, if the actor may read it."""
    return access_requests(actor).select_related("undertaking_by").filter(uid=uid).first()


def running_request(actor: Actor, listing: Listing) -> AccessRequest | None:
    """The request of one of the actor's organisations on a listing that is not over."""
    rows = AccessRequest.objects.filter(listing=listing, organisation__uid__in=actor.organisations)
    return rows.filter(state__in=OPEN_STATES, archived_at=None).select_related("organisation").first()


def requests_due(requests: Iterable[AccessRequest]) -> dict[UUID, date]:
    """By when each has to be answered or signed; those without a date are left out."""
    waiting = Duty.objects.filter(
        subject_type="access_request", subject_uid__in=[one.uid for one in requests], closed_at=None
    )
    return {uid: due for uid, due in waiting.values_list("subject_uid", "due_on") if due is not None}


def accesses_of(listing: Listing) -> QuerySet[PartyAccess]:
    """Who was let into the parties' tier, by whatever agreement; the open ones first."""
    rows = PartyAccess.objects.filter(listing=listing).select_related("organisation")
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-given_at", "-pk")


def is_party(listing: Listing, organisations: Iterable[UUID]) -> bool:
    """Whether one of the organisations is let in now, by whatever agreement."""
    return PartyAccess.objects.filter(
        listing=listing, organisation__uid__in=list(organisations), ended_at=None
    ).exists()


def file_reads(actor: Actor) -> QuerySet[FileRead]:
    """Downloads of the listings whose readers the actor may know; the newest first."""
    own = Listing.objects.filter(visible_q(actor, Perm.READS)).order_by()
    rows = FileRead.objects.filter(file__listing__in=own).select_related("file__file", "file__listing", "organisation")
    return rows.order_by("-at", "-pk")


@dataclass(frozen=True)
class Seen:
    """What one organisation has seen of the closed tiers of a listing."""

    reads: list[ReadRecord]
    downloads: list[FileRead]


def seen_by(listing: Listing, organisation_id: int) -> Seen:
    """For the owner deciding or ending: what is already known there, as far as it is kept."""
    reads = ReadRecord.objects.filter(listing=listing, organisation=organisation_id).order_by("-day", "-pk")
    downloads = FileRead.objects.filter(file__listing=listing, organisation=organisation_id)
    rows = downloads.select_related("file__file", "file__listing", "organisation").order_by("-at", "-pk")
    return Seen(list(reads[:100]), list(rows[:100]))


def may_ask(actor: Actor, listing: Listing) -> bool:
    """Whether asking makes sense: he may, there is an owner to ask, something is closed, and he is not let in yet."""
    return (
        may(actor, Perm.ACCESS_ASK, listing)
        and listing.owner is not None
        and not listing.from_source
        and has_closed(listing)
        and not is_party(listing, actor.organisations)
    )


def has_closed(listing: Listing) -> bool:
    """Whether its parties' tier holds anything."""
    return "parties" in stated_by_tier(listing)
