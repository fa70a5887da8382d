"""A visitor presses “English” in the foot, reads on in English, signs in, and goes back to Chinese."""

from typing import Any

import pytest

from tests import factories as f
from tests.listings import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def language(window: Any) -> str:
    return str(window.page.get_attribute("html", "lang"))


def switch(window: Any, name: str) -> None:
    window.page.locator("footer").get_by_role("button", name=name).click()
    window.page.wait_for_load_state()
    window.look()


def test_the_whole_site_in_english_and_back(people: Any, background: Any) -> None:
    f.areas()
    listing = samples.published(f.organisation("甲公司（演示）"), title="气化细渣")
    f.account("reader", password=f.PASSWORD)
    background()
    visitor = people("visitor")
    visitor.go("/search/?q=气化")
    address = visitor.page.url
    switch(visitor, "English")
    assert (visitor.page.url, language(visitor)) == (address, "en")
    for path in ("/", listing.get_absolute_url(), "/terms/", "/accounts/signup/"):
        visitor.go(path)
        assert language(visitor) == "en"
    visitor.sign_in("reader", f.PASSWORD)
    for path in ("/workbench/", "/me/", "/organisations/new/"):
        visitor.go(path)
        assert language(visitor) == "en"
    assert visitor.sees("Register an organisation")
    switch(visitor, "中文")
    assert visitor.sees("登记单位")
