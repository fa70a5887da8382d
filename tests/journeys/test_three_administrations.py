"""三员分立 in the browser: each of the three does his part and is refused the others', with the rule and who may."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import openpyxl
import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from mengkeju.directory.models import ApiToken, RoleGrant, Term
from mengkeju.kernel import clock, jobs
from mengkeju.kernel.worker import TaskRunner
from tests import factories as f
from tests import tokens
from tests.listings import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SYNONYM = "旧称词甲"


def refused_everywhere(window: Any, pages: dict[str, str]) -> None:
    """403 on each of the others' pages, and the page names who may."""
    for path, who in pages.items():
        window.refused(path, 403)
        assert window.sees("谁可以办"), path
        assert window.sees(who), f"{path} does not name {who}"


def a_failed_job(tmp_path: Path) -> None:
    """One that was tried three times."""
    with transaction.atomic():
        jobs.defer("tests.kernel.sample_tasks.fail", str(tmp_path / "tries"))
    for _try in range(jobs.MAX_TRIES):
        TaskRunner().run_next()
        DBTaskResult.objects.filter(status="READY").update(run_after=clock.now() - timedelta(seconds=1))


def edit_vocabulary(operator: Any, visitor: Any, background: Any) -> None:
    """A synonym counts from the next search on; a retired term is offered no longer."""
    visitor.go(f"/search/?q={SYNONYM}")
    assert not visitor.sees("白云鄂博尾矿再选")
    operator.go("/vocabularies/")
    operator.press("产业集群与产业链")
    operator.fill(key="demo_cluster", label="尾矿再选集群", label_en="Tailings", synonyms=SYNONYM, source="演示出处")
    operator.press("加入词条")
    assert operator.sees("词条已加入")
    background()
    visitor.go(f"/search/?q={SYNONYM}")
    assert visitor.sees("白云鄂博尾矿再选")
    operator.press("尾矿再选集群")
    operator.press("停用词条")
    assert Term.objects.get(key="demo_cluster").retired_on is not None


def add_zone(operator: Any, newcomer: Any) -> None:
    """Whoever registers an organisation can choose it at once."""
    operator.go("/areas/")
    operator.press("添加功能区")
    operator.fill(name="金山演示区", code="150203", parent=f.KUNDULUN, zone_kind="高新区", source="演示出处")
    operator.press("添加功能区")
    assert operator.page.locator("#main [aria-invalid=true]").count() == 1, "the code is taken"
    operator.fill(code="Z-jinshan-yanshi")
    operator.press("添加功能区")
    assert operator.sees("已添加")
    newcomer.go("/organisations/new/")
    assert "金山演示区" in newcomer.page.locator("[name=zone]").inner_text()


def run_job_again(operator: Any) -> None:
    operator.go("/jobs/")
    assert operator.sees("tests.kernel.sample_tasks.fail")
    operator.page.locator("#main summary").first.click()
    operator.look()
    assert operator.sees("this task always fails")
    operator.press("重新排队")
    assert operator.sees("没有失败的任务")


def test_the_operator_keeps_tables_and_jobs_and_nothing_else(people: Any, background: Any, tmp_path: Path) -> None:
    samples.published(f.organisation("鹿原化工（演示）"), title="白云鄂博尾矿再选集群的需求", field="")
    background()
    a_failed_job(tmp_path)
    operator = people("operator").signed_in(f.operator())
    edit_vocabulary(operator, people("visitor"), background)
    add_zone(operator, people("newcomer").signed_in(f.account()))
    run_job_again(operator)
    others = dict.fromkeys(("/people/", "/roles/", "/lockouts/", "/tokens/"), "安全管理员")
    refused_everywhere(operator, others | {"/record/": "审计管理员", "/reviews/": "科技管理人员"})


def grant(security: Any, person: Any, account: Any) -> None:
    """An officer from the next page on."""
    person.refused("/reviews/", 403)
    security.go("/people/")
    security.page.locator("#main [name=q]").fill("娜苏")
    security.page.locator("#main [name=q]").press("Enter")
    security.page.wait_for_url("**/people/?q=*")
    security.look()
    security.press("娜苏")
    security.fill(role="officer", area=f.BAOTOU)
    security.press("授予角色")
    assert security.row("科技管理人员").inner_text().count("包头") == 1
    person.go("/reviews/")
    assert RoleGrant.objects.filter(person__account=account, role="officer", revoked_at=None).exists()


def reset_lockout(security: Any, person: Any) -> None:
    """Five wrong passwords lock him out; the administrator lets him in again."""
    person.page.context.clear_cookies()
    person.go("/accounts/login/")
    for _try in range(5):
        person.give_password("nasu", "猜错的口令-2026")
    assert person.sees("登录已暂时锁定")
    person.noise.clear()  # the browser reports the 429
    person.look()
    person.refused("/accounts/login/", 200)
    person.give_password("nasu", f.PASSWORD)
    assert person.sees("登录已暂时锁定")
    person.noise.clear()
    security.go("/lockouts/")
    security.row("nasu").get_by_role("button").click()
    security.page.wait_for_load_state()
    security.look()
    person.sign_in("nasu")
    assert person.page.url.endswith("/workbench/")


