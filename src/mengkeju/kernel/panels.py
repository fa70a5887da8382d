"""Sections and buttons that capabilities above add to an object's page, without being imported below."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mengkeju.kernel.access import Actor
from mengkeju.kernel.kinds import Registry


@dataclass(frozen=True)
class Panel:
    """`build(actor, obj, shown)` returns the template's context, or None to show nothing.

    `subject` is a subject type key, or `site` (home), `me` (workbench), `match` (one match card), `partner`
    (a listing as a partner along the chain of another).
    `slot` names the place: next, main, aside, buttons, tools. `shown` is what the page passes on
    (e.g. the query string).
    """

    key: str
    subject: str
    slot: str
    order: int
    template: str
    build: Callable[[Actor, Any, dict[str, Any]], dict[str, Any] | None] = field(compare=False)


panels: Registry[Panel] = Registry("panels")


def register(panel: Panel) -> None:
    """Add a panel."""
    panels.register(panel.key, panel)


@dataclass(frozen=True)
class Shown:
    """One panel ready to be included."""

    key: str
    template: str
    context: dict[str, Any]


def build(actor: Actor, subject: str, slot: str, obj: Any = None, shown: dict[str, Any] | None = None) -> list[Shown]:
    """The panels of a place that have something to show, by order and then by key."""
    here = (p for p in panels.values() if p.subject == subject and p.slot == slot)
    wanted = sorted(here, key=lambda p: (p.order, p.key))
    built = ((p, p.build(actor, obj, shown or {})) for p in wanted)
    return [Shown(p.key, p.template, context) for p, context in built if context is not None]
