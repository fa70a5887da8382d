"""技术转移服务机构名录: counts by level and day, branches with parent and services, yearly evaluations."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mengkeju.directory import actions
from mengkeju.directory.actions import ServicesInput
from mengkeju.directory.engine import bodies as engine
from mengkeju.directory.models import BodyEvaluation, Organisation, Title
from mengkeju.directory.queries import bodies as reads
from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event, Notice
from tests import exported
from tests import factories as f
from tests.calls import get
from tests.directory import body_samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
PAGE = "/transfer-bodies/"
END_OF_2023 = date(2023, 12, 31)


def rows_of(body: Organisation) -> list[str]:
    """Its events, in order."""
    rows = Event.objects.filter(subject_uid=body.uid).exclude(type="organisation.joined")
    return list(rows.order_by("id").values_list("type", flat=True))


def city(count: int, *, level: str, since: date, first: int = 0) -> list[Organisation]:
    """Bodies of Hohhot of one level."""
    officer = f.actor(f.officer(f.HOHHOT))
    made = []
    for number in range(first, first + count):
        one = f.organisation(f"转移机构{number:02}（演示）", kind="agency", area=f.XINCHENG)
        given = actions.TitleInput("transfer_body", level, "演示科技厅", "演示公告", since)
        actions.grant_title(one, given, by=officer, now=f.AT)
        made.append(one)
    return made


@pytest.mark.covers("TRD-11")
def test_both_published_counts_come_out_by_their_scope_and_day() -> None:
    """23 of the region's level at the end of 2023, 34 of every level in 2024."""
    bodies = city(23, level="region", since=date(2022, 5, 1))
    city(11, level="city", since=date(2024, 2, 1), first=23)
    s.recognised(bodies[0], level="national", valid_from=date(2024, 3, 1))  # one of two levels counts once in the whole
    s.body(area=f.KUNDULUN)  # in the other city
    hohhot = {"area": f.HOHHOT, "kind": "transfer_body"}
    for asked, shown in (
        ({"on": "2023-12-31", "level": "region"}, 23),
        ({"on": "2023-12-31"}, 23),
        ({"on": "2024-04-08"}, 34),
        ({"on": "2024-04-08", "level": "region"}, 23),
        ({"on": "2024-04-08", "level": "national"}, 1),
        ({"on": "2022-04-30"}, 0),
    ):
        page = Client().get(PAGE, hohhot | asked)
        assert page.context["page"].paginator.count == shown, asked
    held = reads.holdings(ANONYMOUS, "transfer_body", date(2024, 4, 8))
    assert (reads.count(held), reads.count(held, level="region")) == (35, 24)


@pytest.mark.covers("TRD-11")
def test_every_number_of_the_page_opens_to_that_many_bodies() -> None:
    city(3, level="region", since=date(2022, 5, 1))
    s.body(level="city")
    page = Client().get(PAGE, {"on": "2026-11-01"})
    cells = [cell for row in page.context["counts"]["rows"] for cell in row["cells"] if "url" in cell]
    assert [cell["value"] for cell in cells] == [4, 3, 1, 3, 3, 0, 1, 0, 1]
    for cell in cells:
        assert Client().get(PAGE + cell["url"]).context["page"].paginator.count == cell["value"]


def test_a_body_that_was_cancelled_stays_in_the_register_of_the_days_before() -> None:
    kept, wrong = s.body("取消的中心（演示）"), s.body("登错的中心（演示）")
    officer = f.actor(f.officer())
    for body, day in ((kept, date(2025, 7, 1)), (wrong, None)):
        title = body.titles.get()
        with pytest.raises(ValidationError) as refused:
            actions.withdraw_title(title, by=officer, now=f.AT, note="不行", cancelled_from=date(2022, 4, 30))
        assert list(refused.value.message_dict) == ["cancelled_from"]
        actions.withdraw_title(title, by=officer, now=f.AT, note="见公告", cancelled_from=day)
    for on, there in ((date(2025, 6, 30), {kept}), (date(2025, 7, 1), set())):
        assert set(reads.register_of_bodies(ANONYMOUS, reads.RegisterFilter(on))) == there
        for title in Title.objects.all():
            assert title.is_in_force(on) is (title.holder in there)


