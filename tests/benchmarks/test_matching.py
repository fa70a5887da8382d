"""The benchmark of matching on the invented set: every bar has its row, and missing data are said."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import matching
from benchmarks.matching import Found

DATA = Path(__file__).parents[1] / "data" / "matching"


def test_every_bar_has_its_row(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    result = CliRunner().invoke(matching.main, ["--folder", str(DATA), "--seeds", "1", "--json", str(out)])
    assert result.exit_code == 0, result.output
    rows = {row["what"]: row for row in json.loads(out.read_text("utf-8"))}
    assert rows["default, cold start: contest score"]["bar"] == 0.69
    assert rows["default, warm folds: contest score"]["bar"] == 0.76
    assert rows["recall@1000 of known level ≥ 3"]["value"] == 1
    assert rows["training of default"]["holds"] is True
    assert 0.5 < rows["full, warm folds: contest score"]["value"] < 1
    assert all(line.count("|") == 7 for line in result.stdout.splitlines())


def test_missing_data_are_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(matching.main, ["--folder", str(tmp_path)])
    assert result.exit_code == 1
    assert "the benchmark data are not there" in result.stderr


@pytest.mark.parametrize(
    ("found", "holds", "line"),
    [
        (
            Found("score", 0.7, (0.6, 0.8), 0.69, 0.71),
            True,
            "| score | 0.7000 [0.6000, 0.8000] | ≥ 0.69 | 0.71 | yes |  |",
        ),
        (Found("score", 0.6, bar=0.69), False, "| score | 0.6000 | ≥ 0.69 |  | **no** |  |"),
        (Found("time", 12.0, bar=10, most=True), False, "| time | 12.00 s | ≤ 10 |  | **no** |  |"),
        (Found("time", 9.0, bar=10, most=True), True, "| time | 9.00 s | ≤ 10 |  | yes |  |"),
        (Found("other", None), None, "| other | — |  |  |  |  |"),
    ],
)
def test_a_figure_is_held_against_its_bar(found: Found, holds: bool | None, line: str) -> None:  # noqa: FBT001
    assert found.holds is holds
    assert found.line() == line
