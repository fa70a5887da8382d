"""Creating, changing and moving listings through the API."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Status

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.listings import actions
from mengkeju.listings.access import Perm
from mengkeju.listings.api import shapes
from mengkeju.listings.api.reads import load, routes, shown
from mengkeju.listings.api.schemas import CloseIn, ListingIn, ListingOut, ListingPatch, MoveIn, ReviewIn, SubmitIn
from mengkeju.listings.kinds import kinds


@routes.operation(
    "POST",
    "/listings",
    title=Title("新建草稿", "Create a draft"),
    permission=Perm.CREATE,
    scope=Scope.LISTINGS_WRITE,
    ask_first=True,
    creates=True,
    response={201: ListingOut},
)
def create_listing(request: ApiRequest, given: ListingIn) -> Status[dict[str, Any]]:
    """For one of my organisations; I become its contact."""
    kind = kinds.get(given.kind)
    if kind is None:
        raise ProblemError("invalid", "", [Wrong("#/kind", _("没有这个类型"))])
    owner = shapes.owner_of(request.actor, given)
    content = shapes.stated(kind, request.actor, given)
    with shapes.told_at_fields(kind):
        made = once.created(
            request,
            lambda: actions.create_listing(
                kind.key,
                content,
                owner=owner,
                by=request.actor,
                now=clock.now(),
                contact=directory.person_of(request.actor),
            ),
        )
    return Status(201, shown(request, made))


@routes.operation(
    "PATCH",
    "/listings/{uuid:uid}",
    title=Title("修改内容", "Change what is stated"),
    permission=Perm.EDIT,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=ListingOut,
)
def edit_listing(request: ApiRequest, uid: UUID, given: ListingPatch) -> dict[str, Any]:
    """A published listing stays published; the change stands in its history."""
    listing, read = load(request, uid), revision.expected(request)
    require(request.actor, Perm.EDIT, listing)
    content = shapes.restated(listing, request.actor, given)
    with shapes.told_at_fields(listing.kind_spec):
        changed = actions.edit_listing(listing, content, by=request.actor, now=clock.now(), revision=read)
    return shown(request, changed)


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/submit",
    title=Title("提交审核", "Submit for review"),
    permission=Perm.SUBMIT,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=ListingOut,
)
def submit_listing(request: ApiRequest, uid: UUID, given: SubmitIn) -> dict[str, Any]:
    """Confirm the secrecy review (已作保密审查) and hand it to the officer."""
    listing = load(request, uid)
    actions.submit_listing(
        listing,
        by=request.actor,
        now=clock.now(),
        secrecy_level=given.secrecy_level,
        secrecy_reviewed=given.secrecy_reviewed,
        revision=revision.expected(request),
    )
    return shown(request, listing)


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/review",
    title=Title("审核：发布或退回", "Review: publish or return"),
    permission=Perm.REVIEW,
    scope=Scope.LISTINGS_REVIEW,
    revises=True,
    response=ListingOut,
)
def review_listing(request: ApiRequest, uid: UUID, given: ReviewIn) -> dict[str, Any]:
    """By an officer of its area who does not belong to its owner."""
    listing = load(request, uid)
    actions.review_listing(
        listing,
        approve=given.decision != "return",
        hold=given.decision == "hold",
        by=request.actor,
        now=clock.now(),
        note=given.note,
        revision=revision.expected(request),
    )
    return shown(request, listing)


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/move",
    title=Title("办结、撤回或重新编辑", "Close, withdraw or edit again"),
    permission=Perm.CLOSE,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=ListingOut,
)
def move_listing(request: ApiRequest, uid: UUID, given: MoveIn) -> dict[str, Any]:
    """By its owner; by an officer of its area whose token has listings:review too."""
    listing = load(request, uid)
    actions.move_listing(
        listing, given.step, by=request.actor, now=clock.now(), note=given.note, revision=revision.expected(request)
    )
    return shown(request, listing)


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/close",
    title=Title("办结需求，说明结果", "Close a need with its outcome"),
    permission=Perm.CLOSE,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=ListingOut,
)
def close_need(request: ApiRequest, uid: UUID, given: CloseIn) -> dict[str, Any]:
    """What an officer closes counts as solved through the platform only when the enterprise has confirmed it."""
    listing, read = load(request, uid), revision.expected(request)
    require(request.actor, Perm.CLOSE, listing)
    if not listing.kind_spec.asks_outcome:
        raise ProblemError("invalid", "", [Wrong("#/outcome", _("只有需求这样办结；其他信息用“办结、撤回”"))])
    said = shapes.outcome_of(listing, request.actor, given)
    actions.close_need(listing, said, by=request.actor, now=clock.now(), revision=read)
    return shown(request, listing)


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/confirm",
    title=Title("确认仍然有效", "Confirm that it still holds"),
    permission=Perm.CONFIRM,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=ListingOut,
)
def confirm_listing(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Its time starts anew; from off the shelf it comes back. A second time on one day changes nothing."""
    listing = load(request, uid)
    actions.confirm_listing(listing, by=request.actor, now=clock.now(), revision=revision.expected(request))
    return shown(request, listing)
