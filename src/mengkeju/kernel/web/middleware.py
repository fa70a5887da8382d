"""Puts the Actor on the request and turns refusals into their pages."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError
from mengkeju.kernel.actors import provider

Answer = Callable[[HttpRequest], HttpResponse]


def _actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return ANONYMOUS
    return provider().actor_for(request.user)


class ActorMiddleware:
    """`request.actor`: built on first use, once per request."""

    def __init__(self, get_response: Answer) -> None:
        """Django's middleware protocol."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Attach and go on."""
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]  # our own attribute
        return self.get_response(request)


class RefusalMiddleware:
    """RefusedError: not signed in → sign-in page (302); else 403 with the rule and who may."""

    def __init__(self, get_response: Answer) -> None:
        """Django's middleware protocol."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing on the way in."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; leave everything else to Django."""
        if not isinstance(exception, RefusedError):
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
        if not actor.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        context = {"rule": exception.rule, "who_may": exception.who_may}
        return render(request, "403.html", context, status=403)
