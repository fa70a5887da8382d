"""Who I am, organisations, areas and vocabularies through the API. Reads only."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import Http404
from ninja import Query, Schema
from pydantic import ConfigDict, Field

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine.roles import ROLES
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import ORGANISATION_KINDS, Area, Organisation, Term, Vocabulary
from mengkeju.directory.models import Title as Honour
from mengkeju.directory.queries import titles
from mengkeju.kernel import clock
from mengkeju.kernel.access import may
from mengkeju.kernel.api import revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.routes import Routes
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word

OrganisationKind = Literal[
    "enterprise", "university", "institute", "vocational", "government", "platform", "agency", "other"
]
OrganisationState = Literal["unverified", "submitted", "verified", "refused"]
AREA = "地区代码（GB/T 2260 或功能区）。 / Area code."


class OrganisationOut(Schema):
    """An organisation as everybody may see it."""

    uid: UUID
    name: str
    name_en: str
    kind: OrganisationKind
    kind_label: str
    credit_code: str = Field(description="统一社会信用代码；公开资料未载时为空。 / May be empty.")
    area: str = Field(description=AREA)
    area_label: str
    zone: str = Field(description="所在功能区代码，可空。 / Zone code, may be empty.")
    industry: str
    founded_on: date | None
    summary: str
    parent: UUID | None = Field(description="上级机构在平台上的 uid。 / The body it is a branch of.")
    parent_name: str = Field(description="上级机构名称；没有为空。 / Its name, may be empty.")
    services: list[str] = Field(description="技术转移服务内容代码。 / Codes of what a transfer body offers.")
    services_other: str
    state: OrganisationState
    verified: bool
    fictional: bool = Field(description="演示数据。 / Invented, for demonstration.")
    source: str = Field(description="取自公开资料时的来源。 / Source of a published entry.")
    revision: int
    created_at: datetime
    url: str

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "uid": "0193a4c6-0000-7000-8000-000000000001",
                    "name": "青城乳业技术有限公司（演示）",
                    "name_en": "",
                    "kind": "enterprise",
                    "kind_label": "企业",
                    "credit_code": "91999900MA0Y0001XE",
                    "area": "150102",
                    "area_label": "呼和浩特市 · 新城区",
                    "zone": "",
                    "industry": "乳制品",
                    "founded_on": "2015-04-20",
                    "summary": "",
                    "parent": None,
                    "parent_name": "",
                    "services": [],
                    "services_other": "",
                    "state": "verified",
                    "verified": True,
                    "fictional": True,
                    "source": "",
                    "revision": 3,
                    "created_at": "2026-11-21T09:00:00+08:00",
                    "url": "/organisations/0193a4c6-0000-7000-8000-000000000001/",
                }
            ]
        }
    )


class OrganisationQuery(Schema):
    """Filters of the list of organisations."""

    q: str = Field(
        default="", max_length=100, description="名称中的字，或完整的信用代码。 / In the name, or the exact code."
    )
    area: str = Field(default="", max_length=40, description=f"{AREA} 含下级。 / With everything below it.")
    kind: OrganisationKind | None = None
    verified: bool | None = None


class HonourOut(Schema):
    """A title (资质称号) an authority has conferred, with the document it stands in."""

    uid: UUID
    kind: str
    kind_label: str
    level: str
    level_label: str
    number: str
    issued_by: str
    valid_from: date
    day_known: bool = Field(
        description="false：公开资料没有写明日期，valid_from 是收录日。 / False: no day was published."
    )
    valid_to: date | None = Field(description="null：没有期限。 / Null: without end.")
    basis: str
    in_force: bool
    withdrawn_reason: str
    cancelled_from: date | None = Field(description="认定单位取消的日期。 / Since when the authority cancelled it.")


class HonoursOut(Schema):
    """Titles of an organisation, those in force first."""

    items: list[HonourOut]


class MembershipOut(Schema):
    """An organisation the token acts for."""

    uid: UUID
    name: str
    verified: bool


class RoleOut(Schema):
    """A role that passes through the token; `area` empty = the whole platform."""

    role: str
    label: str
    area: str


class TokenOut(Schema):
    """The token itself."""

    uid: UUID
    name: str
    scopes: list[Scope]
    expires_at: datetime


class MeOut(Schema):
    """Who acts, and how far the token reaches."""

    kind: Literal["person", "organisation"]
    name: str
    organisations: list[MembershipOut]
    roles: list[RoleOut]
    token: TokenOut


class AreaOut(Schema):
    """A division of GB/T 2260 or a functional zone."""

    code: str
    name: str
    name_en: str
    kind: str
    parent: str | None = Field(description="上级代码。 / Code of the parent.")


class AreaQuery(Schema):
    """Filters of the list of areas."""

    q: str = Field(default="", max_length=80, description="名称或代码中的字。 / In name or code.")
    below: str = Field(default="", max_length=40, description=f"{AREA} 只列它和下级。 / It and what is below it.")


class TermOut(Schema):
    """A word of a vocabulary."""

    key: str
    label: str
    label_en: str
    parent: str | None
    retired: bool = Field(description="停用：旧信息仍带着它，不再供选择。 / No longer offered.")


class VocabularyOut(Schema):
    """A controlled vocabulary."""

    key: str
    label: str
    label_en: str
    source: str


class VocabularyTermsOut(VocabularyOut):
    """A vocabulary with its terms, retired ones too."""

    terms: list[TermOut]


class VocabulariesOut(Schema):
    """All vocabularies."""

    items: list[VocabularyOut]


routes = Routes(Title("单位与基础资料", "Organisations and reference data"))


def _organisations(rows: list[Organisation]) -> list[dict[str, Any]]:
    names = queries.area_names({o.area for o in rows if o.area})
    prefetch_related_objects(rows, "parent")
    return [
        {
            **{name: getattr(o, name) for name in OrganisationOut.model_fields if hasattr(o, name)},
            "kind_label": str(ORGANISATION_KINDS.get(o.kind, o.kind)),
            "area_label": names.get(o.area, ""),
            "url": o.get_absolute_url(),
            "parent": o.parent.uid if o.parent else None,
            "parent_name": o.parent.name if o.parent else o.parent_name,
        }
        for o in rows
    ]


@routes.operation(
    "GET",
    "/me",
    title=Title("我是谁，令牌能做什么", "Who acts, and how far the token reaches"),
    permission="signed-in",
    scope=None,
    response=MeOut,
)
def who_am_i(request: ApiRequest) -> dict[str, Any]:
    """The bearer."""
    actor, bearer = request.actor, request.bearer
    return {
        "kind": "organisation" if actor.person_uid is None else "person",
        "name": actor.name,
        "organisations": [{"uid": m.organisation, "name": m.name, "verified": m.verified} for m in actor.memberships],
        "roles": [{"role": g.role, "label": word(ROLES[g.role]), "area": g.area} for g in actor.grants],
        "token": {
            "uid": bearer.token,
            "name": bearer.name,
            "scopes": sorted(bearer.scopes),
            "expires_at": bearer.expires_at,
        },
    }


@routes.operation(
    "GET",
    "/organisations",
    title=Title("列出单位", "List organisations"),
    permission=Perm.ORGANISATION_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=Page[OrganisationOut],
)
def list_organisations(request: ApiRequest, asked: Query[OrganisationQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """In the order in which they came to the platform."""
    wanted = queries.OrganisationFilter(asked.q.strip(), asked.area, asked.kind or "", asked.verified)
    return paginate(request, queries.find_organisations(request.actor, wanted), page, show=_organisations)


@routes.operation(
    "GET",
    "/organisations/{uuid:uid}",
    title=Title("读取一家单位", "Read an organisation"),
    permission=Perm.ORGANISATION_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=OrganisationOut,
)
def get_organisation(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag."""
    found = queries.find_organisation(request.actor, uid)
    if found is None:
        raise Http404
    revision.note(request, found.revision)
    return _organisations([found])[0]


