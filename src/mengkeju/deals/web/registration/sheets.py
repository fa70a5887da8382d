"""Registrations as a file."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.engine import registration_number
from mengkeju.deals.models import Registration
from mengkeju.deals.web.registration.pages import registration_badge, type_word
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute


def _columns() -> list[Column]:
    return [
        Column("number_here", _("编号"), width=18),
        Column("number", _("合同登记编号"), width=22),
        Column("title", _("合同名称"), width=40),
        Column("seller", _("卖方"), width=32),
        Column("buyer", _("买方"), width=32),
        Column("type", _("合同类型"), width=18),
        Column("state", _("状态"), width=14),
        Column("filed_on", _("提交日期"), Kind.DATE),
        Column("accepted_on", _("受理日期"), Kind.DATE),
        Column("registered_on", _("登记日期"), Kind.DATE),
        Column("applied_value", _("申报成交额（元）"), Kind.MONEY),
        Column("applied_technology", _("申报技术交易额（元）"), Kind.MONEY),
        Column("certified_value", _("核定成交额（元）"), Kind.MONEY),
        Column("certified_technology", _("核定技术交易额（元）"), Kind.MONEY),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(_actor: Actor, portion: Sequence[Registration]) -> Iterable[Row]:
    parties = queries.parties_of([row.deal for row in portion])
    for row in portion:
        named = {s: _("；").join(p.name for p in parties[row.deal_id] if p.side == s) for s in ("seller", "buyer")}
        yield {
            "number_here": row.number_here,
            "number": registration_number.show(row.number),
            "title": row.deal.title,
            **named,
            "type": type_word(row),
            "state": registration_badge(row)["label"],
            "filed_on": clock.today(row.filed_at) if row.filed_at is not None else None,
            "accepted_on": row.accepted_on,
            "registered_on": row.registered_on,
            "applied_value": row.applied_value,
            "applied_technology": row.applied_technology,
            "certified_value": row.certified_value,
            "certified_technology": row.certified_technology,
            "url": absolute(row.get_absolute_url()),
        }


REGISTRATIONS = register(Sheet("deals.registrations", gettext_lazy("登记信息"), _columns, _rows))
