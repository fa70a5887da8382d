"""What an organisation's contracts come to: conversion items by result, their yearly mean and its points.

A result counts once, however often it was sold, licensed or landed. No threshold stands here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Proof:
    """What shows a conversion: a registered contract or a landing. `result`: the key of what was converted."""

    result: str
    on: date
    way: str
    thing: Any


@dataclass(frozen=True)
class Item:
    """One conversion with everything that shows it, the earliest first; `on` is the earliest day."""

    result: str
    proofs: tuple[Proof, ...]

    @property
    def on(self) -> date:
        """The day of the first proof."""
        return self.proofs[0].on

    @property
    def ways(self) -> tuple[str, ...]:
        """How it was converted as far as it is known, each way once."""
        return tuple(dict.fromkeys(proof.way for proof in self.proofs if proof.way))


def items(proofs: Iterable[Proof]) -> list[Item]:
    """One item a result, in the order of their first proofs."""
    found: dict[str, list[Proof]] = {}
    for proof in sorted(proofs, key=lambda one: one.on):
        found.setdefault(proof.result, []).append(proof)
    return [Item(result, tuple(rows)) for result, rows in found.items()]


def yearly_mean(made: Sequence[Item], years: int) -> Decimal:
    """Items a year over so many years. ValueError below one year."""
    if years < 1:
        msg = "a mean needs a year"
        raise ValueError(msg)
    return Decimal(len(made)) / years


def way_of(side: str, contract_type: str, subtype: str) -> str:
    """A key of the document's ways, as far as a contract says it by itself; else “”."""
    if contract_type == "development" and subtype == "joint":
        return "joint"
    if side == "seller" and contract_type in ("transfer", "licence"):
        return contract_type
    return ""
