"""`mengkeju train` and `mengkeju models` in the terminal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mengkeju.matching import commands_train
from mengkeju.matching.actions import live
from mengkeju.matching.models import MatchModel
from tests import factories
from tests.matching import models_world as m
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]


def train(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands_train.train, arguments)
    return result.exit_code, result.output


def models(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands_train.models, arguments)
    return result.exit_code, result.output


def test_training_says_what_it_found_and_what_hinders(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, offers = m.shelf(6)
    m.simulate(needs, offers)
    code, output = train("--dry-run")
    assert code == 0
    assert "没有保存（试运行）" in output
    assert "至少要 200 个" in output
    assert not MatchModel.objects.exists()
    code, output = train("--json")
    told = json.loads(output)
    assert code == 0
    assert told["stored"]
    assert not told["may_go_live"]
    assert told["sources"]["topic"] > 0
    assert told["version"] == MatchModel.objects.get().version
    assert "与已有的相同" in train()[1]
    m.patch_gate(monkeypatch)
    assert "可以上线：mengkeju models --activate" in train()[1]


def test_training_on_nothing_is_no_error() -> None:
    factories.areas()
    code, output = train()
    assert code == 0
    assert "没有可用的标注" in output


def test_the_list_and_going_live_and_back() -> None:
    world.shelf()
    assert models()[1].strip() == "现行：cold-2026-11-2（随附）"
    m.candidate("first", text=1.1)
    assert "first  候选" in models()[1]
    code, output = models("--activate", "first")
    assert code == 0
    assert "first 已上线，替下 cold-2026-11-2" in output
    assert json.loads(models("--json")[1])["live"] == "first"
    code, output = models("--activate", "shipped")
    assert code == 1
    assert "必须写明理由" in output
    assert "回到随附模型 cold-2026-11-2" in models("--activate", "shipped", "--note", "不合适")[1]
    assert live.key() == ""
    assert "已是随附模型" in models("--activate", "shipped")[1]
    assert "first 已上线" in models("--activate", "first", "--note", "再用")[1]


def test_what_may_not_go_live_does_not() -> None:
    m.candidate("poor", facts={"labels": 3})
    code, output = models("--activate", "poor")
    assert code == 1
    assert "可用的标注 3 个，至少要 200 个" in output
    assert live.key() == ""
    for wrong in (("--activate", "nobody"), ("--card", "nobody"), ("--compare", "nobody")):
        assert models(*wrong)[0] == 1
    assert models("--activate", "poor", "--card", "poor")[0] == 2


def test_a_file_goes_out_and_comes_in(tmp_path: Path) -> None:
    needs, offers = m.shelf(4)
    m.simulate(needs, offers)
    m.candidate("first", text=1.1)
    file = tmp_path / "first.mkj-model"
    assert models("--export", "first", str(file))[0] == 0
    MatchModel.objects.all().delete()
    code, output = models("--import", str(file))
    assert code == 0
    assert "已收下候选：first" in output
    assert "至少要 200 个" in output
    assert "# 模型卡：first" in models("--card", "first")[1]
    assert "至少要 200 个" in models("--compare", "first")[1]
    file.write_bytes(b"PK\x03\x04")
    code, output = models("--import", str(file))
    assert code == 1
    assert "这不是蒙科聚的匹配模型文件" in output
