"""The cuts of the contract statistics (national bulletin, see domain rules §3.a.8) and the shape of their figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from mengkeju.kernel.words import mark

CUTS = {
    "type": mark("合同类型"),
    "field": mark("技术领域"),
    "seller_kind": mark("卖方类别"),
    "ip_kind": mark("知识产权"),
    "plan_source": mark("计划来源"),
    "flow": mark("流向"),
    "area": mark("卖方所在地"),
    "zone": mark("功能区"),
}
"""By key, in the order in which they are shown."""
FLOWS = {
    "inside": mark("本地区内"),
    "network": mark("流向网络另一市"),
    "region": mark("流向自治区其他地区"),
    "outside": mark("流向区外"),
    "unknown": mark("买方所在地未载"),
}
"""Where the technology went, seen from the area asked for."""


@dataclass(frozen=True)
class Figures:
    """How many contracts, and their sums in 元. `unstated`: of these how many without a certified amount."""

    count: int = 0
    contract_value: Decimal = Decimal(0)
    technology_value: Decimal = Decimal(0)
    unstated: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        """Both together."""
        return Figures(
            self.count + other.count,
            self.contract_value + other.contract_value,
            self.technology_value + other.technology_value,
            self.unstated + other.unstated,
        )

    def __sub__(self, other: "Figures") -> "Figures":
        """What this has more than the other; parts may be negative."""
        return Figures(
            self.count - other.count,
            self.contract_value - other.contract_value,
            self.technology_value - other.technology_value,
            self.unstated - other.unstated,
        )

    def stored(self) -> dict[str, str | int]:
        """As JSON holds it."""
        return {
            "count": self.count,
            "contract_value": str(self.contract_value),
            "technology_value": str(self.technology_value),
            "unstated": self.unstated,
        }

    @classmethod
    def read(cls, kept: dict[str, str | int]) -> "Figures":
        """From JSON."""
        return cls(
            int(kept["count"]),
            Decimal(str(kept["contract_value"])),
            Decimal(str(kept["technology_value"])),
            int(kept["unstated"]),
        )


@dataclass(frozen=True)
class Part:
    """One row of a cut: its code and figures. An empty code: not stated."""

    code: str
    figures: Figures


def total(parts: Sequence[Part]) -> Figures:
    """The sum of a cut's rows."""
    found = Figures()
    for part in parts:
        found = found + part.figures
    return found
