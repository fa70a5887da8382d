"""The pages of the contract statistics, and `mengkeju stats`."""

import json
import re
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from mengkeju.deals import queries
from mengkeju.deals.actions import close_period
from mengkeju.deals.commands import stats
from mengkeju.deals.models import Registration, StatClosing
from tests import exported
from tests import factories as f
from tests.deals.test_statistics import entry, record
from tests.listings.samples import queries_of, text

pytestmark = pytest.mark.django_db
PAGE = "/contract-statistics/"
YEAR = {"first_on": "2023-01-01", "last_on": "2023-12-31"}


def officer(area: str = f.HOHHOT) -> Client:
    """A browser of an officer over an area."""
    return f.signed_in_client(f.officer(area))


def contracts_url(**more: str) -> str:
    """The contracts behind a number of 2023."""
    return f"{PAGE}contracts/?{urlencode({**YEAR, **more})}"


def two_years() -> None:
    """Two contracts of 2023, one of 2022."""
    record(
        entry("a", number="YS20230000000001", field="agriculture", seller_kind="university"),
        entry("b", contract_type="service", contract_value=Decimal(506_000), technology_value=Decimal(6_000)),
        entry("c", registered_on=date(2022, 6, 1), contract_value=Decimal(1_298_300)),
    )


@pytest.mark.covers("TRD-15")
def test_the_page_says_count_sums_and_growth() -> None:
    two_years()
    shown = text(officer().get(PAGE, {"year": 2023}))
    for said in ("150.6万元", "80.6万元", "增长 16%", "上年同期 1 项", "技术开发", "技术服务", "未关账"):
        assert said in shown, said


def test_the_rows_of_a_cut_stand_in_one_unit_and_add_up_as_they_are_shown() -> None:
    two_years()
    record(entry("d", contract_value=Decimal("1234567.89"), technology_value=Decimal("0.5")))
    for cut in officer().get(PAGE, {"year": 2023}).context["cuts"]:
        assert [column["label"] for column in cut["columns"]][2:4] == ["成交额（元）", "技术交易额（元）"]
        for place, whole in ((2, Decimal("2740567.89")), (3, Decimal("806000.5"))):
            shown = [Decimal(row["cells"][place]["value"].replace(",", "")) for row in cut["rows"]]
            assert sum(shown) == Decimal(cut["foot"][place]["value"].replace(",", "")) == whole


def test_every_number_opens_to_contracts_that_add_up_to_it() -> None:
    two_years()
    client = officer()
    page = client.get(PAGE, {"year": 2023}).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/contract-statistics/contracts/[^"]+)"', page)]
    assert len(links) >= 9
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200
        asked = answer.context["asked"]
        found = queries.figures_of(queries.registered(asked))
        assert answer.context["sum"] == found
        assert len(answer.context["rows"]) == found.count > 0


def test_the_contracts_are_exported_with_their_sums() -> None:
    two_years()
    _heads, sheet = exported.xlsx(officer().get(contracts_url(export="xlsx")))
    assert {row["合同登记编号"] for row in sheet} == {"YS20 2300 00 000001", None}
    assert sum(Decimal(str(row["成交额（元）"])) for row in sheet) == Decimal(1_506_000)


def test_a_record_opens_only_to_whoever_may_read_it() -> None:
    two_years()
    uid = Registration.objects.get(ledger_key="a").uid
    assert str(uid) not in officer().get(contracts_url()).content.decode()
    auditor = f.signed_in_client(f.with_role("auditor"))
    assert str(uid) in auditor.get(contracts_url()).content.decode()


@pytest.mark.parametrize("address", [PAGE, PAGE + "contracts/"])
def test_visitors_sign_in_first_and_firms_are_told_who_may(address: str) -> None:
    f.areas()
    assert Client().get(address).status_code == 302
    member = f.signed_in_client(f.manager(f.organisation()))
    answer = member.get(address)
    assert answer.status_code == 403
    assert "科技管理人员" in text(answer)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"first_on": "2023-01-01"}, "起止日期要一起填"),
        ({"first_on": "2023-02-01", "last_on": "2023-01-01"}, "结束日期不能早于开始日期"),
        ({"year": "1"}, "1985"),
        ({"first_on": "0001-01-01", "last_on": "0001-12-31"}, "不能早于"),
        ({"area": "nowhere"}, "nowhere"),
        ({"year": "99999"}, "9998"),
    ],
)
def test_a_period_that_makes_no_sense_is_said_on_the_page(asked: dict[str, str], said: str) -> None:
    f.areas()
    answer = officer().get(PAGE, asked)
    assert answer.status_code == 200
    assert said in text(answer)


