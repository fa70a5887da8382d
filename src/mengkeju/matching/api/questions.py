"""Doubts about matches through the API, and the switch of automated proposals (个人信息保护法 article 24).

Both are rights of a person: a token of an organisation may not use them. The answer is written on the page by a
person of the platform; no scope opens the system administration, so there is no operation for it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Status

from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError, require
from mengkeju.kernel.api import once, revision
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.api.matches import figures, reasons, routes
from mengkeju.matching.api.question_shapes import (
    AskAgainIn,
    AskIn,
    AutomatedMatchesIn,
    AutomatedMatchesOut,
    EndQuestionIn,
    QuestionListQuery,
    QuestionOut,
    QuestionRow,
)
from mengkeju.matching.engine.workflow import QUESTION
from mengkeju.matching.models import Proposal, Question
from mengkeju.matching.queries import automation, questions


def _load(request: ApiRequest, uid: UUID) -> Question:
    found = questions.find(request.actor, uid)
    if found is None:
        raise Http404
    return found


def _rows(request: ApiRequest, found: Sequence[Question]) -> list[dict[str, Any]]:
    """`QuestionRow` of each; two queries more than reading them."""
    named = {q.pk: (q.listing, q.proposal.other(q.listing) if q.proposal is not None else None) for q in found}
    asked = [listing.pk for pair in named.values() for listing in pair if listing is not None]
    readable = set(listings.listings(request.actor).filter(pk__in=asked).values_list("pk", flat=True))
    due = questions.due_of(found)

    def ref(listing: Listing | None) -> dict[str, Any] | None:
        seen = listing is not None and listing.pk in readable
        return {"uid": listing.uid, "title": listing.title} if listing is not None and seen else None

    return [
        {
            **{name: getattr(q, name) for name in ("uid", "state", "created_at", "revision")},
            "state_label": word(QUESTION.states[q.state]),
            "listing": ref(named[q.pk][0]),
            "match": q.proposal.uid if q.proposal is not None else None,
            "other": ref(named[q.pk][1]),
            "asked_by": q.person.name,
            "due_on": due.get(q.uid),
            "url": q.get_absolute_url(),
        }
        for q in found
    ]


def _then(question: Question) -> dict[str, Any] | None:
    then = questions.questioned(question)
    if then is None:
        return None
    return {
        "band": then.band.key if then.band is not None else "",
        "band_label": word(then.band) if then.band is not None else "",
        "summary": "".join(text for text, _marked in then.summary),
        "reasons": reasons(then.rows),
        **figures(then.sums),
        "model_version": then.model,
    }


def _shown(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """A doubt as an answer, with its ETag."""
    question = _load(request, uid)
    revision.note(request, question.revision)
    again = ["again"] if questions.may_raise_again(request.actor, question) else []
    ending = questions.leaving(request.actor, question)
    told = questions.turns(question)
    return {
        **_rows(request, [question])[0],
        "turns": [{"kind": turn.key, "by": turn.who, "at": turn.at, "text": turn.text} for turn in told],
        "then": _then(question),
        "steps": [*again, *([ending] if ending else [])],
    }


def _match(request: ApiRequest, listing: Listing, uid: UUID | None) -> Proposal | None:
    """The proposal named in the body. ProblemError invalid for one of another listing, or one he may not read."""
    found = None if uid is None else queries.find(request.actor, uid)
    if uid is not None and (found is None or listing.pk not in {found.need_id, found.achievement_id}):
        raise ProblemError("invalid", "", [Wrong("#/match", _("没有找到这一条，或您看不到它"))])
    return found


@routes.operation(
    "POST",
    "/listings/{uuid:uid}/match-questions",
    title=Title("对推荐提出疑问", "Question a match"),
    permission=Perm.ASK,
    scope=Scope.MATCHES_WRITE,
    creates=True,
    response={201: QuestionOut},
)
def ask_about_match(request: ApiRequest, uid: UUID, given: AskIn) -> Status[dict[str, Any]]:
    """About one of a listing's proposals, or about having none; a person answers. One at a time on the same thing."""
    listing = listings.find(request.actor, uid)
    if listing is None or not listing.kind_spec.side:
        raise Http404
    require(request.actor, Perm.ASK, listing)
    proposal = _match(request, listing, given.match)
    made = once.created(
        request,
        lambda: actions.ask_about(listing, proposal, given.text, by=request.actor, now=clock.now()),
    )
    return Status(201, _shown(request, made.uid))


