"""Every address. Capabilities bring their own; this file only mounts them."""

from django.urls import include, path

from mengkeju.config.api import PREFIX, api
from mengkeju.kernel.api.guide import guide

urlpatterns = [
    path(f"{PREFIX.removeprefix('/')}/", api.urls),
    path("api/", guide(api, PREFIX), name="api-guide"),
    path("accounts/", include("allauth.urls")),
    path("", include("mengkeju.kernel.web.urls")),
    path("", include("mengkeju.directory.web.urls")),
    path("", include("mengkeju.search.web.urls")),
    path("", include("mengkeju.policy.web.urls")),
    path("", include("mengkeju.listings.web.urls")),
    path("", include("mengkeju.matching.web.urls")),
    path("", include("mengkeju.deals.web.urls")),
    path("", include("mengkeju.events.web.urls")),
]
handler403 = "mengkeju.kernel.web.errors.forbidden"
