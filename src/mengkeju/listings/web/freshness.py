"""仍然有效: the one click, everything of mine that waits for it, and what an area has off the shelf."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, duties, figures
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web import exports
from mengkeju.kernel.web.request import Request, permission, signed_in_object_permission
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.definitions.freshness import CONFIRM_KEY, FRESHNESS
from mengkeju.listings.models import Listing
from mengkeju.listings.web import pages, sheets
from mengkeju.listings.web.views import load

PER_PAGE = 50


@require_POST
@signed_in_object_permission(Perm.CONFIRM)
def confirm(request: Request, uid: UUID) -> HttpResponse:
    """仍然有效, of one listing."""
    listing = load(request, uid)
    try:
        changed = actions.confirm_listing(listing, by=request.actor, now=clock.now())
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    except StaleRevisionError:
        messages.error(request, _("您打开之后这条信息有了变动，请看过新内容再办"))
    else:
        day = figures.full_date(listing.review_by) if listing.review_by else ""
        said = _("已确认，有效期到 %(day)s") if changed else _("今天已经确认过了，有效期到 %(day)s")
        messages.success(request, said % {"day": day})
    back = request.POST.get("back") == "due"
    return redirect("listing-due") if back else redirect("listing", uid)


@require_safe
@permission("signed-in")
def due(request: Request) -> HttpResponseBase:
    """What my organisations are asked to confirm, and what is off the shelf until they do."""
    rows = queries.to_confirm(request.actor)
    if exports.wanted(request):
        return exports.answer(request, sheets.DUE, rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [due_row(row) for row in page], "nav_key": "listing-due", "rule": FRESHNESS}
    return render(request, "listings/due.html", context)


@require_POST
@permission("signed-in")
def confirm_many(request: Request) -> HttpResponse:
    """仍然有效, of all that were shown on the page the button stood on."""
    found = actions.confirm_listings(uids_of(request.POST.getlist("listing")), by=request.actor, now=clock.now())
    said = ngettext("已确认 %(n)s 条", "已确认 %(n)s 条", found.done) % {"n": found.done}
    messages.success(request, said) if found.done else messages.info(request, _("没有需要确认的信息"))
    for title, reason in found.refused[:5]:
        messages.error(request, _("“%(title)s”：%(reason)s") % {"title": title, "reason": reason})
    return redirect("listing-due")


@require_safe
@permission(Perm.QUEUE_READ)
def dormant(request: Request) -> HttpResponseBase:
    """What is off the shelf unconfirmed in my areas."""
    rows = queries.dormant(request.actor)
    if exports.wanted(request):
        return exports.answer(request, sheets.DORMANT, rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "listings/dormant.html", dormant_context(page.object_list) | {"page": page})


def uids_of(given: list[str]) -> list[UUID]:
    """The uids among what a form sent; anything else is left out."""
    found = []
    for text in given:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def due_row(listing: Listing) -> dict[str, Any]:
    """One line of what waits to be confirmed."""
    hidden = listing.state == "dormant"
    return {
        "listing": listing,
        "kind": word(listing.kind_spec),
        "state": {"kind": "over", "label": pages.state_label(listing)} if hidden else None,
        "confirmed": listing.confirmed_at or listing.published_at,
        "due": listing.state_at if hidden else listing.review_by,
        "hidden": hidden,
    }


def dormant_context(rows: Any) -> dict[str, Any]:
    """The list of an area as a table."""
    listed = list(rows)
    areas = directory.area_names({row.area for row in listed if row.area})
    table = [
        {
            "cells": [
                {"value": row.title, "url": row.get_absolute_url(), "header": True, "demo": row.fictional},
                {"value": word(row.kind_spec)},
                {"value": row.owner.name if row.owner else row.owner_note},
                {"area": row.area, "value": areas.get(row.area, "")},
                {"at": row.confirmed_at, "form": "day"} if row.confirmed_at else {"value": ""},
                {"at": row.state_at, "form": "day"},
            ]
        }
        for row in listed
    ]
    labels = (_("题目"), _("类型"), _("单位"), _("地区"), _("最近确认"), _("下架日期"))
    return {"rows": table, "columns": [{"label": label} for label in labels], "nav_key": "listing-dormant"}


# ---- Panels ---------------------------------------------------------------------------------------------


def next_step(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the listing's page, for its people: the one click while they are asked, or to bring it back."""
    if not may(actor, Perm.CONFIRM, listing) or listing.state not in {"published", "dormant"}:
        return None
    if listing.state == "dormant":
        return _back_again(listing)
    duty = duties.open_on(listing).filter(key=CONFIRM_KEY).first()
    if duty is None:
        return None
    return {
        "id": "fresh",
        "tone": "wait",
        "title": _("这条信息还有效吗？"),
        "due": duty.due_on,
        "url": reverse("listing-confirm", args=[listing.uid]),
        "label": _("仍然有效"),
        "post": True,
        "after": _("内容有变就先修改，改完也算确认；不再需要就办结或撤回。到期不确认会自动下架，随时可以恢复。"),
    }


def _back_again(listing: Listing) -> dict[str, Any]:
    if queries.changed_off_the_shelf(listing):
        return {
            "id": "fresh",
            "tone": "wait",
            "title": _("下架后改过内容，请提交审核"),
            "url": reverse("listing-submit", args=[listing.uid]),
            "label": _("去提交"),
            "after": _("审核通过后恢复展示。"),
        }
    return {
        "id": "fresh",
        "tone": "wait",
        "title": _("到期未确认，已下架"),
        "text": _("搜索、推荐和首页里都看不到它。"),
        "url": reverse("listing-confirm", args=[listing.uid]),
        "label": _("仍然有效，恢复展示"),
        "post": True,
        "after": _("内容没有改动，不需要再审核。"),
    }


def on_workbench(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """How many of my listings wait to be confirmed."""
    if not actor.organisations:
        return None
    count = queries.to_confirm(actor).count()
    return {"label": _("等您确认仍然有效"), "count": count, "url": reverse("listing-due"), "tone": "wait"}


def area_count(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For an officer: how much is off the shelf unconfirmed in his areas."""
    if not actor.has_role("officer"):
        return None
    count = queries.dormant(actor).count()
    return {"label": _("已下架待确认"), "count": count, "url": reverse("listing-dormant"), "tone": "over"}
