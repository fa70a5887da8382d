"""The figures of webhooks, from schedule.yaml."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Figures:
    """Waits between attempts, limits of one attempt, limits of one organisation. See schedule.yaml."""

    delays: tuple[timedelta, ...]
    jitter: float
    longest_retry_after: timedelta
    timeout: float
    lease: timedelta
    answer_bytes: int
    answer_kept: int
    disable_after: timedelta
    overlap: timedelta
    per_organisation: int
    slots: int
    failing_slots: int
    replay_at_once: int
    kept: timedelta
    forbidden: tuple[IPv4Network | IPv6Network, ...]

    @property
    def longest_life(self) -> timedelta:
        """From the first attempt to giving up, at most; doubled, for answers that ask for patience."""
        return 2 * sum(self.delays, timedelta()) * (1 + self.jitter)


def load(path: Path = Path(__file__).parent / "schedule.yaml") -> Figures:
    """Read the figures. ValueError when a lease could end during an attempt, or no slot is left for healthy ones."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if data["lease_seconds"] < 2 * data["timeout_seconds"] or data["failing_slots"] >= data["slots"]:
        msg = f"{path.name}: a lease outlives two time-outs, and failing endpoints leave a slot to the others"
        raise ValueError(msg)
    return Figures(
        tuple(timedelta(seconds=seconds) for seconds in data["delays_seconds"]),
        float(data["jitter"]),
        timedelta(seconds=data["longest_retry_after_seconds"]),
        float(data["timeout_seconds"]),
        timedelta(seconds=data["lease_seconds"]),
        int(data["answer_bytes"]),
        int(data["answer_kept"]),
        timedelta(hours=data["disable_after_hours"]),
        timedelta(hours=data["overlap_hours"]),
        int(data["endpoints_per_organisation"]),
        int(data["slots"]),
        int(data["failing_slots"]),
        int(data["replay_at_once"]),
        timedelta(days=data["kept_days"]),
        tuple(ip_network(network) for network in data["forbidden"]),
    )


FIGURES = load()
