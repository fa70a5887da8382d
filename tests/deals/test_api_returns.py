"""落地与收益 through the API: the numbers of the page, each with the rows behind it, for the same readers."""

from decimal import Decimal
from typing import Any, get_args
from urllib.parse import unquote

import pytest
from django.test import Client

from mengkeju.config.api import PREFIX
from mengkeju.deals.api import returns_schemas as schemas
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import returns
from mengkeju.kernel.api.scopes import Scope
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem
from tests.deals import after_samples as a
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
RETURNS = "/returns"
LISTS = ("landings", "benefits", "arrivals")


def full(pair: s.Pair) -> Deal:
    """A deal with a landing at each side, an average that is expected, a year that was realised, people who came."""
    deal = a.signed(pair)
    a.landed(deal, pair)
    a.landed(deal, pair, name="二期", investment=None, jobs_planned=None, area=f.HOHHOT)
    a.figures(deal, pair)
    a.figures(deal, pair, "forecast", year=2025, revenue=a.D(100), profit=None)
    a.figures(deal, pair, "actual", year=2025, revenue=a.D(90), profit=a.D(-5), now=a.LATER.replace(year=2027))
    a.came(deal, pair)
    return deal


def officer(area: str = f.REGION) -> Client:
    return tokens.client_of(f.officer(area), Scope.STATISTICS_READ)


