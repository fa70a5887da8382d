"""Registrations through the API: read, and what the applicant does.

The registrar's acts are in `desk`, what follows his decision in `desk_later`.
"""

from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import File as Uploaded
from ninja import Query, Status
from ninja.files import UploadedFile

from mengkeju.deals import actions, queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.api.deals import load_deal, plain
from mengkeju.deals.api.reads import duty_of, routes
from mengkeju.deals.api.registration_schemas import (
    ParticularsIn,
    RegistrationFileIn,
    RegistrationNoteIn,
    RegistrationOut,
    RegistrationPrepareIn,
    RegistrationQuery,
    RegistrationRow,
    RegistrationTypeIn,
)
from mengkeju.deals.engine import application
from mengkeju.deals.engine.precheck_facts import DIMENSIONS
from mengkeju.deals.engine.registration_workflow import REGISTERED_STATES, REGISTRATION, keeping
from mengkeju.deals.models import Registration
from mengkeju.deals.queries import registration_facts
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import MULTIPART, ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word

SAME = (
    "uid", "number_here", "state", "contract_type", "number", "registered_on", "area", "fictional", "revision",
    "created_at", "state_at",
)  # fmt: skip
MORE = (
    "contract_subtype", "suggested_type", "type_reason", "is_import", "filed_at", "accepted_on", "supplement_until",
    "needs_expert", "body_name",
)  # fmt: skip
SUMS = ("applied_value", "applied_technology", "certified_value", "certified_technology")
INSIDE = ("supplement_note", "expert_opinion", "refusal")
OFFERED = (
    "file", "supply", "withdraw", "object", "accept", "ask_supplement", "send_to_expert", "expert_opinion", "register",
    "refuse", "change", "cancel", "uphold_objection", "keep_registered", "keep_changed", "keep_refused",
)  # fmt: skip
"""Steps that have an operation."""


def load_registration(request: ApiRequest, uid: UUID, needs: str = RegistrationPerm.READ) -> Registration:
    """The registration, or 404; RefusedError when the reader may not do with it what the operation is for."""
    found = queries.find_registration(request.actor, uid)
    if found is None:
        raise Http404
    require(request.actor, needs, found)
    return found


def _row(found: Registration) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in SAME},
        **{name: plain(getattr(found, name)) for name in SUMS},
        "deal": {"uid": found.deal.uid, "title": found.deal.title},
        "applicant": found.applicant.name if found.applicant is not None else found.seller_name,
        "state_label": word(REGISTRATION.states[found.state]),
        "url": found.get_absolute_url(),
    }


def rows(found: list[Registration]) -> list[dict[str, Any]]:
    """`RegistrationRow` of each; no query more than reading them."""
    return [_row(one) for one in found]


def whole(found: Registration, actor: Actor) -> dict[str, Any]:
    """`RegistrationOut`."""
    inside = queries.sees_papers(actor, found)
    return {
        **_row(found),
        **{name: getattr(found, name) for name in MORE},
        **{name: getattr(found, name) if inside else "" for name in INSIDE},
        "duty": duty_of(found, actor) if inside else None,
        "steps": _steps(found, actor),
        "answers": found.deal.type_answers if inside else {},
        "particulars": application.read(found.particulars).kept() if inside else None,
        "papers": _papers(found) if inside else [],
        "findings": _findings(found) if inside else [],
        "amendments": _amendments(found) if inside else [],
    }


def _steps(found: Registration, actor: Actor) -> list[str]:
    leaving = REGISTRATION.leaving(found.state)
    here = [(key, step) for key, step in leaving if key in OFFERED and key not in _other_ways_back(found)]
    steps = [key for key, step in here if may(actor, step.permission, found)]
    editable = found.state in actions.EDITABLE_STATES and may(actor, RegistrationPerm.EDIT, found)
    return ["edit", *steps] if editable else steps


def _other_ways_back(found: Registration) -> set[str]:
    """Of the steps that reject an objection those that lead to another result than the one it was raised against."""
    ways = {keeping(state) for state in (*REGISTERED_STATES, "refused")}
    return ways - {keeping(found.objected_from)} if found.objected_from else ways


