"""Deals as a file: no text of a contract, no contact."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.models import DEAL_ORIGINS, Deal
from mengkeju.deals.web.deal_pages import deal_badge
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute
from mengkeju.kernel.words import word


def _columns() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("title", _("名称"), width=40),
        Column("kind", _("类型"), width=14),
        Column("seller", _("卖方"), width=32),
        Column("buyer", _("买方"), width=32),
        Column("state", _("状态"), width=12),
        Column("signed_on", _("签订日期"), Kind.DATE),
        Column("contract_value", _("成交额"), Kind.MONEY),
        Column("technology_value", _("技术交易额"), Kind.MONEY),
        Column("paid_value", _("已付"), Kind.MONEY),
        Column("origin", _("来源"), width=14),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(_actor: Actor, portion: Sequence[Deal]) -> Iterable[Row]:
    parties = queries.parties_of(list(portion))
    for deal in portion:
        named = {side: _("；").join(p.name for p in parties[deal.pk] if p.side == side) for side in ("seller", "buyer")}
        yield {
            "number": deal.number,
            "title": deal.title,
            "kind": word(deal.kind_spec),
            **named,
            "state": deal_badge(deal)["label"],
            "signed_on": deal.signed_on,
            "contract_value": deal.contract_value,
            "technology_value": deal.technology_value,
            "paid_value": deal.paid_value,
            "origin": str(DEAL_ORIGINS[deal.origin]),
            "url": absolute(deal.get_absolute_url()),
        }


DEALS = register(Sheet("deals.deals", gettext_lazy("合作项目"), _columns, _rows))
