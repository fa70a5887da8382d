"""Invite external team → remote pitch → follow; the guest's link; where the teams come from; what is forgotten."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from mengkeju.directory import actions as directory
from mengkeju.events import actions, queries
from mengkeju.events.actions.pitch import digest_of
from mengkeju.events.engine.slots import FIGURES
from mengkeju.events.models import Listener, Pitch, PitchInterest
from mengkeju.kernel import audit, clock, duties
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Event, Notice, personal_fields
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.events import samples as s
from tests.listings import samples as listings

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ACH-08")]
NOW = s.NOW
Capture = Any


def told(account: Any) -> list[str]:
    rows = Notice.objects.filter(account=account.uid, kind="pitch.news").order_by("-pk")
    return list(rows.values_list("title", flat=True))


def test_the_mail_is_in_the_guests_language_with_both_times_and_an_unguessable_link(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    token, pitch = s.token_of(django_capture_on_commit_callbacks, s.invited)
    sent = mail.outbox[-1]
    assert sent.to == ["anna@example.org"]
    assert "07:00–08:00" in sent.body  # in Berlin
    assert "14:00–15:00" in sent.body  # here
    with translation.override("en"):
        assert queries.span_in_words(pitch.starts_at, pitch.ends_at, "Europe/Berlin") in sent.body
    assert len(token) >= 40
    assert pitch.token_digest == digest_of(token)
    assert token not in str(vars(pitch))
    assert pitch.number.startswith("MK-RP-2026-")


@pytest.mark.parametrize("role", ["officer", "broker", "operator"])
def test_officers_brokers_and_operators_invite_and_nobody_else(role: str) -> None:
    assert s.invited(f.actor(f.with_role(role, area=f.BAOTOU if role == "officer" else ""))).state == "invited"
    for account in (f.manager(f.organisation()), f.auditor(), f.security_admin()):
        with pytest.raises(RefusedError):
            s.invited(f.actor(account))


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"email": "anna"}, "email"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"language": "fr"}, "language"),
        ({"link": "http://meet.example.org/1"}, "link"),
        ({"span": s.spans(-1)[0]}, "starts_at"),
        ({"span": s.spans(1, minutes=-5)[0]}, "starts_at"),
        ({"origin": " "}, "origin"),
        ({"origin": "150000"}, "origin"),
        ({"origin": "999999"}, "origin"),
        ({"team": ""}, "team"),
        ({"contact_name": " "}, "contact_name"),
        ({"subject": " "}, "subject"),
    ],
)
def test_bad_input_names_its_field_and_sends_nothing(stated: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        s.invited(**stated)
    assert list(refused.value.message_dict) == [field]
    assert not Pitch.objects.exists()


def test_the_guest_accepts_writes_and_changes_his_pitch_and_may_still_decline(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    officer = f.officer()
    token, pitch = s.opened(django_capture_on_commit_callbacks, f.actor(officer))
    assert (pitch.state, pitch.pitch_title, pitch.abstract) == ("accepted", "Slag to zeolite", "A process.")
    assert told(officer) == ["Rhine Materials Lab 接受了远程路演邀请"]
    actions.answer_as_guest(token, accept=True, now=NOW, title="Slag to zeolite II", abstract="x" * 500)
    pitch.refresh_from_db()
    assert pitch.pitch_title == "Slag to zeolite II"
    for wrong in ({"title": " "}, {"title": "t", "abstract": "x" * 501}):
        with pytest.raises(ValidationError):
            actions.answer_as_guest(token, accept=True, now=NOW, **wrong)
    listener = f.member(f.organisation())
    actions.listen(pitch, by=f.actor(listener), now=NOW)
    actions.answer_as_guest(token, accept=False, now=NOW)
    pitch.refresh_from_db()
    assert pitch.state == "declined"
    assert told(listener) == told(officer)[:1] == ["Rhine Materials Lab 婉拒了远程路演邀请"]
    with pytest.raises(TransitionRefusedError):
        actions.answer_as_guest(token, accept=True, now=NOW, title="again")


def page(token: str) -> Any:
    return Client().get(reverse("pitch-guest", args=[token]))


def test_the_guests_page_needs_no_account_and_says_both_times(django_capture_on_commit_callbacks: Capture) -> None:
    now = clock.now()
    token, pitch = s.token_of(django_capture_on_commit_callbacks, lambda: s.invited(now=now))
    answer = page(token)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="en"' in text
    with translation.override("en"):
        for zone in ("Europe/Berlin", ""):
            assert queries.span_in_words(pitch.starts_at, pitch.ends_at, zone) in text
    assert s.LINK in text
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    client = Client()
    url = reverse("pitch-guest", args=[token])
    assert client.post(url, {"answer": "accept", "title": "", "abstract": "x"}).status_code == 422
    assert client.post(url, {"answer": "accept", "title": "T", "abstract": "y" * 501}).status_code == 422
    assert client.post(url, {"answer": "accept", "title": "Zeolite", "abstract": "y" * 500}).status_code == 302
    pitch.refresh_from_db()
    assert (pitch.state, pitch.pitch_title) == ("accepted", "Zeolite")
    assert "Zeolite" in page(token).content.decode()


def test_a_wrong_an_old_and_an_expired_link_are_404(django_capture_on_commit_callbacks: Capture) -> None:
    now = clock.now()
    officer = f.actor(f.officer())
    token, pitch = s.token_of(django_capture_on_commit_callbacks, lambda: s.invited(officer, now=now))
    for wrong in ("x", "a" * 43, token[:-1], token + "x", pitch.token_digest):
        assert page(wrong).status_code == 404
    assert page(token).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        actions.send_again(pitch, by=officer, now=now)
    newer = s.token_in(str(mail.outbox[-1].body))
    assert (page(token).status_code, page(newer).status_code) == (404, 200)
    assert actions.find_by_token(newer, pitch.ends_at - timedelta(seconds=1)) == pitch
    assert actions.find_by_token(newer, pitch.ends_at) is None
    past = {"starts_at": now - timedelta(hours=2), "ends_at": now - timedelta(hours=1)}
    Pitch.objects.filter(pk=pitch.pk).update(**past)
    assert page(newer).status_code == 404
    assert Client().post(reverse("pitch-guest", args=[newer]), {"answer": "decline"}).status_code == 404
    assert actions.answer_as_guest(newer, accept=False, now=now) is None


def test_a_cancelled_pitch_tells_the_guest_and_the_listeners_and_closes_the_link(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    officer = f.actor(f.officer())
    token, pitch = s.opened(django_capture_on_commit_callbacks, officer)
    listener = f.member(f.organisation())
    actions.listen(pitch, by=f.actor(listener), now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_pitch(pitch, note="改期", by=officer, now=NOW)
    assert mail.outbox[-1].to == ["anna@example.org"]
    assert told(listener) == ["路演取消了：Slag to zeolite"]
    assert actions.find_by_token(token, NOW) is None
    with pytest.raises(ValidationError):
        actions.send_again(pitch, by=officer, now=NOW)


def test_members_register_to_listen_and_get_the_link(django_capture_on_commit_callbacks: Capture) -> None:
    _token, pitch = s.opened(django_capture_on_commit_callbacks)
    account = f.member(f.organisation())
    member, alone = f.actor(account), f.actor(f.account())
    assert queries.pitch_entry(member, pitch) is None
    actions.listen(pitch, by=member, now=NOW)
    actions.listen(pitch, by=member, now=NOW)
    assert Listener.objects.filter(archived_at=None).count() == 1
    entry = queries.pitch_entry(member, pitch)
    assert entry is not None
    assert s.LINK.encode() in queries.calendar_file(entry)
    with pytest.raises(RefusedError):
        actions.listen(pitch, by=alone, now=NOW)
    actions.stop_listening(pitch, by=member, now=NOW)
    assert queries.pitch_entry(member, pitch) is None
    actions.listen(pitch, by=member, now=NOW)
    at = clock.end_of(NOW.date() + timedelta(days=5)) + timedelta(hours=9)
    assert pitch.starts_at.date() == NOW.date() + timedelta(days=6)
    assert actions.tend_pitch(pitch.uid, now=at - timedelta(minutes=1)) in {"", "reminded"}
    actions.tend_pitch(pitch.uid, now=at)
    assert [t for t in told(account) if "路演提醒" in t]


def test_the_host_confirms_and_organisations_follow(django_capture_on_commit_callbacks: Capture) -> None:
    officer = f.officer()
    _token, pitch = s.opened(django_capture_on_commit_callbacks, f.actor(officer))
    firm = f.organisation()
    member = listings.manager_of(firm)
    with pytest.raises(RefusedError):  # it has not been
        actions.follow_pitch(pitch, organisation=firm.uid, wish="need", by=member, now=NOW)
    pitch, after = s.past(pitch, held=False)
    assert duties.open_on(pitch).get().holder_account == officer.uid
    actions.settle_pitch(pitch, held=True, by=f.actor(officer), now=after)
    assert pitch.state == "held"
    with pytest.raises(RefusedError):
        actions.follow_pitch(pitch, organisation=uuid4(), wish="need", by=member, now=after)
    with pytest.raises(ValidationError):
        actions.follow_pitch(pitch, organisation=firm.uid, wish="buy", by=member, now=after)
    before = len(mail.outbox)
    with django_capture_on_commit_callbacks(execute=True):
        actions.follow_pitch(pitch, organisation=firm.uid, wish="register", note="想要样品", by=member, now=after)
    assert mail.outbox[before].to == ["anna@example.org"]
    assert firm.name in mail.outbox[before].body
    assert reverse("account_signup") in mail.outbox[before].body
    assert "关注了远程路演" in told(officer)[0]
    with pytest.raises(ValidationError, match="表示过"):
        actions.follow_pitch(pitch, organisation=firm.uid, wish="need", by=member, now=after)
    assert PitchInterest.objects.count() == 1


def test_without_an_answer_it_lapses_and_what_was_not_held_says_why(
    django_capture_on_commit_callbacks: Capture,
) -> None:
    silent = s.invited()
    assert actions.tend_all(now=silent.ends_at) == 1
    silent.refresh_from_db()
    assert silent.state == "lapsed"
    officer = f.actor(f.officer())
    _token, pitch = s.opened(django_capture_on_commit_callbacks, officer)
    pitch, after = s.past(pitch, held=False)
    with pytest.raises(TransitionRefusedError):
        actions.settle_pitch(pitch, held=False, by=officer, now=after, note=" ")
    actions.settle_pitch(pitch, held=False, by=officer, now=after, note="网络中断")
    assert pitch.state == "missed"


def test_origins_are_counted_and_every_number_is_its_list(django_capture_on_commit_callbacks: Capture) -> None:
    officer = f.actor(f.officer())
    s.invited(officer, origin="110000")
    s.invited(officer, origin="  德国 ")
    _token, pitch = s.opened(django_capture_on_commit_callbacks, officer)
    pitch, after = s.past(pitch, by=officer)
    firm = f.organisation()
    actions.follow_pitch(pitch, organisation=firm.uid, wish="need", by=listings.manager_of(firm), now=after)
    rows = queries.origins(officer)
    assert [(row.name, list(row.counts.values())) for row in rows] == [
        ("德国", [2, 1, 1, 1]), ("区外 · 北京市", [1, 0, 0, 0]),
    ]  # fmt: skip
    client = f.signed_in_client(f.officer())
    text = client.get(reverse("pitch-origins")).content.decode()
    for row in rows:
        for stage, number in row.counts.items():
            listed = queries.find_pitches(officer, queries.PitchFilter(row.origin, stage))
            assert listed.count() == number
            response = client.get(reverse("pitches"), {"origin": row.origin, "stage": stage})
            assert response.context["page"].paginator.count == number
    assert text.count("stage=accepted") == 2
    sheet = client.get(reverse("pitch-origins") + "?export=csv")
    assert "德国,2,1,1,1" in b"".join(sheet.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # streamed


def test_the_guests_name_and_address_are_declared_and_forgotten(django_capture_on_commit_callbacks: Capture) -> None:
    assert set(personal_fields(Pitch)) == {"contact_name", "email"}
    officer = f.actor(f.officer())
    token, pitch = s.opened(django_capture_on_commit_callbacks, officer)
    end = pitch.ends_at + timedelta(days=FIGURES.guest_retention_days)
    assert actions.blank_guests(now=end - timedelta(seconds=1)) == 0
    assert actions.blank_guests(now=end) == 1
    assert actions.blank_guests(now=end) == 0
    pitch.refresh_from_db()
    assert (pitch.contact_name, pitch.email, pitch.blanked_at) == ("", "", end)
    assert pitch.pitch_title == "Slag to zeolite"
    events = Event.objects.filter(subject_type="pitch", subject_uid=pitch.uid).select_related("payload")
    text = " ".join(audit.canonical(event.payload.body) for event in events)
    assert events.count() >= 3
    for secret in ("Anna", "anna@example.org", s.LINK, token):
        assert secret not in text


def test_a_guest_who_became_a_person_is_exported_and_erased(django_capture_on_commit_callbacks: Capture) -> None:
    _token, pitch = s.opened(django_capture_on_commit_callbacks)
    account = f.account(email="Anna@example.org")
    person = f.person(account)
    data = directory.export_person(person, by=f.actor(account), now=NOW)["data"]
    assert any(row["model"] == "events.Pitch" for row in data)
    directory.erase_person(person, by=f.actor(account), now=NOW)
    pitch.refresh_from_db()
    assert (pitch.contact_name, pitch.email) == ("", "")
