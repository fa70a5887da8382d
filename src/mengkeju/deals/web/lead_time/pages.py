"""What the pages and panels of the clock (转化周期) show. Nothing here writes."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine.lead_time import STAGES, LeadTime, Part, against
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import conversions, lead_time
from mengkeju.deals.queries.conversions import ConversionGroup, ConversionsAsked, LeadTimeStatistics, StageMedian
from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import REGION
from mengkeju.kernel import clock, figures
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.words import gettext as said
from mengkeju.kernel.words import word
from mengkeju.listings.models import Listing

FIRST_YEAR, LAST_YEAR = 1985, 9998
PER_PAGE = 50


class LeadTimeForm(forms.Form):
    """Which year of signing, and which area."""

    year = forms.IntegerField(
        label=gettext_lazy("签约年份"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text=gettext_lazy("不填是历年合计"),
    )
    area = forms.ChoiceField(
        label=gettext_lazy("卖方所在地区"),
        required=False,
        choices=lambda: [("", _("全部")), *directory.area_choices()],
    )

    def asked(self) -> ConversionsAsked:
        """What is asked for; what makes no sense falls back to everything."""
        self.is_valid()
        given = self.cleaned_data if self.is_bound else {}
        return ConversionsAsked(given.get("year"), given.get("area", ""))


def form_of(request: Request) -> LeadTimeForm:
    """The year and area the address asks for."""
    return LeadTimeForm(request.GET or None)


def query_of(asked: ConversionsAsked, **more: str) -> str:
    """The address of the same question, with the row and the number that is opened."""
    given = {"year": str(asked.year or ""), "area": asked.area, **more}
    return "?" + urlencode({key: value for key, value in given.items() if value or key == "code"})


def deals_url(asked: ConversionsAsked, shelf: str, **more: str) -> str:
    """The deals behind a number."""
    return reverse("lead-time-deals") + query_of(asked, shelf=shelf, **more)


def shelf_words(asked: ConversionsAsked, months: int | None) -> str:
    """What the deals of a number have in common."""
    if asked.shelf == "stage":
        return stage_words(*asked.stage.split("-", 1))
    return {
        "all": _("全部已签约的"),
        "finished": _("已经投产的"),
        "kept": _("%(months)s 个月以内投产的") % {"months": months},
        "running": _("还没有投产的"),
        "no_start": _("没有起点的"),
    }[asked.shelf]


def stage_words(begins: str, ends: str) -> str:
    """“签约 → 认定登记”."""
    return f"{word(STAGES[begins])} → {word(STAGES[ends])}"


def days_in_words(days: float) -> str:
    """“40 天”, with a half where the median falls between two."""
    return ngettext("%(days)s 天", "%(days)s 天", int(days)) % {"days": f"{Decimal(str(days)).normalize():f}"}


def slowest_words(found: StageMedian | None) -> str:
    """The slowest stage with its median."""
    return f"{stage_words(found.begins, found.ends)} · {days_in_words(found.median.days or 0)}" if found else ""


def page(request: Request, form: LeadTimeForm) -> dict[str, Any]:
    """The medians beside the promise, by every cut, and the stages."""
    asked, today = form.asked(), clock.today()
    found = conversions.lead_time_statistics(asked, today)
    promise = lead_time.promise(today)
    years = [group for group in found.cuts["year"] if group.median is not None]
    return {
        "form": form if form.is_bound else LeadTimeForm(),
        "asked": asked,
        "span": span_words(asked),
        "place": place_words(asked),
        "found": found,
        "months": found.months,
        "promise_source": word(promise.source),
        "promise_note": word(promise.note),
        "totals": _totals(found),
        "slowest": slowest_words(found.whole.slowest),
        "cuts": [_cut_table(cut, found) for cut in conversions.CONVERSION_CUTS],
        "stages": _stage_table(found),
        "chart": _chart(years[::-1]) if len(years) > 1 else None,
        "chart_rows": [{"label": one.code, "values": [_plain(one.median)]} for one in years[::-1]],
        "all_url": deals_url(asked, "all"),
        "export_url": deals_url(asked, "all", export="xlsx"),
        "nav_key": "lead-time",
    }


def span_words(asked: ConversionsAsked) -> str:
    """“2023年签约” or all years."""
    return _("%(year)s年签约") % {"year": asked.year} if asked.year else _("历年签约")


def place_words(asked: ConversionsAsked) -> str:
    """The name of the area."""
    code = asked.area or REGION
    return directory.area_names([code]).get(code, "")


def _totals(found: LeadTimeStatistics) -> list[dict[str, Any]]:
    asked, whole = found.asked, found.whole
    rows: list[dict[str, Any]] = [
        {
            "value": _plain(whole.median) or "—",
            "unit": _("天") if whole.median is not None else "",
            "label": _("从成果发布到投产，中位数"),
            "note": _("按 %(n)s 项已经投产的算") % {"n": f"{whole.finished:,}"},
            "url": deals_url(asked, "finished"),
        },
        {
            "value": f"{whole.running:,}",
            "unit": "",
            "label": _("已签约，还没有投产"),
            "note": _("不计入中位数"),
            "url": deals_url(asked, "running"),
        },
        {
            "value": f"{whole.no_start:,}",
            "unit": "",
            "label": _("没有起点"),
            "note": _("没有写明在本平台发布过的成果，不计入中位数"),
            "url": deals_url(asked, "no_start"),
        },
    ]
    if found.months is not None:
        label = _("%(months)s 个月以内投产") % {"months": found.months}
        kept: dict[str, Any] = {"value": f"{whole.kept:,}", "unit": "", "label": label, "url": deals_url(asked, "kept")}
        rows.insert(1, kept | {"note": _("已经投产的 %(n)s 项里") % {"n": f"{whole.finished:,}"}})
    return rows


def _plain(days: float | None) -> str:
    return "" if days is None else f"{Decimal(str(days)).normalize():f}"


def _chart(groups: Sequence[ConversionGroup]) -> dict[str, Any]:
    return {
        "kind": "bar",
        "categories": [group.code or _("未载") for group in groups],
        "series": [{"name": _("中位数（天）"), "data": [group.median for group in groups], "tone": "action"}],
    }


def _cut_table(cut: str, found: LeadTimeStatistics) -> dict[str, Any]:
    groups, label = found.cuts[cut], said(conversions.CONVERSION_CUTS[cut])
    names = conversions.names_of(cut, [group.code for group in groups])
    heads = [label, _("中位数（天）"), _("已投产"), _("未投产"), _("没有起点"), _("最慢的一段")]
    if found.months is not None:
        heads.insert(3, _("%(months)s 个月以内") % {"months": found.months})
    return {
        "key": cut,
        "label": label,
        "columns": [{"label": head, "numeric": 0 < place < len(heads) - 1} for place, head in enumerate(heads)],
        "rows": [
            {"cells": _cells(cut, group, names.get(group.code) or group.code or _("未载"), heads, found)}
            for group in groups
        ],
    }


def _cells(
    cut: str, group: ConversionGroup, name: str, heads: Sequence[str], found: LeadTimeStatistics
) -> list[dict[str, Any]]:
    """A row: every number that is not none opens its deals."""

    def url(shelf: str, count: int) -> str:
        return deals_url(found.asked, shelf, cut=cut, code=group.code) if count else ""

    counted = [("finished", group.finished), ("running", group.running), ("no_start", group.no_start)]
    if found.months is not None:
        counted.insert(1, ("kept", group.kept))
    median = {"value": _plain(group.median) or "—", "numeric": True, "url": url("finished", group.finished)}
    numbers = [{"value": f"{n:,}", "numeric": True, "url": url(shelf, n)} for shelf, n in counted]
    cells: list[dict[str, Any]] = [median, *numbers, {"value": slowest_words(group.slowest)}]
    first = {"value": name, "header": True, "url": url("all", group.count)}
    return [first, *({"label": head, **cell} for head, cell in zip(heads[1:], cells, strict=True))]


def _stage_table(found: LeadTimeStatistics) -> dict[str, Any]:
    heads = (_("从哪一步到哪一步"), _("中位数（天）"), _("项"))
    return {
        "columns": [{"label": head, "numeric": place > 0} for place, head in enumerate(heads)],
        "rows": [
            {
                "cells": [
                    {"value": stage_words(one.begins, one.ends), "header": True},
                    {"value": _plain(one.median.days), "numeric": True, "label": heads[1]},
                    {
                        "value": f"{one.median.count:,}",
                        "numeric": True,
                        "label": heads[2],
                        "url": deals_url(found.asked, "stage", stage=one.key),
                    },
                ]
            }
            for one in found.stages
        ],
    }


def deals_page(request: Request, asked: ConversionsAsked) -> dict[str, Any]:
    """The deals behind one number."""
    today = clock.today()
    months = lead_time.promised_months(today)
    page = Paginator(conversions.behind(asked, today), PER_PAGE).get_page(request.GET.get("page"))
    narrowed = [shelf_words(asked, months)]
    if asked.cut:
        name = conversions.names_of(asked.cut, [asked.code]).get(asked.code) or asked.code or _("未载")
        narrowed.insert(0, f"{said(conversions.CONVERSION_CUTS[asked.cut])} · {name}")
    return {
        "page": page,
        "asked": asked,
        "span": span_words(asked),
        "place": place_words(asked),
        "narrowed": _("，").join(narrowed),
        "columns": [{"label": label, "numeric": label == _("天数")} for label in _deal_heads()],
        "rows": _deal_rows(request.actor, list(page), today),
        "back_url": reverse("lead-time") + query_of(asked),
        "nav_key": "lead-time",
    }


def _deal_heads() -> tuple[str, ...]:
    return (_("合同"), _("卖方所在地"), _("签订日期"), _("天数"), _("最慢的一段"), _("日期"))


def _deal_rows(actor: Actor, deals: list[Deal], today: date) -> list[dict[str, Any]]:
    """Deals with their clocks; a record opens to whoever may read it. A constant number of queries."""
    leads = lead_time.leads_of(deals, today)
    readable = visible_to(Deal.objects.filter(pk__in=leads), actor, DealPerm.READ)
    opens = set(readable.values_list("pk", flat=True))
    areas = directory.area_names({deal.area for deal in deals if deal.area})
    return [_deal_row(deal, leads[deal.pk], areas, opens=deal.pk in opens) for deal in deals]


def _deal_row(deal: Deal, lead: LeadTime, areas: dict[str, str], *, opens: bool) -> dict[str, Any]:
    heads, slowest = _deal_heads(), lead.slowest
    cells: list[dict[str, Any]] = [
        {"value": areas.get(deal.area, deal.area)},
        {"at": deal.signed_on, "form": "date"} if deal.signed_on else {"value": _("未载")},
        {"value": "—" if lead.total is None else f"{lead.total:,}", "numeric": True},
        {"value": part_words(slowest) if slowest else ""},
        {"value": _("；").join([*disorder_words(lead), *_missing_words(deal, lead)])},
    ]
    url = deal.get_absolute_url() if opens else ""
    first = {"value": deal.title, "header": True, "demo": deal.fictional, "url": url, "note": deal.number}
    return {"cells": [first, *({"label": head, **cell} for head, cell in zip(heads[1:], cells, strict=True))]}


def part_words(part: Part) -> str:
    """“签约 → 认定登记 · 30 天”."""
    return f"{stage_words(part.begins, part.ends)} · {days_in_words(part.days)}"


def disorder_words(lead: LeadTime) -> list[str]:
    """Each date that lies before the one it should follow."""
    return [
        _("次序有误：%(stage)s早于%(before)s %(days)s 天")
        % {"stage": word(STAGES[one.stage]), "before": word(STAGES[one.before]), "days": one.days}
        for one in lead.disorders
    ]


def _missing_words(deal: Deal, lead: LeadTime) -> list[str]:
    names = [word(STAGES[key]) for key in lead_time.missing_of(deal, lead)]
    return [_("没有日期：%(stages)s") % {"stages": _("、").join(names)}] if names else []


def clock_of(deal: Deal, lead: LeadTime, today: date) -> dict[str, Any]:
    """What is said of one deal's clock: how long, against the promise, each stage with its days, what is missing."""
    slowest = lead.slowest
    parts = {part.ends: part for part in lead.parts}
    return {
        "said": _how_long(deal, lead),
        "held": _held_words(lead, today),
        "slowest": part_words(slowest) if slowest else "",
        "stages": [
            {
                "label": word(STAGES[key]),
                "day": figures.full_date(day),
                "took": days_in_words(parts[key].days) if key in parts else "",
                "slowest": slowest is not None and slowest.ends == key,
            }
            for key, day in lead.dates.items()
        ],
        "missing": _("、").join(word(STAGES[key]) for key in lead_time.missing_of(deal, lead)),
        "disorders": disorder_words(lead),
    }


