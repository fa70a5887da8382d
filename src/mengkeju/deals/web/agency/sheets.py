"""A body's year as files: the sheet itself, the contracts and the deals behind its sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.agency import HUNDRED, part_of
from mengkeju.deals.models import AgencySheet
from mengkeju.deals.models.agency import AMOUNTS
from mengkeju.deals.queries import agency as agency_queries
from mengkeju.deals.web.agency import pages as agency_pages
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange.export import Column, Kind, Row
from mengkeju.kernel.exports import Sheet, register


@dataclass(frozen=True)
class Line:
    """One line of the sheet; one of the three values, none where it is not stated."""

    group: str
    label: str
    origin: str
    number: int | Decimal | None = None
    amount: Decimal | None = None
    text: str = ""


def lines(agency: Organisation, year: int) -> list[Line]:
    """The whole sheet, in the order of its page."""
    found = agency_queries.agency_year(agency, year)
    computed, stated = _("平台按记录计算"), _("机构填报")
    made = [Line(_("机构"), _("名称"), "", text=agency.name), Line(_("机构"), _("年度"), "", number=year)]
    for row in agency_pages.counted(agency, year, found):
        one = row.sums
        made.append(Line(row.label, _("项数"), computed, number=one.count))
        made.append(Line(row.label, _("其中还有别人促成的项数"), computed, number=one.together))
        made.append(Line(row.label, _("其中份额没有写明的项数"), computed, number=one.unshared))
        made.append(Line(row.label, _("其中金额未载的项数"), computed, number=one.unstated))
        for label, amount in (
            (_("成交额"), one.value),
            (_("成交额（按份额）"), one.value_by_share),
            (_("技术交易额"), one.technology),
            (_("技术交易额（按份额）"), one.technology_by_share),
        ):
            made.append(Line(row.label, label, computed, amount=amount))
    work = _("平台上的工作记录")
    made.append(Line(work, _("经纪人认领的需求（项）"), computed, number=found.claimed))
    made.append(Line(work, _("经纪人引荐的供需双方（对）"), computed, number=found.introduced))
    made.append(Line(work, _("平台上登记的技术经纪人（人）"), computed, number=found.brokers))
    made += [Line(_("比例"), one["label"], computed, text=one["value"]) for one in agency_pages.ratios(found)]
    return made + (_stated(found.sheet, stated) if found.sheet is not None else [])


def _stated(sheet: AgencySheet, origin: str) -> list[Line]:
    made = []
    label = {field.name: str(field.verbose_name) for field in AgencySheet._meta.fields}
    for group, names in AgencySheet.GROUPS:
        for name in names:
            value = getattr(sheet, name)
            column = "amount" if name in AMOUNTS else "number"
            if isinstance(value, bool | str):
                column, value = "text", agency_pages.in_words(sheet, name)
            made.append(Line(str(group), label[name], origin, **{column: value}) if value is not None else
                        Line(str(group), label[name], origin))  # fmt: skip
    return made


def _columns() -> list[Column]:
    return [
        Column("group", _("类别"), width=24),
        Column("label", _("项目"), width=34),
        Column("number", _("数量"), Kind.NUMBER),
        Column("amount", _("金额"), Kind.MONEY, width=18),
        Column("text", _("文字"), width=48),
        Column("origin", _("怎么来的"), width=18),
    ]


def _rows(_actor: Actor, portion: Sequence[Line]) -> Iterable[Row]:
    for line in portion:
        yield {column: getattr(line, column) for column in ("group", "label", "number", "amount", "text", "origin")}


def _contract_columns() -> list[Column]:
    return [
        Column("title", _("合同名称"), width=40),
        Column("number", _("合同登记编号"), width=22),
        Column("registered_on", _("登记日期"), Kind.DATE),
        *_amount_columns(),
    ]


def _amount_columns() -> list[Column]:
    return [
        Column("value", _("成交额"), Kind.MONEY),
        Column("technology", _("技术交易额"), Kind.MONEY),
        Column("share", _("份额（%）"), Kind.NUMBER),
        Column("alone", _("只有本机构促成"), Kind.YES_NO),
        Column("value_by_share", _("按份额的成交额"), Kind.MONEY),
        Column("technology_by_share", _("按份额的技术交易额"), Kind.MONEY),
    ]


def _amounts(row: Any, value: Decimal | None, technology: Decimal | None) -> Row:
    share = row.share if row.share is not None else (HUNDRED if row.alone else None)
    return {
        "value": value,
        "technology": technology,
        "share": row.share,
        "alone": row.alone,
        "value_by_share": part_of(value, share),
        "technology_by_share": part_of(technology, share),
    }


def _contract_rows(_actor: Actor, portion: Sequence[Any]) -> Iterable[Row]:
    for row in portion:
        yield {
            "title": row.deal.title,
            "number": registration_number.show(row.number),
            "registered_on": row.registered_on,
            **_amounts(row, row.certified_value, row.certified_technology),
        }


def _deal_columns() -> list[Column]:
    return [
        Column("number", _("合作项目编号"), width=18),
        Column("title", _("合同名称"), width=40),
        Column("achievement", _("成果"), width=36),
        Column("buyer", _("需求方"), width=32),
        Column("seller", _("供给方"), width=32),
        Column("signed_on", _("签订日期"), Kind.DATE),
        *_amount_columns(),
    ]


def _deal_rows(actor: Actor, portion: Sequence[Any]) -> Iterable[Row]:
    parties, opens = agency_queries.parties_on_sides(portion), agency_queries.opened_deals(actor, list(portion))
    for row in portion:
        inside, sides = row.pk in opens, parties.get(row.pk, {})
        yield {
            "number": row.number,
            "title": row.title,
            "achievement": row.achievement.title if inside and row.achievement else "",
            "buyer": sides.get("buyer", "") if inside else "",
            "seller": sides.get("seller", ""),
            "signed_on": row.signed_on,
            **_amounts(row, row.contract_value, row.technology_value),
        }


SHEET = register(Sheet("deals.agency_sheet", gettext_lazy("技术转移机构年度台账"), _columns, _rows))
CONTRACTS = register(
    Sheet("deals.agency_contracts", gettext_lazy("促进登记的技术合同"), _contract_columns, _contract_rows)
)
DEALS = register(Sheet("deals.agency_deals", gettext_lazy("促成的合作项目"), _deal_columns, _deal_rows))
