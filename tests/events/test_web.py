"""Pages of meetings and pitches: buttons where one looks for them, states, refusals, files, constant counts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from mengkeju.events import actions
from mengkeju.events.models import Meeting, Pitch
from mengkeju.events.web import pages
from mengkeju.kernel import clock, panels
from mengkeju.matching.models import Proposal
from tests import factories as f
from tests.deals import samples as deals
from tests.events import samples as s
from tests.listings import samples as listings
from tests.listings.samples import queries_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ACH-08", "ACH-09")]


@pytest.fixture
def pair() -> deals.Pair:
    return deals.pair()


def url(meeting: Meeting, act: str = "") -> str:
    return reverse(f"meeting-{act}" if act else "meeting", args=[meeting.uid])


def local(at: datetime) -> str:
    """As the browser's picker sends it."""
    return at.astimezone(clock.ZONE).strftime("%Y-%m-%dT%H:%M")


def posted(pair: deals.Pair, **given: Any) -> dict[str, Any]:
    soon = clock.now() + timedelta(days=3)
    base = {
        "requesting": str(pair.institute.uid), "title": "谈中试", "minutes": "60", "slot1": local(soon),
        "slot2": local(soon + timedelta(days=1)), "mode": "remote", "link": s.LINK, "one_time_key": "k1",
    }  # fmt: skip
    return base | given


def test_from_the_button_on_a_listing_to_the_chosen_time(pair: deals.Pair) -> None:
    asking, asked = pair.client("institute"), pair.client("firm")
    form = reverse("listing-meet", args=[pair.need.uid])
    assert form in text(asking.get(pair.need.get_absolute_url()))
    assert form not in text(asked.get(pair.need.get_absolute_url()))
    assert asking.get(form).status_code == 200
    for _again in range(2):  # the same form twice makes one meeting
        assert asking.post(form, posted(pair)).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.number in text(asking.get(pair.need.get_absolute_url()))
    page = text(asked.get(url(meeting)))
    assert "就约这个时间" in page
    assert asked.post(url(meeting, "choose"), {"slot": str(s.first_slot(meeting))}).status_code == 302
    page = text(asking.get(url(meeting)))
    assert s.LINK in page
    assert "已约定" in page
    assert meeting.title in text(asking.get(reverse("workbench")))


