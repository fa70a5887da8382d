"""Request → schedule → meet → note → next step; what is refused; what the clock does."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from mengkeju.events import actions, queries
from mengkeju.events.models import Meeting
from mengkeju.kernel import audit, clock, duties
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.deals import samples as deals
from tests.events import samples as s
from tests.listings import samples as listings

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ACH-09")]
NOW = s.NOW


@pytest.fixture
def pair() -> deals.Pair:
    return deals.pair()


def told(account: Any) -> list[str]:
    """The titles of an account's notices about meetings, the newest first."""
    rows = Notice.objects.filter(account=account.uid, kind="meeting.news").order_by("-pk")
    return list(rows.values_list("title", flat=True))


def open_duty(meeting: Meeting) -> Duty:
    return duties.open_on(meeting).get()


def test_from_request_to_the_next_step(pair: deals.Pair) -> None:
    meeting = s.requested(pair)
    assert (meeting.state, meeting.invited, meeting.origin) == ("requested", pair.firm, "listing")
    assert meeting.number.startswith("MK-M-2026-")
    assert open_duty(meeting).holder_organisation == pair.firm.uid
    assert "约一次会面" in told(f.manager(pair.firm))[0]
    actions.choose_slot(meeting, s.first_slot(meeting), by=pair.of_firm, now=NOW)
    assert (meeting.state, meeting.starts_at) == ("scheduled", s.spans()[0].starts_at)
    assert meeting.invited_person == f.person(f.manager(pair.firm))
    assert "会面约好了" in told(f.manager(pair.institute))[0]
    assert not duties.open_on(meeting).exists()
    after = s.spans()[0].ends_at
    assert actions.tend_meeting(meeting.uid, now=after) == "over"
    meeting.refresh_from_db()
    duty = open_duty(meeting)
    assert (duty.key, duty.holder_organisation) == ("write_note", pair.institute.uid)
    day = clock.today(after) + timedelta(days=9)
    note = actions.NoteInput("对方能做中试", "寄样品 20 公斤", day, "invited")
    actions.record_note(meeting, note, by=pair.of_institute, now=after)
    duty = open_duty(meeting)
    assert (meeting.state, duty.key, duty.due_on) == ("held", "meeting_next_step", day)
    assert duty.holder_organisation == pair.firm.uid
    with pytest.raises(RefusedError):  # the other side does it
        actions.finish_meeting(meeting, by=pair.of_institute, now=after)
    actions.finish_meeting(meeting, by=pair.of_firm, now=after)
    assert meeting.state == "closed"
    assert not duties.open_on(meeting).exists()


def test_without_a_next_step_the_note_ends_it(pair: deals.Pair) -> None:
    meeting, after = s.over(pair)
    actions.record_note(meeting, actions.NoteInput("不合适，先不往下"), by=pair.of_institute, now=after)
    assert meeting.state == "closed"
    assert not duties.open_on(meeting).exists()


def test_the_invited_side_proposes_other_times_and_the_asking_side_picks(pair: deals.Pair) -> None:
    meeting = s.requested(pair)
    old = s.first_slot(meeting)
    actions.propose_times(meeting, s.spans(7, 8), by=pair.of_firm, now=NOW)
    assert (meeting.state, meeting.round, queries.waits_on(meeting)) == ("countered", 2, "requesting")
    with pytest.raises(RefusedError):  # not its turn
        actions.choose_slot(meeting, s.first_slot(meeting), by=pair.of_firm, now=NOW)
    with pytest.raises(ValidationError):  # of an earlier round
        actions.choose_slot(meeting, old, by=pair.of_institute, now=NOW)
    actions.propose_times(meeting, s.spans(9), by=pair.of_institute, now=NOW)
    assert (meeting.state, meeting.round) == ("requested", 3)
    actions.choose_slot(meeting, s.first_slot(meeting), by=pair.of_firm, now=NOW)
    assert meeting.starts_at == s.spans(9)[0].starts_at


def test_declined_with_a_reason_cancelled_with_a_note(pair: deals.Pair) -> None:
    meeting = s.requested(pair)
    with pytest.raises(TransitionRefusedError):
        actions.decline_meeting(meeting, reason="", by=pair.of_firm, now=NOW)
    actions.decline_meeting(meeting, reason="too_early", by=pair.of_firm, now=NOW)
    assert (meeting.state, meeting.reason) == ("declined", "too_early")
    other = s.requested(pair)
    with pytest.raises(TransitionRefusedError):
        actions.cancel_meeting(other, note=" ", by=pair.of_institute, now=NOW)
    actions.cancel_meeting(other, note="出差改期", by=pair.of_firm, now=NOW)
    assert other.state == "cancelled"
    assert "会面取消了" in told(f.manager(pair.institute))[0]


