import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from mengkeju.matching.commands import evaluate, fit_cold, predict
from mengkeju.matching.engine import cold
from mengkeju.matching.engine.evaluation import plots

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


def test_bad_input_is_refused_in_chinese_with_the_row(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("need_id,achievement_id,achievement_title,level\ndemo-need-01,a,稀土,9\n", encoding="utf-8")
    for result in (
        CliRunner().invoke(evaluate, [NEEDS, str(bad)]),
        CliRunner().invoke(predict, [NEEDS, str(bad), PAIRS, "--out", str(tmp_path / "o.csv")]),
    ):
        assert result.exit_code == 1
        assert "bad.csv 第2行：level 应为 1、2、3 或 4，实为“9”" in result.stderr


def test_everything_wrong_in_both_files_is_told_at_once(tmp_path: Path) -> None:
    needs, bad = tmp_path / "needs.csv", tmp_path / "bad.csv"
    needs.write_text("need_id,title,content\na,题,文\n,无编号,文\na,又一个,文\n", encoding="utf-8")
    bad.write_text(
        "need_id,achievement_id,achievement_title,level\na,1,稀土,5\nz,2,苜蓿,1\nz,,奶牛,\na,4\n\na,5,煤,弱\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(evaluate, [str(needs), str(bad)])
    assert result.exit_code == 1
    assert result.stderr.removeprefix("Error: ").splitlines() == [
        "needs.csv 第3行：need_id 为空",
        "needs.csv 第4行：need_id “a”重复（第2行已有）",
        "bad.csv 第5行：列数少于表头",
        "bad.csv 第2行：level 应为 1、2、3 或 4，实为“5”",
        "bad.csv 第3、4行：需求表里没有 need_id “z”",
        "bad.csv 第4行：achievement_id 为空",
        "bad.csv 第4行：level 应为 1、2、3 或 4，实为“”",
        "bad.csv 第7行：level 应为 1、2、3 或 4，实为“弱”",
    ]


NAMES = ["--columns", "need_id=需求编号,title=需求名称,content=需求说明", "--columns", "achievement_id=成果编号",
         "--columns", "achievement_title=成果名称，level=专家评级"]  # fmt: skip


@pytest.fixture
def customer(tmp_path: Path) -> tuple[Path, Path]:
    """The same set as a customer keeps it: a GBK file with a title above, and a workbook with totals and remarks."""
    needs, judged = tmp_path / "需求.csv", tmp_path / "评级.xlsx"
    with Path(NEEDS).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    with needs.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([["2026 年需求汇总表（演示）"], [], ["需求编号", "需求名称", "需求说明", "处室"]])
        writer.writerows([*row, "一处"] for row in rows[1:])
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["专家评级结果（演示）"])
    sheet.append(["序号", "需求编号", "成果编号", "成果名称", "专家评级"])
    with Path(PAIRS).open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(list(csv.reader(stream))[1:], 1):
            sheet.append([number, *row[:3], int(row[3])])
    sheet.append(["合计", "", "", "", 360])
    sheet.append(["注：评级由本单位专家给出"])
    book.save(judged)
    return needs, judged


def test_a_customers_own_files_give_the_same_figures(customer: tuple[Path, Path]) -> None:
    options = ["--folds", "3", "--seeds", "1", "--json"]
    plain = CliRunner().invoke(evaluate, [NEEDS, PAIRS, *options])
    own = CliRunner().invoke(evaluate, [*map(str, customer), *NAMES, *options])
    assert own.exit_code == 0, own.output
    assert json.loads(own.stdout) == json.loads(plain.stdout)
    assert "是合计或小计，没有读入" in own.stderr


def test_wrong_values_of_a_customers_workbook_are_named_at_their_rows(customer: tuple[Path, Path]) -> None:
    needs, judged = customer
    book = load_workbook(judged)
    sheet = book.worksheets[0]
    sheet["E5"], sheet["E6"], sheet["B9"] = 0, "较强", "没有的"
    book.save(judged)
    result = CliRunner().invoke(evaluate, [str(needs), str(judged), *NAMES])
    assert result.exit_code == 1
    for said in ("第5行：level 应为 1、2、3 或 4，实为“0”", "第6行：level 应为 1、2、3 或 4，实为“较强”",
                 "第9行：需求表里没有 need_id “没有的”"):  # fmt: skip
        assert said in result.stderr


def test_a_missing_column_names_those_there_are_and_the_option(customer: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(evaluate, [*map(str, customer), *NAMES[:2]])
    assert result.exit_code == 1
    assert "评级.xlsx：表头缺少 achievement_id、achievement_title、level 列" in result.stderr
    assert "文件里的列：序号、需求编号、成果编号、成果名称、专家评级" in result.stderr
    assert "可用 --columns achievement_id=… 指明" in result.stderr


def test_what_is_no_table_is_refused_in_chinese(tmp_path: Path) -> None:
    for name, content, said in (
        ("a.csv", b"", "表头缺少 need_id、title、content 列"),
        ("b.xlsx", b"PK\x03\x04 broken", "已损坏"),
        ("c.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "另存为 .xlsx"),
        ("d.csv", b"need_id,title\n", "缺少 content"),
    ):
        (tmp_path / name).write_bytes(content)
        result = CliRunner().invoke(evaluate, [str(tmp_path / name), PAIRS])
        assert (result.exit_code, said in result.stderr) == (1, True), result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_predict_reads_a_customers_files_too(customer: tuple[Path, Path], tmp_path: Path) -> None:
    needs, judged = map(str, customer)
    out = tmp_path / "out.csv"
    result = CliRunner().invoke(predict, [needs, judged, judged, "--out", str(out), "--model", "cold", *NAMES])
    assert result.exit_code == 0, result.output
    assert len(out.read_text("utf-8").splitlines()) == 361


def test_a_table_is_written_beside_the_json(tmp_path: Path) -> None:
    path = tmp_path / "figures.md"
    arguments = [NEEDS, PAIRS, "--folds", "2", "--seeds", "1", "--recall", "--json", "--table", str(path)]
    result = CliRunner().invoke(evaluate, arguments)
    assert result.exit_code == 0, result.output
    assert "recall" in json.loads(result.stdout)
    assert "| 召回 |" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--table", "figures.xlsx"], "--table 的文件名应以 .csv 或 .md 结尾，实为“figures.xlsx”"),
        (["--plot", "figures.pdf"], "--plot 的文件名应以 .svg 或 .png 结尾"),
        (["--table", "none/there/a.csv"], "没有文件夹“none/there”"),
        (["--columns", "编号"], "请写成 need_id=需求编号"),
    ],
)
def test_unusable_options_are_refused_before_the_work(options: list[str], said: str) -> None:
    result = CliRunner().invoke(evaluate, [NEEDS, PAIRS, *options])
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_plot_without_matplotlib_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plots, "find_spec", lambda name: None)
    result = CliRunner().invoke(evaluate, [NEEDS, PAIRS, "--plot", "figures.png"])
    assert result.exit_code == 1
    assert "pip install 'mengkeju[plots]'" in result.stderr


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
