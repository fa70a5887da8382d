"""What the page 落地与收益 and the rows behind its numbers show. Nothing here writes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.engine.benefit import ACTUAL, FORECAST, MEASURES
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models import MEASURES as KINDS
from mengkeju.deals.models import Arrival, Benefit, Landing
from mengkeju.deals.queries import returns
from mengkeju.deals.queries.returns import AVERAGE, ELSEWHERE, UNKNOWN, Landed, ReturnsAsked, Sums
from mengkeju.deals.web.performance.landing_pages import bounded, measure_names, volume_in_words, year_in_words
from mengkeju.deals.web.performance.pages import arrival_in_words, state_of
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock, figures
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import word

PER_PAGE = 50
FIRST_YEAR, AHEAD = 2000, 20
CUTS = {"state": gettext_lazy("按状态"), "city": gettext_lazy("按城市"), "field": gettext_lazy("按技术领域")}


def _cities() -> list[tuple[str, str]]:
    return [*((city.code, city.word) for city in directory.cities()), (ELSEWHERE, _("两市以外"))]


def _fields() -> list[tuple[str, str]]:
    return [*queries.choices("technical_fields"), (UNKNOWN, _("未载"))]


def _states() -> list[tuple[str, str]]:
    return [(key, word(state)) for key, state in LANDING.states.items()]


def _any(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", _("全部")), *pairs]


def _periods() -> list[tuple[str, str]]:
    this = clock.today().year
    years = [(str(year), str(year)) for year in range(this + AHEAD, FIRST_YEAR - 1, -1)]
    return [("", _("全部；分项看最近有实际收益的一年")), (AVERAGE, _("年均预计（未分年度）")), *years]


class ReturnsForm(forms.Form):
    """What the sums, and the rows behind them, are narrowed by."""

    city = forms.ChoiceField(label=gettext_lazy("落地城市"), required=False, choices=lambda: _any(_cities()))
    field = forms.ChoiceField(label=gettext_lazy("技术领域"), required=False, choices=lambda: _any(_fields()))
    state = forms.ChoiceField(label=gettext_lazy("落地状态"), required=False, choices=lambda: _any(_states()))
    kind = forms.ChoiceField(
        label=gettext_lazy("预计还是实际"),
        required=False,
        choices=lambda: _any([(k, str(v)) for k, v in KINDS.items()]),
    )
    period = forms.ChoiceField(label=gettext_lazy("年份"), required=False, choices=_periods)

    def asked(self) -> ReturnsAsked:
        """The filter; what makes no sense is left out."""
        self.is_valid()
        given = self.cleaned_data if self.is_bound else {}
        return ReturnsAsked(**{name: given.get(name, "") for name in ("city", "field", "state", "period", "kind")})


def filter_of(request: Request, *without: str) -> ReturnsForm:
    """The filter the address asks for, without the fields the page does not use."""
    form = ReturnsForm(request.GET or None)
    for name in without:
        del form.fields[name]
    return form


def _url(name: str, asked: ReturnsAsked, **more: str) -> str:
    kept = {"city": asked.city, "field": asked.field, **more}
    query = urlencode({key: value for key, value in kept.items() if value})
    return reverse(name) + (f"?{query}" if query else "")


def page(request: Request, form: ReturnsForm) -> dict[str, Any]:
    """Landings by state, city and field; benefits by year, city and field, forecast and actual apart; people."""
    asked = form.asked()
    found = returns.returns(request.actor, asked)
    people = found.people
    return {
        "form": form,
        "narrowed": bool(asked.city or asked.field or asked.period),
        "region": returns.sums_region(request.actor),
        "found": found,
        "whole": _whole(found.whole),
        "whole_url": _url("returns-landings", asked),
        "landed": [_landed_table(cut, found.landed[cut], asked) for cut in CUTS] if found.whole.count else [],
        "years": _period_table(found.periods, asked) if found.periods else None,
        "cuts": [_figures_table(cut, found, asked) for cut in ("city", "field") if found.by_cut[cut]],
        "period": period_in_words(found.period),
        "people": people,
        "people_url": _url("returns-arrivals", asked),
        "nav_key": "returns",
    }


def period_in_words(period: str) -> str:
    """“2027年”, or the yearly averages."""
    return _("年均预计（未分年度）") if period == AVERAGE else _("%(year)s年") % {"year": period}


def _whole(landed: Landed) -> list[dict[str, str]]:
    rows = [(_("落地（项）"), f"{landed.count:,}", "")]
    if landed.investment is not None:
        rows.append((_("投资合计"), figures.amount(landed.investment), _("只加写明的")))
    if landed.jobs is not None:
        rows.append((_("计划用工（人）"), f"{landed.jobs:,}", _("只加写明的")))
    return [{"label": label, "value": value, "note": note} for label, value, note in rows]


def _names(cut: str) -> dict[str, str]:
    return dict({"state": _states, "city": _cities, "field": _fields}[cut]())


def _landed_table(cut: str, parts: Mapping[str, Landed], asked: ReturnsAsked) -> dict[str, Any]:
    names, head = _names(cut), (str(CUTS[cut]), _("项"), _("投资"), _("计划用工（人）"))
    rows = []
    for code in sorted(parts, key=lambda key: (-parts[key].count, key)):
        part, url = parts[code], _url("returns-landings", asked, **{cut: code})
        invested = figures.amount(part.investment) if part.investment is not None else ""
        jobs = f"{part.jobs:,}" if part.jobs is not None else ""
        cells = _linked(head[1:], [(f"{part.count:,}", url), (invested, url), (jobs, url)])
        rows.append({"cells": [{"value": names.get(code, code), "header": True}, *cells]})
    return {"key": f"landed-{cut}", "label": str(CUTS[cut]), "columns": _columns(head), "rows": rows}


def _columns(head: Sequence[str]) -> list[dict[str, Any]]:
    return [{"label": label, "numeric": place > 0} for place, label in enumerate(head)]


def _linked(labels: Sequence[str], values: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Numbers that open their rows; an empty one opens nothing."""
    return [
        {"value": value or "—", "url": url if value else "", "numeric": True, "label": label}
        for label, (value, url) in zip(labels, values, strict=True)
    ]


