"""What the pages of organisations show, put together from queries."""

from typing import Any

from django.apps import apps
from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine.terms import TERMS
from mengkeju.directory.engine.workflow import DEADLINES, ORGANISATION
from mengkeju.directory.models import ORGANISATION_KINDS, Organisation
from mengkeju.directory.web import sharing
from mengkeju.directory.web.forms import OrganisationsForm
from mengkeju.directory.web.parts import badge, row, table
from mengkeju.kernel import clock, duties, figures, panels
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.models import personal_fields
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.words import chosen, word

QUEUE_STATES = ("submitted", "unverified", "verified", "refused")


def start_context(actor: Actor) -> dict[str, Any]:
    """Three steps: name, organisation, verification; which is next."""
    mine = queries.my_organisations(actor)
    verified = any(o.verified for o in mine)
    now = 3 if mine else 2
    steps = [
        {"label": _("注册账号"), "state": "done", "note": ""},
        {"label": _("加入或登记单位"), "state": "done" if mine else "now", "note": ""},
        {
            "label": _("单位核验"),
            "state": "done" if verified else ("now" if now == 3 else ""),  # noqa: PLR2004 - third step
            "note": _("{days} 个工作日内").format(days=DEADLINES["verify_organisation"]),
        },
        {"label": _("提交需求或成果"), "state": "now" if verified else "", "note": ""},
    ]
    return {"steps": steps, "organisations": [(o, badge(o.state)) for o in mine], "verified": verified}


def facts(organisation: Organisation) -> list[dict[str, Any]]:
    """The public facts of an organisation."""
    codes = [code for code in (organisation.area, organisation.zone) if code]
    names = queries.area_names(codes)
    code_note = _("公开资料未载") if organisation.source else ""
    rows: list[dict[str, Any]] = [
        {"label": _("单位类型"), "value": ORGANISATION_KINDS.get(organisation.kind, organisation.kind)},
        {"label": _("统一社会信用代码"), "value": organisation.credit_code or code_note},
        {"label": _("所在地"), "area": organisation.area, "area_name": names.get(organisation.area, "")},
    ]
    if organisation.zone:
        rows.append({"label": _("功能区"), "value": names.get(organisation.zone, organisation.zone)})
    if organisation.credit_code_override:
        rows.append({"label": _("校验位不符的理由"), "value": organisation.credit_code_override})
    rows.append({"label": _("行业"), "value": organisation.industry})
    if organisation.founded_on:
        rows.append({"label": _("成立日期"), "value": figures.full_date(organisation.founded_on)})
    if organisation.name_en:
        rows.append({"label": _("英文名称"), "value": organisation.name_en})
    return rows


def next_step(actor: Actor, organisation: Organisation) -> dict[str, Any] | None:
    """The one thing this reader can do next for the organisation, or what it waits for."""
    duty = duties.open_on(organisation).first()
    due = duty.due_on if duty else None
    if organisation.state == "submitted" and may(actor, Perm.ORGANISATION_VERIFY, organisation):
        return {
            "tone": "wait",
            "title": _("核验这家单位"),
            "due": due,
            "text": _("对照营业执照或法人证书，核对名称、代码和所在地。"),
        }
    if organisation.state in {"unverified", "refused"} and may(actor, Perm.ORGANISATION_SUBMIT, organisation):
        return {
            "tone": "wait",
            "title": _("提交核验"),
            "post": True,
            "label": _("提交核验"),
            "url": reverse("organisation-submit", args=[organisation.uid]),
            "text": _("核验通过后，才能发布需求和成果、看到对会员公开的内容。提交前请确认单位信息无误。"),
            "after": _("由当地科技管理人员在 {days} 个工作日内核验").format(days=DEADLINES["verify_organisation"]),
        }
    if organisation.state == "submitted" and organisation.uid in actor.organisations:
        return {
            "tone": "go",
            "title": _("等待核验"),
            "text": _("科技管理人员正在核验，结果会通知您。"),
            "due": due,
            "kicker": _("等对方办理"),
        }
    if organisation.state == "verified" and organisation.uid in actor.organisations:
        return {
            "tone": "go",
            "title": _("提交需求或成果"),
            "text": _("单位已核验，可以开始找合作了。"),
            "url": reverse("listing-create", args=["need"]),
            "label": _("提交需求"),
        }
    return None