def test_an_empty_period_says_so() -> None:
    f.areas()
    client = officer()
    assert "这一期没有登记的合同" in text(client.get(PAGE, {"year": 2020}))
    assert "没有符合条件的合同" in text(client.get(contracts_url(cut="type", code="x")))


def test_a_cut_that_does_not_exist_is_not_found() -> None:
    f.areas()
    assert officer().get(contracts_url(cut="id__in", code="1")).status_code == 404


def test_closing_and_reopening_on_the_page() -> None:
    two_years()
    client = officer()
    given = {**YEAR, "area": f.HOHHOT}
    assert "已关账" in text(client.post(PAGE + "close/", given, follow=True))
    closing = StatClosing.objects.get()
    record(entry("late", contract_value=Decimal(7_000), technology_value=Decimal(7_000)))
    shown = text(client.get(PAGE, given))
    assert "第 1 次公布：2 项" in shown
    assert "关账后的更正：项数 1" in shown
    address = reverse("contract-statistics-reopen", args=[closing.uid])
    assert "理由" in text(client.post(address, {"note": ""}, follow=True))
    assert "原来公布的数字仍在" in text(client.post(address, {"note": "补登一份"}, follow=True))
    assert "重新打开：补登一份" in text(client.get(PAGE, given))
    client.post(PAGE + "close/", given)
    assert list(StatClosing.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_another_citys_officer_may_neither_close_nor_open() -> None:
    two_years()
    closing = close_period(queries.of_year(2023, f.HOHHOT), by=f.actor(f.officer(f.HOHHOT)), now=f.AT)
    client = officer(f.BAOTOU)
    assert client.post(PAGE + "close/", {**YEAR, "area": f.HOHHOT}).status_code == 403
    assert client.post(reverse("contract-statistics-reopen", args=[closing.uid]), {"note": "x"}).status_code == 403
    assert "重新打开" not in text(client.get(PAGE, {**YEAR, "area": f.HOHHOT}))
    member = f.signed_in_client(f.manager(f.organisation()))
    assert member.post(reverse("contract-statistics-reopen", args=[closing.uid]), {"note": "x"}).status_code == 404


def test_a_number_of_queries_that_does_not_grow_with_the_contracts() -> None:
    two_years()
    client = officer()

    def count() -> list[int]:
        return [queries_of(partial(client.get, url)) for url in (PAGE + "?year=2023", contracts_url())]

    once = count()
    record(*(entry(str(place)) for place in range(40)))
    assert count() == once


def run(*arguments: str) -> Any:
    """`mengkeju stats contracts …`."""
    return CliRunner().invoke(stats, ["contracts", *arguments], catch_exceptions=False)


@pytest.mark.covers("TRD-15")
def test_the_command_prints_the_same_figures() -> None:
    two_years()
    told = json.loads(run("--year", "2023", "--json").output)
    assert (told["count"], told["contract_value"], told["technology_value"], told["growth_pct"]) == (
        2,
        1_506_000,
        806_000,
        16,
    )
    for parts in told["cuts"].values():
        assert sum(part["count"] for part in parts) == 2
        assert sum(part["contract_value"] for part in parts) == 1_506_000
    assert json.loads(run("--year", "2023", "--area", f.BAOTOU, "--json").output)["count"] == 0


def test_the_command_speaks_and_refuses() -> None:
    two_years()
    assert "2023 年认定登记技术合同 2 项，成交额 150.6万元" in run("--year", "2023").output
    refused = run("--year", "2023", "--area", "000")
    assert refused.exit_code == 1
    assert "没有代码为 000 的地区" in refused.output
    assert run("--year", "20").exit_code == 2


def test_the_years_are_drawn_and_stand_as_a_table_with_their_contracts() -> None:
    two_years()
    answer = officer().get(PAGE, {"year": 2023})
    chart = answer.context["year_chart"]
    assert chart["categories"] == ["2022", "2023"]
    assert [series["data"] for series in chart["series"]] == [[0.01, 0.02], [0.01, 0.01]]
    page = answer.content.decode()
    for year, count in ((2022, "1 项"), (2023, "2 项")):
        found = re.search(rf'first_on={year}-01-01&amp;last_on={year}-12-31">(\d[^<]*项)<', page)
        assert found is not None
        assert found[1] == count
