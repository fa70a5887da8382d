"""Needs analysis: every number agrees with the list behind it, and only what the reader may see is counted."""

from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path
from re import findall
from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Term
from mengkeju.kernel import clock
from mengkeju.kernel.models import Event
from mengkeju.listings.models import Listing, ReadRecord
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import analysis
from mengkeju.matching.queries.analysis import Asked
from mengkeju.search.actions import index
from tests import exported
from tests import factories as f
from tests.directory.test_titles import granted
from tests.listings.samples import queries_of, rows, text
from tests.matching import world

pytestmark = pytest.mark.django_db
PAGE, LIST = "/needs/analysis/", "/needs/analysis/list/"


@pytest.fixture(autouse=True)
def index_folder(settings: Any, tmp_path: Path) -> Any:
    settings.INDEX_DIR = tmp_path / "index"
    yield
    index._let_go()


def fields() -> list[str]:
    """Two fields that stand beside each other."""
    f.areas()
    return list(
        Term.objects.filter(vocabulary__key="field", parent=None).order_by("pk").values_list("key", flat=True)[:2]
    )


def shelf() -> list[Listing]:
    """Four needs of two cities in several states, and one achievement in the first field."""
    first, second = fields()
    here, there = f.organisation(), f.organisation(area=f.XINCHENG)
    made = [
        world.listing("need", "气化细渣脱碳", "含碳高，电话13812345678", owner=here, field=first, area=f.KUNDULUN,
                      price_high=Decimal(900_000)),
        world.listing("need", "气化细渣利用", "持水高", owner=here, field=second, area=f.KUNDULUN,
                      tiers={"terms": "members"}, price_high=Decimal(20_000_000)),
        world.listing("need", "乳清粉膜分离", "奶酪副产", owner=there, field=second, area=f.XINCHENG, tier="members"),
        world.listing("need", "只给合作方的需求", "不公开", owner=there, field=second, area=f.XINCHENG, tier="parties"),
    ]  # fmt: skip
    world.listing("achievement", "细渣分选制备填料", "从气化细渣中分选残碳", field=first)
    world.listing("need", "还没发布的需求", "草稿", owner=here, publish=False)
    Listing.objects.filter(pk=made[0].pk).update(published_at=clock.now() - timedelta(days=70))
    index.rebuild_index()
    return made


def numbers(client: Client, address: str) -> list[tuple[str, int]]:
    """Every number of the page with the address it leads to."""
    page = text(client.get(address))
    found = findall(
        r'<a[^>]*href="(/needs/analysis/list/[^"]*)"[^>]*>(.*?)</a>',
        page,
    )
    return [(unescape(url), int(findall(r"(\d+)(?=\D*$)", unescape(words))[0])) for url, words in found]


@pytest.mark.covers("NED-06")
@pytest.mark.parametrize("query", ["", "q=细渣", f"city={f.BAOTOU}", "scope=area"])
def test_every_number_agrees_with_the_list_behind_it(query: str) -> None:
    shelf()
    client = f.signed_in_client(f.officer())
    found = numbers(client, f"{PAGE}?{query}")
    assert len(found) > 12
    for url, number in found:
        behind = client.get(url)
        assert behind.context["page"].paginator.count == number, url
        assert text(behind).count('<ul class="pg-need-list">') == (1 if number else 0)
    url, number = found[-1]
    assert len(exported.xlsx(client.get(f"{url}&export=xlsx"))[1]) == number


@pytest.mark.covers("NED-06")
def test_the_parts_of_each_distribution_make_up_the_whole() -> None:
    made = shelf()
    officer = f.actor(f.officer())
    found = analysis.analyse(officer, Asked())
    assert {row.pk for row in found.needs.rows} == {row.pk for row in made[:3]}, "not what is for parties alone"
    for dimension, parts in found.parts.items():
        assert sum(part.count for part in parts) == 3, dimension
    budget = {part.value: part.count for part in found.parts["budget"]}
    assert budget == {"50–200万": 1, "closed": 1, "面议": 1}
    assert {part.value: part.count for part in found.parts["city"]} == {f.BAOTOU: 2, f.HOHHOT: 1}
    assert len(found.parts["month"]) == 2


def test_each_reader_gets_his_own_numbers() -> None:
    made = shelf()
    everything = analysis.analyse(f.actor(f.auditor()), Asked())
    assert {row.pk for row in everything.needs.rows} == {row.pk for row in made}
    submitted = world.listing("need", "等审核的需求", "等", area=f.KUNDULUN)
    Listing.objects.filter(pk=submitted.pk).update(state="submitted", published_at=None)
    mine = {row.pk for row in analysis.need_set(f.actor(f.officer()), Asked(scope="area")).rows}
    assert mine == {made[0].pk, made[1].pk, submitted.pk}
    theirs = {row.pk for row in analysis.need_set(f.actor(f.officer(f.HOHHOT)), Asked(scope="area")).rows}
    assert theirs == {made[2].pk, made[3].pk}
    broker = {row.pk for row in analysis.need_set(f.actor(f.broker(f.BAOTOU)), Asked(scope="area")).rows}
    assert broker == {made[0].pk, made[1].pk}
    for who, status in ((f.officer(), 200), (f.broker(), 200), (f.auditor(), 200), (f.account(), 403),
                        (f.manager(f.organisation()), 403)):  # fmt: skip
        for url in (PAGE, LIST):
            assert f.signed_in_client(who).get(url).status_code == status
    assert Client().get(PAGE).status_code == 302