def suspend(security: Any, person: Any, page: str) -> None:
    """His session ends; he may come back to read, is told why, and works again once it is lifted."""
    security.go(page)
    security.confirm("暂停账号", note="核实身份")
    assert security.sees("已暂停")
    person.go("/workbench/")
    assert "/accounts/login/" in person.page.url
    person.sign_in("nasu")
    person.go("/me/")
    assert person.sees("核实身份")
    person.refused("/organisations/new/", 403)
    security.go(page)
    security.confirm("解除暂停", note="已核实")
    person.go("/organisations/new/")


def status_of(base: str, secret: str) -> int:
    """What the API answers to the token."""
    asked = Request(f"{base}/api/v1/me", headers={"Authorization": f"Bearer {secret}"})  # noqa: S310 - our own server
    try:
        with urlopen(asked) as answer:  # noqa: S310 - the same
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return int(refused.code)


def revoke_token(security: Any, account: Any) -> None:
    """The program is out at the next request."""
    token, secret = tokens.issue(account, "listings:read")
    assert status_of(security.base, secret) == 200
    security.go("/tokens/")
    security.confirm("吊销", security.row("测试"), note="疑似外泄")
    assert security.sees("令牌已吊销")
    assert secret not in security.page.content()
    assert status_of(security.base, secret) == 401
    assert ApiToken.objects.get(pk=token.pk).revoked_reason == "疑似外泄"


def test_the_security_administrator_keeps_people_and_nothing_else(people: Any) -> None:
    f.areas()
    account = f.account("nasu", password=f.PASSWORD, name="娜苏")
    security, person = people("security").signed_in(f.security_admin()), people("person")
    grant(security, person.signed_in(account), account)
    page = security.page.url.removeprefix(security.base)
    reset_lockout(security, person)
    suspend(security, person, page)
    revoke_token(security, account)
    others = dict.fromkeys(("/vocabularies/", "/areas/", "/jobs/", "/areas/new-zone/"), "系统管理员")
    refused_everywhere(security, others | {"/record/": "审计管理员", "/verification/": "科技管理人员"})


def read_record(auditor: Any) -> None:
    """Filtered, opened, verified."""
    auditor.go("/record/")
    auditor.page.locator("#main summary").first.click()
    auditor.fill(kind="role.")
    auditor.press("按条件查看")
    assert auditor.sees("role.granted")
    assert not auditor.sees("organisation.registered")
    auditor.press("授予角色")
    assert auditor.sees("内容摘要值")
    assert auditor.sees('"role": "auditor"')
    auditor.go("/record/")
    auditor.press("核对是否被改动")
    assert auditor.sees("没有发现改动")


def export_record(auditor: Any) -> None:
    """The file opens, holds what the page held, and that it was made stands in the record."""
    auditor.go("/record/?kind=role.")
    rows = auditor.page.locator("#main tbody tr").count()
    handed = auditor.download("Excel")
    sheet = openpyxl.load_workbook(io.BytesIO(handed.path().read_bytes())).worksheets[0]
    cells = ["" if cell is None else str(cell) for line in sheet.iter_rows(values_only=True) for cell in line]
    assert cells.count("role.granted") == rows > 0
    assert any("role." in cell and "：" in cell for cell in cells), "the filter stands in the file"
    auditor.go("/record/?kind=export.")
    assert auditor.sees("export.made")


def changes_nothing(auditor: Any, account: Any, person: str) -> None:
    """He sees the administrations' pages without their buttons; what he sends all the same is refused."""
    for path in (
        "/people/",
        person,
        "/roles/",
        "/lockouts/",
        "/tokens/",
        "/vocabularies/cluster/",
        "/areas/",
        "/jobs/",
    ):
        auditor.go(path)
        main = auditor.page.locator("#main")
        assert main.locator("form[method=post]").count() == 0, path
    client = f.signed_in_client(account)
    for path in (person, f"{person}account/suspend/", "/vocabularies/cluster/", f"/areas/{f.BAOTOU}/"):
        assert client.post(path, {"note": "试试", "role": "officer"}).status_code == 403, path
    refused_everywhere(auditor, {"/areas/new-zone/": "系统管理员"})


def test_the_auditor_reads_everything_and_changes_nothing(people: Any, background: Any) -> None:
    f.organisation("鹿原化工（演示）")
    officer = f.officer()
    account = f.auditor()
    background()
    auditor = people("auditor").signed_in(account)
    read_record(auditor)
    export_record(auditor)
    changes_nothing(auditor, account, f"/people/{f.person(officer).uid}/")
