"""The search page."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from mengkeju.kernel import clock, panels
from mengkeju.kernel.exports import FIGURES
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import PUBLIC, Request, permission
from mengkeju.search import actions
from mengkeju.search.queries import Problem, SearchQuery, every_key
from mengkeju.search.store import IndexUnavailableError
from mengkeju.search.web import feeds, saved_pages, sheets, state

STATUS = {Problem.TOO_LONG: 400, Problem.UNAVAILABLE: 503}


@require_safe
@permission(PUBLIC)
@vary_on_headers("HX-Request", "Cookie")
def search(request: Request) -> HttpResponseBase:
    """One box, results with marks, facets with counts; htmx gets the part that changes."""
    asked = state.read(request.GET)
    if exports.wanted(request):
        return _file(request, asked)
    page = actions.search_and_log(request.actor, asked, now=clock.now())
    part = request.htmx and not request.htmx.history_restore_request
    status = 200 if part or page.problem is None else STATUS.get(page.problem, 200)
    template = "search/found.html" if part else "search/page.html"
    passed = {"kind": asked.kind, "pairs": state.pairs(asked)}
    context = state.context(page) | {
        "tools": panels.build(request.actor, "search", "tools", None, passed),
        "alert": saved_pages.on_search(request.actor, asked),
        "feeds": feeds.of_search(asked),
    }
    return render(request, template, context, status=status)


def _file(request: Request, asked: SearchQuery) -> HttpResponseBase:
    """Everything the search finds for this reader, as a file."""
    try:
        keys = every_key(request.actor, asked, FIGURES.rows_per_file)
    except IndexUnavailableError:
        return HttpResponse(_("搜索正在恢复，请稍后再导出"), status=503, content_type="text/plain; charset=utf-8")
    return exports.answer(request, sheets.sheet(asked.kind), keys, sheets.filters(asked))
