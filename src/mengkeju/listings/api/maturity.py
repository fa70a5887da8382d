"""The ladder of an achievement through the API. A rung's proof file is added on the page and read here."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema, Status

from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.api import once
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.api.reads import load, routes
from mengkeju.listings.api.schemas import TIER, Tier, example
from mengkeju.listings.api.values import REVIEWED, Day, note_parts
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Rung

STEP_UID = "0193a4c6-0000-7000-8000-000000000801"
LEVEL = "级别，词表 maturity 中的词条。 / A term of the vocabulary `maturity`."


class RungFileOut(Schema):
    """A file that proves a rung; download it by `/listings/{listing}/files/{uid}/content`."""

    uid: UUID
    name: str


class MaturityStepOut(Schema):
    """A rung. Level and day go with the listing; `open` false: the evidence is for the readers of `tier`."""

    uid: UUID
    level: str = Field(description=LEVEL)
    level_label: str
    reached_on: date
    tier: Tier = Field(description=TIER)
    open: bool
    evidence: str
    file: RungFileOut | None
    created_at: datetime

    model_config = example(
        {
            "uid": STEP_UID,
            "level": "trl6",
            "level_label": "TRL 6",
            "reached_on": "2026-06-30",
            "tier": "public",
            "open": True,
            "evidence": "中试报告 2026-017，日处理 20 吨",
            "file": None,
            "created_at": "2026-11-21T10:30:00+08:00",
        }
    )


class MaturityStepsOut(Schema):
    """The ladder, the last rung first."""

    items: list[MaturityStepOut]


class MaturityStepIn(Input):
    """A rung that has been reached. It is never rewritten: a wrong one is answered by another."""

    level: str = Field(max_length=60, description=LEVEL)
    reached_on: Day
    evidence: str = Field(min_length=1, max_length=1000, description="凭什么说达到了。 / What shows it.")
    tier: Tier = Field(default="public", description=f"证据谁能看。 {TIER}")
    secrecy_reviewed: bool = Field(default=False, description=REVIEWED)

    model_config = example(
        {
            "level": "trl6",
            "reached_on": "2026-06-30",
            "evidence": "中试报告 2026-017，日处理 20 吨",
            "secrecy_reviewed": True,
        }
    ) | {"extra": "forbid"}


def _shown(rung: Rung) -> dict[str, Any]:
    same = ("uid", "level", "reached_on", "tier", "created_at")
    return {
        **{name: getattr(rung.step, name) for name in same},
        "level_label": rung.label,
        "open": not rung.closed,
        "evidence": rung.evidence,
        "file": {"uid": rung.file.uid, "name": rung.file.file.name} if rung.file else None,
    }


def _ladder(request: ApiRequest, listing: Listing) -> list[dict[str, Any]]:
    rungs = queries.ladder(listing, request.actor)
    note_parts(request, listing, (rung.step.tier for rung in rungs if not rung.closed))
    return [_shown(rung) for rung in rungs]


@routes.operation(
    "GET",
    "/listings/{uuid:uid}/maturity-steps",
    title=Title("读取成熟度记录", "Read the ladder of maturity"),
    permission=Perm.READ,
    scope=Scope.LISTINGS_READ,
    public=True,
    response=MaturityStepsOut,
)
def list_maturity_steps(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """The last first; the evidence of a closed tier is left out."""
    return {"items": _ladder(request, load(request, uid))}


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/maturity-steps",
    title=Title("记一级成熟度", "Note a rung of maturity"),
    permission=Perm.EDIT,
    scope=Scope.LISTINGS_WRITE,
    creates=True,
    response={201: MaturityStepOut},
)
def add_maturity_step(request: ApiRequest, uid: UUID, given: MaturityStepIn) -> Status[dict[str, Any]]:
    """By its owner; the listing's level follows the last rung."""
    listing = load(request, uid)
    require(request.actor, Perm.EDIT, listing)
    stated = actions.StepInput(given.level, given.reached_on, given.evidence, given.tier)
    made = once.created(
        request,
        lambda: actions.add_maturity_step(
            listing, stated, by=request.actor, now=clock.now(), secrecy_reviewed=given.secrecy_reviewed
        ),
    )
    return Status(201, next(one for one in _ladder(request, load(request, uid)) if one["uid"] == made.uid))
