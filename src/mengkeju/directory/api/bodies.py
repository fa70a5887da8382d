"""技术转移服务机构名录 through the API: the register as of a day, its counts, and one body. Reads only."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import ConfigDict, Field

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.api.organisations import AREA, HonourOut, honour, routes
from mengkeju.directory.engine.bodies import BODIES
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import BodyEvaluation, Organisation, Title
from mengkeju.directory.queries import bodies as reads
from mengkeju.directory.queries import titles
from mengkeju.kernel import clock
from mengkeju.kernel.access import may
from mengkeju.kernel.api import revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.api.scopes import Title as Named
from mengkeju.kernel.api.values import Day
from mengkeju.kernel.words import word

RegisterKind = Literal["transfer_body", "transfer_branch"]
TitleLevelKey = Literal["national", "region", "city", "county"]
BODY, TITLE = "0193a4c6-0000-7000-8000-000000000003", "0193a4c6-0000-7000-8000-000000000031"
PARENT, EVALUATION = "0193a4c6-0000-7000-8000-000000000004", "0193a4c6-0000-7000-8000-000000000032"


class BodyEvaluationOut(Schema):
    """How the year of a body was judged, and where that was published; the platform judges nobody."""

    uid: UUID
    year: int
    result: str
    result_label: str
    basis: str
    decided_on: date


class BodyLevelOut(Schema):
    """A level at which the body is recognised on the day, and since when."""

    level: str
    label: str
    since: date
    day_known: bool = Field(description="false：公开资料没有写明日期，since 是收录日。 / No day was published.")


class TransferBodyRow(Schema):
    """A body of the register as of a day."""

    uid: UUID
    name: str
    area: str = Field(description=AREA)
    area_label: str
    zone: str
    levels: list[BodyLevelOut] = Field(description="那一天有效的各级认定，级别高的在前。 / The highest first.")
    parent: UUID | None
    parent_name: str
    services: list[str] = Field(description="服务内容代码。 / Codes of what it offers.")
    services_other: str
    evaluation: BodyEvaluationOut | None = Field(description="那一天以前公布的最近一次。 / The latest by that day.")
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    source: str = Field(description="取自公开资料时的来源。 / Source of a published entry.")
    url: str


class BranchOut(Schema):
    """A body by uid and name."""

    uid: UUID
    name: str


ROW: dict[str, Any] = {
    "uid": BODY,
    "name": "青山技术转移中心（演示）",
    "area": "150202",
    "area_label": "包头市 · 东河区",
    "zone": "",
    "levels": [{"level": "region", "label": "自治区级", "since": "2022-05-01", "day_known": True}],
    "parent": PARENT,
    "parent_name": "京城技术转移中心（演示）",
    "services": ["trade", "discovery"],
    "services_other": "",
    "evaluation": {
        "uid": EVALUATION,
        "year": 2025,
        "result": "passed",
        "result_label": "合格",
        "basis": "演示〔2026〕2号",
        "decided_on": "2026-03-01",
    },
    "fictional": True,
    "source": "",
    "url": f"/organisations/{BODY}/",
}


class TransferBodyOut(TransferBodyRow):
    """One body with every title it holds or held in the register, its branches and evaluations. Levels: of today."""

    in_register: bool = Field(description="今天是否在名录中。 / Whether it stands in the register today.")
    titles: list[HonourOut]
    branches: list[BranchOut]
    evaluations: list[BodyEvaluationOut]
    revision: int

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **ROW,
                    "in_register": True,
                    "titles": [
                        {
                            "uid": TITLE,
                            "kind": "transfer_body",
                            "kind_label": "技术转移服务机构",
                            "level": "region",
                            "level_label": "自治区级",
                            "number": "",
                            "issued_by": "演示科技厅",
                            "valid_from": "2022-05-01",
                            "day_known": True,
                            "valid_to": None,
                            "basis": "演示〔2022〕8号",
                            "in_force": True,
                            "withdrawn_reason": "",
                            "cancelled_from": None,
                        }
                    ],
                    "branches": [],
                    "evaluations": [ROW["evaluation"]],
                    "revision": 2,
                }
            ]
        }
    )


class RegisterOfBodiesQuery(Schema):
    """Which register as of which day (none: today), narrowed by level and place."""

    on: Day | None = Field(default=None, description="截至哪一天；不写是今天。 / As of which day; today.")
    kind: RegisterKind = Field(default="transfer_body", description="哪一种机构。 / Which register.")
    level: TitleLevelKey | None = None
    area: str = Field(default="", max_length=40, description=f"{AREA} 含下级。 / With everything below it.")


class BodyCountOut(Schema):
    """How many bodies of a level, all together and by city; one of several levels counts once in the whole."""

    level: str = Field(description="空：全部级别。 / Empty: of every level.")
    label: str
    count: int
    by_city: dict[str, int]


class PublishedCountOut(Schema):
    """A count that a published text tells, as it tells it; `computed`: what the register yields for the day."""

    count: int
    computed: int = Field(
        description="名录按同一级别和地区算出的，可以不同。 / Of the same level and place; may differ."
    )
    name: str
    level: str
    area: str
    year: str = Field(description="哪一年的；不明为空。 / Of what year; may be empty.")
    year_inferred: bool
    source: str


class BodyCountsOut(Schema):
    """The counts of a register as of a day, and beside them those that were published."""

    on: date
    kind: RegisterKind
    counts: list[BodyCountOut]
    undated: int = Field(description="认定日期未载、收录日在这一天之后，没有计入的。 / Left out: no day was published.")
    published: list[PublishedCountOut]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "on": "2026-11-22",
                    "kind": "transfer_body",
                    "counts": [{"level": "", "label": "全部级别", "count": 5, "by_city": {"150100": 3, "150200": 2}}],
                    "undated": 0,
                    "published": [],
                }
            ]
        }
    )


class BodyCountsQuery(Schema):
    """Which register as of which day (none: today)."""

    on: Day | None = Field(default=None, description="截至哪一天；不写是今天。 / As of which day; today.")
    kind: RegisterKind = Field(default="transfer_body", description="哪一种机构。 / Which register.")


def _evaluation(row: BodyEvaluation) -> dict[str, Any]:
    same = ("uid", "year", "result", "basis", "decided_on")
    return {**{name: getattr(row, name) for name in same}, "result_label": word(BODIES.results[row.result])}


def _level(title: Title) -> dict[str, Any]:
    label = word(TITLES.levels[title.level])
    return {"level": title.level, "label": label, "since": title.valid_from, "day_known": title.day_known}


def _rows(request: ApiRequest, found: list[Organisation], asked: reads.RegisterFilter) -> list[dict[str, Any]]:
    keys = [body.pk for body in found]
    levels = reads.levels_of(request.actor, asked, keys)
    judged = reads.latest_evaluations(request.actor, keys, asked.on)
    names = queries.area_names({body.area for body in found if body.area})
    same = ("uid", "name", "area", "zone", "services", "services_other", "fictional", "source")
    return [
        {
            **{name: getattr(body, name) for name in same},
            "area_label": names.get(body.area, ""),
            "levels": [_level(title) for title in levels.get(body.pk, [])],
            "parent": body.parent.uid if body.parent is not None else None,
            "parent_name": body.parent.name if body.parent is not None else body.parent_name,
            "evaluation": _evaluation(judged[body.pk]) if body.pk in judged else None,
            "url": body.get_absolute_url(),
        }
        for body in found
    ]


@routes.operation(
    "GET",
    "/transfer-bodies",
    title=Named("列出技术转移服务机构", "List technology-transfer bodies"),
    permission=Perm.ORGANISATION_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=Page[TransferBodyRow],
)
def list_transfer_bodies(
    request: ApiRequest, asked: Query[RegisterOfBodiesQuery], page: Query[PageQuery]
) -> dict[str, Any]:
    """The register as of a day, each body once, in the order in which they came to the platform."""
    wanted = reads.RegisterFilter(asked.on or clock.today(), asked.kind, asked.level or "", _below(asked.area))
    found = reads.register_of_bodies(request.actor, wanted)
    return paginate(request, found, page, show=lambda those: _rows(request, those, wanted))


def _below(area: str) -> frozenset[str] | None:
    """The area and everything below it. ProblemError invalid for a code that nobody has."""
    if not area:
        return None
    if area not in queries.area_names([area]):
        raise ProblemError("invalid", "", [Wrong("#/area", _("没有这个代码的地区"), where="query")])
    return queries.codes_below(area)


@routes.operation(
    "GET",
    "/transfer-bodies/counts",
    title=Named("读取技术转移服务机构的家数", "Read the counts of technology-transfer bodies"),
    permission=Perm.ORGANISATION_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=BodyCountsOut,
)
def get_transfer_body_counts(request: ApiRequest, asked: Query[BodyCountsQuery]) -> dict[str, Any]:
    """By level and city as of a day; counts that were published stand beside what is computed."""
    wanted = reads.RegisterFilter(asked.on or clock.today(), asked.kind)
    held = reads.holdings(request.actor, wanted.kind, wanted.on)
    return {
        "on": wanted.on,
        "kind": wanted.kind,
        "counts": _counts(held),
        "undated": reads.undated_later(request.actor, wanted),
        "published": [
            {**vars(one.told), "computed": one.computed}
            for one in reads.published_beside(held, asked.kind, queries.codes_below)
        ],
    }


def _counts(held: list[reads.Holding]) -> list[dict[str, Any]]:
    places = {city.code: queries.codes_below(city.code) for city in queries.cities()}
    levels = [level for level in TITLES.levels.values() if any(one.level == level.key for one in held)]
    return [
        {
            "level": key,
            "label": label,
            "count": reads.count(held, level=key),
            "by_city": {code: reads.count(held, level=key, areas=below) for code, below in places.items()},
        }
        for key, label in [("", _("全部级别")), *((level.key, word(level)) for level in levels)]
    ]


@routes.operation(
    "GET",
    "/transfer-bodies/{uuid:uid}",
    title=Named("读取一家技术转移服务机构", "Read a technology-transfer body"),
    permission=Perm.ORGANISATION_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=TransferBodyOut,
)
def get_transfer_body(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With the organisation's ETag; 404 for one that never stood in a register. Titles as its own list shows them."""
    found = queries.find_organisation(request.actor, uid)
    held = _held(request, found) if found is not None else []
    if found is None or not held:
        raise Http404
    revision.note(request, found.revision)
    inside, today = may(request.actor, Perm.COLLEAGUE_READ, found), clock.today()
    kind = next((one.kind for one in held if one.is_in_force(today)), held[0].kind)
    return {
        **_rows(request, [found], reads.RegisterFilter(today, kind))[0],
        "in_register": reads.is_body(found, today),
        "titles": [honour(one, today) for one in held if inside or one.is_in_force(today)],
        "branches": [{"uid": one.uid, "name": one.name} for one in reads.branches_of(request.actor, found)],
        "evaluations": [_evaluation(row) for row in reads.evaluations_of(request.actor, found)],
        "revision": found.revision,
    }


def _held(request: ApiRequest, found: Organisation) -> list[Title]:
    """Every title of a register that it holds or held."""
    return [one for one in titles.of_organisation(request.actor, found) if one.kind in TITLES.registered]
