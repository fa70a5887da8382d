"""Addresses of cooperations and of the lists of signings."""

from django.urls import path

from mengkeju.deals.web.cooperation import views as cooperation
from mengkeju.deals.web.deal import signings

urlpatterns = [
    path("deals/signings/", signings.signings, name="deal-signings"),
    path("deals/<uuid:uid>/packages/", cooperation.package_new, name="deal-package-new"),
    path("deals/<uuid:uid>/packages/<uuid:package_uid>/", cooperation.package, name="deal-package"),
    path(
        "deals/<uuid:uid>/packages/<uuid:package_uid>/remove/", cooperation.package_remove, name="deal-package-remove"
    ),
    path("deals/<uuid:uid>/funding/", cooperation.funding_new, name="deal-funding-new"),
    path("deals/<uuid:uid>/funding/<uuid:funding_uid>/", cooperation.funding, name="deal-funding"),
    path("deals/<uuid:uid>/funding/<uuid:funding_uid>/remove/", cooperation.funding_remove, name="deal-funding-remove"),
    path("deals/<uuid:uid>/years/", cooperation.year, name="deal-year"),
    path("deals/<uuid:uid>/renew/", cooperation.renew, name="deal-renew"),
    path("deals/<uuid:uid>/parent/", cooperation.parent, name="deal-parent"),
    path("deals/<uuid:uid>/parts/", cooperation.part_new, name="deal-part-new"),
]
