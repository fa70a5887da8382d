"""The contracts behind a number of the statistics, as a file whose sums give the number again."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.contract_types import TYPES
from mengkeju.deals.models import Registration
from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.words import word


def _columns() -> list[Column]:
    return [
        Column("number", _("合同登记编号"), width=22),
        Column("title", _("合同名称"), width=40),
        Column("type", _("合同类型"), width=12),
        Column("seller", _("卖方"), width=32),
        Column("area", _("卖方所在地"), width=16),
        Column("buyer_area", _("买方所在地"), width=16),
        Column("contract_value", _("成交额"), Kind.MONEY),
        Column("technology_value", _("技术交易额"), Kind.MONEY),
        Column("registered_on", _("登记日期"), Kind.DATE),
    ]


def _rows(_actor: Actor, portion: Sequence[Registration]) -> Iterable[Row]:
    names = directory.area_names({code for row in portion for code in (row.area, row.buyer_area) if code})
    for row in portion:
        kind = TYPES.get(row.contract_type)
        yield {
            "number": registration_number.show(row.number),
            "title": row.deal.title,
            "type": word(kind) if kind else row.contract_type,
            "seller": row.seller_name,
            "area": names.get(row.area, row.area),
            "buyer_area": names.get(row.buyer_area, row.buyer_area),
            "contract_value": row.certified_value,
            "technology_value": row.certified_technology,
            "registered_on": row.registered_on,
        }


CONTRACTS = register(Sheet("deals.contracts", gettext_lazy("技术合同登记"), _columns, _rows))