def _how_long(deal: Deal, lead: LeadTime) -> str:
    if lead.total is not None:
        return _("从成果发布到投产：%(days)s") % {"days": days_in_words(lead.total)}
    if lead.begins_on is None:
        return _("成果没有在本平台发布的日期，算不出总天数") if deal.achievement else _("没有写明成果，算不出总天数")
    if lead.waiting is None or deal.state in {"terminated", "closed"}:
        return _("没有投产日期，算不出总天数")
    return _("还没有投产；%(stage)s以来已有 %(days)s") % {
        "stage": word(STAGES[lead.waiting.begins]),
        "days": days_in_words(lead.waiting.days),
    }


def _held_words(lead: LeadTime, today: date) -> str:
    months = lead_time.promised_months(today)
    held = against(lead, months, today) if months is not None else None
    if held is None:
        return ""
    given = {"months": held.months, "day": figures.full_date(held.due_on)}
    if held.kept is None:
        return _("%(months)s 个月到 %(day)s 为止") % given
    return _("在 %(months)s 个月以内（%(day)s）") % given if held.kept else _("超过 %(months)s 个月（%(day)s）") % given


def deal_panel(actor: Actor, deal: Deal, shown: dict[str, Any]) -> dict[str, Any] | None:
    """On a deal: its clock, for those inside."""
    if not shown["inside"] or not deal.kind_spec.has(Step.LANDING):
        return None
    today = clock.today()
    found = clock_of(deal, lead_time.lead_of(deal, today), today)
    return {"clock": found, "promise_source": word(lead_time.promise(today).source)} if found["stages"] else None


def listing_panel(actor: Actor, listing: Listing, _shown: dict[str, Any]) -> dict[str, Any] | None:
    """On an achievement: the clocks of the deals that came of it, those whose inside the reader may see."""
    if listing.kind != "achievement":
        return None
    today = clock.today()
    rows = lead_time.on_listing(actor, listing, today)
    if not rows:
        return None
    return {
        "rows": [{"d": deal, "clock": clock_of(deal, lead, today)} for deal, lead in rows],
        "promise_source": word(lead_time.promise(today).source),
    }
