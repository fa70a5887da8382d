from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals import actions, queries
from mengkeju.deals.actions.registration_duty import REGISTER
from mengkeju.deals.engine.application import Particulars
from mengkeju.deals.models import Deal, DealParty, Instalment, PriceLine, Registration
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError
from mengkeju.kernel.actions import StaleRevisionError, advance
from mengkeju.kernel.files import FileRefusedError
from mengkeju.kernel.models import Duty
from mengkeju.kernel.testing.race import race
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


def test_one_click_takes_everything_over_and_the_second_gives_the_same() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    Deal.objects.filter(pk=deal.pk).update(
        contract_type="development", contract_subtype="commissioned", type_answers=r.ANSWERS
    )
    made = actions.prepare_registration(deal, by=pair.of_firm, now=NOW)
    assert made.number_here == f"MK-G-{r.TODAY.year}-0001"
    assert (made.state, made.area) == ("prepared", pair.institute.area)
    assert made.applicant is not None
    assert made.applicant.organisation == pair.institute
    assert (made.contract_type, made.contract_subtype, made.suggested_type) == (
        "development", "commissioned", "development",
    )  # fmt: skip
    assert (made.applied_value, made.applied_technology) == (Decimal(1000000), Decimal(800000))
    assert made.particulars["flags"] == ["first_time_seller"]
    assert actions.prepare_registration(deal, by=pair.of_institute, now=NOW) == made
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("state", ["talking", "terminated"])
def test_only_a_signed_contract_is_registered(state: str) -> None:
    pair = s.pair()
    deal = r.talked(pair)
    Deal.objects.filter(pk=deal.pk).update(state=state)
    deal.refresh_from_db()
    with pytest.raises(TransitionRefusedError, match="签约以后"):
        actions.prepare_registration(deal, by=pair.of_institute, now=NOW)


def test_a_record_from_a_source_is_not_registered_here() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    Deal.objects.filter(pk=deal.pk).update(origin="source")
    deal.refresh_from_db()
    with pytest.raises(TransitionRefusedError) as error:
        actions.prepare_registration(deal, by=pair.of_institute, now=NOW)
    assert error.value.code == "from_source"


def test_strangers_and_brokers_do_not_begin_it() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    for by in (f.actor(f.manager(f.organisation())), f.actor(f.broker()), registrar(), ANONYMOUS):
        with pytest.raises(RefusedError):
            actions.prepare_registration(deal, by=by, now=NOW)


def test_a_seller_who_is_not_here_does_not_apply_here_but_the_buyer_of_an_import_does() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    deal.parties.filter(side="seller").update(organisation=None, name="Demo Lab GmbH")
    with pytest.raises(TransitionRefusedError, match="卖方没有入驻") as error:
        actions.prepare_registration(deal, by=pair.of_firm, now=NOW)
    assert error.value.code == "no_applicant"
    made = actions.prepare_registration(deal, by=pair.of_firm, now=NOW, is_import=True)
    assert made.applicant is not None
    assert (made.applicant.organisation, made.area) == (pair.firm, pair.firm.area)
    facts = queries.facts_of(made)
    assert [party.foreign for party in facts.parties] == [True, False]
    assert {"import_sheet", "import_certificate"} <= facts.asked


def test_an_individual_without_a_credit_code_applies_himself() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    account = f.account(name="演示教授")
    deal.parties.filter(side="seller").update(
        organisation=None, person=f.person(account), individual=True, name="演示教授", area=f.XINCHENG
    )
    by = f.actor(account)
    made = actions.prepare_registration(deal, by=by, now=NOW)
    assert (made.area, made.particulars["flags"]) == (f.XINCHENG, [])
    made = r.typed(made, by)
    actions.edit_particulars(made, r.FULL, by=by, now=NOW)
    actions.attach_document(made, "pledge", r.pdf(), by=by, now=NOW)
    done = actions.file_registration(made, declared_true=True, by=by, now=NOW)
    assert (done.state, done.seller_kind, done.seller_name, done.zone) == ("filed", "individual", "演示教授", "")
    subject = next(one for one in done.checks["findings"] if one["dimension"] == "subject")
    assert "身份证件" in subject["notes"][0]["message"]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_begin_one() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    by = pair.of_institute
    race(*[lambda: actions.prepare_registration(deal, by=by, now=NOW)] * 2)
    assert Registration.objects.count() == 1


