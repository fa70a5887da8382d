import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mengkeju.matching.commands import evaluate, fit_cold, predict
from mengkeju.matching.engine import cold

DATA = Path(__file__).parents[1] / "data" / "matching"
NEEDS, PAIRS = str(DATA / "needs.csv"), str(DATA / "pairs.csv")


@pytest.fixture
def halves(tmp_path: Path) -> tuple[Path, Path]:
    """The labelled first 15 needs, and the others without labels and with an empty title."""
    with Path(PAIRS).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    train, wanted = tmp_path / "train.csv", tmp_path / "wanted.csv"
    with train.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows[:181])
    with wanted.open("w", encoding="utf-8", newline="") as stream:
        blank = [rows[181][0], "no-title", ""]
        csv.writer(stream).writerows([rows[0][:3], *(row[:3] for row in rows[181:]), blank])
    return train, wanted


@pytest.mark.parametrize("model", ["default", "full"])
def test_predict_writes_a_row_for_each_pair(tmp_path: Path, halves: tuple[Path, Path], model: str) -> None:
    out = tmp_path / "out.csv"
    arguments = [NEEDS, *map(str, halves), "--model", model, "--out", str(out)]
    result = CliRunner().invoke(predict, arguments)
    assert result.exit_code == 0, result.output
    assert ("full 与 default 相同" in result.stderr) == (model == "full")
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == ["need_id", "achievement_id", "expected", "level"]
    assert len(rows) == 181
    assert all(1 <= float(row["expected"]) <= 4 and row["level"] in "1234" for row in rows)
    assert len({row["expected"] for row in rows}) > 50


def test_evaluate_prints_one_json_object() -> None:
    result = CliRunner().invoke(evaluate, [NEEDS, PAIRS, "--folds", "3", "--seeds", "1", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    for name in ("contest_score", "macro_f1", "concordance", "ndcg10"):
        low, high = found["ci"][name]
        assert 0 <= low <= found[name] <= high <= 1
    assert (found["split"], found["model"], found["pairs"]) == ("cluster", "default", 360)


def test_evaluate_in_words() -> None:
    arguments = [NEEDS, PAIRS, "--folds", "2", "--seeds", "1", "--split", "pair", "--model", "full"]
    result = CliRunner().invoke(evaluate, arguments)
    assert result.exit_code == 0, result.output
    assert "360 对，30 项需求" in result.stdout
    assert "nDCG@10：0." in result.stdout
    assert "full 与 default 相同" in result.stderr


def test_bad_input_is_refused_in_chinese_with_the_row(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("need_id,achievement_id,achievement_title,level\ndemo-need-01,a,稀土,9\n", encoding="utf-8")
    for result in (
        CliRunner().invoke(evaluate, [NEEDS, str(bad)]),
        CliRunner().invoke(predict, [NEEDS, str(bad), PAIRS, "--out", str(tmp_path / "o.csv")]),
    ):
        assert result.exit_code == 1
        assert "bad.csv 第2行：level 应为 1、2、3 或 4，实为“9”" in result.stderr


def test_too_many_folds_are_refused_in_chinese() -> None:
    result = CliRunner().invoke(evaluate, [NEEDS, PAIRS, "--folds", "50"])
    assert result.exit_code == 1
    assert "请减小 --folds" in result.stderr


def test_fit_cold_writes_numbers_and_a_card_without_texts(tmp_path: Path) -> None:
    out, card = tmp_path / "cold.json", tmp_path / "card.md"
    arguments = [NEEDS, PAIRS, "--date", "2026-11-21", "--version", "cold-test", "--source", "演示",
                 "--out", str(out), "--card", str(card)]  # fmt: skip
    result = CliRunner().invoke(fit_cold, arguments)
    assert result.exit_code == 0, result.output
    model = cold.from_json(out.read_text("utf-8"))
    assert (model.version, model.fitted_on, model.source) == ("cold-test", "2026-11-21", "演示")
    text = card.read_text("utf-8")
    assert "360 labelled pairs" in text
    assert "Levels: 1: 180, 2: 60, 3: 60, 4: 60" in text
    with Path(PAIRS).open(encoding="utf-8", newline="") as stream:
        titles = {row["achievement_title"] for row in csv.DictReader(stream)}
    assert not any(title in text + out.read_text("utf-8") for title in titles)


def test_the_commands_load_no_django() -> None:
    code = "import sys, mengkeju.matching.commands; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
