"""The funnel of listings through the API: how many have come how far, and the records behind each number."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Schema

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, funnel
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.api.reads import routes
from mengkeju.listings.api.schemas import AREA, UID, State, example
from mengkeju.listings.api.values import Day
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import CUTS, FunnelFilter

FIRST_STAGE = "listed"
RECORDS = "这些记录的地址。 / Address of the records that are counted."
NONE = "none 为未载明。 / `none`: not stated."


class FunnelStageOut(Schema):
    """A stage, how many listings have come there by now, and where they are."""

    key: str
    label: str
    definition: str = Field(description="怎么数的。 / What is counted.")
    source: str = Field(description="数自哪些记录。 / From which records.")
    count: int
    records: str = Field(description=RECORDS)


class FunnelCountOut(Schema):
    """A count of one stage."""

    stage: str
    count: int
    records: str = Field(description=RECORDS)


class FunnelGroupOut(Schema):
    """A line of the table."""

    key: str
    label: str
    counts: list[FunnelCountOut]


class FunnelOut(Schema):
    """The whole and its parts: listings first published in the period, with how far each has come by now."""

    at: datetime
    by: Literal["city", "field", "cluster", "kind", "owner"]
    stages: list[FunnelStageOut]
    groups: list[FunnelGroupOut]
    left_out: int = Field(description="没有列出的组数。 / Groups that are not listed, the smallest.")

    model_config = example(
        {
            "at": "2026-11-21T10:30:00+08:00",
            "by": "city",
            "stages": [
                {
                    "key": "listed",
                    "label": "发布",
                    "definition": "发布过的条目",
                    "source": "条目",
                    "count": 66,
                    "records": "https://example.org/api/v1/funnel/records?stage=listed",
                }
            ],
            "groups": [
                {
                    "key": "150200",
                    "label": "包头市",
                    "counts": [
                        {
                            "stage": "listed",
                            "count": 38,
                            "records": "https://example.org/api/v1/funnel/records?city=150200&stage=listed",
                        }
                    ],
                }
            ],
            "left_out": 0,
        }
    )


class FunnelFilterQuery(Schema):
    """What is counted; empty = all in the reader's scope."""

    city: str = Field(default="", max_length=40, description=f"{AREA} 含下级；other 为两市以外。 {NONE}")
    field: str = Field(default="", max_length=60, description=f"技术领域，含下级。 / With those below. {NONE}")
    cluster: str = Field(default="", max_length=60, description=f"产业集群，含下级。 / With those below. {NONE}")
    kind: str = Field(default="", max_length=40)
    owner: UUID | Literal["none"] | None = Field(default=None, description=NONE)
    first: Day | None = Field(default=None, description="首次发布从这一天起。 / First published from.")
    last: Day | None = Field(default=None, description="到这一天止。 / To, inclusive.")


class FunnelQuery(FunnelFilterQuery):
    """What is counted, and by what it is cut."""

    by: Literal["city", "field", "cluster", "kind", "owner"] = "city"


class FunnelRecordsQuery(FunnelFilterQuery):
    """The records behind one number."""

    stage: str = Field(default=FIRST_STAGE, max_length=40, description="环节，见 /funnel 的 stages。 / A stage's key.")


class FunnelRecordOut(Schema):
    """A listing that is counted. What the reader may not open has its number alone: no uid, title or owner."""

    uid: UUID | None
    number: str
    kind: str
    kind_label: str
    title: str
    owner_name: str
    area: str = Field(description=AREA)
    area_label: str
    cluster: str
    stages: list[str] = Field(description="走到过的环节。 / The stages it has come to.")
    state: State
    state_label: str
    published_at: datetime | None
    fictional: bool

    model_config = example(
        {
            "uid": UID,
            "number": "MK-N-2026-0001",
            "kind": "need",
            "kind_label": "技术需求",
            "title": "气化细渣脱碳与高值利用",
            "owner_name": "鹿原化工（演示）",
            "area": "150203",
            "area_label": "包头市 · 昆都仑区",
            "cluster": "",
            "stages": ["listed", "viewed"],
            "state": "published",
            "state_label": "已发布",
            "published_at": "2026-11-21T10:30:00+08:00",
            "fictional": True,
        }
    )


