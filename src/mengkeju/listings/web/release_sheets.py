"""A joint release as a file: the rows as published, with what became of the needs since."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.listings.models import ReleaseItem
from mengkeju.listings.queries import releases as reads
from mengkeju.listings.web.release_pages import row_cells


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("title", _("题目"), width=44),
        Column("owner", _("单位"), width=32),
        Column("city", _("城市"), width=14),
        Column("area", _("所在地区"), width=24),
        Column("field", _("技术领域"), width=20),
        Column("deadline", _("期限"), Kind.DATE),
        Column("budget", _("投入"), width=24),
        Column("summary", _("要点说明"), width=60),
        Column("status", _("发布以后"), width=16),
        Column("origin", _("来源标记"), Kind.LIST),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(_actor: Actor, portion: Sequence[ReleaseItem]) -> Iterable[Row]:
    cities = directory.area_names({item.city for item in portion})
    for item, row in zip(portion, reads.rows_of(portion), strict=True):
        cells: dict[str, Any] = row_cells(row, item.release)
        said = [cells["status"]["label"]] if cells["status"] else []
        said += [_("发布后有修改")] if row.changed else []
        yield {
            "number": row.number,
            "title": row.title,
            "owner": row.owner,
            "city": cities.get(item.city, item.city),
            "area": row.area_name,
            "field": row.field,
            "deadline": row.deadline,
            "budget": row.budget,
            "summary": row.summary,
            "status": _("；").join(said),
            "origin": [_("演示")] if row.fictional else [],
            "url": absolute(cells["url"]),
        }


RELEASE = register(Sheet("listings.release", gettext_lazy("联合发布的技术需求"), _columns, _rows))
