from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from mengkeju.deals import actions, queries
from mengkeju.deals.actions.registration_duty import REGISTER
from mengkeju.deals.models import Deal, Instalment, PriceLine, Registration
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import Actor, RefusedError
from mengkeju.kernel.actions import advance
from mengkeju.kernel.models import Duty
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import registration_samples as r
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
NOW = r.NOW


def registrar(area: str = f.HOHHOT) -> Actor:
    return f.actor(f.with_role("registrar", area=area))


def refused(act: Callable[[], object]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        act()
    return error.value.message_dict


def open_duty(deal: Deal) -> Duty | None:
    return queries.duty_to_register(deal)


def ask_supplement(made: Registration, by: Actor) -> None:
    advance(made, "ask_supplement", by=by, now=NOW, note="请补承诺书")
    made.refresh_from_db()


def test_filing_keeps_sums_statistics_and_findings_of_the_day() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    done = r.filed(pair, deal)
    assert (done.state, done.filed_at, done.declared_true, done.accepted_on) == ("filed", NOW, True, None)
    assert (done.seller_name, done.buyer_name) == (pair.institute.name, pair.firm.name)
    assert (done.seller_kind, done.buyer_area) == ("university", pair.firm.area)
    assert (done.field, done.ip_kind, done.plan_source) == ("new_materials", "secret", "none")
    assert (done.applied_value, done.applied_technology) == (Decimal(1000000), Decimal(800000))
    assert not done.needs_expert
    assert (done.checks["schema"], done.checks["version"], len(done.checks["findings"])) == ("precheck", 1, 10)
    assert "fix" not in {one["result"] for one in done.checks["findings"]}
    PriceLine.objects.filter(kind="equipment").update(amount=1)
    assert any("各行合计" in note.message for one in queries.findings_of(done) for note in one.notes)
    done.refresh_from_db()
    assert done.applied_value == 1000000


def test_without_the_declaration_and_with_gaps_nothing_is_filed() -> None:
    pair = s.pair()
    made = r.prepared(pair, ready=False)
    by = pair.of_institute

    def file(*, declared_true: bool) -> object:
        return actions.file_registration(made, declared_true=declared_true, by=by, now=NOW)

    assert list(refused(lambda: file(declared_true=False))) == ["declared_true"]
    named = refused(lambda: file(declared_true=True))["checks"]
    assert "请选择合同类型" in named
    assert any("承诺书" in one for one in named)
    assert any("合同里没有“成果归属与分享”" in one for one in named)
    made.refresh_from_db()
    assert (made.state, made.checks, made.filed_at) == ("prepared", {}, None)


def test_a_filed_one_is_not_filed_or_changed_again() -> None:
    pair = s.pair()
    done = r.filed(pair)
    by = pair.of_institute
    with pytest.raises(TransitionRefusedError):
        actions.file_registration(done, declared_true=True, by=by, now=NOW)
    with pytest.raises(TransitionRefusedError, match="已经提交"):
        r.typed(done, by)
    with pytest.raises(TransitionRefusedError):
        actions.attach_document(done, "pledge", r.pdf(), by=by, now=NOW)
    with pytest.raises(RefusedError):
        actions.file_registration(done, declared_true=True, by=pair.of_firm, now=NOW)


@pytest.mark.parametrize(("amount", "asked"), [("4999999.99", False), ("5000000.00", True)])
def test_from_five_million_of_technology_the_experts_are_heard(amount: str, *, asked: bool) -> None:
    pair = s.pair()
    deal = r.signed(pair, lines=(("technical", "研究开发费", amount), ("other", "差旅", "9000000")))
    assert r.filed(pair, deal).needs_expert is asked


def test_the_duty_to_register_outlives_the_deals_steps_and_ends_with_filing() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    duty = open_duty(deal)
    assert duty is not None
    assert duty.holder_organisation == pair.institute.uid
    assert duty.due_on == clock.add_working_days(r.TODAY, REGISTER.working_days or 0).day
    actions.move_deal(deal, "perform", by=pair.of_firm, now=NOW)
    assert open_duty(deal) is not None
    done = r.filed(pair, deal)
    assert open_duty(deal) is None
    actions.withdraw_registration(done, by=pair.of_institute, now=NOW, note="金额有误")
    again = open_duty(deal)
    assert again is not None
    actions.move_deal(deal, "terminate", by=pair.of_firm, now=NOW, note="不做了")
    assert open_duty(deal) is None


def test_a_record_from_a_source_opens_no_duty() -> None:
    pair = s.pair()
    entry = actions.SourceDeal("演示", "1", "演示合同", sellers=(pair.institute,), buyers=(pair.firm,))
    deal = actions.record_deal_from_source(entry, now=NOW)
    assert open_duty(deal) is None


def test_after_withdrawing_nothing_is_typed_again() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    done = r.filed(pair, deal)
    actions.withdraw_registration(done, by=pair.of_institute, now=NOW)
    again = actions.prepare_registration(deal, by=pair.of_institute, now=NOW)
    assert again != done
    assert again.number_here.endswith("-0002")
    assert again.particulars == done.particulars
    assert again.contract_type == "development"
    assert not [row.item.key for row in queries.checklist(again) if row.missing]
    filed = actions.file_registration(again, declared_true=True, by=pair.of_institute, now=NOW)
    assert filed.state == "filed"


def test_a_supplement_starts_the_clock_anew() -> None:
    pair = s.pair()
    done = r.filed(pair)
    desk = registrar()
    ask_supplement(done, desk)
    Registration.objects.filter(pk=done.pk).update(supplement_until=r.TODAY, accepted_on=r.TODAY)
    done.refresh_from_db()
    by, later = pair.of_institute, NOW + timedelta(days=3)
    pledge = done.documents.get(key="pledge", archived_at=None)
    actions.remove_document(pledge, by=by, now=NOW)
    named = refused(lambda: actions.supply_registration(done, by=by, now=later))["checks"]
    assert named == ["缺承诺书"]
    actions.attach_document(done, "pledge", r.pdf(), by=by, now=NOW)
    with pytest.raises(RefusedError):
        actions.supply_registration(done, by=pair.of_firm, now=later)
    PriceLine.objects.filter(kind="equipment").update(amount=Decimal(100000))
    moved = actions.supply_registration(done, note="补了承诺书", by=by, now=later)
    assert (moved.state, moved.accepted_on, moved.supplement_until) == ("accepted", clock.today(later), None)
    assert moved.applied_value == 900000
    due = queries.due_dates([moved])[moved.pk]
    assert due.duty.key == "decide_registration"
    assert due.since == clock.today(later)
    assert due.day == clock.add_working_days(clock.today(later), 15).day
    with pytest.raises(TransitionRefusedError):
        actions.supply_registration(moved, by=by, now=later)


def test_a_supplement_is_judged_by_the_day_of_application() -> None:
    pair = s.pair()
    deal = r.signed(pair, effective_until=r.TODAY + timedelta(days=2))
    done = r.filed(pair, deal)
    ask_supplement(done, registrar())
    moved = actions.supply_registration(done, by=pair.of_institute, now=NOW + timedelta(days=9))
    assert moved.state == "accepted"


def test_either_party_objects_with_a_reason_and_the_desk_knows_to_what() -> None:
    pair = s.pair()
    done = r.filed(pair)
    advance(done, "refuse", by=registrar(), now=NOW, note="不是技术合同")
    with pytest.raises(TransitionRefusedError):
        actions.object_to(done, " ", by=pair.of_firm, now=NOW)
    with pytest.raises(RefusedError):
        actions.object_to(done, "不对", by=f.actor(f.manager(f.organisation())), now=NOW)
    moved = actions.object_to(done, "有研究开发内容", by=pair.of_firm, now=NOW)
    assert (moved.state, moved.objected_from) == ("objected", "refused")
    assert duties.open_on(moved).get().holder_role == "registrar"


def test_instalments_that_do_not_sum_stand_in_the_way() -> None:
    pair = s.pair()
    deal = r.signed(pair, price_mode="instalments")
    Instalment.objects.create(deal=deal, amount=Decimal(999999), condition="签约后", created_at=NOW)
    made = r.prepared(pair, deal)
    by = pair.of_institute
    named = refused(lambda: actions.file_registration(made, declared_true=True, by=by, now=NOW))
    assert ["各期合计" in one for one in named["checks"]] == [True]