@pytest.mark.covers("NED-06")
def test_gaps_are_needs_without_proposal_and_fields_without_achievement() -> None:
    first, second = fields()
    made = shelf()
    compute.match_all(now=f.AT)
    officer = f.actor(f.officer())
    matched = set(Proposal.objects.exclude(band="").filter(retired_at=None).values_list("need", flat=True))
    found = analysis.analyse(officer, Asked())
    assert set(found.unanswered) == {row.pk for row in made[:3]} - matched
    assert [part.value for part in found.fields] == [second]
    assert found.published == 3
    Proposal.objects.update(band="")
    assert len(analysis.analyse(officer, Asked()).unanswered) == 3
    assert first not in {part.value for part in found.fields}


def test_keywords_carry_no_personal_numbers_and_nothing_of_closed_text() -> None:
    here = f.organisation()
    for title in ("气化细渣甲", "气化细渣乙"):
        world.listing("need", title, "电话13812345678", owner=here, confidential="绝密配方词", target="目标词组",
                      tiers={"targets": "members"})  # fmt: skip
    index.rebuild_index()
    found = analysis.analyse(f.actor(f.officer()), Asked())
    words = {one.word for one in found.words}
    assert found.weighted
    assert words & {"细渣", "气化", "气化细渣"}
    assert not [word for word in words if any(char.isdigit() for char in word) or word in {"绝密", "配方", "词组"}]


def test_the_page_is_a_file_too_and_says_what_was_asked() -> None:
    shelf()
    client = f.signed_in_client(f.officer())
    head, lines = exported.xlsx(client.get(f"{PAGE}?city={f.BAOTOU}&export=xlsx"))
    assert "包头" in head[1]
    total = next(line for line in lines if line["分组"] == "需求总数")
    assert total["需求数"] == 2
    assert sum(line["需求数"] for line in lines if line["分组"] == "城市") == 2
    assert sum(line["占比（%）"] for line in lines if line["分组"] == "城市") == 100
    assert Event.objects.filter(type="export.made").count() == 1
    assert all(line["清单网址"].startswith("http") for line in lines)


def test_the_search_leads_to_the_analysis_of_what_it_found() -> None:
    made = shelf()
    assert made[2].owner is not None
    granted(made[2].owner, by=f.actor(f.officer(f.HOHHOT)))
    index.rebuild_index()
    client = f.signed_in_client(f.officer())
    page = text(client.get("/search/", {"kind": "need", "leading": "leading"}))
    url = unescape(findall(r'href="(/needs/analysis/\?[^"]*)"', page)[0])
    assert client.get(url).context["total"] == 1
    assert "/needs/analysis/?" not in text(client.get("/search/", {"kind": "achievement", "q": "细渣"}))
    assert "分析这些需求" not in text(Client().get("/search/", {"kind": "need"}))


def test_wrong_addresses_are_answered_calmly() -> None:
    shelf()
    client = f.signed_in_client(f.officer())
    for query, status in (
        ("by=field&value=nothing", 404), ("by=nothing&value=x", 404), ("by=word&value=没有这个词", 200),
        ("by=gap&value=nothing", 404), ("city=nothing", 200), ("q=。。。", 200), ("scope=area&city=999999", 200),
    ):  # fmt: skip
        assert client.get(f"{LIST}?{query}").status_code == status, query
    empty = client.get(f"{PAGE}?city=nothing")
    assert (empty.status_code, "没有需求" in text(empty)) == (200, True)


def test_while_the_index_is_built_the_page_says_so_and_the_area_still_works(settings: Any, tmp_path: Path) -> None:
    shelf()
    settings.INDEX_DIR = tmp_path / "nowhere"
    client = f.signed_in_client(f.officer())
    assert [client.get(url).status_code for url in (PAGE, LIST)] == [503, 503]
    page = client.get(f"{PAGE}?scope=area")
    assert (page.status_code, "正在重建索引" in text(page)) == (200, True)


def test_lists_note_what_was_read_and_the_numbers_note_nothing() -> None:
    shelf()
    client = f.signed_in_client(f.broker())
    client.get(PAGE)
    assert not ReadRecord.objects.exists()
    client.get(LIST)
    assert ReadRecord.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_needs() -> None:
    owner, counts = f.organisation(), []
    client = f.signed_in_client(f.officer())
    for more in (3, 12):
        rows(owner, more)
        client.get(f"{PAGE}?scope=area")
        counts.append(queries_of(lambda: client.get(f"{PAGE}?scope=area")))
    assert counts[0] == counts[1]
