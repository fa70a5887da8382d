"""An API of its own for the mechanism: one operation for each thing that can happen. Mounted at /api/sample."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import path
from ninja import File, Query, Schema, UploadedFile
from pydantic import Field

from mengkeju.config.urls import urlpatterns as site
from mengkeju.directory import actions, queries
from mengkeju.directory.actions import OrganisationInput
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, files
from mengkeju.kernel.actions import lock
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import MULTIPART, ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.reference import about
from mengkeju.kernel.api.routes import Api, Input, Routes
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.web.request import PUBLIC
from mengkeju.kernel.workflow import TransitionRefusedError

PREFIX = "/api/sample"
routes = Routes(Title("样例", "Sample"))


class Price(Input):
    low: Decimal = Field(ge=0)
    high: Decimal | None = None


class New(Input):
    name: str = Field(min_length=1, max_length=20)
    prices: list[Price] = []


class Change(Input):
    industry: str = Field(max_length=60)


class Out(Schema):
    uid: UUID
    name: str
    industry: str
    revision: int


class Empty(Schema):
    pass


def option(**more: Any) -> dict[str, Any]:
    return {"title": Title("样例", "Sample"), "permission": PUBLIC, "scope": None, "response": Empty} | more


def of_directory(**more: Any) -> dict[str, Any]:
    return option(permission="directory.organisation:create", scope=Scope.LISTINGS_WRITE, response=Out) | more


@routes.operation("POST", "/things", **of_directory(creates=True, ask_first=True, response={201: Out}))
def create_thing(request: ApiRequest, given: New) -> Organisation:
    """Makes an organisation."""
    wanted = OrganisationInput(name=given.name, kind="enterprise", area="150203")
    return once.created(
        request, lambda: actions.register_organisation(wanted, by=request.actor, now=clock.now(), fictional=True)
    )


@routes.operation("GET", "/things", **option(response=Page[Out], permission="directory.organisation:read", public=True))
def list_things(request: ApiRequest, page: Query[PageQuery], falling: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a query parameter
    """Pages by name."""
    order = ("-name", "-uid") if falling else ("name", "uid")
    return paginate(request, queries.organisations(request.actor), page, order=order, show=list)


@routes.operation("GET", "/things/{uuid:uid}", **of_directory(public=True))
def get_thing(request: ApiRequest, uid: UUID) -> Organisation:
    """Reads one."""
    found = queries.find_organisation(request.actor, uid)
    if found is None:
        raise Http404
    revision.note(request, found.revision)
    return found


@routes.operation("PATCH", "/things/{uuid:uid}", **of_directory(revises=True))
def change_thing(request: ApiRequest, uid: UUID, given: Change) -> Organisation:
    """Changes one, by whomever: the revision is what is shown here."""
    found = get_thing(request, uid)
    fresh = lock(found, revision.expected(request))
    fresh.industry, fresh.revision = given.industry, fresh.revision + 1
    fresh.save()
    revision.note(request, fresh.revision)
    return fresh


@routes.operation("POST", "/files", **option(consumes=(MULTIPART,)))
def upload(request: ApiRequest, file: File[UploadedFile]) -> dict[str, str]:
    """Checks a file."""
    files.check(file)
    return {}


def refuse(what: str) -> None:
    """Raise one of the refusals by name."""
    made: dict[str, BaseException] = {
        "validation": ValidationError({"name": ["太长", "太怪"], "__all__": ["合起来不对"]}),
        "transition": TransitionRefusedError("已经办过", "wrong_state"),
        "denied": PermissionDenied("secret detail"),
        "bug": RuntimeError("secret detail"),
        "missing": Http404("secret detail"),
    }
    raise made[what]


@routes.operation("GET", "/refuse/{what}", **option())
def refusing(request: ApiRequest, what: str) -> dict[str, str]:
    """Refuses."""
    refuse(what)
    return {}


@routes.operation("GET", "/wrong-shape", **option(response=Out))
def wrong_shape(request: ApiRequest) -> dict[str, str]:
    """Breaks its own promise: our fault, not the caller's."""
    return {"name": "secret detail"}


@routes.operation("GET", "/operators", **option(permission="directory.reference:read", scope=None, ask_first=True))
def for_operators(request: ApiRequest) -> dict[str, str]:
    """Asks a permission first."""
    return {}


api = Api(title="样例", version="1", description="", namespace="api-sample")
api.add(routes)
api.add(about(api, PREFIX))
urlpatterns = [path("api/sample/", api.urls), *site]
