"""待办: opened and closed by `advance`, held by those who can do it, due by working days."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from mengkeju.kernel import clock, duties
from mengkeju.kernel.actions import advance
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Duty, Notice
from mengkeju.kernel.workflow import DutySpec
from tests import factories as f
from tests.kernel.makers import CONTENT, MAKERS, cast, cast_of, put, ready, workflows

pytestmark = pytest.mark.django_db


def duty(**options: object) -> Duty:
    defaults = {
        "key": f"do{Duty.objects.count()}", "label": "办", "subject_type": "listing", "subject_uid": uuid4(),
        "opened_at": f.AT,
    }  # fmt: skip
    return Duty.objects.create(**{**defaults, **options})


def test_a_duty_opens_with_the_state_and_closes_with_the_step() -> None:
    firm = f.organisation(verified=False)
    founder = f.actor(f.manager(firm))
    advance(firm, "submit", by=founder, now=f.AT)
    opened = duties.open_on(firm).get()
    assert (opened.key, opened.holder_role, opened.area) == ("verify_organisation", "officer", f.KUNDULUN)
    assert opened.basis
    days = workflows()["organisation"].states["submitted"].duty
    assert days is not None
    assert days.working_days is not None
    assert opened.due_on == clock.add_working_days(clock.today(f.AT), days.working_days).day
    advance(firm, "refuse", by=f.actor(f.officer()), now=f.AT, note="名称不全")
    opened.refresh_from_db()
    assert (opened.closed_at, opened.closed_by) == (f.AT, "refuse")
    mend = duties.open_on(firm).get()
    assert (mend.key, mend.holder_organisation, mend.due_on) == ("mend_organisation", firm.uid, None)


@pytest.mark.parametrize("key", sorted(MAKERS))
def test_every_step_leaves_just_the_duty_of_the_state_it_reaches(key: str) -> None:
    workflow, subject = workflows()[key], MAKERS[key]()
    people = cast_of(subject)
    for step, transition in workflow.transitions.items():
        put(subject, transition.source[0])
        ready(subject, step)
        by = people.permitted(transition.permission, subject)
        assert by is not None
        advance(subject, step, by=by, now=f.AT, note="理由", data=CONTENT)
        wanted = workflow.states[transition.target].duty
        assert [d.key for d in duties.open_on(subject)] == ([wanted.key] if wanted else []), step


def test_a_due_date_beyond_the_known_calendars_is_provisional() -> None:
    firm = f.organisation()
    late = f.AT.replace(month=12, day=31)
    made = duties.open_duty(firm, DutySpec("x", "办", "officer", 5), now=late)
    assert made.due_on is not None
    assert made.due_on > date(2026, 12, 31)
    assert made.due_provisional


def test_one_holder_and_one_open_duty_of_a_kind() -> None:
    for wrong in ({}, {"holder_role": "officer", "holder_organisation": uuid4()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            duty(**wrong)
    uid = uuid4()
    duty(key="same", subject_uid=uid, holder_role="officer")
    with pytest.raises(IntegrityError), transaction.atomic():
        duty(key="same", subject_uid=uid, holder_role="officer")
    Duty.objects.filter(key="same").update(closed_at=f.AT)
    assert duty(key="same", subject_uid=uid, holder_role="officer").pk


def test_list_single_question_and_notice_agree_for_everybody() -> None:
    """`mine_q` (the workbench), `is_mine` (one duty) and the provider's `accounts_of` (who is told)."""
    firm, other = f.organisation(), f.organisation(kind="university", area=f.XINCHENG)
    people = cast(owner=firm, other=other)
    single = f.account()
    for role in ("officer", "broker", "operator", "auditor", "security_admin"):
        for area in ("", f.REGION, f.BAOTOU, f.KUNDULUN, f.XINCHENG):
            duty(holder_role=role, area=area)
    duty(holder_role="officer", area=f.BAOTOU, barred_organisation=firm.uid)
    recused = f.with_role("officer", area=f.BAOTOU, of=f.member(firm))
    duty(holder_organisation=firm.uid, area=f.KUNDULUN)
    duty(holder_organisation=other.uid)
    duty(holder_account=single.uid)
    actors = {**people.actors, "single": f.actor(single), "recused": f.actor(recused)}
    rows = list(Duty.objects.all())
    told = {d.pk: set(provider().accounts_of(d)) for d in rows}
    found_any = set()
    for name, actor in actors.items():
        listed = set(Duty.objects.filter(duties.mine_q(actor)).values_list("pk", flat=True))
        assert listed == {d.pk for d in rows if duties.is_mine(actor, d)}, name
        assert listed == {d.pk for d in rows if actor.account_uid in told[d.pk]}, name
        assert set(duties.open_for(actor).values_list("pk", flat=True)) == listed, name
        found_any |= listed
    assert found_any == {d.pk for d in rows}  # no duty without anybody who sees it


def test_the_most_urgent_first_and_those_without_a_date_last() -> None:
    single = f.account()
    for day in (None, date(2026, 12, 1), date(2026, 11, 25)):
        duty(holder_account=single.uid, due_on=day)
    duty(holder_account=single.uid, due_on=date(2026, 11, 1), closed_at=f.AT)
    found = [d.due_on for d in duties.open_for(f.actor(single))]
    assert found == [date(2026, 11, 25), date(2026, 12, 1), None]


def test_a_new_duty_is_told_to_its_holders_but_not_to_who_caused_it() -> None:
    officer, colleague, elsewhere = f.officer(), f.officer(), f.officer(f.HOHHOT)
    firm = f.organisation(verified=False, founder=officer)  # the officer founded the firm himself
    advance(firm, "submit", by=f.actor(officer), now=f.AT)
    told = set(Notice.objects.filter(kind="duty.verify_organisation").values_list("account", flat=True))
    assert colleague.uid in told
    assert not told & {officer.uid, elsewhere.uid}


def test_an_officer_of_the_owner_neither_has_the_duty_nor_hears_of_it() -> None:
    colleague = f.officer()
    firm = f.organisation(verified=False)
    recused = f.with_role("officer", area=f.BAOTOU, of=f.member(firm))
    advance(firm, "submit", by=f.actor(f.manager(firm)), now=f.AT)
    assert duties.open_for(f.actor(colleague)).filter(key="verify_organisation").exists()
    assert not duties.open_for(f.actor(recused)).filter(key="verify_organisation").exists()
    told = set(Notice.objects.filter(kind="duty.verify_organisation").values_list("account", flat=True))
    assert colleague.uid in told
    assert recused.uid not in told


def test_closing_names_what_closed_it() -> None:
    firm = f.organisation()
    duties.open_duty(firm, DutySpec("x", "办", "officer", None), now=f.AT)
    assert duties.close_duties(firm, by="merged", now=f.AT) == 1
    assert Duty.objects.get(key="x").closed_by == "merged"
    assert duties.close_duties(firm, by="again", now=f.AT) == 0
