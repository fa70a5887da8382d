"""The texts of a deal through the API: listed with their digests, put up, confirmed, on paper too, taken back."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field, Form, Schema, Status
from ninja import File as Uploaded
from ninja.files import UploadedFile

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.api.deal_schemas import PARTY
from mengkeju.deals.api.money import load_for
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.schemas import example
from mengkeju.deals.models import ContractText, Deal, DealParty
from mengkeju.kernel import clock
from mengkeju.kernel.api import once
from mengkeju.kernel.api.gate import MULTIPART, ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.routes import Input
from mengkeju.kernel.api.scopes import Scope, Title

TextRole = Literal["main", "addendum", "translation", "scan"]
TextLanguage = Literal["zh", "en", "ru", "mn", "ja", "ko", "de", "fr", "other"]
Standing = Literal["asked", "frozen", "superseded", "taken_back", "beside"]
TEXT, SCAN = "0193a4c6-0000-7000-8000-000000000981", "0193a4c6-0000-7000-8000-000000000983"
SM3 = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"


class TextConfirmationOut(Schema):
    """A party's word on this very text."""

    party: UUID
    name: str
    confirmed_at: datetime
    on_paper: bool


class TextOut(Schema):
    """One version of a text. `asked`: the one to be confirmed now, by those in `waiting`."""

    uid: UUID
    role: TextRole
    version: int
    language: TextLanguage
    translation_of: UUID | None
    party: UUID = Field(description="上传的一方。 / The party that put it up.")
    standing: Standing
    file: UUID
    name: str
    sm3: str = Field(description="GB/T 32905-2016")
    sha256: str
    note: str
    frozen_at: datetime | None
    created_at: datetime
    confirmations: list[TextConfirmationOut]
    waiting: list[UUID]

    model_config = example(
        {
            "uid": TEXT,
            "role": "main",
            "version": 1,
            "language": "zh",
            "translation_of": None,
            "party": PARTY,
            "standing": "asked",
            "file": "0193a4c6-0000-7000-8000-000000000401",
            "name": "合同第1版.pdf",
            "sm3": SM3,
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "note": "",
            "frozen_at": None,
            "created_at": "2026-11-21T14:00:00+08:00",
            "confirmations": [
                {
                    "party": PARTY,
                    "name": "青城理工大学（演示）",
                    "confirmed_at": "2026-11-21T15:00:00+08:00",
                    "on_paper": False,
                }
            ],
            "waiting": ["0193a4c6-0000-7000-8000-000000000912"],
        }
    )


class TextsOut(Schema):
    """By role, the newest first."""

    items: list[TextOut]


class TextForm(Schema):
    """What is said of an upload."""

    role: TextRole = "main"
    language: TextLanguage = "zh"
    translation_of: str = Field(
        default="", max_length=36, description="中文译本译自哪一份，没有就空着。 / What it translates; may be empty."
    )
    note: str = Field(default="", max_length=300, description="这一版改了什么。 / What this version changes.")


class TextConfirmIn(Input):
    """For which of my parties, and the digest of what was read."""

    party: UUID
    sm3: str = Field(max_length=64)

    model_config = example({"party": PARTY, "sm3": SM3}, strict=True)


class TextPaperIn(Input):
    """Which party agreed on paper, the digest of the very text it agreed to, and the scan that shows it."""

    party: UUID
    sm3: str = Field(max_length=64)
    scan: UUID = Field(description="角色为 scan 的一份文本。 / A text of the role scan.")

    model_config = example({"party": PARTY, "sm3": SM3, "scan": SCAN}, strict=True)


class TextTakeBackIn(Input):
    """Why it was put up by mistake."""

    reason: str = Field(max_length=200)

    model_config = example({"reason": "传错了文件"}, strict=True)


def _shown(state: queries.TextState) -> dict[str, Any]:
    text = state.text
    same = ("uid", "role", "version", "language", "sm3", "note", "frozen_at", "created_at")
    return {
        **{name: getattr(text, name) for name in same},
        "translation_of": text.translation_of.uid if text.translation_of is not None else None,
        "party": text.party.uid,
        "standing": state.standing,
        "file": text.file.uid,
        "name": text.file.name,
        "sha256": text.file.sha256,
        "confirmations": [
            {
                "party": one.party.uid,
                "name": one.party.name,
                "confirmed_at": one.created_at,
                "on_paper": one.scan_id is not None,
            }
            for one in state.confirmations
        ],
        "waiting": [party.uid for party in state.waiting],
    }


def texts(deal: Deal) -> list[dict[str, Any]]:
    """`TextOut` of every version. Three queries."""
    return [_shown(state) for states in queries.texts_of(deal).values() for state in states]