def _figure_head(first: str) -> list[str]:
    names = measure_names()
    said = {FORECAST: _("预计%(measure)s"), ACTUAL: _("实际%(measure)s")}
    return [first, *(said[kind] % {"measure": names[name]} for kind in (FORECAST, ACTUAL) for name in MEASURES)]


def _figure_cells(head: Sequence[str], pair: Mapping[str, Sums], urls: Mapping[str, str]) -> list[dict[str, Any]]:
    values = [
        (amount_in_words(pair[kind].amounts.get(name)), urls[kind]) for kind in (FORECAST, ACTUAL) for name in MEASURES
    ]
    return _linked(head[1:], values)


def amount_in_words(amount: Decimal | None) -> str:
    """An amount, a loss with its sign; empty for none."""
    return bounded(amount, "")


def _period_table(periods: Mapping[str, Mapping[str, Sums]], asked: ReturnsAsked) -> dict[str, Any]:
    head = _figure_head(_("年份"))
    rows = []
    for period, pair in periods.items():
        urls = {kind: _url("returns-benefits", asked, kind=kind, period=period) for kind in (FORECAST, ACTUAL)}
        cells = _figure_cells(head, pair, urls)
        rows.append({"cells": [{"value": period_in_words(period), "header": True}, *cells]})
    return {"columns": _columns(head), "rows": rows}


def _figures_table(cut: str, found: returns.Returns, asked: ReturnsAsked) -> dict[str, Any]:
    names, head = _names(cut), _figure_head(str(CUTS[cut]))
    rows = []
    for code, pair in sorted(found.by_cut[cut].items()):
        more = {"period": found.period, cut: code}
        urls = {kind: _url("returns-benefits", asked, kind=kind, **more) for kind in (FORECAST, ACTUAL)}
        rows.append({"cells": [{"value": names.get(code, code), "header": True}, *_figure_cells(head, pair, urls)]})
    return {"key": f"figures-{cut}", "label": str(CUTS[cut]), "columns": _columns(head), "rows": rows}


