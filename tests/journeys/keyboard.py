"""The keys of one window: nothing is clicked, and whatever has the focus must be seen."""

from typing import Any

import pytest

FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
  const shown = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
  return {
    tag: e.tagName,
    text: (e.innerText || e.value || e.name || "").trim(),
    name: e.name || "",
    type: e.type || "",
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
            found = self.page.evaluate(FOCUS)
            if found["type"] == "date" and found["place"] == last:
                continue  # year, month, day and the calendar are the browser's own stops within one field
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
