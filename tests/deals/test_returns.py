"""落地与收益: every number is the sum of rows that open; forecast and actual never meet; who sees which sums."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mengkeju.deals import actions
from mengkeju.deals.access import LandingPerm
from mengkeju.deals.models import Arrival, Benefit, Deal, Landing
from mengkeju.deals.queries import returns
from mengkeju.deals.queries.returns import AVERAGE, ReturnsAsked
from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, Actor, may, visible_to
from tests import exported
from tests import factories as f
from tests.deals import after_samples as a
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.deals.test_from_source import forecast, plan
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
D = Decimal
YEAR = clock.today(a.NOW).year
NEXT = a.LATER.replace(year=a.LATER.year + 1)


def everything(pair: s.Pair) -> Deal:
    """Two landings of one deal with figures of each, of the whole, and people who came."""
    deal = a.signed(pair)
    Deal.objects.filter(pk=deal.pk).update(field="new_materials")
    first, second = a.producing(deal, pair), a.landed(deal, pair, name="二期", investment=None)
    a.figures(deal, pair)
    a.figures(deal, pair, year=YEAR, revenue=D(100), profit=D(10))
    for landing, revenue in ((first, 60), (second, 50)):
        a.figures(deal, pair, year=YEAR + 1, landing=landing, revenue=D(revenue), profit=None)
        a.figures(deal, pair, "actual", year=YEAR, landing=landing, revenue=D(revenue), profit=D(-1))
    a.came(deal, pair)
    return deal


def officer(area: str = f.REGION) -> Actor:
    """An officer over an area."""
    return f.actor(f.officer(area))


@pytest.mark.covers("ACH-12")
def test_forecast_and_actual_are_summed_apart_and_averages_alone() -> None:
    everything(s.pair())
    found = returns.returns(officer(), ReturnsAsked())
    assert list(found.periods) == [str(YEAR + 1), str(YEAR), AVERAGE]
    this, coming, average = found.periods[str(YEAR)], found.periods[str(YEAR + 1)], found.periods[AVERAGE]
    assert (this["forecast"].amounts["revenue"], this["actual"].amounts["revenue"]) == (D(100), D(110))
    assert (this["actual"].amounts["profit"], this["actual"].amounts["tax"]) == (D(-2), None)
    assert (coming["forecast"].amounts["revenue"], coming["actual"].rows) == (D(110), 0)
    assert (average["forecast"].amounts["revenue"], average["actual"].rows) == (D(129_000_000), 0)
    assert found.period == str(YEAR)  # the latest with actual figures
    assert {code: pair["actual"].amounts["revenue"] for code, pair in found.by_cut["city"].items()} == {
        f.BAOTOU: D(110)
    }
    assert (found.whole.count, found.whole.investment, found.whole.jobs) == (2, D(30_000_000), 120)
    assert {code: part.count for code, part in found.landed["state"].items()} == {"producing": 1, "planned": 1}
    assert (found.people.heads, found.people.doctors, found.people.full_time) == (5, 2, 5)


def test_what_was_said_of_the_whole_is_not_added_to_its_landings() -> None:
    pair = s.pair()
    deal = everything(pair)
    a.figures(deal, pair, "actual", year=YEAR, revenue=D(200), profit=None)
    found = returns.returns(officer(), ReturnsAsked()).periods[str(YEAR)]
    assert (found["actual"].amounts["revenue"], found["actual"].rows) == (D(200), 1)
    a.figures(deal, pair, year=None, landing=deal.landings.first(), revenue=D(5))
    assert returns.returns(officer(), ReturnsAsked()).periods[AVERAGE]["forecast"].amounts["revenue"] == D(129_000_000)


def test_every_number_is_the_sum_of_the_rows_it_opens() -> None:
    pair, other = s.pair(), s.pair()
    everything(pair)
    everything(other)
    plan(d.from_source(s.pair()))
    by = officer()
    found = returns.returns(by, ReturnsAsked())
    for period, kinds in found.periods.items():
        for kind, sums in kinds.items():
            rows = list(returns.benefits(by, ReturnsAsked(period=period, kind=kind)))
            assert len(rows) == sums.rows
            for name in ("revenue", "profit", "tax"):
                known = [getattr(row, name) for row in rows if getattr(row, name) is not None]
                assert sums.amounts[name] == (sum(known, D(0)) if known else None), (period, kind, name)
    for cut, parts in found.landed.items():
        assert sum(part.count for part in parts.values()) == found.whole.count, cut
        for code, part in parts.items():
            assert returns.landings(by, ReturnsAsked(**{cut: code})).count() == part.count, (cut, code)
    for cut, pairs in found.by_cut.items():
        for code, kinds in pairs.items():
            asked = ReturnsAsked(**{"period": found.period, "kind": "actual", cut: code})
            opened = returns.benefits(by, asked)
            assert sum((row.revenue or 0 for row in opened), D(0)) == (kinds["actual"].amounts["revenue"] or 0)
    assert sum(row.headcount for row in returns.arrivals(by, ReturnsAsked())) == found.people.heads == 10


def test_an_officer_sums_his_place_a_firm_its_own_deals_and_the_terminated_count_nowhere() -> None:
    pair, other = s.pair(), s.pair()
    deal = everything(pair)
    everything(other)
    told = d.from_source(s.pair(), external_id="9")
    plan(told)
    counted = {
        "firm": returns.returns(pair.of_firm, ReturnsAsked()).whole.count,
        "institute": returns.returns(pair.of_institute, ReturnsAsked()).whole.count,
        "city": returns.returns(officer(f.BAOTOU), ReturnsAsked()).whole.count,
        "other city": returns.returns(officer(f.HOHHOT), ReturnsAsked()).whole.count,
        "auditor": returns.returns(f.actor(f.auditor()), ReturnsAsked()).whole.count,
        "stranger": returns.returns(f.actor(f.account()), ReturnsAsked()).whole.count,
    }
    assert counted == {"firm": 2, "institute": 2, "city": 5, "other city": 1, "auditor": 5, "stranger": 0}
    actions.move_deal(deal, "terminate", by=pair.of_firm, now=a.LATER, note="不做了")
    assert returns.returns(officer(), ReturnsAsked()).whole.count == 3


def test_the_number_of_queries_does_not_grow() -> None:
    by = officer()
    counts = []
    for _more in range(3):
        everything(s.pair())
        with CaptureQueriesContext(connection) as asked:
            returns.returns(by, ReturnsAsked())
        counts.append(len(asked))
    assert (counts[0], counts[2]) == (counts[1], counts[1])
    assert counts[0] <= 20


def test_figures_are_read_by_the_parties_the_officer_of_the_place_and_the_auditor() -> None:
    pair = s.pair()
    everything(pair)
    rows: list[Any] = [Landing.objects.first(), Benefit.objects.first(), Arrival.objects.first()]
    asked = {
        "firm": (pair.of_firm, True),
        "institute": (pair.of_institute, True),
        "auditor": (f.actor(f.auditor()), True),
        "officer": (officer(f.BAOTOU), True),
        "officer elsewhere": (officer(f.HOHHOT), False),
        "stranger": (f.actor(f.manager(f.organisation())), False),
        "visitor": (ANONYMOUS, False),
    }
    for name, (actor, allowed) in asked.items():
        for row in rows:
            assert may(actor, LandingPerm.READ, row) is allowed, (name, row)
            found = visible_to(type(row).objects.filter(pk=row.pk), actor, LandingPerm.READ)
            assert found.exists() is allowed, (name, row)


# ---- The page ------------------------------------------------------------------------------------------


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands two months behind the signing."""
    monkeypatch.setattr(clock, "now", lambda: a.LATER)


