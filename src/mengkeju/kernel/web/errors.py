"""The 403 page for refusals Django raises itself; ours come through the middleware."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with whatever reason the exception carries."""
    rule = str(exception) if exception and str(exception) else _("您没有办理这件事的权限")
    return render(request, "403.html", {"rule": rule, "who_may": ""}, status=403)
