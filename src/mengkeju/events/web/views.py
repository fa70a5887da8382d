"""One-to-one meetings: requesting, answering, and what comes after."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.deals import queries as deals
from mengkeju.deals.models import Intention
from mengkeju.directory import queries as directory
from mengkeju.events import actions, queries
from mengkeju.events.access import Perm
from mengkeju.events.models import Meeting
from mengkeju.events.web import pages, sheets
from mengkeju.events.web.forms import (
    ChooseForm,
    DeclineForm,
    NoteForm,
    RequestForm,
    TimesForm,
    WhereForm,
    organisation_choices,
    own_counter,
)
from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import require
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.acts import attempt, done
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing


def load(request: Request, uid: UUID, needed: str = "") -> Meeting:
    """The meeting, or 404; with `needed`, 403 where it may be known of and no more."""
    meeting = queries.find_meeting(request.actor, uid)
    if meeting is None:
        raise Http404
    if needed:
        require(request.actor, needed, meeting)
    return meeting


@require_safe
@permission("signed-in")
def mine(request: Request) -> HttpResponseBase:
    """Meetings of my organisations and those I arranged; officers and the auditor see that they take place."""
    asked = queries.MeetingFilter(request.GET.get("box", ""), request.GET.get("state", ""))
    rows = queries.find_meetings(request.actor, asked)
    if exports.wanted(request):
        return exports.answer(request, sheets.MEETINGS, rows)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    return render(request, "events/meetings.html", pages.list_context(request, page, asked))


@require_safe
@signed_in_object_permission(Perm.READ)
def detail(request: Request, uid: UUID) -> HttpResponse:
    """One meeting: when, where, about what, what came of it."""
    return render(request, "events/meeting.html", pages.detail_context(request, load(request, uid)))


@require_http_methods(["GET", "HEAD", "POST"])
@permission(Perm.REQUEST)
def request_on_listing(request: Request, uid: UUID) -> HttpResponse:
    """Ask the owner of a listing for a meeting; ?p= names the match it comes from, ?counter= one's own listing."""
    about = listings.find(request.actor, uid)
    if about is None:
        raise Http404
    if not request.actor.memberships:
        return render(request, "events/no_organisation.html", {"about": about}, status=403)
    choices = organisation_choices(request.actor, about)
    if not choices:
        messages.info(request, _("这一条是本单位的，不用约会面"))
        return redirect(about)
    start = {"counter": request.GET.get("counter"), "proposal": request.GET.get("p")}
    form = RequestForm(request.POST or None, choices=choices, initial=start)
    if request.method == "POST" and done(request, form, lambda: _ask(request, form, about), _asked()):
        return redirect("meeting-mine")
    return _form_page(request, form, about)


def _asked() -> str:
    return _("会面邀请已送达，对方会在 3 个工作日内答复")


def _ask(request: Request, form: RequestForm, about: Listing) -> None:
    given = form.cleaned_data
    idempotency.once(
        request.actor,
        given["one_time_key"],
        lambda: actions.request_meeting(
            _input(form),
            about=about,
            requesting=directory.organisation(UUID(given["requesting"])),
            counter=own_counter(request.actor, given["counter"]),
            origin_uid=given["proposal"],
            by=request.actor,
            now=clock.now(),
        ),
    )


def _input(form: RequestForm) -> actions.MeetingInput:
    kept = {key: form.cleaned_data[key] for key in ("title", "mode", "link", "place", "message")}
    return actions.MeetingInput(spans=form.spans, **kept)


