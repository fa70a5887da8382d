"""Remote pitches: the list, inviting, what hosts and members do, where the teams come from."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.events import actions, queries
from mengkeju.events.access import Perm
from mengkeju.events.models import Pitch
from mengkeju.events.web import pitch_pages, sheets
from mengkeju.events.web.forms import FollowForm, PitchesForm, PitchForm
from mengkeju.events.web.views import calendar_answer
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import attempt, done
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission


def load(request: Request, uid: UUID, needed: str = "") -> Pitch:
    """The pitch, or 404; with `needed`, 403 where it may be known of and no more."""
    pitch = queries.find_pitch(request.actor, uid)
    if pitch is None:
        raise Http404
    if needed:
        require(request.actor, needed, pitch)
    return pitch


@require_safe
@permission(Perm.PITCHES)
def index(request: Request) -> HttpResponseBase:
    """The pitches the reader may know of; ?origin= and ?stage= as the table of origins links."""
    asked = PitchesForm(request.GET).asked()
    rows = queries.find_pitches(request.actor, asked)
    if exports.wanted(request):
        return exports.answer(request, sheets.PITCHES, rows)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    return render(request, "events/pitches.html", pitch_pages.list_context(request, page, asked))


@require_safe
@permission(Perm.PITCH_ORIGINS)
def origins(request: Request) -> HttpResponseBase:
    """Invited, accepted, held and followed up, by where the team comes from."""
    rows = queries.origins(request.actor)
    if exports.wanted(request):
        return exports.answer(request, sheets.ORIGINS_SHEET, rows)
    return render(request, "events/origins.html", pitch_pages.origins_context(rows))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(Perm.PITCH_INVITE)
def invite(request: Request) -> HttpResponse:
    """Invite an external team."""
    form = PitchForm(request.POST or None)

    def act() -> None:
        given = form.cleaned_data
        kept = ("subject", "team", "origin", "contact_name", "email", "language", "zone", "link", "words")
        asked = actions.PitchInput(span=form.span, **{key: given[key] for key in kept})
        idempotency.once(
            request.actor,
            given["one_time_key"],
            lambda: actions.invite_team(asked, by=request.actor, now=clock.now()),
        )

    if request.method == "POST" and done(request, form, act, _("邀请已发出，对方答复后会通知您")):
        return redirect("pitches")
    context = {"form": form, "nav_key": "pitches"}
    return render(request, "events/invite.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in_object_permission(Perm.PITCH_READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One pitch."""
    return render(request, "events/pitch.html", pitch_pages.detail_context(request, load(request, uid)))


def _move(request: Request, uid: UUID, needed: str, act: Callable[..., Any], said: str) -> HttpResponse:
    """One act without a form of its own; what is refused is said on the page."""
    pitch = load(request, uid, needed)
    attempt(request, lambda: act(pitch, by=request.actor, now=clock.now()), said)
    return redirect("pitch", uid)


def _note(request: Request) -> str:
    return request.POST.get("note", "")[:1000]


@require_POST
@signed_in_object_permission(Perm.PITCH_MANAGE)
def again(request: Request, uid: UUID) -> HttpResponse:
    """Send the invitation again, with another link."""
    return _move(request, uid, Perm.PITCH_MANAGE, actions.send_again, _("邀请已重新发出，原来的链接失效"))


@require_POST
@signed_in_object_permission(Perm.PITCH_MANAGE)
def cancel(request: Request, uid: UUID) -> HttpResponse:
    """Call it off."""
    words = _note(request)
    return _move(
        request, uid, Perm.PITCH_MANAGE, lambda p, **who: actions.cancel_pitch(p, note=words, **who),
        _("已取消，对方和报名的人会收到通知"),
    )  # fmt: skip


@require_POST
@signed_in_object_permission(Perm.PITCH_MANAGE)
def settle(request: Request, uid: UUID) -> HttpResponse:
    """It took place, or did not."""
    held, words = request.POST.get("answer") == "held", _note(request)
    return _move(
        request, uid, Perm.PITCH_MANAGE, lambda p, **who: actions.settle_pitch(p, held=held, note=words, **who),
        _("已记下"),
    )  # fmt: skip


@require_POST
@signed_in_object_permission(Perm.PITCH_LISTEN)
def listen(request: Request, uid: UUID) -> HttpResponse:
    """Register to listen."""
    return _move(request, uid, Perm.PITCH_LISTEN, actions.listen, _("已报名，会议链接在本页；前一个工作日会提醒您"))


@require_POST
@signed_in_object_permission(Perm.PITCH_LISTEN)
def leave(request: Request, uid: UUID) -> HttpResponse:
    """Take the registration back."""
    return _move(request, uid, Perm.PITCH_LISTEN, actions.stop_listening, _("已取消报名"))


@require_POST
@signed_in_object_permission(Perm.PITCH_FOLLOW)
def follow(request: Request, uid: UUID) -> HttpResponse:
    """Note the interest of an organisation; who wants to write a need goes on to its form."""
    pitch, form = load(request, uid, Perm.PITCH_FOLLOW), FollowForm(request.actor, request.POST)

    def act() -> None:
        given = form.cleaned_data
        kept = {"organisation": UUID(given["organisation"]), "wish": given["wish"], "note": given["note"]}
        actions.follow_pitch(pitch, **kept, by=request.actor, now=clock.now())

    said = _("已记下贵单位的关注")
    if done(request, form, act, said):
        wants_need = form.cleaned_data["wish"] == "need"
        return redirect(reverse("listing-create", args=["need"]) if wants_need else pitch.get_absolute_url())
    context = pitch_pages.detail_context(request, load(request, uid), follow=form)
    return render(request, "events/pitch.html", context, status=422)


@require_safe
@signed_in_object_permission(Perm.PITCH_LINK)
def calendar(request: Request, uid: UUID) -> HttpResponse:
    """The calendar file for hosts and listeners."""
    pitch = load(request, uid, Perm.PITCH_LINK)
    return calendar_answer(queries.pitch_entry(request.actor, pitch), pitch.number)
