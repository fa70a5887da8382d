"""What the pages of a technology-transfer body's year show. Nothing here writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.deals.access import AgencyPerm
from mengkeju.deals.actions.agency import FIRST_YEAR
from mengkeju.deals.engine import registration_number
from mengkeju.deals.engine.agency import HUNDRED, Sums, part_of, percentage
from mengkeju.deals.models import AgencySheet, Deal, Registration
from mengkeju.deals.models.agency import AMOUNTS
from mengkeju.deals.queries import agency as agency_queries
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.directory.queries import bodies
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor, may
from mengkeju.kernel.web.request import Request

PER_PAGE = 50


def year_of(given: str | None) -> int:
    """The year an address asks for; what makes no sense gives this year."""
    this = clock.today().year
    year = int(given) if given and given.isdecimal() and len(given) <= len("2026") else this
    return year if FIRST_YEAR <= year <= this else this


def address(name: str, agency: Organisation, year: int, **more: str) -> str:
    """One of the pages of a year."""
    return f"{reverse(name, args=[agency.uid])}?{urlencode({'year': year, **more})}"


@dataclass(frozen=True)
class Counted:
    """One kind of what was brought about, with where its rows stand."""

    label: str
    means: str
    sums: Sums
    url: str


def counted(agency: Organisation, year: int, found: agency_queries.AgencyYear) -> list[Counted]:
    """What is computed from deals."""
    deals = address("agency-sheet-deals", agency, year)
    results = address("agency-sheet-deals", agency, year, results="on")
    return [
        Counted(
            _("促进技术合同登记"),
            _("本年度登记、合同各方确认由本机构促成的；金额以登记证明核定的为准"),
            found.registered,
            address("agency-sheet-contracts", agency, year),
        ),
        Counted(_("促成签约"), _("本年度签订的；金额为合同价款"), found.signed, deals),
        Counted(_("其中成果交易"), _("合同关于平台上的一项成果"), found.of_results, results),
    ]


def page(request: Request, agency: Organisation, year: int) -> dict[str, Any]:
    """The sheet of a year: what is computed, with links to its rows, and what the body states."""
    found = agency_queries.agency_year(agency, year)
    rows = counted(agency, year, found)
    columns = [_("事项"), _("项数"), _("成交额"), _("按份额"), _("技术交易额"), _("按份额")]
    return {
        "agency": agency,
        "year": year,
        "years": [
            {"label": str(one), "url": address("agency-sheet", agency, one), "current": one == year}
            for one in agency_queries.sheet_years(agency, clock.today().year)
        ],
        "columns": [{"label": label, "numeric": place > 0} for place, label in enumerate(columns)],
        "rows": [_counted_row(row, columns) for row in rows],
        "remarks": remarks(found.registered),
        "work": [
            {
                "label": _("经纪人认领的需求（项）"),
                "value": found.claimed,
                "url": address("agency-sheet-needs", agency, year),
            },
            {"label": _("经纪人引荐的供需双方（对）"), "value": found.introduced},
            {"label": _("平台上登记的技术经纪人（人）"), "value": found.brokers},
        ],
        "sheet": found.sheet,
        "groups": stated(found.sheet) if found.sheet is not None else [],
        "ratios": ratios(found),
        "may_write": may(request.actor, AgencyPerm.WRITE, agency),
        "edit_url": address("agency-sheet-edit", agency, year),
        "nav_key": "",
    }


def _counted_row(row: Counted, columns: list[str]) -> dict[str, Any]:
    one = row.sums
    values = (one.value, one.value_by_share, one.technology, one.technology_by_share)
    cells: list[dict[str, Any]] = [
        {"value": row.label, "header": True, "url": row.url, "note": row.means},
        {"value": one.count, "numeric": True, "label": columns[1]},
    ]
    cells += [
        {"value": figures.amount(value), "numeric": True, "label": label}
        for label, value in zip(columns[2:], values, strict=True)
    ]
    return {"cells": cells}


def remarks(sums: Sums) -> list[str]:
    """What has to be known to read the sums."""
    said = []
    if sums.together:
        said.append(
            _("登记的合同里有 %(n)s 项还有别的经纪人或机构促成：全额在别的机构的台账里也有，只有按份额的才能相加")
            % {"n": sums.together}
        )
    if sums.unshared:
        said.append(_("%(n)s 项没有写明本机构的份额，计入全额，不计入按份额的金额") % {"n": sums.unshared})
    if sums.unstated:
        said.append(_("%(n)s 项金额未载，只计项数") % {"n": sums.unstated})
    return said


def in_words(sheet: AgencySheet, name: str) -> str:
    """One stated value; empty when it is not stated."""
    value = getattr(sheet, name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name in AMOUNTS:
        return figures.amount(value)
    return str(value)


def stated(sheet: AgencySheet) -> list[dict[str, Any]]:
    """What the body states, by groups, for mk/facts.html."""
    unsaid = _("没有填")
    label = {field.name: field.verbose_name for field in AgencySheet._meta.fields}
    return [
        {
            "label": title,
            "rows": [{"label": label[name], "value": in_words(sheet, name) or unsaid} for name in names],
        }
        for title, names in AgencySheet.GROUPS
    ]


def ratios(found: agency_queries.AgencyYear) -> list[dict[str, str]]:
    """What follows from what is stated; only what can be computed."""
    sheet, rows = found.sheet, []
    if sheet is None:
        return []
    schooled = [sheet.masters, sheet.bachelors, sheet.college]
    known = sum(part for part in schooled if part is not None) if None not in schooled else None
    for label, value in (
        (_("大专以上比例"), percentage(known, sheet.staff)),
        (_("技术经理人比例"), percentage(sheet.managers, sheet.staff)),
        (_("技术转移及其服务收入比上年增长"), found.income_growth),
    ):
        if value is not None:
            rows.append({"label": label, "value": f"{value}%"})
    return rows


def _share(row: Any) -> Decimal | None:
    share: Decimal | None = row.share
    return share if share is not None else (HUNDRED if row.alone else None)


def share_in_words(row: Any) -> str:
    """The share of the body in one row, and whether others helped."""
    if row.share is not None:
        return f"{row.share.normalize():f}%"
    return _("全部（只有本机构促成）") if row.alone else _("没有写明")


def _amount(value: Decimal | None) -> str:
    return _("金额未载") if value is None else figures.amount(value)


def _listed(
    agency: Organisation, year: int, title: str, lead: str, rows: Page[Any], *, exported: bool = True
) -> dict[str, Any]:
    return {
        "agency": agency,
        "year": year,
        "title": title,
        "lead": lead,
        "page": rows,
        "back_url": address("agency-sheet", agency, year),
        "exported": exported,
        "nav_key": "",
    }


def _cells(labels: Sequence[str], *cells: dict[str, Any]) -> dict[str, Any]:
    return {"cells": [cells[0], *({"label": label, **cell} for label, cell in zip(labels[1:], cells[1:], strict=True))]}


def contracts_page(request: Request, agency: Organisation, year: int) -> dict[str, Any]:
    """The registered contracts behind the sums."""
    rows = agency_queries.helped_contracts(agency, year)
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    opens = agency_queries.opened_contracts(request.actor, list(found))
    labels = [_("合同"), _("合同登记编号"), _("登记日期"), _("成交额"), _("技术交易额"), _("份额"), _("按份额的成交额")]
    context = _listed(agency, year, _("促进技术合同登记"), _sum_line(agency_queries.sums(rows)), found)
    context["columns"] = [{"label": label, "numeric": place in {3, 4, 6}} for place, label in enumerate(labels)]
    context["rows"] = [_contract_row(row, labels, opens=row.pk in opens) for row in found]
    return context


def _contract_row(row: Any, labels: Sequence[str], *, opens: bool) -> dict[str, Any]:
    registration: Registration = row
    return _cells(
        labels,
        {
            "value": registration.deal.title,
            "header": True,
            "demo": registration.fictional,
            "url": registration.get_absolute_url() if opens else "",
        },
        {"value": registration_number.show(registration.number)},
        {"at": registration.registered_on, "form": "date"},
        {"value": _amount(registration.certified_value), "numeric": True},
        {"value": _amount(registration.certified_technology), "numeric": True},
        {"value": share_in_words(row)},
        {"value": _part(registration.certified_value, row), "numeric": True},
    )


def _part(value: Decimal | None, row: Any) -> str:
    part = part_of(value, _share(row))
    return "" if part is None else figures.amount(part)


def _sum_line(sums: Sums) -> str:
    values = {"n": sums.count, "value": figures.amount(sums.value), "part": figures.amount(sums.value_by_share)}
    return _("%(n)s 项 · 成交额合计 %(value)s · 按份额 %(part)s") % values


def deals_page(request: Request, agency: Organisation, year: int) -> dict[str, Any]:
    """The signed deals behind the sums; whom an unregistered one binds only those concerned read."""
    of_results = request.GET.get("results") == "on"
    rows = agency_queries.helped_deals(agency, year, of_results=of_results)
    shown = agency_queries.shown_deals(request.actor, rows)
    found = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    opens = agency_queries.opened_deals(request.actor, list(found))
    parties = agency_queries.parties_on_sides(list(found))
    labels = [
        _("合作项目"),
        _("成果"),
        _("需求方"),
        _("供给方"),
        _("签订日期"),
        _("成交额"),
        _("份额"),
        _("按份额的成交额"),
    ]
    title, sums = _("促成的成果交易") if of_results else _("促成签约"), agency_queries.sums(rows)
    context = _listed(agency, year, title, _sum_line(sums), found)
    context["columns"] = [{"label": label, "numeric": place in {5, 7}} for place, label in enumerate(labels)]
    context["rows"] = [_deal_row(row, labels, parties.get(row.pk, {}), opens=row.pk in opens) for row in found]
    context["hidden"] = sums.count - found.paginator.count
    return context


def _deal_row(row: Any, labels: Sequence[str], parties: dict[str, str], *, opens: bool) -> dict[str, Any]:
    deal: Deal = row
    achievement = deal.achievement.title if opens and deal.achievement is not None else ""
    return _cells(
        labels,
        {
            "value": deal.title,
            "header": True,
            "demo": deal.fictional,
            "url": deal.get_absolute_url() if opens else "",
            "note": deal.number,
        },
        {"value": achievement},
        # The statistics name the seller of a registered contract and not its buyer.
        {"value": parties.get("buyer", "") if opens else ""},
        {"value": parties.get("seller", "")},
        {"at": deal.signed_on, "form": "date"},
        {"value": _amount(deal.contract_value), "numeric": True},
        {"value": share_in_words(row)},
        {"value": _part(deal.contract_value, row), "numeric": True},
    )


def needs_page(request: Request, agency: Organisation, year: int) -> dict[str, Any]:
    """The needs its brokers took into their hands."""
    rows = agency_queries.claimed_needs(agency, year)
    found = Paginator(agency_queries.shown_claims(request.actor, rows), PER_PAGE).get_page(request.GET.get("page"))
    labels = [_("需求"), _("认领日期")]
    context = _listed(
        agency, year, _("经纪人认领的需求"), _("同一条需求认领过几次的，每次一行。"), found, exported=False
    )
    context["columns"] = [{"label": label} for label in labels]
    context["rows"] = [
        _cells(
            labels,
            {"value": claim.listing.title, "header": True, "url": claim.listing.get_absolute_url()},
            {"at": claim.created_at, "form": "time"},
        )
        for claim in found
    ]
    context["hidden"] = rows.count() - found.paginator.count
    return context


def on_organisation(actor: Actor, organisation: Organisation, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """The way to the sheet, for those who may see it, on the page of a body that has one."""
    if not may(actor, AgencyPerm.READ, organisation):
        return None
    today = clock.today()
    if not (
        organisation.kind == "agency" or bodies.is_body(organisation, today) or agency_queries.helped_any(organisation)
    ):
        return None
    return {"url": reverse("agency-sheet", args=[organisation.uid]), "year": today.year}


def of_me(actor: Actor, _me: Any, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On the workbench of people of a body: the ways to its sheets."""
    today = clock.today()
    mine = [one for one in directory.my_organisations(actor) if may(actor, AgencyPerm.WRITE, one)]
    wanted = [one for one in mine if one.kind == "agency" or bodies.is_body(one, today)]
    return {"agencies": wanted, "year": today.year} if wanted else None
