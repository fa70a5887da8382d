"""The search page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from mengkeju.kernel import clock
from mengkeju.kernel.web.request import PUBLIC, Request, permission
from mengkeju.search import actions
from mengkeju.search.queries import Problem
from mengkeju.search.web import state

STATUS = {Problem.TOO_LONG: 400, Problem.UNAVAILABLE: 503}


@require_safe
@permission(PUBLIC)
@vary_on_headers("HX-Request", "Cookie")
def search(request: Request) -> HttpResponse:
    """One box, results with marks, facets with counts; htmx gets the part that changes."""
    page = actions.search_and_log(request.actor, state.read(request.GET), now=clock.now())
    part = request.htmx and not request.htmx.history_restore_request
    status = 200 if part or page.problem is None else STATUS.get(page.problem, 200)
    template = "search/found.html" if part else "search/page.html"
    return render(request, template, state.context(page), status=status)
