"""What the record says of the disclosures of a listing, as the statement of an evidence sheet."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from mengkeju.directory.engine.roles import ROLES
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.evidence.build import Sheet
from mengkeju.kernel.models import Event
from mengkeju.kernel.signing import in_zone
from mengkeju.kernel.words import word
from mengkeju.listings.models import AccessRequest, DisclosedVersion, Listing
from mengkeju.listings.queries.disclosure import versions_of
from mengkeju.listings.queries.reading import readable_tiers

# Part of the statement → type of event → what of its payload stands in a row.
ON_LISTING: dict[str, tuple[str, tuple[str, ...]]] = {
    "versions": ("listing.version_noted", ("number", "revision", "digests")),
    "let_in": ("listing.party_let_in", ("organisation", "origin", "origin_type")),
    "ended": ("listing.party_ended", ("organisation", "origin")),
    "openings": ("listing.opened", ("organisation", "role", "tier", "channel", "number")),
    "downloads": (
        "listing.file_downloaded",
        ("organisation", "role", "file", "name", "sha256", "sm3", "tier", "form", "copy", "number"),
    ),
}
ON_REQUESTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "asked": ("access_request.created", ("organisation", "mode", "purpose")),
    "undertakings": ("access_request.undertaking", ("organisation", "version", "sha256", "sm3")),
    "decisions": ("", ("note",)),
}
DECIDED = tuple(f"access_request.{step}" for step in ("grant", "sign", "refuse", "withdraw", "end", "lapse"))
OF_VERSION = ("listing.version_noted", "listing.opened", "listing.file_downloaded")


@dataclass(frozen=True)
class Told:
    """One event with its payload, and whose request it is about."""

    event: Event
    body: dict[str, Any]
    organisation: UUID | None = None


def evidence_of(listing: Listing, actor: Actor, *, number: int | None = None, content: bool = False) -> Sheet:
    """The sheet for a reader who may have it; of one version, if asked.

    `content`: with what was stated, as far as the reader may read its tier now.
    """
    told = [one for one in _events(listing) if number is None or _of_version(one, number)]
    names = _names(told)
    statement = {part: _rows(told, (kind,), keys, names) for part, (kind, keys) in (ON_LISTING | ON_REQUESTS).items()}
    statement["decisions"] = _rows(told, DECIDED, ("note",), names)
    if content:
        _put_content(listing, actor, statement["versions"])
    return Sheet(_subject(listing), statement, [one.event for one in told])


def _events(listing: Listing) -> list[Told]:
    requests = dict(AccessRequest.objects.filter(listing=listing).values_list("uid", "organisation__uid"))
    kinds = [kind for kind, _keys in ON_LISTING.values()]
    on_listing = Q(subject_type="listing", subject_uid=listing.uid, type__in=kinds)
    on_requests = Q(subject_type="access_request", subject_uid__in=list(requests))
    rows = Event.objects.filter(on_listing | on_requests).select_related("payload").order_by("xact", "id")
    return [Told(row, _body(row), requests.get(row.subject_uid)) for row in rows]


def _body(event: Event) -> dict[str, Any]:
    payload = getattr(event, "payload", None)
    return dict(payload.body) if payload is not None else {}


def _of_version(one: Told, number: int) -> bool:
    return one.event.type not in OF_VERSION or one.body.get("number") == number


def _names(told: Iterable[Told]) -> dict[str, str]:
    """Organisations by uid as text."""
    uids = {one.organisation for one in told if one.organisation is not None}
    uids |= {UUID(one.body["organisation"]) for one in told if one.body.get("organisation")}
    return {str(uid): name for uid, name in provider().organisation_names(uids).items()}


def _rows(
    told: Iterable[Told], kinds: tuple[str, ...], keys: tuple[str, ...], names: dict[str, str]
) -> list[dict[str, Any]]:
    rows = []
    for one in told:
        if one.event.type in kinds:
            row: dict[str, Any] = {"event": str(one.event.uid), "at": in_zone(one.event.at)}
            row |= {key: one.body[key] for key in keys if key in one.body}
            who = one.body.get("organisation") or (str(one.organisation) if one.organisation else "")
            role = one.body.get("role", "")
            row["who_name"] = names.get(who, "") or (word(ROLES[role]) if role in ROLES else "")
            if len(kinds) > 1:
                row["step_name"] = one.event.type.partition(".")[2]
            rows.append(row)
    return rows


def _put_content(listing: Listing, actor: Actor, rows: list[dict[str, Any]]) -> None:
    tiers = readable_tiers(listing, actor)
    kept: dict[str, DisclosedVersion] = {str(version.event): version for version in versions_of(listing)}
    for row in rows:
        version = kept.get(row["event"])
        if version is not None:
            parts = version.content["tiers"]
            row["content"] = {tier: part for tier, part in parts.items() if tier in tiers}


def _subject(listing: Listing) -> dict[str, Any]:
    owner = listing.owner
    return {
        "type": "listing",
        "uid": str(listing.uid),
        "number": listing.number,
        "title": listing.title,
        "owner": str(owner.uid) if owner is not None else None,
        "owner_name": owner.name if owner is not None else "",
        "url": f"{settings.SITE_URL}{listing.get_absolute_url()}",
    }
