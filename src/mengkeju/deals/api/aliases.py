"""The merge desk through the API: spellings of the ledgers that wait for a decision, deciding, taking it back.

A registrar's role passes with registrations:read or registrations:write.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import Field

from mengkeju.deals import actions, queries
from mengkeju.deals.access import LedgerPerm, RegistrationPerm
from mengkeju.deals.api.deal_schemas import UNIVERSITY
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.schemas import example
from mengkeju.deals.models import PartyAlias
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, address, paginate, seal, unseal
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title

ALIAS = "0193a4c6-0000-7000-8000-000000000995"
SPELLING = "河套工大（演示）"


class CandidateOut(Schema):
    """An organisation that a spelling may mean."""

    uid: UUID
    name: str
    area: str


class OpenNameOut(Schema):
    """A spelling nobody has decided on, with whom it may mean."""

    spelling: str
    imported: int = Field(description="已导入的当事人中有几个这样写。 / Imported parties with it.")
    waiting: int = Field(description="我的导入预览中有几行这样写。 / Rows of own previews with it.")
    candidates: list[CandidateOut]

    model_config = example(
        {
            "spelling": SPELLING,
            "imported": 2,
            "waiting": 0,
            "candidates": [{"uid": UNIVERSITY, "name": "青城理工大学（演示）", "area": "150102"}],
        }
    )


class PartyAliasOut(Schema):
    """A spelling and what it means. `decision`: empty while open, `none` for nobody of the directory."""

    uid: UUID
    spelling: str
    decision: Literal["", "organisation", "none"]
    organisation: UUID | None
    name: str = Field(description="单位名称。 / The organisation's name.")
    decided_at: datetime | None
    linked: int = Field(description="据此归并了几个当事人。 / Parties linked by it.")
    revision: int

    model_config = example(
        {
            "uid": ALIAS,
            "spelling": SPELLING,
            "decision": "organisation",
            "organisation": UNIVERSITY,
            "name": "青城理工大学（演示）",
            "decided_at": "2026-11-21T15:00:00+08:00",
            "linked": 2,
            "revision": 2,
        }
    )


class PartyDecideIn(Input):
    """Whom a spelling means: an organisation of the directory, or null for none of them."""

    spelling: str = Field(max_length=120)
    organisation: UUID | None

    model_config = example({"spelling": SPELLING, "organisation": UNIVERSITY}, strict=True)


def _aliases(found: list[PartyAlias]) -> list[dict[str, Any]]:
    same = ("uid", "spelling", "decision", "decided_at", "revision", "linked")
    return [
        {
            **{name: getattr(one, name) for name in same},
            "organisation": one.organisation.uid if one.organisation is not None else None,
            "name": one.organisation.name if one.organisation is not None else "",
        }
        for one in found
    ]


def _shown(request: ApiRequest, alias: PartyAlias) -> dict[str, Any]:
    revision.note(request, alias.revision)
    alias.linked = alias.parties.count()  # type: ignore[attr-defined]  # as `decided_names` annotates it
    return _aliases([alias])[0]


@routes.operation(
    "GET",
    "/party-aliases/open",
    title=Title("列出待定的台账写法", "List the spellings to be decided"),
    permission=RegistrationPerm.QUEUE,
    scope=Scope.REGISTRATIONS_READ,
    ask_first=True,
    response=Page[OpenNameOut],
)
def list_open_names(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Noted by an import, or in a preview of one's own, by their spelling."""
    found = sorted(queries.open_names(request.actor), key=lambda one: one.key)
    if page.cursor:
        [last] = unseal(request, page.cursor)[:1] or [""]
        found = [one for one in found if one.key > last]
    shown, more = found[: page.limit], len(found) > page.limit
    parties = queries.Parties(queries.desk_area(request.actor)) if shown else None
    items = [
        {
            **{name: getattr(one, name) for name in ("spelling", "imported", "waiting")},
            "candidates": [
                {"uid": o.uid, "name": o.name, "area": o.area}
                for o in (parties.candidates(one.spelling) if parties is not None else ())
            ],
        }
        for one in shown
    ]
    following = address(request, seal(request, [shown[-1].key]), page.limit) if more else None
    return {"items": items, "next": following}


@routes.operation(
    "GET",
    "/party-aliases",
    title=Title("列出已定的台账写法", "List the decisions on spellings"),
    permission=RegistrationPerm.QUEUE,
    scope=Scope.REGISTRATIONS_READ,
    ask_first=True,
    response=Page[PartyAliasOut],
)
def list_party_aliases(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Those in force at one's desk, in order of the first notice."""
    return paginate(request, queries.decided_names(request.actor), page, show=_aliases)


@routes.operation(
    "POST",
    "/party-aliases/decide",
    title=Title("定一个写法是哪家单位", "Decide whom a spelling means"),
    permission=LedgerPerm.IMPORT,
    scope=Scope.REGISTRATIONS_WRITE,
    ask_first=True,
    creates=True,
    response=PartyAliasOut,
)
def decide_party(request: ApiRequest, given: PartyDecideIn) -> dict[str, Any]:
    """Imported parties with it are linked, later imports too. One that was decided otherwise is undone first."""
    require(request.actor, LedgerPerm.DECIDE, PartyAlias(area=queries.desk_area(request.actor)))
    meant = directory.verified_organisation(given.organisation) if given.organisation is not None else None
    if given.organisation is not None and meant is None:
        raise ProblemError("invalid", "", [Wrong("#/organisation", _("没有找到这家单位"))])
    made = once.created(request, lambda: actions.decide_party(given.spelling, meant, by=request.actor, now=clock.now()))
    return _shown(request, made)


@routes.operation(
    "POST",
    "/party-aliases/{uuid:uid}/undo",
    title=Title("撤销一个写法的决定", "Take a decision on a spelling back"),
    permission=LedgerPerm.DECIDE,
    scope=Scope.REGISTRATIONS_WRITE,
    revises=True,
    response=PartyAliasOut,
)
def undo_party(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Parties it linked stand by their name again; If-Match is the `revision` of the list."""
    alias = queries.aliases(request.actor).filter(uid=uid).first()
    if alias is None:
        raise Http404
    require(request.actor, LedgerPerm.DECIDE, alias)
    read = revision.expected(request)
    return _shown(request, actions.undo_party(alias, by=request.actor, now=clock.now(), revision=read))