def _rows_page(request: Request, form: ReturnsForm, found: Any, heading: str) -> dict[str, Any]:
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "form": form,
        "narrowed": form.is_bound,
        "page": shown,
        "heading": heading,
        "nav_key": "returns",
        "crumbs": [(_("落地与收益"), reverse("returns")), (heading, "")],
    }


def _title(row: Landing | Benefit | Arrival, value: str, opened: set[int]) -> dict[str, Any]:
    url = row.get_absolute_url() if isinstance(row, Landing) else row.deal.get_absolute_url()
    title = row.deal.title if row.deal_id in opened else ""  # who may not open it is told its number
    value = value or title or row.deal.number
    note = title if title != value else row.deal.number
    shown = {"value": value, "header": True, "note": note if note != value else "", "demo": row.deal.fictional}
    return {**shown, "url": url if title else ""}


def landings_page(request: Request, form: ReturnsForm) -> dict[str, Any]:
    """The landings behind a number."""
    context = _rows_page(request, form, returns.landings(request.actor, form.asked()), _("落地项目"))
    rows: list[Landing] = list(context["page"])
    opened, areas = (
        returns.deals_opened(request.actor, rows),
        directory.area_names({row.area for row in rows if row.area}),
    )
    head = (_("项目或产线"), _("落地单位"), _("状态"), _("所在地区"), _("投资"), _("设计年产能"), _("投产日期"))
    table = []
    for row in rows:
        capacity = f"{volume_in_words(row.capacity)} {row.unit}" if row.capacity is not None else ""
        cells: list[dict[str, Any]] = [
            {"value": row.party.name if row.party.organisation_id else _("个人")},
            {"state": state_of(LANDING, row)},
            {"value": areas.get(row.area, row.area)},
            {"value": amount_in_words(row.investment), "numeric": True},
            {"value": capacity, "numeric": True},
            {"at": row.produced_on} if row.produced_on else {"value": ""},
        ]
        labelled = [{"label": label, **cell} for label, cell in zip(head[1:], cells, strict=True)]
        table.append({"cells": [_title(row, row.name, opened), *labelled]})
    columns = [{"label": label, "numeric": label in head[4:6]} for label in head]
    return {**context, "columns": columns, "rows": table}


def benefits_page(request: Request, form: ReturnsForm) -> dict[str, Any]:
    """The figures behind a number, each with its basis."""
    asked = form.asked()
    context = _rows_page(request, form, returns.benefits(request.actor, asked), _("收益明细"))
    rows: list[Benefit] = list(context["page"])
    opened, names = returns.deals_opened(request.actor, rows), measure_names()
    head = (_("合作项目"), _("预计还是实际"), _("年份"), *names.values(), _("测算依据或数据来源"))
    table = []
    for row in rows:
        bounds = {name: row.profit_bound or row.bound if name == "profit" else row.bound for name in MEASURES}
        amounts = [bounded(getattr(row, name), bounds[name]) for name in MEASURES]
        cells: list[dict[str, Any]] = [
            {"value": str(KINDS[row.kind])},
            {"value": year_in_words(row)},
            *({"value": amount, "numeric": True} for amount in amounts),
            {"value": row.basis},
        ]
        labelled = [{"label": label, **cell} for label, cell in zip(head[1:], cells, strict=True)]
        table.append({"cells": [_title(row, "", opened), *labelled]})
    columns = [{"label": label, "numeric": label in names.values()} for label in head]
    return {**context, "columns": columns, "rows": table}


def arrivals_page(request: Request, form: ReturnsForm) -> dict[str, Any]:
    """The counts of people behind a number."""
    context = _rows_page(request, form, returns.arrivals(request.actor, form.asked()), _("引进的人才和团队"))
    rows: list[Arrival] = list(context["page"])
    opened = returns.deals_opened(request.actor, rows)
    head = (_("团队或岗位"), _("引进单位"), _("人数"), _("到岗日期"))
    table = []
    for row in rows:
        cells: list[dict[str, Any]] = [
            {"value": row.employer_name},
            {"value": arrival_in_words(row)},
            {"at": row.arrived_on},
        ]
        labelled = [{"label": label, **cell} for label, cell in zip(head[1:], cells, strict=True)]
        table.append({"cells": [_title(row, row.team, opened), *labelled]})
    return {**context, "columns": [{"label": label} for label in head], "rows": table}
