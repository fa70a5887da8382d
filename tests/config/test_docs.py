from pathlib import Path

import pytest

from mengkeju.config import docs
from mengkeju.config.env import Env
from mengkeju.kernel import access
from mengkeju.kernel.models import Account, personal_fields
from mengkeju.kernel.workflow import DutySpec, Guard, State, Transition, Workflow

FLOW = Workflow(
    "thing",
    "事情",
    "open",
    {
        "open": State("待办", "Open", duty=DutySpec("act", "请答复", "owner", 5, "办法|第三条", "officer", "drop")),
        "over": State("结束", "Over", final=True),
    },
    {"drop": Transition("放弃", "Drop", ("open",), "over", "thing:drop", (Guard("fits", lambda *_: None),), True)},
)


def test_the_documents_say_what_the_code_does() -> None:
    assert [path.name for path in docs.stale()] == [], "run `make docs`"


def test_a_workflow_shows_picture_duty_and_step() -> None:
    text = docs.workflow(FLOW)
    assert FLOW.mermaid() in text
    assert "| `open` | 待办 | Open | — | 请答复 | 5 个工作日 | 办法\\|第三条 | officer | drop |" in text
    assert "| `drop` | 放弃 | Drop | 待办 | 结束 | `thing:drop` | fits | 是 |" in text


def test_every_permission_has_a_row() -> None:
    text = docs.permissions()
    assert all(f"| `{permission}` | {access.describe(rule)} |" in text for permission, rule in access.permissions())


def test_personal_fields_carry_purpose_basis_and_retention() -> None:
    text = docs.personal_data()
    mark = personal_fields(Account)["email"]
    assert f"| `email` | 电子邮箱 | {mark.purpose} | {mark.basis} | {mark.retention} |" in text


def test_every_setting_has_a_row_with_its_meaning() -> None:
    rows = docs.settings_table().splitlines()[2:]
    assert len(rows) == len(Env.model_fields)
    assert rows[0].startswith("| `DATABASE_URL` | 文字 | — |")
    assert "| `MENGKEJU_DEBUG` | 是否（1 / 0） | `0` |" in "\n".join(rows)
    assert all(field.description for field in Env.model_fields.values())


def test_writing_mends_what_differs_and_removes_what_is_left_over(tmp_path: Path) -> None:
    (tmp_path / "operations.md").write_text(f"before\n{docs.BEGIN}stale\n{docs.END}after\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    gone = tmp_path / "workflows" / "gone.md"
    gone.touch()
    assert gone in docs.stale(tmp_path)
    changed = docs.write(tmp_path)
    assert {gone, tmp_path / "operations.md", tmp_path / "permissions.md"} <= set(changed)
    assert docs.stale(tmp_path) == []
    assert not gone.exists()
    text = (tmp_path / "operations.md").read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale" not in text
    assert docs.write(tmp_path) == []


def test_a_document_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        docs.with_settings("no table here")
