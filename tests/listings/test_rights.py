"""Rights by number: linking, one number of two holders, the decision, fees as duties, who may read what."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, RefusedError, may, visible_to
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.listings import actions, queries
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions import RightInput
from mengkeju.listings.models import FeePayment, IpRight, Listing
from tests import factories as f
from tests.access_forms import assert_forms_agree
from tests.listings import samples as s

pytestmark = pytest.mark.django_db
NUMBER = "200310102344.5"
OTHER = "85100001.0"


def linked(listing: Listing, number: str = NUMBER, **given: object) -> IpRight:
    """Linked by the manager of the listing's owner."""
    assert listing.owner is not None
    stated = RightInput(number=number, **given)  # type: ignore[arg-type]  # assembled from named parts
    by = s.manager_of(listing.owner)
    return actions.link_right(listing, stated, by=by, now=s.LATER, secrecy_reviewed=True)[0]


def two_claims() -> tuple[IpRight, Organisation, Organisation]:
    """One number, a firm of 昆都仑 and a university of 新城 that both say it is theirs."""
    firm, school = f.organisation("甲厂（演示）"), f.organisation("乙大学（演示）", area=f.XINCHENG, kind="university")
    linked(s.published(firm, "achievement"), status="granted", applied_on=date(2013, 1, 2))
    right = linked(s.published(school, "achievement"), status="granted", basis="专利证书第 1 号")
    right.refresh_from_db()
    return right, firm, school


@pytest.mark.covers("PLT-10")
@pytest.mark.covers("ACH-01")
def test_a_right_is_written_once_by_its_number_and_linked_to_several_listings() -> None:
    owner = f.organisation()
    achievement, patent = s.draft(owner, "achievement"), s.draft(owner, "patent")
    right = linked(achievement, "ZL 2003 1 0102344.5", applied_on=date(2013, 10, 8))
    assert (right.number, right.kind, right.rank, right.status) == (NUMBER, "invention", "Ⅰ", "granted")
    assert right.expires_on == date(2033, 10, 8)
    assert linked(s.draft(owner, "patent"), OTHER, applied_on=date(1985, 4, 1), status="granted").status == "expired"
    assert linked(patent, NUMBER) == right
    by = s.manager_of(owner)
    assert [row.right for row in queries.rights_of(achievement, by)] == [right]
    shown = queries.shown_rights([right], by)[0]
    assert {it.uid for it in shown.listings} == {achievement.uid, patent.uid}
    assert shown.holder_words == owner.name
    again = actions.link_right(achievement, RightInput(NUMBER), by=by, now=s.LATER)
    assert again == (right, False)
    assert actions.unlink_right(patent, right, by=by, now=s.LATER)
    assert not actions.unlink_right(patent, right, by=by, now=s.LATER)
    assert IpRight.objects.get(number=NUMBER).listings.get() == achievement


def test_what_is_wrong_stands_at_its_field() -> None:
    listing = s.draft(kind="achievement")
    assert listing.owner is not None
    by = s.manager_of(listing.owner)
    wrong = {
        "number": RightInput("200310102344.6"),
        "kind": RightInput("X-1"),
        "status": RightInput(NUMBER, status="nonsense"),
        "applied_on": RightInput(NUMBER, applied_on=date(2030, 1, 1)),
        "granted_on": RightInput(NUMBER, applied_on=date(2020, 1, 2), granted_on=date(2020, 1, 1)),
    }
    for field, given in wrong.items():
        with pytest.raises(ValidationError) as caught:
            actions.link_right(listing, given, by=by, now=s.LATER)
        assert list(caught.value.message_dict) == [field]
    assert not IpRight.objects.exists()


def test_who_may_not_edit_the_listing_links_nothing() -> None:
    listing = s.published(kind="achievement")
    for by in (s.manager_of(f.organisation()), ANONYMOUS, f.actor(f.officer())):
        with pytest.raises(RefusedError):
            actions.link_right(listing, RightInput(NUMBER), by=by, now=s.LATER, secrecy_reviewed=True)
    assert listing.owner is not None
    with pytest.raises(ValidationError, match="保密审查"):
        actions.link_right(listing, RightInput(NUMBER), by=s.manager_of(listing.owner), now=s.LATER)


