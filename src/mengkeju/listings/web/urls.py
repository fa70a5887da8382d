"""Addresses of listings."""

from django.urls import path

from mengkeju.listings.web import diagnoses, guide, imports, reads, review, views

urlpatterns = [
    path("listings/mine/", views.mine, name="listing-mine"),
    path("listings/new/<slug:kind>/", views.create, name="listing-create"),
    path("listings/guide/<slug:kind>/", guide.start, name="listing-guide-new"),
    path("listings/<uuid:uid>/guide/<slug:topic>/", guide.step, name="listing-guide"),
    path("listings/<uuid:uid>/alike/<uuid:other_uid>/", guide.alike, name="listing-alike"),
    path("listings/<uuid:uid>/take-up/", diagnoses.take_up, name="listing-take-up"),
    path("diagnoses/", diagnoses.queue, name="diagnoses"),
    path("diagnoses/<uuid:uid>/", diagnoses.show, name="diagnosis"),
    path("diagnoses/<uuid:uid>/claim/", diagnoses.claim, name="diagnosis-claim"),
    path("diagnoses/<uuid:uid>/release/", diagnoses.release, name="diagnosis-release"),
    path("diagnoses/<uuid:uid>/answer/", diagnoses.answer, name="diagnosis-answer"),
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
    path("reviews/", review.queue, name="review-queue"),
    path("reviews/<uuid:uid>/", review.review, name="review"),
]
