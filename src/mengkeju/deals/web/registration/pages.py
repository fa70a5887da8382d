"""What the pages and panels of registrations show. Nothing here writes."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.contract_types import NONE, QUESTIONS, SUBTYPES, TYPES, Question, next_question, suggestion
from mengkeju.deals.engine.registration_workflow import REGISTRATION
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, Registration
from mengkeju.deals.queries.registration_facts import findings_told
from mengkeju.deals.web.deal.pages import between
from mengkeju.deals.web.registration.forms import QuestionForm, RegistrationFilterForm, TypeForm
from mengkeju.deals.web.registration.next_step import next_step
from mengkeju.deals.web.registration.papers import check_items, paper_rows
from mengkeju.kernel import clock, duties, figures, idempotency, panels
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.web.said import filters_of
from mengkeju.kernel.words import word
from mengkeju.policy.engine.document import Item

HANDED_IN = {
    "file": gettext_lazy("已提交，等登记机构受理"),
    "supply": gettext_lazy("已补正，登记机构从今天起重新计算期限"),
}
HEADINGS = {"file": gettext_lazy("提交登记申请"), "supply": gettext_lazy("补正")}
NEAR = 2
"""Working days left from which a clock is shown as running out."""


def registration_badge(registration: Registration) -> dict[str, str]:
    """Kind and word of the state, for mk/state.html."""
    state = REGISTRATION.states[registration.state]
    return {"kind": "calm" if state.tone == "idle" else state.tone, "label": word(state)}


def type_word(registration: Registration) -> str:
    """“技术开发（委托开发）”; empty while it is not chosen."""
    if registration.contract_type not in TYPES:
        return registration.contract_type
    name = word(TYPES[registration.contract_type])
    subtype = SUBTYPES.get(registration.contract_subtype)
    return _("%(type)s（%(subtype)s）") % {"type": name, "subtype": word(subtype)} if subtype else name


def filter_of(request: Request) -> RegistrationFilterForm:
    """The filter the address asks for."""
    return RegistrationFilterForm(request.GET or None)


def list_context(request: Request, form: RegistrationFilterForm) -> dict[str, Any]:
    """The list of registrations as a table."""
    found = queries.filtered_registrations(request.actor, form.asked())
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    heads = (_("合同"), _("双方"), _("类型"), _("状态"), _("期限"), _("登记编号"))
    return {
        "page": page,
        "form": form if form.is_bound else RegistrationFilterForm(),
        "said": filters_of(form) if form.is_bound else "",
        "columns": [{"label": label} for label in heads],
        "rows": _rows(page),
        "nav_key": "registrations",
    }


def _rows(page: Page[Registration]) -> list[dict[str, Any]]:
    found = list(page)
    parties = queries.parties_of([row.deal for row in found])
    due = queries.due_dates(found)
    return [
        {
            "cells": [
                {
                    "value": row.deal.title,
                    "url": row.get_absolute_url(),
                    "header": True,
                    "demo": row.fictional,
                    "note": row.number_here,
                },
                {"value": between(parties[row.deal_id])},
                {"value": type_word(row), "label": _("类型")},
                {"state": registration_badge(row)},
                _due_cell(due.get(row.pk)),
                {"value": registration_number.show(row.number), "label": _("登记编号"), "nowrap": True},
            ]
        }
        for row in found
    ]


def _due_cell(due: queries.Due | None) -> dict[str, Any]:
    return {"at": due.day, "form": "day", "left": due.day} if due is not None and due.day is not None else {"value": ""}


def _crumbs(registration: Registration, here: str = "") -> list[tuple[str, str]]:
    shown = [(_("登记信息"), reverse("registrations"))]
    if not here:
        return [*shown, (registration.number_here, "")]
    return [*shown, (registration.number_here, registration.get_absolute_url()), (here, "")]


def detail_context(request: Request, registration: Registration) -> dict[str, Any]:
    """The page of one registration. Files, findings and reasons are for those who may see the papers."""
    actor, deal = request.actor, registration.deal
    inside = queries.sees_papers(actor, registration)
    editable = registration.state in ("prepared", "supplement") and may(actor, RegistrationPerm.EDIT, registration)
    findings = findings_told(registration) if inside else []
    shown = {"request": request, "inside": inside, "editable": editable, "findings": findings}
    return {
        "r": registration,
        "d": deal,
        "state": registration_badge(registration),
        "inside": inside,
        "editable": editable,
        "facts": _facts(registration),
        "number": registration_number.show(registration.number),
        "values": _values(registration),
        "amendments": _amendments(registration) if inside else [],
        "clock": _clock(registration),
        "papers": paper_rows(registration, queries.checklist(registration)) if inside else [],
        "checks": check_items(registration, findings, mendable=editable),
        "as_filed": registration.state not in ("prepared", "supplement"),
        "next": next_step(actor, registration, findings),
        **_moves(actor, registration),
        "mains": panels.build(actor, "registration", "main", registration, shown),
        "nexts": panels.build(actor, "registration", "next", registration, shown),
        "asides": panels.build(actor, "registration", "aside", registration, shown),
        "timeline": timeline(registration, inside=inside),
        "nav_key": "registrations",
        "crumbs": _crumbs(registration),
    }


def _moves(actor: Actor, registration: Registration) -> dict[str, bool]:
    """Which of the applicant's own steps are open now."""
    steps = {"withdraw": RegistrationPerm.WITHDRAW, "object": RegistrationPerm.OBJECT}
    leaving = dict(REGISTRATION.leaving(registration.state))
    return {
        f"may_{key}": key in leaving
        and not any(guard.check(registration, {}) for guard in leaving[key].guards)
        and may(actor, permission, registration)
        for key, permission in steps.items()
    }


