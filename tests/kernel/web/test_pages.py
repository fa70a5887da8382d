"""Home, workbench, notices, health."""

from datetime import timedelta

import pytest
from django.test import Client

from mengkeju.kernel import clock, notices
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import advance
from mengkeju.kernel.audit import seal_pending
from mengkeju.kernel.models import Duty, Notice
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_everybody_sees_the_home_page() -> None:
    f.areas()
    got = Client().get("/")
    assert got.status_code == 200
    assert "蒙科聚" in got.content.decode()
    assert Client().post("/").status_code == 405


def test_the_workbench_lists_my_duties_with_the_overdue_ones_first() -> None:
    officer = f.officer()
    late, soon = f.organisation("演示迟（演示）", verified=False), f.organisation("演示早（演示）", verified=False)
    for firm in (soon, late):
        advance(firm, "submit", by=SYSTEM, now=clock.now())
    Duty.objects.filter(subject_uid=late.uid).update(due_on=clock.today() - timedelta(days=10))
    body = f.signed_in_client(officer).get("/workbench/").content.decode()
    assert body.index("演示迟（演示）") < body.index("演示早（演示）")
    assert "1 件已逾期" in body
    assert soon.get_absolute_url() in body
    assert "演示迟（演示）" not in f.signed_in_client(f.officer(f.HOHHOT)).get("/workbench/").content.decode()


def test_notices_are_mine_escaped_and_marked_read_by_post() -> None:
    firm, one = f.organisation(), f.account()
    notices.notify([one.uid], "n", "<script>新进展", subject_type="organisation", subject_uid=firm.uid, now=f.AT)
    client = f.signed_in_client(one)
    body = client.get("/notices/").content.decode()
    assert "&lt;script&gt;新进展" in body
    assert "<script>新进展" not in body
    assert firm.get_absolute_url() in body
    assert Notice.objects.get(account=one.uid).read_at is None  # looking changes nothing
    assert client.post("/notices/").status_code == 302
    assert Notice.objects.get(account=one.uid).read_at is not None
    assert "新进展" not in f.signed_in_client(f.account()).get("/notices/").content.decode()


@pytest.mark.parametrize("page", ["/workbench/", "/notices/"])
def test_a_visitor_is_sent_to_sign_in_and_back(page: str) -> None:
    got = Client().get(page)
    assert (got.status_code, got["Location"]) == (302, f"/accounts/login/?next={page}")


def test_health_says_how_far_the_seals_are() -> None:
    assert Client().get("/healthz").json()["last_seal"] is None
    f.organisation()
    seal_pending(now=f.AT)
    found = Client().get("/healthz").json()
    assert found["database"] == "ok"
    assert {"last_seal", "followers", "time"} <= set(found)


def test_no_page_allows_inline_script_or_framing() -> None:
    f.areas()
    got = Client().get("/")
    assert "default-src 'self'" in got["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in got["Content-Security-Policy"]
    assert "unsafe-inline" not in got["Content-Security-Policy"]
    assert " style=" not in got.content.decode()
    assert "<script>" not in got.content.decode()
