"""The page of policy figures."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mengkeju.kernel.web.request import PUBLIC, Request, permission
from mengkeju.policy.web import pages
from mengkeju.policy.web.forms import DayForm


@require_safe
@permission(PUBLIC)
def figures(request: Request) -> HttpResponse:
    """Every document with its figures on a day (?on=), for everybody."""
    return render(request, "policy/figures.html", pages.context(DayForm(request.GET)))
