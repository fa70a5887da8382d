"""Addresses of the contract statistics."""

from django.urls import path

from mengkeju.deals.web.statistics import views as statistics

urlpatterns = [
    path("contract-statistics/", statistics.index, name="contract-statistics"),
    path("contract-statistics/contracts/", statistics.contracts, name="contract-statistics-contracts"),
    path("contract-statistics/close/", statistics.close, name="contract-statistics-close"),
    path("contract-statistics/<uuid:uid>/reopen/", statistics.reopen, name="contract-statistics-reopen"),
]
