"""Addresses of prices and payments."""

from django.urls import path

from mengkeju.deals.web.money import views as money

urlpatterns = [
    path("deals/<uuid:uid>/price/", money.price, name="deal-price"),
    path("deals/<uuid:uid>/payments/", money.payments, name="deal-payments"),
    path("deals/<uuid:uid>/payments/new/", money.pay, name="deal-pay"),
    path("deals/<uuid:uid>/payments/<uuid:payment_uid>/confirm/", money.confirm, name="deal-payment-confirm"),
    path("deals/<uuid:uid>/payments/<uuid:payment_uid>/withdraw/", money.withdraw, name="deal-payment-withdraw"),
]
