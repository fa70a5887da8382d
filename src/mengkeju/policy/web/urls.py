"""Addresses of policy."""

from django.urls import path

from mengkeju.policy.web import views

urlpatterns = [path("policy-figures/", views.figures, name="policy-figures")]
