"""The benchmark of ranking on a small shelf: every stage has its figure, and missing data are said."""

import json
from pathlib import Path

from click.testing import CliRunner

from benchmarks import ranking
from mengkeju.matching.engine.documents import Side

DATA = Path(__file__).parents[1] / "data" / "matching"


def test_every_stage_has_its_figure_beside_the_plain_product(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    arguments = ["--rows", "60", "--needs", "2", "--runs", "2", "--folder", str(DATA), "--json", str(out)]
    result = CliRunner().invoke(ranking.main, arguments)
    assert result.exit_code == 0, result.output
    figures = json.loads(out.read_text("utf-8"))
    for group in ("catalogue: 60 achievements, 2 needs", "titles: 60 achievements, 2 needs"):
        timed = [f["what"] for f in figures if f["group"] == group and f["unit"] == "ms"]
        assert timed[0].startswith("baseline")
        assert len(timed) == 5
        assert f"### {group}" in result.stdout


def test_missing_data_are_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(ranking.main, ["--set", "titles", "--folder", str(tmp_path)])
    assert "the benchmark data are not there" in result.stderr


def test_the_shelf_is_the_same_each_time_and_has_what_was_asked_for() -> None:
    one, other = ranking.invented(40, 3), ranking.invented(40, 3)
    assert one == other
    assert len({(d.side, d.id) for d in one.documents}) == 43
    assert all(d.side is Side.NEED and d.body for d in one.needs)
    titles = ranking.recombined(900, 5, DATA)
    assert len({d.title for d in titles.documents if d.side is Side.ACHIEVEMENT}) == 900
