"""Search through the API: the rows of the search page, with the same marks, facets and counts."""

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import ConfigDict, Field

from mengkeju.directory.engine.regions import is_outside
from mengkeju.kernel import clock
from mengkeju.kernel.api import paging
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.routes import Input, Routes
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.web.request import PUBLIC
from mengkeju.search import actions
from mengkeju.search.queries import MAX_CHARACTERS, Problem, SearchPage, SearchQuery
from mengkeju.search.queries.facets import FACETS, search_kinds

MAX_VALUES = 20
RETRY_SECONDS = "30"
Sort = Literal["relevance", "newest", "amount"]
Values = Annotated[list[str], Field(max_length=MAX_VALUES)]
CURSOR = "上一页的 cursor。 / `cursor` of the page before."

routes = Routes(Title("搜索", "Search"))


class Facets(Schema):
    """Chosen values, by the keys that `facets` of the answer names; several of one facet: any of them."""

    city: Values = []
    field: Values = []
    cluster: Values = []
    leading: Values = []
    maturity: Values = []
    budget: Values = []
    modes: Values = []
    process: Values = []
    work: Values = []
    majors: Values = []
    year: Values = []


class SearchParameters(Facets):
    """What is searched for in the address."""

    q: str = Field(default="", max_length=MAX_CHARACTERS, description="长文字请用 POST。 / Long texts by POST.")
    kind: str = Field(default="", max_length=20)
    sort: Sort | None = Field(
        default=None, description="默认：有词最相关，无词最新。 / Relevance with words, else newest."
    )
    cursor: str | None = Field(default=None, max_length=1000, description=CURSOR)


class FacetsIn(Facets, Input):
    """Chosen values by facet."""


class SearchIn(Input):
    """A search whose text is too long for an address, for example a whole need."""

    q: str = Field(max_length=MAX_CHARACTERS, description="要找的内容。 / What is searched for.")
    kind: str = Field(default="", max_length=20)
    facets: FacetsIn = FacetsIn()
    sort: Sort | None = None
    cursor: str | None = Field(default=None, max_length=1000, description=CURSOR)

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"q": "气化细渣含碳高、持水高，希望先脱水脱碳", "kind": "achievement"}]},
    )


class PieceOut(Schema):
    """A piece of text; `marked` where it was found."""

    text: str
    marked: bool


class HitOut(Schema):
    """A row of the results. `uid` names a listing or an organisation, by `kind`."""

    uid: UUID
    kind: str
    kind_label: str
    title: list[PieceOut]
    snippet: list[PieceOut]
    owner: str
    verified: bool | None
    area: str = Field(description="地区代码。 / Area code.")
    outside: bool = Field(description="区外：来自本自治区以外。 / From outside the region.")
    meta: list[str]
    note: str
    fictional: bool
    at: datetime
    url: str


class OptionOut(Schema):
    """A value of a facet and how many results it has."""

    value: str
    label: str
    count: int
    chosen: bool


class FacetOut(Schema):
    """A facet."""

    key: str
    label: str
    options: list[OptionOut]


class SearchOut(Schema):
    """One page of results. `search` names it, for the origin of an intention."""

    items: list[HitOut]
    total: int
    kinds: list[OptionOut]
    facets: list[FacetOut]
    understood: list[str] = Field(description="按这些词查找。 / The words searched for.")
    search: UUID | None
    cursor: str | None = Field(description="下一页的游标；没有时为 null。 / Of the next page, else null.")
    next: str | None = Field(description="GET 的下一页地址。 / Address of the next page, of GET.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "uid": "0193a4c6-0000-7000-8000-000000000101",
                            "kind": "need",
                            "kind_label": "技术需求",
                            "title": [{"text": "气化细渣", "marked": True}, {"text": "脱碳", "marked": False}],
                            "snippet": [{"text": "每年副产气化细渣 6 万吨", "marked": False}],
                            "owner": "鹿原化工（演示）",
                            "verified": True,
                            "area": "150203",
                            "outside": False,
                            "meta": ["200 万元 – 1000 万元"],
                            "note": "",
                            "fictional": True,
                            "at": "2026-11-21T10:30:00+08:00",
                            "url": "/listings/0193a4c6-0000-7000-8000-000000000101/",
                        }
                    ],
                    "total": 1,
                    "kinds": [{"value": "need", "label": "技术需求", "count": 1, "chosen": False}],
                    "facets": [
                        {
                            "key": "city",
                            "label": "城市",
                            "options": [{"value": "150200", "label": "包头市", "count": 1, "chosen": False}],
                        }
                    ],
                    "understood": ["气化细渣"],
                    "search": "0193a4c6-0000-7000-8000-000000000601",
                    "cursor": None,
                    "next": None,
                }
            ]
        }
    )


