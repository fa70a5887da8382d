"""Diagnoses of vague needs through the API: the brokers' queue, writing and concluding one, the enterprise's answer.

A broker's token needs matches:write, which lets his role through; an officer's listings:review.
"""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404
from ninja import Field, Query, Schema

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.actors import provider
from mengkeju.kernel.api import revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.actions import Findings, Wording
from mengkeju.listings.api.reads import routes
from mengkeju.listings.api.schemas import AREA, NOTE, UID, example
from mengkeju.listings.engine import completeness
from mengkeju.listings.engine.diagnosis_workflow import DIAGNOSIS
from mengkeju.listings.models import Diagnosis

DIAGNOSIS_UID = "0193a4c6-0000-7000-8000-000000000805"
DiagnosisState = Literal["open", "claimed", "proposed", "accepted", "refused", "second", "tracked", "cancelled"]
DiagnosisStep = Literal["claim", "release", "write", "conclude", "answer"]
TITLE, SUMMARY, KEYWORDS = 120, 5000, 200
ROW = {
    "uid": DIAGNOSIS_UID,
    "revision": 2,
    "need": UID,
    "need_number": "MK-N-2026-0007",
    "need_title": "想把渣弄好",
    "owner_name": "鹿原化工（演示）",
    "area": "150203",
    "area_label": "包头市 · 昆都仑区",
    "complete": 35,
    "round": 1,
    "state": "proposed",
    "state_label": "待企业确认",
    "state_at": "2026-11-21T10:30:00+08:00",
    "broker": "演示经纪人",
    "fictional": True,
    "created_at": "2026-11-20T09:00:00+08:00",
    "url": f"/diagnoses/{DIAGNOSIS_UID}/",
}


class DiagnosisRow(Schema):
    """A round of diagnosis in a list. The need itself is read by `/listings/{uid}`."""

    uid: UUID
    revision: int
    need: UUID
    need_number: str
    need_title: str
    owner_name: str
    area: str = Field(description=AREA)
    area_label: str
    complete: int | None = Field(description="需求写得有多完整，百分之几。 / How complete the need is, percent.")
    round: int
    state: DiagnosisState
    state_label: str
    state_at: datetime
    broker: str = Field(description="认领的经纪人；空为没有。 / Who has claimed it, if anybody.")
    fictional: bool
    created_at: datetime
    url: str

    model_config = example(ROW)


class WordingOut(Schema):
    """What everybody is to read of the need, once the enterprise has accepted it."""

    title: str
    summary: str
    keywords: str


class EarlierOut(Schema):
    """An earlier round with what its broker found."""

    uid: UUID
    round: int
    state: DiagnosisState
    findings: str


class DiagnosisOut(DiagnosisRow):
    """A round. `told` false: the broker is still writing, and this reader is not shown his draft."""

    told: bool
    findings: str
    wording: WordingOut
    due_on: date | None
    earlier: list[EarlierOut]
    steps: list[DiagnosisStep]

    model_config = example(
        ROW
        | {
            "told": True,
            "findings": "问过车间：只有夜班会堵",
            "wording": {
                "title": "气化细渣连续脱水",
                "summary": "含水从 48% 降到 25% 以下，每天 200 吨",
                "keywords": "细渣",
            },
            "due_on": "2026-11-27",
            "earlier": [],
            "steps": ["answer"],
        }
    )


class DiagnosisQuery(Schema):
    """Filters of the queue; without `show` what is under way."""

    show: Literal["open", "mine", "proposed", "tracked"] | None = Field(
        default=None, description="待认领、我认领的、待企业确认、长期跟踪。 / Which of them."
    )
    area: str = Field(default="", max_length=40, description=f"{AREA} 含下级。 / With everything below it.")
    field: str = Field(default="", max_length=60, description="技术领域。 / Term of `field`.")


class FindingsPatch(Input):
    """What the broker writes; what is left out stays."""

    findings: str = Field(
        default="", max_length=5000, description="诊断意见；企业和接手的经纪人看得到，不公开。 / Never public."
    )
    title: str = Field(default="", max_length=TITLE, description="公开的题目。 / For everybody.")
    summary: str = Field(default="", max_length=SUMMARY, description="公开的摘要。 / For everybody.")
    keywords: str = Field(default="", max_length=KEYWORDS)

    model_config = example({"findings": "问过车间：只有夜班会堵"}) | {"extra": "forbid"}


class ConcludeIn(FindingsPatch):
    """Refined (the enterprise is asked), another broker, or long-term tracking; with what is still to be written."""

    outcome: Literal["propose", "send_on", "track"]

    model_config = example({"outcome": "propose"}) | {"extra": "forbid"}


