"""落地与收益 through the API: the sums of the page, and the rows behind each of them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query

from mengkeju.deals import queries
from mengkeju.deals.api.deals import plain
from mengkeju.deals.api.landings import name_of
from mengkeju.deals.api.reads import routes
from mengkeju.deals.api.returns_schemas import (
    ReturnedArrivalOut,
    ReturnedBenefitOut,
    ReturnedBenefitQuery,
    ReturnedLandingOut,
    ReturnedLandingQuery,
    ReturnsOut,
    ReturnsPlaceQuery,
    ReturnsQuery,
)
from mengkeju.deals.engine.benefit import MEASURES
from mengkeju.deals.engine.landing_workflow import LANDING
from mengkeju.deals.models import Arrival, Benefit, Landing
from mengkeju.deals.queries import returns
from mengkeju.deals.queries.returns import ELSEWHERE, KINDS, UNKNOWN, Landed, Pair, ReturnsAsked, Sums
from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor
from mengkeju.kernel.api.gate import ApiRequest
from mengkeju.kernel.api.paging import Page, PageQuery, paginate
from mengkeju.kernel.api.problem import ProblemError, Wrong
from mengkeju.kernel.api.scopes import Scope, Title
from mengkeju.kernel.words import word

LISTS = {
    "landings": "list_returned_landings",
    "benefits": "list_returned_benefits",
    "arrivals": "list_returned_arrivals",
}


def _names() -> dict[str, dict[str, str]]:
    """The codes of every cut with their words."""
    return {
        "state": {key: word(state) for key, state in LANDING.states.items()},
        "city": {**{city.code: city.word for city in directory.cities()}, ELSEWHERE: _("两市以外")},
        "field": {**dict(queries.choices("technical_fields")), UNKNOWN: _("未载")},
    }


def _asked(given: ReturnsPlaceQuery, **more: str | None) -> ReturnsAsked:
    """The filter. ProblemError invalid for a city or a field that nobody has."""
    names = _names()
    wrong = [
        Wrong(f"#/{name}", said, where="query")
        for name, said in (("city", _("没有这个代码的地区")), ("field", _("没有这一项")))
        if getattr(given, name) and getattr(given, name) not in names[name]
    ]
    if wrong:
        raise ProblemError("invalid", "", wrong)
    return ReturnsAsked(given.city, given.field, **{name: value or "" for name, value in more.items()})


def _address(request: ApiRequest, which: str, asked: ReturnsAsked, **more: str) -> str:
    """Where the rows behind a number are read."""
    kept = {"city": asked.city, "field": asked.field, **more}
    query = urlencode({key: value for key, value in kept.items() if value})
    path = reverse(f"api-v1:{LISTS[which]}")
    return request.build_absolute_uri(f"{path}?{query}" if query else path)


def _sum(amount: Decimal | None) -> str | None:
    """A sum with its cents: databases differ in how many places they give."""
    return None if amount is None else f"{amount:.2f}"


def _landed(request: ApiRequest, one: Landed, asked: ReturnsAsked, **more: str) -> dict[str, Any]:
    rows = _address(request, "landings", asked, **more)
    return {"count": one.count, "investment": _sum(one.investment), "jobs": one.jobs, "rows": rows}


def _sums(one: Sums, rows: str) -> dict[str, Any]:
    amounts = {name: _sum(one.amounts.get(name)) for name in MEASURES}
    return {"count": one.rows, "jobs": one.jobs, "rows": rows, **amounts}


def _pair(request: ApiRequest, pair: Pair, asked: ReturnsAsked, **more: str) -> dict[str, Any]:
    return {kind: _sums(pair[kind], _address(request, "benefits", asked, kind=kind, **more)) for kind in KINDS}


def _named(names: Mapping[str, str], code: str) -> dict[str, str]:
    return {"code": code, "label": names.get(code, code)}


@routes.operation(
    "GET",
    "/returns",
    title=Title("读取落地与收益", "Read landings and returns"),
    permission="signed-in",
    scope=Scope.STATISTICS_READ,
    response=ReturnsOut,
)
def get_returns(request: ApiRequest, asked: Query[ReturnsQuery]) -> dict[str, Any]:
    """Of the region for officers, of their own deals for everybody else; forecast and actual apart."""
    wanted, names = _asked(asked, period=asked.period), _names()
    found = returns.returns(request.actor, wanted)
    people = {name: getattr(found.people, name) for name in ("heads", "doctors", "seniors", "full_time")}
    return {
        "region": returns.sums_region(request.actor),
        "whole": _landed(request, found.whole, wanted),
        "landed": {
            cut: [
                {**_named(names[cut], code), **_landed(request, one, wanted, **{cut: code})}
                for code, one in sorted(parts.items(), key=lambda part: (-part[1].count, part[0]))
            ]
            for cut, parts in found.landed.items()
        },
        "periods": [
            {"period": period, **_pair(request, pair, wanted, period=period)} for period, pair in found.periods.items()
        ],
        "period": found.period,
        "cuts": {
            cut: [
                {**_named(names[cut], code), **_pair(request, pair, wanted, period=found.period, **{cut: code})}
                for code, pair in sorted(pairs.items())
            ]
            for cut, pairs in found.by_cut.items()
        },
        "people": {"count": found.people.rows, **people, "rows": _address(request, "arrivals", wanted)},
    }


def _deals(rows: Sequence[Landing | Benefit | Arrival], actor: Actor) -> dict[int, dict[str, Any]]:
    """`ReturnedDealOut` by the deal's key. One query."""
    opened = returns.deals_opened(actor, rows)
    same = ("uid", "number", "field", "fictional")
    return {
        row.deal_id: {
            **{name: getattr(row.deal, name) for name in same},
            "title": row.deal.title if row.deal_id in opened else "",
            "url": row.deal.get_absolute_url() if row.deal_id in opened else "",
        }
        for row in rows
    }


