"""What views ask of a request, typed."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.models import Account

P = ParamSpec("P")
VIEW_PERMISSION = "mengkeju_permission"
PUBLIC = "public"


class Request(HttpRequest):
    """A request as it reaches our views: actor and htmx details are on it."""

    actor: Actor
    htmx: HtmxDetails
    user: Account


View = Callable[Concatenate[Request, P], HttpResponseBase]


def permission(name: str) -> Callable[[View[P]], View[P]]:
    """Every view names its permission: `public`, `signed-in`, or one of the table.

    A table permission is asked without an object. A view that loads an object uses
    `object_permission` or `signed_in_object_permission` instead.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if name != PUBLIC and not request.actor.is_authenticated:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if name not in {PUBLIC, "signed-in"}:
                require(request.actor, name)
            return view(request, *args, **kwargs)

        setattr(checked, VIEW_PERMISSION, name)
        return checked

    return wrap


def object_permission(name: str) -> Callable[[View[P]], View[P]]:
    """Names the permission a view asks on the object it loads; the view and its action do the asking."""

    def wrap(view: View[P]) -> View[P]:
        setattr(view, VIEW_PERMISSION, name)
        return view

    return wrap


def signed_in_object_permission(name: str) -> Callable[[View[P]], View[P]]:
    """As `object_permission`, and a visitor is sent to the sign-in page first."""

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def checked(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.actor.is_authenticated:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            return view(request, *args, **kwargs)

        setattr(checked, VIEW_PERMISSION, name)
        return checked

    return wrap
