"""The import in the browser: every step, every refusal, and who sees what."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from mengkeju.directory.models import Organisation
from mengkeju.kernel.exchange import batches, running
from mengkeju.kernel.models import ImportBatch
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import import_samples as i
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return f.organisation("乌拉演示厂（演示）")


@pytest.fixture
def client(firm: Organisation) -> Client:
    return f.signed_in_client(f.manager(firm))


def send(client: Client, owner: Organisation, content: bytes, name: str = "需求表.xlsx", **other: Any) -> Any:
    data = {"kind": "need", "owner": str(owner.uid), "declared": "on", "file": SimpleUploadedFile(name, content)}
    return client.post("/imports/new/", data | other)


def page_of(client: Client, batch: ImportBatch, query: str = "") -> str:
    return s.text(client.get(f"/imports/{batch.uid}/{query}"))


def choose(client: Client, batch: ImportBatch, **other: str) -> Any:
    """Send the mapping as the page suggests it, `other` by heading."""
    batch.refresh_from_db()
    chosen = {x.heading: x.field or "ignore" for x in batches.suggestions(batch)} | other
    data = {f"c{at}": chosen[heading] for at, heading in enumerate(batches.headings(batch))}
    return client.post(f"/imports/{batch.uid}/mapping/", data | {"revision": batch.revision})


def confirm(client: Client, batch: ImportBatch) -> Any:
    batch.refresh_from_db()
    return client.post(f"/imports/{batch.uid}/confirm/", {"revision": batch.revision}, follow=True)


def test_from_file_to_drafts_and_the_wrong_rows_back(firm: Organisation, client: Client) -> None:
    assert "导入表格" in s.text(client.get("/listings/mine/"))
    asked = s.text(client.get("/imports/new/?kind=need"))
    assert "非涉密平台" in asked
    rows = [i.row(1), i.row(2, field="新才料"), i.row(3)]
    sent = send(client, firm, i.sheet(rows))
    batch = ImportBatch.objects.get()
    assert sent["Location"] == f"/imports/{batch.uid}/"
    mapping = page_of(client, batch)
    assert "第1种废渣" in mapping
    assert re.search(r'<option value="price" selected>', mapping)
    assert "万元" in mapping
    assert choose(client, batch).status_code == 302
    preview = page_of(client, batch)
    assert "<code>D3</code> 没有“新才料”这一项，是不是“新材料”？" in preview
    assert "确认导入 2 行" in preview
    assert "200 万元" in preview
    asked_once = s.queries_of(lambda: client.get(f"/imports/{batch.uid}/"))
    other = i.previewed([i.row(n) for n in range(10, 40)], firm, s.manager_of(firm))
    assert s.queries_of(lambda: client.get(f"/imports/{other.uid}/")) <= asked_once  # whatever the number of rows
    batches.cancel(other, by=s.manager_of(firm), now=f.AT)
    only = page_of(client, batch, "?show=problems")
    assert "第2种废渣" in only
    assert "第1种废渣" not in only
    assert not Listing.objects.exists()
    assert "正在写入" in s.text(confirm(client, batch))
    assert "hx-get" in s.text(client.get(f"/imports/{batch.uid}/progress/"))
    running.run(batch)
    assert client.get(f"/imports/{batch.uid}/progress/")["HX-Refresh"] == "true"
    result = page_of(client, batch)
    assert all(f"/listings/{row.uid}/" in result for row in Listing.objects.all())
    wrong = client.get(f"/imports/{batch.uid}/wrong.xlsx")
    book = load_workbook(io.BytesIO(b"".join(wrong.streaming_content)))  # type: ignore[attr-defined]  # a file is streamed
    cells = [[cell.value for cell in line] for line in book.worksheets[0]]
    assert [*i.HEADINGS, "错误说明"] in cells
    assert cells[-1][1] == rows[1][1]
    assert "所属领域" in str(cells[-1][-1])


def test_a_workbook_with_several_sheets_asks_which(firm: Organisation, client: Client) -> None:
    send(client, firm, (i.OFFICE_FILES / "needs_sheets.xlsx").read_bytes())
    batch = ImportBatch.objects.get()
    page = page_of(client, batch)
    assert "封面" in page
    refused = client.post(f"/imports/{batch.uid}/sheet/", {"sheet": "封面"})
    assert refused.status_code == 422
    assert "没有内容" in s.text(refused)
    assert client.post(f"/imports/{batch.uid}/sheet/", {"sheet": "需求表（演示）"}).status_code == 302
    assert "需求名称*" in page_of(client, batch)


def test_two_columns_for_one_field_are_an_error_at_both(firm: Organisation, client: Client) -> None:
    send(client, firm, i.sheet([i.row(1)]))
    batch = ImportBatch.objects.get()
    refused = choose(client, batch, 需求描述="title")
    assert refused.status_code == 422
    assert s.text(refused).count('aria-invalid="true"') == 2
    assert "“需求描述”也选了这一项" in s.text(refused)
    none = choose(client, batch, 需求名称="ignore")
    assert none.status_code == 422
    assert "没有哪一列是“题目”" in s.text(none)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.xlsx", b"MZ" + bytes(300), "程序（.exe）"),
        ("x.csv", b"a,b\x00c\n1,2", "空字节"),
        ("x.xlsx", b"PK\x03\x04" + bytes(50), "打不开"),
        ("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
    ],
)
def test_a_hostile_file_is_refused_on_the_page_and_the_rest_stays(
    firm: Organisation, client: Client, name: str, content: bytes, said: str
) -> None:
    refused = send(client, firm, content, name, kind="achievement")
    assert refused.status_code == 422
    assert said in s.text(refused)
    assert re.search(r'<option value="achievement" selected>', s.text(refused))
    assert not ImportBatch.objects.exists()


def test_without_the_declaration_nothing_is_taken(firm: Organisation, client: Client) -> None:
    refused = send(client, firm, i.sheet([i.row(1)]), declared="")
    assert refused.status_code == 422
    assert "保密审查" in s.text(refused)
    theirs = send(client, f.organisation(), i.sheet([i.row(1)]))
    assert theirs.status_code == 422
    assert not ImportBatch.objects.exists()


def test_a_double_click_makes_one_batch_and_one_import(firm: Organisation, client: Client) -> None:
    content = i.sheet([i.row(1)])
    first, second = (send(client, firm, content, one_time_key="k1") for _time in range(2))
    assert first["Location"] == second["Location"]
    batch = ImportBatch.objects.get()
    choose(client, batch)
    confirm(client, batch)
    assert "正在写入" in s.text(confirm(client, batch))
    running.run(batch)
    assert Listing.objects.count() == 1


def test_the_same_file_again_is_pointed_to_the_first(firm: Organisation, client: Client) -> None:
    content = i.sheet([i.row(1)])
    two = []
    for _time in range(2):
        send(client, firm, content)
        two.append(ImportBatch.objects.latest("pk"))
        choose(client, two[-1])
    confirm(client, two[0])
    running.run(two[0])
    assert f"/imports/{two[0].uid}/" in page_of(client, two[1])
    led = confirm(client, two[1])
    assert led.redirect_chain[-1][0] == f"/imports/{two[0].uid}/"
    assert "已经确认导入过一次" in s.text(led)


def test_cancel_and_resume(firm: Organisation, client: Client) -> None:
    send(client, firm, i.sheet([i.row(1)]))
    batch = ImportBatch.objects.get()
    assert client.post(f"/imports/{batch.uid}/cancel/")["Location"] == "/imports/"
    assert "已取消" in page_of(client, batch)
    assert "已取消" in s.text(client.get("/imports/"))
    assert client.get(f"/imports/{batch.uid}/mapping/").status_code == 302
    assert "已经往前走了" in s.text(confirm(client, batch))
    assert client.post(f"/imports/{batch.uid}/resume/").status_code == 302


def test_members_hand_in_all_and_officers_publish(firm: Organisation, client: Client) -> None:
    send(client, firm, i.sheet([i.row(1), i.row(2, body="")]))
    batch = ImportBatch.objects.get()
    choose(client, batch)
    confirm(client, batch)
    running.run(batch)
    page = page_of(client, batch)
    assert "全部提交审核" in page
    assert "全部发布" not in page
    refused = client.post(f"/imports/{batch.uid}/act/submit/", follow=True)
    assert "保密审查" in s.text(refused)
    assert client.post(f"/imports/{batch.uid}/act/publish/", {"declared": "on"}).status_code == 403
    assert client.post(f"/imports/{batch.uid}/act/close/", {"declared": "on"}).status_code == 404
    client.post(f"/imports/{batch.uid}/act/submit/", {"declared": "on"})
    assert "正在逐条办理" in page_of(client, batch)
    running.run(batch)
    page = page_of(client, batch, "?show=refused")
    assert "还没有写要点说明" in page
    officer = f.signed_in_client(f.officer(f.BAOTOU))
    send(officer, firm, i.sheet([i.row(5)]))
    theirs = ImportBatch.objects.latest("pk")
    choose(officer, theirs)
    confirm(officer, theirs)
    running.run(theirs)
    assert "全部发布" in page_of(officer, theirs)
    officer.post(f"/imports/{theirs.uid}/act/publish/", {"declared": "on"})
    running.run(theirs)
    assert Listing.objects.get(external_id="N5").state == "published"


def test_who_sees_a_batch_and_who_may_move_it(firm: Organisation, client: Client) -> None:
    send(client, firm, i.sheet([i.row(1)]))
    batch = ImportBatch.objects.get()
    strangers = [f.manager(f.organisation()), f.officer(f.BAOTOU), f.broker(), f.operator(), f.security_admin()]
    mate, auditor = f.signed_in_client(f.member(firm)), f.signed_in_client(f.auditor())
    read = [f"/imports/{batch.uid}/", f"/imports/{batch.uid}/progress/", f"/imports/{batch.uid}/wrong.xlsx"]
    moves = [f"/imports/{batch.uid}/{verb}/" for verb in ("mapping", "confirm", "cancel", "sheet", "resume")]
    for address in (*read, "/imports/", "/imports/new/", "/imports/templates/need.xlsx"):
        assert Client().get(address).status_code == 302, address
    for login in strangers:
        there = f.signed_in_client(login)
        assert [there.get(address).status_code for address in read] == [404] * 3
        assert [there.post(address).status_code for address in moves] == [404] * 5
        assert str(batch.uid) not in s.text(there.get("/imports/"))
    for reader in (mate, auditor):
        assert [reader.get(address).status_code for address in read] == [200] * 3
        assert str(batch.uid) in s.text(reader.get("/imports/"))
    assert {auditor.post(address).status_code for address in moves} == {403}
    assert "核对每一行" not in s.text(auditor.get(read[0]))
    assert choose(mate, batch).status_code == 302


@pytest.mark.parametrize("kind", ["need", "achievement", "patent"])
def test_the_template_of_a_kind_is_a_workbook(client: Client, kind: str) -> None:
    got = client.get(reverse("import-template", args=[kind]))
    assert load_workbook(io.BytesIO(got.content)).worksheets[0]["A1"].value == "题目*"
    assert ".xlsx" in got["Content-Disposition"]
    assert client.get("/imports/templates/poem.xlsx").status_code == 404


def test_somebody_without_an_organisation_is_told_what_to_do() -> None:
    alone = f.signed_in_client(f.account())
    assert alone.get("/imports/new/").status_code == 403


def test_english_pages_speak_english(firm: Organisation, client: Client) -> None:
    send(client, firm, i.sheet([i.row(1)]))
    batch = ImportBatch.objects.get()
    client.cookies["django_language"] = "en"
    page = s.text(client.get(f"/imports/{batch.uid}/"))
    assert "Cooperation modes" in page
    assert "Ignore" in page
