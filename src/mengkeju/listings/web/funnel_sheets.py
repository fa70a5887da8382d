"""The funnel, its records and the crossings as files."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, funnel
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Group
from mengkeju.listings.web.funnel_forms import CUT_LABELS


def funnel_sheet(cut: str) -> Sheet:
    """The table of the funnel as it is cut."""

    def columns() -> list[Column]:
        stages = [Column(s.key, word(s), Kind.NUMBER) for s in funnel.of_listings()]
        return [Column("group", str(CUT_LABELS[cut]), width=32), *stages]

    def rows(_actor: Actor, portion: Sequence[Group]) -> Iterable[Row]:
        keys = [s.key for s in funnel.of_listings()]
        return [{"group": g.label, **dict(zip(keys, g.counts, strict=True))} for g in portion]

    return Sheet("listings.funnel", gettext_lazy("转化漏斗"), columns, rows)


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("title", _("题目"), width=40),
        Column("kind", _("类型"), width=12),
        Column("owner", _("单位"), width=32),
        Column("area", _("所在地区")),
        Column("cluster", _("产业集群或产业链")),
        Column("stage", _("走到")),
        Column("state", _("状态")),
        Column("published", _("发布日期"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: Sequence[Listing]) -> Iterable[Row]:
    rows = list(portion)
    prefetch_related_objects(rows, "owner")
    readable = set(queries.listings(actor).filter(pk__in=[r.pk for r in rows]).values_list("pk", flat=True))
    opened = [row for row in rows if row.pk in readable]
    shown = dict(zip([row.pk for row in opened], queries.present_many(opened, actor), strict=True))
    actions.note_reads(shown.values(), channel="export", by=actor, now=clock.now(), keys=())
    far, clusters = queries.furthest(rows), directory.term_labels("cluster")
    stages = {stage.key: word(stage) for stage in funnel.of_listings()}
    areas = directory.area_names({row.area for row in rows if row.area})
    return [
        {
            "number": row.number,
            "title": shown[row.pk].title if row.pk in shown else _("内容未向您开放"),
            "kind": word(row.kind_spec),
            "owner": shown[row.pk].owner_name if row.pk in shown else "",
            "area": areas.get(row.area, ""),
            "cluster": clusters.get(row.cluster, ""),
            "stage": stages[far[row.pk][-1]] if far.get(row.pk) else "",
            "state": word(LISTING.states[row.state]),
            "published": row.published_at,
            "url": absolute(row.get_absolute_url()) if row.pk in shown else "",
        }
        for row in rows
    ]


def crossing_sheet(crossing: funnel.Crossing) -> Sheet:
    """One crossing of the city line."""

    def columns() -> list[Column]:
        return [
            Column("at", _("日期"), Kind.DATE),
            Column("left", _("一方"), width=40),
            Column("left_area", _("一方所在地区")),
            Column("right", _("另一方"), width=40),
            Column("right_area", _("另一方所在地区")),
            Column("note", _("说明")),
        ]

    def rows(actor: Actor, portion: Sequence[Any]) -> Iterable[Row]:
        shown = list(crossing.rows(actor, portion))
        areas = directory.area_names({a for row in shown for a in (row.left_area, row.right_area) if a})
        return [
            {
                "at": row.at,
                "left": row.left or _("未向您开放"),
                "left_area": areas.get(row.left_area, ""),
                "right": row.right or _("未向您开放"),
                "right_area": areas.get(row.right_area, ""),
                "note": row.note,
            }
            for row in shown
        ]

    return Sheet("listings.crossings", gettext_lazy("两市往来"), columns, rows)


RECORDS = register(Sheet("listings.funnel_records", gettext_lazy("漏斗明细"), _columns, _rows))
