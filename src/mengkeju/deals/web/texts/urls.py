"""Addresses of the texts of a deal."""

from django.urls import path

from mengkeju.deals.web.texts import views as texts

urlpatterns = [
    path("deals/<uuid:uid>/texts/", texts.upload, name="deal-text-upload"),
    path("deals/<uuid:uid>/texts/<uuid:text_uid>/confirm/", texts.confirm, name="deal-text-confirm"),
    path("deals/<uuid:uid>/texts/<uuid:text_uid>/paper/<uuid:party_uid>/", texts.paper, name="deal-text-paper"),
    path("deals/<uuid:uid>/texts/<uuid:text_uid>/take-back/", texts.take_back, name="deal-text-take-back"),
    path("deals/<uuid:uid>/bundle/", texts.bundle, name="deal-bundle"),
]
