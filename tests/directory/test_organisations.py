"""Registering, editing and verifying organisations."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from mengkeju.directory import actions, queries
from mengkeju.directory.actions import OrganisationInput
from mengkeju.directory.models import Membership, Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories
from tests.factories import AT

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-01", "PLT-05")]


def given(code: str = "", **more: Any) -> OrganisationInput:
    return replace(OrganisationInput("青原乳品（演示）", "enterprise", factories.KUNDULUN, code), **more)


def register(of: OrganisationInput) -> Organisation:
    factories.areas()
    return actions.register_organisation(of, by=factories.actor(factories.account()), now=AT)


def wrong_digit() -> str:
    code = factories.credit_code()
    return code[:-1] + ("1" if code[-1] != "1" else "2")


def test_the_founder_is_the_manager_and_the_act_is_on_record() -> None:
    made = register(given(factories.credit_code()))
    assert Membership.objects.get(organisation=made).manager
    assert Event.objects.filter(type="organisation.created", subject_uid=made.uid).count() == 1


def test_a_code_is_kept_half_width_without_spaces() -> None:
    code = factories.credit_code()
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert register(given(f" {full_width[:6]} {full_width[6:]}")).credit_code == code


def test_a_founding_day_is_kept_changed_with_an_event_and_never_in_the_future() -> None:
    made = register(given(factories.credit_code(), founded_on=date(2015, 4, 20)))
    founder = Membership.objects.get(organisation=made).person.account
    assert founder is not None
    manager = factories.actor(founder)
    actions.edit_organisation(made, given(made.credit_code, founded_on=date(2016, 4, 20)), by=manager, now=AT)
    event = Event.objects.get(type="organisation.edited", subject_uid=made.uid)
    assert event.payload.body == {"before": {"founded_on": "2015-04-20"}, "after": {"founded_on": "2016-04-20"}}
    with pytest.raises(ValidationError) as refused:
        register(given(factories.credit_code(), founded_on=clock.today(AT) + timedelta(days=1)))
    assert "founded_on" in refused.value.message_dict


@pytest.mark.parametrize(("code", "word"), [("9199", "18 位"), ("9199990OMA0Y0001XE", "不允许的字符")])
def test_a_malformed_code_is_refused_at_its_field_even_with_a_reason(code: str, word: str) -> None:
    with pytest.raises(ValidationError) as refused:
        register(given(code, credit_code_override="旧码"))
    assert word in refused.value.message_dict["credit_code"][0]


def test_a_wrong_check_digit_needs_a_reason() -> None:
    code = wrong_digit()
    with pytest.raises(ValidationError) as refused:
        register(given(code))
    assert "校验位" in refused.value.message_dict["credit_code"][0]
    made = register(given(code, credit_code_override="2015 年换证按旧码转换"))
    assert (made.credit_code, made.credit_code_override) == (code, "2015 年换证按旧码转换")


def test_one_code_belongs_to_one_organisation_and_may_be_empty_in_many() -> None:
    register(given())
    register(given())
    taken = register(given(factories.credit_code()))
    with pytest.raises(ValidationError, match="已经登记"):
        register(given(taken.credit_code))


def test_area_must_be_a_division_and_zone_a_zone() -> None:
    for bad in ({"area": "150271"}, {"area": "999999"}, {"zone": factories.KUNDULUN}, {"name": " "}):
        with pytest.raises(ValidationError) as refused:
            register(given(**bad))
        assert list(refused.value.message_dict) == list(bad)


def test_only_the_officer_over_the_area_verifies() -> None:
    firm = factories.organisation(verified=False)
    actions.submit_for_verification(firm, by=factories.actor(factories.manager(firm)), now=AT)
    with pytest.raises(RefusedError) as refused:
        actions.verify_organisation(firm, by=factories.actor(factories.officer(factories.HOHHOT)), now=AT)
    assert "科技管理人员" in refused.value.who_may
    with pytest.raises(RefusedError):
        actions.verify_organisation(firm, by=factories.actor(factories.manager(firm)), now=AT)
    actions.verify_organisation(firm, by=factories.actor(factories.officer(factories.REGION)), now=AT)
    assert Organisation.objects.get(pk=firm.pk).verified


def test_an_officer_who_belongs_to_the_organisation_is_recused() -> None:
    firm = factories.organisation(verified=False)
    account = factories.with_role("officer", area=factories.BAOTOU, of=factories.member(firm))
    recused, other = factories.actor(account), factories.actor(factories.officer())
    actions.submit_for_verification(firm, by=factories.actor(factories.manager(firm)), now=AT)
    with pytest.raises(RefusedError) as refused:
        actions.verify_organisation(firm, by=recused, now=AT)
    assert "须回避" in refused.value.rule
    assert "另一名或上级科技管理人员" in refused.value.who_may
    with pytest.raises(RefusedError):
        actions.refuse_organisation(firm, by=recused, now=AT, note="不行")
    assert not queries.verification_queue(recused).exists()
    assert list(queries.verification_queue(other)) == [firm]
    client = factories.signed_in_client(account)
    assert "核验决定" not in client.get(firm.get_absolute_url()).content.decode()
    answer = client.post(reverse("organisation-decide", args=[firm.uid, "verify"]))
    assert answer.status_code == 403
    assert "须回避" in answer.content.decode()
    actions.verify_organisation(firm, by=other, now=AT)
    with pytest.raises(RefusedError):
        actions.withdraw_verification(firm, by=recused, now=AT, note="撤回")


def test_submission_opens_the_officers_duty_and_tells_him() -> None:
    officer, elsewhere = factories.officer(), factories.officer(factories.HOHHOT)
    firm = factories.organisation(verified=False)
    actions.submit_for_verification(firm, by=factories.actor(factories.manager(firm)), now=AT)
    duty = Duty.objects.get(subject_uid=firm.uid, closed_at=None)
    assert (duty.key, duty.holder_role, str(duty.due_on)) == ("verify_organisation", "officer", "2026-11-25")
    told = Notice.objects.filter(kind="duty.verify_organisation").values_list("account", flat=True)
    assert list(told) == [officer.uid]
    assert list(queries.verification_queue(factories.actor(officer))) == [firm]
    assert not queries.verification_queue(factories.actor(elsewhere)).exists()


def test_a_refusal_needs_a_reason_and_can_be_mended() -> None:
    firm = factories.organisation(verified=False)
    boss, officer = factories.actor(factories.manager(firm)), factories.actor(factories.officer())
    actions.submit_for_verification(firm, by=boss, now=AT)
    with pytest.raises(TransitionRefusedError, match="理由"):
        actions.refuse_organisation(firm, by=officer, now=AT, note=" ")
    actions.refuse_organisation(firm, by=officer, now=AT, note="名称与执照不一致")
    actions.submit_for_verification(firm, by=boss, now=AT)
    actions.verify_organisation(firm, by=officer, now=AT)
    actions.withdraw_verification(firm, by=officer, now=AT, note="执照已吊销")
    assert Organisation.objects.get(pk=firm.pk).state == "unverified"


def test_a_verified_firm_that_changes_its_name_is_verified_again() -> None:
    firm = factories.organisation()
    boss = factories.actor(factories.manager(firm))
    stated = OrganisationInput(firm.name, firm.kind, firm.area, firm.credit_code)
    kept = actions.edit_organisation(firm, replace(stated, industry="乳业"), by=boss, now=AT)
    assert kept.state == "verified"
    changed = actions.edit_organisation(firm, replace(stated, name="新名（演示）"), by=boss, now=AT)
    assert changed.state == "submitted"


def test_an_edit_from_a_stale_form_is_not_written() -> None:
    firm = factories.organisation()
    boss = factories.actor(factories.manager(firm))
    stated = OrganisationInput(firm.name, firm.kind, firm.area, firm.credit_code)
    first = Organisation.objects.get(pk=firm.pk).revision
    actions.edit_organisation(firm, replace(stated, industry="乳业"), by=boss, now=AT, revision=first)
    with pytest.raises(StaleRevisionError) as stale:
        actions.edit_organisation(firm, replace(stated, industry="钢铁"), by=boss, now=AT, revision=first)
    assert stale.value.current.industry == "乳业"


@pytest.mark.django_db(transaction=True)
def test_two_officers_deciding_at_once_one_is_told() -> None:
    firm = factories.organisation(verified=False)
    actions.submit_for_verification(firm, by=factories.actor(factories.manager(firm)), now=AT)
    one, two = factories.actor(factories.officer()), factories.actor(factories.officer(factories.REGION))
    outcomes = race(
        lambda: actions.verify_organisation(firm, by=one, now=AT),
        lambda: actions.refuse_organisation(Organisation.objects.get(pk=firm.pk), by=two, now=AT, note="资料不全"),
    )
    refused = [o for o in outcomes if isinstance(o, TransitionRefusedError)]
    assert len(refused) == 1
    assert "别人" in refused[0].reason
    decisions = Event.objects.filter(subject_uid=firm.uid, type__in=["organisation.verify", "organisation.refuse"])
    assert decisions.count() == 1
