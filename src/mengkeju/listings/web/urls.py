"""Addresses of listings."""

from django.urls import path

from mengkeju.listings.web import review, views

urlpatterns = [
    path("listings/mine/", views.mine, name="listing-mine"),
    path("listings/new/<slug:kind>/", views.create, name="listing-create"),
    path("listings/<uuid:uid>/", views.detail, name="listing"),
    path("listings/<uuid:uid>/history/", views.history, name="listing-history"),
    path("listings/<uuid:uid>/edit/", views.edit, name="listing-edit"),
    path("listings/<uuid:uid>/submit/", views.submit, name="listing-submit"),
    path("listings/<uuid:uid>/move/<slug:transition>/", views.move, name="listing-move"),
    path("needs/at/<slug:key>/", views.stage, name="needs-at"),
    path("reviews/", review.queue, name="review-queue"),
    path("reviews/<uuid:uid>/", review.review, name="review"),
]
