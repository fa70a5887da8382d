"""A registrar's ledger in the browser: upload, preview, merge desk, differences, and the same layout out again."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mengkeju.deals import actions
from mengkeju.deals.engine import ledger
from mengkeju.deals.models import Amendment, DealParty, PartyAlias, Registration
from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange import batches, running
from mengkeju.kernel.models import Account, ImportBatch
from tests import factories as f
from tests.deals import desk_samples
from tests.deals import ledger_samples as s
from tests.deals.test_desk_web import texts

pytestmark = [pytest.mark.django_db, pytest.mark.covers("TRD-02")]
Desk = tuple[Account, Organisation, Actor]


@pytest.fixture
def desk() -> Desk:
    return s.desk()


@pytest.fixture
def client(desk: Desk) -> Client:
    return f.signed_in_client(desk[0])


def send(client: Client, owner: Organisation, content: bytes, name: str = "台账.xlsx") -> Any:
    file = SimpleUploadedFile(name, content)
    data = {"kind": "registration", "owner": str(owner.uid), "declared": "on", "file": file}
    return client.post("/imports/new/", data)


def choose(client: Client, batch: ImportBatch) -> Any:
    chosen = [found.field or "ignore" for found in batches.suggestions(batch)]
    data = {f"c{at}": field for at, field in enumerate(chosen)}
    return client.post(f"/imports/{batch.uid}/mapping/", data | {"revision": batch.revision})


def confirm(client: Client, batch: ImportBatch) -> None:
    batch.refresh_from_db()
    client.post(f"/imports/{batch.uid}/confirm/", {"revision": batch.revision})
    running.run(batch)


def test_from_the_file_to_the_merge_desk_and_back(client: Client, desk: Desk) -> None:
    university = f.organisation("内蒙古河套工业大学", kind="university", area=f.XINCHENG)
    assert "技术合同登记台账" in texts(client.get("/imports/new/"))
    rows = [s.row(1, seller="河套工业大学"), s.row(2, field="炼金"), s.row(3)]
    sent = send(client, desk[1], s.ugly(rows))
    batch = ImportBatch.objects.get()
    assert sent["Location"] == f"/imports/{batch.uid}/"
    assert choose(client, batch).status_code == 302
    page = texts(client.get(f"/imports/{batch.uid}/"))
    assert "N6 没有“炼金”这一项" in page
    assert "确认导入 2 行" in page
    assert "1 行的单位名称要您来认" in page
    assert "每一行记成一条已登记的技术合同" in page
    assert "100万元" in page
    waiting = client.get("/party-aliases/")
    assert "预览里 1 行" in texts(waiting)
    given = {"spelling": "河套工业大学", "choice": str(university.uid)}
    told = texts(client.post("/party-aliases/decide/", given, follow=True))
    assert "“河套工业大学”就是内蒙古河套工业大学" in told
    assert "没有要认的单位名称" in told
    assert "单位名称要您来认" not in texts(client.get(f"/imports/{batch.uid}/"))
    confirm(client, batch)
    assert DealParty.objects.filter(organisation=university, side="seller").count() == 1
    result = texts(client.get(f"/imports/{batch.uid}/"))
    assert "已新建" in result
    assert "1 行没有导入" in result
    assert "合同名称" in result
    for absent in ("已更新", "未能提交或发布"):  # a ledger changes and hands in nothing
        assert absent not in result
    found = Registration.objects.get(number=s.NUMBERS[0])
    assert found.get_absolute_url() in client.get(f"/imports/{batch.uid}/").content.decode()
    decided = texts(client.get("/party-aliases/?tab=decided"))
    assert "归并了 1 处" in decided
    alias = PartyAlias.objects.get()
    assert "回到待定" in texts(client.post(f"/party-aliases/{alias.uid}/undo/", follow=True))
    assert not DealParty.objects.filter(organisation=university).exists()


def test_what_is_wrong_with_a_decision_stands_beside_it_and_nothing_is_lost(client: Client, desk: Desk) -> None:
    f.organisation("内蒙古河套工业大学", kind="university", area=f.XINCHENG)
    s.written(s.previewed([s.row(1, seller="河套工业大学")], desk[1], desk[2]), desk[2])
    for given, said in (
        ({"choice": ""}, "请选一家，或选“都不是”"),
        ({"choice": "not-a-uid"}, "请选一家"),
        ({"choice": "other", "other": "没有这一家"}, "平台上没有这家已核验的单位"),
    ):
        answer = client.post("/party-aliases/decide/", {"spelling": "河套工业大学"} | given)
        assert answer.status_code == 422
        assert said in texts(answer)
        assert given.get("other", "") in answer.content.decode()
    other = f.organisation("另一所大学", kind="university", area=f.XINCHENG)
    client.post("/party-aliases/decide/", {"spelling": "河套工业大学", "choice": "other", "other": other.credit_code})
    assert PartyAlias.objects.get().organisation == other
    answer = client.post("/party-aliases/decide/", {"spelling": "河套工业大学", "choice": "none"})
    assert "已经定过了" in texts(answer)
    assert client.post("/party-aliases/decide/", {"spelling": "", "choice": "none"}).status_code == 422


def test_every_sheet_at_once_in_the_browser(client: Client, desk: Desk) -> None:
    send(client, desk[1], s.sheet([s.row(1)], further={"2023年": [s.row(2)], "空表": []}))
    batch = ImportBatch.objects.get()
    assert "每张都要，各成一批" in texts(client.get(f"/imports/{batch.uid}/"))
    told = texts(client.post(f"/imports/{batch.uid}/sheet/", {"sheet": "2022年", "all": "1"}, follow=True))
    assert "2 张工作表各成一批" in told
    assert "没有表格内容的工作表没有读入：空表" in told
    assert ImportBatch.objects.filter(stage="mapping").count() == 2


def test_differences_are_amended_by_hand_only(client: Client, desk: Desk) -> None:
    _account, body, by = desk
    s.written(s.previewed([s.row(1), s.row(2), s.row(3)], body, by), by)
    rows = [s.row(1, value="150"), s.row(2, title="改了名的合同"), s.row(3, type="技术服务", body="别的登记处")]
    batch = s.previewed(rows, body, by)
    preview = texts(client.get(f"/imports/{batch.uid}/"))
    assert "3 行与平台上的登记不同" in preview
    assert "没有要新写入的行" in preview  # and no button that would write nothing
    assert "确认导入" not in preview
    address = f"/ledgers/{batch.uid}/differences/"
    page = texts(client.get(address))
    assert "100万元" in page
    assert "150万元" in page
    assert "（属于合同，不在这里改）" in page
    act = f"/ledgers/{batch.uid}/amend/"
    assert "请勾选" in texts(client.post(act, {"note": "台账更正"}))
    assert "请写明变更的理由" in texts(client.post(act, {"row": "2", "note": " "}))
    done = client.post(act, {"row": ["2", "4"], "note": "台账更正"}, follow=True)
    assert "2 条已记为变更" in texts(done)
    assert "150万元" not in texts(done)
    assert Amendment.objects.filter(reason="台账更正").count() == 3
    assert Registration.objects.filter(state="changed").count() == 2
    confirm(client, batch)
    assert Registration.objects.count() == 3
    actions.cancel_registration(Registration.objects.get(number=s.NUMBERS[0]), "解除", by=by, now=f.AT)
    Registration.objects.filter(number=s.NUMBERS[0]).update(certified_value=1_000_000, certified_technology=800_000)
    refused = client.post(act, {"row": "2", "note": "再改"})
    assert refused.status_code == 422
    assert "有的行没有办成" in texts(refused)


def test_registrars_act_auditors_read_others_are_refused(client: Client, desk: Desk) -> None:
    _account, body, by = desk
    s.written(s.previewed([s.row(1)], body, by), by)
    batch = s.previewed([s.row(1, value="150")], body, by)
    actions.note_doubtful("河套大学", by=by, now=f.AT)
    alias = PartyAlias.objects.get()
    pages = ("/party-aliases/", f"/ledgers/{batch.uid}/differences/")
    posts = ("/party-aliases/decide/", f"/party-aliases/{alias.uid}/undo/", f"/ledgers/{batch.uid}/amend/")
    people = {
        "auditor": (f.signed_in_client(f.auditor()), (200, 200), (403, 403, 403)),
        "elsewhere": (f.signed_in_client(s.desk(f.BAOTOU)[0]), (200, 404), (422, 404, 404)),
        "officer": (f.signed_in_client(f.officer(f.HOHHOT)), (403, 404), (403, 404, 404)),
        "colleague": (f.signed_in_client(f.manager(body)), (403, 404), (403, 404, 404)),
        "nobody": (Client(), (302, 302), (302, 302, 302)),
    }
    for who, (reader, gets, answers) in people.items():
        assert tuple(reader.get(page).status_code for page in pages) == gets, who
        assert tuple(reader.post(page).status_code for page in posts) == answers, who
    assert "就这样定" not in texts(people["auditor"][0].get("/party-aliases/"))
    officer = people["officer"][0]
    assert "技术合同登记台账" not in texts(officer.get("/imports/new/"))
    assert send(people["colleague"][0], body, s.sheet([s.row(1)])).status_code == 422
    assert ImportBatch.objects.count() == 2


def test_the_merge_desk_says_that_it_is_empty(client: Client) -> None:
    assert "没有要认的单位名称" in texts(client.get("/party-aliases/"))
    assert "还没有定过" in texts(client.get("/party-aliases/?tab=decided"))


def test_the_merge_desk_asks_no_more_with_more_names(
    client: Client, desk: Desk, django_assert_max_num_queries: Any
) -> None:
    for n in range(15):
        actions.note_doubtful(f"河套大学{n}", by=desk[2], now=f.AT)
    with django_assert_max_num_queries(45):
        client.get("/party-aliases/")


# ---- Out again -----------------------------------------------------------------------------------------


def file_of(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file is streamed


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("page", ["/registrations/?", "/contract-statistics/contracts/?year=2022&"])
def test_what_is_exported_is_recognised_as_there_already(client: Client, desk: Desk, page: str, form: str) -> None:
    _account, body, by = desk
    f.organisation("内蒙古河套工业大学", kind="university", area=f.XINCHENG)
    rows = [
        s.row(1, seller="内蒙古河套工业大学", type="合作开发"),
        s.row(2, area="呼和浩特市新城区", buyer_area="北京市", value="1234.567891", technology="0"),
        s.row(3, number="", registered="2022年5月", value="", technology="", field="", ip="", plan="", kind=""),
    ]
    s.written(s.previewed(rows, body, by), by)
    content = file_of(client, f"{page}export={form}&layout=national")
    batch = s.mapped(s.uploaded(content, body, by, f"导出.{form}"), by)
    heads = [heading.partition("（元）")[0] for heading in batches.headings(batch)]
    assert heads == [column.label for column in ledger.COLUMNS.values()]
    assert s.verdicts(batch) == {"same": 3}, [r.problems for r in batch.rows.all()]
    assert s.outcomes(s.written(batch, by)) == {"unchanged": 3}
    assert Registration.objects.count() == 3


def test_what_the_desk_registered_is_recognised_too(client: Client, desk: Desk) -> None:
    _account, body, by = desk
    case = desk_samples.accepted(by)
    actions.register_contract(case, actions.Certificate(**desk_samples.certificate()), by=by, now=f.AT)
    content = file_of(client, "/desk/?tab=decided&export=xlsx&layout=national")
    batch = s.mapped(s.uploaded(content, body, by), by)
    assert s.verdicts(batch) == {"same": 1}, [r.problems for r in batch.rows.all()]
    actions.cancel_registration(case, "合同解除", by=by, now=f.AT)
    gone = file_of(client, "/desk/?tab=decided&export=csv&layout=national").decode("utf-8-sig")
    assert desk_samples.NUMBER not in gone.replace(" ", "")


def test_the_statistics_export_says_no_more_to_those_who_may_not_open_the_record(client: Client, desk: Desk) -> None:
    s.written(s.previewed([s.row(1)], desk[1], desk[2]), desk[2])
    officer = f.signed_in_client(f.officer(f.BAOTOU))
    query = "/contract-statistics/contracts/?year=2022&export=csv&layout=national"
    theirs, own = file_of(officer, query).decode("utf-8-sig"), file_of(client, query).decode("utf-8-sig")
    assert "第1演示厂" in own
    assert "第1演示厂" not in theirs
    assert "河套演示大学" in theirs


def test_the_template_reads_back(client: Client) -> None:
    answer = client.get("/imports/templates/registration.xlsx")
    assert answer.status_code == 200
    assert io.BytesIO(answer.content).getvalue()[:2] == b"PK"


def test_what_a_ledger_brought_is_cancelled_at_the_desk(client: Client, desk: Desk) -> None:
    _account, body, by = desk
    s.written(s.previewed([s.row(1)], body, by), by)
    row = Registration.objects.get()
    shown = texts(client.get(row.get_absolute_url()))
    assert "台账未载" in shown
    for absent in ("申请人", "金额未定", "等您来办"):
        assert absent not in shown
    address = f"/desk/{row.uid}/"
    assert "去变更或注销" in shown
    assert address in client.get(row.get_absolute_url()).content.decode()
    case = client.get(address)
    assert case.status_code == 200
    assert "缺少" not in texts(case)  # nobody handed papers in for it here
    sent = {"note": "双方解除合同", "revision": row.revision}
    done = client.post(f"{address}cancel/", sent, follow=True)
    assert (done.status_code, "已注销" in texts(done)) == (200, True)
    assert Registration.objects.get().state == "cancelled"
    assert client.get("/desk/?tab=decided").status_code == 200
    stranger = f.signed_in_client(f.member(f.organisation()))
    assert stranger.get(address).status_code == 404
