"""Addresses of contract accounts."""

from django.urls import path

from mengkeju.deals.web.contract_account import views as contract_account

urlpatterns = [
    path("contract-accounts/", contract_account.index, name="contract-accounts"),
    path("contract-accounts/<uuid:uid>/", contract_account.account, name="contract-account"),
    path("contract-accounts/<uuid:uid>/contracts/", contract_account.contracts, name="contract-account-contracts"),
    path("contract-accounts/<uuid:uid>/research/", contract_account.research, name="contract-account-research"),
]
