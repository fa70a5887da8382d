"""Journeys: a real server, a real browser, Chinese, two widths; every page visited is checked with axe.

With JOURNEY_PICTURES=<folder> in the environment a picture of every page looked at is kept there.
"""

import os
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as site
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Download, Locator, Page
from pytest_django.live_server_helper import LiveServer

from mengkeju.kernel.models import Account
from mengkeju.kernel.testing.chromium import accessibility_problems
from mengkeju.kernel.worker import drain
from tests import factories

WIDTHS = (1366, 390)
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
_taken = count(1)


class Visitor:
    """One person's browser window. Every page he lands on must be accessible and quiet in the console."""

    def __init__(self, context: BrowserContext, base: str, name: str = "") -> None:
        """Opens one page; `name` is for pictures."""
        self.base, self.name = base, name
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
        self.picture()

    def picture(self) -> None:
        """Keep one of the page, if pictures are wanted."""
        if PICTURES:
            place = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "uid", self.page.url.removeprefix(self.base))
            name = f"{next(_taken):03}-{self.width}-{self.name}{re.sub('[^a-z0-9=]+', '-', place)}.png"
            self.page.screenshot(path=Path(PICTURES) / name[-120:], full_page=True)

    @property
    def width(self) -> int:
        """Of the window, in pixels."""
        return int(self.page.evaluate("window.innerWidth"))

    def refused(self, path: str, status: int) -> None:
        """Open a page that says no: the browser reports the status itself, everything else is as on any page."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        self.noise.clear()
        self.look()

    def press(self, name: str, within: Locator | None = None) -> None:
        """Press the button or link of that name in the page's main part, or in a part of it; look where it leads."""
        place = within or self.page.locator("#main")
        button, link = (place.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
        button.or_(link).first.click()
        self.page.wait_for_load_state()
        self.look()

    def row(self, text: str) -> Locator:
        """The first row or card of the main part that holds the text."""
        return self.page.locator("#main tr, #main li").filter(has_text=text).first

    def confirm(self, label: str, within: Locator | None = None, note: str = "") -> None:
        """A grave act: open the question, give the reason, say yes."""
        place = (within or self.page.locator("#main")).locator("details.mk-confirm").filter(has_text=label).first
        place.locator("summary").click()
        self.look()
        if note:
            place.locator("[name=note]").fill(note)
        self.press(label, place)

    def download(self, name: str) -> Download:
        """The file that the button or link of that name hands over."""
        main = self.page.locator("#main")
        with self.page.expect_download() as waited:
            main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()
        return waited.value

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

    def sign_in(self, login: str, password: str = factories.PASSWORD) -> None:
        """Through the sign-in page."""
        self.go("/accounts/login/")
        self.give_password(login, password)
        self.look()

    def give_password(self, login: str, password: str) -> None:
        """Fill and send the sign-in form on the page."""
        self.fill(login=login, password=password)
        self.page.locator("#main form button[type=submit]").first.click()
        self.page.wait_for_load_state()

    def signed_in(self, account: Account) -> "Visitor":
        """With the account's session, as the sign-in page would leave it."""
        name = site.SESSION_COOKIE_NAME
        session = factories.signed_in_client(account).cookies[name].value
        self.page.context.add_cookies([{"name": name, "value": session, "url": self.base}])
        return self


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
            windows[name] = Visitor(contexts[name], live_server.url, name)
        return windows[name]

    yield window
    for context in contexts.values():
        context.close()


@pytest.fixture
def background() -> Callable[[], object]:
    """Does what the worker would do: index, matches, mail."""
    return drain
