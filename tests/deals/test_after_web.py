"""Pages of what comes after signing: what they keep when they refuse, who is let in, what the deal's page shows."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mengkeju.deals import actions
from mengkeju.deals.actions import Made
from mengkeju.deals.models import Acceptance, Arrival, Benefit, Deal, Landing, Milestone, Production
from mengkeju.kernel import clock
from tests import factories as f
from tests.deals import after_samples as a
from tests.deals import money_samples as m
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
TODAY = clock.today(a.NOW)


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands two months behind the signing."""
    monkeypatch.setattr(clock, "now", lambda: a.LATER)


def page(name: str, deal: Deal, *more: Any) -> str:
    """The address of a page of a deal."""
    return reverse(name, args=[deal.uid, *more])


def rows_post(field: str, *rows: dict[str, str], **given: str) -> dict[str, str]:
    """A filled table."""
    cells = {f"{field}-{at}-{key}": value for at, row in enumerate(rows) for key, value in row.items()}
    return {"one_time_key": uuid4().hex, **cells, **given}


def milestone_row(deal: Deal, **given: str) -> dict[str, str]:
    """A row of the form."""
    reporter = str(a.party(deal, "seller").uid)
    return {"title": "完成中试", "criteria": "72 小时", "due_on": a.DUE_ON.isoformat(), "reporter": reporter} | given


def test_milestones_are_planned_in_rows_and_a_refused_row_is_not_lost() -> None:
    pair = s.pair()
    deal, client = a.signed(pair), pair.client("firm")
    assert "还没有约定里程碑" in text(client.get(deal.get_absolute_url()))
    address = page("deal-milestones", deal)
    assert client.get(address).status_code == 200
    sent = rows_post("milestones", milestone_row(deal), milestone_row(deal, title="验收资料", due_on="明年"))
    answer = client.post(address, sent)
    html = answer.content.decode()
    assert (answer.status_code, "第 2 行“约定日期”" in text(answer)) == (422, True)
    for kept in ("完成中试", "验收资料", "明年", "72 小时"):
        assert kept in html
    assert 'aria-invalid="true"' in html
    early = rows_post("milestones", milestone_row(deal), milestone_row(deal, due_on="2020-01-01"))
    answer = client.post(address, early)  # the action's own refusal
    assert (answer.status_code, "第 2 行“约定日期”：不能早于签订日期" in text(answer)) == (422, True)
    more = client.post(address, {**sent, "more": "1"})
    assert (more.status_code, "明年" in more.content.decode()) == (200, True)
    assert not Milestone.objects.exists()
    good = rows_post("milestones", milestone_row(deal), milestone_row(deal, title="验收资料", due_on="2027年6月30日"))
    for _twice in range(2):
        assert client.post(address, good).status_code == 302
    assert Milestone.objects.count() == 2
    shown = text(client.get(deal.get_absolute_url()))
    for words in ("完成中试", "考核指标：72 小时", "共 2 项，已完成 0 项", "约定里程碑"):
        assert words in shown


def test_a_milestone_goes_from_report_to_acceptance_by_two_sides() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.planned(deal, pair)
    firm, institute = pair.client("firm"), pair.client("institute")
    report = page("deal-milestone-report", deal, row.uid)
    assert f.signed_in_client(f.auditor()).get(report).status_code == 403
    assert firm.get(report).status_code == 403
    assert institute.get(report).status_code == 200
    sent = {"reached_on": TODAY.isoformat(), "report": "", "revision": row.revision}
    upload = SimpleUploadedFile("照片.pdf", s.PDF, "application/pdf")
    answer = institute.post(report, {**sent, "evidence": [upload]})
    assert (answer.status_code, "浏览器不保留选过的文件" in text(answer)) == (422, True)
    bad = SimpleUploadedFile("程序.pdf", s.EXE, "application/pdf")
    answer = institute.post(report, {**sent, "report": "已完成", "evidence": [bad]})
    assert (answer.status_code, "已完成" in answer.content.decode()) == (422, True)
    assert Milestone.objects.get().state == "planned"
    assert institute.post(report, {**sent, "report": "已完成", "evidence": [m.voucher("照片.pdf")]}).status_code == 302
    shown = text(firm.get(deal.get_absolute_url()))
    assert ("照片.pdf" in shown, "待对方确认" in shown, "确认完成" in shown) == (True, True, True)
    assert shown.index("确认 1 项里程碑完成") < shown.index("履行中</h2>")  # what waits for the reader comes first
    assert '<a class="btn btn-primary btn-wide" href="#milestones">去核对' in shown
    assert "去核对" not in text(institute.get(deal.get_absolute_url()))
    assert "确认完成" not in text(institute.get(deal.get_absolute_url()))
    accept, back = (page(f"deal-milestone-{verb}", deal, row.uid) for verb in ("accept", "send-back"))
    assert institute.post(accept).status_code == 403
    assert "必须写明理由" in text(firm.post(back, {"note": " "}, follow=True))
    firm.post(back, {"note": "还差一项"})
    assert institute.post(report, {**sent, "report": "补齐了"}).status_code == 422  # an old page
    row.refresh_from_db()
    institute.post(report, {**sent, "report": "补齐了", "revision": row.revision})
    assert "已确认完成" in text(firm.post(accept, follow=True))
    assert "不能“确认完成”" in text(firm.post(accept, follow=True)) or Milestone.objects.get().state == "reached"
    told = text(firm.get(deal.get_absolute_url()))
    for words in ("报告里程碑完成", "退回里程碑", "确认里程碑完成", "开始履行"):
        assert words in told