def _facts(registration: Registration) -> list[dict[str, Any]]:
    applicant = registration.applicant
    body = registration.body_name or (registration.body.name if registration.body is not None else "")
    parties = queries.parties_of([registration.deal])[registration.deal_id]
    rows: list[dict[str, Any]] = [
        {"label": _("合作项目"), "value": registration.deal.number, "url": registration.deal.get_absolute_url()},
        {"label": _("双方"), "value": between(parties)},
        {"label": _("申请人"), "value": applicant.name if applicant is not None else ""},
        {"label": _("合同类型"), "value": type_word(registration)},
        {"label": _("按问题判断"), "value": suggested_word(registration.suggested_type)},
        {"label": _("改判类型的理由"), "value": registration.type_reason},
        {"label": _("技术进口合同"), "value": _("是") if registration.is_import else ""},
        {"label": _("登记机构"), "value": body},
        {"label": _("登记日期"), "value": _day(registration.registered_on)},
        {"label": _("不予登记的理由"), "value": registration.refusal},
    ]
    needed = {_("合同类型"), _("双方"), *(() if _from_ledger(registration) else (_("申请人"),))}
    return [row for row in rows if row["value"] or row["label"] in needed]


def _from_ledger(registration: Registration) -> bool:
    """Whether it came registered from a ledger: nobody applied for it here."""
    return registration.filed_at is None and registration.registered_on is not None


def suggested_word(key: str) -> str:
    """What the questions came to."""
    if key == NONE:
        return _("不是技术合同")
    return word(TYPES[key]) if key in TYPES else ""


def _day(day: Any) -> str:
    return figures.full_date(day) if day else ""


def _values(registration: Registration) -> dict[str, Any]:
    """Applied for and certified, apart. While it is not filed, the sums of the price lines as they stand."""
    applied = (registration.applied_value, registration.applied_technology)
    if registration.state == "prepared":
        applied = queries.applied_sums(registration.deal)
    certified = (registration.certified_value, registration.certified_technology)
    said = (_("申报"), _("台账未载") if _from_ledger(registration) else _("金额未定"))
    found = (_("核定"), _("还没有核定"))
    rows = [
        [{"value": label, "header": True}, _money(mine, *said), _money(theirs, *found)]
        for label, mine, theirs in zip((_("合同成交额"), _("技术交易额")), applied, certified, strict=True)
    ]
    columns = [{"label": _("金额"), "hide_label": True}, {"label": _("申报"), "numeric": True}]
    return {"columns": [*columns, {"label": _("核定"), "numeric": True}], "rows": [{"cells": row} for row in rows]}


def _money(value: Any, label: str, nothing: str) -> dict[str, Any]:
    return {"value": nothing if value is None else figures.amount(value), "label": label, "numeric": True}


AMENDED = {
    "certified_value": gettext_lazy("核定的成交额"),
    "certified_technology": gettext_lazy("核定的技术交易额"),
    "contract_value": gettext_lazy("核定的成交额"),
    "technology_value": gettext_lazy("核定的技术交易额"),
    "contract_type": gettext_lazy("合同类型"),
    "contract_subtype": gettext_lazy("合同类型"),
    "number": gettext_lazy("合同登记编号"),
    "registered_on": gettext_lazy("登记日期"),
    "body_name": gettext_lazy("登记机构"),
}


def _amendments(registration: Registration) -> list[dict[str, Any]]:
    """What was changed after it was registered, and by whom."""
    rows = []
    for row in queries.amendments_of(registration):
        person = getattr(row.created_by, "person", None)
        rows.append({"row": row, "name": str(AMENDED.get(row.name, row.name)), "who": person.name if person else ""})
    return rows


def _clock(registration: Registration) -> dict[str, Any] | None:
    """The clock that runs: due when, since when, by which rule, how much is gone."""
    due = queries.due_dates([registration]).get(registration.pk)
    if due is None:
        return None
    late = due.day is not None and due.day < clock.today()
    near = due.day is not None and due.total - due.used <= NEAR
    said = _("第 %(used)s 个工作日，共 %(total)s 日") % {"used": due.used, "total": due.total}
    return {
        "due": due,
        "duty_word": duties.word_of(due.duty),
        "label": said,
        "tone": "over" if late else "wait" if near else "",
        "basis": _(due.duty.basis) if due.duty.basis else "",
    }


