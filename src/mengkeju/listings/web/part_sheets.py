"""The register of rights, and what serves a goal, as files."""

from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.models import IpRight
from mengkeju.listings.web import sheets


def _columns() -> list[Column]:
    return [
        Column("number", _("号码"), width=22),
        Column("kind", _("类型"), width=16),
        Column("rank", _("类别"), width=8),
        Column("title", _("名称"), width=40),
        Column("status", _("状态"), width=14),
        Column("disputed", _("有争议"), Kind.YES_NO),
        Column("holder", _("权利人"), width=32),
        Column("applied_on", _("申请日"), Kind.DATE),
        Column("granted_on", _("授权公告日"), Kind.DATE),
        Column("expires_on", _("期限届满日"), Kind.DATE),
        Column("listings", _("关联的成果和专利信息"), Kind.LIST, width=50),
        Column("origin", _("来源标记"), width=10),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: Sequence[IpRight]) -> Iterable[Row]:
    rows = list(portion)
    prefetch_related_objects(rows, "holder")
    for row in queries.shown_rights(rows, actor):
        right = row.right
        yield {
            "number": right.printed,
            "kind": word(right.spec),
            "rank": right.rank,
            "title": right.title,
            "status": word(right.standing) if right.standing else "",
            "disputed": right.disputed,
            "holder": row.holder_words,
            "applied_on": right.applied_on,
            "granted_on": right.granted_on,
            "expires_on": right.expires_on,
            "listings": [f"{p.number or _('未编号')} {p.title}" for p in row.listings],
            "origin": _("演示") if right.fictional else "",
            "url": absolute(right.get_absolute_url()),
        }


RIGHTS = register(Sheet("listings.rights", gettext_lazy("知识产权登记册"), _columns, _rows))
GOAL = register(
    Sheet("listings.goal", gettext_lazy("服务于一项政策目标的条目"), sheets.STAGE.columns, sheets.STAGE.rows)
)
