"""What is true of every answer below /api/: problems instead of error pages, request id, limits, no cookies."""

import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from mengkeju.kernel.api import problem
from mengkeju.kernel.api.gate import language

PREFIX = "/api/"
GIVEN_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
ERRORS_FROM = 400


class ApiMiddleware:
    """Stands before the session: cookies are taken off, because only a token opens the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Django's middleware protocol."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Prepare, answer, complete the headers."""
        if not request.path_info.startswith(PREFIX) or request.path_info == PREFIX:  # the page that explains it
            return self.get_response(request)
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if GIVEN_ID.match(given) else uuid4().hex  # type: ignore[attr-defined]  # our own
        request.META.pop("HTTP_COOKIE", None)
        head = request.method == "HEAD"
        if head:  # answered as GET, without the body
            request.method = "GET"
        with translation.override(language(request)):
            made = self.get_response(request)
            if made.status_code >= ERRORS_FROM and made.headers.get("Content-Type") != problem.MEDIA_TYPE:
                made = problem.instead_of(request, made)
            made["Content-Language"] = language(request)
        self._complete(request, made)
        return _without_body(made) if head else made

    def _complete(self, request: HttpRequest, made: HttpResponseBase) -> None:
        made["X-Request-ID"] = problem.trace(request)
        made["Vary"] = "Authorization, Accept-Language"
        # Whether a stored answer still holds is asked each time: rights change, and the ETag makes asking cheap.
        made.headers.setdefault("Cache-Control", "private, no-cache")
        spent = getattr(request, "api_limit", None)
        if spent is not None:
            for name, value in spent.headers().items():
                made[name] = value
        if getattr(request, "api_replayed", False):
            made["Idempotent-Replayed"] = "true"


def _without_body(made: HttpResponseBase) -> HttpResponseBase:
    if isinstance(made, StreamingHttpResponse):
        made.streaming_content = ()
    elif isinstance(made, HttpResponse):
        length = made.headers.get("Content-Length", str(len(made.content)))
        made.content = b""
        made["Content-Length"] = length
    return made
