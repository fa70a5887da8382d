"""Deals as a file: no text of a contract, no contact."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.models import Deal, DealParty
from mengkeju.deals.queries import cooperation
from mengkeju.deals.web.deal.lists import days_left
from mengkeju.deals.web.deal.pages import deal_badge, origin_word
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
        Column("origin", _("来源"), width=18),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _rows(actor: Actor, portion: Sequence[Deal]) -> Iterable[Row]:
    parties, inside = queries.parties_of(list(portion)), cooperation.readable_inside(actor, portion)
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
            "paid_value": deal.paid_value if deal.pk in inside or deal.from_source else None,
            "origin": origin_word(deal),
            "url": absolute(deal.get_absolute_url()),
        }


DEALS = register(Sheet("deals.deals", gettext_lazy("合作项目"), _columns, _rows))


def _common() -> list[Column]:
    return [
        Column("number", _("编号"), width=18),
        Column("title", _("名称"), width=40),
        Column("seller", _("高校院所方"), width=32),
        Column("buyer", _("企业方"), width=32),
        Column("state", _("状态"), width=12),
        Column("signed_on", _("签订日期"), Kind.DATE),
    ]


def _common_row(deal: Deal, parties: Sequence[DealParty]) -> Row:
    named = {side: _("；").join(p.name for p in parties if p.side == side) for side in ("seller", "buyer")}
    return {
        "number": deal.number,
        "title": deal.title,
        **named,
        "state": deal_badge(deal)["label"],
        "signed_on": deal.signed_on,
        "effective_until": deal.effective_until,
        "left": days_left(deal),
        "url": absolute(deal.get_absolute_url()),
    }


def _project_columns() -> list[Column]:
    return [
        *_common(),
        Column("in_region", _("区内（家）"), Kind.NUMBER),
        Column("outside", _("区外（家）"), Kind.NUMBER),
        Column("unknown", _("所在地未填（家）"), Kind.NUMBER),
        Column("funding", _("经费合计"), Kind.MONEY),
        Column("public", _("其中财政资金"), Kind.MONEY),
        Column("channel", _("签约渠道"), width=24),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _project_rows(actor: Actor, portion: Sequence[Deal]) -> Iterable[Row]:
    parties, sums = queries.parties_of(list(portion)), cooperation.funding_sums(actor, portion)
    for deal in portion:
        inside, outside, unknown = cooperation.origin_counts(parties[deal.pk])
        whole, public = sums.get(deal.pk, (None, None))
        yield {
            **_common_row(deal, parties[deal.pk]),
            "in_region": inside,
            "outside": outside,
            "unknown": unknown,
            "funding": whole,
            "public": public,
            "channel": deal.channel,
        }


def _agreement_columns() -> list[Column]:
    return [
        *_common(),
        Column("scope", _("合作范围"), width=48),
        Column("effective_until", _("有效期止"), Kind.DATE),
        Column("left", _("还有多久"), width=14),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _agreement_rows(actor: Actor, portion: Sequence[Deal]) -> Iterable[Row]:
    parties, inside = queries.parties_of(list(portion)), cooperation.readable_inside(actor, portion)
    for deal in portion:
        yield {**_common_row(deal, parties[deal.pk]), "scope": deal.summary if deal.pk in inside else ""}


def _centre_columns() -> list[Column]:
    return [
        *_common(),
        Column("effective_until", _("有效期止"), Kind.DATE),
        Column("left", _("还有多久"), width=14),
        Column("year", _("最近年度"), Kind.NUMBER),
        Column("result", _("年度成果"), width=48),
        Column("projects", _("开展项目（项）"), Kind.NUMBER),
        Column("patents", _("申请专利（件）"), Kind.NUMBER),
        Column("people_trained", _("联合培养（人）"), Kind.NUMBER),
        Column("spent", _("投入经费"), Kind.MONEY),
        Column("url", _("网址"), Kind.LINK, width=44),
    ]


def _centre_rows(actor: Actor, portion: Sequence[Deal]) -> Iterable[Row]:
    parties, results = queries.parties_of(list(portion)), cooperation.last_results(actor, portion)
    for deal in portion:
        last = results.get(deal.pk)
        said = {name: getattr(last, name, None) for name in ("year", "projects", "patents", "people_trained", "spent")}
        yield {**_common_row(deal, parties[deal.pk]), **said, "result": last.summary if last else ""}


BY_KIND = {
    "joint_project": register(
        Sheet("deals.projects", gettext_lazy("产学研合作项目登记册"), _project_columns, _project_rows)
    ),
    "agreement": register(Sheet("deals.agreements", gettext_lazy("合作协议"), _agreement_columns, _agreement_rows)),
    "joint_centre": register(Sheet("deals.centres", gettext_lazy("联合研究中心"), _centre_columns, _centre_rows)),
}


def of_kind(kind: str) -> Sheet:
    """The file of a list that is narrowed to a kind; the one of all kinds for the others."""
    return BY_KIND.get(kind, DEALS)
