from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals import actions, queries
from mengkeju.deals.engine.application import Particulars
from mengkeju.deals.models import Deal, DealParty, Registration
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
