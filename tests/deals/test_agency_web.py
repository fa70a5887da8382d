"""Pages of a body's year: numbers that open to rows, the form, the files, who may see what."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mengkeju.deals.models import AgencySheet, Deal, Registration
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from tests import exported
from tests import factories as f
from tests.deals import agency_samples as a
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def agency() -> Organisation:
    """A body with a registered contract shared with another, one of its own, and one that is only signed."""
    made = a.agency()
    shared = a.helped("a", made, share=D(60), number="YS20250000000001")
    a.helps(shared.deal, a.agency("白云技术转移中心（演示）"), share=D(40))
    a.helped("b", made, contract_value=D(500_000), technology_value=D(100_000))
    secret = a.helped("c", made, title="还没登记的合同（演示）", buyer="谁也不该看到的买方（演示）")
    Registration.objects.filter(pk=secret.pk).update(state="withdrawn", registered_on=None)
    Deal.objects.filter(pk__in=Deal.objects.values("pk")).update(contract_value=D(1_000_000), technology_value=D(1))
    return made


def page(name: str, of: Organisation, **query: Any) -> str:
    """An address of a year."""
    return reverse(name, args=[of.uid]) + "?" + "&".join(f"{k}={v}" for k, v in ({"year": a.YEAR} | query).items())


def browser(of: Organisation) -> Client:
    """Of somebody who belongs to it."""
    return f.signed_in_client(f.member(of))


def test_the_sheet_says_whole_and_share_and_its_numbers_open_to_their_rows(agency: Organisation) -> None:
    client = browser(agency)
    answer = client.get(page("agency-sheet", agency))
    shown = text(answer)
    for said in ("150万元", "110万元", "还有别的经纪人或机构促成", "这一年还没有填报"):
        assert said in shown, said
    links = re.findall(r'href="(/agencies/[^"]+/(?:contracts|deals)/[^"]*)"', answer.content.decode())
    counts = [row["cells"][1]["value"] for row in answer.context["rows"]]
    assert counts == [2, 3, 0]
    for link, count in zip(links, counts, strict=True):
        listed = client.get(link.replace("&amp;", "&"))
        assert listed.context["page"].paginator.count == count


def test_contracts_show_share_and_part_and_open_for_whom_they_concern(agency: Organisation) -> None:
    own = browser(agency).get(page("agency-sheet-contracts", agency))
    assert "YS20 2500 00 000001" in text(own)
    assert {row["cells"][5]["value"] for row in own.context["rows"]} == {"60%", "全部（只有本机构促成）"}
    assert all(
        row["cells"][0]["url"] for row in browser(agency).get(page("agency-sheet-deals", agency)).context["rows"]
    )


def test_an_officer_counts_what_is_not_registered_and_does_not_read_it(agency: Organisation) -> None:
    officer = f.signed_in_client(f.officer())
    shown = text(officer.get(page("agency-sheet-deals", agency)))
    assert "另有 1 项只对有关各方公开" in shown
    assert "还没登记的合同（演示）" not in shown
    assert "买方（演示）" not in shown
    assert "3 项 · 成交额合计 300万元" in shown
    _heads, rows = exported.xlsx(officer.get(page("agency-sheet-deals", agency, export="xlsx")))
    assert len(rows) == 2
    assert {row["需求方"] for row in rows} == {None}
    for reader in (browser(agency), f.signed_in_client(f.auditor())):
        assert "谁也不该看到的买方（演示）" in text(reader.get(page("agency-sheet-deals", agency)))


def test_files_hold_the_sheet_and_rows_that_add_up(agency: Organisation) -> None:
    a.stated(agency)
    client = browser(agency)
    _heads, sheet = exported.xlsx(client.get(page("agency-sheet", agency, export="xlsx")))
    found = {(row["类别"], row["项目"]): row for row in sheet}
    total = found["促进技术合同登记", "成交额（按份额）"]["金额（元）"]
    _heads, rows = exported.xlsx(client.get(page("agency-sheet-contracts", agency, export="xlsx")))
    assert sum(D(str(row["按份额的成交额（元）"])) for row in rows) == D(str(total)) == D(1_100_000)
    assert found["促进技术合同登记", "其中还有别人促成的项数"]["数量"] == 1
    assert found["人员", "总人数"]["数量"] == 10
    assert found["条件", "有独立网站"]["文字"] == "是"
    assert found["比例", "大专以上比例"]["文字"] == "80.0%"
    assert found["收入和经费（元）", "技术转移及其服务收入"]["金额（元）"] == 1_200_000
    _heads, rows = exported.xlsx(client.get(page("agency-sheet-deals", agency, export="xlsx")))
    assert len(rows) == 3


def test_the_form_takes_amounts_as_people_write_them_and_keeps_what_was_typed(agency: Organisation) -> None:
    client, url = browser(agency), page("agency-sheet-edit", agency)
    assert client.get(url).status_code == 200
    sent = {"year": a.YEAR, "revision": 0, "staff": "5", "managers": "9", "revenue": "200万", "has_website": "True"}
    wrong = client.post(url, sent)
    assert (wrong.status_code, "不能多于总人数" in text(wrong), "200万" in text(wrong)) == (422, True, True)
    assert client.post(url, sent | {"managers": "2", "cases": "案例（演示）"}).status_code == 302
    kept = AgencySheet.objects.get()
    assert (kept.revenue, kept.managers, kept.has_website, kept.has_database) == (D(2_000_000), 2, True, None)
    shown = text(client.get(page("agency-sheet", agency)))
    for said in ("200万元", "技术经理人比例", "40.0%", "案例（演示）"):
        assert said in shown, said
    again = client.get(url)
    assert "案例（演示）" in text(again)
    stale = client.post(url, sent | {"managers": "3"})
    assert stale.status_code == 409
    assert client.post(url, sent | {"managers": "3", "revision": kept.revision}).status_code == 302
    assert client.post(url, {"staff": "5"}).status_code == 422  # a form without year and revision


def test_who_may_not_is_told_so(agency: Organisation) -> None:
    names = ("agency-sheet", "agency-sheet-contracts", "agency-sheet-deals", "agency-sheet-needs", "agency-sheet-edit")
    for name in names:
        assert Client().get(page(name, agency)).status_code == 302
        for account in (f.broker(), f.officer(f.HOHHOT), f.manager(f.organisation())):
            assert f.signed_in_client(account).get(page(name, agency)).status_code == 403, name
        own = browser(agency).get(page(name, agency))
        assert own.status_code == 200
    url = page("agency-sheet-edit", agency)
    for account in (f.officer(), f.auditor()):
        assert f.signed_in_client(account).get(url).status_code == 403
        assert f.signed_in_client(account).post(url, {}).status_code == 403  # before the form is looked at
    nobody = reverse("agency-sheet", args=["0193a4c6-0000-7000-8000-000000000001"])
    assert browser(agency).get(nobody).status_code == 404


def test_a_year_that_makes_no_sense_is_this_one_and_years_are_offered(agency: Organisation) -> None:
    client = browser(agency)
    a.helped("old", agency, on=date(2021, 3, 1))
    this = clock.today().year
    for year in ("0", "99999", "abc", "-1", str(this + 1), "²²²²"):
        assert client.get(page("agency-sheet", agency, year=year)).context["year"] == this, year
    years = client.get(page("agency-sheet", agency)).context["years"]
    assert [tab["label"] for tab in years] == [str(this), str(this - 1), "2021"]


def test_the_way_to_the_sheet_stands_on_the_bodys_page_and_the_workbench(agency: Organisation) -> None:
    url = reverse("agency-sheet", args=[agency.uid])
    assert url in browser(agency).get(agency.get_absolute_url()).content.decode()
    assert url in browser(agency).get("/workbench/").content.decode()
    assert url in f.signed_in_client(f.officer()).get(agency.get_absolute_url()).content.decode()
    for client in (Client(), f.signed_in_client(f.broker())):
        assert url not in client.get(agency.get_absolute_url()).content.decode()
    firm = f.organisation()
    assert reverse("agency-sheet", args=[firm.uid]) not in browser(firm).get(firm.get_absolute_url()).content.decode()


def test_lists_read_the_same_number_of_queries_however_long(agency: Organisation) -> None:
    client = browser(agency)
    names = ("agency-sheet", "agency-sheet-contracts", "agency-sheet-deals", "agency-sheet-needs")
    few = [_counted(client, page(name, agency)) for name in names]
    for number in range(8):
        a.helped(f"k{number}", agency)
    assert [_counted(client, page(name, agency)) for name in names] == few


def _counted(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
