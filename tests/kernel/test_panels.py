"""Panels stand in their place and order, and show nothing when there is nothing."""

from typing import Any

import pytest

from mengkeju.kernel import panels
from mengkeju.kernel.access import ANONYMOUS, Actor
from mengkeju.kernel.kinds import DuplicateKeyError, Registry
from mengkeju.kernel.panels import Panel


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "panels", Registry("panels"))


def panel(key: str, order: int, *, slot: str = "main", context: dict[str, Any] | None = None) -> Panel:
    return Panel(key, "thing", slot, order, f"{key}.html", lambda _actor, _obj, _shown: context)


def test_in_order_and_only_those_with_something_to_show() -> None:
    for made in (panel("late", 20, context={"n": 1}), panel("early", 10, context={}), panel("empty", 5)):
        panels.register(made)
    panels.register(panel("aside", 1, slot="aside", context={}))
    found = panels.build(ANONYMOUS, "thing", "main")
    assert [(p.key, p.template, p.context) for p in found] == [
        ("early", "early.html", {}), ("late", "late.html", {"n": 1}),
    ]  # fmt: skip
    assert panels.build(ANONYMOUS, "other", "main") == []


def test_a_panel_sees_who_asks_about_what_and_what_the_page_passes_on() -> None:
    seen: list[Any] = []

    def build(actor: Actor, obj: Any, shown: dict[str, Any]) -> None:
        seen.append((actor, obj, shown))

    panels.register(Panel("spy", "thing", "main", 1, "x.html", build))
    panels.build(ANONYMOUS, "thing", "main", "the object", {"q": "稀土"})
    panels.build(ANONYMOUS, "thing", "main")
    assert seen == [(ANONYMOUS, "the object", {"q": "稀土"}), (ANONYMOUS, None, {})]


def test_a_key_taken_twice_stops_the_start() -> None:
    panels.register(panel("one", 1))
    with pytest.raises(DuplicateKeyError, match="one"):
        panels.register(panel("one", 2))
