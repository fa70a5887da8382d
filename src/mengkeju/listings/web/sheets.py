"""Lists of listings as files, and who read what of them.

Every value comes from `present`: a column of a section the reader may not see is empty in his file. What of closed
tiers goes into a file is noted as read (channel 导出文件).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import gettext as translated
from mengkeju.kernel.words import word
from mengkeju.listings import actions, queries
from mengkeju.listings.engine.outcomes import OUTCOMES
from mengkeju.listings.engine.reads import CHANNELS
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.kinds import in_order
from mengkeju.listings.models import TIERS, Listing, ReadRecord
from mengkeju.listings.queries import Presented
from mengkeju.listings.web.readers import reader_name

TYPED = ("price_low", "price_high", "deadline")
IN_WORDS = ("field", "cluster", "maturity", "modes", "licence")
OWN = frozenset({"title", "summary", "area", *TYPED, *IN_WORDS})
YUAN = "万元"


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("kind", _("类型"), width=12),
        Column("title", _("题目"), width=40),
        Column("state", _("状态"), width=12),
        Column("owner", _("单位"), width=32),
        Column("verified", _("单位已核验"), Kind.YES_NO),
        Column("leading", _("领军企业等称号"), Kind.LIST, width=16),
        Column("area_name", _("所在地区")),
        Column("origin", _("来源标记"), Kind.LIST),
        Column("field", _("技术领域")),
        Column("cluster", _("产业集群或产业链")),
        Column("maturity", _("成熟度")),
        Column("price_low", _("投入或价格下限"), Kind.MONEY, YUAN),
        Column("price_high", _("投入或价格上限"), Kind.MONEY, YUAN),
        Column("deadline", _("期限"), Kind.DATE),
        Column("modes", _("合作方式")),
        Column("licence", _("使用条件")),
        Column("summary", _("要点说明"), width=60),
        Column("published", _("发布日期"), Kind.DATE),
        Column("at", _("状态日期"), Kind.DATE),
        Column("hidden", _("未向您开放的部分"), Kind.LIST),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _kind_columns(kind: str) -> list[Column]:
    """The kind's own fields, all as their words, before the addresses at the end."""
    spec = next((k for k in in_order() if k.key == kind), None)
    return [Column(f.key, word(f), width=36) for f in spec.fields if f.key not in OWN] if spec else []


def _row(row: Listing, seen: Presented) -> dict[str, Any]:
    said = {f.key: f.value for f in seen.fields}
    published = row.published_at
    return {
        **{key: value for key, value in said.items() if key not in TYPED},
        **{key: getattr(row, key) for key in TYPED if key in said},
        "number": seen.number,
        "kind": word(seen.kind),
        "title": seen.title,
        "state": word(LISTING.states[row.state]),
        "owner": seen.owner_name,
        "verified": seen.owner_verified,
        "leading": list(seen.leading),
        "area_name": seen.area_name,
        "origin": [mark for mark in (seen.origin_mark, seen.source_note, _("演示") if seen.fictional else "") if mark],
        "summary": seen.summary,
        "published": published,
        "at": row.state_at,
        "hidden": [hidden.label for hidden in seen.hidden],
        "url": absolute(row.get_absolute_url()),
    }


def _rows(actor: Actor, portion: Sequence[Listing]) -> Iterable[Row]:
    rows = list(portion)
    prefetch_related_objects(rows, "owner")
    presented = queries.present_many(rows, actor)
    actions.note_reads(presented, channel="export", by=actor, now=clock.now())
    return [_row(row, seen) for row, seen in zip(rows, presented, strict=True)]


def of_kind(kind: str) -> Sheet:
    """What search finds as a file; of one kind with the kind's own fields."""

    def columns() -> list[Column]:
        shared = _columns()
        return [*shared[:-4], *_kind_columns(kind), *shared[-4:]]

    return Sheet("listings.search", gettext_lazy("供需信息"), columns, _rows)


def _read_columns() -> list[Column]:
    return [
        Column("day", _("日期"), Kind.DATE),
        Column("number", _("编号"), width=18),
        Column("title", _("题目"), width=40),
        Column("who", _("谁看过"), width=32),
        Column("person", _("人员（经本人同意）")),
        Column("tier", _("看到的范围")),
        Column("channel", _("途径")),
        Column("at", _("当日首次"), Kind.DATETIME),
    ]


def _read_rows(_actor: Actor, portion: Sequence[ReadRecord]) -> Iterable[Row]:
    people = provider().names({r.account for r in portion if r.account})
    for r in portion:
        yield {
            "day": r.day,
            "number": r.listing.number,
            "title": r.listing.title,
            "who": reader_name(r),
            "person": people.get(r.account, "") if r.account else "",
            "tier": str(TIERS[r.tier]),
            "channel": translated(CHANNELS[r.channel]),
            "at": r.at,
        }


MINE = register(Sheet("listings.mine", gettext_lazy("本单位的供需信息"), _columns, _rows))
QUEUE = register(Sheet("listings.queue", gettext_lazy("待审核的供需信息"), _columns, _rows))
STAGE = register(Sheet("listings.stage", gettext_lazy("公开的需求"), _columns, _rows))
READS = register(Sheet("listings.reads", gettext_lazy("谁看过受限内容"), _read_columns, _read_rows))
DUE = register(Sheet("listings.due", gettext_lazy("待确认仍然有效的信息"), _columns, _rows))
DORMANT = register(Sheet("listings.dormant", gettext_lazy("已下架待确认的信息"), _columns, _rows))


def _open_columns() -> list[Column]:
    own = [
        Column("confirmed", _("最近确认"), Kind.DATE),
        Column("chased", _("最近催办"), Kind.DATE),
        Column("outcome", _("结果")),
        Column("outcome_confirmed", _("企业已确认"), Kind.YES_NO),
    ]
    return [*_columns()[:-1], *own, _columns()[-1]]


def _open_rows(actor: Actor, portion: Sequence[Listing]) -> Iterable[Row]:
    rows = list(portion)
    outcomes = queries.outcomes_of(rows)
    for row, line in zip(rows, _rows(actor, rows), strict=True):
        outcome = outcomes.get(row.pk)
        yield {
            **line,
            "confirmed": row.confirmed_at,
            "chased": getattr(row, "chased_at", None),
            "outcome": word(OUTCOMES[outcome.outcome]) if outcome else "",
            "outcome_confirmed": outcome.confirmed_at is not None if outcome else None,
        }


NEEDS_OPEN = register(Sheet("listings.needs_open", gettext_lazy("需求跟进"), _open_columns, _open_rows))
