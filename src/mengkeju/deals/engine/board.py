"""When a published item counts as unanswered: the dated figures of the board, counted in working days."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "board.yaml"


@dataclass(frozen=True)
class Board:
    """The figures of the board and where they come from."""

    checked_on: date
    source: str
    unpaired_after_days: int
    claims_at_most: int


def load(path: Path = FILE) -> Board:
    """Read the figures. ValueError unless they are dated and positive."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    made = Board(data["checked_on"], str(data["source"]), int(data["unpaired_after_days"]), int(data["claims_at_most"]))
    if not isinstance(made.checked_on, date) or min(made.unpaired_after_days, made.claims_at_most) <= 0:
        msg = f"{path.name}: checked_on must be a date and the figures positive"
        raise ValueError(msg)
    return made


BOARD = load()
