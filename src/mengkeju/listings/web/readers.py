"""谁看过受限内容: on the page of a listing for its owner, all of them for the auditor."""

from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.directory.engine.roles import ROLES
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.actors import provider
from mengkeju.kernel.words import gettext as translated
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.access import Perm
from mengkeju.listings.engine.reads import CHANNELS, KEPT
from mengkeju.listings.models import TIERS, Listing, ReadRecord

ON_LISTING = 3


def reader_name(record: ReadRecord) -> str:
    """The organisation, or the role of a reader who acts for none."""
    if record.organisation is not None:
        return record.organisation.name
    return word(ROLES[record.role]) if record.role in ROLES else _("无单位的账号")


def context(page: Page[ReadRecord], listing: Listing | None) -> dict[str, Any]:
    """One page of records as a table; with the listing's title in each row when they are of many."""
    people = provider().names({r.account for r in page if r.account})
    labels = {"title": _("题目"), "who": _("谁看过"), "person": _("人员（经本人同意）"), "tier": _("看到的范围"),
              "channel": _("途径"), "day": _("日期")}  # fmt: skip
    if listing is not None:
        del labels["title"]
    if not people:
        del labels["person"]
    rows = []
    for r in page:
        cells: dict[str, dict[str, Any]] = {
            "title": {"value": r.listing.title, "url": r.listing.get_absolute_url()},
            "who": {"value": reader_name(r)},
            "person": {"value": people.get(r.account, "") if r.account else ""},
            "tier": {"value": str(TIERS[r.tier])},
            "channel": {"value": translated(CHANNELS[r.channel])},
            "day": {"at": r.day, "form": "date"},
        }
        shown = [{**cells[key], "label": label} for key, label in labels.items()]
        rows.append({"cells": [{**shown[0], "header": True}, *shown[1:]]})
    columns = [{"label": label} for label in labels.values()]
    return {"page": page, "rows": rows, "columns": columns, "listing": listing, "kept_days": KEPT.days}


def on_listing(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """For the owner and the auditor: how many organisations have read closed content, and the latest of them."""
    if not may(actor, Perm.READS, listing):
        return None
    latest = list(queries.reads_of(actor, listing)[:ON_LISTING])
    return {
        "rows": [(reader_name(r), translated(CHANNELS[r.channel]), r.day) for r in latest],
        "count": queries.readers_of(actor, listing) if latest else 0,
        "url": reverse("listing-reads", args=[listing.uid]),
    }
