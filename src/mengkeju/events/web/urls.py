"""Addresses of meetings and remote pitches."""

from django.urls import path

from mengkeju.events.web import guest, pitches, views

urlpatterns = [
    path("meetings/", views.mine, name="meeting-mine"),
    path("meetings/<uuid:uid>/", views.detail, name="meeting"),
    path("meetings/<uuid:uid>/choose/", views.choose, name="meeting-choose"),
    path("meetings/<uuid:uid>/propose/", views.propose, name="meeting-propose"),
    path("meetings/<uuid:uid>/decline/", views.decline, name="meeting-decline"),
    path("meetings/<uuid:uid>/where/", views.where, name="meeting-where"),
    path("meetings/<uuid:uid>/cancel/", views.cancel, name="meeting-cancel"),
    path("meetings/<uuid:uid>/note/", views.note, name="meeting-note"),
    path("meetings/<uuid:uid>/miss/", views.miss, name="meeting-miss"),
    path("meetings/<uuid:uid>/finish/", views.finish, name="meeting-finish"),
    path("meetings/<uuid:uid>/calendar/", views.calendar, name="meeting-calendar"),
    path("listings/<uuid:uid>/meet/", views.request_on_listing, name="listing-meet"),
    path("intentions/<uuid:uid>/meet/", views.request_on_intention, name="intention-meet"),
    path("pitches/", pitches.index, name="pitches"),
    path("pitches/origins/", pitches.origins, name="pitch-origins"),
    path("pitches/invite/", pitches.invite, name="pitch-invite"),
    path("pitches/<uuid:uid>/", pitches.detail, name="pitch"),
    path("pitches/<uuid:uid>/again/", pitches.again, name="pitch-again"),
    path("pitches/<uuid:uid>/cancel/", pitches.cancel, name="pitch-cancel"),
    path("pitches/<uuid:uid>/settle/", pitches.settle, name="pitch-settle"),
    path("pitches/<uuid:uid>/listen/", pitches.listen, name="pitch-listen"),
    path("pitches/<uuid:uid>/leave/", pitches.leave, name="pitch-leave"),
    path("pitches/<uuid:uid>/follow/", pitches.follow, name="pitch-follow"),
    path("pitches/<uuid:uid>/calendar/", pitches.calendar, name="pitch-calendar"),
    path("pitch/<str:token>/", guest.guest, name="pitch-guest"),
]
