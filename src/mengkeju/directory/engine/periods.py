"""Periods in calendar days, read from the dated file beside this module."""

from datetime import timedelta
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "periods.yaml"


def load(path: Path = FILE) -> dict[str, timedelta]:
    """Periods by key. Raises ValueError for one that is not positive."""
    days = {str(key): int(value) for key, value in yaml.safe_load(path.read_text(encoding="utf-8"))["days"].items()}
    if any(value <= 0 for value in days.values()):
        msg = f"{path.name}: periods must be positive"
        raise ValueError(msg)
    return {key: timedelta(days=value) for key, value in days.items()}


PERIODS = load()
