"""Pages of cooperations: opened from an intention and by hand, shown to whom, kept when refused, as files."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.deals import actions
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import Deal, FundingLine, WorkPackage, YearResult
from mengkeju.kernel import clock
from tests import exported
from tests import factories as f
from tests.deals import cooperation_samples as c
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands on the day of the samples."""
    monkeypatch.setattr(clock, "now", lambda: s.NOW)


def page(name: str, deal: Deal, *more: Any) -> str:
    """The address of a page of a deal."""
    return reverse(name, args=[deal.uid, *more])


def key() -> dict[str, str]:
    """The one-time key of a form."""
    return {"one_time_key": uuid4().hex}


# ---- Opening ----------------------------------------------------------------------------------------


@pytest.mark.covers("PRJ-07")
def test_the_kind_is_chosen_beside_the_button_of_the_contract() -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(counter=pair.achievement), "talking")
    firm = pair.client("firm")
    shown = text(firm.get(intention.get_absolute_url()))
    for words in ("建合作项目", "建产学研合作项目", "建合作协议", "建联合研究中心"):
        assert words in shown, words
    wrong = firm.post(f"/intentions/{intention.uid}/deal/", {"kind": "friendship"}, follow=True)
    assert "没有这一类合作项目" in text(wrong)
    firm.post(f"/intentions/{intention.uid}/deal/", {"kind": "joint_project"})
    deal = Deal.objects.get()
    assert (deal.kind, deal.need, deal.achievement) == ("joint_project", pair.need, pair.achievement)


def test_by_hand_the_side_words_follow_the_kind() -> None:
    pair = s.pair()
    firm = pair.client("firm")
    for kind, spec in kinds.items():
        shown = text(firm.get(f"/deals/new/?kind={kind}&listing={pair.need.uid}"))
        assert f"建{spec.label}" in shown
        assert all(side.label in shown for side in spec.sides.values()), kind
        assert f"?kind=agreement&amp;listing={pair.need.uid}" in shown or kind
    sent = {
        "kind": "agreement",
        "title": "三年合作",
        "own": str(pair.firm.uid),
        "side": "buyer",
        "other": pair.institute.name,
    }
    answer = firm.post("/deals/new/", {**sent, "title": "", **key()})
    assert (answer.status_code, "高校院所方" in text(answer), pair.institute.name in text(answer)) == (422, True, True)
    assert "合作协议名称" in text(answer)
    firm.post("/deals/new/", {**sent, **key()})
    assert Deal.objects.get().kind == "agreement"


@pytest.mark.parametrize(
    ("kind", "shown", "hidden"),
    [
        ("contract", ("价款", "技术交易额", "合同各方"), ("任务分工", "经费来源", "有效期止前", "年度成果")),
        ("joint_project", ("项目合同各方", "任务分工", "经费来源"), ("价款", "成交额", "年度成果", "收付款")),
        ("agreement", ("协议各方",), ("价款", "任务分工", "经费来源", "收付款")),
        ("joint_centre", ("共建协议各方", "经费来源"), ("价款", "任务分工", "收付款")),
    ],
)
def test_a_page_shows_the_parts_its_kind_has(kind: str, shown: tuple[str, ...], hidden: tuple[str, ...]) -> None:
    pair = s.pair()
    deal = c.made(kind, pair)
    found = text(pair.client("firm").get(deal.get_absolute_url()))
    assert [words for words in shown if words not in found] == []
    assert [words for words in hidden if words in found] == []
    stepper = ("商谈", "签约", "办结")
    assert all(words in found for words in stepper)
    edit = text(pair.client("firm").get(page("deal-edit", deal)))
    assert kinds[kind].scope in edit
    assert f"修改{kinds[kind].paper}信息" in edit
    assert f"{kinds[kind].label}名称" in edit
    d.text(deal)
    found = text(pair.client("firm").get(deal.get_absolute_url()))
    assert f"核对并确认{kinds[kind].paper}文本第 1 版" in found
    assert ("合同文本" in found) is kinds[kind].paper.endswith("合同")
    assert f">{kinds[kind].paper}文本</option>" in text(pair.client("firm").get(page("deal-text-upload", deal)))
    assert ("科技计划来源" in edit) is ("plan_source" not in kinds[kind].leaves_out)


