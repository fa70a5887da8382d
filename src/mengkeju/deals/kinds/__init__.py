"""Kinds of deal: one small file here = one more kind. No migration, URL or template is needed.

This file holds what a kind declares: its words, the words of its two sides, and the steps it has. Plain data.
"""

from dataclasses import dataclass

from mengkeju.deals.engine.steps import Step
from mengkeju.kernel.kinds import Registry

__all__ = ["DealKind", "Side", "kinds"]


@dataclass(frozen=True)
class Side:
    """The word of one side of a deal; `required`: nobody signs while it is empty."""

    label: str
    label_en: str
    required: bool = True


@dataclass(frozen=True)
class DealKind:
    """One kind. `sides` by key, in the order in which they are shown; `seller` applies for the registration.

    A kind without `Step.PRICE` enters no sum.
    """

    key: str
    label: str
    label_en: str
    number_prefix: str
    icon: str
    sides: dict[str, Side]
    steps: frozenset[Step]

    def has(self, step: Step) -> bool:
        """Whether deals of this kind go through a step."""
        return step in self.steps


kinds: Registry[DealKind] = Registry("deal kinds")
