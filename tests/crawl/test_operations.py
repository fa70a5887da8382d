"""Every operation of the API × every bearer: 401, 403, 404 or the answer, as its permission says; and no secret."""

import pytest

from tests.crawl.crawl import Crawl
from tests.crawl.interface import bearers, crawl_operation, declared
from tests.crawl.routes import api_names
from tests.crawl.test_pages import Note, told

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
CHUNKS = 4


@pytest.mark.covers("PLT-08")
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_operation_answers_every_bearer_as_its_permission_says(
    crawl: Crawl, chunk: int, record_property: Note
) -> None:
    mine = declared()[chunk::CHUNKS]
    assert mine
    for found in mine:
        crawl_operation(crawl, found)
    told(crawl, record_property, "operations", len(mine), len(bearers(crawl.world)))


def test_the_url_table_has_no_operation_that_the_api_does_not_declare() -> None:
    assert api_names() - {operation.id for operation, _said in declared()} == {"api-root"}