def _digest(query: SearchQuery) -> str:
    asked = (query.text, query.kind, sorted((key, tuple(values)) for key, values in query.facets.items()), query.sort)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


def _asked(request: HttpRequest, given: SearchParameters | SearchIn, facets: Facets) -> SearchQuery:
    """The search. ProblemError invalid for an unknown kind, bad_cursor for another search's cursor."""
    if given.kind and given.kind not in search_kinds():
        raise ProblemError("invalid", "", [Wrong("#/kind", _("没有这个类型"), where=_source(request))])
    chosen = {spec.key: tuple(dict.fromkeys(getattr(facets, spec.key))) for spec in FACETS}
    query = SearchQuery(
        text=given.q.strip(),
        kind=given.kind,
        facets={key: values for key, values in chosen.items() if values},
        sort=given.sort or "",
    )
    if not given.cursor:
        return query
    place = paging.unseal(request, given.cursor)
    if len(place) != 2 or place[0] != _digest(query) or not place[1].isdecimal():  # noqa: PLR2004 - search and page
        raise paging.bad_cursor()
    return SearchQuery(query.text, query.kind, query.facets, query.sort, int(place[1]))


def _source(request: HttpRequest) -> str:
    return "query" if request.method == "GET" else "body"


def _found(request: ApiRequest, query: SearchQuery) -> dict[str, Any]:
    """The page; a text without words finds nothing. ProblemError unavailable while the index is being built."""
    page = actions.search_and_log(request.actor, query, now=clock.now())
    if page.problem is Problem.UNAVAILABLE:
        said = _("搜索索引正在建立，请稍后再试")
        raise ProblemError("unavailable", said, headers={"Retry-After": RETRY_SECONDS})
    more = page.page is not None and page.page.has_next()
    cursor = paging.seal(request, [_digest(query), str(query.page + 1)]) if more else None
    return {
        **_shown(page),
        "cursor": cursor,
        "next": paging.address(request, cursor) if cursor and request.method == "GET" else None,
    }


def _shown(page: SearchPage) -> dict[str, Any]:
    return {
        "items": [_hit(row) for row in page.rows],
        "total": page.total,
        "kinds": [
            {"value": tab.key, "label": tab.label, "count": tab.count, "chosen": tab.current}
            for tab in page.tabs
            if tab.key
        ],
        "facets": [
            {
                "key": group.name,
                "label": group.label,
                "options": [
                    {"value": o.value, "label": o.label, "count": o.count, "chosen": o.checked} for o in group.options
                ],
            }
            for group in page.groups
        ],
        "understood": list(page.heard),
        "search": page.uid,
    }


def _hit(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("uid", "owner", "verified", "area", "at")},
        "outside": is_outside(row["area"]),
        "kind": row["kind"].key,
        "kind_label": row["kind"].label,
        "title": [{"text": text, "marked": marked} for text, marked in row["title"]],
        "snippet": [{"text": text, "marked": marked} for text, marked in row["snippet"]],
        "meta": [str(part) for part in row["meta"]],
        "note": str(row.get("extra") or ""),
        "fictional": bool(row["demo"]),
        "url": row["url"].partition("?")[0],
    }


@routes.operation(
    "GET",
    "/search",
    title=Title("搜索", "Search"),
    permission=PUBLIC,
    scope=Scope.SEARCH_READ,
    response=SearchOut,
)
def search(request: ApiRequest, asked: Query[SearchParameters]) -> dict[str, Any]:
    """Needs, achievements and organisations that this reader may find, 20 on a page."""
    return _found(request, _asked(request, asked, asked))


@routes.operation(
    "POST",
    "/search",
    title=Title("用一段长文字搜索", "Search by a long text"),
    permission="signed-in",
    scope=Scope.SEARCH_READ,
    response=SearchOut,
)
def search_by_text(request: ApiRequest, given: SearchIn) -> dict[str, Any]:
    """The same search; nothing is created."""
    return _found(request, _asked(request, given, given.facets))
