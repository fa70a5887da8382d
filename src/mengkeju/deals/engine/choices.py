"""Short lists to choose from, with both words, as they lie in the data files of this folder."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Choice:
    """One entry; `hint` and `hint_en` explain it, `source` says where it comes from, where there is such a place."""

    key: str
    label: str
    label_en: str
    hint: str = ""
    hint_en: str = ""
    source: str = ""


def read_file(path: Path) -> dict[str, Any]:
    """The data of a file. ValueError unless it is dated and names its source."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data.get("checked_on"), date) or not data.get("source"):
        msg = f"{path.name}: checked_on must be a date and source be stated"
        raise ValueError(msg)
    return data


def choices(rows: list[dict[str, Any]]) -> dict[str, Choice]:
    """The entries by key, in the order of the file. ValueError when a key stands twice or a word is missing."""
    made = [Choice(**row) for row in rows]
    found = {one.key: one for one in made}
    if len(found) != len(made) or not all(one.key and one.label and one.label_en for one in made):
        msg = f"a key stands once and has both words: {', '.join(one.key for one in made)}"
        raise ValueError(msg)
    return found
