"""The R&D ledger of an organisation as a file."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.queries import contract_account
from mengkeju.deals.web.contract_account import pages
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register
from mengkeju.kernel.web.sheets import absolute


def _columns() -> list[Column]:
    return [
        Column("number", _("合作项目编号"), width=18),
        Column("title", _("合同名称"), width=40),
        Column("kind", _("委托或合作"), width=14),
        Column("side", _("本单位在合同中是"), width=20),
        Column("others", _("其他各方"), Kind.LIST, width=40),
        Column("registration", _("合同登记编号"), width=22),
        Column("warning", _("提示"), width=32),
        Column("deducts", _("谁加计扣除"), width=44),
        Column("signed_on", _("签订日期"), Kind.DATE),
        Column("contract_value", _("成交额"), Kind.MONEY),
        Column("technology_value", _("技术交易额"), Kind.MONEY),
        Column("paid", _("本年付款"), Kind.MONEY),
        Column("technical", _("其中技术费用"), Kind.MONEY),
        Column("base", _("可以加计的基数"), Kind.MONEY),
        Column("basis", _("基数说明"), width=24),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(_actor: Actor, portion: Sequence[contract_account.ResearchRow]) -> Iterable[Row]:
    for row in portion:
        yield {
            "number": row.deal.number,
            "title": row.deal.title,
            "kind": pages.subtype_word(row.subtype),
            "side": pages.side_word(row),
            "others": [party.name for party in row.parties if party.pk != row.party.pk],
            "registration": pages.number_of(row.registration) if row.registration is not None else "",
            "warning": _warning(row),
            "deducts": pages.deducts_of(row),
            "signed_on": row.deal.signed_on,
            "contract_value": row.deal.contract_value,
            "technology_value": row.deal.technology_value,
            "paid": row.paid,
            "technical": row.technical,
            "base": row.base,
            "basis": "" if row.base is not None else pages.base_in_words(row),
            "url": absolute(row.deal.get_absolute_url()),
        }


def _warning(row: contract_account.ResearchRow) -> str:
    said = [] if row.registration is not None else [_("缺登记编号，不能享受加计扣除")]
    if row.unsaid:
        said.append(_("%(n)s 笔没有写明技术部分") % {"n": row.unsaid})
    return _("；").join(said)


RESEARCH = register(Sheet("deals.research", gettext_lazy("研发支出辅助账：委托和合作开发"), _columns, _rows))
