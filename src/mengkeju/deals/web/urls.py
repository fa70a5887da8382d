"""Addresses of deals: intentions and what surrounds them here, the rest in a file per noun."""

from django.urls import path

from mengkeju.deals.web import (
    agency_urls,
    board,
    deal_urls,
    desk_urls,
    money_urls,
    registration_urls,
    stalled,
    statistics_urls,
    talk_urls,
    text_urls,
    views,
)

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/<uuid:uid>/claim/", board.claim, name="board-claim"),
    path("claims/", board.claims, name="claims"),
    path("claims/pair/", board.pair, name="claim-pair"),
    path("claims/<uuid:uid>/release/", board.release, name="claim-release"),
    path("claims/<uuid:uid>/pass/", board.pass_on, name="claim-pass"),
    path("stalled/", stalled.index, name="stalled"),
    path("stalled/<uuid:uid>/", stalled.one, name="stalled-one"),
    path("stalled/<uuid:uid>/name/", stalled.name, name="stalled-name"),
    path("stalls/<uuid:uid>/assign/", stalled.assign, name="stall-assign"),
    path("stalls/<uuid:uid>/resolve/", stalled.resolve, name="stall-resolve"),
    path("intentions/", views.mine, name="intention-mine"),
    path("intentions/<uuid:uid>/", views.detail, name="intention"),
    path("intentions/<uuid:uid>/answer/", views.answer, name="intention-answer"),
    path("intentions/<uuid:uid>/confirm/", views.confirm, name="intention-confirm"),
    path("intentions/<uuid:uid>/messages/", views.write, name="intention-write"),
    path("intentions/<uuid:uid>/output/", views.output, name="intention-output"),
    path("intentions/<uuid:uid>/move/<slug:transition>/", views.move, name="intention-move"),
    path("listings/<uuid:uid>/intend/", views.declare, name="intention-declare"),
    path("listings/<uuid:uid>/introduce/<uuid:counter_uid>/", views.introduce, name="introduce"),
    *agency_urls.urlpatterns,
    *deal_urls.urlpatterns,
    *statistics_urls.urlpatterns,
    *money_urls.urlpatterns,
    *text_urls.urlpatterns,
    *talk_urls.urlpatterns,
    *registration_urls.urlpatterns,
    *desk_urls.urlpatterns,
]
