import pytest
from tests.crawl.crawl import Crawl, is_ours
from tests.crawl.routes import routes
from tests.crawl.test_pages import told

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
HEADS = ("board/", "claims/", "stalled/", "stalls/", "titles/", "needs/analysis", "organisations/<uuid:uid>/titles")
    "board/",
    "claims/",
    "stalled/",
    "stalls/",
    "titles/",
    "needs/analysis",
    "organisations/<uuid:uid>/titles",
    "reviews/",
    "search/",
    "workbench",
    "intentions/<uuid:uid>/",
    "listings/<uuid:uid>/",
    "organisations/<uuid:uid>/",
)


def test_mine(crawl, record_property):
    mine = [r for r in routes() if is_ours(r) and r.path.lstrip("/").startswith(HEADS) and r.path.count("/") <= 5]
    mine = [
        r
        for r in mine
        if not any(
            x in r.path
            for x in ("webhook", "token", "colleague", "imports", "edit", "history", "reads", "decide", "members")
        )
    ]
    print([r.path for r in mine])
    for route in mine:
        crawl.route(route)
    told(crawl, record_property, "addresses", len(mine), 1)
