"""Addresses of the registrar's desk."""

from django.urls import path

from mengkeju.deals.web.desk import views as desk

urlpatterns = [
    path("desk/", desk.index, name="desk"),
    path("desk/next/", desk.next_case, name="desk-next"),
    path("desk/<uuid:uid>/", desk.case, name="desk-case"),
    *(path(f"desk/<uuid:uid>/{key}/", view, name=f"desk-act-{key}") for key, view in desk.VIEWS.items()),
]
