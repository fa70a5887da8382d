"""The generated registrations add up to what was published of Hohhot, and are told as invented."""

from datetime import datetime
from decimal import Decimal

import pytest

from mengkeju.deals import queries
from mengkeju.deals.engine.growth import whole
from mengkeju.deals.engine.registration_number import is_demo, read
from mengkeju.deals.models import Registration
from mengkeju.demo import contracts
from mengkeju.demo.files import read as data
from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from tests import factories as f

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=clock.ZONE)
pytestmark = pytest.mark.django_db


def recorded() -> None:
    """The act of the demo."""
    f.areas()
    contracts.Contracts(None, None).record(NOW)  # type: ignore[arg-type]  # the act needs neither cast nor fiction


@pytest.mark.covers("TRD-15")
def test_832_contracts_of_1_506_million_and_16_per_cent() -> None:
    recorded()
    recorded()  # a second load doubles nothing
    published = next(row for row in data("facts")["deals"] if row["id"] == "deal-832")
    for area in ("", f.HOHHOT):
        found = queries.statistics(queries.of_year(2023, area))
        assert found.figures.count == published["count"] == 832
        assert found.figures.contract_value == Decimal(published["amount_cny"]) == Decimal(1_506_000_000)
        assert whole(found.growth_pct) == published["growth_pct"] == 16
        for parts in found.cuts.values():
            assert sum(part.figures.count for part in parts) == 832
            assert sum(part.figures.contract_value for part in parts) == Decimal(1_506_000_000)


def test_nothing_of_baotou_and_everything_says_that_it_is_invented() -> None:
    recorded()
    for year in (2022, 2023):
        assert queries.statistics(queries.of_year(year, f.BAOTOU)).figures.count == 0
    rows = Registration.objects.select_related("deal")
    hohhot = directory.codes_below(f.HOHHOT)
    for row in rows:
        assert {row.area, row.buyer_area} <= hohhot
        assert row.fictional
        assert row.deal.fictional
        assert is_demo(read(row.number))
        assert all("（演示）" in name for name in (row.seller_name, row.buyer_name, row.body_name))


def test_the_codes_are_those_of_the_dated_document() -> None:
    plan = data("contracts")
    for key, name in (
        ("technical_fields", "fields"),
        ("seller_kinds", "seller_kinds"),
        ("ip_kinds", "ip_kinds"),
        ("plan_sources", "plan_sources"),
        ("contract_types", "types"),
    ):
        assert set(plan[name]) <= {code for code, _label in queries.choices(key)}, name
