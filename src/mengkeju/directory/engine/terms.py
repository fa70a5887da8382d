"""The privacy notice and terms of use, dated: what a new login agrees to."""

from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "terms.yaml"
PURPOSE = "terms"


@dataclass(frozen=True)
class Terms:
    """One version of the text; `points` are (Chinese, English)."""

    version: str
    source: str
    label: str
    label_en: str
    points: tuple[tuple[str, str], ...]


def load(path: Path = FILE) -> Terms:
    """Read the text. KeyError when a part is missing."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    points = tuple((str(p["text"]), str(p["text_en"])) for p in data["points"])
    return Terms(str(data["version"]), data["source"], data["label"], data["label_en"], points)


TERMS = load()
