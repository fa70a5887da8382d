"""Who takes part in a listing and in which part; what a person who was asked can answer."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from mengkeju.kernel.words import mark


@dataclass(frozen=True)
class Part:
    """A part people or organisations have in a listing; `people`: only people can have it."""

    key: str
    label: str
    label_en: str
    people: bool = False


def load(path: Path = Path(__file__).parent / "participations.yaml") -> dict[str, Part]:
    """The parts by key, in the order a list shows them."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["parts"]
    return {row["key"]: Part(**row) for row in rows}


PARTS = load()
ANSWERS = {"asked": mark("已请本人确认"), "agreed": mark("本人已同意"), "objected": mark("本人有异议")}
MOST = 60
"""The most names a list may hold."""
