"""Addresses of deals."""

from django.urls import path

from mengkeju.deals.web.deal import views as deals

urlpatterns = [
    path("deals/", deals.index, name="deals"),
    path("deals/new/", deals.new, name="deal-new"),
    path("deals/<uuid:uid>/", deals.detail, name="deal"),
    path("deals/<uuid:uid>/edit/", deals.edit, name="deal-edit"),
    path("deals/<uuid:uid>/sign/", deals.sign, name="deal-sign"),
    path("deals/<uuid:uid>/move/<slug:transition>/", deals.move, name="deal-move"),
    path("deals/<uuid:uid>/parties/", deals.parties, name="deal-parties"),
    path("deals/<uuid:uid>/parties/<uuid:party_uid>/", deals.party, name="deal-party"),
    path("deals/<uuid:uid>/parties/<uuid:party_uid>/lead/", deals.lead, name="deal-party-lead"),
    path("deals/<uuid:uid>/parties/<uuid:party_uid>/remove/", deals.remove, name="deal-party-remove"),
    path("deals/<uuid:uid>/helpers/", deals.helpers, name="deal-helpers"),
    path("deals/<uuid:uid>/helpers/<uuid:helper_uid>/confirm/", deals.confirm, name="deal-helper-confirm"),
    path("intentions/<uuid:uid>/deal/", deals.open_one, name="deal-open"),
]
