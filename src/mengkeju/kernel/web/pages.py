"""Home, workbench, notices, file download, health. Home and workbench are pages of the subjects `site` and `me`."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from mengkeju.kernel import clock, duties, files, panels, subjects
from mengkeju.kernel import notices as kernel_notices
from mengkeju.kernel.bundles import place_of
from mengkeju.kernel.models import FollowerCursor, Seal
from mengkeju.kernel.web import exports, language, sheets
from mengkeju.kernel.web.request import PUBLIC, Request, object_permission, permission


@require_safe
@permission(PUBLIC)
def home(request: Request) -> HttpResponse:
    """The portal: what capabilities show of the site."""
    shown = {slot: panels.build(request.actor, "site", slot) for slot in ("hero", "main", "aside")}
    return render(request, "kernel/home.html", {"panels": shown})


@require_safe
@permission("signed-in")
def workbench(request: Request) -> HttpResponseBase:
    """My duties by due date, then what capabilities show of me."""
    if exports.wanted(request):
        return exports.answer(request, sheets.DUTIES, duties.open_for(request.actor))
    mine = list(duties.open_for(request.actor)[:100])
    titles = subjects.titles((d.subject_type, d.subject_uid) for d in mine)
    today = clock.today()
    rows: list[dict[str, Any]] = [
        {
            "duty": d,
            "title": titles[d.subject_type, d.subject_uid][0],
            "url": titles[d.subject_type, d.subject_uid][1],
            "left": clock.working_days_between(today, d.due_on) if d.due_on else None,
        }
        for d in mine
        if (d.subject_type, d.subject_uid) in titles
    ]
    overdue = sum(row["duty"].due_on is not None and row["duty"].due_on < today for row in rows)
    shown = {slot: panels.build(request.actor, "me", slot) for slot in ("main", "aside", "counts")}
    return render(request, "kernel/workbench.html", {"rows": rows, "overdue": overdue, "panels": shown})


@permission("signed-in")
def notices(request: Request) -> HttpResponseBase:
    """My notices, newest first; POST marks them read."""
    if request.method == "POST":
        kernel_notices.mark_read(request.actor, now=clock.now())
        return redirect("notices")
    if exports.wanted(request):
        return exports.answer(request, sheets.NOTICES, kernel_notices.of(request.actor))
    page = Paginator(kernel_notices.of(request.actor), 30).get_page(request.GET.get("page"))
    titles = subjects.titles((n.subject_type, n.subject_uid) for n in page)
    known = ((n, *titles.get((n.subject_type, n.subject_uid), ("", ""))) for n in page)
    rows = [(notice, about, place_of(notice, url)) for notice, about, url in known]
    return render(request, "kernel/notices.html", {"page": page, "rows": rows})


@require_safe
@object_permission("kernel.file:read")
def download(request: Request, uid: UUID) -> FileResponse:
    """Stream a file to whoever may read it or a subject it is attached to; 404 for everybody else."""
    file = files.readable(request.actor, uid)
    if file is None:
        raise Http404
    return files.download(file)


@require_POST
@permission(PUBLIC)
def set_language(request: Request) -> HttpResponse:
    """Keep the language chosen in the foot, for the browser and (mails) for the login; back to the page."""
    answer = django_set_language(request)
    chosen = answer.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    if chosen is not None and request.user.is_authenticated:
        language.remember(request.user.pk, chosen.value)
    return answer


@require_safe
@permission(PUBLIC)
def healthz(request: Request) -> HttpResponse:
    """For monitors: database, how far followers and seals are behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    last = Seal.objects.order_by("-sequence").values_list("sealed_at", flat=True).first()
    followers = {c.name: c.moved_at for c in FollowerCursor.objects.all()}
    return JsonResponse({"database": "ok", "followers": followers, "last_seal": last, "time": clock.now()})
