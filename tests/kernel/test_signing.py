"""The node's signing key: made once, rotated with history, lost without loss."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from mengkeju.kernel import commands, signing, timestamps
from mengkeju.kernel.evidence import build
from mengkeju.kernel.evidence.check import check, message
from mengkeju.kernel.models import Event, SigningKey
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.EVIDENCE_KEY = ""
    return tmp_path


def sheet(day: int = 0) -> dict[str, Any]:
    return build.signed(build.Sheet({"number": "1"}, {}, []), now=f.AT + day * DAY)


def broken(made: dict[str, Any]) -> list[str]:
    return [one.text for one in check(made, signing.published()) if one.broken]


def test_the_key_is_made_once_and_readable_by_its_owner_only(folder: Path) -> None:
    first, again = signing.current(now=f.AT), signing.current(now=f.AT + DAY)
    assert (first.name, SigningKey.objects.count()) == (again.name, 1)
    assert (folder / signing.FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == [signing.FILE]
    text = (folder / signing.FILE).read_text(encoding="ascii")
    assert text not in str(signing.published())
    assert text not in Client().get("/.well-known/mengkeju-keys.json").content.decode()


def test_a_rotated_key_still_proves_what_it_signed(folder: Path) -> None:
    old = sheet()
    signing.rotate(now=f.AT + DAY)
    new = sheet(2)
    assert old["signature"]["key"] != new["signature"]["key"]
    assert broken(old) == broken(new) == []
    rows = signing.published()["keys"]
    assert [(row["until"] is None, row["reason"]) for row in rows] == [(False, "rotated"), (True, "")]
    told = Event.objects.filter(subject_type="signing_key").order_by("pk").values_list("type", flat=True)
    assert list(told) == ["signing_key.began", "signing_key.retired", "signing_key.began"]


def test_a_lost_key_leaves_its_sheets_provable(folder: Path) -> None:
    old = sheet()
    (folder / signing.FILE).unlink()
    new = sheet(1)
    assert old["signature"]["key"] != new["signature"]["key"]
    assert broken(old) == broken(new) == []
    signing.retire(old["signature"]["key"], "lost", now=f.AT + 2 * DAY)
    assert broken(old) == []


def test_nothing_is_signed_with_a_retired_key(folder: Path) -> None:
    name = sheet()["signature"]["key"]
    signing.retire(name, "compromised", now=f.AT + DAY)
    with pytest.raises(signing.SigningError, match="retired"):
        sheet(2)
    with pytest.raises(signing.SigningError):
        signing.retire(name, "lost", now=f.AT)
    signing.rotate(now=f.AT + DAY)
    assert broken(sheet(2)) == []


def test_what_a_stolen_key_signs_later_is_refused(folder: Path) -> None:
    thief = signing.current(now=f.AT)
    signing.rotate(now=f.AT + DAY, why="compromised")
    made = sheet(2)
    forged = {**made, "signature": thief.block(message(made))}
    assert any("停用" in text for text in broken(forged))


def test_a_key_from_the_settings_is_used_and_not_replaced(settings: Any, folder: Path) -> None:
    settings.EVIDENCE_KEY = "ab" * 32
    assert broken(sheet()) == []
    assert list(folder.iterdir()) == []
    with pytest.raises(signing.SigningError, match="MENGKEJU_EVIDENCE_KEY"):
        signing.rotate(now=f.AT)
    settings.EVIDENCE_KEY = "short"
    with pytest.raises(signing.SigningError, match="64 hexadecimal"):
        sheet()


def test_the_operators_commands(folder: Path) -> None:
    run = CliRunner().invoke
    assert "还没有签过" in run(commands.evidence_key, ["list"]).output
    name = sheet()["signature"]["key"]
    assert "现在使用" in run(commands.evidence_key, ["rotate", "--reason", "lost"]).output
    listed = run(commands.evidence_key, ["list"]).output
    assert f"{name}　" in listed
    assert "lost" in listed
    assert run(commands.evidence_key, ["retire", name, "--reason", "lost"]).exit_code == 1
    current = SigningKey.objects.get(retired_at=None).key
    assert run(commands.evidence_key, ["retire", current, "--reason", "lost"]).exit_code == 0


def test_there_is_no_outside_authority_yet() -> None:
    assert timestamps.NONE.stamp(b"\0" * 32) is None
