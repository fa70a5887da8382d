"""Lists of the directory as files: refused where the page is refused, the same rows as the page."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.directory.models import Area, Organisation, Term
from mengkeju.kernel.models import Event
from tests import exported
from tests import factories as f
from tests.listings.samples import queries_of

pytestmark = pytest.mark.django_db


def clients() -> dict[str, Client]:
    owner = f.organisation()
    logins = {
        "member": f.member(owner),
        "officer": f.officer(f.BAOTOU),
        "operator": f.operator(),
        "security": f.security_admin(),
        "auditor": f.auditor(),
    }
    return {"visitor": Client(), **{name: f.signed_in_client(login) for name, login in logins.items()}}


def test_the_file_is_refused_where_the_page_is_refused() -> None:
    people = clients()
    colleagues = reverse("organisation-colleagues", args=[Organisation.objects.get().uid])
    pages = ("/organisations/", "/verification/", "/people/", "/roles/", "/record/", "/vocabularies/",
             "/vocabularies/field/", "/areas/", "/jobs/", colleagues)  # fmt: skip
    given, refused = 0, 0
    for page in pages:
        for who, client in people.items():
            shown, file = client.get(page), client.get(page, {"export": "csv"})
            assert file.status_code == shown.status_code, (page, who)
            given += file.status_code == 200
            refused += file.status_code != 200
            if file.status_code == 200:
                assert file["Content-Type"].startswith("text/csv"), (page, who)
                exported.content(file)
    assert given > len(pages)
    assert refused > len(pages)


def test_organisations_as_filtered() -> None:
    f.organisation("鹿原化工（演示）")
    guest = f.organisation("外地大学（演示）", kind="university", area="110000")
    page = Client().get("/organisations/", {"area": "outside"})
    assert "区外 · 北京市" in page.content.decode()
    assert "鹿原化工" not in page.content.decode()
    answer = Client().get("/organisations/", {"area": "outside", "verified": "yes", "export": "xlsx"})
    assert exported.name(answer).startswith("单位 20")
    head, rows = exported.xlsx(answer)
    assert head[1] == "筛选条件：所在地：区外；核验：已核验"
    assert [(r["单位"], r["所在地"], r["区外单位"]) for r in rows] == [(guest.name, "区外 · 北京市", "是")]
    assert exported.table(Client().get("/organisations/", {"q": "没有", "export": "csv"}))[0] == []


def test_the_record_names_exports_and_takes_its_own_filter() -> None:
    client = f.signed_in_client(f.auditor())
    exported.content(client.get("/people/", {"q": "甲", "export": "csv"}))
    assert Event.objects.filter(type="export.made").count() == 1
    page = client.get("/record/", {"kind": "export."}).content.decode()
    assert "导出清单" in page
    rows, source = exported.table(client.get("/record/", {"kind": "export.", "export": "csv"}))
    assert [row["事项"] for row in rows] == ["导出清单"]
    assert "事项（开头）：export." in source


def test_typed_cells_of_terms_areas_and_grants() -> None:
    client = f.signed_in_client(f.auditor())
    _head, rows = exported.xlsx(client.get("/areas/", {"q": "乌海", "export": "xlsx"}))
    assert {row["代码"] for row in rows} == set(
        Area.objects.filter(name__contains="乌海").values_list("code", flat=True)
    )
    _head, rows = exported.xlsx(client.get("/vocabularies/field/", {"export": "xlsx"}))
    assert len(rows) == Term.objects.filter(vocabulary__key="field").count()
    assert any("、" in (row["同义词"] or "") for row in rows)
    _head, rows = exported.xlsx(client.get("/vocabularies/", {"export": "xlsx"}))
    assert all(isinstance(row["在用词条"], int | Decimal) for row in rows)
    _head, rows = exported.xlsx(client.get("/roles/", {"export": "xlsx"}))
    assert [row["角色"] for row in rows] == ["审计管理员"] or rows[0]["授予时间"].year == f.AT.year


def test_queries_do_not_grow_with_rows() -> None:
    client = f.signed_in_client(f.auditor())
    f.officer(f.BAOTOU)
    f.organisation()
    for page in ("/organisations/", "/record/", "/roles/"):

        def take(page: str = page) -> None:
            exported.content(client.get(page, {"export": "csv"}))

        take()
        before = queries_of(take)
        for _n in range(4):
            f.officer(f.BAOTOU)
            f.organisation()
        assert queries_of(take) == before, page


def test_members_only_for_those_inside() -> None:
    owner = f.organisation()
    f.member(owner)
    answer = f.signed_in_client(f.manager(owner)).get(
        reverse("organisation-colleagues", args=[owner.uid]), {"export": "xlsx"}
    )
    _head, rows = exported.xlsx(answer)
    assert [row["管理员"] for row in rows] == ["是", "否"]
    assert "电话" not in rows[0]
