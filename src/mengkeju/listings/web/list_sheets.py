"""The lists as files. The 卡脖子 list is a file for those alone who may read it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word
from mengkeju.listings import queries
from mengkeju.listings.engine.agendas import STANDINGS
from mengkeju.listings.engine.bottlenecks import BOTTLENECK
from mengkeju.listings.engine.weak_links import NEED, PRIORITIES, WEAK_LINK
from mengkeju.listings.models import Bottleneck, WeakLink
from mengkeju.listings.queries import Direction


def _weak_link_columns() -> list[Column]:
    return [
        Column("chain", _("产业链"), width=20),
        Column("node", _("环节"), width=20),
        Column("title", _("短板"), width=40),
        Column("gap", _("具体情况"), width=60),
        Column("priority", _("优先级")),
        Column("state", _("进展")),
        Column("area", _("地区")),
        Column("needs", _("公开的需求"), Kind.NUMBER),
        Column("answers", _("公开的成果、专业或能力"), Kind.NUMBER),
        Column("intended", _("需求已有意向"), Kind.YES_NO),
        Column("basis", _("依据"), width=40),
        Column("origin", _("来源标记")),
        Column("at", _("状态日期"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _weak_link_rows(_actor: Actor, portion: Sequence[WeakLink]) -> Iterable[Row]:
    chains, counted = directory.term_labels("cluster"), queries.gaps(portion)
    areas = directory.area_names({row.area for row in portion})
    for row in portion:
        gap = counted[row.pk]
        yield {
            "chain": chains.get(row.chain, row.chain),
            "node": row.node,
            "title": row.title,
            "gap": row.gap,
            "priority": _(PRIORITIES[row.priority]),
            "state": word(WEAK_LINK.states[row.state]),
            "area": areas.get(row.area, row.area),
            "needs": gap.needs,
            "answers": gap.answers,
            "intended": gap.intended,
            "basis": row.basis,
            "origin": _("演示") if row.fictional else "",
            "at": row.state_at,
            "url": absolute(row.get_absolute_url()),
        }


def _bottleneck_columns() -> list[Column]:
    return [
        Column("title", _("技术"), width=40),
        Column("problem", _("卡在哪里"), width=60),
        Column("dependence", _("现在依赖什么"), width=60),
        Column("chain", _("产业链"), width=20),
        Column("state", _("进展")),
        Column("bureaus", _("主管部门"), Kind.LIST, width=40),
        Column("nominator", _("提名单位"), width=32),
        Column("taken_by", _("攻关方"), width=40),
        Column("evidence", _("突破的证据"), width=60),
        Column("at", _("状态日期"), Kind.DATE),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _bottleneck_rows(_actor: Actor, portion: Sequence[Bottleneck]) -> Iterable[Row]:
    rows, chains = list(portion), directory.term_labels("cluster")
    prefetch_related_objects(rows, "bureaus__organisation", "nominator")
    for row in rows:
        yield {
            "title": row.title,
            "problem": row.problem,
            "dependence": row.dependence,
            "chain": chains.get(row.chain, row.chain),
            "state": word(BOTTLENECK.states[row.state]),
            "bureaus": [b.organisation.name for b in row.bureaus.all()],
            "nominator": row.nominator.name if row.nominator else "",
            "taken_by": row.taken_by,
            "evidence": row.evidence,
            "at": row.state_at,
            "url": absolute(row.get_absolute_url()),
        }


def _direction_columns() -> list[Column]:
    return [
        Column("title", _("方向"), width=40),
        Column("text", _("说明"), width=60),
        Column("standing", _("进展")),
        Column("needs", _("对应的需求"), Kind.LIST, width=44),
        Column("answers", _("回应的成果、专业或能力"), Kind.LIST, width=44),
        Column("solved_on", _("解决日期"), Kind.DATE),
        Column("solved_note", _("由什么解决"), width=44),
    ]


def _direction_rows(_actor: Actor, portion: Sequence[Direction]) -> Iterable[Row]:
    for at in portion:
        titles: dict[bool, list[Any]] = {True: [], False: []}
        for hung in at.attached:
            titles[hung.role == NEED].append(hung.listing.title)
        yield {
            "title": at.item.title,
            "text": at.item.text,
            "standing": _(STANDINGS[at.standing]),
            "needs": titles[True],
            "answers": titles[False],
            "solved_on": at.item.solved_on,
            "solved_note": at.item.solved_note,
        }


WEAK_LINKS = register(Sheet("listings.weak_links", gettext_lazy("产业链短板弱项"), _weak_link_columns, _weak_link_rows))
BOTTLENECKS = register(
    Sheet("listings.bottlenecks", gettext_lazy("卡脖子技术清单"), _bottleneck_columns, _bottleneck_rows)
)
DIRECTIONS = register(Sheet("listings.directions", gettext_lazy("行业攻关方向"), _direction_columns, _direction_rows))
