"""Which titles (资质称号) the platform keeps, from the dated file beside this module."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).parent / "titles.yaml"


@dataclass(frozen=True)
class TitleKind:
    """A title. `leading`: its holder is one of the enterprises whose needs carry the flag.

    `register`: its holders stand in the register of technology-transfer bodies; `branch`: they are branches of another.
    `by_level`: one organisation may hold it of several levels at once.
    """

    key: str
    label: str
    label_en: str
    leading: bool = False
    register: bool = False
    branch: bool = False
    by_level: bool = False
    source: str = ""


@dataclass(frozen=True)
class TitleLevel:
    """Of what level the authority is."""

    key: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Titles:
    """The file: kinds and levels by key, with where they come from."""

    checked_on: date
    source: str
    kinds: dict[str, TitleKind]
    levels: dict[str, TitleLevel]

    @property
    def leading(self) -> tuple[str, ...]:
        """Keys of the titles of leading enterprises."""
        return tuple(kind.key for kind in self.kinds.values() if kind.leading)

    @property
    def registered(self) -> tuple[str, ...]:
        """Keys of the titles whose holders stand in the register of technology-transfer bodies."""
        return tuple(kind.key for kind in self.kinds.values() if kind.register)


def _by_key(rows: list[dict[str, Any]], made: type[Any], name: str) -> dict[str, Any]:
    found = {str(row["key"]): made(**row) for row in rows}
    if len(found) != len(rows):
        msg = f"{name}: a key stands twice"
        raise ValueError(msg)
    return found


def load(path: Path = FILE) -> Titles:
    """Read the file. ValueError unless it is dated, names its source and repeats no key."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data["checked_on"], date) or not str(data["source"]).strip():
        msg = f"{path.name}: checked_on must be a date, and a source must stand"
        raise ValueError(msg)
    kinds, levels = _by_key(data["kinds"], TitleKind, path.name), _by_key(data["levels"], TitleLevel, path.name)
    return Titles(data["checked_on"], str(data["source"]), kinds, levels)


TITLES = load()
