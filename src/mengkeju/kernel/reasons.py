"""Why a proposal or an intention is declined: one dated list, used by matching and deals alike."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from mengkeju.kernel.words import word

PATH = Path(__file__).parent / "data" / "decline_reasons.yaml"


@dataclass(frozen=True)
class Reason:
    """A reason code. `acts_on`: maturity, description, topic, terms or none. `market`: where alone it is said."""

    key: str
    label: str
    label_en: str
    origin: str
    acts_on: str
    note_required: bool = False
    market: str = ""


REASONS: dict[str, Reason] = {
    row["key"]: Reason(**row) for row in yaml.safe_load(PATH.read_text(encoding="utf-8"))["reasons"]
}


def choices(market: str = "technology") -> list[tuple[str, str]]:
    """(key, word for the reader) for a select of a market."""
    return [(r.key, word(r)) for r in REASONS.values() if r.market in ("", market)]
