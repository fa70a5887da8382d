"""The contract statistics as plain values: what `mengkeju stats contracts --json` prints and the API answers."""

from decimal import Decimal
from typing import Any

from mengkeju.deals.engine.growth import whole
from mengkeju.deals.engine.statistics import CUTS, Figures
from mengkeju.deals.queries.statistics import ContractStatistics


def figures_of(found: Figures) -> dict[str, Any]:
    """Amounts as whole 元 where they are whole, else with their cents as text."""
    return {
        "count": found.count,
        "contract_value": _plain(found.contract_value),
        "technology_value": _plain(found.technology_value),
        "unstated": found.unstated,
    }


def _plain(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else f"{value:.2f}"


def as_json(found: ContractStatistics) -> dict[str, Any]:
    """Period, area, figures, the period before, growth, inflow, and every cut."""
    return {
        "from": found.asked.first_on.isoformat(),
        "until": found.asked.last_on.isoformat(),
        "area": found.asked.area or None,
        **figures_of(found.figures),
        "before": figures_of(found.before),
        "growth_pct": whole(found.growth_pct),
        "growth_pct_exact": None if found.growth_pct is None else str(found.growth_pct),
        "inflow": figures_of(found.inflow),
        "cuts": {cut: [{"code": part.code, **figures_of(part.figures)} for part in found.cuts[cut]] for cut in CUTS},
    }