@routes.operation(
    "GET",
    "/organisations/{uuid:uid}/titles",
    title=Title("列出一家单位的资质称号", "List the titles of an organisation"),
    permission=Perm.ORGANISATION_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=HonoursOut,
)
def list_organisation_titles(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Those in force; for its people and officers also what has ended or was withdrawn, and why."""
    found = queries.find_organisation(request.actor, uid)
    if found is None:
        raise Http404
    inside, today = may(request.actor, Perm.COLLEAGUE_READ, found), clock.today()
    rows = titles.of_organisation(request.actor, found)
    return {"items": [honour(one, today) for one in rows if inside or one.is_in_force(today)]}


def honour(one: Honour, today: date) -> dict[str, Any]:
    """`HonourOut` of one."""
    given = {*HonourOut.model_fields} - {"kind_label", "level_label", "in_force"}
    return {
        **{name: getattr(one, name) for name in given},
        "kind_label": word(TITLES.kinds[one.kind]),
        "level_label": word(TITLES.levels[one.level]),
        "in_force": one.is_in_force(today),
    }


def _area(area: Area) -> dict[str, Any]:
    parent = area.parent.code if area.parent is not None else None
    return {"code": area.code, "name": area.name, "name_en": area.name_en, "kind": area.kind, "parent": parent}


@routes.operation(
    "GET",
    "/areas",
    title=Title("列出地区", "List areas"),
    permission=Perm.VOCABULARY_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=Page[AreaOut],
)
def list_areas(request: ApiRequest, asked: Query[AreaQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """In tree order: each area before those below it."""
    rows = queries.areas(asked.q.strip())
    if asked.below:
        rows = rows.filter(code__in=queries.codes_below(asked.below))
    return paginate(request, rows, page, order=("path", "uid"), show=lambda found: [_area(a) for a in found])


def _vocabulary(found: Vocabulary) -> dict[str, Any]:
    return {"key": found.key, "label": found.label, "label_en": found.label_en, "source": found.source}


def _term(term: Term) -> dict[str, Any]:
    return {
        "key": term.key,
        "label": term.label,
        "label_en": term.label_en,
        "parent": term.parent.key if term.parent is not None else None,
        "retired": term.retired_on is not None,
    }


@routes.operation(
    "GET",
    "/vocabularies",
    title=Title("列出词表", "List vocabularies"),
    permission=Perm.VOCABULARY_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=VocabulariesOut,
)
def list_vocabularies(request: ApiRequest) -> dict[str, Any]:  # noqa: ARG001 - every operation gets its request
    """All of them; there are few."""
    return {"items": [_vocabulary(found) for found in queries.vocabularies()]}


@routes.operation(
    "GET",
    "/vocabularies/{slug:key}",
    title=Title("读取一个词表", "Read a vocabulary"),
    permission=Perm.VOCABULARY_READ,
    scope=Scope.ORGANISATIONS_READ,
    public=True,
    response=VocabularyTermsOut,
)
def get_vocabulary(request: ApiRequest, key: str) -> dict[str, Any]:
    """With its terms in order."""
    found = queries.vocabularies().filter(key=key).first()
    if found is None:
        raise Http404
    revision.note(request, found.revision)
    return {**_vocabulary(found), "terms": [_term(term) for term in queries.terms(key, retired=True)]}
