"""Figures and the table they are printed in."""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured value. `what` names it, `value` as printed, `unit` ms, s, rows/s, req/s, MB, …"""

    group: str
    what: str
    value: float
    unit: str
    note: str = ""

    def line(self) -> str:
        """Its row of the table."""
        return f"| {self.what} | {shown(self.value)} {self.unit} | {self.note} |"


def shown(value: float) -> str:
    """Three figures that say something, thousands apart."""
    if value >= 100:  # noqa: PLR2004 - no decimals from here on
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of them do not exceed (nearest rank). ValueError without values."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def clock(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds it took, and what it gave."""
    began = time.perf_counter()
    made = act()
    return time.perf_counter() - began, made


def latencies(group: str, what: str, seconds: Sequence[float], note: str = "") -> list[Figure]:
    """p50 and p95 in ms."""
    said = f"{len(seconds)} times" + (f"; {note}" if note else "")
    return [
        Figure(group, f"{what} p50", percentile(seconds, 0.5) * 1000, "ms", said),
        Figure(group, f"{what} p95", percentile(seconds, 0.95) * 1000, "ms", said),
    ]


def table(figures: Iterable[Figure]) -> str:
    """Markdown: one table per group, in the order of the groups."""
    found = list(figures)
    lines: list[str] = []
    for group in dict.fromkeys(f.group for f in found):
        lines += [f"### {group}", "", "| what | figure | how |", "| --- | ---: | --- |"]
        lines += [f.line() for f in found if f.group == group] + [""]
    return "\n".join(lines)


def plain(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """As JSON keeps them."""
    return [asdict(figure) for figure in figures]
