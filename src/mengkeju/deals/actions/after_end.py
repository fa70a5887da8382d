"""When a deal is over, nobody is asked any more for what it had planned."""

from datetime import datetime

from mengkeju.deals.models import Deal, Landing, Milestone
from mengkeju.kernel import duties


def no_more_to_reach(deal: Deal, *, by: str, now: datetime) -> None:
    """The duties of its milestones end, and of a terminated deal those of its landings. `by`: what ended it."""
    rows: list[Milestone | Landing] = list(deal.milestones.filter(archived_at=None))
    if deal.state == "terminated":
        rows += list(deal.landings.filter(archived_at=None))
    for row in rows:
        duties.close_duties(row, by=by, now=now)