@routes.operation(
    "GET",
    "/match-questions",
    title=Title("列出对推荐的疑问", "List questions about matches"),
    permission=Perm.QUESTION_READ,
    scope=Scope.MATCHES_READ,
    response=Page[QuestionRow],
)
def list_match_questions(
    request: ApiRequest, asked: Query[QuestionListQuery], page: Query[PageQuery]
) -> dict[str, Any]:
    """My own and my organisations', in order of creation."""
    rows = questions.questions(request.actor)
    if asked.state is not None:
        rows = rows.filter(state=asked.state)
    return paginate(request, rows, page, show=lambda those: _rows(request, those))


@routes.operation(
    "GET",
    "/match-questions/{uuid:uid}",
    title=Title("读取一条疑问和答复", "Read a question with its answers"),
    permission=Perm.QUESTION_READ,
    scope=Scope.MATCHES_READ,
    response=QuestionOut,
)
def get_match_question(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """With what had been proposed when it was questioned."""
    return _shown(request, uid)


@routes.operation(
    "POST",
    "/match-questions/{uuid:uid}/again",
    title=Title("对答复再次提出疑问", "Question the answer once more"),
    permission=Perm.QUESTION_OWN,
    scope=Scope.MATCHES_WRITE,
    revises=True,
    response=QuestionOut,
)
def ask_about_match_again(request: ApiRequest, uid: UUID, given: AskAgainIn) -> dict[str, Any]:
    """By who asked, once, after the first answer."""
    actions.raise_again(
        _load(request, uid), given.text, by=request.actor, now=clock.now(), revision=revision.expected(request)
    )
    return _shown(request, uid)


@routes.operation(
    "POST",
    "/match-questions/{uuid:uid}/end",
    title=Title("结束或撤回疑问", "Close or withdraw a question"),
    permission=Perm.QUESTION_OWN,
    scope=Scope.MATCHES_WRITE,
    revises=True,
    response=QuestionOut,
)
def end_match_question(request: ApiRequest, uid: UUID, given: EndQuestionIn) -> dict[str, Any]:
    """By who asked."""
    actions.move_question(
        _load(request, uid), given.step, by=request.actor, now=clock.now(), revision=revision.expected(request)
    )
    return _shown(request, uid)


def _require_person(request: ApiRequest) -> None:
    """RefusedError for an organisation's token: the choice is a person's."""
    if request.actor.person_uid is None:
        raise RefusedError("signed-in", _("自动推荐由本人决定，单位的令牌不能设置"), _("本人"))


def _choice(request: ApiRequest) -> dict[str, Any]:
    since = automation.off_since(request.actor)
    return {"on": since is None, "off_since": since}


@routes.operation(
    "GET",
    "/me/automated-matches",
    title=Title("查看我的自动推荐开关", "Read my switch of automated matches"),
    permission="signed-in",
    scope=Scope.MATCHES_READ,
    response=AutomatedMatchesOut,
)
def get_automated_matches(request: ApiRequest) -> dict[str, Any]:
    """Of the person the token belongs to."""
    _require_person(request)
    return _choice(request)


@routes.operation(
    "PUT",
    "/me/automated-matches",
    title=Title("打开或关闭自动推荐", "Switch automated matches on or off"),
    permission="signed-in",
    scope=Scope.MATCHES_WRITE,
    response=AutomatedMatchesOut,
)
def set_automated_matches(request: ApiRequest, given: AutomatedMatchesIn) -> dict[str, Any]:
    """For the person the token belongs to, everywhere; a second time changes nothing."""
    _require_person(request)
    (actions.switch_on if given.on else actions.switch_off)(by=request.actor, now=clock.now())
    return _choice(request)
