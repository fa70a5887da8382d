"""Addresses of listings."""

from django.urls import path

from mengkeju.listings.web import imports, reads, release_desk, releases, review, views

urlpatterns = [
    path("listings/mine/", views.mine, name="listing-mine"),
    path("listings/new/<slug:kind>/", views.create, name="listing-create"),
    path("listings/<uuid:uid>/", views.detail, name="listing"),
    path("listings/<uuid:uid>/reads/", reads.of_listing, name="listing-reads"),
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
    path("releases/", releases.shelf, name="release-list"),
    path("releases/desk/", release_desk.desk, name="release-desk"),
    path("releases/new/", release_desk.new, name="release-new"),
    path("releases/<uuid:uid>/", releases.detail, name="release"),
    path("releases/<uuid:uid>/print/", releases.printed, name="release-print"),
    path("releases/<uuid:uid>/needs/<uuid:need>/", releases.need, name="release-need"),
    path("releases/<uuid:uid>/check/", release_desk.check, name="release-check"),
    path("releases/<uuid:uid>/preview/", release_desk.preview, name="release-preview"),
    path("releases/<uuid:uid>/gather/", release_desk.gather, name="release-gather"),
    path("releases/<uuid:uid>/remove/", release_desk.remove, name="release-remove"),
    path("releases/<uuid:uid>/edit/", release_desk.edit, name="release-edit"),
    path("releases/<uuid:uid>/act/<slug:act>/", release_desk.act, name="release-act"),
    path("reviews/", review.queue, name="review-queue"),
    path("reviews/<uuid:uid>/", review.review, name="review"),
]
