"""行业攻关方向 through the API: agendas, their directions, and what has become of each."""

from datetime import date, datetime
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
from mengkeju.listings.access.lists import AgendaPerm
from mengkeju.listings.api.reads import routes
from mengkeju.listings.api.schemas import example
from mengkeju.listings.api.values import ATTACHED, OWNER, AttachedOut, NamedOut, hung
from mengkeju.listings.engine.agendas import AGENDA, STANDINGS
from mengkeju.listings.models import Agenda

AGENDA_UID = "0193a4c6-0000-7000-8000-000000000807"
ITEM_UID = "0193a4c6-0000-7000-8000-000000000808"
AgendaState = Literal["draft", "submitted", "returned", "published", "ended", "withdrawn"]
Standing = Literal["planned", "asked", "answered", "solved"]
CLUSTER = "词表 cluster 中的词条，可空。 / A term of the vocabulary `cluster`, may be empty."
ROW = {
    "uid": AGENDA_UID,
    "organisation": OWNER,
    "title": "演示攻关方向",
    "summary": "两市共性难题",
    "cluster": "dairy",
    "cluster_label": "乳业",
    "field": "industrial_biotechnology",
    "field_label": "工业生物技术",
    "state": "published",
    "state_label": "已发布",
    "progress": {"total": 3, "asked": 2, "answered": 1, "solved": 0},
    "published_at": "2026-11-21T10:30:00+08:00",
    "source": "",
    "fictional": True,
    "revision": 2,
    "created_at": "2026-11-20T09:00:00+08:00",
    "url": f"/agendas/{AGENDA_UID}/",
}


class ProgressOut(Schema):
    """How many directions there are, and how many have come at least so far."""

    total: int
    asked: int
    answered: int
    solved: int


class AgendaRow(Schema):
    """An agenda set by an innovation platform or a leading firm."""

    uid: UUID
    organisation: NamedOut
    title: str
    summary: str
    cluster: str = Field(description=CLUSTER)
    cluster_label: str
    field: str = Field(description="技术领域，可空。 / Term of `field`, may be empty.")
    field_label: str
    state: AgendaState
    state_label: str
    progress: ProgressOut
    published_at: datetime | None
    source: str = Field(description="取自公开资料时的来源。 / Source of a published entry.")
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    revision: int
    created_at: datetime
    url: str

    model_config = example(ROW)


class DirectionOut(Schema):
    """One direction; `standing` is the same for all readers, `attached` what this one may read."""

    uid: UUID
    title: str
    text: str
    standing: Standing
    standing_label: str
    solved_on: date | None
    solved_note: str
    attached: list[AttachedOut]


class AgendaOut(AgendaRow):
    """An agenda with its directions in order."""

    items: list[DirectionOut]

    model_config = example(
        ROW
        | {
            "items": [
                {
                    "uid": ITEM_UID,
                    "title": "乳清蛋白分离膜",
                    "text": "现状与目标：成本降三成",
                    "standing": "asked",
                    "standing_label": "已提出需求",
                    "solved_on": None,
                    "solved_note": "",
                    "attached": [ATTACHED],
                }
            ]
        }
    )


class AgendaQuery(Schema):
    """Filters of the list of agendas."""

    cluster: str = Field(default="", max_length=60, description=CLUSTER)
    own: bool = Field(default=False, description="只列本单位的，含草稿。 / Of my organisations, drafts too.")


def _rows(found: list[Agenda]) -> list[dict[str, Any]]:
    """`AgendaRow` of each; a constant number of queries."""
    clusters, fields = directory.term_labels("cluster"), directory.term_labels("field")
    far = queries.progress_of(found)
    same = ("uid", "title", "summary", "cluster", "field", "state", "published_at", "source", "fictional", "revision")
    return [
        {
            **{name: getattr(one, name) for name in (*same, "created_at")},
            "organisation": {"uid": one.organisation.uid, "name": one.organisation.name},
            "cluster_label": clusters.get(one.cluster, one.cluster),
            "field_label": fields.get(one.field, one.field),
            "state_label": word(AGENDA.states[one.state]),
            "progress": vars(far[one.pk]),
            "url": one.get_absolute_url(),
        }
        for one in found
    ]


@routes.operation(
    "GET",
    "/agendas",
    title=Title("列出行业攻关方向", "List sector research agendas"),
    permission=AgendaPerm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=Page[AgendaRow],
)
def list_agendas(request: ApiRequest, asked: Query[AgendaQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """Published and ended ones in order of creation; with `own` those of my organisations in any state."""
    return paginate(request, queries.agendas(request.actor, cluster=asked.cluster, own=asked.own), page, show=_rows)


@routes.operation(
    "GET",
    "/agendas/{uuid:uid}",
    title=Title("读取一份攻关方向", "Read an agenda"),
    permission=AgendaPerm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=AgendaOut,
)
def get_agenda(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its directions: which have needs, answers, are solved."""
    agenda = queries.find_agenda(request.actor, uid)
    if agenda is None:
        raise Http404
    revision.note(request, agenda.revision)
    same = ("uid", "title", "text", "solved_on", "solved_note")
    items = [
        {
            **{name: getattr(at.item, name) for name in same},
            "standing": at.standing,
            "standing_label": gettext(STANDINGS[at.standing]),
            "attached": hung(request, at.attached),
        }
        for at in queries.directions(agenda, request.actor)
    ]
    return {**_rows([agenda])[0], "items": items}
