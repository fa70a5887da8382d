"""What the pages of rights show. Nothing here writes."""

from dataclasses import asdict
from typing import Any

from django.core.paginator import Page as Portion
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, duties, figures
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed, word
from mengkeju.listings import queries
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions import RightInput
from mengkeju.listings.actions.rights import FACTS
from mengkeju.listings.engine.patent_numbers import NumberRefusedError, read
from mengkeju.listings.engine.rights import KINDS, RULES, STANDINGS, Fee
from mengkeju.listings.models import IpRight, Listing
from mengkeju.listings.models.rights import DECISIONS
from mengkeju.listings.queries import RightFilter, ShownRight
from mengkeju.listings.web.part_forms import RightFilterForm
from mengkeju.listings.web.part_pages import Page


def asked(request: Request) -> RightFilter:
    """The filter in the address."""
    given = request.GET
    return RightFilter(
        q=given.get("q", "").strip()[:100],
        kind=given.get("kind", "") if given.get("kind", "") in KINDS else "",
        status=given.get("status", "") if given.get("status", "") in STANDINGS else "",
        area=given.get("city", "") if given.get("city", "") in {c.code for c in directory.cities()} else "",
        own=bool(given.get("own")) and bool(request.actor.organisations),
        disputed=bool(given.get("disputed")),
        offered=bool(given.get("offered")),
    )


def filter_words(asked_for: RightFilter) -> str:
    """The filter in words, for the file."""
    words = [
        asked_for.q,
        word(KINDS[asked_for.kind]) if asked_for.kind else "",
        word(STANDINGS[asked_for.status]) if asked_for.status else "",
        directory.area_names([asked_for.area]).get(asked_for.area, "") if asked_for.area else "",
        _("本单位的") if asked_for.own else "",
        _("有争议的") if asked_for.disputed else "",
        _("已挂牌的") if asked_for.offered else "",
    ]
    return listed([w for w in words if w])


def badge(right: IpRight) -> dict[str, str]:
    """Word and tone of a right's standing; a dispute goes before it."""
    if right.disputed:
        return {"kind": "over", "label": _("有争议")}
    if right.standing is None:
        return {"kind": "calm", "label": _("状态未填")}
    return {
        "kind": {"idle": "calm", "wait": "go"}.get(right.standing.tone, right.standing.tone),
        "label": word(right.standing),
    }


def _line(row: ShownRight) -> dict[str, Any]:
    right = row.right
    carried = listed([f"{word(p.kind)} · {p.title}" for p in row.listings[:2]])
    return {
        "cells": [
            {
                "value": right.title,
                "url": right.get_absolute_url(),
                "header": True,
                "demo": right.fictional,
                "label": _("名称"),
            },
            {"value": right.printed, "code": True, "label": _("号码")},
            {"value": word(right.spec), "label": _("类型")},
            {"state": badge(right), "label": _("状态")},
            {"value": row.holder_words, "label": _("权利人")},
            {"at": right.applied_on, "form": "date", "label": _("申请日")} if right.applied_on else {"value": ""},
            {"value": carried, "label": _("关联的成果和专利信息")},
        ]
    }


def register_context(actor: Actor, asked_for: RightFilter, page: Portion[IpRight]) -> dict[str, Any]:
    """The register as a table with its filters."""
    heads = (_("名称"), _("号码"), _("类型"), _("状态"), _("权利人"), _("申请日"), _("关联的成果和专利信息"))
    return {
        "page": page,
        "rows": [_line(row) for row in queries.shown_rights(page, actor)],
        "columns": [{"label": label} for label in heads],
        "form": RightFilterForm(_as_data(asked_for)),
        "filtered": asked_for != RightFilter(),
        "crumbs": [(_("首页"), reverse("home")), (_("知识产权登记册"), "")],
    }


def _as_data(asked_for: RightFilter) -> dict[str, Any]:
    """What the form shows as chosen."""
    return {**asdict(asked_for), "city": asked_for.area}


