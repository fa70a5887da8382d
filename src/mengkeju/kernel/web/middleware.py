"""Puts the Actor on the request and turns refusals into their pages."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError
from mengkeju.kernel.actors import provider

Answer = Callable[[HttpRequest], HttpResponse]


def _actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return ANONYMOUS
    return provider().actor_for(request.user)


class LanguageMiddleware(LocaleMiddleware):
    """Chinese until the reader chooses: the browser's own wish is not asked, a public office speaks Chinese first."""

    def process_request(self, request: HttpRequest) -> None:
        """The language of the cookie that `set_language` wrote, if the site speaks it."""
        wished = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wished if wished in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, _request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say which language it is, and that it hangs on the cookie."""
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


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
        said = translation.gettext("需要：%(rule)s") % {
            "rule": exception.who_may
        }  # what “who may” says already is not said twice
        context = {"rule": "" if exception.rule == said else exception.rule, "who_may": exception.who_may}
        return render(request, "403.html", context, status=403)
