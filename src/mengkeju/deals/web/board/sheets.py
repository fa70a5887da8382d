"""The board and the claims as files."""

from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.models import Claim
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.listings import actions as listing_acts
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("kind", _("类型"), width=12),
        Column("title", _("题目"), width=40),
        Column("owner", _("单位"), width=32),
        Column("leading", _("领军企业等称号"), Kind.LIST, width=16),
        Column("area_name", _("所在地区")),
        Column("budget", _("投入或价格")),
        Column("published", _("发布日期"), Kind.DATE),
        Column("days", _("发布后工作日"), Kind.NUMBER),
        Column("broker", _("认领的经纪人")),
        Column("until", _("认领到"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: Sequence[Listing]) -> Iterable[Row]:
    rows = list(portion)
    prefetch_related_objects(rows, "owner")
    presented = listings.present_many(rows, actor)
    listing_acts.note_reads(presented, channel="export", by=actor, now=clock.now(), keys=listings.PRICES)
    held = queries.claims_on(actor, rows)
    due, today = queries.due_of(held.values()), clock.today()
    for row, it in zip(rows, presented, strict=True):
        claim = held.get(row.pk)
        yield {
            "number": it.number,
            "kind": word(it.kind),
            "title": it.title,
            "owner": it.owner_name,
            "leading": list(it.leading),
            "area_name": it.area_name,
            "budget": it.budget,
            "published": row.published_at,
            "days": clock.working_days_between(clock.today(row.published_at), today),
            "broker": claim.broker.name if claim else "",
            "until": due.get(claim.uid) if claim else None,
            "url": absolute(row.get_absolute_url()),
        }


def _claim_columns() -> list[Column]:
    return [
        Column("title", _("题目"), width=40),
        Column("kind", _("类型"), width=12),
        Column("broker", _("认领的经纪人")),
        Column("since", _("认领时间"), Kind.DATETIME),
        Column("until", _("认领到"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _claim_rows(actor: Actor, portion: Sequence[Claim]) -> Iterable[Row]:
    rows = list(portion)
    prefetch_related_objects(rows, "listing", "broker")
    due = queries.due_of(rows)
    seen = set(listings.listings(actor).filter(pk__in=[c.listing_id for c in rows]).values_list("pk", flat=True))
    for c in rows:
        yield {
            "title": c.listing.title if c.listing_id in seen else "",
            "kind": word(c.listing.kind_spec),
            "broker": c.broker.name,
            "since": c.created_at,
            "until": due.get(c.uid),
            "url": absolute(c.listing.get_absolute_url()) if c.listing_id in seen else "",
        }


BOARD = register(Sheet("deals.board", gettext_lazy("供需看板"), _columns, _rows))
CLAIMS = register(Sheet("deals.claims", gettext_lazy("经纪人认领"), _claim_columns, _claim_rows))
