"""Invented cooperations of the demo region, the list of signings, and the ledger that waits for the registrar."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from mengkeju.deals import queries
from mengkeju.deals.models import Deal, Registration
from mengkeju.deals.queries import cooperation
from mengkeju.demo.cast import Cast
from mengkeju.demo.files import read
from mengkeju.kernel import clock
from mengkeju.kernel.models import Account, Duty, ImportBatch
from tests import factories as f
from tests.demo.region import NOW

TODAY = clock.today(NOW)
CASES: dict[str, dict[str, Any]] = {row["key"]: row for row in read("cooperations")["cases"]}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("region")]


def case(key: str) -> Deal:
    return Deal.objects.get(title=CASES[key]["title"], fictional=True)


def page(username: str, address: str) -> str:
    account = Account.objects.get(username=username)
    if not Authenticator.objects.filter(user=account).exists():
        TOTP.activate(account, f.TOTP_SECRET)
    response = f.signed_in_client(account).get(address)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.mark.covers("PRJ-26")
def test_an_agreement_carries_a_project_and_its_end_is_a_duty() -> None:
    agreement, project = case("coop-agreement"), case("coop-project")
    assert (agreement.kind, agreement.state, project.parent) == ("agreement", "signed", agreement)
    assert cooperation.near_its_end(agreement, TODAY)
    assert not cooperation.has_expired(agreement, TODAY)
    duty = Duty.objects.get(subject_uid=agreement.uid, closed_at=None)
    assert (duty.key, duty.due_on) == ("renew_deal", agreement.effective_until)
    assert cooperation.missing_years(agreement, TODAY) == []
    assert [part.title for part in cooperation.parts_of(Cast().actor("luyuan"), agreement)] == [project.title]
    assert CASES["coop-project"]["title"] in page("luyuan", agreement.get_absolute_url())


@pytest.mark.covers("PRJ-07")
def test_a_joint_project_has_packages_funding_shares_and_milestones() -> None:
    project, luyuan = case("coop-project"), Cast().actor("luyuan")
    row = CASES["coop-project"]
    assert sum(party.ip_share or 0 for party in project.parties.all()) == 100
    assert Counter(party.side for party in project.parties.all()) == {"seller": 2, "buyer": 2}
    packages, lines = cooperation.packages_of(luyuan, project), cooperation.funding_of(luyuan, project)
    found = cooperation.budget(packages, lines)
    assert found.planned == sum(Decimal(one["budget"]) for one in row["packages"])
    assert (found.public, found.own, found.beyond) == (Decimal(1_500_000), Decimal(3_600_000), Decimal(0))
    assert Counter(one.state for one in project.milestones.all()) == {"reached": 1, "reported": 1, "planned": 2}
    assert all(one.package is not None for one in project.milestones.all())
    (part,) = cooperation.parts_of(luyuan, project)
    assert part.title.startswith("煤泥细渣余热带式干化")
    shown = page("qingcheng", project.get_absolute_url())
    assert all(one["title"] in shown for one in row["packages"])


@pytest.mark.covers("PRJ-22")
def test_a_joint_centre_has_its_yearly_result() -> None:
    centre = case("coop-centre")
    assert not cooperation.near_its_end(centre, TODAY)
    (result,) = centre.year_results.all()
    assert (result.year, result.people_trained, result.spent) == (TODAY.year - 1, 4, Decimal(680_000))
    assert not Duty.objects.filter(subject_uid=centre.uid, closed_at=None).exists()
    assert "单次节水 38%" in page("chilechuan", centre.get_absolute_url())


def test_two_signings_of_an_event_wait_for_their_parties() -> None:
    rows = list(Deal.objects.filter(origin="signing").order_by("pk"))
    given = read("cooperations")["signings"]
    assert [row.title for row in rows] == [one["title"] for one in given["rows"]]
    assert {(row.state, row.channel, row.fictional) for row in rows} == {("signed", given["event"], True)}
    assert rows[0].contract_value == Decimal(1_800_000)
    assert rows[1].funding_lines.get().amount == Decimal(900_000)
    assert all(row.signed_on is not None and row.signed_on < TODAY for row in rows)
    assert rows[1].title in page("qingcheng", rows[1].get_absolute_url())


@pytest.mark.covers("TRD-02")
def test_a_ledger_waits_with_a_doubtful_name_and_a_difference() -> None:
    registrar = Cast().actor("registrar")
    batch = ImportBatch.objects.get(importer="registration")
    assert (batch.state, batch.stage) == ("draft", "preview")
    assert Counter(batch.rows.values_list("verdict", flat=True)) == {"create": 2, "change": 1, "bad": 1}
    (name,) = queries.open_names(registrar)
    assert (name.spelling, name.waiting) == ("鹿原化工股份公司（演示）", 1)
    assert [one.name for one in queries.Parties(queries.desk_area(registrar)).candidates(name.spelling)][:1] == [
        "鹿原化工有限公司（演示）"
    ]
    changed = batch.rows.get(verdict="change")
    stands = Registration.objects.get(number=(changed.values or {})["number"])
    (differing,) = queries.differences(changed.values or {}, stands)
    assert (differing.column, differing.before, differing.after) == (
        "technology_value",
        Decimal(620_000),
        Decimal(640_000),
    )
    assert not Registration.objects.filter(number__startswith="YS202600009001").exists()
    assert name.spelling in page("registrar", reverse("party-merge"))
    assert "台账差异" in page("registrar", reverse("ledger-differences", args=[batch.uid]))
