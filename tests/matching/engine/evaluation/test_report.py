import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mengkeju.matching.engine import methods
from mengkeju.matching.engine.evaluation import report
from mengkeju.matching.engine.evaluation.report import Asked, Report
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow

EVERYTHING = Asked("cold", "cluster", folds=3, seeds=1, recall=True, curve=True, ablation=True)


@pytest.fixture(scope="module")
def whole(needs: list[NeedRow], pairs: list[PairRow]) -> Report:
    steps: list[int] = []
    found = report.measured(needs, pairs, EVERYTHING, steps.append)
    assert sum(steps) == EVERYTHING.steps()
    return found


@pytest.fixture(scope="module")
def plain(whole: Report) -> Report:
    return replace(whole, asked=Asked("cold", folds=3, seeds=1), recall=None, curve=None, ablation=None)


def test_json_keeps_its_keys_and_adds_calibration(plain: Report) -> None:
    found = json.loads(json.dumps(report.as_json(plain), allow_nan=False))
    assert list(found)[:13] == ["contest_score", "macro_f1", "concordance", "ndcg10", "ci", "model", "method", "split",
                                "folds", "seeds", "pairs", "needs", "clusters"]  # fmt: skip
    assert list(found)[13:] == ["calibration"]
    assert list(found["calibration"]) == ["2", "3", "4"]
    cut = found["calibration"]["3"]
    assert sum(one["count"] for one in cut["bins"]) == 360
    assert cut["brier"]["ci"][0] < cut["brier"]["value"] < cut["brier"]["ci"][1]


def test_json_of_everything(whole: Report) -> None:
    found = json.loads(json.dumps(report.as_json(whole), allow_nan=False))
    assert list(found)[14:] == ["recall", "learning_curve", "ablation"]
    assert found["recall"]["known"] == 120
    assert found["recall"]["1000"]["value"] == 1
    assert [point["labels"] for point in found["learning_curve"]] == [0, 1, 2, 5, 10]
    assert found["learning_curve"][3]["pairs"] == 30 * 7
    rows = found["ablation"]
    assert [row["without"] for row in rows][:3] == ["chars", "latent", "words"]
    score = found["contest_score"]
    assert all(row["contest_score"]["value"] + row["difference"]["contest_score"]["value"] == pytest.approx(score)
               for row in rows)  # fmt: skip
    assert all(row["needs_helped"] + row["needs_hurt"] + row["needs_same"] == 30 for row in rows)


def test_the_table_has_every_figure_with_its_interval(whole: Report, tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    report.write_table(whole, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # Excel shows the Chinese
    header, *rows = csv.reader(io.StringIO(path.read_text("utf-8-sig")))
    assert tuple(header) == report.COLUMNS
    assert [row[0] for row in rows].count("消融") == 2 * len(methods.SIMILARITY_GROUPS)
    assert {row[0] for row in rows} == {"总体", "校准", "召回", "学习曲线", "消融"}
    value = whole.found.measures["macro_f1"].value or 0
    assert next(row for row in rows if row[1] == "宏平均 F1")[2] == f"{value:.4f}"
    assert any(row[5] == "标题总数不超过这个数" for row in rows)


def test_the_table_as_markdown(plain: Report, tmp_path: Path) -> None:
    path = tmp_path / "figures.md"
    report.write_table(plain, path)
    text = path.read_text("utf-8")
    assert "360 对，30 项需求" in text
    assert all(line.count("|") == 7 for line in text.splitlines() if line.startswith("|"))
    assert "召回" not in text


def test_in_words_part_by_part(whole: Report, plain: Report) -> None:
    words = report.in_words(whole).splitlines()
    assert words[0] == "360 对，30 项需求，30 组；cluster，3 折 × 1 次"
    assert words[1].startswith("竞赛得分 1/(1+MAE)：0.")
    for part in ("校准", "召回", "学习曲线", "消融"):
        assert f"【{part}】" in words
    assert "去掉“主题（LSA）”后降低，竞赛得分" in report.in_words(whole)
    assert "【召回】" not in report.in_words(plain)


def test_a_set_without_the_highest_level_is_told_with_gaps_and_no_error(
    needs: list[NeedRow], pairs: list[PairRow]
) -> None:
    some = [replace(pair, level=min(pair.level or 1, 2)) for pair in pairs[:120]]
    found = report.measured(needs[:10], some, Asked("default", folds=2, seeds=1, recall=True, curve=True))
    told = json.loads(json.dumps(report.as_json(found), allow_nan=False))
    assert told["concordance"] is None
    assert told["recall"]["10"]["value"] is None
    assert "一致率（4 级排在 1 级之前）：—" in report.in_words(found)
