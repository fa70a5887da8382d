"""Addresses of listings."""

from django.urls import path

from mengkeju.listings.web import freshness, funnel, imports, outcomes, reads, review, views
from mengkeju.listings.web import imports, list_urls, reads, review, views
from mengkeju.listings.web import imports, printing, reads, review, views

urlpatterns = [
    *list_urls.urlpatterns,
    path("listings/mine/", views.mine, name="listing-mine"),
    path("listings/due/", freshness.due, name="listing-due"),
    path("listings/due/confirm/", freshness.confirm_many, name="listing-confirm-many"),
    path("listings/dormant/", freshness.dormant, name="listing-dormant"),
    path("listings/<uuid:uid>/confirm/", freshness.confirm, name="listing-confirm"),
    path("listings/<uuid:uid>/close/", outcomes.close, name="listing-close"),
    path("listings/<uuid:uid>/outcome/", outcomes.answer, name="listing-outcome"),
    path("needs/open/", outcomes.open_needs, name="needs-open"),
    path("needs/chase/", outcomes.chase, name="needs-chase"),
    path("funnel/", funnel.overview, name="funnel"),
    path("funnel/records/", funnel.records, name="funnel-records"),
    path("portfolio/", funnel.portfolio, name="portfolio"),
    path("crossings/", funnel.crossings, name="crossings"),
    path("listings/new/<slug:kind>/", views.create, name="listing-create"),
    path("listings/<uuid:uid>/", views.detail, name="listing"),
    path("listings/<uuid:uid>/reads/", reads.of_listing, name="listing-reads"),
    path("listings/<uuid:uid>/print/", printing.printed, name="listing-print"),
    path("listings/<uuid:uid>/history/", views.history, name="listing-history"),
    path("listings/<uuid:uid>/edit/", views.edit, name="listing-edit"),
    path("listings/<uuid:uid>/submit/", views.submit, name="listing-submit"),
    path("listings/<uuid:uid>/move/<slug:transition>/", views.move, name="listing-move"),
    path("imports/", imports.batch_list, name="import-list"),
    path("imports/new/", imports.new, name="import-new"),
    path("imports/templates/<slug:kind>.xlsx", imports.template, name="import-template"),
    path("imports/<uuid:uid>/", imports.show, name="import"),
    path("imports/<uuid:uid>/progress/", imports.progress, name="import-progress"),
    path("imports/<uuid:uid>/sheet/", imports.sheet, name="import-sheet"),
    path("imports/<uuid:uid>/mapping/", imports.mapping, name="import-mapping"),
    path("imports/<uuid:uid>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<uuid:uid>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<uuid:uid>/resume/", imports.resume, name="import-resume"),
    path("imports/<uuid:uid>/act/<slug:what>/", imports.act, name="import-act"),
    path("imports/<uuid:uid>/wrong.xlsx", imports.wrong, name="import-wrong"),
    path("reads/", reads.everything, name="reads"),
    path("needs/at/<slug:key>/", views.stage, name="needs-at"),
    path("reviews/", review.queue, name="review-queue"),
    path("reviews/<uuid:uid>/", review.review, name="review"),
]