def test_what_has_begun_is_not_cancelled_but_said_to_have_been_missed(pair: deals.Pair) -> None:
    meeting = s.scheduled(pair)
    assert meeting.starts_at is not None
    with pytest.raises(ValidationError, match="会面时间已到"):
        actions.cancel_meeting(meeting, note="忘了", by=pair.of_firm, now=meeting.starts_at)
    after = meeting.starts_at + timedelta(hours=2)
    actions.tend_meeting(meeting.uid, now=after)
    meeting.refresh_from_db()
    actions.miss_meeting(meeting, note="对方临时有事", by=pair.of_institute, now=after)
    assert meeting.state == "missed"


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"spans": []}, "slot1"),
        ({"spans": s.spans(-1)}, "slot1"),
        ({"spans": s.spans(1, 1)}, "slot1"),
        ({"spans": s.spans(1, minutes=-60)}, "slot1"),
        ({"link": "http://meet.example.org/1"}, "link"),
        ({"mode": "place", "link": ""}, "place"),
        ({"mode": "telepathy"}, "mode"),
        ({"title": "  "}, "title"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(pair: deals.Pair, stated: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        s.requested(pair, **stated)
    assert list(refused.value.message_dict) == [field]
    assert not Meeting.objects.exists()


def test_whom_one_cannot_meet(pair: deals.Pair) -> None:
    def ask(**changed: Any) -> Meeting:
        base: dict[str, Any] = {"about": pair.need, "requesting": pair.institute, "by": pair.of_institute, "now": NOW}
        return actions.request_meeting(s.given(), **(base | changed))

    with pytest.raises(ValidationError, match="本单位"):
        ask(requesting=pair.firm, by=pair.of_firm)
    with pytest.raises(RefusedError):  # on behalf of others
        ask(by=listings.manager_of(f.organisation()))
    unverified = f.organisation(verified=False)
    with pytest.raises(ValidationError, match="核验"):
        ask(requesting=unverified, by=listings.manager_of(unverified))
    with pytest.raises(ValidationError, match="已发布"):
        ask(counter=pair.need)
    Listing.objects.filter(pk=pair.need.pk).update(state="withdrawn")
    pair.need.refresh_from_db()
    with pytest.raises((ValidationError, RefusedError)):
        ask()


def test_one_open_meeting_for_a_listing(pair: deals.Pair) -> None:
    meeting = s.requested(pair)
    with pytest.raises(ValidationError, match="不用重复"):
        s.requested(pair)
    actions.cancel_meeting(meeting, note="改期", by=pair.of_institute, now=NOW)
    assert s.requested(pair).state == "requested"


def test_within_an_intention_either_side_asks_and_the_broker_arranges(pair: deals.Pair) -> None:
    broker = f.actor(f.broker())
    intention = pair.introduced(broker)
    by_firm = actions.request_meeting(
        s.given(), about=pair.need, requesting=pair.firm, intention=intention, by=pair.of_firm, now=NOW
    )
    assert (by_firm.about, by_firm.invited, by_firm.origin) == (pair.achievement, pair.institute, "intention")
    made = actions.arrange_meeting(s.given(), intention=intention, by=broker, now=NOW)
    assert (made.requesting, made.invited, made.origin) == (pair.institute, pair.firm, "broker")
    assert told(f.manager(pair.institute))[0].startswith("经纪人为贵单位约了")
    actions.choose_slot(made, s.first_slot(made), by=broker, now=NOW)
    assert made.state == "scheduled"
    assert made.invited_person is None
    for stranger in (f.actor(f.broker()), pair.of_firm):
        with pytest.raises(RefusedError):
            actions.arrange_meeting(s.given(), intention=intention, by=stranger, now=NOW)
    ended = pair.bring(pair.declared(counter=None), "withdrawn")
    with pytest.raises(ValidationError, match="已经结束"):
        actions.request_meeting(
            s.given(), about=pair.need, requesting=pair.firm, intention=ended, by=pair.of_firm, now=NOW
        )


def test_the_clock_passes_all_times(pair: deals.Pair) -> None:
    meeting = s.requested(pair)
    last = s.spans()[-1].starts_at
    assert actions.tend_meeting(meeting.uid, now=last - timedelta(seconds=1)) == ""
    assert actions.tend_all(now=last) == 1
    meeting.refresh_from_db()
    assert meeting.state == "lapsed"
    assert not duties.open_on(meeting).exists()
    assert "没有约成" in told(f.manager(pair.firm))[0]
    assert "没有约成" in told(f.manager(pair.institute))[0]
    assert actions.tend_all(now=last) == 0
    with pytest.raises(TransitionRefusedError):
        actions.choose_slot(meeting, s.first_slot(meeting), by=pair.of_firm, now=last)


def test_a_time_that_has_passed_is_not_chosen(pair: deals.Pair) -> None:
    meeting = s.requested(pair)
    with pytest.raises(ValidationError, match="已经过去"):
        actions.choose_slot(meeting, s.first_slot(meeting), by=pair.of_firm, now=s.spans()[0].starts_at)
    with pytest.raises(ValidationError, match="选一个"):
        actions.choose_slot(meeting, uuid4(), by=pair.of_firm, now=NOW)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.starts_at) == ("requested", None)


def test_both_are_reminded_once_on_the_working_day_before(pair: deals.Pair) -> None:
    meeting = s.scheduled(pair)  # Tuesday 24 November, so Monday 23
    monday = clock.end_of(NOW.date() + timedelta(days=2))
    assert meeting.starts_at is not None
    assert actions.tend_meeting(meeting.uid, now=monday + timedelta(hours=8, minutes=59)) == ""
    assert actions.tend_meeting(meeting.uid, now=monday + timedelta(hours=9)) == "reminded"
    assert actions.tend_meeting(meeting.uid, now=monday + timedelta(hours=10)) == ""
    for side in (pair.firm, pair.institute):
        assert [t for t in told(f.manager(side)) if "会面提醒" in t and "14:00–15:00" in t]


def test_who_must_answer_does_so_before_the_last_time(pair: deals.Pair) -> None:
    near = s.requested(pair, spans=s.spans(1))
    assert open_duty(near).due_on == clock.today(s.spans(1)[0].starts_at)


def test_words_of_the_two_sides_are_not_in_the_record(pair: deals.Pair) -> None:
    meeting, _after = s.noted(pair, note="密语纪要", next_step="密语下一步")
    events = Event.objects.filter(subject_type="meeting", subject_uid=meeting.uid).select_related("payload")
    text = " ".join(audit.canonical(event.payload.body) for event in events)
    assert len(events) == 4
    for secret in ("密语", s.LINK, "想先看样品", meeting.title):
        assert secret not in text


def test_another_link_is_told_to_the_other_side(pair: deals.Pair) -> None:
    meeting = s.scheduled(pair)
    for wrong in ("http://meet.example.org/2", ""):
        with pytest.raises(ValidationError):
            actions.change_where(meeting, link=wrong, place="", by=pair.of_firm, now=NOW)
    actions.change_where(meeting, link="", place="青城演示院 3 楼", by=pair.of_firm, now=NOW)
    assert (meeting.mode, meeting.link, meeting.place) == ("place", "", "青城演示院 3 楼")
    assert "换了地点或链接" in told(f.manager(pair.institute))[0]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"note": " "}, "note"),
        ({"next_on": None}, "next_on"),
        ({"next_on": NOW.date()}, "next_on"),
        ({"next_by": ""}, "next_by"),
        ({"next_step": ""}, "next_step"),
    ],
)
def test_a_next_step_has_its_day_and_its_side(pair: deals.Pair, said: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        s.noted(pair, **said)
    assert list(refused.value.message_dict) == [field]


def test_the_mail_brings_the_calendar_file_to_those_who_take_part(pair: deals.Pair) -> None:
    meeting = s.scheduled(pair)
    notice = Notice.objects.filter(account=f.manager(pair.institute).uid, kind="meeting.news").latest("pk")
    assert actions.mail_meeting(str(notice.uid), now=NOW)
    assert not actions.mail_meeting(str(notice.uid), now=NOW)  # once
    sent = mail.outbox[-1]
    assert s.LINK in sent.body
    name, content, kind = sent.attachments[0]
    assert (name, kind) == ("meeting.ics", "text/calendar")
    assert meeting.title in str(content)


def both(first: Meeting, second: Meeting, pair: deals.Pair) -> list[Any]:
    """Two people of the firm choose at the same moment: one the first time, the other the second."""
    people = [pair.of_firm, f.actor(f.member(pair.firm))]
    slots = [first.slots.order_by("starts_at")[0].uid, second.slots.order_by("starts_at")[1].uid]
    acts = zip((first, second), slots, people, strict=True)
    return race(*[lambda m=m, u=u, by=by: actions.choose_slot(m, u, by=by, now=NOW) for m, u, by in acts])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one meeting", "control"])
def test_of_two_who_choose_at_once_one_is_told_that_it_is_done(*, same: bool) -> None:
    """On one meeting one of them wins; the control, on two meetings, lets both: they do run at once."""
    pair = deals.pair()
    meeting = s.requested(pair)
    other = Meeting.objects.get(pk=meeting.pk)
    if not same:
        third = listings.published(pair.firm, by=listings.reviewer(), title="另一项需求")
        other = actions.request_meeting(
            s.given(), about=third, requesting=pair.institute, by=pair.of_institute, now=NOW
        )
    outcomes = both(meeting, other, pair)
    won = [one for one in outcomes if isinstance(one, Meeting)]
    lost = [one for one in outcomes if isinstance(one, TransitionRefusedError)]
    assert (len(won), len(lost)) == ((1, 1) if same else (2, 0)), outcomes
    if same:
        meeting.refresh_from_db()
        assert meeting.starts_at == won[0].starts_at
        assert Event.objects.filter(subject_uid=meeting.uid, type="meeting.choose").count() == 1