def _one(deal: Deal, uid: UUID) -> dict[str, Any]:
    return next(one for one in texts(deal) if one["uid"] == uid)


def _load_text(deal: Deal, uid: UUID) -> ContractText:
    found = queries.find_text(deal, uid)
    if found is None:
        raise Http404
    return found


def _party(deal: Deal, uid: UUID) -> DealParty:
    found = deal.parties.filter(uid=uid, archived_at=None).first()
    if found is None:
        raise ProblemError("invalid", "", [Wrong("#/party", _("请选择合同的一方"))])
    return found


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/texts",
    title=Title("列出合同文本", "List the texts"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=TextsOut,
)
def list_texts(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """Every version with its digests and who has confirmed it; the files are read by `/files/{uid}/content`."""
    return {"items": texts(load_for(request, uid, DealPerm.READ_INSIDE))}


def _original(deal: Deal, named: str) -> ContractText | None:
    """The text a form names; None for an empty name and for what is no text of the deal."""
    try:
        return queries.find_text(deal, UUID(named))
    except ValueError:
        return None


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/texts",
    title=Title("上传合同文本", "Put up a text"),
    permission=DealPerm.TEXT,
    scope=Scope.DEALS_WRITE,
    creates=True,
    consumes=(MULTIPART,),
    response={201: TextOut},
)
def upload_text(
    request: ApiRequest, uid: UUID, file: Uploaded[UploadedFile], given: Form[TextForm]
) -> Status[dict[str, Any]]:
    """The next version of its role; of a newer main text all confirmations begin anew."""
    deal = load_for(request, uid, DealPerm.TEXT)
    original = _original(deal, given.translation_of)
    if given.translation_of and original is None:
        raise ProblemError("invalid", "", [Wrong("#/translation_of", _("请选择译自哪一份外文文本"))])

    def put_up() -> ContractText:
        role, language, note, by, now = given.role, given.language, given.note, request.actor, clock.now()
        return actions.upload_text(
            deal, file, role=role, language=language, note=note, translation_of=original, by=by, now=now
        )

    try:
        made = once.created(request, put_up)
    except ValidationError as error:
        if hasattr(error, "error_dict") and "upload" in error.error_dict:
            raise ValidationError({"file": error.message_dict["upload"]}) from error
        raise
    return Status(201, _one(deal, made.uid))


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/texts/{uuid:text_uid}/confirm",
    title=Title("确认合同文本", "Confirm a text"),
    permission=DealPerm.TEXT_CONFIRM,
    scope=Scope.DEALS_WRITE,
    response=TextOut,
)
def confirm_text(request: ApiRequest, uid: UUID, text_uid: UUID, given: TextConfirmIn) -> dict[str, Any]:
    """A party's word, by one of its people, on the text with this digest. A second time changes nothing."""
    deal = load_for(request, uid, DealPerm.TEXT_CONFIRM)
    text = _load_text(deal, text_uid)
    party = _party(deal, given.party)
    actions.confirm_text(text, party=party, sm3=given.sm3, by=request.actor, now=clock.now())
    return _one(deal, text_uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/texts/{uuid:text_uid}/confirm-on-paper",
    title=Title("记为书面确认", "Put a confirmation on paper on record"),
    permission=DealPerm.TEXT_CONFIRM,
    scope=Scope.DEALS_WRITE,
    response=TextOut,
)
def confirm_text_on_paper(request: ApiRequest, uid: UUID, text_uid: UUID, given: TextPaperIn) -> dict[str, Any]:
    """Of a party without people on the platform, by another party, with the scan. A second time changes nothing."""
    deal = load_for(request, uid, DealPerm.TEXT_CONFIRM)
    text, scan = _load_text(deal, text_uid), queries.find_text(deal, given.scan)
    if scan is None:
        raise ProblemError("invalid", "", [Wrong("#/scan", _("请选择签字盖章扫描件"))])
    party = _party(deal, given.party)
    actions.confirm_on_paper(text, party=party, scan=scan, sm3=given.sm3, by=request.actor, now=clock.now())
    return _one(deal, text_uid)


@routes.operation(
    "POST",
    "/deals/{uuid:uid}/texts/{uuid:text_uid}/take-back",
    title=Title("撤回一版文本", "Take a text back"),
    permission=DealPerm.TEXT,
    scope=Scope.DEALS_WRITE,
    response=TextOut,
)
def take_back_text(request: ApiRequest, uid: UUID, text_uid: UUID, given: TextTakeBackIn) -> dict[str, Any]:
    """By the side that put it up, while nobody has confirmed it; the row with its digest stays."""
    deal = load_for(request, uid, DealPerm.TEXT)
    actions.take_back_text(_load_text(deal, text_uid), given.reason, by=request.actor, now=clock.now())
    return _one(deal, text_uid)
