"""The mechanism of exports: what a file says of itself, its limit, its event; the kernel's own lists."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation
from mengkeju.kernel import exports, notices
from mengkeju.kernel.access import ANONYMOUS, Actor
from mengkeju.kernel.exchange.export import Column, Row
from mengkeju.kernel.exports import Figures, Sheet, sheets
from mengkeju.kernel.models import Event
from tests import exported
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


def _rows(_actor: Actor, portion: Sequence[Any]) -> Iterable[Row]:
    return [{"name": str(value)} for value in portion]


NAMES = Sheet("test.names", "名单", lambda: [Column("name", "名称")], _rows)


def made(form: str, objects: Any, by: Actor = ANONYMOUS, filters: str = "") -> tuple[exports.Made, bytes]:
    file = exports.make(NAMES, form, objects, by=by, now=f.AT, filters=filters)
    with file.content as content:
        return file, content.read()


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_file_is_named_dated_and_counted(form: str) -> None:
    file, content = made(form, ["甲", "乙"])
    assert (file.name, file.rows, file.cut) == (f"名单 2026-11-20.{form}", 2, False)
    assert content[:2] == (b"PK" if form == "xlsx" else "\ufeff".encode()[:2])


def test_a_list_longer_than_a_file_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "FIGURES", Figures(rows_per_file=3, portion=2))
    owner = f.organisation()
    for objects in (list("甲乙丙丁"), Organisation.objects.filter(pk=owner.pk)):
        file, content = made("csv", objects)
        assert (file.rows, file.cut) == ((3, True) if isinstance(objects, list) else (1, False))
        assert ("只含前 3 行" in content.decode()) is file.cut


def test_rows_of_a_query_keep_its_order_over_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "FIGURES", Figures(rows_per_file=100, portion=2))
    for name in ("丁", "甲", "丙", "乙", "戊"):
        f.organisation(name)
    _file, content = made("csv", Organisation.objects.order_by("-pk"))
    assert content.decode("utf-8-sig").split("\r\n")[1:6] == ["戊", "乙", "丙", "甲", "丁"]


def test_the_record_says_who_took_what(monkeypatch: pytest.MonkeyPatch) -> None:
    login = f.manager(f.organisation())
    made("xlsx", ["甲"], f.actor(login), "状态：已发布")
    event = Event.objects.get(type="export.made")
    assert (event.actor_account, event.subject_uid) == (login.uid, f.person(login).uid)
    assert event.payload.body == {"list": "test.names", "form": "xlsx", "rows": 1, "filters": "状态：已发布"}
    made("csv", ["甲"])
    assert Event.objects.filter(type="export.made").count() == 1, "a visitor is nobody"


def test_a_list_that_breaks_leaves_no_event() -> None:
    def broken(_actor: Actor, _portion: Sequence[Any]) -> Iterable[Row]:
        yield {"name": "甲"}
        raise RuntimeError("坏了")

    sheet = Sheet("test.broken", "坏", NAMES.columns, broken)
    with pytest.raises(RuntimeError):
        exports.make(sheet, "csv", [1], by=f.actor(f.account()), now=f.AT)
    assert not Event.objects.filter(type="export.made").exists()


def test_figures_must_be_dated_and_positive(tmp_path: Path) -> None:
    file = tmp_path / "figures.yaml"
    for text in (
        "checked_on: 某日\nrows_per_file: 1\nportion: 1",
        "checked_on: 2026-01-01\nrows_per_file: 0\nportion: 1",
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="positive"):
            exports.load(file)


def test_every_registered_list_has_headings_of_its_own() -> None:
    for sheet in sheets.values():
        columns = sheet.columns()
        assert len({column.key for column in columns}) == len({column.title for column in columns}) == len(columns)
        assert str(sheet.title)


def test_duties_and_notices() -> None:
    owner = f.organisation(verified=False)
    client = f.signed_in_client(f.manager(owner))
    notices.notify([f.manager(owner).uid], "x", "=1+1", subject_type="organisation", subject_uid=owner.uid, now=f.AT)
    _head, rows = exported.xlsx(client.get("/notices/?export=xlsx"))
    assert [(row["通知"], row["对象"], row["已读"]) for row in rows] == [("=1+1", owner.name, "否")]
    s.submitted(f.organisation())
    officer = f.signed_in_client(f.officer(f.BAOTOU))
    _head, rows = exported.xlsx(officer.get("/workbench/?export=xlsx"))
    assert [row["要办什么"] for row in rows] == ["审核供需信息"] or len(rows) == 1
    assert rows[0]["期限"] is not None
    answer = client.get("/workbench/?export=csv")
    assert exported.name(answer).startswith("我的待办 20")
    assert exported.table(answer)[0] == []


def test_head_makes_no_file_and_an_unknown_form_is_the_page() -> None:
    client = f.signed_in_client(f.manager(f.organisation()))
    answer = client.head("/notices/?export=xlsx")
    assert (answer.status_code, answer.content) == (200, b"")
    page = client.get("/notices/?export=pdf")
    assert "<h1>通知" in s.text(page)
    assert not Event.objects.filter(type="export.made").exists()
    assert Client().get("/notices/?export=csv").status_code == 302


def test_headings_come_in_the_readers_language() -> None:
    client = f.signed_in_client(f.manager(f.organisation()))
    client.cookies["django_language"] = "en"
    rows, source = exported.table(client.get("/notices/?export=csv"))
    assert rows == []
    assert source.startswith("Source")
    assert "Notice" in client.get("/notices/?export=csv").getvalue().decode()


def test_what_is_kept_is_dated_after_the_act() -> None:
    actor = f.actor(f.account())
    exports.make(NAMES, "csv", ["甲"], by=actor, now=f.AT + timedelta(days=1)).content.close()
    assert Event.objects.get(type="export.made").at == f.AT + timedelta(days=1)