def test_the_day_of_cancelling_is_given_on_the_page_and_a_wrong_one_is_told() -> None:
    body, client = s.body(), f.signed_in_client(f.officer())
    title = body.titles.get()
    url = reverse("title-withdraw", args=[title.uid])
    assert "取消日期要写成" in text(client.post(url, {"note": "见公告", "cancelled_from": "昨天"}, follow=True))
    client.post(url, {"note": "见公告", "cancelled_from": "2025-07-01"})
    title.refresh_from_db()
    assert (title.cancelled_from, title.withdrawn_reason) == (date(2025, 7, 1), "见公告")
    assert "2025年7月1日起取消" in text(f.signed_in_client(f.manager(body)).get(body.get_absolute_url()))


def test_two_levels_at_once_but_not_the_same_twice() -> None:
    body = s.body()
    s.recognised(body, level="city")
    with pytest.raises(ValidationError):
        s.recognised(body, valid_from=date(2024, 1, 1))
    shown = text(Client().get(PAGE))
    assert "自治区级、盟市级" in shown
    assert "“全部级别”只算一次" in shown


def test_a_title_of_a_source_counts_from_the_day_it_was_taken_over_and_says_so() -> None:
    body = f.organisation("报道中的中心（演示）", kind="agency", area=f.XINCHENG)
    given = {"kind": "transfer_body", "level": "region", "basis": "公开报道"}
    with pytest.raises(RefusedError):
        actions.record_title_from_source(body, **given, by=f.actor(f.officer(f.HOHHOT)), now=f.AT)
    first = actions.record_title_from_source(body, **given, by=SYSTEM, now=f.AT)
    assert actions.record_title_from_source(body, **given, by=SYSTEM, now=f.AT) == first
    assert "认定日期未载" in text(Client().get(PAGE))
    before = text(Client().get(PAGE, {"on": "2023-12-31"}))
    assert "另有 1 家，公开资料没有写明认定日期" in before
    assert "没有符合条件的机构" in before
    assert "认定日期未载" in text(Client().get(body.get_absolute_url()))


@pytest.mark.covers("TRD-12")
def test_a_branch_is_listed_with_its_parent_and_its_services() -> None:
    parent = f.organisation("演示国家技术转移中心（演示）", kind="agency", area="110000")
    branches = [s.body(f"演示分中心{n}（演示）", area=f.XINCHENG, kind="transfer_branch", level="national",
                       valid_from=date(2023, 6, 1)) for n in range(3)]  # fmt: skip
    s.serving(branches[0], parent=parent.name, services_other="跨境技术合作")
    s.serving(branches[1], parent="不在平台上的中心")
    asked = {"kind": "transfer_branch", "on": "2023-12-31", "area": f.HOHHOT}
    page = Client().get(PAGE, asked)
    shown = text(page)
    assert page.context["page"].paginator.count == 3
    for said in ("国家级", parent.name, "不在平台上的中心", "成果挖掘、技术交易、跨境技术合作"):
        assert said in shown, said
    assert "转移机构" not in {cell.get("value") for row in page.context["rows"] for cell in row["cells"]}
    assert branches[0].name in text(Client().get(parent.get_absolute_url()))
    own = text(Client().get(branches[0].get_absolute_url()))
    assert parent.get_absolute_url() in Client().get(branches[0].get_absolute_url()).content.decode()
    assert "跨境技术合作" in own
    assert Notice.objects.filter(account=f.manager(parent).uid, kind="organisation.named_as_parent").count() == 1
    answer = get(Client(), f"/organisations/{branches[0].uid}").json()
    assert (answer["parent"], answer["parent_name"]) == (str(parent.uid), parent.name)
    assert (answer["services"], answer["services_other"]) == (["discovery", "trade"], "跨境技术合作")


