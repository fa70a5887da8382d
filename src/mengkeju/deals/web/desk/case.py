"""One case at the registrar's desk: the contract, its price, the pre-check, the texts, and what may be done."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.registration_workflow import CLOCKS, REGISTERED_STATES, REGISTRATION
from mengkeju.deals.models import LINE_KINDS, PRICE_MODES, TEXT_ROLES, Amendment, DealParty, Registration
from mengkeju.deals.web.desk.acts import Act, form_of, possible
from mengkeju.deals.web.desk.forms import DeskForm
from mengkeju.deals.web.desk.rows import badge, clock_of, type_word, used_words
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import File
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.said import in_words
from mengkeju.kernel.words import word

CHECK_MARKS = {"pass": "ok", "warning": "warn", "fix": "fix"}


@dataclass(frozen=True)
class Bound:
    """A form that was refused, and the act it was sent for."""

    act: Act
    form: DeskForm


def context(actor: Actor, case: Registration, urls: dict[str, str], bound: Bound | None) -> dict[str, Any]:
    """Everything about the case; how many queries it takes does not hang on how much there is."""
    today = clock.today()
    parties = queries.parties_on_desk([case])[case.deal_id]
    duty = queries.due_of_case(case)
    due = duty.due_on if duty else None
    open_acts = possible(actor, case)
    checked = queries.checked(case)
    return {
        "c": case,
        "d": case.deal,
        "state": badge(case),
        "ring": clock_of(case, due, today),
        "used": used_words(case, due, today),
        "due": due,
        "due_provisional": bool(duty and duty.due_provisional),
        "facts": _facts(case, parties),
        "price": _price(case),
        "since": _since(case),
        "checks": [_check(one) for one in checked],
        "tally": queries.finding_counts(case) if checked else None,
        "texts": _texts(case),
        "papers": _papers(case) if case.filed_at is not None else [],
        "from_ledger": case.filed_at is None,
        "certificates": [_file(x) for x in queries.certificates(case)],
        "expert_due": _expert_due(case),
        "expert_days": CLOCKS["decide_with_expert"],
        "recused": queries.recused(actor, parties) and actor.has_role(Role.REGISTRAR),
        "acts": _acts(actor, case, open_acts, urls, bound),
        "kept": _kept(bound, open_acts),
        "amendments": [_amendment(row) for row in case.amendments.filter(archived_at=None)],
        "timeline": timeline(case, inside=True),
    }


def _acts(
    actor: Actor, case: Registration, open_acts: list[Act], urls: dict[str, str], bound: Bound | None
) -> list[dict[str, Any]]:
    """The forms; one stands open: the one that was refused, else the next step."""
    hears = case.state == "accepted" and case.needs_expert and not case.expert_opinion
    listens = case.state == "expert" and not case.expert_opinion
    first = "expert" if hears else "opinion" if listens else ""
    chosen = bound.act.key if bound is not None else first or next((act.key for act in open_acts if act.main), "")
    made = []
    for act in open_acts:
        initial = {"body_name": case.body_name or queries.last_body(actor)} if act.key == "register" else None
        form = bound.form if bound is not None and bound.act == act else form_of(act, case, initial=initial)
        made.append({"act": act, "form": form, "url": urls[act.key], "open": act.key == chosen})
    return sorted(made, key=lambda one: not one["open"])


def _kept(bound: Bound | None, open_acts: list[Act]) -> dict[str, Any] | None:
    """What was typed for an act that is not open any more, to be copied: nothing typed is lost."""
    if bound is None or bound.act in open_acts:
        return None
    rows = [
        {"label": f.label, "value": in_words(f.field, f.value())}
        for f in bound.form.visible_fields()
        if isinstance(f.value(), str) and f.value()
    ]
    return {"label": bound.act.label, "rows": rows, "form": bound.form}


def _facts(case: Registration, parties: list[DealParty]) -> list[dict[str, Any]]:
    deal = case.deal
    named = {side: [p for p in parties if p.side == side] for side in ("seller", "buyer")}
    suggested = type_word(case.suggested_type)
    rows = [
        (_("类型"), type_word(case.contract_type, case.contract_subtype)),
        (_("按问题判断"), suggested if case.suggested_type != case.contract_type else ""),
        (_("改判类型的理由"), case.type_reason),
        (_("卖方"), _names(named["seller"])),
        (_("买方"), _names(named["buyer"])),
        (_("申请登记的一方"), case.applicant.name if case.applicant else ""),
        (_("技术进口合同"), _("是") if case.is_import else ""),
        (_("签订日期"), figures.full_date(deal.signed_on) if deal.signed_on else ""),
        (_("有效期"), _term(case)),
        (_("付款方式"), str(PRICE_MODES.get(deal.price_mode, ""))),
        (_("付款约定"), deal.price_terms),
        (_("技术领域"), queries.word_of_code("technical_fields", case.field or deal.field)),
        (_("涉及的知识产权"), queries.word_of_code("ip_kinds", case.ip_kind or deal.ip_kind)),
        (_("知识产权归属与成果分享"), deal.ip_terms),
        (_("科技计划来源"), queries.word_of_code("plan_sources", case.plan_source or deal.plan_source)),
        (_("技术内容"), deal.summary),
        (_("申报真实性"), _("申请人已声明所报材料真实") if case.declared_true else ""),
        (_("受理日期"), figures.full_date(case.accepted_on) if case.accepted_on else ""),
        (_("要补正什么"), case.supplement_note),
        (_("补正期限"), figures.full_date(case.supplement_until) if case.supplement_until else ""),
        (_("专家意见"), case.expert_opinion),
        (_("合同登记编号"), registration_number.show(case.number)),
        (_("登记日期"), figures.full_date(case.registered_on) if case.registered_on else ""),
        (_("登记机构"), case.body_name),
        (_("不予登记的理由"), case.refusal),
        (_("由谁决定"), case.decided_by.name if case.decided_by else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _names(parties: list[DealParty]) -> str:
    said = []
    for party in parties:
        mark = _("个人") if party.individual else ""
        if party.organisation is not None:
            mark = _("已核验") if party.organisation.verified else _("未核验")
        elif not party.individual:
            mark = _("未入驻")
        said.append(_("%(name)s（%(mark)s）") % {"name": party.name, "mark": mark})
    return _("；").join(said)


def _term(case: Registration) -> str:
    days = (case.deal.effective_from, case.deal.effective_until)
    return " – ".join(figures.full_date(day) if day else "…" for day in days) if any(days) else ""


def _money(value: Any) -> str:
    return _("待定") if value is None else f"{value:,.2f}"


def _price(case: Registration) -> dict[str, Any]:
    """Lines of the deal as it stands, and the sums: of the lines, applied for, certified."""
    lines = queries.price_lines(case.deal)
    decided = case.certified_value is not None
    sums = [
        (_("合同成交额"), case.applied_value, case.certified_value),
        (_("技术交易额"), case.applied_technology, case.certified_technology),
    ]
    return {
        "lines": [
            {
                "label": line.label or str(LINE_KINDS[line.kind]),
                "kind": str(LINE_KINDS[line.kind]),
                "technical": line.kind == "technical",
                "amount": _money(line.amount),
            }
            for line in lines
        ],
        "decided": decided,
        "sums": [
            {"label": label, "applied": _money(applied), "certified": _money(certified) if decided else ""}
            for label, applied, certified in sums
        ],
    }


def _since(case: Registration) -> list[str]:
    """What the deal changed since it was filed, in words."""
    since = queries.changed_since(case)
    said = []
    if since.sums:
        names = {
            "applied": _money(case.applied_value),
            "applied_technology": _money(case.applied_technology),
            "now": _money(since.contract_value),
            "technology": _money(since.technology_value),
        }
        said.append(
            _(
                "价款变了：申报成交额 %(applied)s 元、技术交易额 %(applied_technology)s 元，"
                "现在是 %(now)s 元、%(technology)s 元"
            )
            % names
        )
    for text in since.texts:
        names = {"role": str(TEXT_ROLES[text.role]), "version": str(text.version)}
        said.append(_("提交以后又传了“%(role)s”第 %(version)s 版") % names)
    if since.edited_at is not None:
        day = figures.full_date(clock.today(since.edited_at))
        said.append(_("合同信息或者合同各方在 %(day)s 改过") % {"day": day})
    return said


def _check(one: queries.Checked) -> dict[str, str]:
    return {
        "state": CHECK_MARKS.get(one.result, "warn"),
        "label": word(one.dimension),
        "text": _("；").join(one.messages),
        "ref": "",
    }


def _papers(case: Registration) -> list[dict[str, Any]]:
    """What the checklist asks for: the file, what stands for it, or that it is missing."""
    return [
        {
            "label": word(paper.item),
            "why": _("；").join(paper.why) if paper.asked else "",
            "files": [_file(file) for file in (paper.file, *(text.file for text in paper.texts)) if file is not None],
            "by_record": paper.by_record,
            "missing": paper.missing,
        }
        for paper in queries.checklist(case)
        if paper.asked or paper.is_there
    ]


def _file(file: File) -> dict[str, Any]:
    return {"name": file.name, "url": reverse("file", args=[file.uid]), "size": file.size}


def _texts(case: Registration) -> list[dict[str, Any]]:
    """Every text with its version; the newest of each role first."""
    found = []
    for text in queries.texts_to_open(case):
        label = _("%(role)s 第 %(version)s 版") % {"role": str(TEXT_ROLES[text.role]), "version": text.version}
        note = _("各方已确认") if text.frozen_at else _("各方还没有都确认") if text.role == "main" else ""
        found.append({"label": label, "note": note, "file": _file(text.file), "language": text.language})
    return found


def _expert_due(case: Registration) -> Any:
    """The last day with experts, counted from acceptance; None where it does not matter."""
    if not case.needs_expert or case.accepted_on is None or case.state not in {"accepted", "expert"}:
        return None
    return clock.add_working_days(case.accepted_on, CLOCKS["decide_with_expert"]).day


def _amendment(row: Amendment) -> dict[str, Any]:
    said = {"name": column_word(row.name), "before": row.before or "—", "after": row.after or "—"}
    return said | {"reason": row.reason, "on": row.changed_on}


def column_word(name: str) -> str:
    """What a column that can be changed is called; the column itself for one that cannot."""
    words = {
        "number": _("合同登记编号"),
        "registered_on": _("登记日期"),
        "body_name": _("登记机构"),
        "certified_value": _("核定的成交额（元）"),
        "certified_technology": _("核定的技术交易额（元）"),
        "contract_type": _("合同类型"),
        "contract_subtype": _("技术开发的方式"),
        "seller_kind": _("卖方类别"),
        "field": _("技术领域"),
        "ip_kind": _("涉及的知识产权"),
        "plan_source": _("科技计划来源"),
    }
    return words.get(name, name)


def own_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the registrar's workbench: what waits to be accepted."""
    if not actor.has_role(Role.REGISTRAR):
        return None
    waiting, _late = queries.waiting_counts(actor, clock.today())
    return {"label": _("待受理的登记申请"), "count": waiting, "tone": "wait", "url": f"{reverse('desk')}?tab=filed"}


def late_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the registrar's workbench: what is overdue; nothing while nothing is."""
    if not actor.has_role(Role.REGISTRAR):
        return None
    _waiting, late = queries.waiting_counts(actor, clock.today())
    if not late:
        return None
    url = f"{reverse('desk')}?tab=accepted&overdue=on"
    return {"label": _("超期的登记"), "count": late, "tone": "over", "url": url}


def case_link(actor: Actor, case: Registration, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the page of a registration: the way to the desk, for those who decide there."""
    if case.state == "prepared" or not possible(actor, case):
        return None
    at = {"url": reverse("desk-case", args=[case.uid]), "state": word(REGISTRATION.states[case.state])}
    if case.state in REGISTERED_STATES:
        said = _("情况有变的，在登记受理台办变更或者注销。")
        return {**at, "tone": "go", "kicker": _("登记机构"), "text": said, "label": _("去变更或注销")}
    return {**at, "tone": "wait", "text": _("在登记受理台核对、作决定。"), "label": _("去办理")}


def sent_again(data: QueryDict, revision: int) -> QueryDict:
    """What was sent, made from the revision as it stands now: may be sent once more after a look."""
    made = data.copy()
    made["revision"] = str(revision)
    return made