def test_a_registration_is_not_offered_without_the_step() -> None:
    pair = s.pair()
    signed = c.signed("joint_project", pair)
    found = text(pair.client("institute").get(signed.get_absolute_url()))
    assert "认定登记" not in found
    assert pair.client("institute").get(page("deal-payments", signed)).status_code == 404


# ---- Lists and files --------------------------------------------------------------------------------


@pytest.mark.covers("PRJ-16", "PRJ-22", "PRJ-26")
def test_each_kind_has_its_list_with_heading_columns_and_file() -> None:
    pair = s.pair()
    project = c.made("joint_project", pair, title="演示：磁材攻关")
    actions.add_party(
        project, actions.PartyInput("seller", name="京城演示院", area="110000"), by=pair.of_firm, now=s.NOW
    )
    c.funding(project, pair, 50)
    c.funding(project, pair, 20, source="own")
    agreement = c.signed("agreement", pair, until=c.TODAY + timedelta(days=30), title="演示：三年协议")
    actions.edit_deal(agreement, {"channel": "演示"}, by=pair.of_firm, now=s.NOW)
    centre = c.signed("joint_centre", pair, title="演示：磁材中心")
    actions.report_year(centre, c.TODAY.year, c.result(summary="建成两条试验线"), by=pair.of_firm, now=s.NOW)
    firm = pair.client("firm")
    for kind, title, words, more in (
        (
            "joint_project",
            project.title,
            ("合作方所在地", "区内 2 家，区外 1 家", "70万元", "其中财政 50万元"),
            {"区外（家）": 1},
        ),
        ("agreement", agreement.title, ("合作范围", "还有 30 天"), {"还有多久": "还有 30 天"}),
        (
            "joint_centre",
            centre.title,
            ("共建方", "建成两条试验线", f"{c.TODAY.year} 年"),
            {"年度成果": "建成两条试验线"},
        ),
    ):
        answer = firm.get(f"/deals/?kind={kind}")
        shown = text(answer)
        assert [word for word in (title, kinds[kind].label, *words) if word not in shown] == [], kind
        assert "成交额" not in shown
        _heads, file = exported.xlsx(firm.get(f"/deals/?kind={kind}&export=xlsx"))
        assert [row["名称"] for row in file] == [title], kind
        assert set(more.items()) <= set(file[0].items()), (kind, file[0])
    everything = text(firm.get("/deals/"))
    assert all(deal.title in everything for deal in (project, agreement, centre))
    assert project.title in text(firm.get("/deals/?place=outside"))
    assert centre.title not in text(firm.get("/deals/?place=outside"))
    assert project.title not in text(firm.get("/deals/?place=region"))


def test_an_empty_list_of_a_kind_says_so() -> None:
    assert "没有符合条件的合作项目" in text(s.pair().client("firm").get("/deals/?kind=agreement"))


# ---- Packages, funding, years, terms ----------------------------------------------------------------


def package_post(deal: Deal, **given: str) -> dict[str, str]:
    lead = str(deal.parties.get(side="seller", role="lead").uid)
    said = {"title": "演示任务", "lead": lead, "budget": "80万", "begins_on": "2027-01-01", "ends_on": "2027-12-31"}
    return {**said, **key(), **given}