def test_the_type_needs_a_reason_where_it_is_another_than_suggested() -> None:
    pair = s.pair()
    made = r.prepared(pair, ready=False)
    by = pair.of_institute
    said = refused(lambda: r.typed(made, by, contract_type="service"))
    assert list(said) == ["reason"]
    changed = r.typed(made, by, contract_type="service", reason="主要是检测")
    assert (changed.contract_type, changed.contract_subtype) == ("service", "")
    assert (changed.suggested_type, changed.type_reason) == ("development", "主要是检测")
    changed.deal.refresh_from_db()
    assert (changed.deal.type_answers, changed.deal.contract_type) == (r.ANSWERS, "service")
    back = r.typed(changed, by, reason="多余的话")
    assert (back.contract_subtype, back.type_reason) == ("commissioned", "")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"contract_type": "sale"}, "contract_type"),
        ({"contract_subtype": ""}, "contract_subtype"),
        ({"contract_subtype": "solo"}, "contract_subtype"),
        ({"contract_type": "service", "reason": "理" * 501}, "reason"),
    ],
)
def test_a_wrong_type_is_refused_at_its_field(given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    made = r.prepared(pair, ready=False)
    assert list(refused(lambda: r.typed(made, pair.of_institute, **given))) == [field]


def test_answers_that_no_question_has_are_left_out_and_part_of_them_is_kept() -> None:
    pair = s.pair()
    made = r.prepared(pair, ready=False)
    answers = {"technical": "yes", "develops": "maybe", "who": "me"}
    kept = r.typed(made, pair.of_institute, answers=answers, contract_type="", contract_subtype="")
    assert kept.suggested_type == ""
    kept.deal.refresh_from_db()
    assert kept.deal.type_answers == {"technical": "yes"}


def test_an_import_passes_the_application_to_the_buyer() -> None:
    pair = s.pair()
    made = r.typed(r.prepared(pair, ready=False), pair.of_institute, is_import=True)
    assert made.applicant is not None
    assert (made.applicant.organisation, made.area) == (pair.firm, pair.firm.area)
    with pytest.raises(RefusedError):
        r.typed(made, pair.of_institute)
    made.deal.parties.filter(side="seller").update(organisation=None)
    assert list(refused(lambda: r.typed(made, pair.of_firm, is_import=False))) == ["is_import"]


def test_only_the_applicant_edits_and_a_stale_form_is_refused() -> None:
    pair = s.pair()
    made = r.prepared(pair, ready=False)
    with pytest.raises(RefusedError):
        r.typed(made, pair.of_firm)
    r.typed(made, pair.of_institute)
    with pytest.raises(StaleRevisionError):
        r.typed(made, pair.of_institute, revision=made.revision)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Particulars(flags=frozenset({"import_contract"})), "flags"),
        (Particulars(clauses={"weather": "present"}), "clauses"),
        (Particulars(clauses={"risk": "perhaps"}), "clauses"),
        (Particulars(invoice="none"), "invoice"),
        (Particulars(ip_numbers=tuple(str(n) for n in range(31))), "ip_numbers"),
        (Particulars(ip_numbers=("9" * 61,)), "ip_numbers"),
    ],
)
def test_wrong_particulars_are_refused_at_their_field(given: Particulars, field: str) -> None:
    pair = s.pair()
    made = r.prepared(pair, ready=False)
    by = pair.of_institute
    assert list(refused(lambda: actions.edit_particulars(made, given, by=by, now=NOW))) == [field]


def test_particulars_that_change_nothing_leave_no_trace() -> None:
    pair = s.pair()
    made = r.prepared(pair)
    revision = Registration.objects.get().revision
    same = replace(r.FULL, flags=frozenset({"first_time_seller"}))
    actions.edit_particulars(made, same, by=pair.of_institute, now=NOW, revision=revision)
    assert Registration.objects.get().revision == revision


