"""The site with pages that are wrong on purpose: the crawl must find every one of them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path
from django.views.decorators.http import require_safe

from mengkeju.config.urls import urlpatterns as site
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.listings.models import Listing

DETAILS = Template("<h1>{{ it.title }}</h1>{% for value in it.details.values.values %}<p>{{ value }}</p>{% endfor %}")


@require_safe
@signed_in_object_permission("listings.listing:edit")
def open_to_all(_request: Request, uid: UUID) -> HttpResponse:
    """Says who may edit, asks nobody."""
    return HttpResponse(str(Listing.objects.filter(uid=uid).count()))


@require_safe
@permission("public")
def leaking(_request: Request) -> HttpResponse:
    """A template that shows everything of the newest listing."""
    return HttpResponse(DETAILS.render(Context({"it": Listing.objects.filter(state="draft").latest("pk")})))


@require_safe
@permission("signed-in")
def in_a_header(_request: Request) -> HttpResponse:
    """A secret in a header."""
    return HttpResponse(headers={"X-Title": Listing.objects.filter(state="draft").latest("pk").title})


def silent(_request: HttpRequest) -> HttpResponse:
    """Names no permission."""
    return HttpResponse()


@require_safe
@permission("signed-in")
def broken(_request: Request) -> HttpResponse:
    """Fails."""
    raise RuntimeError


urlpatterns = [
    *site,
    path("listings/<uuid:uid>/open-to-all/", open_to_all, name="open-to-all"),
    path("leaking/", leaking, name="leaking"),
    path("in-a-header/", in_a_header, name="in-a-header"),
    path("silent/", silent, name="silent"),
    path("broken/", broken, name="broken"),
    path("unknown/<uuid:thing>/", permission("signed-in")(silent), name="unknown-place"),
]
handler403 = "mengkeju.kernel.web.errors.forbidden"
