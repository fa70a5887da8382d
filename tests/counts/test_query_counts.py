"""The number of database queries of each page and API operation: no more for 25 rows than for 5, and as committed.

    QUERY_COUNTS=write .venv/bin/pytest -q tests/counts

rewrites tests/data/query_counts.yaml; look at the difference before you commit it.
"""

import os
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mengkeju.search.actions import index
from tests import factories as f
from tests import tokens
from tests.counts import pages
from tests.counts.world import World, begin

FILE = Path(__file__).parent.parent / "data" / "query_counts.yaml"
FEW, MANY = 5, 25
HEAD = "# Database queries of each page by reader, on SQLite; no more with 25 rows than with 5. Written by:\n"
COMMAND = "# QUERY_COUNTS=write .venv/bin/pytest -q tests/counts\n"
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # PostgreSQL asks for its horizon besides


@pytest.fixture(autouse=True)
def index_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_DIR = tmp_path / "index"
    yield
    index._let_go()


class Readers:
    """Browsers of the people of a world, and a token of the member."""

    def __init__(self, world: World) -> None:
        self.visitor = Client()
        self.signed_in = {name: f.signed_in_client(account) for name, account in world.people.items()}
        self.token = tokens.client_of(world.people["member"])

    def counts(self, world: World) -> dict[str, int]:
        """By page and reader: the visitor, and the first of the signed-in people who may read it."""
        found: dict[str, int] = {}
        for address in pages.pages(world):
            found |= counted(f"{address.name}, visitor", self.visitor, address.path)
            for name, client in self.signed_in.items():
                one = counted(f"{address.name}, {name}", client, address.path)
                found |= one
                if one:
                    break
        for address in pages.lists_of_the_api(world):
            found |= counted(address.name, self.token, address.path)
        return found


def counted(name: str, client: Client, path: str) -> dict[str, int]:
    """The queries of the second request: the first may note what is noted once. {} unless it answers 200."""
    if client.get(path).status_code != HTTPStatus.OK:
        return {}
    with CaptureQueriesContext(connection) as caught:
        client.get(path)
    return {name: len(caught)}


def test_the_number_of_queries_hangs_on_no_number_of_rows_and_is_as_committed() -> None:
    world = begin()
    readers = Readers(world)
    world.grow(FEW)
    few = readers.counts(world)
    world.grow(MANY)
    many = readers.counts(world)
    # Fewer is right: a full page may show one kind of row only.
    grown = [f"{name}: {few.get(name)} → {n}" for name, n in many.items() if name not in few or n > few[name]]
    assert grown == [], "\n".join(grown)
    if os.environ.get("QUERY_COUNTS") == "write":
        FILE.write_text(HEAD + COMMAND + yaml.safe_dump(many, allow_unicode=True), encoding="utf-8")
    committed = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    differs = {name: (committed.get(name), many.get(name)) for name in committed.keys() | many.keys()}
    assert many == committed, {name: pair for name, pair in differs.items() if pair[0] != pair[1]}


def test_every_page_of_the_bench_is_counted() -> None:
    """Nothing was left out because nobody of the world could read it."""
    committed = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    named = {name.partition(",")[0] for name in committed}
    wanted = {"home", "search", "listing", "listing-mine", "review-queue", "intention", "people", "record", "import"}
    assert wanted <= named
    assert {"API list_listings", "API search", "API list_matches", "API list_intentions"} <= named
