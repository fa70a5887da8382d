"""An officer works off a queue of five without touching the mouse: focus is always seen, and goes in order."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "请补充脱碳后的烧失量；j 和 k 在这里只是字母"
FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
  const shown = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
  return {
    tag: e.tagName,
    text: (e.innerText || e.value || e.name || "").trim(),
    name: e.name || "",
    main: !!e.closest("#main"),
    place: [...document.querySelectorAll("*")].indexOf(e),
    seen: e.matches(":focus-visible") && shown,
    inside: b.width > 0 && b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth,
  };
}"""


class Keyboard:
    """The keys of one window; nothing else is used."""

    def __init__(self, window: Any) -> None:
        self.window, self.page = window, window.page

    def focus(self) -> dict[str, Any]:
        """What has the focus; it must be visible and on the screen."""
        found: dict[str, Any] = self.page.evaluate(FOCUS)
        for _try in range(20):  # scrolling to it may take a moment
            if found["inside"]:
                break
            self.page.wait_for_timeout(50)
            found = self.page.evaluate(FOCUS)
        assert found["inside"], f"the focus is off the screen: {found}"
        assert found["tag"] != "BODY", "the focus is lost"
        assert found["seen"], f"nobody sees the focus on {found}"
        return found

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def follow(self) -> None:
        """Enter on a link or button, and look at the page it leads to."""
        with self.page.expect_navigation():
            self.press("Enter")
        self.window.look()

    def tab_to(self, text: str) -> None:
        """Tab until that stands in focus; every stop is visible and comes later in the document than the last."""
        last = -1
        for _step in range(60):
            self.press("Tab")
            found = self.focus()
            assert found["place"] > last, f"{found} comes before what had the focus"
            last = found["place"]
            if text in {found["text"], found["name"]}:
                return
        pytest.fail(f"{text} is not reached by Tab")

    def into_main(self) -> None:
        """The first Tab offers to jump over the navigation."""
        self.press("Tab")
        assert self.focus()["text"] == "跳到正文"
        self.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "main"


def a_queue_of_five() -> list[Listing]:
    """Handed in one after the other; the queue shows the oldest first."""
    firm = f.organisation("鹿原化工（演示）")
    return [samples.submitted(firm, title=f"第{n}件需求") for n in "一二三四五"]


def sign_in(keys: Keyboard) -> None:
    keys.window.go("/accounts/login/?next=/reviews/")
    keys.into_main()
    keys.tab_to("login")
    keys.page.keyboard.type("guanyuan")
    keys.tab_to("password")
    keys.page.keyboard.type(f.PASSWORD)
    keys.follow()
    assert keys.page.url.endswith("/reviews/")


def decide(keys: Keyboard, decision: str) -> None:
    """Open the case that has the focus, decide, and be back at the list."""
    keys.follow()
    keys.into_main()
    keys.tab_to("note")
    if decision == "退回修改":
        keys.page.keyboard.type(REASON)
    keys.tab_to(decision)
    keys.follow()
    assert urlsplit(keys.page.url).path == "/reviews/"


def return_without_a_reason(keys: Keyboard) -> None:
    """The refusal has the focus and leads to the field; single letters are only letters there."""
    keys.press("j")
    assert keys.focus()["text"] == "第一件需求"
    keys.follow()
    keys.into_main()
    keys.tab_to("退回修改")
    keys.follow()
    assert "“退回修改”必须写明理由" in keys.focus()["text"]
    keys.press("Tab")
    assert "退回理由" in keys.focus()["text"]
    keys.press("Enter")
    assert keys.focus()["name"] == "note"
    keys.page.keyboard.type(REASON)
    assert keys.page.locator("#main [name=note]").input_value() == REASON
    keys.tab_to("退回修改")
    keys.follow()
    assert keys.window.sees("已退回")


def test_five_cases_without_the_mouse(people: Any) -> None:
    cases = a_queue_of_five()
    f.with_role("officer", area=f.BAOTOU, of=f.account("guanyuan", password=f.PASSWORD), second_factor=False)
    keys = Keyboard(people("officer"))
    sign_in(keys)

    # J goes down, K up, and neither leaves the list.
    walked = []
    for key in ("j", "j", "k", "k", "j", "j", "j", "j", "j"):
        keys.press(key)
        walked.append(keys.focus()["text"])
    assert walked == [f"第{n}件需求" for n in "一二一一二三四五五"]

    decide(keys, "通过并发布")  # the last one, where the list stands
    assert keys.window.sees("已发布")
    return_without_a_reason(keys)
    for decision in ("通过并发布", "通过并发布", "退回修改"):
        keys.press("j")
        decide(keys, decision)
    assert keys.window.sees("没有待审核的信息")

    states = {case.title: Listing.objects.get(pk=case.pk).state for case in cases}
    returned = {"第一件需求", "第四件需求"}
    assert {title for title, state in states.items() if state == "returned"} == returned
    assert {title for title, state in states.items() if state == "published"} == states.keys() - returned
