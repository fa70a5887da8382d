"""短板弱项 through the API: the register by chain, how far each chain is covered, one gap with what hangs on it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from ninja import Field, Query, Schema

from mengkeju.directory import queries as directory
from mengkeju.kernel.api import revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import gettext, word
from mengkeju.listings import queries
from mengkeju.listings.access.lists import WeakLinkPerm
from mengkeju.listings.api.reads import routes
from mengkeju.listings.api.schemas import AREA, example
from mengkeju.listings.api.values import ATTACHED, AttachedOut, hung
from mengkeju.listings.engine.weak_links import PRIORITIES, WEAK_LINK
from mengkeju.listings.models import WeakLink
from mengkeju.listings.queries import WeakLinkFilter

WEAK_LINK_UID = "0193a4c6-0000-7000-8000-000000000806"
WeakLinkState = Literal["draft", "open", "working", "covered", "dropped"]
Priority = Literal["high", "middle", "low"]
CHAIN = "产业链，词表 cluster 中的词条。 / A term of the vocabulary `cluster`."
ROW = {
    "uid": WEAK_LINK_UID,
    "chain": "rare_earth_magnets",
    "chain_label": "稀土永磁",
    "node": "晶界扩散",
    "position": 40,
    "title": "厚磁钢晶界扩散装备",
    "gap": "厚磁钢扩散深度不够",
    "priority": "high",
    "priority_label": "高",
    "basis": "演示清单",
    "area": "150200",
    "area_label": "包头市",
    "state": "open",
    "state_label": "待补",
    "needs": 1,
    "answers": 2,
    "intended": False,
    "fictional": True,
    "revision": 2,
    "created_at": "2026-11-20T09:00:00+08:00",
    "url": f"/weak-links/{WEAK_LINK_UID}/",
}


class WeakLinkRow(Schema):
    """A gap at one node of a chain. Figures count what everybody may read, so that they are the same for all."""

    uid: UUID
    chain: str = Field(description=CHAIN)
    chain_label: str
    node: str = Field(description="环节。 / The step of the chain.")
    position: int = Field(description="从上游到下游的次序。 / From upstream to downstream.")
    title: str
    gap: str
    priority: Priority
    priority_label: str
    basis: str = Field(description="出处。 / Where the gap is stated.")
    area: str = Field(description=AREA)
    area_label: str
    state: WeakLinkState
    state_label: str
    needs: int = Field(description="公开的需求数。 / Public needs that ask for it.")
    answers: int = Field(description="公开的成果、专业或能力数。 / Public offers that could fill it.")
    intended: bool = Field(description="有需求已有合作意向。 / An intention has come about.")
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    revision: int
    created_at: datetime
    url: str

    model_config = example(ROW)


class WeakLinkOut(WeakLinkRow):
    """A gap with the listings that hang on it and this reader may read."""

    attached: list[AttachedOut]

    model_config = example(ROW | {"attached": [ATTACHED]})


class WeakLinkQuery(Schema):
    """Filters of the register; dropped ones only when asked for."""

    chain: str = Field(default="", max_length=60, description=f"{CHAIN} 含下级。 / With everything below it.")
    area: str = Field(default="", max_length=40, description=f"{AREA} 含下级。 / With everything below it.")
    state: WeakLinkState | None = None
    priority: Priority | None = None


class CoverageOut(Schema):
    """How far one chain is covered: gaps on the public list by state, and how many have a need, an answer …"""

    chain: str = Field(description=CHAIN)
    chain_label: str
    total: int
    open: int
    working: int
    covered: int
    with_need: int
    with_answer: int
    with_intention: int


class CoveragesOut(Schema):
    """By chain, in the order of the vocabulary; a chain without listed gap is left out."""

    items: list[CoverageOut]

    model_config = example(
        {
            "items": [
                {
                    "chain": "rare_earth_magnets",
                    "chain_label": "稀土永磁",
                    "total": 4,
                    "open": 2,
                    "working": 1,
                    "covered": 1,
                    "with_need": 3,
                    "with_answer": 2,
                    "with_intention": 1,
                }
            ]
        }
    )


def _asked(given: WeakLinkQuery) -> WeakLinkFilter:
    return WeakLinkFilter(given.chain, given.area, given.state or "", given.priority or "")


def _rows(found: list[WeakLink]) -> list[dict[str, Any]]:
    """`WeakLinkRow` of each; a constant number of queries."""
    chains, counted = directory.term_labels("cluster"), queries.gaps(found)
    areas = directory.area_names({one.area for one in found if one.area})
    same = ("uid", "chain", "node", "position", "title", "gap", "priority", "basis", "area", "state", "fictional")
    return [
        {
            **{name: getattr(one, name) for name in (*same, "revision", "created_at")},
            "chain_label": chains.get(one.chain, one.chain),
            "priority_label": gettext(PRIORITIES[one.priority]),
            "area_label": areas.get(one.area, ""),
            "state_label": word(WEAK_LINK.states[one.state]),
            "needs": counted[one.pk].needs,
            "answers": counted[one.pk].answers,
            "intended": counted[one.pk].intended,
            "url": one.get_absolute_url(),
        }
        for one in found
    ]


@routes.operation(
    "GET",
    "/weak-links",
    title=Title("列出产业链短板弱项", "List weak links of chains"),
    permission=WeakLinkPerm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=Page[WeakLinkRow],
)
def list_weak_links(request: ApiRequest, asked: Query[WeakLinkQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """What stands on the public list; drafts and dropped ones for officers of their areas."""
    rows = queries.weak_links(request.actor, _asked(asked))
    return paginate(request, rows, page, order=("chain", "position", "uid"), show=_rows)


@routes.operation(
    "GET",
    "/weak-links/coverage",
    title=Title("读取各产业链短板的补齐情况", "Read how far each chain is covered"),
    permission=WeakLinkPerm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=CoveragesOut,
)
def get_weak_link_coverage(request: ApiRequest, asked: Query[WeakLinkQuery]) -> dict[str, Any]:
    """Of the same gaps as the list with these filters."""
    counted = queries.coverage_by_chain(queries.weak_links(request.actor, _asked(asked)))
    chains = directory.term_labels("cluster")
    return {"items": [{"chain": key, "chain_label": chains.get(key, key), **vars(far)} for key, far in counted.items()]}


@routes.operation(
    "GET",
    "/weak-links/{uuid:uid}",
    title=Title("读取一个短板", "Read a weak link"),
    permission=WeakLinkPerm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=WeakLinkOut,
)
def get_weak_link(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With the needs that ask for it and the offers that could fill it."""
    link = queries.find_weak_link(request.actor, uid)
    if link is None:
        raise Http404
    revision.note(request, link.revision)
    return {**_rows([link])[0], "attached": hung(request, queries.attached_to(link.attached.all(), request.actor))}
