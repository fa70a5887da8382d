"""Addresses of registrations, the applicant's half."""

from django.urls import path

from mengkeju.deals.web.registration import files as registration_files
from mengkeju.deals.web.registration import views as registrations

urlpatterns = [
    path("registrations/", registrations.index, name="registrations"),
    path("registrations/<uuid:uid>/", registrations.detail, name="registration"),
    path("registrations/<uuid:uid>/type/", registrations.question, name="registration-type"),
    path("registrations/<uuid:uid>/type/choose/", registrations.choose, name="registration-choose"),
    path("registrations/<uuid:uid>/edit/", registrations.edit, name="registration-edit"),
    path("registrations/<uuid:uid>/documents/", registration_files.documents, name="registration-documents"),
    path(
        "registrations/<uuid:uid>/documents/<uuid:document_uid>/remove/",
        registration_files.remove,
        name="registration-document-remove",
    ),
    path("registrations/<uuid:uid>/file/", registration_files.file, name="registration-file"),
    path("registrations/<uuid:uid>/supply/", registration_files.supply, name="registration-supply"),
    path("registrations/<uuid:uid>/withdraw/", registration_files.withdraw, name="registration-withdraw"),
    path("registrations/<uuid:uid>/object/", registration_files.objection, name="registration-object"),
    path("deals/<uuid:uid>/registration/", registrations.prepare, name="deal-register"),
]
