"""Deadlines are dated data: a YAML file beside the workflow that uses them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Deadlines:
    """Working days by key, with where the figures come from."""

    checked_on: date
    source: str
    working_days: dict[str, int]

    def __getitem__(self, key: str) -> int:
        """Working days of a key; KeyError when the file has none."""
        return self.working_days[key]


def load(path: Path) -> Deadlines:
    """Read a deadlines file: checked_on, source, working_days: {key: days > 0}."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    days = {str(k): int(v) for k, v in data["working_days"].items()}
    if any(v <= 0 for v in days.values()):
        msg = f"{path.name}: working days must be positive"
        raise ValueError(msg)
    return Deadlines(data["checked_on"], str(data["source"]), days)
