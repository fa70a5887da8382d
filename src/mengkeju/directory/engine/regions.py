"""Which place is inside the region the platform serves, by its code of GB/T 2260.

The region is one province-level division. An organisation of another one (区外) is a member with limited scope: see
`directory.access`. Functional zones have codes of their own (“Z-…”) and always lie in the region.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

REGION = "150000"
COUNTRY = "000000"
CITIES = ("150100", "150200")
"""The two cities of the network."""
OUTSIDE = "outside"
"""All places outside the region together, as a value of filters."""
DIGITS = 6


def is_outside(code: str) -> bool:
    """Whether a place is in another province-level division than the region's; not for an empty code."""
    return len(code) == DIGITS and code.isascii() and code.isdigit() and code[:2] not in {REGION[:2], COUNTRY[:2]}


@dataclass(frozen=True)
class Figures:
    """`longest`: how far ahead an opening may end."""

    longest: timedelta


def load(path: Path = Path(__file__).parent / "outside.yaml") -> Figures:
    """Read the figures. ValueError unless they are dated and positive."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data["checked_on"], date) or int(data["longest_days"]) <= 0:
        msg = f"{path.name}: checked_on must be a date and longest_days positive"
        raise ValueError(msg)
    return Figures(timedelta(days=int(data["longest_days"])))


FIGURES = load()
