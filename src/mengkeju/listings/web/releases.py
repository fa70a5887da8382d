"""Public pages of joint releases: the list of them, one with its rows, on paper, and what changed in a row since."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mengkeju.kernel.access import may
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import PUBLIC, Request, permission
from mengkeju.kernel.web.request import object_permission as on_object
from mengkeju.listings import queries
from mengkeju.listings.access import ReleasePerm
from mengkeju.listings.engine.release_workflow import OPEN_STATES
from mengkeju.listings.models import Release, ReleaseItem
from mengkeju.listings.queries import releases as reads
from mengkeju.listings.web import release_pages as pages
from mengkeju.listings.web import release_sheets as sheets


def load(request: Request, uid: UUID) -> Release:
    """The release, or 404 for whoever may not read it."""
    release = queries.find_release(request.actor, uid)
    if release is None:
        raise Http404
    return release


def _is_public(release: Release) -> bool:
    return release.released_at is not None


@require_safe
@permission(PUBLIC)
def shelf(request: Request) -> HttpResponse:
    """What has been released, the newest first."""
    page = Paginator(queries.released(request.actor), 20).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": pages.shelf_rows(page),
        "crumbs": [(_("首页"), reverse("home")), (_("联合发布"), "")],
        "may_prepare": may(request.actor, ReleasePerm.DESK),
        "nav_key": "releases",
    }
    return render(request, "listings/release_shelf.html", context)


@require_safe
@on_object(ReleasePerm.READ)
def detail(request: Request, uid: UUID) -> HttpResponseBase:
    """One release as published; one in preparation leads its officers to their page."""
    release = load(request, uid)
    if not _is_public(release):
        return redirect("release-check", uid)
    if release.state == "withdrawn":
        context = {"release": release, "note": pages.withdrawn_note(release), "nav_key": "releases"}
        return render(request, "listings/release_withdrawn.html", context)
    if exports.wanted(request):
        wanted = pages.asked(request)
        rows = reads.narrowed(reads.items(release), wanted).select_related("release", "listing__owner")
        return exports.answer(request, sheets.RELEASE, rows, pages.in_words(release, wanted))
    return render(request, "listings/release.html", pages.public_context(request, release))


@require_safe
@on_object(ReleasePerm.READ)
def printed(request: Request, uid: UUID) -> HttpResponse:
    """Every row on A4."""
    release = load(request, uid)
    if release.state != "released":
        return redirect("release", uid)
    return render(request, "listings/release_print.html", pages.print_context(release))


@require_safe
@on_object(ReleasePerm.READ)
def need(request: Request, uid: UUID, need: UUID) -> HttpResponse:
    """What a need reads otherwise today than when it was released (to officers in preparation: gathered).

    Only of what is still open to everybody.
    """
    release = load(request, uid)
    preparing = release.state in OPEN_STATES and may(request.actor, ReleasePerm.CHECK, release)
    if release.state != "released" and not preparing:
        return redirect("release", uid)
    item = get_object_or_404(ReleaseItem.objects.select_related("listing__owner"), release=release, listing__uid=need)
    row = reads.rows_of([item], preparing=preparing)[0]
    if not row.told:  # withdrawn or closed to visitors since: only its title is told, in the list
        return redirect("release", uid)
    context = {
        "release": release,
        "preparing": preparing,
        "it": row,
        "cell": pages.row_cells(row, release),
        "differences": reads.differences(item),
        "crumbs": [*pages.crumbs_above(release), (row.title, "")],
        "nav_key": "releases",
    }
    return render(request, "listings/release_need.html", context)
