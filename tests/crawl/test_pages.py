"""Every address of the site × everybody: what its permission says, nothing else; and no secret in any answer."""

from collections.abc import Callable

import pytest

from tests.crawl.crawl import Crawl, is_ours
from tests.crawl.routes import SIGN_IN, Route, routes

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
CHUNKS = 6
Note = Callable[[str, object], None]
# Pages of the sign-in library that are one's own: a visitor must be sent to sign in.
ONES_OWN = {
    "account_email", "account_change_password", "account_set_password", "account_reauthenticate", "mfa_index",
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "socialaccount_connections",
}  # fmt: skip
# Whatever the library says, it is no failure (500).
ANSWERS = {"200", "301", "302", "sign-in", "400", "401", "403", "404", "405", "409", "410", "429"}


def told(crawl: Crawl, note: Note, what: str, addresses: int, actors: int) -> None:
    """The findings in the failure; the size for the line at the end of the run (tests/conftest.py)."""
    sent, crawl.walker.sent = crawl.walker.sent, 0
    findings, crawl.findings = crawl.findings, []
    note("crawl", [what, addresses, actors, sent])
    assert not findings, f"{len(findings)} findings\n" + "\n".join(findings[:200])


@pytest.mark.covers("PLT-08")
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_every_address_answers_everybody_as_its_permission_says(
    crawl: Crawl, chunk: int, record_property: Note
) -> None:
    mine = [route for route in routes() if is_ours(route)][chunk::CHUNKS]
    assert mine
    for route in mine:
        crawl.route(route)
    told(crawl, record_property, "addresses", len(mine), len(crawl.world.people.walkers))


def own_pages() -> list[Route]:
    return [route for route in routes() if route.path.startswith(SIGN_IN)]


def test_the_pages_of_the_sign_in_library_show_a_visitor_nothing_of_anybody(
    crawl: Crawl, record_property: Note
) -> None:
    walkers = ("visitor", "owner", "suspended", "officer here", "auditor")
    found = own_pages()
    assert {route.name for route in found} >= ONES_OWN
    for route in found:
        for things in crawl.filled(route):
            path = route.filled({name: thing.value for name, thing in things.items()})
            for who in walkers:
                for method in ("GET", "POST"):
                    got = crawl.walker.send(who, method, path)
                    lone = who == "visitor" and route.name in ONES_OWN
                    right = {"sign-in", "405"} if lone else ANSWERS
                    crawl.judge(f"{method} {path} ({route.name}) as {who}", route.name, who, got, frozenset(right))
    told(crawl, record_property, "addresses of the sign-in library", len(found), len(walkers))
