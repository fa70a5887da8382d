"""Where officers of the cities prepare a joint release: gather, check, confirm, release."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mengkeju.kernel import clock, idempotency
from mengkeju.kernel.access import may, require
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.fields import choices_of
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions
from mengkeju.listings.access import ReleasePerm
from mengkeju.listings.engine.release_workflow import OPEN_STATES
from mengkeju.listings.models import Release
from mengkeju.listings.queries import releases as reads
from mengkeju.listings.web import release_pages as pages
from mengkeju.listings.web.release_forms import BeginForm, GatherForm, MomentForm, ReleaseForm
from mengkeju.listings.web.releases import load

PER_PAGE = 50


@require_safe
@permission(ReleasePerm.DESK)
def desk(request: Request) -> HttpResponse:
    """What is being prepared."""
    found = reads.in_preparation(request.actor).annotate(gathered=Count("items", distinct=True))
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": pages.desk_rows(page),
        "columns": pages.desk_columns(),
        "may_begin": may(request.actor, ReleasePerm.CREATE),
        "nav_key": "release-desk",
    }
    return render(request, "listings/release_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission(ReleasePerm.CREATE)
def new(request: Request) -> HttpResponse:
    """Begin a batch."""
    form = BeginForm(request.POST or None, initial={"cities": [city for city, _word in _cities()]})
    if request.method == "POST" and form.is_valid():
        try:
            made, _again = idempotency.once(
                request.actor,
                form.cleaned_data[idempotency.FIELD],
                lambda: actions.begin_release(form.given(), by=request.actor, now=clock.now()),
            )
        except ValidationError as error:
            form.add_errors(error)
        else:
            return redirect("release-gather", made.uid)
    context = {"form": form, "nav_key": "release-desk"}
    return render(request, "listings/release_form.html", context, status=422 if form.errors else 200)


def _cities() -> list[tuple[str, str]]:
    return [(str(code), str(name)) for code, name in choices_of(BeginForm(), "cities")]


def _checkable(request: Request, uid: UUID, wanted: str = ReleasePerm.CHECK) -> Release:
    release = load(request, uid)
    require(request.actor, wanted, release)
    return release


@require_safe
@signed_in_object_permission(ReleasePerm.CHECK)
def check(request: Request, uid: UUID) -> HttpResponse:
    """Sums, warnings, confirmations, and the moment."""
    return _check_page(request, _checkable(request, uid), MomentForm())


def _check_page(request: Request, release: Release, moment: MomentForm) -> HttpResponse:
    context = pages.check_context(request, release) | {"moment": moment}
    return render(request, "listings/release_check.html", context, status=422 if moment.errors else 200)


@require_safe
@signed_in_object_permission(ReleasePerm.CHECK)
def preview(request: Request, uid: UUID) -> HttpResponse:
    """The public page as it will be."""
    release = _checkable(request, uid)
    context = pages.print_context(release) | {"preview": True}
    return render(request, "listings/release_print.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(ReleasePerm.EDIT)
def gather(request: Request, uid: UUID) -> HttpResponse:
    """Pick reviewed needs of one's city; chosen rows, or all that the filter finds."""
    release = _checkable(request, uid, ReleasePerm.EDIT)
    form = GatherForm(request.GET, cities=reads.my_cities(request.actor, release))
    found = reads.candidates(request.actor, release, form.picked())
    refused: list[str] = []
    if request.method == "POST":
        chosen = [row.uid for row in found] if "all" in request.POST else _uids(request)
        try:
            _added(request, actions.add_needs(release, chosen, by=request.actor, now=clock.now()))
        except ValidationError as error:
            refused = error.messages
        else:
            return redirect(request.get_full_path())
    context = _gather_context(request, release, form) | {"refused": refused}
    return render(request, "listings/release_gather.html", context, status=422 if refused else 200)


def _gather_context(request: Request, release: Release, form: GatherForm) -> dict[str, object]:
    found = reads.candidates(request.actor, release, form.picked())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "release": release,
        "form": form,
        "page": page,
        "rows": pages.candidate_rows(page),
        "gathered": release.items.count(),
        "open": release.state in OPEN_STATES,
        "confirmed_any": release.state in ("checking", "checked", "scheduled"),
        "crumbs": [
            (_("联合发布"), reverse("release-desk")),
            (release.title, reverse("release-check", args=[release.uid])),
            (_("挑选需求"), ""),
        ],
        "nav_key": "release-desk",
    }


