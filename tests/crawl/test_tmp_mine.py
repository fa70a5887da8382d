import pytest
from tests.crawl.crawl import Crawl, is_ours
from tests.crawl.routes import routes
from tests.crawl.interface import crawl_operation, declared
from tests.crawl.test_pages import told
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NAMES = {"access-ask","listing-disclosure","listing-disclosure-rule","listing-evidence","listing-evidence-export","listing-files","listing-file","listing-file-remove","access-mine","access-request","access-answer","access-sign","access-move","undertaking","evidence-keys","listing","listing-history","listing-reads","workbench","listing-mine","file"}
OPS = {"list_access_requests","get_access_request","ask_to_see","answer_access_request","end_access","withdraw_access_request","list_listing_files","download_listing_file","get_listing","get_file"}
def test_pages(crawl: Crawl, record_property) -> None:
    mine = [r for r in routes() if is_ours(r) and r.name in NAMES]
    for r in mine:
        crawl.route(r)
    told(crawl, record_property, "a", len(mine), 1)
def test_ops(crawl: Crawl, record_property) -> None:
    mine = [x for x in declared() if x[0].id in OPS]
    assert len(mine) == len(OPS)
    for x in mine:
        crawl_operation(crawl, x)
    told(crawl, record_property, "b", len(mine), 1)
