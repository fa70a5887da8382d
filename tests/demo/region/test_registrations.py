"""Invented contracts of the demo region at the registrar's desk, and the flagship chain from published texts."""

from collections import Counter
from decimal import Decimal

import pytest

from mengkeju.deals import queries
from mengkeju.deals.engine.registration_number import is_demo
from mengkeju.deals.engine.registration_workflow import UNDECIDED_STATES
from mengkeju.deals.models import Deal, PaymentRecord, Registration
from mengkeju.demo import sources
from mengkeju.demo.cast import Cast
from mengkeju.demo.files import read
from mengkeju.kernel import clock
from tests.demo.region import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("region")]


def applied() -> list[Registration]:
    """The cases of the file; those of contracts that landed are told elsewhere."""
    titles = [row["title"] for row in read("registrations")["cases"]]
    rows = Registration.objects.filter(ledger_key="", deal__title__in=titles)
    return list(rows.select_related("deal").order_by("pk"))


def test_the_registrar_signs_in_to_a_real_queue() -> None:
    rows = applied()
    single = dict.fromkeys(("registered", "supplement", "expert", "objected"), 1)
    assert Counter(row.state for row in rows) == {"filed": 2, "accepted": 2, **single}
    assert all(row.fictional and row.deal.fictional for row in rows)
    registrar = Cast().actor("registrar")
    waiting = [row for row in rows if row.state in (*UNDECIDED_STATES, "objected")]
    assert len(waiting) == 7
    assert all(queries.find_registration(registrar, row.uid) is not None for row in waiting)
    due = queries.due_dates(rows)
    left = [
        clock.working_days_between(clock.today(NOW), day)
        for row in rows
        if row.state == "accepted" and (day := due[row.pk].day) is not None
    ]
    assert min(left) <= 0 < max(left) <= 2  # one is overdue, one nearly so


def test_one_contract_went_all_the_way() -> None:
    case = next(row for row in applied() if row.state == "registered")
    deal = case.deal
    assert is_demo(case.number)
    assert (case.certified_value, case.certified_technology) == (Decimal(860_000), Decimal(620_000))
    assert deal.need is not None
    payments = list(PaymentRecord.objects.filter(deal=deal).order_by("pk"))
    assert [payment.confirmed_at is not None for payment in payments] == [True, False]
    assert deal.paid_value == sum(payment.amount for payment in payments) <= Decimal(860_000)
    assert deal.state == "performing"
    assert sorted(row.state for row in deal.milestones.all()) == ["planned", "reached", "reported"]
    assert [row.kind for row in deal.benefits.all()] == ["forecast"]


def test_the_published_years_stay_as_published() -> None:
    for year in (2022, 2023):
        assert not [row for row in applied() if row.registered_on is not None and row.registered_on.year == year]
    found = queries.statistics(queries.of_year(2023, "150100")).figures
    assert (found.count, found.contract_value) == (832, Decimal(1_506_000_000))


@pytest.mark.covers("ACH-20")
def test_the_flagship_chain_holds_what_the_texts_say_and_no_more() -> None:
    facts = next(row for row in read("facts")["deals"] if row["id"] == "deal-jiutai")
    deal = Deal.objects.get(source=sources.SOURCE, external_id="deal-jiutai")
    assert deal.achievement is not None
    assert deal.need is not None
    assert (deal.achievement.external_id, deal.need.external_id) == (facts["achievement_id"], "n-slag")
    assert deal.contract_value == Decimal(facts["amount_cny"]) == Decimal(10_000_000)
    forecast = deal.benefits.get()
    assert (forecast.kind, forecast.year) == ("forecast", None)
    assert forecast.revenue == facts["expected_annual_revenue_cny"] == 129_000_000
    assert (forecast.profit, forecast.profit_bound) == (facts["expected_annual_profit_cny"], "at_least")
    plan = deal.landings.get()
    assert (plan.state, plan.capacity, plan.unit) == ("planned", Decimal(20_000), "吨气化渣")
    readings = list(deal.readings.values_list("kind", "topic", "source"))
    disagreements = {row["id"]: row for row in read("facts")["disagreements"]}
    for key in ("d-jiutai-channel", "d-zhang", "d-carbonyl", "d-gasify"):
        said = [row for row in readings if row[1] == key]
        assert len(said) == len(disagreements[key]["readings"]), key
    channel = [(kind, source) for kind, topic, source in readings if topic == "d-jiutai-channel"]
    assert channel == [("channel", "公开报道 001"), ("origin", "公开报道 000"), ("origin", "公开报道 003")]
    assert {row.person.name for row in deal.readings.filter(kind="person") if row.person} == {"张永峰", "崔轶钧"}