def test_a_milestone_is_changed_and_dropped() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    row = a.planned(deal, pair)
    client = pair.client("firm")
    edit = page("deal-milestone-edit", deal, row.uid)
    assert 'value="完成中试"' in client.get(edit).content.decode()
    sent = {**milestone_row(deal, title="完成工业试验"), "revision": str(row.revision)}
    assert client.post(edit, sent | {"due_on": "x"}).status_code == 422
    assert client.post(edit, sent).status_code == 302
    assert client.post(edit, sent).status_code == 422  # an old page
    assert client.post(page("deal-milestone-drop", deal, row.uid), {"note": "双方取消"}).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.state) == ("完成工业试验", "dropped")
    assert client.get(page("deal-milestone-edit", deal, uuid4())).status_code == 404
    assert f.signed_in_client(f.auditor()).get(page("deal-milestone-edit", deal, uuid4())).status_code == 403


def test_a_verdict_moves_the_deal_once() -> None:
    pair = s.pair()
    deal = a.signed(pair)
    firm, institute = pair.client("firm"), pair.client("institute")
    address = page("deal-acceptance", deal)
    shown = text(firm.get(deal.get_absolute_url()))
    assert ("填写验收结论" in shown, "验收通过" in shown) == (True, False)
    assert institute.get(address).status_code == 403
    sent = {"held_on": TODAY.isoformat(), "verdict": "passed", "opinion": "", "one_time_key": uuid4().hex}
    assert firm.post(address, sent).status_code == 422
    for _twice in range(2):
        assert firm.post(address, sent | {"opinion": "达到指标"}).status_code == 302
    deal.refresh_from_db()
    assert (deal.state, Acceptance.objects.count()) == ("accepted", 1)
    row = Acceptance.objects.get()
    withdraw = page("deal-acceptance-withdraw", deal, row.uid)
    assert institute.post(withdraw, {"note": "x"}).status_code == 403
    assert "请写明撤回的理由" in text(firm.post(withdraw, {"note": ""}, follow=True))
    assert "看错了" in text(firm.post(withdraw, {"note": "看错了"}, follow=True))
    deal.refresh_from_db()
    assert deal.state == "performing"


def landing_post(deal: Deal, **given: str) -> dict[str, str]:
    """A filled form of a landing."""
    sent = {"party": str(a.party(deal, "buyer").uid), "name": "母粒填料生产线", "capacity": "2万", "unit": "吨"}
    return {**sent, "investment": "3000万", "one_time_key": uuid4().hex, **given}


@pytest.mark.covers("ACH-11", "ACH-21")
def test_a_landing_is_filled_moved_told_of_and_reported() -> None:
    pair = s.pair()
    deal, client = a.signed(pair), pair.client("firm")
    address = page("deal-landing", deal)
    answer = client.post(address, landing_post(deal, capacity="很多"))
    assert (answer.status_code, "很多" in answer.content.decode(), "3000万" in answer.content.decode()) == (
        422,
        True,
        True,
    )
    assert client.post(address, landing_post(deal, unit="")).status_code == 422
    assert client.post(address, landing_post(deal)).status_code == 302
    row = Landing.objects.get()
    deal.refresh_from_db()
    assert (deal.state, row.state, int(row.capacity or 0)) == ("landed", "planned", 20_000)
    move = page("deal-landing-move", deal, row.uid, "produce")
    assert client.get(move).status_code == 200
    assert client.get(page("deal-landing-move", deal, row.uid, "fly")).status_code == 404
    assert client.post(move, {"on": "2099-01-01"}).status_code == 422
    assert client.post(move, {"on": TODAY.isoformat()}).status_code == 302
    stop = page("deal-landing-move", deal, row.uid, "stop")
    assert client.post(stop, {"on": TODAY.isoformat()}).status_code == 422  # without its reason
    volumes = page("deal-landing-production", deal, row.uid)
    line = {"kind": "plan", "year": str(TODAY.year), "volume": "2万"}
    answer = client.post(volumes, rows_post("rows", line, line | {"year": "后年"}))
    assert (answer.status_code, "第 2 行“年份”" in text(answer), "后年" in answer.content.decode()) == (422, True, True)
    assert client.post(volumes, rows_post("rows", line, line)).status_code == 422
    assert client.post(volumes, rows_post("rows", line)).status_code == 302
    report = page("deal-landing-year", deal, row.uid)
    assert f'value="{TODAY.year}"' in client.get(report).content.decode()
    sent = {"year": str(TODAY.year), "volume": "18,500", "revenue": "1.2亿元", "profit": "-50万", "basis": ""}
    answer = client.post(report, sent | {"one_time_key": uuid4().hex})
    assert (answer.status_code, "1.2亿元" in answer.content.decode(), "-50万" in answer.content.decode()) == (
        422, True, True,
    )  # fmt: skip
    assert client.post(report, sent | {"basis": "审计报告"}).status_code == 302
    assert Production.objects.filter(kind="actual", archived_at=None).count() == 1
    shown = text(client.get(deal.get_absolute_url()))
    for words in ("20,000 吨/年", "−1,500", "−7.5%", "1.2亿元", "−50万元", "审计报告", "已投产", "填写产量"):
        assert words in shown, words
    edit = page("deal-landing-edit", deal, row.uid)
    assert 'value="2万"' not in client.get(edit).content.decode()
    kept = {"name": "改名", "revision": str(Landing.objects.get().revision), "unit": "吨", "capacity": "20000"}
    assert client.post(edit, kept).status_code == 302
    assert client.post(edit, kept | {"name": "又改"}).status_code == 422  # an old page
    assert Landing.objects.get().name == "改名"