def test_a_parent_is_neither_the_body_itself_nor_below_it() -> None:
    top, middle = s.body("总中心（演示）"), s.body("中间中心（演示）")
    s.serving(middle, parent=top.name)
    for body, said in ((top, top.name), (top, middle.name), (top, top.credit_code or top.name)):
        with pytest.raises(ValidationError) as refused:
            s.serving(body, parent=said)
        assert list(refused.value.message_dict) == ["parent"]
    for given, field in (({"services": ("nothing",)}, "services"), ({"services_other": "长" * 201}, "services_other"),
                         ({"parent": "长" * 121}, "parent")):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            s.serving(top, **given)
        assert list(refused.value.message_dict) == [field]
    top.refresh_from_db()
    assert (top.parent, top.services) == (None, [])


def test_services_are_stated_by_the_body_or_its_officer_once_and_by_revision() -> None:
    body = s.body()
    fresh = s.serving(body)
    again = s.serving(body)
    assert (fresh.services, again.revision, rows_of(body)[-1]) == (
        ["discovery", "trade"], fresh.revision, "organisation.services_edited",
    )  # fmt: skip
    assert rows_of(body).count("organisation.services_edited") == 1
    for account in (f.officer(f.HOHHOT), f.broker(), f.auditor(), f.manager(s.body("旁的中心（演示）"))):
        with pytest.raises(RefusedError):
            actions.edit_services(body, ServicesInput(), by=f.actor(account), now=f.AT)
    by = f.actor(f.officer())
    with pytest.raises(StaleRevisionError):
        actions.edit_services(body, ServicesInput(), by=by, now=f.AT, revision=fresh.revision - 1)
    assert actions.edit_services(body, ServicesInput(), by=by, now=f.AT, revision=fresh.revision).services == []


def test_the_form_of_services_keeps_what_was_typed_and_shows_both_versions_when_stale() -> None:
    body = s.body()
    client, url = f.signed_in_client(f.manager(body)), reverse("organisation-services", args=[body.uid])
    assert "修改服务和上级机构" in text(client.get(body.get_absolute_url()))
    assert client.get(url).status_code == 200
    revision = Organisation.objects.get(pk=body.pk).revision
    sent = {"services": ["trade"], "services_other": "会展", "parent": body.name, "revision": revision}
    wrong = client.post(url, sent)
    assert (wrong.status_code, "会展" in text(wrong), "不能是本单位自己" in text(wrong)) == (422, True, True)
    assert client.post(url, sent | {"parent": ""}).status_code == 302
    assert client.post(url, sent | {"parent": "别的中心"}).status_code == 409
    assert Client().get(url).status_code == 302
    assert f.signed_in_client(f.broker()).get(url).status_code == 403


@pytest.mark.covers("TRD-11")
def test_a_year_is_evaluated_once_by_an_impartial_officer_and_stands_in_the_register() -> None:
    body = s.body()
    made = s.evaluated(body, result="excellent")
    with pytest.raises(ValidationError):
        s.evaluated(body)
    s.evaluated(body, year=2024, decided_on=date(2025, 3, 1), result="failed")
    assert "优秀" in text(Client().get(PAGE))
    # As of a day before it was published the register knows nothing of it.
    assert "不合格" in text(Client().get(PAGE, {"on": "2025-12-31"}))
    assert "优秀" not in text(Client().get(PAGE, {"on": "2025-12-31"}))
    shown = text(Client().get(body.get_absolute_url()))
    assert "2025 年度评价" in shown
    own = f.with_role("officer", area=f.BAOTOU, of=f.member(body))
    for account in (f.manager(body), f.officer(f.HOHHOT), own, f.broker(), f.auditor()):
        with pytest.raises(RefusedError):
            actions.evaluate_body(body, s.JUDGED, by=f.actor(account), now=f.AT)
        with pytest.raises(RefusedError):
            actions.withdraw_evaluation(made, by=f.actor(account), now=f.AT, note="不行")
    officer = f.actor(f.officer())
    with pytest.raises(ValidationError):
        actions.withdraw_evaluation(made, by=officer, now=f.AT, note=" ")
    actions.withdraw_evaluation(made, by=officer, now=f.AT, note="登错了年度")
    with pytest.raises(ValidationError):
        actions.withdraw_evaluation(made, by=officer, now=f.AT, note="再撤一次")
    assert rows_of(body)[-3:] == [
        "organisation.evaluated",
        "organisation.evaluated",
        "organisation.evaluation_withdrawn",
    ]
    assert "优秀" not in text(Client().get(PAGE))
    s.evaluated(body)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"result": "good"}, "result"),
        ({"basis": " "}, "basis"),
        ({"year": clock.today(f.AT).year + 1, "decided_on": clock.today(f.AT)}, "year"),
        ({"year": 2021, "decided_on": date(2022, 3, 1)}, "year"),  # before it was recognised
        ({"decided_on": clock.today(f.AT) + timedelta(days=1)}, "decided_on"),
        ({"decided_on": date(2024, 12, 31)}, "decided_on"),
    ],
)
def test_what_makes_no_evaluation_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    body = s.body()
    with pytest.raises(ValidationError) as refused:
        s.evaluated(body, **changes)
    assert field in refused.value.message_dict
    assert not BodyEvaluation.objects.exists()


