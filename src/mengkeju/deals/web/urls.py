"""Addresses of deals: intentions and what surrounds them here, the rest in a file per noun."""

from django.urls import path

from mengkeju.deals.web.agency import urls as agency_urls
from mengkeju.deals.web.board import views as board
from mengkeju.deals.web.claim_basis import urls as claim_basis_urls
from mengkeju.deals.web.contract_account import urls as contract_account_urls
from mengkeju.deals.web.cooperation import urls as cooperation_urls
from mengkeju.deals.web.deal import individual_urls
from mengkeju.deals.web.deal import urls as deal_urls
from mengkeju.deals.web.desk import urls as desk_urls
from mengkeju.deals.web.intentions import views
from mengkeju.deals.web.lead_time import urls as lead_time_urls
from mengkeju.deals.web.ledger import urls as ledger_urls
from mengkeju.deals.web.money import urls as money_urls
from mengkeju.deals.web.performance import urls as after_urls
from mengkeju.deals.web.registration import urls as registration_urls
from mengkeju.deals.web.stalled import views as stalled
from mengkeju.deals.web.statistics import urls as statistics_urls
from mengkeju.deals.web.talks import urls as talk_urls
from mengkeju.deals.web.texts import urls as text_urls

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
    *cooperation_urls.urlpatterns,
    *agency_urls.urlpatterns,
    *deal_urls.urlpatterns,
    *individual_urls.urlpatterns,
    *statistics_urls.urlpatterns,
    *lead_time_urls.urlpatterns,
    *money_urls.urlpatterns,
    *text_urls.urlpatterns,
    *talk_urls.urlpatterns,
    *registration_urls.urlpatterns,
    *desk_urls.urlpatterns,
    *after_urls.urlpatterns,
    *claim_basis_urls.urlpatterns,
    *contract_account_urls.urlpatterns,
    *ledger_urls.urlpatterns,
]
