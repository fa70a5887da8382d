"""Reading intentions through the API."""

from typing import Any
from uuid import UUID

from django.http import Http404
from ninja import Query

from mengkeju.deals import queries
from mengkeju.deals.access import Perm
from mengkeju.deals.api.schemas import IntentionHistoryOut, IntentionOut, IntentionQuery, IntentionRow, MessageOut
from mengkeju.deals.engine.workflow import INTENTION, OPEN_STATES
from mengkeju.deals.models import Intention, Message
from mengkeju.directory.models import Organisation
from mengkeju.kernel import duties
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.api import revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.routes import Routes
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.models import StatefulRecord
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing

routes = Routes(Title("合作意向", "Intentions"))
SAME = ("uid", "number", "state", "origin", "fictional", "revision", "created_at", "state_at")


def load(request: ApiRequest, uid: UUID) -> Intention:
    """The intention, or 404 for whoever may not read it."""
    found = queries.find(request.actor, uid)
    if found is None:
        raise Http404
    return found


def _party(organisation: Organisation) -> dict[str, Any]:
    return {"uid": organisation.uid, "name": organisation.name}


def _ref(listing: Listing) -> dict[str, Any]:
    return {"uid": listing.uid, "title": listing.title}


def rows(found: list[Intention], actor: Actor) -> list[dict[str, Any]]:
    """`IntentionRow` of each; one query more than reading them."""
    counters = [i.counter_id for i in found if i.counter_id is not None]
    readable = set(listings.listings(actor).filter(pk__in=counters).values_list("pk", flat=True))
    return [
        {
            **{name: getattr(i, name) for name in SAME},
            "state_label": queries.state_word(actor, i),
            "direction": queries.direction(actor, i),
            "target": _ref(i.target),
            "counter": _ref(i.counter) if i.counter is not None and i.counter.pk in readable else None,
            "declaring": _party(i.declaring),
            "answering": _party(i.answering),
            "url": i.get_absolute_url(),
        }
        for i in found
    ]


def whole(intention: Intention, actor: Actor) -> dict[str, Any]:
    """`IntentionOut`."""
    i = intention
    return {
        **rows([i], actor)[0],
        **{name: getattr(i, name) for name in ("message", "reason", "reason_note", "opened")},
        "reason_label": word(REASONS[i.reason]) if i.reason else "",
        "introduction": None
        if i.broker is None
        else {
            "broker": i.broker.name,
            "introduced_at": i.introduced_at,
            "declaring_confirmed_at": i.declaring_confirmed_at,
            "answering_confirmed_at": i.answering_confirmed_at,
        },
        "contacts": [{"organisation": organisation, **vars(card)} for organisation, card in queries.contacts(actor, i)],
        "duty": duty_of(i, actor),
        "steps": _steps(i, actor),
    }


def duty_of(subject: StatefulRecord, actor: Actor) -> dict[str, Any] | None:
    """`DutyOut` of what is to be done on an intention or a deal."""
    duty = duties.open_on(subject).first()
    if duty is None:
        return None
    told = {"label": duties.word_of(duty), "mine": duties.is_mine(actor, duty)}
    return {**told, "due_on": duty.due_on, "due_provisional": duty.due_provisional}


def _steps(intention: Intention, actor: Actor) -> list[str]:
    leaving = INTENTION.leaving(intention.state)
    found = [key for key, step in leaving if key != "lapse" and may(actor, step.permission, intention)]
    if queries.may_confirm(actor, intention):
        found.append("confirm")
    if intention.state in OPEN_STATES and may(actor, Perm.WRITE, intention):
        found.append("write")
    return found


def shown(request: ApiRequest, intention: Intention) -> dict[str, Any]:
    """The intention as an answer, with its ETag."""
    revision.note(request, intention.revision)
    return whole(intention, request.actor)


def messages(found: list[Message]) -> list[dict[str, Any]]:
    """`MessageOut` of each, with its files."""
    return [
        {
            "uid": message.uid,
            "organisation": message.organisation.name if message.organisation is not None else "",
            "person": message.person.name,
            "text": message.text,
            "at": message.created_at,
            "files": files,
        }
        for message, files in queries.with_files(found)
    ]


@routes.operation(
    "GET",
    "/intentions",
    title=Title("列出我的合作意向", "List my intentions"),
    permission=Perm.READ,
    scope=Scope.INTENTIONS_READ,
    response=Page[IntentionRow],
)
def list_intentions(request: ApiRequest, asked: Query[IntentionQuery], page: Query[PageQuery]) -> dict[str, Any]:
    """Of my organisations, and those I introduced as a broker; in order of creation."""
    wanted = queries.IntentionFilter(asked.box or "", asked.state or "", asked.listing)
    found = queries.find_intentions(request.actor, wanted)
    return paginate(request, found, page, show=lambda those: rows(those, request.actor))


@routes.operation(
    "GET",
    "/intentions/{uuid:uid}",
    title=Title("读取一条合作意向", "Read an intention"),
    permission=Perm.READ,
    scope=Scope.INTENTIONS_READ,
    response=IntentionOut,
)
def get_intention(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With its ETag; contacts as on its page."""
    return shown(request, load(request, uid))


@routes.operation(
    "GET",
    "/intentions/{uuid:uid}/messages",
    title=Title("列出往来留言", "List the messages"),
    permission=Perm.READ,
    scope=Scope.INTENTIONS_READ,
    response=Page[MessageOut],
)
def list_messages(request: ApiRequest, uid: UUID, page: Query[PageQuery]) -> dict[str, Any]:
    """The oldest first, with the files on them."""
    return paginate(request, queries.messages(load(request, uid)), page, order=("created_at", "uid"), show=messages)


@routes.operation(
    "GET",
    "/intentions/{uuid:uid}/history",
    title=Title("读取意向的经过", "Read the history of an intention"),
    permission=Perm.READ,
    scope=Scope.INTENTIONS_READ,
    response=IntentionHistoryOut,
)
def get_intention_history(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """What happened and who acted."""
    return {"items": timeline(load(request, uid), inside=True)}