def right_context(actor: Actor, right: IpRight) -> dict[str, Any]:
    """The page of one right."""
    shown = queries.shown_rights([right], actor)[0]
    fee = queries.fee_next(right) if may(actor, PartPerm.RIGHT_CLAIM_READ, right) else None
    return {
        "right": right,
        "shown": shown,
        "state": badge(right),
        "facts": _fact_rows(right, shown),
        "claims": [
            (claim, _claim_word(claim.decision, disputed=right.disputed)) for claim in queries.claims_of(right, actor)
        ],
        "fee": fee,
        "fee_overdue": fee is not None and fee.due_on < clock.today(),
        "payments": right.payments.all() if may(actor, PartPerm.RIGHT_CLAIM_READ, right) else (),
        "may_edit": may(actor, PartPerm.RIGHT_EDIT, right),
        "may_pay": may(actor, PartPerm.RIGHT_FEE, right),
        "may_decide": may(actor, PartPerm.RIGHT_DECIDE, right),
        "withdrawable": [c for c in queries.claims_by(right, actor) if c.decision == ""],
        "duties": duties.open_on(right) if may(actor, PartPerm.RIGHT_CLAIM_READ, right) else (),
        "timeline": timeline(right, inside=True, limit=12) if may(actor, PartPerm.RIGHT_CLAIM_READ, right) else None,
        "rules": RULES,
        "crumbs": [(_("首页"), reverse("home")), (_("知识产权登记册"), reverse("ip-rights")), (right.printed, "")],
    }


def _claim_word(decision: str, *, disputed: bool) -> dict[str, str]:
    if decision == "":
        return {"kind": "wait", "label": _("等待裁定")} if disputed else {"kind": "done", "label": _("无争议")}
    tone = {"upheld": "done", "rejected": "over"}.get(decision, "calm")
    return {"kind": tone, "label": str(DECISIONS[decision])}


def _fact_rows(right: IpRight, shown: ShownRight) -> list[dict[str, Any]]:
    day = figures.full_date
    rows = [
        (_("号码"), right.printed),
        (_("类型"), word(right.spec) + (_("（%(rank)s类）") % {"rank": right.rank} if right.rank else "")),
        (_("主张的单位") if right.disputed else _("权利人"), shown.holder_words),
        (_("申请日"), day(right.applied_on) if right.applied_on else ""),
        (_("授权公告日"), day(right.granted_on) if right.granted_on else ""),
        (_("期限届满日"), day(right.expires_on) if right.expires_on else ""),
        (_("最近核对"), day(right.checked_on) if right.checked_on else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows]


def link_start(listing: Listing) -> dict[str, Any]:
    """A patent listing starts from its own number and kind."""
    values = listing.details.get("values", {})
    number = str(values.get("patent_number", ""))
    try:
        kind = read(number).kind if number else ""
    except NumberRefusedError:
        kind = ""
    return {"number": number, "kind": kind, "title": listing.title if listing.kind == "patent" else ""}


def link_page(listing: Listing) -> Page:
    """Words of the form that links."""
    return Page(
        _("关联知识产权"),
        _("按号码关联。平台上已有这个号码的，直接连到那一条；两家单位都说是自己的，标为有争议，由科技管理人员裁定。"),
        _("关联"),
        reverse("listing-right", args=[listing.uid]),
        f"{listing.get_absolute_url()}#rights",
    )


def facts(right: IpRight) -> dict[str, Any]:
    """What the holder states, by field of the form."""
    return {key: getattr(right, key) for key in FACTS}


def as_input(right: IpRight) -> RightInput:
    """The right as it stands, as an input."""
    return RightInput(number=right.number, kind=right.kind, own=right.holder_id is not None, **facts(right))


def edit_page(right: IpRight) -> Page:
    """Words of the form of facts."""
    return Page(
        _("更新权利信息"),
        _("照专利登记簿或证书填写。号码和类型不能改。"),
        _("保存"),
        reverse("ip-right-edit", args=[right.uid]),
        right.get_absolute_url(),
    )


def fee_page(right: IpRight, fee: Fee | None) -> Page:
    """Words of the form of a payment."""
    names = {"year": fee.year, "day": figures.full_date(fee.due_on)} if fee else {"year": "", "day": ""}
    return Page(
        _("记下年费已缴"),
        _("第 %(year)s 年度的年费，应在 %(day)s 前缴纳。平台不代收，只记您哪一天缴的。") % names,
        _("已缴，记下"),
        reverse("ip-right-fee", args=[right.uid]),
        right.get_absolute_url(),
    )


def decide_page(right: IpRight) -> Page:
    """Words of the form of a decision."""
    return Page(
        _("裁定归属"),
        _("各单位的主张和依据在权利页上。请对照专利登记簿副本；裁定和理由会通知每一家。"),
        _("作出裁定"),
        reverse("ip-right-decide", args=[right.uid]),
        right.get_absolute_url(),
    )