def _asked(given: FunnelFilterQuery) -> FunnelFilter:
    """The filter. ProblemError for a period that ends before it begins."""
    if given.first and given.last and given.last < given.first:
        raise ProblemError("invalid", "", [Wrong("#/last", _("结束日期不能早于开始日期"), where="query")])
    words = {key: str(getattr(given, key) or "") for key in CUTS}
    return FunnelFilter(**words, first=given.first, last=given.last)


def _stage(key: str) -> funnel.Stage:
    stage = funnel.stages.get(key)
    if stage is None or stage.of is None:
        raise ProblemError("invalid", "", [Wrong("#/stage", _("没有这个环节"), where="query")])
    return stage


@routes.operation(
    "GET",
    "/funnel",
    title=Title("读取转化漏斗", "Read the funnel"),
    permission=Perm.FUNNEL_PAGE,
    scope=Scope.LISTINGS_READ,
    ask_first=True,
    response=FunnelOut,
)
def get_funnel(request: ApiRequest, given: Query[FunnelQuery]) -> dict[str, Any]:
    """Of an officer's areas (with listings:review) and of one's own organisations."""
    asked, actor = _asked(given), request.actor
    totals = queries.totals(actor, asked)
    groups, left = queries.groups(actor, asked, given.by)

    def records(of: FunnelFilter, stage: str) -> str:
        return request.build_absolute_uri(f"{request.path}/records{of.address(stage=stage)}")

    return {
        "at": clock.now(),
        "by": given.by,
        "stages": [
            {
                "key": stage.key,
                "label": word(stage),
                "definition": str(stage.says),
                "source": str(stage.source),
                "count": count,
                "records": records(asked, stage.key),
            }
            for stage, count in totals
        ],
        "groups": [
            {
                "key": getattr(group.asked, given.by),
                "label": group.label,
                "counts": [
                    {"stage": stage.key, "count": count, "records": records(group.asked, stage.key)}
                    for (stage, _n), count in zip(totals, group.counts, strict=True)
                ],
            }
            for group in groups
        ],
        "left_out": left,
    }


@routes.operation(
    "GET",
    "/funnel/records",
    title=Title("列出漏斗中一个数字背后的条目", "List the listings behind a number of the funnel"),
    permission=Perm.FUNNEL_PAGE,
    scope=Scope.LISTINGS_READ,
    ask_first=True,
    response=Page[FunnelRecordOut],
)
def list_funnel_records(
    request: ApiRequest, given: Query[FunnelRecordsQuery], page: Query[PageQuery]
) -> dict[str, Any]:
    """In order of creation; as many as the number says."""
    rows = queries.at_stage(queries.counted(request.actor, _asked(given)), _stage(given.stage))
    return paginate(request, rows.select_related("owner"), page, show=lambda found: _records(request, found))


def _records(request: ApiRequest, found: list[Listing]) -> list[dict[str, Any]]:
    """`FunnelRecordOut` of each; what of closed tiers is shown is noted as read."""
    readable = set(queries.listings(request.actor).filter(pk__in=[r.pk for r in found]).values_list("pk", flat=True))
    opened = [row for row in found if row.pk in readable]
    shown = dict(zip([row.pk for row in opened], queries.present_many(opened, request.actor), strict=True))
    actions.note_reads(shown.values(), channel="api", by=request.actor, now=clock.now(), keys=())
    far, areas = queries.furthest(found), directory.area_names({row.area for row in found if row.area})
    same = ("number", "kind", "area", "cluster", "state", "published_at", "fictional")
    made = []
    for row in found:
        it = shown.get(row.pk)
        made.append(
            {
                **{name: getattr(row, name) for name in same},
                "uid": it.uid if it is not None else None,
                "title": it.title if it is not None else "",
                "owner_name": it.owner_name if it is not None else "",
                "kind_label": word(row.kind_spec),
                "area_label": areas.get(row.area, ""),
                "stages": list(far.get(row.pk, ())),
                "state_label": word(LISTING.states[row.state]),
            }
        )
    return made
