"""Lists of listings as files: each reader's own tiers, formulas as text, typed cells, a constant number of queries."""

import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client

from mengkeju.kernel import exports
from mengkeju.listings.models import Listing, ReadRecord
from tests import exported
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
SECRET = "只给会员看的数值九十九"
QUEUE, MINE, STAGE = "/reviews/", "/listings/mine/", "/needs/at/need/"


def test_my_listings_are_typed_and_filtered() -> None:
    owner = f.organisation()
    s.draft(owner, title="=1+1", price_low=Decimal(2_000_000), deadline=date(2027, 3, 1), licence="match")
    s.published(owner, title="已发布的")
    client = f.signed_in_client(f.manager(owner))
    answer = client.get(MINE, {"state": "draft", "export": "xlsx"})
    assert exported.name(answer).startswith("本单位的供需信息 20")
    head, rows = exported.xlsx(answer)
    assert head[0] == "本单位的供需信息"
    assert head[1] == "筛选条件：草稿"
    assert "来源：蒙科聚" in head[2]
    (row,) = rows
    assert row["题目"] == "=1+1", "text, never calculated"
    assert row["投入或价格下限（万元）"] == 200
    assert row["期限"].date() == date(2027, 3, 1)
    assert (row["使用条件"], row["状态"]) == ("可用于对接", "草稿")
    found, _source = exported.table(client.get(MINE, {"state": "draft", "export": "csv"}))
    assert found[0]["题目"] == "'=1+1"
    assert len(exported.xlsx(client.get(MINE, {"export": "xlsx"}))[1]) == 2


def test_a_closed_section_is_empty_in_the_file_of_whom_it_is_closed_to() -> None:
    owner = f.organisation()
    row = s.published(owner, tiers={"terms": "members", "targets": "members"}, present=SECRET, price_high=Decimal(10))
    reader, member = Client(), f.signed_in_client(f.manager(f.organisation()))
    for form in ("xlsx", "csv"):
        assert SECRET.encode() not in exported.content(reader.get(STAGE, {"export": form}))
    _head, rows = exported.xlsx(reader.get(STAGE, {"export": "xlsx"}))
    assert (rows[0]["投入或价格上限（万元）"], rows[0]["题目"]) == (None, row.title)
    assert "投入与时间" in rows[0]["未向您开放的部分"]
    _head, rows = exported.xlsx(member.get(STAGE, {"export": "xlsx"}))
    assert rows[0]["投入或价格上限（万元）"] is not None
    noted = ReadRecord.objects.get()
    assert (noted.channel, noted.tier, noted.listing_id) == ("export", "members", row.pk)


def test_the_queue_is_refused_as_its_page_is() -> None:
    s.submitted()
    logins = {"member": f.manager(f.organisation()), "broker": f.broker(), "operator": f.operator()}
    for who, login in logins.items():
        client = f.signed_in_client(login)
        assert client.get(QUEUE).status_code == client.get(QUEUE, {"export": "xlsx"}).status_code == 403, who
    assert Client().get(QUEUE, {"export": "xlsx"}).status_code == 302
    far = f.signed_in_client(f.officer(f.HOHHOT))
    assert exported.table(far.get(QUEUE, {"export": "csv"}))[0] == []
    near = f.signed_in_client(f.officer(f.BAOTOU))
    assert len(exported.table(near.get(QUEUE, {"export": "csv"}))[0]) == 1


def test_queries_grow_by_portions_only(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = f.organisation()
    s.rows(owner, 3)
    client = f.signed_in_client(f.manager(owner))

    def take() -> None:
        exported.content(client.get(MINE, {"export": "csv"}))

    take()
    few = s.queries_of(take)
    s.rows(owner, 40)
    assert s.queries_of(take) == few
    monkeypatch.setattr(exports, "FIGURES", exports.Figures(rows_per_file=1000, portion=10))
    one_by_ten = s.queries_of(take)
    portions = -(-Listing.objects.count() // 10)
    assert few < one_by_ten <= few * portions
    assert (one_by_ten - few) % (portions - 1) == 0, "every portion costs the same"


def test_libreoffice_opens_a_real_export(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("没有 LibreOffice（apt-get install libreoffice-calc-nogui），不能验证它打得开")
    owner = f.organisation()
    s.draft(owner, title="=1+1", price_low=Decimal(1_500_000))
    file = tmp_path / "清单.xlsx"
    file.write_bytes(exported.content(f.signed_in_client(f.manager(owner)).get(MINE, {"export": "xlsx"})))
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to",
               "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(tmp_path), str(file)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    text = (tmp_path / "清单.csv").read_text(encoding="utf-8")
    assert "=1+1" in text
    assert "150.00" in text
