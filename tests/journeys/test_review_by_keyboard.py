"""An officer works off a queue of five without touching the mouse: focus is always seen, and goes in order."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from mengkeju.listings.models import Listing
from tests import factories as f
from tests.journeys.keyboard import Keyboard
from tests.listings import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "请补充脱碳后的烧失量；j 和 k 在这里只是字母"


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
