"""Policy files for tests."""

from pathlib import Path
from typing import Any

import yaml

from mengkeju.policy.engine import build
from mengkeju.policy.engine.document import Document, Figure
from mengkeju.policy.engine.reading import read

HEAD: dict[str, Any] = {
    "key": "sample",
    "title": "演示办法",
    "title_en": "Sample measures",
    "status": "secondary",
    "source": "演示来源",
    "source_en": "Sample source",
    "checked_on": "2026-11-21",
}
RATE: dict[str, Any] = {"key": "rate", "label": "比例", "label_en": "Rate", "unit": "ratio", "value": '"0.10"'}
CASES = "cases:\n  - {label: 有, day: 2026-11-21, figures: {figure: rate}, gives: %s}\n"


def entry(**fields: Any) -> dict[str, Any]:
    """An entry of the figure `rate`, with some fields changed; None takes one away."""
    return {name: value for name, value in (RATE | fields).items() if value is not None}


def text(*entries: dict[str, Any], **head: Any) -> str:
    """A file as somebody would write it; values are YAML already."""
    lines = [f"{name}: {value}" for name, value in (HEAD | head).items() if value is not None]
    rows = ["{" + ", ".join(f"{k}: {v}" for k, v in one.items()) + "}" for one in entries or (RATE,)]
    return "\n".join([*lines, "amounts:", *(f"  - {row}" for row in rows), ""])


def put(folder: Path, written: str, *, cases: str = CASES % '"0.10"', key: str = "sample") -> Path:
    """The pair of files in a folder, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{key}.yaml").write_text(written, encoding="utf-8")
    (folder / f"{key}.cases.yaml").write_text(cases, encoding="utf-8")
    return folder


def built(folder: Path, written: str) -> Document:
    """The document of such a file."""
    return build.document(read(put(folder, written) / "sample.yaml"), "sample.yaml")


def only(folder: Path, **fields: Any) -> Figure:
    """The one figure of a file with that entry."""
    return built(folder, text(entry(**fields))).figures[0]


def plain(path: Path) -> Any:
    """What any reader of YAML makes of a file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))
