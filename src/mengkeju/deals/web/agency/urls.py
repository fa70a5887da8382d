"""Addresses of the year of a technology-transfer body."""

from django.urls import path

from mengkeju.deals.web.agency import views as agency

urlpatterns = [
    path("agencies/<uuid:uid>/sheet/", agency.sheet, name="agency-sheet"),
    path("agencies/<uuid:uid>/sheet/contracts/", agency.contracts, name="agency-sheet-contracts"),
    path("agencies/<uuid:uid>/sheet/deals/", agency.deals, name="agency-sheet-deals"),
    path("agencies/<uuid:uid>/sheet/needs/", agency.needs, name="agency-sheet-needs"),
    path("agencies/<uuid:uid>/sheet/edit/", agency.edit, name="agency-sheet-edit"),
]
