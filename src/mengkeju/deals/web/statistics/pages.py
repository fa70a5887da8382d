"""What the pages of the contract statistics show. Nothing here writes."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mengkeju.deals import queries
from mengkeju.deals.access import RegistrationPerm, StatPerm
from mengkeju.deals.engine.contract_types import TYPES
from mengkeju.deals.engine.growth import whole
from mengkeju.deals.engine.statistics import CUTS, Figures
from mengkeju.deals.models import Registration, StatClosing
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.kernel import clock, figures, idempotency
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import gettext as said
from mengkeju.kernel.words import word

LISTS = {
    "field": "technical_fields",
    "seller_kind": "seller_kinds",
    "ip_kind": "ip_kinds",
    "plan_source": "plan_sources",
}
DATE = {"type": "date"}
FIRST_YEAR = 1985
MOST_YEARS = 10
HUNDRED_MILLION = Decimal(100_000_000)
PER_PAGE = 50


class PeriodForm(forms.Form):
    """Which year, or which days, and which area."""

    year = forms.IntegerField(label=gettext_lazy("年份"), required=False, min_value=FIRST_YEAR, max_value=9998)
    first_on = forms.DateField(label=gettext_lazy("或者从"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"))
    last_on = forms.DateField(label=gettext_lazy("到"), required=False, widget=forms.DateInput(DATE, "%Y-%m-%d"))
    area = forms.ChoiceField(
        label=gettext_lazy("卖方所在地区"),
        required=False,
        choices=lambda: [("", _("全部")), *directory.area_choices(), *directory.area_choices(zones=True)],
    )

    def clean(self) -> dict[str, Any]:
        """Both days or none, in order; a span ends before the last year a calendar knows."""
        given = super().clean() or {}
        first, last = given.get("first_on"), given.get("last_on")
        if bool(first) != bool(last):
            self.add_error("last_on" if first else "first_on", _("起止日期要一起填"))
        elif first and last and first > last:
            self.add_error("last_on", _("结束日期不能早于开始日期"))
        elif first and first.year < FIRST_YEAR:
            self.add_error("first_on", _("不能早于 %(year)s 年") % {"year": FIRST_YEAR})
        return given

    def asked(self, today: date) -> queries.Asked:
        """The period; what makes no sense falls back to this year."""
        self.is_valid()
        given = self.cleaned_data if self.is_bound else {}
        first, last, area = given.get("first_on"), given.get("last_on"), given.get("area", "")
        if first and last:
            return queries.Asked(first, last, area)
        return queries.of_year(given.get("year") or today.year, area)


def period_of(request: Request) -> PeriodForm:
    """The period the address asks for."""
    return PeriodForm(request.GET or None)


def query_of(asked: queries.Asked, **more: str) -> str:
    """The address of the same question, with a cut and its code when one number is opened."""
    span = {"first_on": asked.first_on.isoformat(), "last_on": asked.last_on.isoformat(), "area": asked.area}
    return "?" + urlencode({key: value for key, value in {**span, **more}.items() if value or key == "code"})


def page(request: Request, form: PeriodForm) -> dict[str, Any]:
    """The statistics of a period: totals, growth, every cut, what was published, the largest, the years."""
    asked = form.asked(clock.today())
    found = queries.statistics(asked)
    closings = queries.closings(asked)
    closing = queries.closed(closings)
    area = StatClosing(area=asked.area or REGION)
    years = queries.by_year(asked.area)
    return {
        "form": form if form.is_bound else PeriodForm(initial={"year": asked.first_on.year, "area": asked.area}),
        "asked": asked,
        "span": span_in_words(asked),
        "place": directory.area_names([asked.area or REGION]).get(asked.area or REGION, ""),
        "found": found,
        "growth": whole(found.growth_pct),
        "fall": found.growth_pct is not None and found.growth_pct < 0,
        "totals": totals(found),
        "cuts": [cut_table(cut, found) for cut in CUTS],
        "closings": closings,
        "closing": closing,
        "published": queries.published(closing) if closing else None,
        "correction": correction(found.figures, queries.published(closing)) if closing else None,
        "over": asked.last_on < clock.today(),
        "may_close": may(request.actor, StatPerm.CLOSE, area),
        "columns": contract_columns(),
        "largest": contract_rows(request.actor, list(queries.largest(asked))),
        "records": contract_rows(request.actor, list(queries.records_over_time(asked.area)[:10])),
        "years": year_rows(years, asked.area),
        "year_chart": year_chart(years) if years else None,
        "year_unit": _("亿元"),
        "all_url": reverse("contract-statistics-contracts") + query_of(asked),
        "one_time_key": idempotency.new_key(),
        "nav_key": "contract-statistics",
    }


def year_chart(years: Sequence[tuple[int, Figures]]) -> dict[str, Any]:
    """The sums of the years in 亿元, the earliest first; see mk/chart.html."""
    rows = list(reversed(years[:MOST_YEARS]))
    return {
        "kind": "bar",
        "categories": [str(year) for year, _one in rows],
        "series": [
            {"name": _("成交额"), "data": [_hundred_million(one.contract_value) for _year, one in rows]},
            {"name": _("技术交易额"), "data": [_hundred_million(one.technology_value) for _year, one in rows]},
        ],
    }


def _hundred_million(value: Decimal) -> float:
    return float((value / HUNDRED_MILLION).quantize(Decimal("0.01")))


def year_rows(years: Sequence[tuple[int, Figures]], area: str) -> list[dict[str, Any]]:
    """The same numbers as a table with the count, the earliest first; a year opens its statistics, a count its list."""
    return [
        {
            "label": format_html(
                '<a href="{}">{}</a> · <a href="{}">{}</a>',
                reverse("contract-statistics") + query,
                year,
                reverse("contract-statistics-contracts") + query,
                ngettext("%(n)s 项", "%(n)s 项", one.count) % {"n": f"{one.count:,}"},
            ),
            "values": [figures.amount(one.contract_value), figures.amount(one.technology_value)],
        }
        for year, one in reversed(years)
        for query in (query_of(queries.of_year(year, area)),)
    ]


def span_in_words(asked: queries.Asked) -> str:
    """“2023年”, or the two days."""
    year = asked.first_on.year
    if (asked.first_on, asked.last_on) == (date(year, 1, 1), date(year, 12, 31)):
        return _("%(year)s年") % {"year": year}
    return f"{figures.full_date(asked.first_on)} – {figures.full_date(asked.last_on)}"


def totals(found: queries.ContractStatistics) -> list[dict[str, str]]:
    """The leading figures with what they count."""
    now, before = found.figures, found.before
    return [
        {
            "label": _("认定登记（项）"),
            "value": f"{now.count:,}",
            "note": _("上年同期 %(n)s 项") % {"n": f"{before.count:,}"},
        },
        {
            "label": _("合同成交额"),
            "value": figures.amount(now.contract_value),
            "note": _("上年同期 %(amount)s") % {"amount": figures.amount(before.contract_value)},
        },
        {
            "label": _("技术交易额"),
            "value": figures.amount(now.technology_value),
            "note": _("上年同期 %(amount)s") % {"amount": figures.amount(before.technology_value)},
        },
        {
            "label": _("吸纳区外和外地技术"),
            "value": figures.amount(found.inflow.contract_value),
            "note": _("%(n)s 项，买方在本地区、卖方不在，不计入上面三项") % {"n": f"{found.inflow.count:,}"},
        },
    ]


def correction(now: Figures, published: Figures) -> Figures | None:
    """What has changed since it was published; None when nothing has."""
    return None if now == published else now - published


def cut_table(cut: str, found: queries.ContractStatistics) -> dict[str, Any]:
    """One cut as rows; each number opens to its contracts."""
    names = queries.names_of_cut(cut, [part.code for part in found.cuts[cut]])
    head = (said(CUTS[cut]), _("项"), _("成交额（元）"), _("技术交易额（元）"), _("占成交额"))
    columns = [{"label": label, "numeric": place > 0} for place, label in enumerate(head)]
    total = found.figures
    return {
        "key": cut,
        "label": said(CUTS[cut]),
        "columns": columns,
        "rows": [
            {
                "cells": [
                    {
                        "value": names.get(part.code) or part.code or _("未载"),
                        "header": True,
                        "url": reverse("contract-statistics-contracts")
                        + query_of(found.asked, cut=cut, code=part.code),
                    },
                    *_numbers(part.figures, total, head),
                ]
            }
            for part in found.cuts[cut]
        ],
        "foot": [{"value": _("合计"), "header": True}, *_numbers(total, total, head)],
    }


def _numbers(one: Figures, total: Figures, head: Sequence[str]) -> list[dict[str, Any]]:
    share = one.contract_value * 100 / total.contract_value if total.contract_value else Decimal(0)
    values = (
        f"{one.count:,}",
        figures.plain(one.contract_value),
        figures.plain(one.technology_value),
        f"{share:.1f}%",
    )
    return [{"value": value, "numeric": True, "label": label} for label, value in zip(head[1:], values, strict=True)]


def contract_columns() -> list[dict[str, Any]]:
    """Columns of `contract_rows`."""
    labels = (_("合同"), _("类型"), _("卖方"), _("所在地"), _("成交额"), _("技术交易额"), _("登记日期"))
    return [{"label": label, "numeric": label in labels[4:6]} for label in labels]


def contract_rows(actor: Actor, rows: list[Registration]) -> list[dict[str, Any]]:
    """Contracts with their sums; a record opens to whoever may read it. Two queries."""
    readable = visible_to(Registration.objects.filter(pk__in=[r.pk for r in rows]), actor, RegistrationPerm.READ)
    opens = set(readable.values_list("pk", flat=True))
    areas = directory.area_names({row.area for row in rows if row.area})
    return [_contract_row(row, areas, opens=row.pk in opens) for row in rows]


def contracts_page(request: Request, form: PeriodForm, asked: queries.Asked) -> dict[str, Any]:
    """The contracts behind one number, and that they add up to it."""
    rows = queries.registered(asked).select_related("deal").order_by("-registered_on", "-pk")
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    names = queries.names_of_cut(asked.cut, [asked.code]) if asked.cut else {}
    label = names.get(asked.code) or asked.code or _("未载")
    return {
        "page": found,
        "asked": asked,
        "span": span_in_words(asked),
        "narrowed": f"{said(CUTS[asked.cut])} · {label}" if asked.cut else "",
        "sum": queries.figures_of(queries.registered(asked)),
        "columns": contract_columns(),
        "rows": contract_rows(request.actor, list(found)),
        "back_url": reverse("contract-statistics") + query_of(asked),
        "form": form,
        "nav_key": "contract-statistics",
    }


def _contract_row(row: Registration, areas: dict[str, str], *, opens: bool) -> dict[str, Any]:
    kind = TYPES.get(row.contract_type)
    unstated = _("金额未载")
    value, technology = (
        unstated if amount is None else figures.amount(amount)
        for amount in (row.certified_value, row.certified_technology)
    )
    cells: list[dict[str, Any]] = [
        {
            "value": row.deal.title,
            "header": True,
            "demo": row.fictional,
            "url": row.get_absolute_url() if opens else "",
        },
        {"value": word(kind) if kind else row.contract_type},
        {"value": row.seller_name},
        {"value": areas.get(row.area, row.area)},
        {"value": value, "numeric": True},
        {"value": technology, "numeric": True},
        {"at": row.registered_on, "form": "date"},
    ]
    labels = [column["label"] for column in contract_columns()]
    return {"cells": [cells[0], *({"label": label, **cell} for label, cell in zip(labels[1:], cells[1:], strict=True))]}
