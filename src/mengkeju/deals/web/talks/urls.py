"""Addresses of the talks on a deal."""

from django.urls import path

from mengkeju.deals.web.talks import views as talks

urlpatterns = [
    path("deals/<uuid:uid>/offers/", talks.offer, name="deal-offer"),
    path("deals/<uuid:uid>/offers/<uuid:offer_uid>/accept/", talks.accept, name="deal-offer-accept"),
    path("deals/<uuid:uid>/gaps/", talks.gap, name="deal-gap"),
    path("deals/<uuid:uid>/gaps/<uuid:gap_uid>/propose/", talks.propose, name="deal-gap-propose"),
    path("deals/<uuid:uid>/gaps/<uuid:gap_uid>/agree/", talks.agree, name="deal-gap-agree"),
    path("deals/<uuid:uid>/gaps/<uuid:gap_uid>/fail/", talks.fail, name="deal-gap-fail"),
    path("deals/<uuid:uid>/gaps/<uuid:gap_uid>/reopen/", talks.reopen, name="deal-gap-reopen"),
]
