"""How long a listing counts as current, when its owner is asked, and when it is taken off the shelf."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

from mengkeju.kernel import clock
from mengkeju.kernel.workflow import DutySpec

CONFIRM_KEY = "confirm_listing"
PATH = Path(__file__).parent / "freshness.yaml"


@dataclass(frozen=True)
class Freshness:
    """The figures of `freshness.yaml`, which says what each one is."""

    checked_on: date
    source: str
    days: dict[str, int]
    ask_working_days: int
    grace_working_days: int

    def review_by(self, kind: str, confirmed_on: date) -> date:
        """The day until which a listing confirmed on a day counts as current; never a day off."""
        day = confirmed_on + timedelta(days=self.days.get(kind, self.days["default"]))
        return clock.add_working_days(day - clock.DAY, 1).day

    def asked_until(self, today: date) -> date:
        """Owners of what is to be reviewed by this day or earlier are asked today."""
        return clock.add_working_days(today, self.ask_working_days).day

    def due_on(self, review_by: date, today: date) -> date:
        """When an owner asked today must have answered: he always has the time of the grace."""
        return review_by if review_by >= today else clock.add_working_days(today, self.grace_working_days).day

    def last_day(self, review_by: date, asked_on: date) -> date:
        """The last day on the shelf for whoever was asked on a day and does not answer."""
        return clock.add_working_days(max(review_by, asked_on), self.grace_working_days).day


def load(path: Path = PATH) -> Freshness:
    """Read the figures. ValueError unless they are dated, positive and have a default."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    made = Freshness(
        data["checked_on"],
        str(data["source"]),
        {str(kind): int(days) for kind, days in data["days"].items()},
        int(data["ask_working_days"]),
        int(data["grace_working_days"]),
    )
    figures = (*made.days.values(), made.ask_working_days, made.grace_working_days)
    if not isinstance(made.checked_on, date) or min(figures) <= 0 or "default" not in made.days:
        msg = f"{path.name}: checked_on must be a date, the figures positive, and a default given"
        raise ValueError(msg)
    return made


FRESHNESS = load()
CONFIRM = DutySpec(
    CONFIRM_KEY, "确认信息仍然有效", "owner", None, FRESHNESS.source, label_en="Confirm that a listing still holds"
)
"""The duty that is no transition: due on the day in `review_by`."""
