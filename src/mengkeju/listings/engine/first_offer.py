"""The first-offer window (本地优先): for how long, and whether it is open on a day."""

from datetime import date, datetime, timedelta
from pathlib import Path

import yaml


def load(path: Path = Path(__file__).parent / "first_offer.yaml") -> int:
    """The most days a window may last. ValueError unless the file is dated and the figure positive."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    most = int(data["longest_days"])
    if not isinstance(data["checked_on"], date) or most <= 0:
        msg = f"{path.name}: checked_on must be a date and longest_days positive"
        raise ValueError(msg)
    return most


LONGEST = load()


def last_day(published_on: date | None, days: int, ended_at: datetime | None) -> date | None:
    """The last day of a window that begins with publication; None while unpublished or when it was ended early."""
    if published_on is None or ended_at is not None or days <= 0:
        return None
    return published_on + timedelta(days=days)
