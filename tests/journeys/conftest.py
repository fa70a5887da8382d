"""Journeys: a real server, a real browser, Chinese, two widths; every page visited is checked with axe."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from mengkeju.kernel.testing.chromium import accessibility_problems
from mengkeju.kernel.worker import drain

WIDTHS = (1366, 390)


class Visitor:
    """One person's browser window. Every page he lands on must be accessible and quiet in the console."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        """Opens one page."""
        self.base = base
        self.page: Page = context.new_page()
        self.noise: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        """Errors and warnings; a refused form is answered with 422 on purpose, which the browser reports."""
        if message.type in {"error", "warning"} and "status of 422" not in message.text:
            self.noise.append(message.text)

    def go(self, path: str) -> None:
        """Open an address of the site and look at it."""
        self.page.goto(self.base + path)
        self.look()

    def look(self) -> None:
        """axe, console and sideways scroll of the page as it is now."""
        problems = accessibility_problems(self.page)
        assert not problems, f"{self.page.url}\n" + "\n".join(problems)
        assert not self.noise, f"{self.page.url}: {self.noise}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide}px"

    def press(self, name: str) -> None:
        """Press the button or link of that name inside the page's main part and look at where it leads."""
        main = self.page.locator("#main")
        target = main.get_by_role("button", name=name, exact=True).or_(main.get_by_role("link", name=name, exact=True))
        target.first.click()
        self.page.wait_for_load_state()
        self.look()

    def fill(self, **values: str) -> None:
        """Fill fields by name: text typed, selects by value, boxes ticked with “on”."""
        for name, value in values.items():
            field = self.page.locator(f"#main [name={name}]").first
            kind = field.evaluate("e => e.tagName + ':' + (e.type || '')")
            if kind.startswith("SELECT"):
                field.select_option(value)
            elif kind.endswith(":checkbox"):
                field.check()
            else:
                field.fill(value)

    def sees(self, text: str) -> bool:
        """Whether the text stands on the page."""
        return text in self.page.locator("body").inner_text()

    def sign_in(self, login: str, password: str) -> None:
        """Through the sign-in page."""
        self.go("/accounts/login/")
        self.fill(login=login, password=password)
        self.page.locator("#main form button[type=submit]").first.click()
        self.page.wait_for_load_state()
        self.look()


@pytest.fixture(params=WIDTHS, ids=[f"{w}px" for w in WIDTHS])
def people(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, settings: LazySettings
) -> Iterator[Any]:
    """`people(name)`: that person's own window, made at the first call; the same one afterwards."""
    settings.REQUIRE_MFA = False
    contexts: dict[str, BrowserContext] = {}
    windows: dict[str, Visitor] = {}

    def window(name: str) -> Visitor:
        if name not in windows:
            contexts[name] = browser.new_context(
                viewport={"width": request.param, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
            )
            windows[name] = Visitor(contexts[name], live_server.url)
        return windows[name]

    yield window
    for context in contexts.values():
        context.close()


@pytest.fixture
def background() -> Any:
    """Does what the worker would do: index, matches, mail."""
    return drain
