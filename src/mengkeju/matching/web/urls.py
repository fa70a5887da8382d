"""Addresses."""

from django.urls import path

from mengkeju.matching.web import analysis, complement, judgements, models, partners, questions, views, words

urlpatterns = [
    path("listings/<uuid:uid>/matches/", views.matches, name="listing-matches"),
    path("listings/<uuid:uid>/partners/", partners.of_listing, name="listing-partners"),
    path("chain-partners/", partners.index, name="chain-partners"),
    path("needs/analysis/", analysis.page, name="needs-analysis"),
    path("needs/analysis/list/", analysis.behind, name="needs-analysis-list"),
    path("match-models/", models.overview, name="match-models"),
    path("match-models/train/", models.train, name="match-model-train"),
    path("match-models/needs/", models.needs, name="match-model-needs"),
    path("match-models/<uuid:uid>/", models.one, name="match-model"),
    path("match-models/<uuid:uid>/file/", models.content, name="match-model-file"),
    path("match-models/<uuid:uid>/compare/", models.compare, name="match-model-compare"),
    path("match-models/<uuid:uid>/<slug:step>/", models.move, name="match-model-move"),
    path("needs/complement/", complement.page, name="complement"),
    path("needs/complement/firms/", complement.firms, name="complement-firms"),
    path("matching/how/", views.how, name="match-how"),
    path("matching/switch/", questions.switch, name="match-switch"),
    path("listings/<uuid:uid>/matches/question/", questions.ask, name="match-question-ask"),
    path("match-questions/", questions.index, name="match-questions"),
    path("match-questions/<uuid:uid>/", questions.show, name="match-question"),
    path("match-questions/<uuid:uid>/answer/", questions.answer, name="match-question-answer"),
    path("match-questions/<uuid:uid>/again/", questions.again, name="match-question-again"),
    path("match-questions/<uuid:uid>/<slug:transition>/", questions.move, name="match-question-move"),
    path("match-words/", words.index, name="match-words"),
    path("match-words/mine/", words.mine, name="match-words-mine"),
    path("match-words/<uuid:uid>/", words.show, name="match-word"),
    path("match-words/<uuid:uid>/<slug:step>/", words.move, name="match-word-move"),
    path("matching/log/", views.showing_consent, name="match-showing-consent"),
    path("matching/<uuid:uid>/dismiss/", judgements.dismiss, name="match-dismiss"),
    path("matching/<uuid:uid>/restore/", judgements.restore, name="match-restore"),
    path("matching/<uuid:uid>/approve/", judgements.approve, name="match-approve"),
    path("matching/<uuid:uid>/unapprove/", judgements.unapprove, name="match-unapprove"),
    path("matching/<uuid:uid>/open/<slug:side>/", views.open_match, name="match-open"),
]
