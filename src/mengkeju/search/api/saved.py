"""Saved searches through the API: a person's own. Those of an organisation are ordered by a manager on the pages."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema, Status

from mengkeju.kernel import clock
from mengkeju.kernel.access import may
from mengkeju.kernel.actors import provider
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.search import actions, queries
from mengkeju.search.access import Perm
from mengkeju.search.api.searching import FacetsIn, routes
from mengkeju.search.engine.saved import kept
from mengkeju.search.models import SavedSearch
from mengkeju.search.queries import MAX_CHARACTERS
from mengkeju.search.queries.facets import FACETS, search_kinds

SAVED_UID = "0193a4c6-0000-7000-8000-000000000809"
SavedWay = Literal["at_once", "daily", "weekly"]
WAY = "一有新结果、每个工作日、每周第一个工作日。 / When one is told."
ASKED: dict[str, Any] = {"q": "气化细渣", "kind": "achievement", "facets": {"city": ["150200"]}}


class SavedAskedOut(Schema):
    """What is searched for, as `POST /search` takes it."""

    q: str
    kind: str
    facets: dict[str, list[str]]


class SavedSearchOut(Schema):
    """A search that is kept. `stopped`: an organisation ordered it, and I do not want to be told."""

    uid: UUID
    name: str
    asked: SavedAskedOut
    words: str = Field(description="这个搜索说成话。 / The search in words.")
    way: SavedWay = Field(description=WAY)
    state: Literal["running", "paused", "stopped"]
    organisation: UUID | None = Field(description="提醒这个单位全体人员；null 只提醒本人。 / Null: of myself alone.")
    organisation_name: str
    told_at: datetime | None = Field(description="最近一次提醒我。 / I was last told.")
    news: int = Field(description="还没看过的新结果。 / New results I have not looked at.")
    may_manage: bool
    revision: int
    created_at: datetime
    url: str

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "uid": SAVED_UID,
                    "name": "细渣",
                    "asked": ASKED,
                    "words": "“气化细渣”；科技成果；城市：包头市",
                    "way": "daily",
                    "state": "running",
                    "organisation": None,
                    "organisation_name": "",
                    "told_at": None,
                    "news": 0,
                    "may_manage": True,
                    "revision": 1,
                    "created_at": "2026-11-21T10:30:00+08:00",
                    "url": f"/searches/{SAVED_UID}/",
                }
            ]
        }
    }


class SavedSearchIn(Input):
    """A search to be kept: words, a kind or facets, at least one of them."""

    name: str = Field(min_length=1, max_length=60, description="提醒的名称。 / What it is called.")
    way: SavedWay = Field(default="daily", description=WAY)
    q: str = Field(default="", max_length=MAX_CHARACTERS, description="要找的内容。 / What is searched for.")
    kind: str = Field(default="", max_length=20)
    facets: FacetsIn = FacetsIn()

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"name": "细渣", "way": "daily", **ASKED}]}}


def _load(request: ApiRequest, uid: UUID) -> SavedSearch:
    """One the reader may see, or 404."""
    saved = queries.find_saved(request.actor, uid)
    if saved is None:
        raise Http404
    return saved


def _rows(request: ApiRequest, found: list[SavedSearch]) -> list[dict[str, Any]]:
    """`SavedSearchOut` of each; a constant number of queries."""
    actor = request.actor
    stands = queries.readers(found, actor.account_uid)
    names = provider().organisation_names({one.organisation for one in found if one.organisation})
    counts = queries.fresh(actor, found)
    made = []
    for one in found:
        asked, stand = queries.kept_by(one), stands.get(one.pk)
        stopped = stand is not None and stand.stopped_at is not None
        same = ("uid", "name", "way", "organisation", "revision", "created_at")
        made.append(
            {
                **{name: getattr(one, name) for name in same},
                "asked": {
                    "q": asked.text if asked else "",
                    "kind": asked.kind if asked else "",
                    "facets": {key: list(values) for key, values in asked.facets.items()} if asked else {},
                },
                "words": queries.in_words(asked) if asked else "",
                "state": "paused" if one.paused_at is not None else "stopped" if stopped else "running",
                "organisation_name": names.get(one.organisation, "") if one.organisation else "",
                "told_at": stand.told_at if stand is not None else None,
                "news": counts.get(one.pk, 0),
                "may_manage": may(actor, Perm.MANAGE, one),
                "url": one.get_absolute_url(),
            }
        )
    return made


def _shown(request: ApiRequest, saved: SavedSearch) -> dict[str, Any]:
    revision.note(request, saved.revision)
    return _rows(request, [saved])[0]


@routes.operation(
    "GET",
    "/saved-searches",
    title=Title("列出搜索提醒", "List saved searches"),
    permission=Perm.READ,
    scope=Scope.ALERTS_READ,
    response=Page[SavedSearchOut],
)
def list_saved_searches(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """My own and my organisations', in order of creation."""
    rows = queries.saved_searches(request.actor)
    return paginate(request, rows, page, show=lambda found: _rows(request, found))


