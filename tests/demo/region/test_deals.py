"""Deals of the demo region: two that published texts tell of, two invented ones that are talked about."""

from datetime import date
from decimal import Decimal

import pytest

from mengkeju.deals import queries
from mengkeju.deals.models import Deal
from mengkeju.demo import sources
from mengkeju.demo.files import read
from mengkeju.kernel.models import Duty, Event, Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("region")]


def named(deal: Deal) -> dict[str, str]:
    return {party.side: party.name for party in deal.parties.filter(archived_at=None)}


def published(key: str) -> Deal:
    return Deal.objects.get(source=sources.SOURCE, external_id=key)


def test_two_contracts_are_recorded_as_published_and_no_more() -> None:
    facts = {row["id"]: row for row in read("facts")["deals"]}
    names = {row["id"]: row["name"] for row in read("facts")["organisations"]}
    jiutai, library = published("deal-jiutai"), published("deal-library")
    assert Deal.objects.filter(source=sources.SOURCE).count() == 2
    for deal in (jiutai, library):
        row = facts[deal.external_id]
        assert (deal.title, deal.channel, deal.state, deal.origin) == (row["title"], row["via"], "signed", "source")
        assert set(named(deal).values()) == {names[key] for key in row["parties"]}
        assert (deal.fictional, deal.keeper, deal.intention, deal.summary) == (False, None, None, "")
        assert deal.parties.exclude(person=None).count() == deal.helpers.count() == 0
    assert (jiutai.signed_on, library.signed_on) == (date(2023, 2, 4), None)
    assert (jiutai.contract_value, jiutai.technology_value) == (
        Decimal(10_000_000),
        None,
    )  # no source says the technical part
    assert library.contract_value is None
    assert jiutai.achievement is not None
    assert jiutai.achievement.external_id == "a-coal-waste"
    assert named(jiutai) == {"seller": names["imut"], "buyer": names["jiutai"]}


def test_the_first_has_no_registration_and_the_second_counts_in_2022_without_an_amount() -> None:
    assert not published("deal-jiutai").registrations.exists()
    registration = published("deal-library").registrations.get()
    assert (registration.registered_on, registration.day_known) == (date(2022, 9, 1), False)
    assert (registration.certified_value, registration.number, registration.fictional) == (None, "", False)
    found = queries.statistics(queries.of_year(2022, "150100")).figures
    assert (found.count, found.unstated, found.contract_value) == (742, 1, Decimal(1_298_300_000))


def test_nobody_real_acted_and_nobody_is_asked_to() -> None:
    real = set(Deal.objects.filter(source=sources.SOURCE).values_list("uid", flat=True))
    events = Event.objects.filter(subject_uid__in=real, type__startswith="deal.")
    assert set(events.values_list("actor_account", flat=True)) == {None}
    assert not Duty.objects.filter(subject_uid__in=real).exists()
    assert not Notice.objects.filter(subject_uid__in=real).exists()


def test_two_invented_ones_are_talked_about_one_with_a_broker() -> None:
    opened = list(Deal.objects.filter(intention__isnull=False).order_by("pk"))
    assert len(opened) == 2
    for deal in opened:
        assert (deal.fictional, deal.state) == (True, "talking")
        assert deal.need is not None
        assert deal.achievement is not None
        assert all(party.organisation is not None and party.organisation.fictional for party in deal.parties.all())
    brokers = [helper.person.account.username for deal in opened for helper in deal.helpers.all()]  # type: ignore[union-attr]  # all have logins
    assert brokers == ["broker"]
