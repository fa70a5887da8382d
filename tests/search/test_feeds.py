"""Feeds with filters, the sitemap, what is said to search engines: only what anybody may read."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings import actions as listing_actions
from mengkeju.listings.actions.edit import ListingInput
from mengkeju.search import actions
from tests import factories as f
from tests.listings.samples import queries_of
from tests.search.samples import listing

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-12")]
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def owner() -> Organisation:
    return f.organisation("鹿原化工有限公司（演示）")


@pytest.fixture
def officer(owner: Organisation) -> Actor:
    return f.actor(f.officer(f.REGION))


def entries(client: Client, address: str) -> list[Any]:
    answer = client.get(address)
    assert answer.status_code == 200, (answer.status_code, answer.content[:200])
    return ET.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314 - our own answer


def titles(client: Client, address: str) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in entries(client, address)]


def test_a_feed_is_filtered_by_city_field_cluster_and_kind(client: Client, owner: Organisation, officer: Actor) -> None:
    guest = f.organisation("外地大学（演示）", kind="university", area="110000")
    listing(owner, "稀土需求", cluster="rare_earth", field="solid_waste", officer=officer)
    listing(owner, "乳业成果", kind="achievement", cluster="dairy", officer=officer)
    listing(guest, "区外成果", kind="achievement", officer=officer)
    actions.rebuild_index()
    assert titles(client, "/feed/needs.xml?cluster=rare_earth") == ["稀土需求"]
    assert titles(client, "/feed/needs.xml?cluster=dairy") == []
    assert titles(client, "/feed/needs.xml?city=150200") == ["稀土需求"]
    assert titles(client, "/feed/achievements.xml?city=outside") == ["区外成果"]
    assert set(titles(client, "/feed/all.xml")) == {"稀土需求", "乳业成果", "区外成果"}
    assert titles(client, "/feed/all.xml?kind=patent") == []
    feed = ET.fromstring(client.get("/feed/needs.xml?cluster=rare_earth").content)  # noqa: S314 - our own answer
    assert feed.findtext(f"{ATOM}title") == "蒙科聚 · 新发布的技术需求 · 产业集群：稀土"
    (entry,) = entries(client, "/feed/achievements.xml?city=outside")
    terms = [category.get("term") for category in entry.findall(f"{ATOM}category")]
    assert "区外 · 北京市" in terms
    assert "演示" in terms


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/feed/needs.xml?city=000999", 400),
        ("/feed/needs.xml?cluster=nothing", 400),
        ("/feed/all.xml?kind=nothing", 400),
        ("/feed/needs.xml?field=<script>", 400),
        ("/feed/needs.xml?utm=1", 302),
        ("/feed/all.xml?kind=need", 302),
        ("/feed/needs.xml?city=150200&city=150100", 302),
        ("/feed/needs.xml?city=", 302),
    ],
)
def test_every_feed_has_one_address(asked: str, answer: int, client: Client, owner: Organisation) -> None:
    actions.rebuild_index()
    got = client.get(asked)
    assert got.status_code == answer
    assert b"<script>" not in got.content or got["Content-Type"].startswith("text/plain")
    if answer == 302:
        assert client.get(got["Location"]).status_code == 200


def test_ids_stay_and_an_unchanged_feed_is_not_sent_again(client: Client, owner: Organisation, officer: Actor) -> None:
    made = listing(owner, "气化细渣脱碳", officer=officer)
    actions.rebuild_index()
    first = client.get("/feed/needs.xml")
    assert f"urn:uuid:{made.uid}" in first.content.decode()
    for header in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = client.get("/feed/needs.xml", headers=header)
        assert (again.status_code, again.content) == (304, b"")
    assert client.get("/feed/needs.xml").content == first.content
    given = ListingInput(values={"title": "气化细渣脱碳", "summary": "改过", "area": owner.area}, secrecy_reviewed=True)
    later = f.AT + timedelta(days=2)
    listing_actions.edit_listing(made, given, by=f.actor(f.manager(owner)), now=later)
    actions.rebuild_index()
    changed = client.get("/feed/needs.xml", headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    (entry,) = entries(client, "/feed/needs.xml")
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{made.uid}"
    assert entry.findtext(f"{ATOM}updated", "").startswith("2026-11-22")
    assert entry.findtext(f"{ATOM}published", "").startswith("2026-11-20")
    part = ET.fromstring(client.get("/sitemap-1.xml").content)  # noqa: S314 - our own answer
    assert part.findtext(f"{MAP}url/{MAP}lastmod", "").startswith("2026-11-22")


def test_an_empty_feed_is_the_same_bytes_each_time(client: Client, owner: Organisation) -> None:
    actions.rebuild_index()
    first, second = client.get("/feed/needs.xml"), client.get("/feed/needs.xml")
    assert first.content == second.content
    assert first["ETag"] == second["ETag"]


def test_what_is_taken_back_leaves_feed_and_sitemap_at_once(
    client: Client, owner: Organisation, officer: Actor
) -> None:
    made = listing(owner, "气化细渣脱碳", officer=officer)
    kept = listing(owner, "另一条", officer=officer)
    actions.rebuild_index()
    by = f.actor(f.manager(owner))
    listing_actions.move_listing(made, "withdraw", by=by, now=f.AT, note="不再需要")
    assert titles(client, "/feed/needs.xml") == ["另一条"], "the index has not read it yet"
    part = client.get("/sitemap-1.xml").content.decode()
    assert made.get_absolute_url() not in part
    assert kept.get_absolute_url() in part
    assert client.get(made.get_absolute_url()).status_code == 404


def test_no_closed_word_in_any_feed(client: Client, owner: Organisation, officer: Actor) -> None:
    listing(
        owner, "公开题目", officer=officer, cluster="rare_earth", tiers={"targets": "members"}, present="镝铽",
        confidential="铱钌",
    )  # fmt: skip
    listing(owner, "钇镱流程", tier="members", cluster="rare_earth", officer=officer)
    actions.rebuild_index()
    member = f.signed_in_client(f.manager(f.organisation()))
    for reader in (client, member):  # a feed is the same for everybody
        for address in ("/feed/all.xml", "/feed/needs.xml?cluster=rare_earth", "/sitemap-1.xml"):
            text = reader.get(address).content.decode()
            assert not any(word in text for word in ("镝铽", "铱钌", "钇镱"))
    assert member.get("/feed/needs.xml").content == client.get("/feed/needs.xml").content


def test_the_search_page_names_its_own_feed(client: Client, owner: Organisation, officer: Actor) -> None:
    listing(owner, "稀土需求", cluster="rare_earth", officer=officer)
    actions.rebuild_index()
    page = client.get("/search/?kind=need&cluster=rare_earth&city=150200&q=稀土").content.decode()
    assert 'type="application/atom+xml"' in page
    wanted = "/feed/needs.xml?city=150200&amp;cluster=rare_earth"
    assert page.count(f'href="{wanted}"') == 2, "in the head and on the page"
    assert parse_qs(urlsplit(wanted.replace("&amp;", "&")).query)
    assert titles(client, wanted.replace("&amp;", "&")) == ["稀土需求"]


def test_the_number_of_queries_does_not_grow(client: Client, owner: Organisation, officer: Actor) -> None:
    def asked() -> int:
        actions.rebuild_index()
        client.get("/feed/needs.xml?city=150200")
        return queries_of(lambda: client.get("/feed/needs.xml?city=150200"))

    for number in range(2):
        listing(owner, f"条目{number}", officer=officer)
    few = asked()
    for number in range(6):
        listing(owner, f"条目{number}号", officer=officer)
    assert asked() == few
