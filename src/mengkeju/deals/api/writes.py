"""Declaring, answering, talking and introducing through the API.

An intention needs a person on each side who answers for it: an organisation's own token reads, a personal one writes.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Status

from mengkeju.deals import actions
from mengkeju.deals.access import Perm
from mengkeju.deals.api.reads import load, messages, routes, shown
from mengkeju.deals.api.schemas import (
    AnswerIn,
    DeclareIn,
    IntentionMoveIn,
    IntentionOut,
    IntroduceIn,
    MessageIn,
    MessageOut,
)
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, files
from mengkeju.kernel.access import RefusedError, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.models import File
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing


def _listing(request: ApiRequest, uid: UUID, place: str) -> Listing:
    """A listing named in the body. ProblemError invalid for one the actor may not read, as for none."""
    found = listings.find(request.actor, uid)
    if found is None:
        raise ProblemError("invalid", "", [Wrong(f"#/{place}", _("没有找到这一条，或您看不到它"))])
    return found


def _declaring(request: ApiRequest, given: DeclareIn) -> Organisation:
    mine = directory.my_organisations(request.actor)
    if given.declaring is None and len(mine) > 1:
        raise ProblemError("invalid", "", [Wrong("#/declaring", _("您属于多个单位，请写明以哪个单位的名义"))])
    found = next((one for one in mine if given.declaring in {None, one.uid}), None)
    if found is None:
        raise RefusedError(Perm.DECLARE, _("只能以自己所在单位的名义表意向"), _("该单位人员"))
    return found


@routes.operation(
    "POST",
    "/intentions",
    title=Title("表达合作意向", "Declare an intention"),
    permission=Perm.DECLARE,
    scope=Scope.INTENTIONS_WRITE,
    ask_first=True,
    creates=True,
    response={201: IntentionOut},
)
def declare_intention(request: ApiRequest, given: DeclareIn) -> Status[dict[str, Any]]:
    """For one of my organisations on another's published listing; an open one on the same pair is refused."""
    declaring = _declaring(request, given)
    target = _listing(request, given.target, "target")
    counter = None if given.counter is None else _listing(request, given.counter, "counter")
    made = once.created(
        request,
        lambda: actions.declare_intention(
            target=target,
            declaring=declaring,
            counter=counter,
            message=given.message,
            origin=actions.Origin(given.origin.kind, given.origin.uid),
            by=request.actor,
            now=clock.now(),
        ),
    )
    return Status(201, shown(request, load(request, made.uid)))


@routes.operation(
    "POST",
    "/introductions",
    title=Title("经纪人引荐双方", "Introduce two sides as a broker"),
    permission=Perm.INTRODUCE,
    scope=Scope.INTENTIONS_WRITE,
    ask_first=True,
    creates=True,
    response={201: IntentionOut},
)
def introduce(request: ApiRequest, given: IntroduceIn) -> Status[dict[str, Any]]:
    """Time-stamped; nothing opens before both sides have confirmed."""
    target, counter = _listing(request, given.target, "target"), _listing(request, given.counter, "counter")
    made = once.created(
        request,
        lambda: actions.introduce(
            target=target, counter=counter, message=given.message, by=request.actor, now=clock.now()
        ),
    )
    return Status(201, shown(request, load(request, made.uid)))


@routes.operation(
    "POST",
    "/intentions/{uuid:uid}/answer",
    title=Title("接受或婉拒", "Accept or decline"),
    permission=Perm.ANSWER,
    scope=Scope.INTENTIONS_WRITE,
    revises=True,
    response=IntentionOut,
)
def answer_intention(request: ApiRequest, uid: UUID, given: AnswerIn) -> dict[str, Any]:
    """By the answering side; accepting opens contacts to both, declining needs a reason."""
    intention, accept = load(request, uid), given.answer == "accept"
    reason = {} if accept else {"reason": given.reason, "reason_note": given.reason_note}
    actions.answer_intention(
        intention,
        accept=accept,
        by=request.actor,
        now=clock.now(),
        revision=revision.expected(request),
        **reason,
    )
    return shown(request, load(request, uid))


@routes.operation(
    "POST",
    "/intentions/{uuid:uid}/move",
    title=Title("开始商谈、谈妥、结束或撤回", "Talk, agree, stop or withdraw"),
    permission=Perm.TALK,
    scope=Scope.INTENTIONS_WRITE,
    revises=True,
    response=IntentionOut,
)
def move_intention(request: ApiRequest, uid: UUID, given: IntentionMoveIn) -> dict[str, Any]:
    """By either side; to withdraw, by the declaring one."""
    intention = load(request, uid)
    actions.move_intention(
        intention,
        given.step,
        by=request.actor,
        now=clock.now(),
        note=given.note,
        reason=given.reason,
        reason_note=given.reason_note,
        revision=revision.expected(request),
    )
    return shown(request, load(request, uid))


@routes.operation(
    "POST",
    "/intentions/{uuid:uid}/confirm",
    title=Title("确认由经纪人引荐", "Confirm a broker's introduction"),
    permission=Perm.CONFIRM,
    scope=Scope.INTENTIONS_WRITE,
    response=IntentionOut,
)
def confirm_introduction(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """For my side; a second time changes nothing."""
    actions.confirm_introduction(load(request, uid), by=request.actor, now=clock.now())
    return shown(request, load(request, uid))


def _files(request: ApiRequest, given: MessageIn) -> tuple[File, ...]:
    """The files I uploaded, in the order named. ProblemError invalid for others."""
    found = files.own(request.actor, given.files)
    wrong = [Wrong(f"#/files/{at}", _("不是您上传的文件")) for at, uid in enumerate(given.files) if uid not in found]
    if wrong:
        raise ProblemError("invalid", "", wrong)
    return tuple(found[uid] for uid in dict.fromkeys(given.files))


@routes.operation(
    "POST",
    "/intentions/{uuid:uid}/messages",
    title=Title("发送留言", "Write a message"),
    permission=Perm.WRITE,
    scope=Scope.INTENTIONS_WRITE,
    creates=True,
    response={201: MessageOut},
)
def write_message(request: ApiRequest, uid: UUID, given: MessageIn) -> Status[dict[str, Any]]:
    """With files that were uploaded before; both sides and the broker may then download them."""
    intention = load(request, uid)
    require(request.actor, Perm.WRITE, intention)
    kept = _files(request, given)
    made = once.created(
        request,
        lambda: actions.write_message(intention, given.text, kept=kept, by=request.actor, now=clock.now()),
    )
    return Status(201, messages([made])[0])
