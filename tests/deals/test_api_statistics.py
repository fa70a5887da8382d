"""The statistics through the API: the numbers of the page and of the command, for the same readers."""

import json
from datetime import date
from typing import Any, get_args

import pytest
from django.test import Client

from mengkeju.deals.api import statistics_schemas as schemas
from mengkeju.deals.engine.lead_time import STAGES
from mengkeju.deals.engine.statistics import CUTS
from mengkeju.deals.queries import conversions
from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem
from tests.deals import deal_samples as d
from tests.deals import lead_time_samples as sample
from tests.deals import samples as s
from tests.deals.test_statistics import entry, record
from tests.deals.test_statistics_web import run, two_years
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db
CONTRACTS, CLOCK = "/statistics/contracts", "/statistics/lead-time"


def officer() -> Client:
    return tokens.client_of(f.officer(f.HOHHOT))


@pytest.mark.covers("TRD-15", "PLT-08")
def test_the_contracts_are_what_the_command_prints() -> None:
    two_years()
    for area in ("", f.HOHHOT, f.BAOTOU):
        printed = json.loads(run("--year", "2023", "--area", area, "--json").output)
        answered = get(officer(), CONTRACTS, year=2023, area=area).json()
        assert (answered.pop("first_on"), answered.pop("last_on")) == (printed.pop("from"), printed.pop("until"))
        assert answered.pop("closed") is False
        for rows in answered["cuts"].values():
            assert all(row.pop("label") for row in rows)
        assert answered == printed
    assert get(officer(), CONTRACTS, year=2023).json()["growth_pct"] == 16


def test_one_cut_and_what_nobody_has() -> None:
    two_years()
    client = officer()
    body = get(client, CONTRACTS, year=2023, cut="seller_kind").json()
    assert [(row["code"], row["label"], row["count"]) for row in body["cuts"].pop("seller_kind")] == [
        ("university", "高等院校", 1),
        ("", "未载", 1),
    ]
    assert body["cuts"] == {}
    assert get(client, CONTRACTS).json()["first_on"] == f"{clock.today().year}-01-01"
    assert pointers(get(client, CONTRACTS, year=2023, area="000")) == {"#/area"}
    assert pointers(get(client, CLOCK, area="000")) == {"#/area"}
    assert pointers(get(client, CONTRACTS, year=2023, cut="nonsense")) == {"#/cut"}
    assert pointers(get(client, CLOCK, year=1)) == {"#/year"}


@pytest.mark.covers("ACH-16", "PLT-08")
def test_the_clock_is_what_the_page_says() -> None:
    sample.conversion(s.pair())
    sample.conversion(s.pair(), landed=301)
    record(entry("a", registered_on=date(2023, 5, 8), area=f.KUNDULUN))
    body = get(officer(), CLOCK).json()
    assert (body["median_days"], body["finished"], body["kept"], body["left_out"], body["no_start"]) == (
        241,
        2,
        1,
        1,
        1,
    )
    assert (body["promised_months"], body["count"]) == (6, 3)
    assert body["slowest"] == {"begins": "accepted", "ends": "landed", "median_days": 70, "count": 2}
    assert set(body["cuts"]) == set(conversions.CONVERSION_CUTS)
    assert [(one["label"], one["count"]) for one in body["cuts"]["city"]] == [("呼和浩特市", 2), ("包头市", 1)]
    for rows in body["cuts"].values():
        assert sum(row["count"] for row in rows) == body["count"]
    narrowed = get(officer(), CLOCK, year=2026, area=f.HOHHOT, cut="year").json()
    assert (list(narrowed["cuts"]), narrowed["count"], narrowed["area"]) == (["year"], 2, f.HOHHOT)


@pytest.mark.parametrize("path", [f"{CONTRACTS}?year=2023", CLOCK])
def test_who_reads_them(path: str) -> None:
    f.areas()
    assert problem(get(Client(), path)) == (401, "unauthenticated")
    assert problem(get(tokens.client_of(f.manager(f.organisation())), path)) == (403, "refused")
    assert problem(get(tokens.client_of(f.registrar(), Scope.DEALS_READ), path)) == (403, "scope_missing")
    for account in (f.officer(f.BAOTOU), f.registrar()):
        assert get(tokens.client_of(account, Scope.STATISTICS_READ), path).status_code == 200
    # The audit administration passes through no token.
    assert problem(get(tokens.client_of(f.auditor(), Scope.STATISTICS_READ), path)) == (403, "refused")


def test_the_clock_of_a_deal_is_for_those_inside() -> None:
    pair = s.pair()
    deal = sample.conversion(pair, registered=90, landed=None)
    path = f"/deals/{deal.uid}/lead-time"
    body: dict[str, Any] = get(tokens.client_of(f.manager(pair.firm)), path).json()
    assert body["dates"]["signed"] == sample.day(92).isoformat()
    assert body["slowest"] == {"begins": "signed", "ends": "accepted", "days": 79, "skipped": ["registered"]}
    assert body["disorders"] == [{"stage": "registered", "before": "signed", "days": 2}]
    assert (body["total_days"], body["missing"], body["kept"]) == (None, ["landed"], False)
    assert body["waiting"]["since"] == "accepted"
    stranger = tokens.client_of(f.manager(f.organisation()))
    assert problem(get(stranger, path)) == (404, "not_found")
    assert problem(get(Client(), path)) == (401, "unauthenticated")
    told = d.from_source(pair)
    assert problem(get(stranger, f"/deals/{told.uid}/lead-time")) == (403, "refused")


def test_the_queries_do_not_grow() -> None:
    sample.conversion(s.pair())
    record(entry("a"))
    client = officer()

    def count() -> list[int]:
        return [queries_of(lambda path=path: get(client, path)) for path in (f"{CONTRACTS}?year=2023", CLOCK)]  # type: ignore[misc]  # bound at once

    count()  # the token is marked as used
    once = count()
    sample.conversion(s.pair())
    record(*(entry(f"b{n}") for n in range(5)))
    assert count() == once


def test_the_schemas_know_every_cut_and_stage() -> None:
    assert set(get_args(schemas.Cut)) == set(CUTS)
    assert set(get_args(schemas.LeadTimeCut)) == set(conversions.CONVERSION_CUTS)
    assert set(get_args(schemas.Stage)) == set(STAGES)