def _uids(request: Request) -> list[UUID]:
    """The chosen rows; what is no uid is no row."""
    found = []
    for value in request.POST.getlist("need"):
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


def _added(request: Request, count: int) -> None:
    if count:
        messages.success(request, ngettext("加入了 %(n)s 项", "加入了 %(n)s 项", count) % {"n": count})
    else:
        messages.info(request, _("没有可加入的需求"))


@require_POST
@signed_in_object_permission(ReleasePerm.EDIT)
def remove(request: Request, uid: UUID) -> HttpResponse:
    """Take chosen needs out, with a reason."""
    release, note = load(request, uid), request.POST.get("note", "")
    require(request.actor, ReleasePerm.EDIT, release)
    try:
        count = actions.remove_needs(release, _uids(request), by=request.actor, now=clock.now(), note=note)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, ngettext("移出了 %(n)s 项", "移出了 %(n)s 项", count) % {"n": count})
    return redirect("release-check", uid)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_object_permission(ReleasePerm.EDIT)
def edit(request: Request, uid: UUID) -> HttpResponse:
    """Change title and introduction; a stale form shows both versions."""
    release = _checkable(request, uid, ReleasePerm.EDIT)
    start = {"title": release.title, "intro": release.intro, "revision": release.revision}
    form = ReleaseForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"] or 0
        try:
            actions.edit_release(release, form.given(), by=request.actor, now=clock.now(), revision=revision)
        except StaleRevisionError as stale:
            return render(request, "stale.html", pages.stale_context(form, request.POST, stale.current), status=409)
        except ValidationError as error:
            form.add_errors(error)
        else:
            return redirect("release-check", uid)
    context = {"form": form, "release": release, "nav_key": "release-desk"}
    return render(request, "listings/release_form.html", context, status=422 if form.errors else 200)


def _confirm(request: Request, release: Release) -> str:
    city, digest = request.POST.get("city", ""), request.POST.get("digest", "")
    actions.confirm_part(release, city, digest=digest, by=request.actor, now=clock.now())
    return _("已确认本市的部分")


def _unconfirm(request: Request, release: Release) -> str:
    city, note = request.POST.get("city", ""), request.POST.get("note", "")
    actions.unconfirm_part(release, city, by=request.actor, now=clock.now(), note=note)
    return _("已收回本市的确认")


def _refresh(request: Request, release: Release) -> str:
    count = actions.refresh_needs(release, by=request.actor, now=clock.now())
    return ngettext("采用了 %(n)s 项的新内容", "采用了 %(n)s 项的新内容", count) % {"n": count}


def _unschedule(request: Request, release: Release) -> str:
    actions.unschedule_release(release, by=request.actor, now=clock.now())
    return _("已取消定时")


def _now(request: Request, release: Release) -> str:
    actions.release_now(release, by=request.actor, now=clock.now())
    return _("已联合发布")


def _withdraw(request: Request, release: Release) -> str:
    actions.withdraw_release(release, by=request.actor, now=clock.now(), note=request.POST.get("note", ""))
    return _("已撤回")


ACTS: dict[str, Callable[[Request, Release], str]] = {
    "confirm": _confirm,
    "unconfirm": _unconfirm,
    "refresh": _refresh,
    "unschedule": _unschedule,
    "now": _now,
    "withdraw": _withdraw,
}


def _schedule(request: Request, release: Release) -> HttpResponse:
    """Release at a moment to come; a moment that cannot be is said beside what was typed."""
    form = MomentForm(request.POST)
    if not form.is_valid():
        return _check_page(request, release, form)
    try:
        actions.schedule_release(release, form.planned_at(), by=request.actor, now=clock.now())
    except ValidationError as error:
        form.add_errors(error)
        return _check_page(request, release, form)
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    else:
        messages.success(request, _("已定时，到点自动发布"))
    return redirect("release-check", release.uid)


@require_POST
@signed_in_object_permission(ReleasePerm.EDIT)
def act(request: Request, uid: UUID, act: str) -> HttpResponse:
    """One step of a release; what hinders it is said on the page it came from."""
    release = _checkable(request, uid, ReleasePerm.EDIT)
    if act == "schedule":
        return _schedule(request, release)
    if act not in ACTS:
        raise Http404
    try:
        messages.success(request, ACTS[act](request, release))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    except StaleRevisionError:
        messages.error(request, _("您打开之后这一批有了变动，请看过新的内容再确认"))
    return redirect("release" if act == "now" else "release-check", uid)