def behind(client: Client, number: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows that the address of a number gives."""
    rows, address = [], number["rows"]
    assert address.startswith(f"http://testserver{PREFIX}/returns/")
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, (unquote(address), answer.content)
        rows += answer.json()["items"]
        address = answer.json()["next"]
    return rows


def total(rows: list[dict[str, Any]], name: str) -> str | None:
    """The sum of what rows tell, as the API says it."""
    known = [Decimal(row[name]) for row in rows if row[name] is not None]
    return f"{sum(known, Decimal(0)):f}" if known else None


@pytest.mark.covers("ACH-12", "PLT-08")
def test_every_number_is_the_sum_of_the_rows_behind_it_and_nothing_is_mixed() -> None:
    full(s.pair())
    full(s.pair())
    client = officer()
    body = get(client, RETURNS).json()
    assert (body["region"], body["whole"]["count"], body["period"]) == (True, 4, "2025")
    landed = [body["whole"], *(one for parts in body["landed"].values() for one in parts)]
    for one in landed:
        rows = behind(client, one)
        assert (len(rows), total(rows, "investment")) == (one["count"], one["investment"]), one
    for parts in body["landed"].values():
        assert sum(one["count"] for one in parts) == 4
    assert [period["period"] for period in body["periods"]] == ["2025", "average"]
    pairs = [*body["periods"], *(one for parts in body["cuts"].values() for one in parts)]
    for pair in pairs:
        for kind in ("forecast", "actual"):
            rows = behind(client, pair[kind])
            assert {row["kind"] for row in rows} <= {kind}
            assert len(rows) == pair[kind]["count"], pair
            for name in ("revenue", "profit", "tax"):
                assert total(rows, name) == pair[kind][name], (pair, name)
    year = body["periods"][0]
    assert (year["forecast"]["revenue"], year["actual"]["revenue"], year["actual"]["profit"]) == (
        "200.00",
        "180.00",
        "-10.00",
    )
    people = body["people"]
    assert (people["count"], people["heads"], people["doctors"]) == (2, 10, 4)
    assert sum(row["headcount"] for row in behind(client, people)) == 10
    labels = {one["code"]: one["label"] for one in body["landed"]["city"]}
    assert labels[f.BAOTOU] == "包头市"


def test_it_is_what_the_page_sums() -> None:
    pair = s.pair()
    full(pair)
    for account in (f.officer(f.REGION), f.manager(pair.firm), f.manager(f.organisation())):
        found = returns.returns(f.actor(account), returns.ReturnsAsked())
        body = get(tokens.client_of(account), RETURNS).json()
        assert body["whole"]["count"] == found.whole.count
        assert {row["period"]: row["actual"]["count"] for row in body["periods"]} == {
            key: part["actual"].rows for key, part in found.periods.items()
        }
        assert {one["code"] for one in body["cuts"]["city"]} == set(found.by_cut["city"])


def test_narrowed_by_place_period_and_state() -> None:
    full(s.pair())
    client = officer()
    body = get(client, RETURNS, city=f.HOHHOT).json()
    assert (body["whole"]["count"], body["whole"]["investment"]) == (1, None)
    assert get(client, RETURNS, period="average").json()["period"] == "average"
    assert get(client, RETURNS, period="2030").json()["cuts"] == {"city": [], "field": []}
    assert len(get(client, f"{RETURNS}/landings", state="producing").json()["items"]) == 0
    for path, asked, place in (
        (RETURNS, {"city": "000"}, "#/city"),
        (RETURNS, {"field": "nothing"}, "#/field"),
        (RETURNS, {"period": "soon"}, "#/period"),
        (RETURNS, {"kind": "forecast"}, "#/kind"),
        (f"{RETURNS}/landings", {"state": "gone"}, "#/state"),
        (f"{RETURNS}/benefits", {"kind": "hope"}, "#/kind"),
        (f"{RETURNS}/arrivals", {"city": "000"}, "#/city"),
    ):
        assert pointers(get(client, path, **asked)) == {place}, (path, asked)


def test_who_reads_what() -> None:
    pair = s.pair()
    deal = full(pair)
    stranger = tokens.client_of(f.manager(f.organisation()))
    for path in (RETURNS, *(f"{RETURNS}/{name}" for name in LISTS)):
        assert problem(get(Client(), path)) == (401, "unauthenticated")
        assert problem(get(tokens.client_of(f.officer(), Scope.DEALS_READ), path)) == (403, "scope_missing")
    nothing = get(stranger, RETURNS).json()
    assert (nothing["region"], nothing["whole"]["count"], nothing["periods"], nothing["people"]["heads"]) == (
        False,
        0,
        [],
        0,
    )
    [mine, _second] = get(tokens.client_of(f.manager(pair.firm)), f"{RETURNS}/landings").json()["items"]
    assert (mine["deal"]["url"], mine["party_name"]) == (deal.get_absolute_url(), pair.firm.name)
    # An officer reads the figures of his place; the deal behind them does not open to him.
    seen = get(officer(), f"{RETURNS}/benefits").json()["items"]
    assert [(row["deal"]["title"], row["deal"]["url"]) for row in seen] == [("", "")] * 3
    assert {row["deal"]["number"] for row in seen} == {deal.number}
    elsewhere = get(officer(f.BAOTOU), RETURNS).json()
    assert (elsewhere["region"], elsewhere["whole"]["count"]) == (True, 1)


def test_a_source_that_tells_of_a_landing_is_summed_for_officers() -> None:
    told = d.from_source(s.pair())
    deal_rows.landing(told)
    [row] = get(officer(), f"{RETURNS}/landings").json()["items"]
    assert row["deal"]["url"] == told.get_absolute_url()
    assert get(tokens.client_of(f.manager(f.organisation())), RETURNS).json()["whole"]["count"] == 0


def test_pages_and_queries_do_not_grow() -> None:
    full(s.pair())
    client = officer()

    def count() -> list[int]:
        paths = [RETURNS, *(f"{RETURNS}/{name}" for name in LISTS)]
        return [queries_of(lambda path=path: get(client, path)) for path in paths]  # type: ignore[misc]  # bound at once

    count()  # the token is marked as used
    once = count()
    full(s.pair())
    assert count() == once
    page = get(client, f"{RETURNS}/benefits", limit=4).json()
    rest = client.get(page["next"]).json()
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (4, 2, None)


def test_the_schemas_know_every_cut() -> None:
    found = returns.returns(f.actor(f.account()), returns.ReturnsAsked())
    assert set(get_args(schemas.LandedCut)) == set(found.landed)
    assert set(get_args(schemas.FiguresCut)) == set(found.by_cut)
