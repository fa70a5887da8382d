"""Officers and administrators set up their second factor before anything else."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mengkeju.kernel.web.request import PUBLIC, VIEW_PERMISSION


class SecondFactorMiddleware:
    """On every page that is not public: who must have a second factor and has none is sent to its activation."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Django's middleware protocol."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing on the way in."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Redirect to activation; allauth's own pages carry no permission and stay reachable."""
        if getattr(view, VIEW_PERMISSION, PUBLIC) == PUBLIC:
            return None
        if not request.actor.second_factor_missing:  # type: ignore[attr-defined]  # set by ActorMiddleware
            return None
        messages.warning(request, _("您的角色必须先启用两步验证，才能使用工作台"))
        return redirect("mfa_activate_totp")
