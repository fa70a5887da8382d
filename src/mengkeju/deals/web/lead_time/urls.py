"""Addresses of the clock."""

from django.urls import path

from mengkeju.deals.web.lead_time import views as lead_time

urlpatterns = [
    path("contract-statistics/lead-time/", lead_time.index, name="lead-time"),
    path("contract-statistics/lead-time/deals/", lead_time.deals, name="lead-time-deals"),
]
