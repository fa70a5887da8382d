"""Declaring, reading and moving intentions."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.deals import actions, queries
from mengkeju.deals.access import Perm
from mengkeju.deals.models import ORIGINS_BY_HAND, Intention
from mengkeju.deals.web.intentions import pages, sheets
from mengkeju.deals.web.intentions.forms import DeclareForm, DeclineForm, IntroduceForm, MessageForm
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing


def load(request: Request, uid: UUID) -> Intention:
    """The intention, or 404."""
    intention = queries.find(request.actor, uid)
    if intention is None:
        raise Http404
    return intention


def load_listing(request: Request, uid: UUID) -> Listing:
    """A listing the actor may read, or 404."""
    listing = listings.find(request.actor, uid)
    if listing is None:
        raise Http404
    return listing


@require_safe
@permission("signed-in")
def mine(request: Request) -> HttpResponseBase:
    """Intentions of my organisations and introductions of mine."""
    if exports.wanted(request):
        return exports.answer(request, sheets.INTENTIONS, queries.intentions(request.actor))
    page = Paginator(queries.intentions(request.actor), 30).get_page(request.GET.get("page"))
    return render(request, "deals/mine.html", pages.mine_context(request, page))


@require_safe
@signed_in_object_permission(Perm.READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One intention: state, next step, thread, contacts."""
    intention = load(request, uid)
    return render(request, "deals/intention.html", pages.detail_context(request, intention))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(Perm.DECLARE)
def declare(request: Request, uid: UUID) -> HttpResponse:
    """Declare an intention on a listing."""
    target = load_listing(request, uid)
    if not request.actor.memberships:
        return render(request, "deals/no_organisation.html", {"target": target}, status=403)
    data = request.POST if request.method == "POST" else None
    form = DeclareForm(data, actor=request.actor, target=target, initial=pages.origin_of(request))
    if data is not None and form.is_valid():
        try:
            made, again = idempotency.once(
                request.actor, form.cleaned_data["one_time_key"], lambda: _declare(request, target, form.cleaned_data)
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            said = _("这条意向已经提交过") if again else _("意向已送达，对方会在 3 个工作日内答复")
            messages.success(request, said)
            return redirect("intention", made.uid)
    context = {"form": form, "it": listings.present(target, request.actor), "target": target}
    return render(request, "deals/declare.html", context, status=422 if form.errors else 200)


def _declare(request: Request, target: Listing, given: dict[str, Any]) -> Intention:
    counter = load_listing(request, UUID(given["counter"])) if given["counter"] else None
    kind = given["origin"] if given["origin"] in ORIGINS_BY_HAND else "listing"
    return actions.declare_intention(
        target=target,
        declaring=directory.organisation(UUID(given["declaring"])),
        counter=counter,
        message=given["message"],
        origin=actions.Origin(kind, given["origin_uid"]),
        by=request.actor,
        now=clock.now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission(Perm.INTRODUCE)
def introduce(request: Request, uid: UUID, counter_uid: UUID) -> HttpResponse:
    """A broker brings the owner of one listing to the owner of another."""
    target, counter = load_listing(request, uid), load_listing(request, counter_uid)
    form = IntroduceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, _again = idempotency.once(
                request.actor,
                form.cleaned_data["one_time_key"],
                lambda: actions.introduce(
                    target=target,
                    counter=counter,
                    message=form.cleaned_data["message"],
                    by=request.actor,
                    now=clock.now(),
                ),
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("intention", made.uid)
    context = {
        "form": form,
        "target": listings.present(target, request.actor),
        "counter": listings.present(counter, request.actor),
    }
    return render(request, "deals/introduce.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in_object_permission(Perm.ANSWER)
def answer(request: Request, uid: UUID) -> HttpResponse:
    """Accept, or decline with a reason."""
    intention = load(request, uid)
    require(request.actor, Perm.ANSWER, intention)
    if request.POST.get("answer") != "accept":
        decline = partial(actions.answer_intention, accept=False)
        return _with_reason(request, intention, decline, _("已婉拒，原因已告知对方"))
    try:
        actions.answer_intention(intention, accept=True, by=request.actor, now=clock.now())
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(
            request,
            _("已接受，双方现在能看到联系人和合作方内容")
            if intention.opened
            else _("已接受。双方都确认引荐后，联系人和合作方内容互相开放"),
        )
    return redirect("intention", uid)


def _with_reason(request: Request, intention: Intention, act: Callable[..., Intention], done: str) -> HttpResponse:
    """Decline or stop; refused, the page comes back with what was typed."""
    form = DeclineForm(request.POST, market=intention.target.kind_spec.market)
    if form.is_valid():
        try:
            act(intention, by=request.actor, now=clock.now(), **form.cleaned_data)
        except TransitionRefusedError as refused:
            form.add_error("reason_note" if refused.code == "reason_given" else None, refused.reason)
        else:
            messages.success(request, done)
            return redirect("intention", intention.uid)
    context = pages.detail_context(request, load(request, intention.uid), decline=form)
    return render(request, "deals/intention.html", context, status=422)


@require_POST
@signed_in_object_permission(Perm.TALK)
def move(request: Request, uid: UUID, transition: str) -> HttpResponse:
    """Start talking, agree, stop or withdraw."""
    intention = load(request, uid)
    if transition == "stop":
        require(request.actor, Perm.TALK, intention)
        return _with_reason(request, intention, partial(actions.move_intention, transition="stop"), _("已结束商谈"))
    if transition not in {"talk", "agree", "withdraw"}:
        raise Http404
    try:
        actions.move_intention(
            intention, transition, by=request.actor, now=clock.now(), note=request.POST.get("note", "")
        )
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已办理"))
    return redirect("intention", uid)


@require_POST
@signed_in_object_permission(Perm.OUTPUT)
def output(request: Request, uid: UUID) -> HttpResponse:
    """What the cooperation brought forth becomes a draft achievement; its form comes next."""
    intention = load(request, uid)

    def register() -> Listing:
        return actions.register_output(intention, by=request.actor, now=clock.now())

    try:
        made, _again = idempotency.once(request.actor, request.POST.get(idempotency.FIELD, ""), register)
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
        return redirect("intention", uid)
    messages.success(request, _("已建成果草稿，填写后提交审核。"))
    return redirect("listing-edit", made.uid)


@require_POST
@signed_in_object_permission(Perm.CONFIRM)
def confirm(request: Request, uid: UUID) -> HttpResponse:
    """Confirm that the broker introduced us."""
    intention = load(request, uid)
    try:
        actions.confirm_introduction(intention, by=request.actor, now=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已确认引荐"))
    return redirect("intention", uid)


@require_POST
@signed_in_object_permission(Perm.WRITE)
def write(request: Request, uid: UUID) -> HttpResponse:
    """Add a message; a refused file keeps the text."""
    intention = load(request, uid)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["upload"]
        try:
            idempotency.once(
                request.actor,
                form.cleaned_data["one_time_key"],
                lambda: actions.write_message(
                    intention,
                    form.cleaned_data["text"],
                    by=request.actor,
                    now=clock.now(),
                    uploads=(upload,) if upload else (),
                ),
            )
        except FileRefusedError as refused:
            form.add_error("upload", str(refused))
        except ValidationError as error:
            form.add_error("text", error.messages)
        else:
            return redirect("intention", uid)
    context = pages.detail_context(request, load(request, uid), message=form)
    return render(request, "deals/intention.html", context, status=422)