def organisation_context(actor: Actor, organisation: Organisation) -> dict[str, Any]:
    """Everything the page of an organisation shows this reader."""
    inside = may(actor, Perm.COLLEAGUE_READ, organisation)
    officer = may(actor, Perm.ORGANISATION_VERIFY, organisation)
    area_name = queries.area_names([organisation.area]).get(organisation.area, "")
    return {
        "organisation": organisation,
        "state": badge(organisation.state),
        "facts": facts(organisation),
        "area_name": area_name,
        "social": sharing.head(organisation, area_name),
        "next": next_step(actor, organisation),
        "nav_key": "",
        "may_edit": may(actor, Perm.ORGANISATION_EDIT, organisation),
        "inside": inside,
        "decisions": [
            key
            for key, step in ORGANISATION.leaving(organisation.state)
            if officer and key in {"verify", "refuse", "withdraw"}
        ],
        "timeline": timeline(organisation, inside=inside, limit=12) if inside or officer else [],
        "panels": {slot: panels.build(actor, "organisation", slot, organisation) for slot in ("next", "main", "aside")},
    }


def organisations_context(page: Page[Organisation], form: OrganisationsForm) -> dict[str, Any]:
    """One page of all organisations."""
    columns = table(_("单位"), _("类型"), _("所在地"), _("状态"))
    names = queries.area_names({o.area for o in page})
    rows = [
        row(
            columns,
            {
                "value": o.name,
                "url": o.get_absolute_url(),
                "demo": o.fictional,
                "note": _("据公开报道收录") if o.source else "",
            },
            str(ORGANISATION_KINDS.get(o.kind, o.kind)),
            {"area": o.area, "value": names.get(o.area, o.area)},
            {"state": badge(o.state)},
        )
        for o in page
    ]
    return {"page": page, "columns": columns, "rows": rows, "form": form, "filtered": bool(form.asked_for)}


def queue_context(page: Page[Organisation], state: str) -> dict[str, Any]:
    """One page of the officer's queue."""
    columns = table(_("单位"), _("类型"), _("所在地"), _("统一社会信用代码"), _("状态"), _("提交或变动"))
    names = queries.area_names({o.area for o in page})
    rows = [
        row(
            columns,
            {"value": o.name, "url": o.get_absolute_url(), "demo": o.fictional},
            str(ORGANISATION_KINDS.get(o.kind, o.kind)),
            {"area": o.area, "value": names.get(o.area, o.area)},
            {
                "value": o.credit_code or (_("公开资料未载") if o.source else _("未填")),
                "note": _("校验位不符，附理由") if o.credit_code_override else "",
            },
            {"state": badge(o.state)},
            {"at": o.state_at, "form": "time"},
        )
        for o in page
    ]
    tabs = [
        {
            "label": word(ORGANISATION.states[key]),
            "url": f"{reverse('verification-queue')}?state={key}",
            "current": key == state,
        }
        for key in QUEUE_STATES
    ]
    return {
        "page": page,
        "columns": columns,
        "rows": rows,
        "tabs": tabs,
        "nav_key": "verification-queue",
        "today": clock.today(),
    }


def terms_context() -> dict[str, Any]:
    """The text in the reader's language, and every marked field of the platform."""
    columns = table(_("收什么"), _("为什么收"), _("依据"), _("留多久"))
    rows = []
    for model in sorted((m for m in apps.get_models() if personal_fields(m)), key=lambda m: m._meta.label):
        for name, mark in personal_fields(model).items():
            label = getattr(model._meta.get_field(name), "verbose_name", name)
            rows.append(row(columns, str(label), _(mark.purpose), _(mark.basis), _(mark.retention)))
    return {
        "title": word(TERMS),
        "version": TERMS.version,
        "source": TERMS.source,
        "points": [chosen(zh, en) for zh, en in TERMS.points],
        "columns": columns,
        "rows": rows,
    }
