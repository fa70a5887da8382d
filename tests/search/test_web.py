import re
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings.kinds import kinds
from mengkeju.search import actions
from mengkeju.search.models import SearchLog
from tests import factories
from tests.search.samples import listing

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def owner() -> Organisation:
    return factories.organisation("鹿原化工有限公司（演示）")


@pytest.fixture
def officer(owner: Organisation) -> Actor:
    return factories.actor(factories.officer(factories.REGION))


def body(client: Client, address: str, status: int = 200, headers: dict[str, str] | None = None) -> str:
    answer = client.get(address, headers=headers or {})
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


def test_the_page_shows_marked_hits_and_facets(client: Client, owner: Organisation, officer: Actor) -> None:
    made = listing(owner, "气化细渣脱碳", "细渣含碳高", officer=officer)
    actions.rebuild_index()
    page = body(client, "/search/?q=细渣&kind=need")
    noted = SearchLog.objects.get()
    assert f'href="{made.get_absolute_url()}?s={noted.uid}"' in page
    assert "<mark>" in page
    assert 'name="city" value="150200"' in page
    assert "听懂了这些词" in page
    assert "<title>“细渣”的搜索结果" in page


def test_without_script_every_change_is_a_link_or_a_form(client: Client, owner: Organisation, officer: Actor) -> None:
    listing(owner, "气化细渣脱碳", officer=officer)
    actions.rebuild_index()
    page = body(client, "/search/?q=细渣&city=150200&city=150100&sort=newest")
    links = [urlsplit(link.replace("&amp;", "&")) for link in re.findall(r'href="(/search/\?[^"]*)"', page)]
    without = [parse_qs(link.query) for link in links if parse_qs(link.query).get("city") == ["150200"]]
    assert {"q": ["细渣"], "city": ["150200"], "sort": ["newest"]} in without, "a chosen value can be taken away"
    assert any(
        parse_qs(link.query) == {"q": ["细渣"], "kind": ["need"], "city": ["150200", "150100"], "sort": ["newest"]}
        for link in links
    )
    assert page.count('<input type="hidden" name="q" value="细渣">') == 2, "facets and sort keep the text"
    assert "<noscript><button" in page


def test_htmx_gets_the_part_alone(client: Client, owner: Organisation) -> None:
    actions.rebuild_index()
    part = body(client, "/search/?q=细渣", headers={"HX-Request": "true"})
    assert part.strip().startswith('<div id="found"')
    assert "<html" not in part
    whole = body(client, "/search/?q=细渣", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in whole


def test_script_in_every_field_is_text(client: Client, officer: Actor) -> None:
    bad = factories.organisation(f"单位{SCRIPT}（演示）")
    listing(bad, f"细渣{SCRIPT}", f"细渣{SCRIPT}", officer=officer, present=SCRIPT, target=SCRIPT, ip_wish=SCRIPT)
    actions.rebuild_index()
    odd = f"/search/?kind={SCRIPT}&city={SCRIPT}&sort={SCRIPT}"
    for address in (f"/search/?q=细渣{SCRIPT}", "/search/?q=细渣", odd, "/feed/needs.xml", "/sitemap-1.xml"):
        for headers in ({}, {"HX-Request": "true"}):
            text = body(client, address, headers=headers)
            assert SCRIPT not in text
            assert "<script>alert" not in text


def test_too_long_keeps_the_text_and_says_what_to_do(client: Client) -> None:
    actions.rebuild_index()
    page = body(client, f"/search/?q={'渣' * 5000}", status=400)
    assert "您写了 5000 个字，一次最多查 2000 个字" in page
    assert "渣" * 5000 in page
    assert not SearchLog.objects.exists()


def test_nothing_found_advises_and_offers_a_need(client: Client, owner: Organisation) -> None:
    actions.rebuild_index()
    page = body(client, "/search/?q=量子纠缠")
    assert "没有找到" in page
    assert "mk-facets" not in page
    assert "换一个说法" in page
    assert "?text=%E9%87%8F" in page
    filtered = body(client, "/search/?q=量子纠缠&kind=patent&year=1999")
    assert "去掉全部条件" in filtered


def test_without_index_the_page_says_so_and_works_again(client: Client, owner: Organisation) -> None:
    page = body(client, "/search/?q=细渣", status=503)
    assert "搜索正在重建索引" in page
    assert body(client, "/search/?q=细渣", headers={"HX-Request": "true"})
    for address in ("/feed/needs.xml", "/sitemap.xml", "/sitemap-1.xml"):
        assert client.get(address).status_code == 503
    actions.rebuild_index()
    body(client, "/search/?q=细渣")


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "99999999999", ""])
def test_odd_page_numbers(number: str, client: Client, owner: Organisation, officer: Actor) -> None:
    listing(owner, "气化细渣脱碳", officer=officer)
    actions.rebuild_index()
    assert "气化细渣脱碳" in body(client, f"/search/?page={number}")


def test_the_feed_is_atom_of_public_objects(client: Client, owner: Organisation, officer: Actor) -> None:
    made = listing(owner, "气化细渣脱碳", officer=officer)
    listing(owner, "只给会员", tier="members", officer=officer)
    listing(owner, "一项成果", kind="achievement", officer=officer)
    actions.rebuild_index()
    answer = client.get("/feed/needs.xml")
    assert answer["Content-Type"].startswith("application/atom+xml")
    entries = ET.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314 - our own answer
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["气化细渣脱碳"]
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").endswith(made.get_absolute_url())
    assert "一项成果" in body(client, "/feed/achievements.xml")


def test_sitemap_and_robots(client: Client, owner: Organisation, officer: Actor) -> None:
    made = listing(owner, "气化细渣脱碳", officer=officer)
    hidden = listing(owner, "只给会员", tier="members", officer=officer)
    actions.rebuild_index()
    assert "/sitemap-1.xml</loc>" in body(client, "/sitemap.xml")
    part = body(client, "/sitemap-1.xml")
    assert made.get_absolute_url() in part
    assert str(hidden.uid) not in part
    assert client.get("/sitemap-2.xml").status_code == 404
    robots = body(client, "/robots.txt")
    assert "Disallow: /search/?" in robots
    assert "/sitemap.xml" in robots


def test_the_home_page_has_the_box(client: Client, owner: Organisation) -> None:
    page = body(client, "/")
    assert 'action="/search/"' in page
    assert page.count('name="kind"') == 1 + len(kinds)
    assert 'value="achievement"' in page


def test_a_stranger_sees_no_closed_word_anywhere(client: Client, owner: Organisation, officer: Actor) -> None:
    listing(
        owner,
        "公开题目",
        "公开摘要",
        officer=officer,
        tiers={"targets": "members"},
        present="镝铽配方",
        confidential="铱钌工艺",
    )
    listing(owner, "钇镱流程", "钬铒参数", tier="members", officer=officer)
    listing(owner, "铪钽装置", "锆铌指标", tier="parties", officer=officer)
    actions.rebuild_index()
    closed = ("镝铽", "铱钌", "钇镱", "钬铒", "铪钽", "锆铌")
    stranger = factories.signed_in_client(factories.manager(factories.organisation(verified=False)))
    for reader in (client, stranger):
        for address in ("/search/", "/search/?q=公开题目", "/feed/needs.xml", "/sitemap-1.xml"):
            text = body(reader, address)
            assert not any(word in text for word in closed)
        for word in closed:
            assert "<strong>0 条" in body(reader, f"/search/?q={word}")
