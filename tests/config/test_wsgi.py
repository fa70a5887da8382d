"""Who a visitor is behind a reverse proxy: what the proxy says, and only what a trusted one says."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from mengkeju.config.wsgi import behind

PROXIES = ["10.0.0.1", "10.1.0.0/16"]


def seen(proxies: list[str], came_from: str, **headers: str) -> tuple[str, str]:
    """Address and scheme as the site sees them."""
    got: list[tuple[str, str]] = []

    def app(environ: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
        got.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]))
        return []

    behind(proxies, app)({"REMOTE_ADDR": came_from, "wsgi.url_scheme": "http", **headers}, print)
    return got[0]


SAID = {"HTTP_X_FORWARDED_FOR": "192.0.2.9", "HTTP_X_FORWARDED_PROTO": "https"}


@pytest.mark.parametrize("proxy", ["10.0.0.1", "10.1.2.3"])
def test_a_trusted_proxy_says_who_comes_and_how(proxy: str) -> None:
    assert seen(PROXIES, proxy, **SAID) == ("192.0.2.9", "https")


@pytest.mark.parametrize(("proxies", "came_from"), [([], "10.0.0.1"), (PROXIES, "192.0.2.77")])
def test_nobody_else_is_believed(proxies: list[str], came_from: str) -> None:
    assert seen(proxies, came_from, **SAID) == (came_from, "http")


def test_what_a_visitor_puts_before_the_proxys_own_word_counts_for_nothing() -> None:
    told = {"HTTP_X_FORWARDED_FOR": "203.0.113.1, 192.0.2.9, 10.1.0.5"}
    assert seen(PROXIES, "10.0.0.1", **told) == ("192.0.2.9", "http")