@pytest.mark.covers("PRJ-07")
def test_a_package_is_typed_changed_and_taken_off_and_what_goes_beyond_the_funding_is_said() -> None:
    pair = s.pair()
    deal, firm = c.made("joint_project", pair), pair.client("firm")
    answer = firm.post(page("deal-package-new", deal), package_post(deal, title="", budget="面包"))
    assert (answer.status_code, "2027-12-31" in answer.content.decode()) == (422, True)
    assert firm.post(page("deal-package-new", deal), package_post(deal)).status_code == 302
    row = WorkPackage.objects.get()
    money = {
        "source": "city",
        "amount": "50万",
        "year": "2027",
        "said_by_plan": "演示〔2027〕1号",
        "party": "",
        **key(),
    }
    assert firm.post(page("deal-funding-new", deal), money).status_code == 302
    shown = text(pair.client("institute").get(deal.get_absolute_url()))
    for words in ("演示任务", "80万元", "比经费来源合计 50万元 多 30万元", "演示〔2027〕1号", "财政 50万元"):
        assert words in shown, words
    assert 'value="80万"' in firm.get(page("deal-package", deal, row.uid)).content.decode()
    wrong = firm.post(page("deal-package", deal, row.uid), package_post(deal, ends_on="2026-01-01"))
    assert (wrong.status_code, "不能早于" in text(wrong)) == (422, True)
    firm.post(page("deal-package", deal, row.uid), package_post(deal, budget="40万"))
    assert "比经费来源合计" not in text(firm.get(deal.get_absolute_url()))
    line = FundingLine.objects.get()
    firm.post(page("deal-funding", deal, line.uid), {**money, "amount": "60万", **key()})
    line.refresh_from_db()
    assert line.amount == 600_000
    said = text(firm.post(page("deal-package-remove", deal, row.uid), {"note": ""}, follow=True))
    assert "请写明移去的理由" in said
    firm.post(page("deal-package-remove", deal, row.uid), {"note": "不做"})
    firm.post(page("deal-funding-remove", deal, line.uid), {"note": "没有落实"})
    shown = text(firm.get(deal.get_absolute_url()))
    assert ("还没有分任务" in shown, "还没有写经费来源" in shown) == (True, True)
    assert firm.get(page("deal-package", deal, row.uid)).status_code == 404


@pytest.mark.covers("PRJ-22")
def test_a_year_is_reported_and_corrected_and_both_parents_show_it() -> None:
    pair = s.pair()
    deal = c.signed("joint_centre", pair, signed_on=date(2025, 5, 1))
    firm, institute = pair.client("firm"), pair.client("institute")
    assert "还没有写：2025" in text(firm.get(deal.get_absolute_url()))
    form = firm.get(page("deal-year", deal)).content.decode()
    assert '<option value="2025" selected>' in form
    sent = {"year": "2025", "summary": "", "projects": "3", "spent": "120万"}
    answer = firm.post(page("deal-year", deal), sent)
    assert (answer.status_code, 'value="120万"' in answer.content.decode()) == (422, True)
    assert firm.post(page("deal-year", deal), {**sent, "summary": "建成两条试验线"}).status_code == 302
    for client in (firm, institute):
        for organisation in (pair.firm, pair.institute):
            shown = text(client.get(organisation.get_absolute_url()))
            assert ("联合研究中心与合作协议" in shown, "建成两条试验线" in shown) == (True, True)
    for stranger in (Client(), f.signed_in_client(f.manager(f.organisation()))):
        shown = text(stranger.get(pair.firm.get_absolute_url()))
        assert ("联合研究中心与合作协议" in shown, "建成两条试验线" in shown) == (False, False)
    assert "建成两条试验线" in institute.get(page("deal-year", deal) + "?year=2025").content.decode()
    institute.post(page("deal-year", deal), {**sent, "summary": "建成三条试验线"})
    assert YearResult.objects.get().summary == "建成三条试验线"
    shown = text(firm.get(deal.get_absolute_url()))
    assert ("投入经费 120万元" in shown, "还没有写：" in shown) == (True, False)


@pytest.mark.covers("PRJ-26")
def test_an_expired_agreement_is_labelled_and_renewed_by_an_addendum() -> None:
    pair = s.pair()
    deal = c.signed("agreement", pair, until=c.TODAY - timedelta(days=1), signed_on=c.TODAY - timedelta(days=9))
    child = actions.open_part(
        deal, "contract", "其中的合同", parties=[p.uid for p in deal.parties.all()], by=pair.of_firm, now=s.NOW
    )
    firm = pair.client("firm")
    shown = text(firm.get(deal.get_absolute_url()))
    for words in ("已到期", "到期不会自动终止", "下面还有 1 项没有办结", "其中的合同"):
        assert words in shown, words
    assert "所属的一项已结束或到期" in text(firm.get(child.get_absolute_url()))
    assert "已到期" in text(firm.get("/deals/?kind=agreement"))
    deal.refresh_from_db()
    assert deal.state == "signed"
    asked = firm.get(page("deal-renew", deal))
    assert asked["Location"] == page("deal-text-upload", deal), "first the addendum"
    addendum = c.addendum(deal)
    later = c.TODAY + c.YEAR
    early = firm.post(page("deal-renew", deal), {"addendum": str(addendum.uid), "until": "2020-01-01"})
    assert (early.status_code, "要晚于原来的" in text(early)) == (422, True)
    firm.post(page("deal-renew", deal), {"addendum": str(addendum.uid), "until": later.isoformat()})
    shown = text(firm.get(deal.get_absolute_url()))
    assert ("已到期" in shown, "补充协议第 1 版" in shown) == (False, True)
    assert firm.post(page("deal-renew", deal), {"addendum": "", "until": ""}).status_code == 422


