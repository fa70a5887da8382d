"""Doubts about proposals: asking, answering, raising again, closing; and the switch for automated proposals."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.web.acts import attempt, done, found
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Proposal, Question
from mengkeju.matching.queries import questions
from mengkeju.matching.web import question_pages as pages


def _subject(request: Request, uid: UUID) -> tuple[Listing, Proposal | None]:
    """The listing and, if the address names one, its proposal; 404 for those the reader may not know of."""
    listing: Listing = found(listings.find(request.actor, uid))
    if not listing.kind_spec.side:
        raise Http404
    named = request.GET.get("p") or request.POST.get("p")
    if not named:
        return listing, None
    try:
        proposal = queries.find(request.actor, UUID(named))
    except ValueError as error:
        raise Http404 from error
    if proposal is None or listing.pk not in {proposal.need_id, proposal.achievement_id}:
        raise Http404
    return listing, proposal


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.ASK)
def ask(request: Request, uid: UUID) -> HttpResponse:
    """Ask about a proposal (`?p=`), or about what was not proposed."""
    listing, proposal = _subject(request, uid)
    require(request.actor, Perm.ASK, listing)
    running = questions.running(request.actor, listing, proposal)
    if request.method != "POST" and running is not None:
        return redirect(running)
    form = pages.AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        create = partial(
            actions.ask_about, listing, proposal, form.cleaned_data["text"], by=request.actor, now=clock.now()
        )
        try:
            made, _again = idempotency.once(request.actor, form.cleaned_data["one_time_key"], create)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("已提交，由平台的工作人员书面答复"))
            return redirect(made)
    context = pages.ask_context(request, listing, proposal, form)
    return render(request, "matching/question_ask.html", context, status=422 if form.errors else 200)


@require_safe
@permission("signed-in")
def index(request: Request) -> HttpResponse:
    """My doubts and my organisation's; for who answers the queue."""
    return render(request, "matching/questions.html", pages.index_context(request))


@require_safe
@signed_in_object_permission(Perm.QUESTION_READ)
def show(request: Request, uid: UUID) -> HttpResponse:
    """One doubt with its answers."""
    question = _load(request, uid)
    return render(request, "matching/question.html", pages.question_context(request, question))


def _load(request: Request, uid: UUID) -> Question:
    question: Question = found(questions.find(request.actor, uid))
    return question


@require_POST
@signed_in_object_permission(Perm.ANSWER)
def answer(request: Request, uid: UUID) -> HttpResponse:
    """A person of the platform answers."""
    question = _load(request, uid)
    require(request.actor, Perm.ANSWER, question)
    form = pages.AnswerForm(request.POST)
    act = partial(
        actions.answer_question, question, form.data.get("text", ""),
        by=request.actor, now=clock.now(), revision=pages.revision(request),
    )  # fmt: skip
    return _back(request, question, form, done(request, form, act, _("已答复，对方收到通知")))


@require_POST
@signed_in_object_permission(Perm.QUESTION_OWN)
def again(request: Request, uid: UUID) -> HttpResponse:
    """The asker raises it once more."""
    question = _load(request, uid)
    require(request.actor, Perm.QUESTION_OWN, question)
    form = pages.AgainForm(request.POST)
    act = partial(
        actions.raise_again, question, form.data.get("text", ""),
        by=request.actor, now=clock.now(), revision=pages.revision(request),
    )  # fmt: skip
    return _back(request, question, form, done(request, form, act, _("已再次提出，由平台的工作人员书面答复")))


def _back(request: Request, question: Question, form: pages.TextForm, acted: bool) -> HttpResponse:  # noqa: FBT001 - what `done` says
    if acted:
        return redirect(question)
    context = pages.question_context(request, _load(request, question.uid), form)
    return render(request, "matching/question.html", context, status=422)


@require_POST
@signed_in_object_permission(Perm.QUESTION_OWN)
def move(request: Request, uid: UUID, transition: str) -> HttpResponse:
    """The asker closes it, or takes it back."""
    question = _load(request, uid)
    if transition not in {"close", "withdraw"}:
        raise Http404
    act = partial(actions.move_question, question, transition, by=request.actor, now=clock.now())
    attempt(request, act, _("已结束") if transition == "close" else _("已撤回"))
    return redirect(question)


@require_POST
@permission("signed-in")
def switch(request: Request) -> HttpResponse:
    """Automated proposals off for me, or on again; back to the listing it was pressed on, or to how they are made."""
    off = request.POST.get("on") == "0"
    (actions.switch_off if off else actions.switch_on)(by=request.actor, now=clock.now())
    said = _("已为您关闭自动推荐。搜索照常使用。") if off else _("已重新打开自动推荐。")
    messages.success(request, said)
    try:
        listing = listings.find(request.actor, UUID(request.POST.get("listing", "")))
    except ValueError:
        listing = None
    return redirect("match-how") if listing is None else redirect("listing-matches", listing.uid)
