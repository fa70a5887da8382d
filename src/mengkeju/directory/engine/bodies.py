"""What technology-transfer bodies do and how their year is judged, from the dated file beside this module."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mengkeju.kernel.words import word

FILE = Path(__file__).parent / "bodies.yaml"


@dataclass(frozen=True)
class Choice:
    """A service or a result. `tone`: how a result is shown."""

    key: str
    label: str
    label_en: str
    tone: str = "calm"


@dataclass(frozen=True)
class Bodies:
    """The file: services and results by key, each list with where it comes from."""

    checked_on: date
    services: dict[str, Choice]
    services_source: str
    results: dict[str, Choice]
    results_source: str


def _items(part: dict[str, Any], name: str) -> tuple[dict[str, Choice], str]:
    found = {str(row["key"]): Choice(**row) for row in part["items"]}
    source = str(part["source"]).strip()
    if len(found) != len(part["items"]) or not source:
        msg = f"{name}: a key stands twice, or a source is missing"
        raise ValueError(msg)
    return found, source


def load(path: Path = FILE) -> Bodies:
    """Read the file. ValueError unless it is dated, names its sources and repeats no key."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    checked_on = data["checked_on"]
    if not isinstance(checked_on, date):
        msg = f"{path.name}: checked_on must be a date"
        raise ValueError(msg)  # noqa: TRY004 - a wrong file, not a wrong caller
    services, results = _items(data["services"], path.name), _items(data["results"], path.name)
    return Bodies(checked_on, *services, *results)


BODIES = load()


def service_words(keys: Iterable[str], other: str = "") -> list[str]:
    """The words of services in the reader's language, in the order of the file; a service no longer listed is left out.

    `other`: what the body wrote besides.
    """
    wanted = set(keys)
    return [word(one) for key, one in BODIES.services.items() if key in wanted] + ([other] if other else [])
