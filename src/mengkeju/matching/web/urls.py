"""Addresses."""

from django.urls import path

from mengkeju.matching.web import analysis, complement, partners, views

urlpatterns = [
    path("listings/<uuid:uid>/matches/", views.matches, name="listing-matches"),
    path("listings/<uuid:uid>/partners/", partners.of_listing, name="listing-partners"),
    path("chain-partners/", partners.index, name="chain-partners"),
    path("needs/analysis/", analysis.page, name="needs-analysis"),
    path("needs/analysis/list/", analysis.behind, name="needs-analysis-list"),
    path("needs/complement/", complement.page, name="complement"),
    path("needs/complement/firms/", complement.firms, name="complement-firms"),
    path("matching/how/", views.how, name="match-how"),
    path("matching/log/", views.showing_consent, name="match-showing-consent"),
    path("matching/<uuid:uid>/dismiss/", views.dismiss, name="match-dismiss"),
    path("matching/<uuid:uid>/restore/", views.restore, name="match-restore"),
    path("matching/<uuid:uid>/open/<slug:side>/", views.open_match, name="match-open"),
]
