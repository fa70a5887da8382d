"""The statistics through the API: the same numbers as their pages, for the same readers."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm, StatPerm
from mengkeju.deals.api.deals import load_deal
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.statistics_schemas import (
    ContractStatisticsOut,
    ContractStatisticsQuery,
    DealLeadTimeOut,
    LeadTimeQuery,
    LeadTimeStatisticsOut,
)
from mengkeju.deals.engine.lead_time import against
from mengkeju.deals.queries import conversions, lead_time, statistics_told
from mengkeju.deals.queries.conversions import ConversionGroup, ConversionsAsked, StageMedian
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.access import require
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word


def _known(area: str) -> str:
    """The code. ProblemError invalid for one that nobody has."""
    if area and area not in directory.area_names([area]):
        raise ProblemError("invalid", "", [Wrong("#/area", _("没有这个代码的地区"), where="query")])
    return area


@routes.operation(
    "GET",
    "/statistics/contracts",
    title=Title("读取合同统计", "Read the contract statistics"),
    permission=StatPerm.READ,
    scope=Scope.STATISTICS_READ,
    ask_first=True,
    response=ContractStatisticsOut,
)
def get_contract_statistics(request: ApiRequest, asked: Query[ContractStatisticsQuery]) -> dict[str, Any]:  # noqa: ARG001 - every operation gets its request
    """For officers and registrars: registered contracts of a year, by every cut."""
    found = queries.statistics(queries.of_year(asked.year, _known(asked.area)))
    told = statistics_told.as_json(found)
    cuts = {cut: rows for cut, rows in told["cuts"].items() if asked.cut in {None, cut}}
    for cut, rows in cuts.items():
        names = queries.names_of_cut(cut, [row["code"] for row in rows])
        for row in rows:
            row["label"] = names.get(row["code"]) or row["code"] or _("未载")
    closed = queries.closed(queries.closings(found.asked)) is not None
    return {**told, "first_on": told["from"], "last_on": told["until"], "closed": closed, "cuts": cuts}


@routes.operation(
    "GET",
    "/statistics/lead-time",
    title=Title("读取转化周期", "Read the lab-to-market times"),
    permission=StatPerm.READ,
    scope=Scope.STATISTICS_READ,
    ask_first=True,
    response=LeadTimeStatisticsOut,
)
def get_lead_time_statistics(request: ApiRequest, asked: Query[LeadTimeQuery]) -> dict[str, Any]:  # noqa: ARG001 - the same
    """For the same readers: medians by year of signing, field and city beside the promise, the slowest stage."""
    today = clock.today()
    found = conversions.lead_time_statistics(ConversionsAsked(asked.year, _known(asked.area)), today)
    return {
        **_group(found.whole),
        "year": asked.year,
        "area": asked.area or None,
        "promised_months": found.months,
        "promise_source": word(lead_time.promise(today).source),
        "cuts": {cut: _named(cut, groups) for cut, groups in found.cuts.items() if asked.cut in {None, cut}},
        "stages": [_stage(one) for one in found.stages],
    }


def _named(cut: str, groups: list[ConversionGroup]) -> list[dict[str, Any]]:
    names = conversions.names_of(cut, [group.code for group in groups])
    return [
        {"code": group.code, "label": names.get(group.code) or group.code or _("未载"), **_group(group)}
        for group in groups
    ]


def _group(group: ConversionGroup) -> dict[str, Any]:
    same = ("count", "finished", "kept", "left_out", "running", "no_start")
    slowest = _stage(group.slowest) if group.slowest is not None else None
    return {**{name: getattr(group, name) for name in same}, "median_days": group.median, "slowest": slowest}


def _stage(one: StageMedian) -> dict[str, Any]:
    return {"begins": one.begins, "ends": one.ends, "median_days": one.median.days, "count": one.median.count}


@routes.operation(
    "GET",
    "/deals/{uuid:uid}/lead-time",
    title=Title("读取一个合作项目的转化周期", "Read the clock of a deal"),
    permission=DealPerm.READ_INSIDE,
    scope=Scope.DEALS_READ,
    response=DealLeadTimeOut,
)
def get_deal_lead_time(request: ApiRequest, uid: UUID) -> dict[str, Any]:
    """From the publication of its achievement to production, by dates of the record; for those inside."""
    deal = load_deal(request, uid)
    require(request.actor, DealPerm.READ_INSIDE, deal)
    today = clock.today()
    lead, months = lead_time.lead_of(deal, today), lead_time.promised_months(today)
    held = against(lead, months, today) if months is not None else None
    waiting = lead.waiting
    return {
        "dates": lead.dates,
        "total_days": lead.total,
        "parts": [asdict(part) for part in lead.parts],
        "slowest": asdict(lead.slowest) if lead.slowest is not None else None,
        "waiting": {"since": waiting.begins, "days": waiting.days} if waiting is not None else None,
        "missing": lead_time.missing_of(deal, lead),
        "disorders": [asdict(one) for one in lead.disorders],
        "promised_months": months,
        "due_on": held.due_on if held is not None else None,
        "kept": held.kept if held is not None else None,
    }
