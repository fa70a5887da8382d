"""Addresses of an individual who is a party."""

from django.urls import path

from mengkeju.deals.web.deal import individual

urlpatterns = [
    path("deals/<uuid:uid>/parties/<uuid:party_uid>/invite/", individual.invite, name="deal-party-invite"),
    path("deals/individual/<str:token>/", individual.join, name="deal-individual"),
]