@routes.operation(
    "GET",
    "/returns/landings",
    title=Title("列出合计后面的落地项目", "List the landings behind a sum"),
    permission="signed-in",
    scope=Scope.STATISTICS_READ,
    response=Page[ReturnedLandingOut],
)
def list_returned_landings(
    request: ApiRequest, asked: Query[ReturnedLandingQuery], page: Query[PageQuery]
) -> dict[str, Any]:
    """In order of creation."""
    rows = returns.landings(request.actor, _asked(asked, state=asked.state))

    def show(found: list[Landing]) -> list[dict[str, Any]]:
        deals = _deals(found, request.actor)
        same = ("uid", "name", "state", "area", "product", "unit", "jobs_planned", "began_on", "produced_on")
        return [
            {
                **{name: getattr(row, name) for name in same},
                "deal": deals[row.deal_id],
                "party_name": name_of(row.party, inside=False),
                "state_label": word(LANDING.states[row.state]),
                "investment": plain(row.investment),
                "capacity": plain(row.capacity),
            }
            for row in found
        ]

    return paginate(request, rows, page, show=show)


@routes.operation(
    "GET",
    "/returns/benefits",
    title=Title("列出合计后面的收益", "List the figures behind a sum"),
    permission="signed-in",
    scope=Scope.STATISTICS_READ,
    response=Page[ReturnedBenefitOut],
)
def list_returned_benefits(
    request: ApiRequest, asked: Query[ReturnedBenefitQuery], page: Query[PageQuery]
) -> dict[str, Any]:
    """Each with its basis, in order of creation; of a deal as a whole, or of its landings where nobody spoke of it."""
    rows = returns.benefits(request.actor, _asked(asked, kind=asked.kind, period=asked.period))

    def show(found: list[Benefit]) -> list[dict[str, Any]]:
        deals = _deals(found, request.actor)
        same = ("uid", "kind", "year", "jobs", "bound", "profit_bound", "basis", "source")
        return [
            {
                **{name: getattr(row, name) for name in same},
                **{name: plain(getattr(row, name)) for name in MEASURES},
                "deal": deals[row.deal_id],
                "landing_name": row.landing.name if row.landing is not None else "",
                "said_for_name": name_of(row.said_for, inside=False) if row.said_for is not None else "",
            }
            for row in found
        ]

    return paginate(request, rows, page, show=show)


@routes.operation(
    "GET",
    "/returns/arrivals",
    title=Title("列出合计后面引进的人才", "List the people behind a sum"),
    permission="signed-in",
    scope=Scope.STATISTICS_READ,
    response=Page[ReturnedArrivalOut],
)
def list_returned_arrivals(
    request: ApiRequest, asked: Query[ReturnsPlaceQuery], page: Query[PageQuery]
) -> dict[str, Any]:
    """Counts, in order of creation."""
    rows = returns.arrivals(request.actor, _asked(asked))

    def show(found: list[Arrival]) -> list[dict[str, Any]]:
        deals = _deals(found, request.actor)
        same = (
            "uid", "team", "employer_name", "headcount", "doctors", "seniors", "full_time", "came_from", "arrived_on",
        )  # fmt: skip
        return [{**{name: getattr(row, name) for name in same}, "deal": deals[row.deal_id]} for row in found]

    return paginate(request, rows, page, show=show)
