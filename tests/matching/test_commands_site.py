"""`mengkeju match` in the terminal."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from mengkeju.matching import commands_site
from mengkeju.matching.models import Proposal
from tests import factories
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-17")]


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands_site.match, arguments)
    return result.exit_code, result.output


def test_one_need_with_reasons() -> None:
    needs, _ = world.shelf()
    code, output = run("--need", str(needs[0].uid), "--top", "2")
    assert code == 0
    lines = output.splitlines()
    assert world.ACHIEVEMENTS[0][0] in lines[1]
    assert "【可供参考】" in lines[1]
    assert "用词相同" in output
    assert "内容相近" in output
    assert world.ACHIEVEMENTS[3][0] not in output
    assert not Proposal.objects.exists()


def test_a_text(tmp_path: Path) -> None:
    world.shelf()
    file = tmp_path / "need.txt"
    file.write_text("永磁电机降噪\n电机噪声大，需要电磁设计优化", encoding="utf-8")
    code, output = run("--text", str(file))
    assert code == 0
    assert world.ACHIEVEMENTS[2][0] in output.splitlines()[1]


def test_everything_is_stored() -> None:
    world.shelf()
    code, output = run("--all")
    assert code == 0
    assert f"共 {Proposal.objects.filter(retired_at=None).count()} 个推荐" in output
    assert Proposal.objects.exists()


def test_an_empty_shelf() -> None:
    factories.areas()
    code, output = run("--all")
    assert code == 0
    assert "共 0 个推荐" in output


@pytest.mark.parametrize("arguments", [(), ("--all", "--text", "-"), ("--need", "nonsense")])
def test_wrong_options(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2


def test_an_unknown_need_and_an_empty_or_binary_text(tmp_path: Path) -> None:
    world.listing("achievement", *world.ACHIEVEMENTS[0])
    code, output = run("--need", "01890000-0000-7000-8000-000000000000")
    assert code == 1
    assert "没有这一条" in output
    for content in (b"", b"\xff\xfe\x00\x01"):
        file = tmp_path / "bad.txt"
        file.write_bytes(content)
        assert run("--text", str(file))[0] == 1