@pytest.mark.covers("PLT-10")
def test_one_number_two_holders_both_keep_it_disputed_until_an_officer_over_both_decides() -> None:
    right, firm, school = two_claims()
    assert right.disputed
    assert right.area == f.REGION, "only who is over both decides"
    shown = queries.shown_rights([right], ANONYMOUS)[0]
    assert shown.claimants == (firm, school)
    assert firm.name in shown.holder_words
    assert school.name in shown.holder_words
    duty = duties.open_on(right).get(key="decide_right")
    assert (duty.holder_role, duty.area) == ("officer", f.REGION)
    told = set(Notice.objects.filter(kind="ip_right.told").values_list("account", flat=True))
    assert f.manager(firm).uid in told
    above = f.actor(f.officer(f.REGION))
    assert may(above, PartPerm.RIGHT_DECIDE, right)
    assert may(f.actor(f.operator()), PartPerm.RIGHT_DECIDE, right)
    for by in (f.actor(f.officer(f.BAOTOU)), s.manager_of(firm), f.actor(f.auditor()), SYSTEM):
        with pytest.raises(RefusedError):
            actions.decide_right(right, {firm.uid}, reason="登记簿", by=by, now=s.LATER)
    for upheld, reason, field in (
        ((), "登记簿", "upheld"),
        ((right.uid,), "登记簿", "upheld"),
        ((firm.uid,), " ", "note"),
    ):
        with pytest.raises(ValidationError) as caught:
            actions.decide_right(right, upheld, reason=reason, by=above, now=s.LATER)
        assert field in caught.value.message_dict
    with pytest.raises(StaleRevisionError):
        actions.decide_right(right, {school.uid}, reason="登记簿", by=above, now=s.LATER, revision=1)
    decided = actions.decide_right(right, {school.uid}, reason="登记簿副本", by=above, now=s.LATER)
    assert not decided.disputed
    assert decided.holder == school
    assert not duties.open_on(right).filter(key="decide_right").exists()
    told = set(Notice.objects.filter(title__contains="已有裁定").values_list("account", flat=True))
    assert {f.manager(firm).uid, f.manager(school).uid} <= told
    assert [c.decision for c in queries.claims_of(decided, s.manager_of(firm))] == ["rejected", "upheld"]
    assert queries.claims_of(decided, ANONYMOUS) == [], "why stays inside"
    with pytest.raises(ValidationError, match="已有裁定"):
        linked(s.draft(firm, "achievement"))
    assert linked(s.draft(firm, "achievement"), own=False) == decided, "citing it stays possible"


def test_several_may_hold_one_right() -> None:
    right, firm, school = two_claims()
    above = f.actor(f.officer(f.REGION))
    actions.decide_right(right, {firm.uid, school.uid}, reason="共有", by=above, now=s.LATER)
    shown = queries.shown_rights([IpRight.objects.get()], ANONYMOUS)[0]
    assert shown.holders == (firm, school)
    assert not IpRight.objects.get().disputed


def test_a_claimant_who_steps_back_ends_the_dispute() -> None:
    right, firm, school = two_claims()
    with pytest.raises(RefusedError):
        actions.withdraw_claim(right, firm.uid, by=s.manager_of(school), now=s.LATER)
    actions.withdraw_claim(right, firm.uid, by=s.manager_of(firm), now=s.LATER)
    right.refresh_from_db()
    assert (right.disputed, right.holder) == (False, school)
    assert not duties.open_on(right).filter(key="decide_right").exists()
    with pytest.raises(ValidationError, match="没有可以撤回"):
        actions.withdraw_claim(right, firm.uid, by=s.manager_of(firm), now=s.LATER)


def test_an_officer_of_a_claimant_is_recused() -> None:
    right, firm, _school = two_claims()
    recused = f.actor(f.with_role("officer", area=f.REGION, of=f.member(firm)))
    assert not may(recused, PartPerm.RIGHT_DECIDE, right)


