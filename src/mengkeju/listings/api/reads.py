"""Reading listings through the API."""

from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Query

from mengkeju.kernel import clock
from mengkeju.kernel.api import revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.routes import Routes
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.forms.schema import json_schema
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.api import shapes
from mengkeju.listings.api.schemas import (
    HistoryOut,
    KindFormOut,
    KindsOut,
    LinksOut,
    ListingOut,
    ListingQuery,
    ListingRow,
    QueueRow,
)
from mengkeju.listings.kinds import ListingKind, in_order, kinds
from mengkeju.listings.models import Listing

routes = Routes(Title("需求与成果", "Needs and achievements"))


def load(request: ApiRequest, uid: UUID) -> Listing:
    """The listing, or 404 for whoever may not read it."""
    found = queries.find(request.actor, uid)
    if found is None:
        raise Http404
    return found


def shown(request: ApiRequest, listing: Listing) -> dict[str, Any]:
    """The listing as an answer, with its ETag; what of closed tiers stands in it is noted."""
    revision.note(request, listing.revision)
    seen = queries.present(listing, request.actor)
    actions.note_reads([seen], channel="api", by=request.actor, now=clock.now())
    return shapes.whole(listing, seen, request.actor)


def rows(request: ApiRequest, found: list[Listing]) -> list[dict[str, Any]]:
    """Rows of a list; what of closed tiers stands in them is noted."""
    seen = queries.present_many(found, request.actor)
    actions.note_reads(seen, channel="api", by=request.actor, now=clock.now(), keys=shapes.IN_ROWS)
    return shapes.rows(found, seen)


def _kind(kind: ListingKind) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in ("key", "label", "label_en", "side", "seeks")}


@routes.operation(
    "GET",
    "/listing-kinds",
    title=Title("列出供需信息的类型", "List the kinds of listing"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=KindsOut,
)
def list_listing_kinds(request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001 - every operation gets its request
    """In the order in which pages list them."""
    return {"items": [_kind(kind) for kind in in_order()]}


@routes.operation(
    "GET",
    "/listing-kinds/{slug:key}",
    title=Title("读取一个类型的表单", "Read the form of a kind"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=KindFormOut,
)
def get_listing_kind(request: ApiRequest, key: str) -> dict[str, Any]:
    """Sections with who reads them, and the JSON Schema of the fields."""
    kind = kinds.get(key)
    if kind is None:
        raise Http404
    return {
        **_kind(kind),
        "sections": [
            {
                "key": section.key,
                "label": word(section),
                "tier": section.tier,
                "fixed_tier": section.fixed_tier,
                "fields": [spec.key for spec in section.fields],
            }
            for section in kind.sections
        ],
        "fields_schema": json_schema(kind.sections, queries.sources(request.actor)),
    }


@routes.operation(
    "GET",
    "/listings",
    title=Title("列出供需信息", "List listings"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=Page[ListingRow],
)
def list_listings(request: ApiRequest, asked: Query[ListingQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """In order of creation. Drafts and others in work only for those who may read them."""
    wanted = queries.ListingFilter(**{**asked.dict(), "q": asked.q.strip(), "state": asked.state or ""})
    found = queries.find_listings(request.actor, wanted)
    return paginate(request, found, page, show=lambda those: rows(request, those))


@routes.operation(
    "GET",
    "/listings/{uuid:uid}",
    title=Title("读取一条供需信息", "Read a listing"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=ListingOut,
)
def get_listing(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """What this reader may see; a closed section is named with its tier, never with its content."""
    return shown(request, load(request, uid))


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/history",
    title=Title("读取一条供需信息的经过", "Read the history of a listing"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=HistoryOut,
)
def get_listing_history(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """What happened; for those inside with names, notes and what each edit changed."""
    listing = load(request, uid)
    inside = queries.is_inside(request.actor, listing)
    found = queries.edits(request.actor, listing)
    if found:
        seen = queries.present(listing, request.actor)
        actions.note_reads([seen], channel="api", by=request.actor, now=clock.now())
    edits = [
        {"at": e.at, "changes": [{"label": label, "before": a, "after": b} for label, a, b in e.changes]} for e in found
    ]
    return {"items": timeline(listing, inside=inside), "edits": edits}


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/links",
    title=Title("读取有关联的供需信息", "Read the linked listings"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=LinksOut,
)
def get_listing_links(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Those the reader may read, in the order of the links."""
    found = queries.linked_with(load(request, uid), request.actor)
    actions.note_reads([link.listing for link in found], channel="api", by=request.actor, now=clock.now(), keys=())
    same = ("uid", "title", "owner_name", "area", "state")
    items = [
        {
            **{name: getattr(link.listing, name) for name in same},
            "relation": link.word,
            "reported": link.reported,
            "kind": link.listing.kind.key,
            "area_label": link.listing.area_name,
        }
        for link in found
    ]
    return {"items": items}


@routes.operation(
    "GET",
    "/reviews",
    title=Title("列出待审核的供需信息", "List what waits for review"),
    permission=Perm.QUEUE_READ,
    scope=Scope.LISTINGS_REVIEW,
    ask_first=True,
    response=Page[QueueRow],
)
def list_reviews(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Of the officer's areas, the oldest first."""

    def show(found: list[Listing]) -> list[dict[str, Any]]:
        due = queries.review_due(found)
        pairs = zip(found, rows(request, found), strict=True)
        return [{**row, "submitted_at": one.state_at, "due_on": due.get(one.uid)} for one, row in pairs]

    return paginate(request, queries.review_queue(request.actor), page, order=("state_at", "uid"), show=show)
