"""Deadlines are dated data with a source."""

from datetime import date
from pathlib import Path

import pytest

import mengkeju
from mengkeju.kernel.deadlines import load

FILES = sorted(Path(mengkeju.__file__).parent.glob("*/engine/deadlines.yaml"))


def write(folder: Path, days: str) -> Path:
    path = folder / "deadlines.yaml"
    path.write_text(f"checked_on: 2026-11-20\nsource: 演示\nworking_days: {days}\n", encoding="utf-8")
    return path


def test_a_file_gives_days_with_date_and_source(tmp_path: Path) -> None:
    found = load(write(tmp_path, "{answer: 5}"))
    assert (found["answer"], found.checked_on, found.source) == (5, date(2026, 11, 20), "演示")
    with pytest.raises(KeyError):
        found["other"]


@pytest.mark.parametrize("days", ["{answer: 0}", "{answer: -3}"])
def test_no_deadline_lies_in_the_past(tmp_path: Path, days: str) -> None:
    with pytest.raises(ValueError, match="positive"):
        load(write(tmp_path, days))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.parent.parent.name)
def test_the_shipped_files_say_when_and_whence(path: Path) -> None:
    found = load(path)
    assert found.source
    assert found.working_days
    assert isinstance(found.checked_on, date)