def test_while_disputed_nobody_edits_and_afterwards_the_holder_does() -> None:
    right, firm, school = two_claims()
    for by in (s.manager_of(firm), s.manager_of(school)):
        assert not may(by, PartPerm.RIGHT_EDIT, right)
    above = f.actor(f.officer(f.REGION))
    actions.decide_right(right, {school.uid}, reason="登记簿", by=above, now=s.LATER)
    right.refresh_from_db()
    given = RightInput(number="", title="新名称", status="ceased", applied_on=date(2013, 10, 8))
    changed = actions.edit_right(right, given, by=s.manager_of(school), now=s.LATER, revision=right.revision)
    assert (changed.title, changed.status, changed.number) == ("新名称", "ceased", NUMBER)
    with pytest.raises(RefusedError):
        actions.edit_right(right, given, by=s.manager_of(firm), now=s.LATER)
    with pytest.raises(StaleRevisionError):
        actions.edit_right(right, given, by=s.manager_of(school), now=s.LATER, revision=1)


def test_an_application_not_yet_published_is_known_to_those_inside_only() -> None:
    owner = f.organisation()
    right = linked(s.draft(owner, "achievement"), status="applied")
    stranger = s.manager_of(f.organisation())
    assert not may(ANONYMOUS, PartPerm.RIGHT_READ, right)
    assert not may(stranger, PartPerm.RIGHT_READ, right)
    assert may(s.manager_of(owner), PartPerm.RIGHT_READ, right)
    assert may(f.actor(f.auditor()), PartPerm.RIGHT_READ, right)


def test_page_and_list_agree() -> None:
    right, firm, school = two_claims()
    linked(s.draft(firm, "achievement"), OTHER, status="applied")
    linked(s.draft(school, "patent"), "2021SR0123456", own=False, holder_name="丙公司")
    actions.withdraw_claim(right, firm.uid, by=s.manager_of(firm), now=s.LATER)
    two = linked(s.draft(firm, "achievement"))
    assert two == right
    people = {
        "visitor": ANONYMOUS,
        "firm": s.manager_of(firm),
        "school": s.manager_of(school),
        "stranger": s.manager_of(f.organisation()),
        "officer here": f.actor(f.officer(f.BAOTOU)),
        "officer above": f.actor(f.officer(f.REGION)),
        "recused": f.actor(f.with_role("officer", area=f.REGION, of=f.member(firm))),
        "operator": f.actor(f.operator()),
        "auditor": f.actor(f.auditor()),
        "platform": SYSTEM,
    }
    permissions = [p for p in PartPerm if p.value.startswith("listings.ip_right")]
    assert_forms_agree(permissions, people, IpRight.objects.all())


def test_the_register_is_filtered_and_reads_a_constant_number_of_times() -> None:
    owner = f.organisation()
    for number in (NUMBER, OTHER):
        linked(s.published(owner, "achievement"), number, status="granted")
    by = s.manager_of(owner)
    find = queries.find_rights
    assert {r.number for r in find(ANONYMOUS, queries.RightFilter())} == {NUMBER, OTHER}
    assert [r.number for r in find(by, queries.RightFilter(q="ZL 2003 1 0102344"))] == [NUMBER]
    assert find(by, queries.RightFilter(kind="design")).count() == 0
    assert find(by, queries.RightFilter(status="granted", own=True, offered=True, area=f.BAOTOU)).count() == 2
    assert find(by, queries.RightFilter(area=f.HOHHOT)).count() == 0
    assert find(by, queries.RightFilter(disputed=True)).count() == 0
    two = s.queries_of(lambda: queries.shown_rights(find(by, queries.RightFilter()), by))
    linked(s.published(owner, "patent"), "2021SR0123456")
    assert s.queries_of(lambda: queries.shown_rights(find(by, queries.RightFilter()), by)) == two


# ---- Yearly fees and the end --------------------------------------------------------------------------


