"""Titles as a file."""

from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import Title
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word


def _columns() -> list[Column]:
    return [
        Column("holder", _("单位"), width=36),
        Column("area", _("所在地")),
        Column("kind", _("称号"), width=16),
        Column("level", _("级别"), width=14),
        Column("number", _("编号"), width=18),
        Column("issued_by", _("认定单位"), width=30),
        Column("basis", _("认定依据"), width=48),
        Column("valid_from", _("认定日期"), Kind.DATE),
        Column("day_known", _("认定日期有记载"), Kind.YES_NO),
        Column("valid_to", _("有效期至"), Kind.DATE),
        Column("withdrawn_at", _("撤销时间"), Kind.DATETIME),
        Column("cancelled_from", _("取消日期"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(_actor: Actor, portion: Sequence[Title]) -> Iterable[Row]:
    prefetch_related_objects(list(portion), "holder")
    names = queries.area_names({t.holder.area for t in portion})
    for t in portion:
        yield {
            "holder": t.holder.name,
            "area": names.get(t.holder.area, t.holder.area),
            "kind": word(TITLES.kinds[t.kind]),
            "level": word(TITLES.levels[t.level]),
            "number": t.number,
            "issued_by": t.issued_by,
            "basis": t.basis,
            "valid_from": t.valid_from,
            "day_known": t.day_known,
            "valid_to": t.valid_to,
            "withdrawn_at": t.withdrawn_at,
            "cancelled_from": t.cancelled_from,
            "url": absolute(t.holder.get_absolute_url()),
        }


TITLES_SHEET = register(Sheet("directory.titles", gettext_lazy("资质称号"), _columns, _rows))