def test_a_document_is_put_exchanged_and_taken_off() -> None:
    pair = s.pair()
    made = r.prepared(pair, ready=False)
    by = pair.of_institute
    actions.attach_document(made, "pledge", r.pdf("一.pdf"), by=by, now=NOW)
    second = actions.attach_document(made, "pledge", r.pdf("二.pdf"), by=by, now=NOW)
    row = next(row for row in queries.checklist(made) if row.item.key == "pledge")
    assert row.file is not None
    assert (row.file.name, row.missing, row.document) == ("二.pdf", False, second)
    old = made.documents.exclude(pk=second.pk).get()
    assert old.archived_reason == "换成“二.pdf”"
    actions.remove_document(second, by=by, now=NOW)
    actions.remove_document(second, by=by, now=NOW)
    assert next(row for row in queries.checklist(made) if row.item.key == "pledge").missing
    assert list(refused(lambda: actions.attach_document(made, "poem", r.pdf(), by=by, now=NOW))) == ["key"]
    with pytest.raises(FileRefusedError):
        actions.attach_document(made, "pledge", SimpleUploadedFile("a.pdf", s.EXE), by=by, now=NOW)
    with pytest.raises(RefusedError):
        actions.attach_document(made, "pledge", r.pdf(), by=pair.of_firm, now=NOW)


def test_filing_keeps_sums_statistics_and_findings_of_the_day() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    done = r.filed(pair, deal)
    assert (done.state, done.filed_at, done.declared_true, done.accepted_on) == ("filed", NOW, True, None)
    assert (done.seller_name, done.buyer_name) == (pair.institute.name, pair.firm.name)
    assert (done.seller_kind, done.buyer_area) == ("university", pair.firm.area)
    assert (done.field, done.ip_kind, done.plan_source) == ("new_materials", "secret", "none")
    assert (done.applied_value, done.applied_technology, done.needs_expert) == (1000000, 800000, False)
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


def test_what_is_open_is_read_by_the_parties_and_what_is_filed_by_the_desk_of_the_place() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    made = r.prepared(pair, deal)
    here, elsewhere = registrar(), registrar(f.BAOTOU)
    assert set(queries.registrations(pair.of_firm)) == {made}
    assert queries.find_registration(here, made.uid) is None
    actions.file_registration(made, declared_true=True, by=pair.of_institute, now=NOW)
    assert queries.find_registration(here, made.uid) == made
    assert queries.find_registration(elsewhere, made.uid) is None
    assert queries.sees_papers(here, made)
    assert not queries.sees_papers(elsewhere, made)


def test_what_was_left_empty_is_filled_in_after_signing_what_was_agreed_is_not_changed() -> None:
    pair = s.pair()
    deal = r.signed(pair, ip_kind="")
    by = pair.of_institute
    assert actions.edit_deal(deal, {"ip_kind": "patent"}, by=by, now=NOW).ip_kind == "patent"
    assert list(refused(lambda: actions.edit_deal(deal, {"summary": "别的"}, by=by, now=NOW))) == ["summary"]


def test_the_lead_of_several_sellers_applies() -> None:
    pair = s.pair()
    deal = r.signed(pair)
    other = f.organisation("演示大学（演示）", kind="university")
    DealParty.objects.create(
        deal=deal, side="seller", role="member", organisation=other, name=other.name, order=0, created_at=NOW
    )
    made = actions.prepare_registration(deal, by=f.actor(f.manager(other)), now=NOW)
    assert made.applicant is not None
    assert made.applicant.organisation == pair.institute


def test_instalments_that_do_not_sum_stand_in_the_way() -> None:
    pair = s.pair()
    deal = r.signed(pair, price_mode="instalments")
    Instalment.objects.create(deal=deal, amount=Decimal(999999), condition="签约后", created_at=NOW)
    made = r.prepared(pair, deal)
    by = pair.of_institute
    named = refused(lambda: actions.file_registration(made, declared_true=True, by=by, now=NOW))
    assert ["各期合计" in one for one in named["checks"]] == [True]