def at(day: date) -> datetime:
    """Nine in the morning of a day."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=clock.ZONE)


def in_force(**given: object) -> tuple[IpRight, Organisation]:
    """A patent filed on 2020-12-28 (a Monday), granted 2023, entered on f.AT."""
    owner = f.organisation()
    stated: dict[str, object] = {"status": "granted", "applied_on": date(2020, 12, 28), "granted_on": date(2023, 3, 1)}
    return linked(s.draft(owner, "achievement"), **(stated | given)), owner  # type: ignore[arg-type]  # by field


def open_keys(right: IpRight) -> dict[str, date | None]:
    return dict(duties.open_on(right).values_list("key", "due_on"))


@pytest.mark.covers("PLT-10")
def test_a_fee_becomes_a_duty_a_month_before_and_goes_when_paid() -> None:
    right, owner = in_force()
    assert open_keys(right) == {}
    assert IpRight.objects.get().next_on == date(2026, 11, 28)
    assert actions.tend_rights(now=at(date(2026, 11, 27))) == 0
    assert actions.tend_rights(now=at(date(2026, 11, 28))) == 1
    assert open_keys(right) == {"pay_patent_fee": date(2026, 12, 28)}
    duty = Duty.objects.get(key="pay_patent_fee", closed_at=None)
    assert duty.holder_organisation == owner.uid
    assert "专利法" in duty.basis
    assert Notice.objects.filter(kind="duty.pay_patent_fee", account=f.manager(owner).uid).count() == 1
    actions.tend_right(right, now=at(date(2026, 11, 29)))
    assert Duty.objects.filter(key="pay_patent_fee").count() == 1, "the same night twice opens nothing twice"
    by = s.manager_of(owner)
    with pytest.raises(RefusedError):
        actions.note_fee_paid(
            right, year=7, paid_on=date(2026, 12, 1), by=s.manager_of(f.organisation()), now=at(date(2026, 12, 1))
        )
    for year, day in ((8, date(2026, 12, 1)), (7, date(2027, 12, 1)), (7, date(2001, 1, 1))):
        with pytest.raises(ValidationError):
            actions.note_fee_paid(right, year=year, paid_on=day, by=by, now=at(date(2026, 12, 1)))
    paid = actions.note_fee_paid(right, year=7, paid_on=date(2026, 12, 1), by=by, now=at(date(2026, 12, 1)))
    assert paid.due_on == date(2026, 12, 28)
    assert actions.note_fee_paid(right, year=7, paid_on=date(2026, 12, 1), by=by, now=at(date(2026, 12, 1))) == paid
    assert FeePayment.objects.count() == 1
    assert open_keys(right) == {}
    assert IpRight.objects.get().next_on == date(2027, 11, 28)


def test_a_fee_due_on_a_holiday_is_due_on_the_next_working_day() -> None:
    right, _owner = in_force(applied_on=date(2020, 12, 26))  # 2026-12-26 is a Saturday
    actions.tend_rights(now=at(date(2026, 12, 1)))
    due = open_keys(right)["pay_patent_fee"]
    assert due is not None
    assert due > date(2026, 12, 26)
    assert clock.is_working_day(due)


def test_when_the_grace_is_over_the_holder_is_asked_to_check() -> None:
    right, _owner = in_force()
    actions.tend_rights(now=at(date(2027, 6, 1)))
    assert open_keys(right) == {"pay_patent_fee": date(2026, 12, 28)}, "late, but it can still be paid"
    actions.tend_rights(now=at(date(2027, 7, 10)))
    assert open_keys(right) == {"check_right": None}


def test_the_end_is_announced_and_then_noted() -> None:
    right, _owner = in_force(applied_on=date(2007, 2, 1), granted_on=date(2010, 1, 5))
    assert right.expires_on == date(2027, 2, 1)
    actions.tend_rights(now=at(date(2026, 12, 20)))
    assert open_keys(right)["right_ends"] == date(2027, 2, 1)
    actions.tend_rights(now=at(date(2027, 2, 1)))
    right.refresh_from_db()
    assert right.status == "expired"
    assert open_keys(right) == {}
    assert right.next_on is None
    assert Event.objects.filter(type="ip_right.expired", subject_uid=right.uid).count() == 1


def test_a_right_that_ended_asks_for_nothing() -> None:
    right, owner = in_force()
    actions.tend_rights(now=at(date(2026, 12, 1)))
    given = RightInput("", title=right.title, status="ceased", applied_on=right.applied_on)
    actions.edit_right(right, given, by=s.manager_of(owner), now=at(date(2026, 12, 2)))
    assert open_keys(right) == {}


def test_a_missed_night_is_made_up() -> None:
    right, _owner = in_force()
    late = at(date(2026, 12, 20))
    assert actions.tend_rights(now=late) == 1
    assert open_keys(right) == {"pay_patent_fee": date(2026, 12, 28)}
    assert actions.tend_rights(now=late + timedelta(hours=1)) == 0


def test_visible_rights_do_not_repeat() -> None:
    owner = f.organisation()
    right = linked(s.published(owner, "achievement"))
    linked(s.published(owner, "patent"))
    assert list(visible_to(IpRight.objects.all(), s.manager_of(owner), PartPerm.RIGHT_READ)) == [right]