@routes.operation(
    "GET",
    "/saved-searches/{uuid:uid}",
    title=Title("读取一个搜索提醒", "Read a saved search"),
    permission=Perm.READ,
    scope=Scope.ALERTS_READ,
    response=SavedSearchOut,
)
def get_saved_search(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag. What is new is counted, not marked as seen."""
    return _shown(request, _load(request, uid))


@routes.operation(
    "POST",
    "/saved-searches",
    title=Title("设一个搜索提醒", "Keep a search"),
    permission=Perm.CREATE,
    scope=Scope.ALERTS_WRITE,
    ask_first=True,
    creates=True,
    response={201: SavedSearchOut},
)
def save_search(request: ApiRequest, given: SavedSearchIn) -> Status[dict[str, Any]]:
    """For myself; the same search twice is refused. An organisation's own token has nobody to be told: refused."""
    if request.actor.person_uid is None:
        raise ValidationError(_("提醒要由登录的人来设"))
    if given.kind and given.kind not in search_kinds():
        raise ProblemError("invalid", "", [Wrong("#/kind", _("没有这个类型"))])
    asked = kept(given.q, given.kind, {spec.key: getattr(given.facets, spec.key) for spec in FACETS})
    said = actions.SavedInput(given.name, asked, given.way)
    made = once.created(request, lambda: actions.save_search(said, by=request.actor, now=clock.now()))
    return Status(201, _shown(request, _load(request, made.uid)))


@routes.operation(
    "POST",
    "/saved-searches/{uuid:uid}/pause",
    title=Title("暂停搜索提醒", "Pause a saved search"),
    permission=Perm.MANAGE,
    scope=Scope.ALERTS_WRITE,
    response=SavedSearchOut,
)
def pause_saved_search(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """One's own. A second time changes nothing."""
    actions.pause_saved(_load(request, uid), by=request.actor, now=clock.now())
    return _shown(request, _load(request, uid))


@routes.operation(
    "POST",
    "/saved-searches/{uuid:uid}/resume",
    title=Title("恢复搜索提醒", "Resume a saved search"),
    permission=Perm.MANAGE,
    scope=Scope.ALERTS_WRITE,
    response=SavedSearchOut,
)
def resume_saved_search(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """From now on: what came during the pause is not told."""
    actions.resume_saved(_load(request, uid), by=request.actor, now=clock.now())
    return _shown(request, _load(request, uid))


@routes.operation(
    "DELETE",
    "/saved-searches/{uuid:uid}",
    title=Title("删除搜索提醒", "Delete a saved search"),
    permission=Perm.MANAGE,
    scope=Scope.ALERTS_WRITE,
    response={204: None},
)
def delete_saved_search(request: ApiRequest, uid: UUID) -> Status[None]:
    """Its words and what it found are forgotten."""
    actions.delete_saved(_load(request, uid), by=request.actor, now=clock.now())
    return Status(204, None)