class DiagnosisReleaseIn(Input):
    """Why it is given back."""

    note: str = Field(min_length=1, max_length=1000, description=NOTE)

    model_config = example({"note": "不熟悉这一行"}) | {"extra": "forbid"}


class WordingAnswerIn(Input):
    """Take the wording, changed or as proposed (left out), and confirm the review of secrecy; or refuse it."""

    decision: Literal["accept", "refuse"]
    title: str | None = Field(default=None, max_length=TITLE)
    summary: str | None = Field(default=None, max_length=SUMMARY)
    keywords: str | None = Field(default=None, max_length=KEYWORDS)
    secrecy_reviewed: bool = Field(
        default=False, description="采用时须确认已作保密审查。 / To accept: reviewed for secrecy."
    )
    note: str = Field(default="", max_length=1000, description="不采用的理由。 / Why it is refused.")

    model_config = example({"decision": "accept", "secrecy_reviewed": True}) | {"extra": "forbid"}


def _rows(request: ApiRequest, found: list[Diagnosis]) -> list[dict[str, Any]]:
    """`DiagnosisRow` of each; a constant number of queries."""
    needs = queries.present_many([one.listing for one in found], request.actor)
    actions.note_reads(needs, channel="api", by=request.actor, now=clock.now(), keys=())
    people = provider().names({one.broker.uid for one in found if one.broker is not None})
    areas = directory.area_names({one.area for one in found if one.area})
    same = ("uid", "revision", "area", "round", "state", "state_at", "created_at")
    made = []
    for one, need in zip(found, needs, strict=True):
        measured = completeness.measure(one.listing.kind, one.listing.values)
        made.append(
            {
                **{name: getattr(one, name) for name in same},
                "need": need.uid,
                "need_number": need.number,
                "need_title": need.title,
                "owner_name": need.owner_name,
                "area_label": areas.get(one.area, ""),
                "complete": measured.percent if measured is not None else None,
                "state_label": word(DIAGNOSIS.states[one.state]),
                "broker": people.get(one.broker.uid, "") if one.broker is not None else "",
                "fictional": need.fictional,
                "url": one.get_absolute_url(),
            }
        )
    return made


def _load(request: ApiRequest, uid: UUID) -> Diagnosis:
    """The diagnosis, or 404 for whoever may not read it."""
    found = queries.find_diagnosis(request.actor, uid)
    if found is None:
        raise Http404
    return found