def _papers(found: Registration) -> list[dict[str, Any]]:
    return [
        {
            "key": paper.item.key,
            "label": word(paper.item),
            "asked": paper.asked,
            "there": paper.is_there,
            "document": paper.document.uid if paper.document is not None else None,
            "file": paper.file.uid if paper.file is not None else None,
            "name": paper.file.name if paper.file is not None else "",
        }
        for paper in queries.checklist(found)
    ]


def _findings(found: Registration) -> list[dict[str, Any]]:
    return [
        {
            "dimension": row["dimension"],
            "label": word(DIMENSIONS[row["dimension"]]),
            "result": row["result"],
            "notes": [note["message"] for note in row["notes"]],
        }
        for row in registration_facts.findings_told(found)
    ]


def _amendments(found: Registration) -> list[dict[str, Any]]:
    names = ("name", "before", "after", "reason", "changed_on")
    return [{name: getattr(row, name) for name in names} for row in queries.amendments_of(found)]


def shown(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """The registration as it stands, as an answer with its ETag."""
    found = load_registration(request, uid)
    revision.note(request, found.revision)
    return whole(found, request.actor)


@routes.operation(
    "GET",
    "/registrations",
    title=Title("列出认定登记", "List registrations"),
    permission=RegistrationPerm.READ,
    scope=Scope.REGISTRATIONS_READ,
    response=Page[RegistrationRow],
)
def list_registrations(request: ApiRequest, asked: Query[RegistrationQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """Of my organisations' deals, those I helped with, and as a registrar those filed in my places."""
    wanted = queries.RegistrationFilter(asked.text.strip(), asked.state or "", asked.year)
    return paginate(request, queries.filtered_registrations(request.actor, wanted), page, show=rows)


@routes.operation(
    "GET",
    "/registrations/{uuid:uid}",
    title=Title("读取一项认定登记", "Read a registration"),
    permission=RegistrationPerm.READ,
    scope=Scope.REGISTRATIONS_READ,
    response=RegistrationOut,
)
def get_registration(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag, the checklist and the pre-check for those who may see the papers."""
    return shown(request, uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/registration",
    title=Title("准备登记申请", "Prepare the application"),
    permission=RegistrationPerm.PREPARE,
    scope=Scope.REGISTRATIONS_WRITE,
    response=RegistrationOut,
)
def prepare_registration(request: ApiRequest, uid: UUID, given: RegistrationPrepareIn) -> dict[str, Any]:
    """Of a signed deal, by any party; the one that is live, if there is one."""
    deal = load_deal(request, uid)
    made = actions.prepare_registration(deal, is_import=given.is_import, by=request.actor, now=clock.now())
    return shown(request, made.uid)


@routes.operation(
    "PUT",
    "/registrations/{uuid:uid}/type",
    title=Title("判定合同类型", "State the type of contract"),
    permission=RegistrationPerm.EDIT,
    scope=Scope.REGISTRATIONS_WRITE,
    revises=True,
    response=RegistrationOut,
)
def put_registration_type(request: ApiRequest, uid: UUID, given: RegistrationTypeIn) -> dict[str, Any]:
    """Answers to the guided questions and the applicant's choice; an import passes to the buyer."""
    found, read = load_registration(request, uid, RegistrationPerm.EDIT), revision.expected(request)
    actions.edit_registration(found, **given.dict(), by=request.actor, now=clock.now(), revision=read)
    return shown(request, uid)


@routes.operation(
    "PUT",
    "/registrations/{uuid:uid}/particulars",
    title=Title("填写条款和情形", "State clauses and circumstances"),
    permission=RegistrationPerm.EDIT,
    scope=Scope.REGISTRATIONS_WRITE,
    revises=True,
    response=RegistrationOut,
)
def put_registration_particulars(request: ApiRequest, uid: UUID, given: ParticularsIn) -> dict[str, Any]:
    """Circumstances, clauses, numbers of rights, the invoice."""
    found, read = load_registration(request, uid, RegistrationPerm.EDIT), revision.expected(request)
    said = given.dict()
    stated = application.Particulars(
        **{**said, "flags": frozenset(said["flags"]), "ip_numbers": tuple(said["ip_numbers"])}
    )
    actions.edit_particulars(found, stated, by=request.actor, now=clock.now(), revision=read)
    return shown(request, uid)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/documents/{slug:key}",
    title=Title("上传登记材料", "Upload a file of the checklist"),
    permission=RegistrationPerm.EDIT,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    consumes=(MULTIPART,),
    response={201: RegistrationOut},
)
def upload_registration_document(
    request: ApiRequest, uid: UUID, key: str, file: Uploaded[UploadedFile]
) -> Status[dict[str, Any]]:
    """One for each key; one that lay there is taken off and stays in the record."""
    found = load_registration(request, uid, RegistrationPerm.EDIT)
    once.created(request, lambda: actions.attach_document(found, key, file, by=request.actor, now=clock.now()))
    return Status(201, shown(request, uid))


@routes.operation(
    "DELETE",
    "/registrations/{uuid:uid}/documents/{slug:key}",
    title=Title("移去登记材料", "Take a file off the checklist"),
    permission=RegistrationPerm.EDIT,
    scope=Scope.REGISTRATIONS_WRITE,
    response=RegistrationOut,
)
def remove_registration_document(request: ApiRequest, uid: UUID, key: str) -> dict[str, Any]:
    """It stays in the record."""
    found = load_registration(request, uid, RegistrationPerm.EDIT)
    row = found.documents.filter(key=key, archived_at=None).first()
    if row is None:
        raise Http404
    actions.remove_document(row, by=request.actor, now=clock.now())
    return shown(request, uid)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/file",
    title=Title("提交登记申请", "File the application"),
    permission=RegistrationPerm.FILE,
    scope=Scope.REGISTRATIONS_WRITE,
    revises=True,
    response=RegistrationOut,
)
def file_registration(request: ApiRequest, uid: UUID, given: RegistrationFileIn) -> dict[str, Any]:
    """By the applicant. 422 with one sentence at #/checks for each thing that must be mended."""
    found, read = load_registration(request, uid, RegistrationPerm.FILE), revision.expected(request)
    declared = given.declared_true
    actions.file_registration(found, declared_true=declared, by=request.actor, now=clock.now(), revision=read)
    return shown(request, uid)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/supply",
    title=Title("补正完毕", "Supply what was asked for"),
    permission=RegistrationPerm.SUPPLY,
    scope=Scope.REGISTRATIONS_WRITE,
    revises=True,
    response=RegistrationOut,
)
def supply_registration(request: ApiRequest, uid: UUID, given: RegistrationNoteIn) -> dict[str, Any]:
    """By the applicant; the desk's clock begins anew."""
    found, read = load_registration(request, uid, RegistrationPerm.SUPPLY), revision.expected(request)
    actions.supply_registration(found, note=given.note, by=request.actor, now=clock.now(), revision=read)
    return shown(request, uid)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/withdraw",
    title=Title("撤回登记申请", "Withdraw the application"),
    permission=RegistrationPerm.WITHDRAW,
    scope=Scope.REGISTRATIONS_WRITE,
    revises=True,
    response=RegistrationOut,
)
def withdraw_registration(request: ApiRequest, uid: UUID, given: RegistrationNoteIn) -> dict[str, Any]:
    """By the applicant, before it is decided."""
    found, read = load_registration(request, uid, RegistrationPerm.WITHDRAW), revision.expected(request)
    actions.withdraw_registration(found, note=given.note, by=request.actor, now=clock.now(), revision=read)
    return shown(request, uid)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/object",
    title=Title("对登记结论提异议", "Object to the decision"),
    permission=RegistrationPerm.OBJECT,
    scope=Scope.REGISTRATIONS_WRITE,
    revises=True,
    response=RegistrationOut,
)
def object_to_registration(request: ApiRequest, uid: UUID, given: RegistrationNoteIn) -> dict[str, Any]:
    """By any party, with the reason."""
    found, read = load_registration(request, uid, RegistrationPerm.OBJECT), revision.expected(request)
    actions.object_to(found, given.note, by=request.actor, now=clock.now(), revision=read)
    return shown(request, uid)