def _form_page(request: Request, form: forms.Form, about: Listing, intention: Intention | None = None) -> HttpResponse:
    context = {"form": form, "about": about, "intention": intention, "it": listings.present(about, request.actor)}
    return render(request, "events/request.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(Perm.ARRANGE)
def request_on_intention(request: Request, uid: UUID) -> HttpResponse:
    """One side of an intention asks the other for a meeting, or the broker arranges it for both."""
    intention = deals.find(request.actor, uid)
    if intention is None:
        raise Http404
    require(request.actor, Perm.ARRANGE, intention)
    form = RequestForm(request.POST or None, choices=pages.sides_of(request.actor, intention))
    if request.method == "POST" and done(request, form, lambda: _ask_within(request, form, intention), _asked()):
        return redirect("meeting-mine")
    return _form_page(request, form, intention.target, intention)


def _ask_within(request: Request, form: RequestForm, intention: Intention) -> None:
    given, by, now = form.cleaned_data, request.actor, clock.now()

    def create() -> Meeting:
        if "requesting" not in given:
            return actions.arrange_meeting(_input(form), intention=intention, by=by, now=now)
        side = directory.organisation(UUID(given["requesting"]))
        about = intention.target
        return actions.request_meeting(_input(form), about=about, requesting=side, intention=intention, by=by, now=now)

    idempotency.once(by, given["one_time_key"], create)


def _act(
    request: Request, meeting: Meeting, form: forms.Form, act: Callable[..., Any], *, said: str, place: str
) -> HttpResponse:
    """One act on a meeting; refused, its page comes back with what was typed in the form's `place`."""
    if done(request, form, lambda: act(by=request.actor, now=clock.now()), said):
        return redirect("meeting", meeting.uid)
    context = pages.detail_context(request, load(request, meeting.uid), **{place: form})
    return render(request, "events/meeting.html", context, status=422)


@require_POST
@signed_in_object_permission(Perm.CHOOSE)
def choose(request: Request, uid: UUID) -> HttpResponse:
    """Choose one of the times on offer."""
    meeting = load(request, uid, Perm.CHOOSE)
    form = ChooseForm(queries.offered(meeting, clock.now()), request.POST)
    return _act(
        request, meeting, form, lambda **who: actions.choose_slot(meeting, UUID(form.cleaned_data["slot"]), **who),
        said=_("约好了，双方都会收到通知"), place="choosing",
    )  # fmt: skip


@require_POST
@signed_in_object_permission(Perm.CHOOSE)
def propose(request: Request, uid: UUID) -> HttpResponse:
    """Propose other times."""
    meeting = load(request, uid, Perm.CHOOSE)
    form = TimesForm(request.POST)
    return _act(
        request, meeting, form, lambda **who: actions.propose_times(meeting, form.spans, **who),
        said=_("另提的时间已送达对方"), place="proposing",
    )  # fmt: skip


@require_POST
@signed_in_object_permission(Perm.ANSWER)
def decline(request: Request, uid: UUID) -> HttpResponse:
    """Decline with a reason."""
    meeting = load(request, uid, Perm.ANSWER)
    form = DeclineForm(meeting, request.POST)
    return _act(
        request, meeting, form, lambda **who: actions.decline_meeting(meeting, **form.cleaned_data, **who),
        said=_("已婉拒，原因已告知对方"), place="declining",
    )  # fmt: skip


@require_POST
@signed_in_object_permission(Perm.CANCEL)
def where(request: Request, uid: UUID) -> HttpResponse:
    """Another link or place."""
    meeting = load(request, uid, Perm.CANCEL)
    form = WhereForm(request.POST)
    return _act(
        request, meeting, form, lambda **who: actions.change_where(meeting, **form.cleaned_data, **who),
        said=_("已改，双方都会收到通知"), place="moving",
    )  # fmt: skip


@require_POST
@signed_in_object_permission(Perm.RECORD)
def note(request: Request, uid: UUID) -> HttpResponse:
    """Write what came of it, and the next step."""
    meeting = load(request, uid, Perm.RECORD)
    form = NoteForm(meeting, request.POST)

    def act(**who: Any) -> Meeting:
        return actions.record_note(meeting, actions.NoteInput(**form.cleaned_data), **who)

    return _act(request, meeting, form, act, said=_("纪要已保存，双方可见"), place="noting")


@require_POST
@signed_in_object_permission(Perm.CANCEL)
def cancel(request: Request, uid: UUID) -> HttpResponse:
    """Cancel before it takes place."""
    return _with_note(request, load(request, uid, Perm.CANCEL), actions.cancel_meeting, _("已取消，双方都会收到通知"))


@require_POST
@signed_in_object_permission(Perm.RECORD)
def miss(request: Request, uid: UUID) -> HttpResponse:
    """It did not take place."""
    return _with_note(request, load(request, uid, Perm.RECORD), actions.miss_meeting, _("已记下没有见成"))


def _with_note(request: Request, meeting: Meeting, act: Callable[..., Any], said: str) -> HttpResponse:
    words = request.POST.get("note", "")[:1000]
    attempt(request, lambda: act(meeting, note=words, by=request.actor, now=clock.now()), said)
    return redirect("meeting", meeting.uid)


@require_POST
@signed_in_object_permission(Perm.FINISH)
def finish(request: Request, uid: UUID) -> HttpResponse:
    """The next step is done."""
    meeting = load(request, uid, Perm.FINISH)
    attempt(request, lambda: actions.finish_meeting(meeting, by=request.actor, now=clock.now()), _("已办结"))
    return redirect("meeting", uid)


@require_safe
@signed_in_object_permission(Perm.READ_INSIDE)
def calendar(request: Request, uid: UUID) -> HttpResponse:
    """The calendar file, once a time has been chosen."""
    meeting = load(request, uid, Perm.READ_INSIDE)
    entry = queries.entry_for(request.actor, meeting)
    if entry is None:
        messages.info(request, _("还没有约定时间"))
        return redirect("meeting", uid)
    return calendar_answer(entry, meeting.number)


def calendar_answer(entry: Any, name: str) -> HttpResponse:
    """A calendar file as an attachment that nobody else's cache keeps."""
    sent = HttpResponse(queries.calendar_file(entry), content_type="text/calendar; charset=utf-8")
    sent["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    sent["Cache-Control"] = "private, no-store"
    return sent
