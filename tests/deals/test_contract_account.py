"""成果转化与合同台账: every figure is recomputed from the records by a second, naive computation."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import load_workbook

from mengkeju.deals.models import Deal, DealParty, Landing, PaymentRecord, Registration
from mengkeju.deals.queries import contract_account
from mengkeju.directory.models import Organisation
from tests import factories as f
from tests.deals import follow_samples as fs
from tests.deals import money_samples as m
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
D = Decimal
YEAR = fs.TODAY.year
DONE = ("registered", "changed")


def landed(deal: Deal, side: str = "buyer", on: date | None = fs.TODAY) -> Landing:
    party = m.party(deal, side)
    return Landing.objects.create(
        deal=deal, party=party, name="示范线（演示）", state="producing", state_at=fs.NOW, produced_on=on,
        created_at=fs.NOW,
    )  # fmt: skip


def url(name: str, of: Organisation, **asked: Any) -> str:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return f"{reverse(name, args=[of.uid])}?{query}"


def found(of: Organisation, last: int = YEAR, years: int = 3) -> contract_account.Conversions:
    return contract_account.conversion_items(of, last, years, fs.TODAY)


# ---- Conversions ---------------------------------------------------------------------------------------


def test_a_result_counts_once_however_often_it_was_converted() -> None:
    pair = s.pair()
    first = fs.registered(pair)
    landed(first)
    again = fs.second(pair, serial=2)
    Deal.objects.filter(pk=again.pk).update(achievement=pair.achievement)
    fs.second(pair, serial=3)
    for holder in (pair.firm, pair.institute):
        assert len(found(holder).items) == 2
    assert {one.ways for one in found(pair.firm).items} == {("own",), ()}
    assert found(pair.institute).items[0].ways == ("transfer",)


@pytest.mark.parametrize(
    ("count", "years", "band"), [(0, 3, (0, 0)), (1, 3, None), (3, 3, (1, 6)), (2, 1, (7, 12)), (5, 2, (7, 12))]
)
def test_the_yearly_mean_has_its_band_of_points(count: int, years: int, band: tuple[int, int] | None) -> None:
    pair = s.pair()
    for n in range(count):
        fs.second(pair, serial=n + 1)
    got = found(pair.firm, years=years)
    assert (len(got.items), got.mean) == (count, D(count) / years)
    assert (None if got.points is None else (int(got.points.low), int(got.points.high))) == band


def test_only_what_is_registered_or_produces_in_these_years_counts() -> None:
    pair = s.pair()
    waiting = m.signed(m.priced(pair))
    landed(waiting, on=None)
    gone = fs.second(pair, serial=1)
    Registration.objects.filter(deal=gone).update(state="cancelled")
    old = fs.second(pair, serial=2)
    Registration.objects.filter(deal=old).update(registered_on=date(YEAR - 3, 12, 31))
    assert found(pair.firm).items == []
    assert len(found(pair.firm, last=YEAR - 1).items) == 1
    assert found(f.organisation()).items == []


# ---- Recomputed ----------------------------------------------------------------------------------------

CONTRACTS = st.lists(
    st.tuples(
        st.sampled_from(["transfer", "development", "service"]),
        st.sampled_from(["registered", "changed", "cancelled", "accepted"]),
        st.sampled_from([YEAR - 3, YEAR - 2, YEAR - 1, YEAR]),
        st.booleans(),
        st.sampled_from([None, 0, 5, 10]),
        st.booleans(),
    ),
    max_size=5,
)


class TestAggregates(TestCase):
    """Each number against loops over all records."""

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(CONTRACTS)
    def test_every_number_is_that_of_the_records(self, contracts: list[tuple[Any, ...]]) -> None:
        pair = s.pair()
        for n, (kind, state, year, same, paid, lands) in enumerate(contracts):
            deal = fs.second(pair, technical=100 + n, serial=n + 1, contract_type=kind)
            if paid is not None:
                fs.paid(deal, pair, 10, paid)
            if lands:
                landed(deal, on=date(year, 6, 30))
            Deal.objects.filter(pk=deal.pk).update(achievement=pair.achievement if same else None)
            given = {"state": state, "registered_on": date(year, 5, 1), "contract_subtype": "commissioned"}
            Registration.objects.filter(deal=deal).update(**given)
        for holder in (pair.firm, pair.institute):
            _agree(holder)


def _agree(holder: Organisation) -> None:
    mine = {party.deal_id: party for party in DealParty.objects.all() if party.organisation_id == holder.pk}
    registered = [r for r in Registration.objects.select_related("deal") if r.state in DONE and r.deal_id in mine]
    for last in (YEAR - 1, YEAR):
        results = set()
        for row in registered:
            if row.registered_on and last - 2 <= row.registered_on.year <= last:
                results.add((row.deal.achievement_id, None if row.deal.achievement_id else row.deal_id))
        for landing in Landing.objects.select_related("deal", "party"):
            own = landing.party.organisation_id == holder.pk
            if own and landing.produced_on and last - 2 <= landing.produced_on.year <= last:
                results.add((landing.deal.achievement_id, None if landing.deal.achievement_id else landing.deal_id))
        assert len(found(holder, last=last).items) == len(results)
        sums = contract_account.contract_sums(holder, last)
        for measure, side in (("sold", "seller"), ("bought", "buyer")):
            rows = [r for r in registered if r.registered_on and r.registered_on.year == last]
            rows = [r for r in rows if mine[r.deal_id].side == side]
            assert sums[measure].count == len(rows)
            assert sums[measure].contract_value == sum((r.certified_value or 0 for r in rows), D(0))
            assert sums[measure].technology_value == sum((r.certified_technology or 0 for r in rows), D(0))
    for line in contract_account.research(holder, YEAR, fs.TODAY):
        paid = [p for p in PaymentRecord.objects.all() if p.deal_id == line.deal.pk and p.paid_on.year == YEAR]
        technical = sum((p.technical_amount or 0 for p in paid), D(0))
        assert (line.paid, line.technical) == (sum((p.amount for p in paid), D(0)), technical)
        if line.base is not None:
            assert (line.party.side, line.base) == ("buyer", technical * D("0.8"))


# ---- Research ------------------------------------------------------------------------------------------


def test_the_ledger_says_who_deducts_what_and_flags_a_missing_number() -> None:
    pair = s.pair()
    done = fs.registered(pair, contract_type="development", contract_subtype="commissioned")
    fs.paid(done, pair, 300, 200)
    DealParty.objects.filter(deal=done, side="buyer").update(deducts="commissioned")
    missing = _unregistered(pair)
    rows = {row.deal.pk: row for row in contract_account.research(pair.firm, YEAR, fs.TODAY)}
    assert set(rows) == {done.pk, missing.pk}
    assert (rows[done.pk].paid, rows[done.pk].technical, rows[done.pk].base) == (fs.wan(300), fs.wan(200), fs.wan(160))
    assert rows[missing.pk].registration is None
    sold = {row.deal.pk: row for row in contract_account.research(pair.institute, YEAR, fs.TODAY)}
    assert (sold[done.pk].paid, sold[done.pk].base) == (fs.wan(300), None)
    page = pair.client("firm").get(url("contract-account-research", pair.firm, year=YEAR)).content.decode()
    for word in ("缺登记编号", "委托方按委托研发费用加计扣除", "没有写明，请在合同各方的约定里补上", "160万元"):
        assert word in page, word


def _unregistered(pair: s.Pair) -> Deal:
    deal = fs.second(pair, serial=9)
    Registration.objects.filter(deal=deal).update(state="withdrawn")
    Deal.objects.filter(pk=deal.pk).update(contract_type="development", contract_subtype="commissioned")
    return deal


def test_the_ledger_as_a_file() -> None:
    pair = s.pair()
    _unregistered(pair)
    answer = pair.client("firm").get(url("contract-account-research", pair.firm, year=YEAR, export="xlsx"))
    sheet = load_workbook(io.BytesIO(b"".join(answer)), read_only=True)
    last = list(sheet.worksheets[0].iter_rows(values_only=True))[-1]
    assert "缺登记编号，不能享受加计扣除" in last
    assert "委托开发" in last


# ---- Pages ---------------------------------------------------------------------------------------------


def test_the_page_shows_every_figure_and_each_number_opens_its_contracts() -> None:
    pair = s.pair()
    deal = fs.registered(pair)
    client = pair.client("firm")
    page = client.get(url("contract-account", pair.firm, year=YEAR)).content.decode()
    for word in ("成果转化项", "创新积分第 7 项", "来源没有写", "1,000万元", "非官方结论", "二手来源"):
        assert word in page, word
    bought = client.get(url("contract-account-contracts", pair.firm, measure="bought", year=YEAR)).content.decode()
    assert deal.title in bought
    assert "成交额合计 1,000万元" in bought
    sold = client.get(url("contract-account-contracts", pair.firm, measure="sold", year=YEAR)).content.decode()
    assert "这一年没有登记的合同" in sold
    assert client.get(reverse("contract-accounts"))["Location"] == reverse("contract-account", args=[pair.firm.uid])
    assert (
        reverse("contract-account", args=[pair.firm.uid]) in client.get(pair.firm.get_absolute_url()).content.decode()
    )


def test_only_its_people_and_the_auditor_see_it() -> None:
    pair = s.pair()
    names = ("contract-account", "contract-account-contracts", "contract-account-research")
    for name in names:
        at = reverse(name, args=[pair.firm.uid])
        for stranger in (pair.client("institute"), f.signed_in_client(f.officer())):
            assert stranger.get(at).status_code == 404, name
        assert f.signed_in_client(f.auditor()).get(at).status_code == 200, name
        assert f.signed_in_client(f.member(pair.firm)).get(at).status_code == 200, name
        assert Client().get(at).status_code == 302, name
    others = pair.client("institute").get(pair.firm.get_absolute_url()).content.decode()
    assert "contract-accounts/" + str(pair.firm.uid) not in others


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"year": "abc"}, 422),
        ({"year": 99999}, 422),
        ({"years": 9}, 422),
        ({"years": 0}, 422),
        ({"year": YEAR - 1, "years": 1}, 200),
    ],
)
def test_a_year_that_is_none_is_told_at_its_field(asked: dict[str, Any], status: int) -> None:
    pair = s.pair()
    assert pair.client("firm").get(url("contract-account", pair.firm, **asked)).status_code == status
    wrong = url("contract-account-contracts", pair.firm, measure="nothing")
    assert pair.client("firm").get(wrong).status_code == 404
