"""Search results as a file: all of them, as filtered, for what the reader may see."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.search import actions
from tests import exported, factories
from tests.listings.samples import queries_of
from tests.search.samples import listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Organisation:
    return factories.organisation("鹿原化工有限公司（演示）")


@pytest.fixture
def officer(owner: Organisation) -> Actor:
    return factories.actor(factories.officer(factories.REGION))


def titles(client: Client, **query: Any) -> list[str]:
    _head, rows = exported.xlsx(client.get("/search/", {**query, "export": "xlsx"}))
    return [row["题目"] for row in rows]


def test_all_pages_as_filtered_and_sorted(client: Client, owner: Organisation, officer: Actor) -> None:
    for n in range(24):
        listing(owner, f"细渣脱碳第{n}项", officer=officer, price_high=Decimal(1000 * (n + 1)))
    listing(owner, "别的事情", kind="achievement", officer=officer)
    actions.rebuild_index()
    found = titles(client, q="细渣", kind="need", sort="amount", page="2")
    assert len(found) == 24, "not the page, the list"
    assert found[0] == "细渣脱碳第23项"
    answer = client.get("/search/", {"kind": "achievement", "city": "150200", "export": "csv"})
    rows, source = exported.table(answer)
    assert [row["题目"] for row in rows] == ["别的事情"]
    assert "种类：科技成果；城市：包头市" in source
    assert "比现有办法好多少" in rows[0], "one kind: its own fields too"
    assert titles(client, q="完全没有这样的词语") == []


def test_each_reader_gets_what_he_may_see(client: Client, owner: Organisation, officer: Actor) -> None:
    listing(owner, "只给会员", tier="members", officer=officer)
    guest = factories.organisation(area="110000")
    listing(guest, "区外的成果", kind="achievement", officer=officer)
    actions.rebuild_index()
    assert titles(client) == ["区外的成果"]
    assert titles(factories.signed_in_client(factories.manager(guest))) == ["区外的成果"]
    member = factories.signed_in_client(factories.manager(factories.organisation()))
    assert sorted(titles(member)) == ["区外的成果", "只给会员"]
    assert titles(member, city="outside") == ["区外的成果"]
    page = client.get("/search/").content.decode()
    assert 'name="city" value="outside"' in page
    assert "区外 · 北京市" in page
    assert "export=xlsx" in page


def test_queries_do_not_grow_with_rows(client: Client, owner: Organisation, officer: Actor) -> None:
    listing(owner, "细渣一", officer=officer)
    actions.rebuild_index()

    def take() -> None:
        exported.content(client.get("/search/", {"export": "csv"}))

    take()
    before = queries_of(take)
    for n in range(5):
        listing(owner, f"细渣又{n}", officer=officer)
    actions.rebuild_index()
    assert queries_of(take) == before


def test_without_an_index_there_is_no_file(client: Client) -> None:
    assert client.get("/search/", {"export": "csv"}).status_code == 503
