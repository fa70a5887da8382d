"""The registrar's desk through the API. A registrar's role passes with registrations:read or registrations:write.

Every act names the revision it was made from and carries an Idempotency-Key: an answer that was lost on the way is
given again, and nobody decides on a case he has not seen.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mengkeju.deals import actions
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.actions import Certificate
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.registration_schemas import (
    CertificateIn,
    ExpertIn,
    OpinionIn,
    RefusalIn,
    RegistrationOut,
    SupplementIn,
)
from mengkeju.deals.api.registrations import load_registration, shown
from mengkeju.deals.models import Registration
from mengkeju.kernel import clock, files
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.models import File


def done(
    request: ApiRequest, uid: UUID, needs: str, act: Callable[[Registration, dict[str, Any]], Registration]
) -> dict[str, Any]:
    """One act on one case, once for each key. `act` is handed who acts, when, and the revision he read."""
    found, read = load_registration(request, uid, needs), revision.expected(request)
    who = {"by": request.actor, "now": clock.now(), "revision": read}
    once.created(request, lambda: act(found, who))
    return shown(request, uid)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/accept",
    title=Title("受理登记申请", "Accept an application"),
    permission=RegistrationPerm.ACCEPT,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def accept_registration(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """The papers are complete: the clock begins today."""
    return done(request, uid, RegistrationPerm.ACCEPT, lambda found, who: actions.accept_registration(found, **who))


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/ask-supplement",
    title=Title("发补正通知", "Ask for corrections"),
    permission=RegistrationPerm.ASK_SUPPLEMENT,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def ask_supplement(request: ApiRequest, uid: UUID, given: SupplementIn) -> dict[str, Any]:
    """One notice of everything that is missing."""

    def act(found: Registration, who: dict[str, Any]) -> Registration:
        return actions.ask_supplement(found, given.note, until=given.until, **who)

    return done(request, uid, RegistrationPerm.ASK_SUPPLEMENT, act)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/send-to-expert",
    title=Title("送专家评审", "Send to experts"),
    permission=RegistrationPerm.SEND_TO_EXPERT,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def send_registration_to_expert(request: ApiRequest, uid: UUID, given: ExpertIn) -> dict[str, Any]:
    """For its size, or because it is disputed, then with the reason."""

    def act(found: Registration, who: dict[str, Any]) -> Registration:
        return actions.send_to_expert(found, expert_reason=given.expert_reason, **who)

    return done(request, uid, RegistrationPerm.SEND_TO_EXPERT, act)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/expert-opinion",
    title=Title("登记专家意见", "Record the experts' opinion"),
    permission=RegistrationPerm.EXPERT_OPINION,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def record_expert_opinion(request: ApiRequest, uid: UUID, given: OpinionIn) -> dict[str, Any]:
    """What the experts found; the clock goes on."""

    def act(found: Registration, who: dict[str, Any]) -> Registration:
        return actions.record_opinion(found, given.opinion, **who)

    return done(request, uid, RegistrationPerm.EXPERT_OPINION, act)


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/register",
    title=Title("予以登记", "Register"),
    permission=RegistrationPerm.REGISTER,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def register_contract(request: ApiRequest, uid: UUID, given: CertificateIn) -> dict[str, Any]:
    """The result as the national system gave it; the number is never generated here."""

    def act(found: Registration, who: dict[str, Any]) -> Registration:
        said = given.dict()
        scan = _scan(request, said.pop("scan"))
        return actions.register_contract(found, Certificate(**said), scan=scan, **who)

    return done(request, uid, RegistrationPerm.REGISTER, act)


def _scan(request: ApiRequest, uid: UUID | None) -> File | None:
    """The file I uploaded. ProblemError invalid for another."""
    found = files.own(request.actor, [uid]).get(uid) if uid is not None else None
    if uid is not None and found is None:
        raise ProblemError("invalid", "", [Wrong("#/scan", _("不是您上传的文件"))])
    return found


@routes.operation(
    "POST",
    "/registrations/{uuid:uid}/refuse",
    title=Title("不予登记", "Refuse"),
    permission=RegistrationPerm.REFUSE,
    scope=Scope.REGISTRATIONS_WRITE,
    creates=True,
    revises=True,
    response=RegistrationOut,
)
def refuse_registration(request: ApiRequest, uid: UUID, given: RefusalIn) -> dict[str, Any]:
    """With the reason the applicant reads."""
    return done(
        request,
        uid,
        RegistrationPerm.REFUSE,
        lambda found, who: actions.refuse_registration(found, given.note, **who),
    )
