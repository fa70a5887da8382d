"""The registrar's desk: accept, ask, hear experts, register, refuse, change, cancel, decide objections; recusal."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals import actions, queries
from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.actions import Certificate
from mengkeju.deals.models import Amendment, ContractText, Deal, Registration
from mengkeju.deals.queries import DeskFilter
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import Actor, RefusedError, may
from mengkeju.kernel.actions import StaleRevisionError, advance
from mengkeju.kernel.models import Attachment, Duty, Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import desk_samples as s
from tests.deals.samples import EXE

pytestmark = pytest.mark.django_db
NOW = f.AT


def due(case: Registration) -> Duty:
    return duties.open_on(case).get()


def given(**changes: Any) -> Certificate:
    return Certificate(**s.certificate(**changes))


def registered(by: Actor, **changes: Any) -> Registration:
    return actions.register_contract(s.accepted(by), given(**changes), by=by, now=NOW)


def wrong(act: Callable[[], object]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        act()
    found: dict[str, list[str]] = refused.value.message_dict
    return found


def test_the_clock_runs_from_acceptance_and_follows_through_experts() -> None:
    by = s.registrar()
    case = actions.accept_registration(s.filed(), by=by, now=NOW)
    assert (case.state, case.accepted_on) == ("accepted", NOW.date())
    assert due(case).due_on == clock.add_working_days(NOW.date(), 15).day
    later = s.days(5)
    sent = actions.send_to_expert(case, expert_reason="双方对技术内容有争议", by=by, now=later)
    thirty = clock.add_working_days(NOW.date(), 30).day
    assert (sent.state, sent.needs_expert, due(sent).due_on) == ("expert", True, thirty)
    actions.record_opinion(sent, "属于技术开发", by=by, now=s.days(9))
    assert (due(sent).key, due(sent).due_on) == ("decide_with_expert", thirty)
    done = actions.register_contract(sent, given(), by=by, now=s.days(10))
    assert done.state == "registered"
    assert not duties.open_on(done).exists()


def test_experts_are_heard_first_where_the_size_asks_for_it() -> None:
    by = s.registrar()
    case = s.accepted(by, needs_expert=True)
    with pytest.raises(TransitionRefusedError, match="先送专家评审"):
        actions.register_contract(case, given(), by=by, now=NOW)
    actions.send_to_expert(case, by=by, now=NOW)
    with pytest.raises(TransitionRefusedError):
        actions.register_contract(case, given(), by=by, now=NOW)
    assert "opinion" in wrong(lambda: actions.record_opinion(case, "  ", by=by, now=NOW))
    plain = s.accepted(by)
    assert "expert_reason" in wrong(lambda: actions.send_to_expert(plain, by=by, now=NOW))


def test_a_size_certified_beyond_what_was_applied_for_asks_for_experts_too() -> None:
    by = s.registrar()
    case = s.accepted(by)
    large = given(contract_value=Decimal(9_000_000), technology_value=Decimal(5_000_000))
    assert "technology_value" in wrong(lambda: actions.register_contract(case, large, by=by, now=NOW))
    actions.send_to_expert(case, expert_reason="核定金额较大", by=by, now=NOW)
    actions.record_opinion(case, "同意（演示）", by=by, now=NOW)
    assert actions.register_contract(case, large, by=by, now=NOW).state == "registered"


def test_corrections_are_asked_for_once_with_a_day() -> None:
    by = s.registrar()
    case = s.filed()
    assert "note" in wrong(lambda: actions.ask_supplement(case, " ", by=by, now=NOW))
    assert "until" in wrong(lambda: actions.ask_supplement(case, "缺授权书", until=NOW.date(), by=by, now=NOW))
    case.refresh_from_db()
    assert case.state == "filed"
    asked = actions.ask_supplement(case, "缺授权书", by=by, now=NOW)
    last = clock.add_working_days(NOW.date(), 10).day
    assert (asked.state, asked.supplement_until, asked.supplement_note) == ("supplement", last, "缺授权书")
    duty = due(asked)
    assert (duty.key, duty.due_on) == ("supply_registration", last)
    assert duty.holder_organisation == asked.applicant.organisation.uid  # type: ignore[union-attr]
    with pytest.raises(TransitionRefusedError, match="期限还没有过"):
        actions.refuse_registration(asked, "没有补正", by=by, now=NOW)
    own = s.filed()
    actions.ask_supplement(own, "缺授权书", until=date(2026, 12, 31), by=by, now=NOW)
    assert due(own).due_on == date(2026, 12, 31)
    over = actions.refuse_registration(asked, "没有补正", by=by, now=s.days(40))
    assert (over.state, over.refusal) == ("refused", "没有补正")


def test_a_registration_keeps_what_the_certificate_says_and_what_is_counted() -> None:
    by = s.registrar()
    case = s.accepted(by)
    scan = SimpleUploadedFile("证明.pdf", s.PDF, "application/pdf")
    done = actions.register_contract(case, given(number="ys26-2611 01-000001 "), scan=scan, by=by, now=NOW)
    assert done.number == s.NUMBER
    assert (done.certified_value, done.certified_technology) == (Decimal(860000), Decimal(620000))
    assert (done.applied_value, done.applied_technology) == (Decimal(860000), Decimal(620000))
    assert done.decided_by is not None
    assert done.decided_by.uid == by.person_uid
    parties = {p.side: p for p in done.deal.parties.all()}
    assert (done.seller_name, done.buyer_name) == (parties["seller"].name, parties["buyer"].name)
    assert done.buyer_area == f.KUNDULUN
    assert Attachment.objects.get(subject_uid=done.uid).role == "certificate"
    assert Event.objects.filter(type="deal.registered", subject_uid=done.deal.uid).count() == 1
    told = Notice.objects.filter(subject_uid=done.deal.uid, kind="deal.news", title__contains="已登记")
    assert {notice.account for notice in told} == {
        f.manager(p.organisation).uid for p in parties.values() if p.organisation
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "123"}, "number"),
        ({"number": ""}, "number"),
        ({"number": "1234567890123456"}, "number"),  # a demo contract never takes a real number
        ({"registered_on": None}, "registered_on"),
        ({"registered_on": date(2026, 11, 21)}, "registered_on"),
        ({"body_name": " "}, "body_name"),
        ({"technology_value": Decimal(900000)}, "technology_value"),
        ({"contract_value": None}, "technology_value"),
        ({"contract_type": "none"}, "contract_type"),
        ({"contract_subtype": ""}, "contract_subtype"),
        ({"contract_type": "service"}, "type_reason"),
    ],
)
def test_what_is_wrong_stands_at_its_field(changes: dict[str, Any], field: str) -> None:
    by = s.registrar()
    case = s.accepted(by)
    assert field in wrong(lambda: actions.register_contract(case, given(**changes), by=by, now=NOW))
    case.refresh_from_db()
    assert (case.state, case.number, case.certified_value) == ("accepted", "", None)


def test_another_type_needs_a_reason_and_loses_the_subtype() -> None:
    by = s.registrar()
    done = registered(by, contract_type="service", type_reason="没有待研发的内容")
    assert (done.contract_type, done.contract_subtype, done.type_reason) == ("service", "", "没有待研发的内容")
    applied = Event.objects.get(type="registration.register", subject_uid=done.uid).payload.body["applied"]
    assert applied == {"contract_type": "development", "contract_subtype": "commissioned"}


def test_a_file_that_is_none_is_refused_at_its_field_and_nothing_is_kept() -> None:
    by = s.registrar()
    case = s.accepted(by)
    bad = SimpleUploadedFile("证明.pdf", EXE, "application/pdf")
    assert "scan" in wrong(lambda: actions.register_contract(case, given(), scan=bad, by=by, now=NOW))
    case.refresh_from_db()
    assert (case.state, case.number) == ("accepted", "")


def test_a_number_belongs_to_one_record_and_names_it_only_to_who_may_see_it() -> None:
    by = s.registrar()
    first = registered(by)
    second = s.accepted(by)
    said = wrong(lambda: actions.register_contract(second, given(), by=by, now=NOW))["number"][0]
    assert first.number_here in said
    elsewhere = s.registrar(f.BAOTOU)
    firm, institute = s.seller_and_buyer()
    third = s.accepted(elsewhere, s.deal(institute, firm))
    hidden = wrong(lambda: actions.register_contract(third, given(), by=elsewhere, now=NOW))["number"][0]
    assert first.number_here not in hidden
    assert "另一份登记" in hidden


def test_refusal_says_why() -> None:
    by = s.registrar()
    case = s.accepted(by)
    assert "note" in wrong(lambda: actions.refuse_registration(case, "", by=by, now=NOW))
    done = actions.refuse_registration(case, "没有技术内容", by=by, now=NOW)
    assert (done.state, done.refusal, done.number) == ("refused", "没有技术内容", "")
    assert Event.objects.filter(type="deal.registration_refused", subject_uid=done.deal.uid).exists()


def test_a_change_keeps_before_and_after() -> None:
    by = s.registrar()
    case = registered(by)
    assert "note" in wrong(lambda: actions.change_registration(case, {"body_name": "乙处"}, "", by=by, now=NOW))
    with pytest.raises(ValidationError, match="没有改动"):
        actions.change_registration(case, {"number": "YS26 2611 01 000001"}, "重写", by=by, now=NOW)
    too_much = {"certified_technology": Decimal(900000)}
    assert "certified_technology" in wrong(
        lambda: actions.change_registration(case, too_much, "补充协议", by=by, now=NOW)
    )
    changes = {"certified_technology": Decimal("600000.00"), "number": s.OTHER_NUMBER, "body_name": case.body_name}
    done = actions.change_registration(case, changes, "补充协议一", by=by, now=NOW)
    assert (done.state, done.certified_technology, done.number) == ("changed", Decimal(600000), s.OTHER_NUMBER)
    rows = {row.name: (row.before, row.after, row.reason) for row in Amendment.objects.filter(registration=done)}
    assert rows == {
        "certified_technology": ("620000.00", "600000.00", "补充协议一"),
        "number": (s.NUMBER, s.OTHER_NUMBER, "补充协议一"),
    }
    again = actions.change_registration(done, {"contract_type": "service"}, "类型改判", by=by, now=NOW)
    assert (again.contract_type, again.contract_subtype) == ("service", "")


def test_a_number_of_another_record_is_no_change() -> None:
    by = s.registrar()
    registered(by)
    other = registered(by, number=s.OTHER_NUMBER)
    assert "number" in wrong(lambda: actions.change_registration(other, {"number": s.NUMBER}, "抄错", by=by, now=NOW))
    assert not Amendment.objects.exists()


def test_cancelled_with_the_reason() -> None:
    by = s.registrar()
    case = registered(by)
    assert "note" in wrong(lambda: actions.cancel_registration(case, " ", by=by, now=NOW))
    assert actions.cancel_registration(case, "合同解除", by=by, now=NOW).state == "cancelled"
    with pytest.raises(TransitionRefusedError):
        actions.cancel_registration(case, "合同解除", by=by, now=NOW)


def objected(by: Actor) -> Registration:
    case = registered(by)
    buyer = case.deal.parties.get(side="buyer").organisation
    assert buyer is not None
    advance(case, "object", by=f.actor(f.manager(buyer)), now=NOW, note="技术交易额不对")
    Registration.objects.filter(pk=case.pk).update(objected_from="registered")
    case.refresh_from_db()
    return case


def test_an_objection_is_upheld_and_examined_anew_or_changes_nothing() -> None:
    by = s.registrar()
    case = objected(by)
    assert "note" in wrong(lambda: actions.decide_objection(case, "", upheld=False, by=by, now=NOW))
    kept = actions.decide_objection(case, "核对无误", upheld=False, by=by, now=NOW)
    assert (kept.state, kept.objected_from) == ("registered", "")
    advance(kept, "object", by=f.actor(s.applicant(kept)), now=NOW, note="再看")
    Registration.objects.filter(pk=kept.pk).update(objected_from="registered")
    at = s.days(10)
    anew = actions.decide_objection(kept, "有理", upheld=True, by=by, now=at)
    assert (anew.state, anew.accepted_on) == ("accepted", clock.today(at))
    assert due(anew).due_on == clock.add_working_days(clock.today(at), 15).day
    same = actions.register_contract(anew, given(technology_value=Decimal(600000)), by=by, now=at)
    assert (same.number, same.certified_technology) == (s.NUMBER, Decimal(600000))


def test_nobody_decides_on_a_contract_of_his_own_organisation() -> None:
    case = s.filed()
    seller = case.applicant.organisation  # type: ignore[union-attr]
    assert seller is not None
    own = s.registrar(of=f.member(seller))
    acts: list[Callable[[], object]] = [
        lambda: actions.accept_registration(case, by=own, now=NOW),
        lambda: actions.ask_supplement(case, "缺", by=own, now=NOW),
        lambda: actions.send_to_expert(case, by=own, now=NOW),
        lambda: actions.record_opinion(case, "好", by=own, now=NOW),
        lambda: actions.register_contract(case, given(), by=own, now=NOW),
        lambda: actions.refuse_registration(case, "否", by=own, now=NOW),
        lambda: actions.change_registration(case, {}, "改", by=own, now=NOW),
        lambda: actions.cancel_registration(case, "销", by=own, now=NOW),
        lambda: actions.decide_objection(case, "好", upheld=True, by=own, now=NOW),
    ]
    for act in acts:
        with pytest.raises(RefusedError) as refused:
            act()
        assert "回避" in refused.value.who_may
    assert may(own, RegistrationPerm.DESK_READ, case)
    assert queries.next_on_desk(own, DeskFilter(), NOW.date()) is None


def test_a_registrar_of_another_place_and_others_are_refused() -> None:
    case = s.filed()
    for who in (s.registrar(f.BAOTOU), f.actor(f.auditor()), f.actor(f.officer(f.HOHHOT))):
        with pytest.raises(RefusedError):
            actions.accept_registration(case, by=who, now=NOW)


def test_a_page_older_than_the_case_decides_nothing() -> None:
    by = s.registrar()
    case = s.filed()
    old = case.revision
    actions.accept_registration(case, by=by, now=NOW)
    acts: list[Callable[[], object]] = [
        lambda: actions.ask_supplement(case, "缺", by=by, now=NOW, revision=old),
        lambda: actions.refuse_registration(case, "否", by=by, now=NOW, revision=old),
        lambda: actions.register_contract(case, given(), by=by, now=NOW, revision=old),
    ]
    for act in acts:
        with pytest.raises(StaleRevisionError):
            act()


def test_what_the_deal_changed_since_it_was_filed_is_told() -> None:
    by = s.registrar()
    case = s.accepted(by)
    assert not queries.changed_since(case)
    Deal.objects.filter(pk=case.deal_id).update(contract_value=Decimal(900000))
    text = s.with_text(case.deal, at=s.days(1))
    fresh = Registration.objects.select_related("deal").get(pk=case.pk)
    since = queries.changed_since(fresh)
    assert (since.sums, since.contract_value) == (True, Decimal(900000))
    assert since.texts == [text]
    assert since.edited_at is None
    Deal.objects.filter(pk=case.deal_id).update(state="talking")
    seller = f.actor(s.applicant(fresh))
    actions.edit_deal(fresh.deal, {"title": "改过的名称"}, by=seller, now=s.days(2))
    assert queries.changed_since(fresh).edited_at == s.days(2)
    ContractText.objects.all().delete()


def test_the_queue_by_tab_filter_and_what_comes_next() -> None:
    by = s.registrar()
    today = NOW.date()
    first, second, third = s.queue_of(3)
    assert [row.pk for row in queries.queue(by, DeskFilter(), today)] == [first.pk, second.pk, third.pk]
    actions.accept_registration(second, by=by, now=NOW)
    counts = queries.tab_counts(by, DeskFilter(), today)
    assert (counts["filed"], counts["accepted"], counts["today"]) == (2, 1, 0)
    actions.refuse_registration(second, "不是技术合同", by=by, now=NOW)
    assert queries.tab_counts(by, DeskFilter(), today)["today"] == 1
    assert queries.tab_counts(by, DeskFilter(), clock.today(s.days(1)))["today"] == 0
    place = (due(first).due_on, first.pk)
    after = queries.next_on_desk(by, DeskFilter(), today, place)
    assert after is not None
    assert after.pk == third.pk
    last = queries.next_on_desk(by, DeskFilter(), today, (due(third).due_on, third.pk))
    assert last is not None
    assert last.pk == first.pk
    Registration.objects.filter(pk=first.pk).update(needs_expert=True)
    assert [r.pk for r in queries.queue(by, DeskFilter(expert=True), today)] == [first.pk]
    assert [r.pk for r in queries.queue(by, DeskFilter(text="第3件"), today)] == [third.pk]
    assert [r.pk for r in queries.queue(by, DeskFilter(overdue=True), date(2026, 12, 31))] == [first.pk, third.pk]
    assert not queries.queue(by, DeskFilter(area=f.BAOTOU), today)
    assert not queries.queue(by, DeskFilter(kind="service"), today)
    assert not queries.queue(s.registrar(f.BAOTOU), DeskFilter(), today)
    assert queries.waiting_counts(by, date(2026, 12, 31)) == (2, 2)