def question_of(registration: Registration, ask: str) -> Question | None:
    """The question to be asked: one answered before that the reader wants to change, else the next one."""
    answers = registration.deal.type_answers
    if ask in QUESTIONS and ask in answers:
        return QUESTIONS[ask]
    return next_question(answers)


def answered(registration: Registration, key: str, answer: str) -> dict[str, str]:
    """All answers with this one."""
    return {**registration.deal.type_answers, key: answer}


def kept_choice(registration: Registration, answers: dict[str, str]) -> dict[str, Any]:
    """The choice made so far, for saving it with new answers; taken back where these now say otherwise."""
    found = suggestion(answers)
    other = found.type not in ("", registration.contract_type) and not registration.type_reason
    return {
        "contract_type": "" if other else registration.contract_type,
        "contract_subtype": "" if other else registration.contract_subtype,
        "is_import": registration.is_import,
        "reason": registration.type_reason,
    }


def type_context(
    registration: Registration, question_form: QuestionForm | None, choice: TypeForm | None
) -> dict[str, Any]:
    """The guided questions: what was answered, the one that is asked, what they come to, the choice."""
    answers = registration.deal.type_answers
    found = suggestion(answers)
    ignored = set(found.ignored)
    given = [
        {"question": word(q), "answer": word(q.answers[answers[key]]), "key": key}
        for key, q in QUESTIONS.items()
        if answers.get(key) in q.answers and key not in ignored
    ]
    initial = TypeForm.of(registration)
    if found.is_decided and found.type in TYPES and not registration.contract_type:
        initial |= {"contract_type": found.type, "contract_subtype": found.subtype}
    subtype = SUBTYPES.get(found.subtype)
    return {
        "r": registration,
        "d": registration.deal,
        "given": given,
        "question_form": question_form,
        "decided": found.is_decided,
        "suggested": suggested_word(found.type) + (_("（%(name)s）") % {"name": word(subtype)} if subtype else ""),
        "is_none": found.type == NONE,
        "reasons": [{"said": str(reason), "source": reason.source} for reason in found.reasons],
        "choice": choice or TypeForm(initial=initial),
        "nav_key": "registrations",
        "crumbs": _crumbs(registration, _("判定合同类型")),
    }


def form_context(registration: Registration, form: Form, heading: str) -> dict[str, Any]:
    """A page with one form about a registration."""
    return {
        "r": registration,
        "d": registration.deal,
        "form": form,
        "heading": heading,
        "nav_key": "registrations",
        "crumbs": _crumbs(registration, heading),
    }


def uploadable(registration: Registration) -> list[Item]:
    """Lines of the checklist to which a file is uploaded here, those that are missing first."""
    rows = [row for row in queries.checklist(registration) if not row.texts]
    return [row.item for row in sorted(rows, key=lambda row: (not row.missing, not row.asked))]


def documents_context(request: Request, registration: Registration, form: Form) -> dict[str, Any]:
    """The checklist with the form that uploads."""
    rows = paper_rows(registration, queries.checklist(registration))
    editable = registration.state in ("prepared", "supplement")
    return {
        **form_context(registration, form, _("申请材料")),
        "papers": rows,
        "editable": editable and may(request.actor, RegistrationPerm.EDIT, registration),
        "one_time_key": idempotency.new_key(),
    }


def hand_in_context(request: Request, registration: Registration, form: Form, step: str) -> dict[str, Any]:
    """Everything once more before it is handed in; what must be mended stands in the way."""
    findings = findings_told(registration)
    right_state = registration.state == ("prepared" if step == "file" else "supplement")
    return {
        **form_context(registration, form, str(HEADINGS[step])),
        "step": step,
        "right_state": right_state,
        "state": registration_badge(registration),
        "facts": _facts(registration),
        "values": _values(registration),
        "checks": check_items(registration, findings, mendable=right_state),
        "to_mend": sum(1 for one in findings if one["result"] == "fix"),
    }


def deal_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a deal: its registration, or the one click that prepares it; for those inside only."""
    if not shown.get("inside") or not deal.kind_spec.has(Step.REGISTRATION) or deal.from_source:
        return None
    found = queries.live_registration(deal)
    startable = queries.may_prepare(actor, deal)
    if found is None and not startable:
        return None
    over = found is not None and found.state in ("withdrawn", "refused", "cancelled")
    step = next_step(actor, found, findings_told(found) if queries.sees_papers(actor, found) else []) if found else {}
    due = queries.duty_to_register(deal) if found is None or over or found.state == "prepared" else None
    return {
        "d": deal,
        "r": found,
        "readable": found is not None and may(actor, RegistrationPerm.READ, found),
        "state": registration_badge(found) if found is not None else None,
        "number": registration_number.show(found.number) if found is not None else "",
        "step": step,
        "startable": startable and (found is None or over),
        "again": over,
        "by_buyer": queries.applicant_is_absent(deal),
        "due": due,
        "mine": due is not None and duties.is_mine(actor, due),
    }
