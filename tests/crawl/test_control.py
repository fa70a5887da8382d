"""The negative control: what is wrong on purpose is found, each for its own reason, and nothing else."""

import re

import pytest
from django.test import override_settings
from django.urls import clear_url_caches

from tests.crawl.crawl import Crawl
from tests.crawl.routes import routes
from tests.crawl.walk import Walker

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WRONG = {
    "open-to-all": "200 instead of",
    "leaking": "shows ",
    "in-a-header": "shows title",
    "silent": "names no permission",
    "broken": "500 instead of",
    "unknown-place": "nothing stands for <thing>",
}


def test_what_is_wrong_on_purpose_is_found(crawl: Crawl) -> None:
    with override_settings(ROOT_URLCONF="tests.crawl.wrong_urls"):
        clear_url_caches()
        walker = Walker(crawl.walker.sessions)
        control = Crawl(crawl.world, walker)
        for route in routes():
            if route.name in WRONG:
                before = len(control.findings)
                control.route(route)
                told = control.findings[before:]
                assert any(WRONG[route.name] in line for line in told), (route.name, told)
                assert all(route.name in line for line in told)
    clear_url_caches()
    text = "\n".join(control.findings)
    assert "as stranger: 200 instead of 404" in text
    assert "as colleague: 200 instead of 403" in text
    assert re.search(r"\(leaking\) as visitor: shows \w+ \(parties\)", text), text