def _shown(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    one, actor = _load(request, uid), request.actor
    told = queries.is_told(actor, one)
    duty = duties.open_on(one).first()
    revision.note(request, one.revision)
    return {
        **_rows(request, [one])[0],
        "told": told,
        "findings": one.findings if told else "",
        "wording": {
            "title": one.public_title if told else "",
            "summary": one.public_summary if told else "",
            "keywords": one.keywords if told else "",
        },
        "due_on": duty.due_on if duty is not None else None,
        "earlier": [
            {"uid": e.uid, "round": e.round, "state": e.state, "findings": e.findings}
            for e in queries.rounds_of(one)
            if e.state != "cancelled"
        ],
        "steps": _steps(one, actor),
    }


def _steps(one: Diagnosis, actor: Actor) -> list[str]:
    possible = {
        "open": [("claim", Perm.DIAGNOSIS_CLAIM)],
        "claimed": [
            ("release", Perm.DIAGNOSIS_RELEASE),
            ("write", Perm.DIAGNOSIS_CONCLUDE),
            ("conclude", Perm.DIAGNOSIS_CONCLUDE),
        ],
        "proposed": [("answer", Perm.DIAGNOSIS_ANSWER)],
    }
    return [step for step, permission in possible.get(one.state, ()) if may(actor, permission, one)]


def _written(one: Diagnosis, given: FindingsPatch) -> Findings:
    """What stands in it, with what is written now."""
    stands = {
        "findings": one.findings,
        "title": one.public_title,
        "summary": one.public_summary,
        "keywords": one.keywords,
    }
    said = stands | given.dict(exclude_unset=True, include=set(stands))
    return Findings(said.pop("findings"), Wording(**said))


@routes.operation(
    "GET",
    "/diagnoses",
    title=Title("列出需求诊断", "List diagnoses of vague needs"),
    permission=Perm.DIAGNOSES_READ,
    scope=Scope.LISTINGS_READ,
    ask_first=True,
    response=Page[DiagnosisRow],
)
def list_diagnoses(request: ApiRequest, asked: Query[DiagnosisQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """For brokers and officers, the longest waiting first; not those of one's own organisation's needs."""
    wanted = queries.DiagnosisFilter(asked.show or "", asked.area, asked.field)
    rows = queries.diagnoses(request.actor, wanted)
    return paginate(request, rows, page, order=("state_at", "uid"), show=lambda found: _rows(request, found))


@routes.operation(
    "GET",
    "/diagnoses/{uuid:uid}",
    title=Title("读取一次需求诊断", "Read a diagnosis"),
    permission=Perm.DIAGNOSIS_READ,
    scope=Scope.LISTINGS_READ,
    response=DiagnosisOut,
)
def get_diagnosis(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag. The need's owner reads what was found once it is concluded."""
    return _shown(request, uid)


@routes.operation(
    "POST",
    "/diagnoses/{uuid:uid}/claim",
    title=Title("认领需求诊断", "Claim a diagnosis"),
    permission=Perm.DIAGNOSIS_CLAIM,
    scope=Scope.MATCHES_WRITE,
    response=DiagnosisOut,
)
def claim_diagnosis(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """By a broker; who comes second is told who was first."""
    actions.claim_diagnosis(_load(request, uid), by=request.actor, now=clock.now())
    return _shown(request, uid)


@routes.operation(
    "POST",
    "/diagnoses/{uuid:uid}/release",
    title=Title("放回需求诊断", "Give a diagnosis back"),
    permission=Perm.DIAGNOSIS_RELEASE,
    scope=Scope.MATCHES_WRITE,
    response=DiagnosisOut,
)
def release_diagnosis(request: ApiRequest, uid: UUID, given: DiagnosisReleaseIn) -> dict[str, Any]:
    """By who claimed it, or an officer over its area; what was written stays for the next one."""
    one = _load(request, uid)
    require(request.actor, Perm.DIAGNOSIS_RELEASE, one)
    actions.release_diagnosis(one, note=given.note, by=request.actor, now=clock.now())
    return _shown(request, uid)


@routes.operation(
    "PATCH",
    "/diagnoses/{uuid:uid}",
    title=Title("写诊断意见和公开文字", "Write findings and wording"),
    permission=Perm.DIAGNOSIS_CONCLUDE,
    scope=Scope.MATCHES_WRITE,
    revises=True,
    response=DiagnosisOut,
)
def save_findings(request: ApiRequest, uid: UUID, given: FindingsPatch) -> dict[str, Any]:
    """By who claimed it. It is his draft until he concludes."""
    one, read = _load(request, uid), revision.expected(request)
    require(request.actor, Perm.DIAGNOSIS_CONCLUDE, one)
    actions.save_findings(one, _written(one, given), by=request.actor, now=clock.now(), revision=read)
    return _shown(request, uid)


@routes.operation(
    "POST",
    "/diagnoses/{uuid:uid}/conclude",
    title=Title("作出诊断结论", "Conclude a diagnosis"),
    permission=Perm.DIAGNOSIS_CONCLUDE,
    scope=Scope.MATCHES_WRITE,
    revises=True,
    response=DiagnosisOut,
)
def conclude_diagnosis(request: ApiRequest, uid: UUID, given: ConcludeIn) -> dict[str, Any]:
    """By who claimed it."""
    one, read = _load(request, uid), revision.expected(request)
    require(request.actor, Perm.DIAGNOSIS_CONCLUDE, one)
    said = _written(one, given)
    actions.conclude_diagnosis(one, given.outcome, said, by=request.actor, now=clock.now(), revision=read)
    return _shown(request, uid)


@routes.operation(
    "POST",
    "/diagnoses/{uuid:uid}/answer",
    title=Title("采用或不采用公开文字", "Accept or refuse the wording"),
    permission=Perm.DIAGNOSIS_ANSWER,
    scope=Scope.LISTINGS_WRITE,
    revises=True,
    response=DiagnosisOut,
)
def answer_wording(request: ApiRequest, uid: UUID, given: WordingAnswerIn) -> dict[str, Any]:
    """By the enterprise. Accepted, the need goes to the officer's review; refused, it is a draft again."""
    one, read = _load(request, uid), revision.expected(request)
    require(request.actor, Perm.DIAGNOSIS_ANSWER, one)
    if given.decision == "refuse":
        actions.refuse_wording(one, note=given.note, by=request.actor, now=clock.now(), revision=read)
        return _shown(request, uid)
    said = {"title": one.public_title, "summary": one.public_summary, "keywords": one.keywords}
    said |= given.dict(include=set(said), exclude_none=True)
    actions.accept_wording(
        one,
        Wording(**said),
        secrecy_reviewed=given.secrecy_reviewed,
        by=request.actor,
        now=clock.now(),
        revision=read,
    )
    return _shown(request, uid)
