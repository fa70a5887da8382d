"""Kinds of deal: one small file here = one more kind. No migration, URL or template is needed.

This file holds what a kind declares: its words, the words of its two sides, and the steps it has. Plain data.
"""

from dataclasses import dataclass

from mengkeju.deals.engine.steps import Ask, Step
from mengkeju.kernel.kinds import Registry

__all__ = ["DealKind", "Side", "in_order", "kinds"]


@dataclass(frozen=True)
class Side:
    """The word of one side of a deal; `required`: nobody signs while it is empty."""

    label: str
    label_en: str
    required: bool = True


@dataclass(frozen=True)
class DealKind:
    """One kind. `sides` by key, in the order in which they are shown; `seller` applies for the registration.

    A kind without `Step.PRICE` enters no sum. `paper`: what its text is called; `scope`: what its summary says;
    `about`: what it is, in one sentence. `asks`: what is settled before signing. `within`: kinds that may carry it
    (never in a circle). `leaves_out`: particulars that make no sense for it. `order`: its place among the kinds.
    """

    key: str
    label: str
    label_en: str
    number_prefix: str
    icon: str
    sides: dict[str, Side]
    steps: frozenset[Step]
    paper: str
    paper_en: str
    scope: str
    scope_en: str
    about: str
    about_en: str
    asks: frozenset[Ask] = frozenset()
    within: tuple[str, ...] = ()
    leaves_out: frozenset[str] = frozenset()
    order: int = 50

    def has(self, step: Step) -> bool:
        """Whether deals of this kind go through a step."""
        return step in self.steps


kinds: Registry[DealKind] = Registry("deal kinds")


def in_order() -> list[DealKind]:
    """Every kind, in the order in which they are offered."""
    return sorted(kinds.values(), key=lambda kind: (kind.order, kind.key))