def test_an_own_listing_leads_back_and_without_an_organisation_it_is_403(pair: deals.Pair) -> None:
    form = reverse("listing-meet", args=[pair.need.uid])
    assert pair.client("firm").get(form)["Location"] == pair.need.get_absolute_url()
    assert f.signed_in_client(f.account()).get(form).status_code == 403
    assert Client().get(form).status_code == 302


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"slot1": "2020-01-01T10:00", "slot2": ""}, "时间要晚于现在"),
        ({"slot1": "gestern"}, "slot1"),
        ({"slot1": "", "slot2": ""}, "slot1"),
        ({"minutes": "-60"}, "minutes"),
        ({"link": "http://meet.example.org/1"}, "https://"),
        ({"mode": "place", "link": ""}, "请填写会面地点"),
        ({"requesting": "nobody"}, "requesting"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(pair: deals.Pair, given: dict[str, Any], said: str) -> None:
    client = pair.client("institute")
    response = client.post(reverse("listing-meet", args=[pair.need.uid]), posted(pair, **given))
    assert response.status_code == 422
    assert said in text(response)
    assert "谈中试" in text(response)
    assert not Meeting.objects.exists()


def test_from_a_match_and_from_an_intention(pair: deals.Pair) -> None:
    proposal = Proposal.objects.create(
        need=pair.need, achievement=pair.achievement, need_rank=1, achievement_rank=1, expected=2.0, p2=0.5, p3=0.2,
        p4=0.1, band="strong", model_version="演示", computed_at=s.NOW, created_at=s.NOW,
    )  # fmt: skip
    shown: dict[str, Any] = {"listing": pair.achievement, "other": pair.need, "shared": {}}
    built = {p.key: p.context for p in panels.build(pair.of_institute, "match", "buttons", proposal, shown)}
    address = built["events.match"]["url"]
    client = pair.client("institute")
    page = text(client.get(address))
    assert str(pair.achievement.uid) in page
    data = posted(pair, counter=str(pair.achievement.uid), proposal=str(proposal.uid))
    assert client.post(address, data).status_code == 302
    meeting = Meeting.objects.get()
    assert (meeting.origin, meeting.origin_uid, meeting.counter) == ("match", proposal.uid, pair.achievement)
    shown["shared"] = {}
    assert pages.on_match(pair.of_institute, proposal, shown) == {
        "running": meeting, "state": {"kind": "go", "label": "待对方选时间"},
    }  # fmt: skip
    assert pages.on_match(f.actor(f.broker()), proposal, shown) is None
    intention = pair.declared()
    answering = pair.client("firm")
    form = reverse("intention-meet", args=[intention.uid])
    assert form in text(answering.get(intention.get_absolute_url()))
    assert answering.post(form, posted(pair, requesting=str(pair.firm.uid))).status_code == 302
    theirs = Meeting.objects.get(requesting=pair.firm)
    assert (theirs.about, theirs.invited, theirs.intention) == (pair.need, pair.institute, intention)
    assert f.signed_in_client(f.auditor()).get(form).status_code == 403
    assert f.signed_in_client(f.account()).get(form).status_code == 404


def test_a_broker_arranges_without_naming_a_side(pair: deals.Pair) -> None:
    account = f.broker()
    intention = pair.introduced(f.actor(account))
    client, form = f.signed_in_client(account), reverse("intention-meet", args=[intention.uid])
    assert "requesting" not in client.get(form).context["form"].fields
    assert client.post(form, posted(pair)).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.broker == f.person(account)
    assert meeting.number in text(client.get(intention.get_absolute_url()))


def test_who_does_not_take_part_sees_that_it_takes_place_and_no_more(pair: deals.Pair) -> None:
    secrets = {"note": "密语纪要", "next_step": "密语下一步"}
    meeting, _after = s.noted(pair, **secrets)
    inside = [*secrets.values(), s.LINK, "想先看样品", meeting.title]
    for account in (f.officer(f.BAOTOU), f.auditor()):
        client = f.signed_in_client(account)
        for address in (url(meeting), reverse("meeting-mine"), reverse("meeting-mine") + "?export=csv"):
            response = client.get(address)
            assert response.status_code == 200
            body = b"".join(response) if response.streaming else response.content
            shown = body.decode()
            assert meeting.number in shown
            assert not [word for word in inside if word in shown], address
        assert client.get(url(meeting, "calendar")).status_code == 403
        assert client.post(url(meeting, "cancel"), {"note": "x"}).status_code == 403
    stranger = f.signed_in_client(f.manager(f.organisation()))
    for address in (url(meeting), url(meeting, "calendar")):
        assert stranger.get(address).status_code == 404
    assert stranger.post(url(meeting, "note"), {"note": "x"}).status_code == 404
    page = text(pair.client("firm").get(url(meeting)))
    assert not [word for word in inside if word not in page]


def test_the_calendar_file(pair: deals.Pair) -> None:
    client, now = pair.client("institute"), clock.now()
    meeting = s.requested(pair, now=now)
    assert client.get(url(meeting, "calendar")).status_code == 302
    actions.choose_slot(meeting, s.first_slot(meeting), by=pair.of_firm, now=now)
    response = client.get(url(meeting, "calendar"))
    assert response["Content-Type"].startswith("text/calendar")
    assert response["Cache-Control"] == "private, no-store"
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert event.decoded("dtstart") == meeting.starts_at
    assert event.decoded("dtend") == meeting.ends_at
    assert str(event["summary"]) == meeting.title
    assert str(event["url"]) == s.LINK


def test_the_acts_of_the_page(pair: deals.Pair) -> None:
    asking, asked, now = pair.client("institute"), pair.client("firm"), clock.now()
    meeting = s.requested(pair, now=now)
    soon = {"minutes": "45", "slot1": local(now + timedelta(days=9))}
    assert asking.post(url(meeting, "propose"), soon).status_code == 403  # not its turn
    assert asked.post(url(meeting, "propose"), soon | {"slot1": "2020-01-01T10:00"}).status_code == 422
    assert asked.post(url(meeting, "propose"), soon).status_code == 302
    assert asking.post(url(meeting, "choose"), {"slot": "x"}).status_code == 422
    meeting.refresh_from_db()
    assert asking.post(url(meeting, "choose"), {"slot": str(s.first_slot(meeting))}).status_code == 302
    late = asking.post(url(meeting, "choose"), {"slot": str(meeting.slots.filter(round=2).get().uid)})
    assert late.status_code == 422
    assert "可能别人刚刚已经办理" in text(late)
    assert asked.post(url(meeting, "where"), {"link": "http://x.org", "place": ""}).status_code == 422
    assert asked.post(url(meeting, "where"), {"link": "https://x.example.org/2", "place": ""}).status_code == 302
    assert asked.post(url(meeting, "decline"), {"reason": "too_early"}).status_code == 422  # it is scheduled
    assert asked.post(url(meeting, "cancel"), {"note": " "}).status_code == 302
    assert Meeting.objects.get().state == "scheduled"
    Meeting.objects.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    actions.tend_all(now=now)
    assert asked.post(url(meeting, "note"), {"note": "谈过了"}).status_code == 403  # the asking side writes
    assert asking.post(url(meeting, "note"), {"note": ""}).status_code == 422
    said = {"note": "谈过了", "next_step": "寄样品", "next_on": clock.today().isoformat(), "next_by": "invited"}
    assert asking.post(url(meeting, "note"), said).status_code == 302
    assert asking.post(url(meeting, "finish")).status_code == 403
    assert asked.post(url(meeting, "finish")).status_code == 302
    assert Meeting.objects.get().state == "closed"


def test_lists_take_the_same_queries_for_few_and_many(pair: deals.Pair) -> None:
    client = pair.client("institute")
    officer = f.signed_in_client(f.officer(f.REGION))

    def more() -> None:
        for _one in range(4):
            need = listings.published(pair.firm, by=listings.reviewer())
            given: dict[str, Any] = {"about": need, "requesting": pair.institute, "by": pair.of_institute}
            actions.request_meeting(s.given(), **given, now=s.NOW)
            s.invited(f.actor(f.officer()), origin=f"演示国{Pitch.objects.count()}")

    asked: list[Callable[[], Any]] = [
        partial(client.get, reverse("meeting-mine")),
        partial(officer.get, reverse("meeting-mine")),
        partial(officer.get, reverse("pitches")),
        partial(officer.get, reverse("pitch-origins")),
    ]
    more()
    for act in asked:
        act()
    few = [queries_of(act) for act in asked]
    more()
    assert [queries_of(act) for act in asked] == few


def test_the_pages_of_a_pitch(django_capture_on_commit_callbacks: Any, pair: deals.Pair) -> None:
    account, now = f.officer(), clock.now()
    host = f.signed_in_client(account)
    assert host.get(reverse("pitch-invite")).status_code == 200
    assert pair.client("firm").get(reverse("pitch-invite")).status_code == 403
    data = {
        "subject": "固废", "team": "Lab", "province": "", "country": "德国", "contact_name": "Anna Beispiel",
        "email": "anna@example.org", "language": "en", "zone": "Europe/Berlin", "minutes": "60",
        "starts_at": local(now + timedelta(days=2)), "link": s.LINK, "one_time_key": "k",
    }  # fmt: skip
    for wrong in ({"province": "110000"}, {"country": ""}, {"zone": "Mars/Olympus"}, {"link": "ftp://x"}):
        assert host.post(reverse("pitch-invite"), data | wrong).status_code == 422
    for _again in range(2):
        token, response = s.token_of(
            django_capture_on_commit_callbacks, lambda: host.post(reverse("pitch-invite"), data)
        )
        assert response.status_code == 302
    pitch = Pitch.objects.get()
    address = reverse("pitch", args=[pitch.uid])
    member = pair.client("firm")
    assert member.get(address).status_code == 404
    actions.answer_as_guest(token, accept=True, now=now, title="Zeolite", abstract="A process.")
    page = text(member.get(address))
    assert "Zeolite" in page
    for secret in ("Anna Beispiel", "anna@example.org", s.LINK):
        assert secret not in page
        assert secret in text(host.get(address))
    assert member.post(reverse("pitch-listen", args=[pitch.uid])).status_code == 302
    assert s.LINK in text(member.get(address))
    assert member.get(reverse("pitch-calendar", args=[pitch.uid])).status_code == 200
    assert member.post(reverse("pitch-cancel", args=[pitch.uid]), {"note": "x"}).status_code == 403
    follow = {"organisation": str(pair.firm.uid), "wish": "need", "note": "想要样品"}
    assert member.post(reverse("pitch-follow", args=[pitch.uid]), follow).status_code == 403
    Pitch.objects.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    actions.tend_all(now=now)
    assert host.post(reverse("pitch-settle", args=[pitch.uid]), {"answer": "held"}).status_code == 302
    response = member.post(reverse("pitch-follow", args=[pitch.uid]), follow)
    assert response["Location"] == reverse("listing-create", args=["need"])
    assert member.post(reverse("pitch-follow", args=[pitch.uid]), follow).status_code == 422
    assert "想要样品" in text(host.get(address))
