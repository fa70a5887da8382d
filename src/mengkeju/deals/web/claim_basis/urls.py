"""Addresses of claim bases."""

from django.urls import path

from mengkeju.deals.web.claim_basis import views as claim_bases

urlpatterns = [
    path("deals/<uuid:uid>/claim-basis/", claim_bases.draw, name="claim-basis-draw"),
    path("claim-bases/", claim_bases.index, name="claim-bases"),
    path("claim-bases/<uuid:uid>/", claim_bases.detail, name="claim-basis"),
    path("claim-bases/<uuid:uid>/print/", claim_bases.printed, name="claim-basis-print"),
    path("claim-bases/<uuid:uid>/withdraw/", claim_bases.withdraw, name="claim-basis-withdraw"),
]
