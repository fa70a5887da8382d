"""A registrar works off three cases without the mouse: accepted, sent back, registered; focus is always seen."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from mengkeju.deals.models import Registration
from mengkeju.kernel import clock
from tests import factories as f
from tests.deals import desk_samples as s
from tests.journeys.keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTE = "请补法人授权书；j 和 k 在这里只是字母"


def sign_in(keys: Keyboard) -> None:
    keys.window.go("/accounts/login/?next=/desk/")
    keys.into_main()
    keys.tab_to("login")
    keys.page.keyboard.type("dengjiyuan")
    keys.tab_to("password")
    keys.page.keyboard.type(f.PASSWORD)
    keys.follow()
    assert urlsplit(keys.page.url).path == "/desk/"


def to_the_decision(keys: Keyboard) -> None:
    """The second jump on a case leads past its list and its contract."""
    keys.into_main()
    keys.tab_to("跳到办理")
    keys.press("Enter")
    assert keys.page.evaluate("document.activeElement.id") == "decide"


def register(keys: Keyboard) -> None:
    """A number with a digit missing is refused, everything typed is still there; then it is right."""
    to_the_decision(keys)
    keys.tab_to("number")
    keys.page.keyboard.type("ys26-2611-01-00000")
    keys.tab_to("body_name")
    keys.page.keyboard.type("呼和浩特技术合同登记处（演示）")
    keys.tab_to("予以登记")
    keys.follow()
    assert "少 1 位" in keys.focus()["text"]
    keys.press("Tab")
    keys.press("Enter")
    assert keys.focus()["name"] == "number"
    assert keys.page.locator("#main [name=body_name]").input_value() == "呼和浩特技术合同登记处（演示）"
    keys.press("End")
    keys.page.keyboard.type("1")
    keys.tab_to("予以登记")
    keys.follow()


def test_three_cases_without_the_mouse(people: Any) -> None:
    now = clock.now()
    account = f.with_role(
        "registrar", area=f.HOHHOT, of=f.account("dengjiyuan", password=f.PASSWORD), second_factor=False
    )
    first, second = s.filed(at=now), s.filed(at=now)
    third = s.accepted(s.registrar(), at=now)
    keys = Keyboard(people("registrar"))
    sign_in(keys)

    walked = []
    for key in ("j", "j", "k"):
        keys.press(key)
        walked.append(keys.focus()["text"])
    assert walked == [case.deal.title for case in (first, second, first)]

    keys.follow()
    to_the_decision(keys)
    keys.tab_to("受理")
    keys.follow()  # on to the second one of the tab
    assert urlsplit(keys.page.url).path == f"/desk/{second.uid}/"
    assert keys.window.sees("已受理")
    to_the_decision(keys)
    keys.tab_to("发一次性补正通知…")
    keys.press("Enter")
    keys.tab_to("note")
    keys.press("Control+a")
    keys.page.keyboard.type(NOTE)
    keys.tab_to("发一次性补正通知")
    keys.follow()  # nothing is left in the tab
    assert urlsplit(keys.page.url).path == "/desk/"
    assert keys.window.sees("没有等您办的了")

    keys.window.go(f"/desk/{third.uid}/")
    register(keys)
    found = {case.pk: Registration.objects.get(pk=case.pk) for case in (first, second, third)}
    assert [found[case.pk].state for case in (first, second, third)] == ["accepted", "supplement", "registered"]
    assert found[second.pk].supplement_note == NOTE
    assert found[third.pk].number == s.NUMBER
    assert found[third.pk].decided_by == f.person(account)