@pytest.mark.usefixtures("later")
@pytest.mark.covers("ACH-11", "TRD-04")
def test_the_page_shows_the_sums_and_each_opens_its_rows() -> None:
    pair = s.pair()
    everything(pair)
    client = f.signed_in_client(f.officer(f.BAOTOU))
    page = client.get(reverse("returns"))
    shown = text(page)
    for words in (
        "本地区",
        "3,000万元",
        "年均预计（未分年度）",
        "1.29亿元",
        "实际利润",
        "−2元",
        "因合作引进 5 人",
        "包头",
    ):
        assert words in shown, words
    query = urlencode({"kind": "actual", "period": YEAR})
    assert query.replace("&", "&amp;") in page.content.decode()
    rows = client.get(f"{reverse('returns-benefits')}?{query}")
    assert ("2 条" in text(rows), "审计" in text(rows)) == (True, False)
    for name in ("returns-landings", "returns-benefits", "returns-arrivals"):
        assert client.get(reverse(name)).status_code == 200
        assert client.get(f"{reverse(name)}?city=nowhere&period=x&field=none").status_code == 200
    assert pair.firm.name in text(client.get(reverse("returns-landings")))
    assert "材料分选团队" in text(client.get(reverse("returns-arrivals")))


@pytest.mark.usefixtures("later")
def test_the_files_give_the_sums_again() -> None:
    everything(s.pair())
    client = f.signed_in_client(f.officer(f.BAOTOU))
    query = urlencode({"kind": "actual", "period": YEAR, "export": "csv"})
    rows, _source = exported.table(client.get(f"{reverse('returns-benefits')}?{query}"))
    assert len(rows) == 2
    assert sum(D(row["新增销售收入（元）"]) for row in rows) == D(110)
    sites, _source = exported.table(client.get(f"{reverse('returns-landings')}?export=csv"))
    assert [row["状态"] for row in sites] == ["计划中", "已投产"]
    people, _source = exported.table(client.get(f"{reverse('returns-arrivals')}?export=csv"))
    assert [row["人数"] for row in people] == ["5"]


@pytest.mark.usefixtures("later")
def test_a_firm_with_nothing_and_a_visitor() -> None:
    firm = f.signed_in_client(f.manager(f.organisation()))
    shown = text(firm.get(reverse("returns")))
    assert ("本单位" in shown, "还没有落地项目" in shown, "还没有收益数据" in shown) == (True, True, True)
    assert "没有符合条件的记录" in text(firm.get(reverse("returns-benefits")))
    assert firm.post(reverse("returns")).status_code == 405
    assert Client().get(reverse("returns")).status_code == 302


def test_a_published_forecast_is_shown_to_everybody_with_its_bound() -> None:
    told = d.from_source()
    forecast(told)
    plan(told)
    shown = text(Client().get(told.get_absolute_url()))
    for words in ("1.29亿元", "不少于 3,800万元", "年均", "20,000 吨气化渣/年", "公开资料 001", "计划中"):
        assert words in shown, words
    for words in ("填写收益", "填写落地情况", "约定里程碑", "填写验收结论", "记一笔"):
        assert words not in shown, words
