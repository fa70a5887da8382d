"""A listing outside its page: data for search engines, the printed sheet, text to pass on, the mark of its origin."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.listings.engine import sharing
from mengkeju.listings.models import Listing, ReadRecord
from mengkeju.search import actions as search
from tests import exported, tokens
from tests import factories as f
from tests.listings import samples as s

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-12")]
CLOSED = ("镝铽配方", "铱钌工艺", "913700")


def linked(page: str) -> dict[str, Any]:
    """The one block of data in a page."""
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    data: dict[str, Any] = json.loads(block)
    return data


def guarded(**given: Any) -> Listing:
    """A public need with closed parts."""
    tiers = {"targets": "members", "terms": "members"}
    return s.published(tiers=tiers, present="镝铽配方", confidential="铱钌工艺", price_high=Decimal(913700), **given)


def owned(row: Listing) -> Organisation:
    """Whose it is."""
    assert row.owner is not None
    return row.owner


def of(reader: Any, address: str) -> str:
    answer = reader.get(address)
    assert answer.status_code == 200, answer.status_code
    return s.text(answer)


def test_a_need_is_a_demand_of_its_organisation() -> None:
    row = s.published(
        title="气化细渣脱碳", price_low=Decimal(100000), price_high=Decimal(500000), deadline=date(2027, 6, 30)
    )
    page = of(Client(), row.get_absolute_url())
    data = linked(page)
    assert row.owner is not None
    assert (data["@context"], data["@type"], data["name"]) == ("https://schema.org", "Organization", row.owner.name)
    demand = data["seeks"]
    assert (demand["@type"], demand["name"], demand["identifier"]) == ("Demand", row.title, row.number)
    assert demand["availabilityEnds"] == "2027-06-30"
    assert demand["priceSpecification"] == {
        "@type": "PriceSpecification", "priceCurrency": "CNY", "minPrice": "100000.00", "maxPrice": "500000.00",
    }  # fmt: skip
    assert demand["url"].endswith(row.get_absolute_url())
    assert f'<link rel="canonical" href="{demand["url"]}">' in page
    assert 'property="og:title" content="气化细渣脱碳"' in page
    assert "演示数据" in demand["disambiguatingDescription"]
    offer = linked(of(Client(), s.published(kind="achievement").get_absolute_url()))
    assert offer["makesOffer"]["@type"] == "Offer"


def test_search_engines_are_told_nothing_that_is_closed_whoever_reads() -> None:
    row = guarded()
    member, owner = f.signed_in_client(f.manager(f.organisation())), f.signed_in_client(f.manager(owned(row)))
    blocks = []
    for reader in (Client(), member, owner):
        page = of(reader, row.get_absolute_url())
        blocks.append(linked(page))
        shared = page.partition('id="share-text"')[2].partition("</textarea>")[0]
        assert row.title in shared
        told = json.dumps(blocks[-1], ensure_ascii=False) + shared
        assert not [word for word in CLOSED if word in told]
    assert blocks[0] == blocks[1] == blocks[2]
    assert "priceSpecification" not in blocks[0]["seeks"]


def test_what_is_not_for_everybody_has_no_data_and_is_not_indexed() -> None:
    row = s.published(tier="members")
    member = f.signed_in_client(f.manager(f.organisation()))
    page = of(member, row.get_absolute_url())
    assert "ld+json" not in page
    assert "og:title" not in page
    assert '<meta name="robots" content="noindex">' in page
    shared = page.partition('id="share-text"')[2].partition("</textarea>")[0]
    assert row.title not in shared
    assert row.get_absolute_url() in shared


def test_nothing_a_person_types_leaves_the_block_of_data() -> None:
    row = s.published(title="</script><script>alert(1)</script>&\u2028", summary=f"<!--<script>{s.SUMMARY}")
    page = of(Client(), row.get_absolute_url())
    assert "<script>alert" not in page
    assert linked(page)["seeks"]["name"] == row.title
    assert "</script>" not in page.partition("ld+json")[2].partition("</script>")[0]


def test_an_organisation_says_what_it_is() -> None:
    guest = f.organisation("外地大学（演示）", kind="university", area="110000")
    data = linked(of(Client(), guest.get_absolute_url()))
    assert (data["@type"], data["name"]) == ("CollegeOrUniversity", "外地大学（演示）")
    assert data["address"]["addressRegion"] == "区外 · 北京市"
    page = of(f.signed_in_client(f.manager(guest)), "/searches/")
    assert '<meta name="robots" content="noindex">' in page, "what is behind the sign-in is not indexed"


def test_the_printed_sheet_shows_what_its_reader_may_see_and_where_it_comes_from() -> None:
    row = guarded()
    assert row.owner is not None
    address = f"{row.get_absolute_url()}print/"
    page = of(Client(), address)
    assert all(word in page for word in (row.title, row.number, row.owner.name, "来源：蒙科聚", "打印时间"))
    assert f"{row.get_absolute_url()}</span>" in page
    assert not [word for word in CLOSED if word in page]
    assert "未向您开放的部分没有打印" in page
    member = f.signed_in_client(f.manager(f.organisation()))
    page = of(member, address)
    assert "镝铽配方" in page
    assert "铱钌工艺" not in page
    assert "请勿转给无权查看的人" in page
    assert ReadRecord.objects.filter(listing=row, channel="page", tier="members").count() == 1
    hidden = s.published(tier="parties")
    assert member.get(f"{hidden.get_absolute_url()}print/").status_code == 404
    sourced = s.published()
    Listing.objects.filter(pk=sourced.pk).update(origin="source", source="演示来源", owner=None, contact=None)
    assert "据公开报道" in of(Client(), f"{sourced.get_absolute_url()}print/")


def test_the_share_text_is_there_without_script() -> None:
    row = s.published(title="气化细渣脱碳", price_high=Decimal(500000))
    page = of(Client(), row.get_absolute_url())
    assert 'data-mk-copy="share-text"' in page
    shared = page.partition('id="share-text"')[2].partition("</textarea>")[0]
    assert "【技术需求】气化细渣脱碳" in shared
    assert "编号 " + row.number in shared
    assert "演示数据，内容虚构" in shared
    draft = s.draft()
    assert "share-text" not in of(f.signed_in_client(f.manager(owned(draft))), draft.get_absolute_url())


def test_an_excerpt_is_one_line() -> None:
    assert sharing.excerpt(" 一\n二 ") == "一 二"
    assert sharing.excerpt("字" * 300) == "字" * 119 + "…"


@pytest.fixture
def guest() -> Organisation:
    return f.organisation("外地大学（演示）", kind="university", area="110000")


def test_origin_is_marked_on_page_row_facet_file_and_in_the_api(
    guest: Organisation, settings: Any, tmp_path: Path
) -> None:
    settings.INDEX_DIR = tmp_path / "index"
    row = s.published(guest, "achievement", area="110000")
    home = s.published(kind="achievement")
    search.rebuild_index()
    assert "区外 · 北京市" in of(Client(), row.get_absolute_url())
    page = of(Client(), "/search/?kind=achievement")
    assert "区外 · 北京市" in page
    assert 'name="city" value="outside"' in page
    found = of(Client(), "/search/?kind=achievement&city=outside")
    assert row.title in found
    assert home.title not in found
    _head, rows = exported.xlsx(Client().get("/search/", {"kind": "achievement", "export": "xlsx"}))
    marks = {r["题目"]: r["来源标记"] for r in rows}
    assert "区外 · 北京市" in marks[row.title]
    assert "区外" not in (marks[home.title] or "")
    client = tokens.client_of(f.manager(guest), "listings:read", "search:read")
    told = {r["uid"]: r["outside"] for r in client.get("/api/v1/listings").json()["items"]}
    assert (told[str(row.uid)], told[str(home.uid)]) == (True, False)
    hits = {r["uid"]: r["outside"] for r in client.get("/api/v1/search?kind=achievement").json()["items"]}
    assert (hits[str(row.uid)], hits[str(home.uid)]) == (True, False)
