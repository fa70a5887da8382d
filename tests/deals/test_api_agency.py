"""The year of a transfer body through the API: its people and the officers over its place, and nobody else."""

from decimal import Decimal

import pytest
from django.test import Client

from mengkeju.deals.api.agency import AgencyStatedOut
from mengkeju.deals.models.agency import STATED
from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from tests import factories as f
from tests import tokens
from tests.calls import get, problem
from tests.deals import agency_samples as s
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db


@pytest.mark.covers("TRD-11", "PLT-08")
def test_the_year_says_what_is_computed_and_what_is_stated() -> None:
    body = s.agency()
    s.helped("a", body, share=Decimal(50))
    client, path = tokens.client_of(f.manager(body)), f"/agencies/{body.uid}/year"
    bare = get(client, path, year=s.YEAR).json()
    assert (bare["name"], bare["year"], bare["stated"], bare["income_growth"]) == (body.name, s.YEAR, None, None)
    assert bare["registered"] == {
        "count": 1, "value": "1000000.00", "value_by_share": "500000.00", "technology": "800000.00",
        "technology_by_share": "400000.00", "together": 0, "unstated": 0, "unshared": 0,
    }  # fmt: skip
    s.stated(body)
    s.stated(body, s.YEAR - 1, transfer_income=Decimal(1_000_000))
    told = get(client, path, year=s.YEAR).json()
    assert Decimal(told["income_growth"]) == 20
    stated = told["stated"]
    assert (stated["staff"], stated["office_area"], stated["has_website"], stated["transfer_income"]) == (
        10, "120.50", True, "1200000.00",
    )  # fmt: skip
    assert (stated["revenue"], stated["has_database"], stated["cases"]) == (None, None, s.STATED["cases"])
    assert get(client, path).json()["year"] == clock.today().year


def test_who_gets_which_answer() -> None:
    body = s.agency()
    s.stated(body)
    path = f"/agencies/{body.uid}/year"
    assert problem(get(Client(), path)) == (401, "unauthenticated")
    for reader in (
        tokens.service_client(body),
        tokens.client_of(f.officer(f.BAOTOU), Scope.STATISTICS_READ),
    ):
        assert get(reader, path, year=s.YEAR).json()["stated"]["staff"] == 10
    for other in (f.manager(f.organisation()), f.officer(f.HOHHOT), f.registrar(f.BAOTOU)):
        assert problem(get(tokens.client_of(other), path)) == (403, "refused")
    people = tokens.client_of(f.manager(body), Scope.DEALS_READ)
    assert problem(get(people, path)) == (403, "scope_missing")
    mine = tokens.client_of(f.manager(body))
    assert problem(get(mine, f"/agencies/{f.person(f.account()).uid}/year")) == (404, "not_found")
    assert problem(get(mine, path, year=1)) == (422, "invalid")


def test_a_year_takes_as_many_queries_for_many_contracts() -> None:
    body = s.agency()
    client, path = tokens.client_of(f.manager(body)), f"/agencies/{body.uid}/year"
    s.helped("a", body)
    get(client, path, year=s.YEAR)
    one = queries_of(lambda: get(client, path, year=s.YEAR))
    for key in ("b", "c"):
        s.helped(key, body)
    assert queries_of(lambda: get(client, path, year=s.YEAR)) == one


def test_the_schema_knows_everything_a_body_states() -> None:
    assert set(AgencyStatedOut.model_fields) == {*STATED, "revision"}
