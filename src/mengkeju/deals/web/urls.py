"""Addresses of intentions."""

from django.urls import path

from mengkeju.deals.web import views

urlpatterns = [
    path("intentions/", views.mine, name="intention-mine"),
    path("intentions/<uuid:uid>/", views.detail, name="intention"),
    path("intentions/<uuid:uid>/answer/", views.answer, name="intention-answer"),
    path("intentions/<uuid:uid>/confirm/", views.confirm, name="intention-confirm"),
    path("intentions/<uuid:uid>/messages/", views.write, name="intention-write"),
    path("intentions/<uuid:uid>/move/<slug:transition>/", views.move, name="intention-move"),
    path("listings/<uuid:uid>/intend/", views.declare, name="intention-declare"),
    path("listings/<uuid:uid>/introduce/<uuid:counter_uid>/", views.introduce, name="introduce"),
]