def test_figures_are_typed_with_their_basis_and_taken_back() -> None:
    pair = s.pair()
    deal, client = a.signed(pair), pair.client("firm")
    address = page("deal-benefit", deal)
    sent = {"kind": "forecast", "revenue": "1.29亿元", "profit": "3800万", "profit_bound": "at_least"}
    answer = client.post(address, sent | {"basis": ""})
    assert (answer.status_code, "1.29亿元" in answer.content.decode()) == (422, True)
    assert client.post(address, sent | {"basis": "年产 2 万吨", "one_time_key": uuid4().hex}).status_code == 302
    shown = text(client.get(deal.get_absolute_url()))
    for words in ("不少于 3,800万元", "年均", "年产 2 万吨", "测算依据和数据来源"):
        assert words in shown
    assert client.post(address, sent | {"kind": "actual", "basis": "审计"}).status_code == 422
    row = Benefit.objects.get()
    withdraw = page("deal-benefit-withdraw", deal, row.uid)
    assert "要由填写的一方撤回" in text(pair.client("institute").post(withdraw, {"note": "x"}, follow=True))
    assert "已撤回" in text(client.post(withdraw, {"note": "算错了"}, follow=True))
    assert "还没有收益数据" in text(client.get(deal.get_absolute_url()))


def test_people_are_counted_on_the_page() -> None:
    pair = s.pair()
    deal, client = a.signed(pair), pair.client("firm")
    address = page("deal-arrival", deal)
    sent = {
        "team": "材料分选团队",
        "headcount": "5",
        "doctors": "9",
        "arrived_on": TODAY.isoformat(),
        "full_time": "on",
    }
    employer = {"employer": str(a.party(deal, "buyer").uid)}
    answer = client.post(address, sent | employer)
    assert (answer.status_code, "材料分选团队" in answer.content.decode()) == (422, True)
    assert client.post(address, sent | {"doctors": "2"}).status_code == 422  # no employer
    good = sent | employer | {"doctors": "2", "one_time_key": uuid4().hex}
    for _twice in range(2):
        assert client.post(address, good).status_code == 302
    row = Arrival.objects.get()
    assert "5 人，博士 2 人，全职" in text(client.get(deal.get_absolute_url()))
    withdraw = page("deal-arrival-withdraw", deal, row.uid)
    client.post(withdraw, {"note": "记错了"})
    assert "只计人数，不写姓名" in text(client.get(deal.get_absolute_url()))


GET_PAGES = ("deal-milestones", "deal-acceptance", "deal-landing", "deal-benefit", "deal-arrival")


@pytest.mark.parametrize("name", GET_PAGES)
def test_who_is_let_in(name: str) -> None:
    pair = s.pair()
    deal = a.signed(pair)
    address = page(name, deal)
    assert Client().get(address).status_code == 302
    assert f.signed_in_client(f.manager(f.organisation())).get(address).status_code == 404
    assert f.signed_in_client(f.auditor()).get(address).status_code == 403
    assert f.signed_in_client(f.auditor()).post(address, {}).status_code == 403
    assert pair.client("firm").get(address).status_code == 200


def test_the_page_of_a_deal_asks_the_same_queries_whatever_its_number_of_milestones(
    django_assert_max_num_queries: Any,
) -> None:
    pair = s.pair()
    deal, client = a.signed(pair), pair.client("firm")
    landing = a.producing(deal, pair)
    a.made(landing, pair, Made("plan", TODAY.year, a.D(1)))
    address = deal.get_absolute_url()
    a.planned(deal, pair)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for at in range(5):
        a.planned(deal, pair, title=f"第 {at} 项")
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_before_signing_nothing_of_it_is_shown_nor_taken() -> None:
    pair = s.pair()
    deal = actions.open_deal(pair.bring(pair.declared(), "talking"), by=pair.of_firm, now=a.NOW)
    client = pair.client("firm")
    shown = text(client.get(deal.get_absolute_url()))
    for words in ("里程碑", "成果落地", "经济收益", "引进的人才"):
        assert words not in shown
    answer = client.post(page("deal-landing", deal), landing_post(deal))
    assert (answer.status_code, "签约以后才能填写" in text(answer)) == (422, True)
