"""What the pages of diagnoses show. Nothing here writes."""

from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel import duties
from mengkeju.kernel.access import may
from mengkeju.kernel.actors import provider
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import gettext as translated
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine import completeness
from mengkeju.listings.engine.diagnosis_workflow import DIAGNOSIS, OUTCOMES
from mengkeju.listings.models import Diagnosis
from mengkeju.listings.queries import DiagnosisFilter
from mengkeju.listings.web.diagnosis_forms import AnswerForm, DiagnosisForm
from mengkeju.listings.web.guide_pages import meter

SHOWS = (
    ("", gettext_lazy("在办的")),
    ("open", gettext_lazy("待认领")),
    ("mine", gettext_lazy("我认领的")),
    ("proposed", gettext_lazy("待企业确认")),
    ("tracked", gettext_lazy("长期跟踪")),
)
CONCLUDED = {
    "propose": gettext_lazy("已请企业确认公开的文字"),
    "send_on": gettext_lazy("已转二次诊断，由另一名经纪人接手"),
    "track": gettext_lazy("已转入长期跟踪"),
}
PRICES = ("price_low", "price_high")


def asked(request: Request) -> DiagnosisFilter:
    """The filters of the address; what is unknown counts as nothing."""
    show = request.GET.get("show", "")
    return DiagnosisFilter(
        show if show in queries.FILTERS else "", request.GET.get("city", "")[:40], request.GET.get("field", "")[:60]
    )


def concluded(outcome: str) -> str:
    """What the broker is told after an outcome."""
    return str(CONCLUDED[outcome])


def field_of(code: str) -> str | None:
    """At which field of the broker's form a refusal belongs."""
    return {"findings": "findings", "wording": "public_summary"}.get(code)


def badge(diagnosis: Diagnosis) -> dict[str, str]:
    """Word and tone of the state."""
    state = DIAGNOSIS.states[diagnosis.state]
    return {"kind": {"idle": "calm"}.get(state.tone, state.tone), "label": word(state)}


def queue_context(request: Request, page: Page[Diagnosis], asked_for: DiagnosisFilter) -> dict[str, Any]:
    """The queue as a table: what it is about, whose, where, since when, who has it."""
    rows = list(page)
    needs = queries.present_many([row.listing for row in rows], request.actor)
    people = provider().names({row.broker.uid for row in rows if row.broker is not None})
    table = []
    for row, need in zip(rows, needs, strict=True):
        measured = completeness.measure(row.listing.kind, row.listing.values)
        broker = people.get(row.broker.uid, "") if row.broker is not None else ""
        table.append(
            {
                "cells": [
                    {"value": need.title, "url": row.get_absolute_url(), "header": True, "demo": need.fictional},
                    {"value": need.owner_name},
                    {"area": need.area, "value": need.area_name},
                    {
                        "value": f"{measured.percent}%" if measured is not None else "—",
                        "numeric": True,
                        "label": _("完整度"),
                    },
                    {"value": row.round, "numeric": True, "label": _("第几次")},
                    {"state": badge(row), "note": broker},
                    {"at": row.state_at, "form": "day"},
                ]
            }
        )
    labels = (_("题目"), _("单位"), _("地区"), _("完整度"), _("第几次"), _("状态"), _("状态日期"))
    return {
        "page": page,
        "rows": table,
        "columns": [{"label": label, "numeric": at in {3, 4}} for at, label in enumerate(labels)],
        "shows": SHOWS,
        "asked": asked_for,
        "cities": directory.cities(),
        "fields": directory.term_choices("field"),
        "nav_key": "diagnoses",
    }


def page_context(
    request: Request, diagnosis: Diagnosis, form: DiagnosisForm | None, answer_form: AnswerForm | None
) -> dict[str, Any]:
    """The need as this reader may see it, the rounds, and the form of whoever must act."""
    actor, listing = request.actor, diagnosis.listing
    it = queries.present(listing, actor)
    told = queries.is_told(actor, diagnosis)
    works = diagnosis.state == "claimed" and may(actor, Perm.DIAGNOSIS_CONCLUDE, diagnosis)
    answers = diagnosis.state == "proposed" and may(actor, Perm.DIAGNOSIS_ANSWER, diagnosis)
    people = provider().names({diagnosis.broker.uid}) if diagnosis.broker is not None else {}
    duty = duties.open_on(diagnosis).first()
    rows = [{"label": f.label, "value": f.value} for f in it.fields if f.value and f.key not in PRICES]
    return {
        "diagnosis": diagnosis,
        "it": it,
        "need_url": listing.get_absolute_url(),
        "rows": [*rows, {"label": _("投入"), "value": it.budget}],
        "hidden": it.hidden,
        "state": badge(diagnosis),
        "broker": next(iter(people.values()), ""),
        "due": duty.due_on if duty is not None else None,
        "told": told,
        "form": form or (DiagnosisForm(diagnosis) if works else None),
        "outcomes": [(key, translated(text)) for key, text in OUTCOMES.items()],
        "answer_form": answer_form or (AnswerForm(diagnosis) if answers else None),
        "may_claim": diagnosis.state == "open" and may(actor, Perm.DIAGNOSIS_CLAIM, diagnosis),
        "may_release": diagnosis.state == "claimed" and may(actor, Perm.DIAGNOSIS_RELEASE, diagnosis),
        "barred": diagnosis.state == "open"
        and diagnosis.barred_id == actor.account_id
        and actor.account_id is not None,
        "earlier": queries.rounds_of(diagnosis),
        "meter": meter(listing, completeness.measure(listing.kind, listing.values)),
        "timeline": timeline(diagnosis, inside=True, limit=8),
        "crumbs": [
            (_("首页"), reverse("home")),
            (it.title, listing.get_absolute_url()),
            (_("第 %(round)s 次诊断") % {"round": diagnosis.round}, ""),
        ],
        "nav_key": "diagnoses",
    }
