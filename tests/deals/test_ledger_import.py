"""A registrar's ledger becomes registrations: ugly sheets, errors at their cells, duplicates, differences."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from mengkeju.deals import actions, queries
from mengkeju.deals.models import Amendment, Deal, Registration
from mengkeju.deals.web.ledger import pages as ledger_pages
from mengkeju.directory.models import Organisation, RoleGrant
from mengkeju.kernel.access import Actor, RefusedError
from mengkeju.kernel.exchange import batches, running, split
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import desk_samples
from tests.deals import ledger_samples as s

pytestmark = [pytest.mark.django_db, pytest.mark.covers("TRD-02")]


@pytest.fixture
def by() -> Actor:
    return s.desk()[2]


@pytest.fixture
def body(by: Actor) -> Organisation:
    return Organisation.objects.get(uid__in=by.organisations)


def test_an_ugly_ledger_becomes_registrations(by: Actor, body: Organisation) -> None:
    university = f.organisation("河套演示大学", kind="university", area=f.XINCHENG)
    wide = s.row(2, number="ＹＳ20 2201 01 000002", value="1，234.5", technology="１０００", type="合作开发")
    bad = s.row(3, technology="120")
    batch = s.mapped(s.uploaded(s.ugly([s.row(1), wide, bad]), body, by), by)
    assert s.verdicts(batch) == Counter(create=2, bad=1)
    assert batch.unit == "万元"
    assert any("合计" in notice for notice in batch.notices)
    ((heading, level, sentence),) = s.said(batch, 7)
    assert (heading, level) == ("金额/技术交易额", "error")
    assert "大于合同成交额" in sentence
    done = s.written(batch, by)
    assert s.outcomes(done) == Counter(created=2, failed=1)
    first, second = Registration.objects.order_by("number")
    assert first.certified_value == Decimal("1000000.00")
    assert first.certified_technology == Decimal("800000.00")
    assert (first.contract_type, first.field, first.ip_kind) == ("development", "new_materials", "secret")
    assert (first.seller_kind, first.plan_source) == ("university", "none")
    assert (first.area, first.buyer_area) == (f.HOHHOT, f.BAOTOU)
    assert (first.registered_on, first.deal.signed_on) == (date(2022, 3, 15), date(2022, 3, 1))
    assert (second.number, second.certified_value) == (s.NUMBERS[1], Decimal("12345000.00"))
    assert (second.contract_subtype, second.certified_technology) == ("joint", Decimal("10000000.00"))
    assert first.state == "registered"
    assert first.deal.parties.get(side="seller").organisation == university
    assert first.deal.keeper == university
    event = Event.objects.get(type="registration.record", subject_uid=first.uid)
    assert event.actor_account == by.account_uid


@pytest.mark.parametrize(
    ("given", "heading", "words"),
    [
        ({"number": "2022-01"}, "合同登记编号", "16 位"),
        ({"number": 2.0220101000001e15}, "合同登记编号", "15 位"),
        ({"title": ""}, "合同名称", "没有合同名称"),
        ({"type": "技术入股"}, "合同类型", "没有“技术入股”这一项"),
        ({"kind": "军工集团"}, "卖方类别", "没有“军工集团”"),
        ({"area": "包头市"}, "卖方所在地", "不在您登记的地区"),
        ({"buyer_area": "火星"}, "买方所在地", "没有“火星”"),
        ({"value": "一百来万"}, "成交额（万元）", "不是金额"),
        ({"value": "", "technology": "80"}, "成交额（万元）", "没有合同成交额"),
        ({"signed": "2022-04-01"}, "签订日期", "晚于登记日期"),
        ({"registered": "2022.1"}, "登记日期", "分不清"),
        ({"registered": "2099-01-01"}, "登记日期", "还没有到"),
        ({"field": "炼金"}, "技术领域", "没有“炼金”"),
    ],
)
def test_what_is_wrong_stands_at_its_cell_and_the_others_go_on(
    by: Actor, body: Organisation, given: dict[str, str], heading: str, words: str
) -> None:
    batch = s.previewed([s.row(1, **given), s.row(2)], body, by)
    assert s.verdicts(batch) == Counter(create=1, bad=1)
    errors = [(at, said) for at, level, said in s.said(batch, 2) if level == "error"]
    assert errors[0][0] == heading
    assert words in errors[0][1]
    assert s.outcomes(s.written(batch, by)) == Counter(created=1, failed=1)


def test_words_of_other_ledgers_and_places_outside_are_understood(by: Actor, body: Organisation) -> None:
    given = {"type": "专利实施许可", "kind": "企业", "ip": "实用新型专利", "plan": "国家科技计划", "field": "新材料"}
    batch = s.previewed([s.row(1, buyer_area="浙江省杭州市", registered="2022年3月", **given)], body, by)
    found = s.values(batch, 2)
    assert found["contract_type"] == "licence"
    assert (found["seller_kind"], found["ip_kind"], found["plan_source"]) == ("enterprise", "patent", "national")
    assert (found["buyer_area"], found["registered_on"]) == ("330000", "2022-03-31")
    s.written(batch, by)
    assert not Registration.objects.get().day_known


def test_an_amount_that_is_only_about_right_is_written_and_pointed_out(by: Actor, body: Organisation) -> None:
    batch = s.previewed([s.row(1, value="约100", technology="80万元左右"), s.row(2)], body, by)
    assert s.values(batch, 2)["contract_value"] == "1000000.00"
    assert [(at, level, said) for at, level, said in s.said(batch, 2)] == [
        ("成交额（万元）", "warning", "写的是大约的数，按 1000000.00 元记"),
        ("技术交易额（万元）", "warning", "写的是大约的数，按 800000.00 元记"),
    ]
    assert not s.said(batch, 3)


def test_several_years_as_sheets_are_chosen_one_by_one(by: Actor, body: Organisation) -> None:
    content = s.sheet([s.row(1)], further={"2023年": [s.row(2, registered="2023-02-01", signed="2023-01-02")]})
    batch = s.uploaded(content, body, by)
    assert batch.sheets == ["2022年", "2023年"]
    s.written(s.mapped(batches.choose_sheet(batch, "2023年", by=by), by), by)
    other = s.uploaded(content, body, by)
    s.written(s.mapped(batches.choose_sheet(other, "2022年", by=by), by), by)
    assert sorted(r.registered_on.year for r in Registration.objects.all() if r.registered_on) == [2022, 2023]


def test_every_year_of_a_workbook_at_once_is_a_batch_each(by: Actor, body: Organisation) -> None:
    years = {"2023年": [s.row(2, registered="2023-02-01", signed="2023-01-02")], "空表": [], "2024年": [s.row(3)]}
    batch = s.uploaded(s.sheet([s.row(1)], further=years), body, by)
    made, left = split.one_each(batch, by=by, now=f.AT)
    assert ([one.sheet for one in made], left) == (["2022年", "2023年", "2024年"], ["空表"])
    assert [one.rows.count() for one in made] == [1, 1, 1]
    for one in made:
        s.written(s.mapped(one, by), by)
    assert Registration.objects.count() == 3
    with pytest.raises(TransitionRefusedError):
        split.one_each(batch, by=by, now=f.AT)


# ---- Duplicates, once and again ------------------------------------------------------------------------


def test_the_same_file_again_writes_nothing(by: Actor, body: Organisation) -> None:
    rows = [s.row(1), s.row(2), s.row(3, number="")]
    content = s.sheet(rows)  # saved once: a workbook keeps the second in which it was saved
    s.written(s.mapped(s.uploaded(content, body, by), by), by)
    assert Registration.objects.count() == 3
    events = Event.objects.filter(type="registration.record").count()
    again = s.mapped(s.uploaded(content, body, by), by)
    assert s.verdicts(again) == Counter(same=3)
    with pytest.raises(batches.SameFileError):
        batches.confirm(again, by=by, now=f.AT)
    other = s.previewed([*rows, s.row(4)], body, by)  # the file has grown by a row since
    assert s.outcomes(s.written(other, by)) == Counter(unchanged=3, created=1)
    assert Registration.objects.count() == Deal.objects.count() == 4
    assert Event.objects.filter(type="registration.record").count() == events + 1


def test_one_number_twice_in_a_file_and_in_two_ledgers_is_one_registration(by: Actor, body: Organisation) -> None:
    twin = s.row(1, number="YS20 2201 01 000001", title="另一份台账里的写法")
    batch = s.previewed([s.row(1), twin], body, by)
    assert s.verdicts(batch) == Counter(create=1, bad=1)
    assert "与第 2 行登记编号相同" in s.said(batch, 3)[0][2]
    early = s.previewed([twin], body, by)  # both previews stand before either is written
    s.written(batch, by)
    done = s.written(early, by)
    assert s.outcomes(done) == Counter(failed=1)
    assert "另一份台账写入，合同名称不同" in s.said(done, 2)[-1][2]
    assert Registration.objects.count() == 1


def test_a_number_of_the_desk_is_recognised_and_one_of_another_area_is_not_told(by: Actor, body: Organisation) -> None:
    case = desk_samples.accepted(desk_samples.registrar())
    actions.register_contract(
        case, actions.Certificate(**desk_samples.certificate()), by=desk_samples.registrar(), now=f.AT
    )
    row = s.row(1, number=desk_samples.NUMBER)
    batch = s.previewed([row], body, by)
    assert s.verdicts(batch) == Counter(change=1)
    assert Registration.objects.get().certified_value == Decimal("860000.00")
    _account, baotou, other = s.desk(f.BAOTOU)
    seen = s.previewed([s.row(1, number=desk_samples.NUMBER, area="包头市")], baotou, other)
    ((_heading, level, sentence),) = [p for p in s.said(seen, 2) if p[1] == "error"]
    assert (level, sentence) == ("error", "这个登记编号已由别的地区登记在平台上")


def test_figures_that_changed_are_shown_and_amended_only_when_the_registrar_says_so(
    by: Actor, body: Organisation
) -> None:
    s.written(s.previewed([s.row(1), s.row(2)], body, by), by)
    again = s.previewed([s.row(1, value="150", buyer="别的买方"), s.row(2)], body, by)
    assert s.verdicts(again) == Counter(change=1, same=1)
    told = {heading: said for heading, _level, said in s.said(again, 2)}
    assert "平台上是100万元" in told["成交额（万元）"]
    assert "属于合同本身" in told["买方名称"]
    assert s.outcomes(s.written(again, by)) == Counter(unchanged=2)
    found = Registration.objects.get(number=s.NUMBERS[0])
    assert found.certified_value == Decimal(1_000_000)
    assert not Amendment.objects.exists()
    ((one),) = ledger_pages.differing(again)
    actions.amend_from_ledger(found, one["row"].values, "台账更正", by=by, now=f.AT)
    found.refresh_from_db()
    assert (found.certified_value, found.state, found.buyer_name) == (Decimal(1_500_000), "changed", "第1演示厂")
    amended = Amendment.objects.get()
    assert (amended.name, amended.before, amended.after) == ("certified_value", "1000000.00", "1500000.00")
    left = ledger_pages.differing(again)
    assert [d.column for d in left[0]["differences"]] == ["buyer"]


def test_a_cancelled_number_is_not_written_again(by: Actor, body: Organisation) -> None:
    s.written(s.previewed([s.row(1)], body, by), by)
    actions.cancel_registration(Registration.objects.get(), "合同解除", by=by, now=f.AT)
    batch = s.previewed([s.row(1, title="改过")], body, by)
    assert s.verdicts(batch) == Counter(bad=1)
    assert "已不再有效" in s.said(batch, 2)[-1][2]


# ---- Who may -------------------------------------------------------------------------------------------


def test_only_a_registrar_and_only_for_his_own_body(by: Actor, body: Organisation) -> None:
    firm = f.organisation("外面的单位（演示）")
    with pytest.raises(RefusedError):
        s.uploaded(s.sheet([s.row(1)]), firm, by)
    for account in (f.manager(firm), f.officer(f.HOHHOT)):
        with pytest.raises(RefusedError):
            s.uploaded(s.sheet([s.row(1)]), firm, f.actor(account))


def test_colleagues_of_the_body_do_not_see_the_batch(by: Actor, body: Organisation) -> None:
    batch = s.previewed([s.row(1)], body, by)
    assert batch.organisation is None
    assert batches.find(by, batch.uid) is not None
    assert batches.find(f.actor(f.manager(body)), batch.uid) is None


def test_a_contract_of_the_registrars_own_organisation_is_for_somebody_else(by: Actor, body: Organisation) -> None:
    batch = s.previewed([s.row(1, seller=body.name)], body, by)
    assert s.verdicts(batch) == Counter(bad=1)
    assert "须回避" in s.said(batch, 2)[0][2]
    entry = actions.LedgerEntry(
        key="x", title="x", seller=body.name, buyer="y", registered_on=date(2022, 3, 1), contract_type="service",
        area=f.HOHHOT, seller_organisation=body,
    )  # fmt: skip
    with pytest.raises(RefusedError):
        actions.record_registrations([entry], by=by, now=f.AT, fictional=True)


def test_a_right_that_was_lost_after_the_confirmation_is_asked_again(by: Actor, body: Organisation) -> None:
    batch = batches.confirm(s.previewed([s.row(1)], body, by), by=by, now=f.AT)
    RoleGrant.objects.update(revoked_at=f.AT, revoked_by_id=by.account_id)
    assert s.outcomes(running.run(batch)) == Counter(failed=1)
    assert not Registration.objects.exists()


def test_the_area_of_the_desk_holds_for_every_row(by: Actor) -> None:
    entry = actions.LedgerEntry(
        key="x", title="x", seller="甲", buyer="乙", registered_on=date(2022, 3, 1), contract_type="service",
        area=f.BAOTOU,
    )  # fmt: skip
    with pytest.raises(RefusedError):
        actions.record_registrations([entry], by=by, now=f.AT, fictional=True)
    assert actions.record_registrations([], by=by, now=f.AT, fictional=True) == 0


def test_rows_of_a_closed_year_show_as_a_correction(by: Actor, body: Organisation) -> None:
    s.written(s.previewed([s.row(1)], body, by), by)
    asked = queries.of_year(2022, f.HOHHOT)
    closing = actions.close_period(asked, by=by, now=f.AT)
    s.written(s.previewed([s.row(2, value="50", technology="50")], body, by), by)
    now = queries.statistics(asked).figures
    published = queries.published(closing)
    assert (published.count, published.contract_value) == (1, Decimal(1_000_000))
    assert (now.count, now.contract_value) == (2, Decimal(1_500_000))
