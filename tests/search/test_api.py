"""Search through the API: the rows, counts and limits of the page."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mengkeju.kernel.api.scopes import Scope
from mengkeju.search.actions.index import rebuild_index
from mengkeju.search.models import SearchLog
from mengkeju.search.queries import MAX_CHARACTERS
from mengkeju.search.queries.facets import FACETS
from tests import factories as f
from tests import tokens
from tests.calls import get, pointers, problem, send
from tests.search import samples as s

pytestmark = pytest.mark.django_db
SECRET = "只给双方看的密语"


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return ["".join(piece["text"] for piece in one["title"]) for one in answer.json()["items"]]


def many(how_many: int = 25) -> None:
    firm, officer = f.organisation(), f.actor(f.officer(f.REGION))
    for number in range(how_many):
        s.listing(firm, f"气化细渣之{number:02}", officer=officer, confidential=SECRET)
    rebuild_index()


@pytest.mark.covers("PLT-08")
def test_the_rows_are_those_of_the_page_for_the_same_reader() -> None:
    firm = f.organisation()
    s.listing(firm, "公开的细渣需求", field="")
    s.listing(firm, "只给会员的细渣需求", tier="members")
    s.listing(firm, "细渣成果", kind="achievement")
    rebuild_index()
    member = f.manager(f.organisation())
    for api, web in ((Client(), Client()), (tokens.client_of(member), f.signed_in_client(member))):
        for query in ({"q": "细渣"}, {"q": "细渣", "kind": "need"}, {"sort": "newest"}, {"city": f.BAOTOU}):
            page = web.get("/search/", query).context["found"]
            answer = get(api, "/search", **query)
            assert titles(answer) == ["".join(text for text, _mark in row["title"]) for row in page.rows], query
            body = answer.json()
            assert body["total"] == page.total
            assert {f["key"]: [(o["value"], o["count"]) for o in f["options"]] for f in body["facets"]} == {
                group.name: [(o.value, o.count) for o in group.options] for group in page.groups
            }
            assert {one["value"]: one["count"] for one in body["kinds"]} == {t.key: t.count for t in page.tabs if t.key}
    assert len(titles(get(tokens.client_of(member), "/search", q="细渣"))) == 3
    assert len(titles(get(Client(), "/search", q="细渣"))) == 2


def test_a_search_is_noted_once_and_names_itself() -> None:
    many()
    client = tokens.client_of(f.account(), Scope.SEARCH_READ)
    first = get(client, "/search", q="细渣").json()
    assert first["search"] == str(SearchLog.objects.get().uid)
    assert first["items"][0]["url"].endswith("/")
    client.get(first["next"])
    assert SearchLog.objects.count() == 1


def test_pages_follow_each_other_by_get_and_by_post() -> None:
    many()
    client = tokens.client_of(f.account())
    first = get(client, "/search", q="细渣")
    second = client.get(first.json()["next"])
    assert (len(titles(first)), len(titles(second))) == (20, 5)
    assert not set(titles(first)) & set(titles(second))
    assert (second.json()["next"], second.json()["cursor"]) == (None, None)
    assert SECRET not in first.content.decode() + second.content.decode()
    by_text = send(client, "POST", "/search", {"q": "细渣"})
    assert by_text.json()["next"] is None
    body = {"q": "细渣", "cursor": by_text.json()["cursor"]}
    assert titles(send(client, "POST", "/search", body)) == titles(second)
    assert problem(send(client, "POST", "/search", {**body, "q": "成果"})) == (400, "bad_cursor")
    for cursor in ("x", first.json()["cursor"]):
        assert problem(get(client, "/search", q="成果", cursor=cursor)) == (400, "bad_cursor")


def test_a_text_that_is_too_long_is_refused_at_its_place() -> None:
    many(1)
    client = tokens.client_of(f.account())
    for answer in (
        get(client, "/search", q="渣" * (MAX_CHARACTERS + 1)),
        send(client, "POST", "/search", {"q": "渣" * (MAX_CHARACTERS + 1)}),
    ):
        assert pointers(answer) == {"#/q"}
        assert str(MAX_CHARACTERS) in answer.json()["errors"][0]["detail"]
    whole = "细渣含碳高、持水高。" * (MAX_CHARACTERS // 10)
    assert len(titles(send(client, "POST", "/search", {"q": whole}))) == 1


def test_a_text_without_words_finds_nothing() -> None:
    many(1)
    answer = get(Client(), "/search", q="？！")
    assert (titles(answer), answer.json()["total"], answer.json()["understood"]) == ([], 0, [])


def test_facets_are_chosen_by_key() -> None:
    s.listing(f.organisation(), "包头的细渣")
    s.listing(f.organisation(area=f.XINCHENG), "呼市的细渣")
    rebuild_index()
    assert titles(get(Client(), "/search", city=f.BAOTOU)) == ["包头的细渣"]
    assert len(titles(get(Client(), "/search", city=[f.BAOTOU, f.HOHHOT]))) == 2
    client = tokens.client_of(f.account())
    assert titles(send(client, "POST", "/search", {"q": "细渣", "facets": {"city": [f.HOHHOT]}})) == ["呼市的细渣"]
    assert pointers(send(client, "POST", "/search", {"q": "细渣", "facets": {"colour": ["red"]}})) == {
        "#/facets/colour"
    }
    assert pointers(get(client, "/search", colour="red")) == {"#/colour"}
    assert pointers(get(client, "/search", kind="nothing")) == {"#/kind"}
    assert [one["key"] for one in get(Client(), "/search").json()["facets"]] == [spec.key for spec in FACETS]


def test_without_an_index_it_says_when_to_come_again(index_folder: Path) -> None:
    assert not index_folder.exists()
    answer = get(Client(), "/search", q="细渣")
    assert (problem(answer), answer["Retry-After"]) == ((503, "unavailable"), "30")


def test_a_long_text_needs_a_token_and_the_scope() -> None:
    assert problem(send(Client(), "POST", "/search", {"q": "细渣"})) == (401, "unauthenticated")
    other = tokens.client_of(f.account(), Scope.LISTINGS_READ)
    for answer in (send(other, "POST", "/search", {"q": "细渣"}), get(other, "/search")):
        assert problem(answer) == (403, "scope_missing")
