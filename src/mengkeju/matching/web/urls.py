"""Addresses."""

from django.urls import path

from mengkeju.matching.web import analysis, judgements, questions, views

urlpatterns = [
    path("listings/<uuid:uid>/matches/", views.matches, name="listing-matches"),
    path("needs/analysis/", analysis.page, name="needs-analysis"),
    path("needs/analysis/list/", analysis.behind, name="needs-analysis-list"),
    path("matching/how/", views.how, name="match-how"),
    path("matching/switch/", questions.switch, name="match-switch"),
    path("listings/<uuid:uid>/matches/question/", questions.ask, name="match-question-ask"),
    path("matching/questions/", questions.index, name="match-questions"),
    path("matching/questions/<uuid:uid>/", questions.show, name="match-question"),
    path("matching/questions/<uuid:uid>/answer/", questions.answer, name="match-question-answer"),
    path("matching/questions/<uuid:uid>/again/", questions.again, name="match-question-again"),
    path("matching/questions/<uuid:uid>/<slug:transition>/", questions.move, name="match-question-move"),
    path("matching/log/", views.showing_consent, name="match-showing-consent"),
    path("matching/<uuid:uid>/dismiss/", judgements.dismiss, name="match-dismiss"),
    path("matching/<uuid:uid>/restore/", judgements.restore, name="match-restore"),
    path("matching/<uuid:uid>/approve/", judgements.approve, name="match-approve"),
    path("matching/<uuid:uid>/unapprove/", judgements.unapprove, name="match-unapprove"),
    path("matching/<uuid:uid>/open/<slug:side>/", views.open_match, name="match-open"),
]
