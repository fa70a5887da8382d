"""Addresses that go with a registrar's ledger."""

from django.urls import path

from mengkeju.deals.web.ledger import views as ledger

urlpatterns = [
    path("party-aliases/", ledger.merge, name="party-merge"),
    path("party-aliases/decide/", ledger.decide, name="party-decide"),
    path("party-aliases/<uuid:uid>/undo/", ledger.undo, name="party-undo"),
    path("ledgers/<uuid:uid>/differences/", ledger.differences, name="ledger-differences"),
    path("ledgers/<uuid:uid>/amend/", ledger.amend, name="ledger-amend"),
]
