"""Addresses that go with a registrar's ledger."""

from django.urls import path

from mengkeju.deals.web import ledger

urlpatterns = [
    path("ledger/parties/", ledger.merge, name="party-merge"),
    path("ledger/parties/decide/", ledger.decide, name="party-decide"),
    path("ledger/parties/<uuid:uid>/undo/", ledger.undo, name="party-undo"),
    path("ledger/<uuid:uid>/differences/", ledger.differences, name="ledger-differences"),
    path("ledger/<uuid:uid>/amend/", ledger.amend, name="ledger-amend"),
]
