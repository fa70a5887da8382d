"""Addresses of the directory."""

from django.urls import path

from mengkeju.directory.web import auditing, colleagues, me, operator, organisations, security

urlpatterns = [
    path("start/", organisations.start, name="directory-start"),
    path("terms/", organisations.terms, name="terms"),
    path("organisations/new/", organisations.new, name="organisation-new"),
    path("organisations/<uuid:uid>/", organisations.detail, name="organisation"),
    path("organisations/<uuid:uid>/edit/", organisations.edit, name="organisation-edit"),
    path("organisations/<uuid:uid>/submit/", organisations.submit, name="organisation-submit"),
    path("organisations/<uuid:uid>/decide/<slug:decision>/", organisations.decide, name="organisation-decide"),
    path("organisations/<uuid:uid>/colleagues/", colleagues.of_organisation, name="organisation-colleagues"),
    path("organisations/<uuid:uid>/colleagues/<uuid:person>/<slug:act>/", colleagues.change, name="colleague-change"),
    path("verification/", organisations.queue, name="verification-queue"),
    path("colleagues/", colleagues.mine, name="colleagues"),
    path("invitations/<uuid:uid>/withdraw/", colleagues.withdraw, name="invitation-withdraw"),
    path("invitation/<str:token>/", colleagues.invitation, name="invitation"),
    path("me/", me.me, name="directory-me"),
    path("me/edit/", me.edit, name="person-edit"),
    path("me/terms/", me.agree, name="person-agree"),
    path("me/export/", me.export, name="person-export"),
    path("me/erase/", me.erase, name="person-erase"),
    path("people/", security.people, name="people"),
    path("people/<uuid:uid>/", security.person, name="person"),
    path("people/<uuid:uid>/account/<slug:act>/", security.account, name="person-account"),
    path("people/<uuid:uid>/lockout/", security.reset_lockout, name="lockout-reset"),
    path("roles/", security.roles, name="roles"),
    path("roles/<uuid:uid>/revoke/", security.revoke, name="role-revoke"),
    path("lockouts/", security.lockouts, name="lockouts"),
    path("vocabularies/", operator.vocabularies, name="vocabularies"),
    path("vocabularies/<slug:key>/", operator.vocabulary, name="vocabulary"),
    path("vocabularies/<slug:key>/<slug:term_key>/", operator.term, name="term"),
    path("vocabularies/<slug:key>/<slug:term_key>/retire/", operator.retire, name="term-retire"),
    path("areas/", operator.areas, name="areas"),
    path("areas/<str:code>/", operator.area, name="area"),
    path("jobs/", operator.failed_jobs, name="jobs"),
    path("jobs/<uuid:task>/again/", operator.run_again, name="job-again"),
    path("record/", auditing.record, name="record"),
    path("record/verify/", auditing.verify, name="record-verify"),
    path("record/<uuid:uid>/", auditing.event, name="record-event"),
]
