"""What the officer's pages of review show: the queue, and everything one decision needs. Nothing here writes."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.queries import titles as directory_titles
from mengkeju.kernel.access import may
from mengkeju.kernel.forms.show import shown
from mengkeju.kernel.timeline import timeline
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import listed, word
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing
from mengkeju.listings.web.pages import fact_rows, state_badge


def queue_context(request: Request, *, leading: bool = False) -> dict[str, Any]:
    """The officer's queue: how long each has waited and until when it must be answered."""
    waiting = list(queries.review_queue(request.actor, leading=leading)[:200])
    titles = directory_titles.leading(row.owner_id for row in waiting if row.kind == "need")
    due = queries.review_due(waiting)
    areas = directory.area_names({row.area for row in waiting})
    rows = [
        {
            "cells": [
                {
                    "value": row.title,
                    "url": reverse("review", args=[row.uid]),
                    "header": True,
                    "demo": row.fictional,
                    "note": listed(list(titles.get(row.owner_id or 0, ()))) if row.kind == "need" else "",
                },
                {"value": word(row.kind_spec)},
                {"value": row.owner.name if row.owner else ""},
                {"area": row.area, "value": areas.get(row.area, "")},
                {"at": row.state_at, "form": "day"},
                {"at": due[row.uid], "form": "day", "left": due[row.uid]} if due.get(row.uid) else {"value": ""},
            ]
        }
        for row in waiting
    ]
    columns = [{"label": label} for label in (_("题目"), _("类型"), _("单位"), _("地区"), _("提交日期"), _("期限"))]
    counts = queries.review_queue(request.actor)
    tabs = [
        {"label": _("全部"), "count": counts.count(), "url": reverse("review-queue"), "current": not leading},
        {
            "label": _("领军企业的需求"),
            "count": queries.review_queue(request.actor, leading=True).count(),
            "url": f"{reverse('review-queue')}?leading=1",
            "current": leading,
        },
    ]
    return {"rows": rows, "columns": columns, "nav_key": "review-queue", "tabs": tabs, "leading": leading}


def review_context(request: Request, listing: Listing, form: Any) -> dict[str, Any]:
    """Everything an officer needs to decide, including what is not public, and plain checks."""
    it = queries.present(listing, request.actor)
    tiers = listing.kind_spec.tier_of(listing.details.get("tiers", {}))
    every = shown(listing.kind_spec.sections, queries.values_of(listing), queries.label_sources(), tiers)
    missing = [f.label for f in every if not f.value and f.tier == "public"]
    owner = listing.owner
    checks = [
        {
            "state": "ok" if owner and owner.verified else "fix",
            "label": _("单位已核验"),
            "text": "" if owner and owner.verified else _("单位未核验，不应发布"),
        },
        {"state": "ok" if listing.secrecy_reviewed_at else "fix", "label": _("提交人已声明作过保密审查")},
        {
            "state": "warn" if missing else "ok",
            "label": _("公开部分已填全"),
            "text": _("未填：%(fields)s") % {"fields": listed(missing)} if missing else "",
        },
    ]
    return {
        "listing": listing,
        "it": it,
        "form": form,
        "checks": checks,
        "may_decide": may(request.actor, Perm.REVIEW, listing),
        "waits": listing.state in ("submitted", "held"),
        "may_hold": listing.state == "submitted" and listing.kind == "need" and listing.tier == "public",
        "nav_key": "review-queue",
        "sections": [(label, fact_rows(fields, it.budget)) for label, fields in it.sections if fields],
        "timeline": timeline(listing, inside=True, limit=8),
        "state": state_badge(listing, request.actor),
    }