def test_the_officer_enters_and_takes_back_an_evaluation_on_the_page() -> None:
    body, client = s.body(), f.signed_in_client(f.officer())
    url = reverse("body-evaluate", args=[body.uid])
    assert "登记年度评价" in text(client.get(body.get_absolute_url()))
    data = {"year": "2025", "result": "passed", "basis": "", "decided_on": "2026-03-01"}
    wrong = client.post(url, data)
    assert (wrong.status_code, "2026-03-01" in wrong.content.decode()) == (422, True)
    data |= {"basis": "演示公告", "one_time_key": "k1"}
    for _twice in range(2):
        assert client.post(url, data).status_code == 302
    made = BodyEvaluation.objects.get()
    back = reverse("body-evaluation-withdraw", args=[made.uid])
    assert f.signed_in_client(f.manager(body)).post(back, {"note": "x"}).status_code == 403
    assert f.signed_in_client(f.manager(body)).get(url).status_code == 403
    assert client.post(back, {"note": "登错了"}).status_code == 302
    assert client.post(back, {"note": "登错了"}).status_code == 404
    made.refresh_from_db()
    assert made.archived_reason == "登错了"


def test_the_register_is_exported_as_of_its_day_and_reads_the_same_number_of_queries() -> None:
    city(2, level="region", since=date(2022, 5, 1))
    body = s.body()
    s.serving(body, parent="不在平台上的中心")
    s.evaluated(body)
    head, rows = exported.xlsx(Client().get(PAGE, {"export": "xlsx", "on": "2026-11-01", "area": f.BAOTOU}))
    assert [(row["机构"], row["级别"], row["上级机构"], row["评价结果"]) for row in rows] == [
        (body.name, "自治区级", "不在平台上的中心", "合格")
    ]
    assert "城市：包头市" in head[1]
    _head, earlier = exported.xlsx(Client().get(PAGE, {"export": "xlsx", "on": "2025-12-31"}))
    assert [row["评价结果"] for row in earlier] == [None, None, None]
    few, many = _queries(), None
    city(12, level="city", since=date(2023, 1, 1), first=2)
    many = _queries()
    assert few == many


def _queries() -> int:
    with CaptureQueriesContext(connection) as caught:
        assert Client().get(PAGE).status_code == 200
    return len(caught)


def test_the_register_is_empty_and_says_so() -> None:
    shown = text(Client().get(PAGE, {"level": "nonsense", "on": "gestern", "kind": "leading"}))
    assert "没有符合条件的机构" in shown


def test_the_file_of_services_and_results_is_dated_and_repeats_no_key(tmp_path: Any) -> None:
    bad = tmp_path / "bodies.yaml"
    row = "{key: a, label: 甲, label_en: A}"
    part = f"{{source: x, items: [{row}]}}"
    bad.write_text(f"checked_on: soon\nservices: {part}\nresults: {part}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="checked_on"):
        engine.load(bad)
    bad.write_text(
        f"checked_on: 2026-11-22\nservices: {part}\nresults: {{source: x, items: [{row}, {row}]}}\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match="twice"):
        engine.load(bad)
    assert engine.service_words(["trade", "gone", "discovery"], "会展") == ["成果挖掘", "技术交易", "会展"]