# ---- What carries what ------------------------------------------------------------------------------


@pytest.mark.covers("PRJ-07", "PRJ-26")
def test_a_contract_from_a_project_with_nothing_typed_and_hung_elsewhere() -> None:
    pair = s.pair()
    project, agreement = c.made("joint_project", pair, title="演示：大项目"), c.made("agreement", pair)
    firm = pair.client("firm")
    assert page("deal-part-new", project) in text(firm.get(project.get_absolute_url()))
    form = firm.get(page("deal-part-new", project) + "?kind=contract").content.decode()
    assert (form.count("checked"), 'value="演示：大项目"' in form) == (3, True)
    parties = [str(p.uid) for p in project.parties.all()]
    sent = {"kind": "contract", "title": "演示：大项目", "parties": parties, **key()}
    short = firm.post(page("deal-part-new", project), {**sent, "parties": parties[:1]})
    assert (short.status_code, "两边都要至少选一家" in text(short)) == (422, True)
    first, second = (firm.post(page("deal-part-new", project), sent) for _n in range(2))
    assert first["Location"] == second["Location"]
    made = Deal.objects.get(parent=project)
    assert first["Location"] == made.get_absolute_url()
    assert "演示：大项目" in text(firm.get(made.get_absolute_url()))
    firm.post(page("deal-parent", made), {"parent": str(agreement.uid)})
    assert Deal.objects.filter(parent=agreement).get() == made
    assert firm.post(page("deal-parent", made), {"parent": str(uuid4())}).status_code == 422
    firm.post(page("deal-parent", made), {"parent": ""})
    made.refresh_from_db()
    assert made.parent is None
    assert firm.get(page("deal-parent", agreement)).status_code == 404


# ---- Who gets where ---------------------------------------------------------------------------------


def addresses(deal: Deal) -> list[str]:
    """Every page of this file, for a project and a centre."""
    package, line = deal.packages.first(), deal.funding_lines.first()
    names = ["deal-package-new", "deal-funding-new", "deal-parent", "deal-part-new", "deal-year", "deal-renew"]
    found = [page(name, deal) for name in names]
    for name, row in (("deal-package", package), ("deal-package-remove", package), ("deal-funding", line),
                      ("deal-funding-remove", line)):  # fmt: skip
        found.append(page(name, deal, row.uid if row else uuid4()))
    return found


def test_visitors_sign_in_strangers_find_nothing_and_readers_may_not_write() -> None:
    pair = s.pair()
    project = c.signed("joint_project", pair)
    c.package(project, pair)
    c.funding(project, pair)
    broker = f.broker()
    project.helpers.create(role="broker", person=f.person(broker), created_at=s.NOW)
    stranger = f.signed_in_client(f.manager(f.organisation()))
    for address in addresses(project):
        assert Client().post(address).status_code == 302, address
        assert stranger.post(address).status_code == 404, address
        assert f.signed_in_client(broker).post(address).status_code == 403, address
        assert f.signed_in_client(f.auditor()).post(address).status_code == 403, address
    assert project.packages.get().archived_at is None


def test_a_reader_without_the_right_sees_packages_and_no_buttons() -> None:
    pair = s.pair()
    project = c.signed("joint_project", pair)
    c.package(project, pair)
    shown = text(f.signed_in_client(f.auditor()).get(project.get_absolute_url()))
    assert ("演示任务" in shown, page("deal-package-new", project) in shown) == (True, False)


def test_what_a_source_tells_of_a_centre_shows_no_inside() -> None:
    pair = s.pair()
    told = d.from_source(pair, kind="joint_centre")
    shown = text(Client().get(told.get_absolute_url()))
    assert told.title in shown
    for words in ("经费来源", "年度成果", "有效期止", "续签"):
        assert words not in shown
    assert "联合研究中心与合作协议" in text(Client().get(pair.firm.get_absolute_url()))
