"""Who may see and move a meeting or a pitch; the rule on a page and in a list is one."""

from dataclasses import replace
from typing import Any

import pytest

from mengkeju.events import actions
from mengkeju.events.access import Perm
from mengkeju.events.models import Meeting, Pitch
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, may
from tests import factories as f
from tests.access_forms import assert_forms_agree
from tests.deals import samples as deals
from tests.events import samples as s
from tests.listings import samples as listings

pytestmark = [pytest.mark.django_db, pytest.mark.covers("ACH-08", "ACH-09")]
ON_MEETING = [p for p in Perm if p.startswith("events.meeting:") and p != Perm.REQUEST]
ON_PITCH = [p for p in Perm if p.startswith("events.pitch:")]


def people(pair: deals.Pair, broker: Actor) -> dict[str, Actor]:
    return {
        "visitor": ANONYMOUS,
        "requesting": f.actor(f.member(pair.institute)),
        "invited": f.actor(f.member(pair.firm)),
        "stranger": listings.manager_of(f.organisation()),
        "alone": f.actor(f.account()),
        "broker": broker,
        "other broker": f.actor(f.broker()),
        "officer": f.actor(f.officer(f.BAOTOU)),
        "officer elsewhere": f.actor(f.officer("150300")),
        "auditor": f.actor(f.auditor()),
        "operator": f.actor(f.operator()),
        "security": f.actor(f.security_admin()),
        "platform": SYSTEM,
    }


def arranged(pair: deals.Pair, broker: Actor) -> Meeting:
    return actions.arrange_meeting(s.given(), intention=pair.introduced(broker), by=broker, now=s.NOW)


PARTIES = {"requesting", "invited", "broker"}
WHO = {
    Perm.READ: {*PARTIES, "officer", "auditor"},
    Perm.READ_INSIDE: PARTIES,
    Perm.CHOOSE: {"invited", "broker"},  # it waits on the invited side
    Perm.ANSWER: {"invited", "broker"},
    Perm.CANCEL: PARTIES,
    Perm.RECORD: {"requesting", "broker"},
    Perm.FINISH: {"broker"},
    Perm.TEND: {"platform"},
}


def test_who_may_what_on_a_meeting() -> None:
    pair, broker = deals.pair(), f.actor(f.broker())
    meeting, who = arranged(pair, broker), people(pair, broker)
    assert set(WHO) == set(ON_MEETING)
    for permission, wanted in WHO.items():
        assert {name for name, actor in who.items() if may(actor, permission, meeting)} == wanted, permission
    actions.propose_times(meeting, s.spans(8), by=pair.of_firm, now=s.NOW)
    assert {name for name, a in who.items() if may(a, Perm.CHOOSE, meeting)} == {"requesting", "broker"}


def test_who_may_what_on_a_pitch(django_capture_on_commit_callbacks: Any) -> None:
    pair, host = deals.pair(), f.actor(f.broker())
    who = people(pair, host)
    pitch = s.invited(host)  # the broker's area is the region
    above = f.actor(f.officer(f.REGION))
    who["officer above"] = above
    officers = {"officer", "officer elsewhere", "officer above"}
    assert {n for n, a in who.items() if may(a, Perm.PITCH_READ, pitch)} == {"broker", "auditor", *officers}
    for permission in (Perm.PITCH_INSIDE, Perm.PITCH_MANAGE, Perm.PITCH_LINK):
        assert {n for n, a in who.items() if may(a, permission, pitch)} == {"broker", "officer above"}, permission
    _token, opened = s.opened(django_capture_on_commit_callbacks, host)
    actions.listen(opened, by=who["requesting"], now=s.NOW)
    assert {n for n, a in who.items() if may(a, Perm.PITCH_READ, opened)} == set(who) - {"visitor"}
    assert {n for n, a in who.items() if may(a, Perm.PITCH_LINK, opened)} == {"broker", "officer above", "requesting"}
    assert {n for n, a in who.items() if may(a, Perm.PITCH_LISTEN, opened)} == {"requesting", "invited", "stranger"}
    past, _after = s.past(opened, by=host)
    assert {n for n, a in who.items() if may(a, Perm.PITCH_FOLLOW, past)} == {"requesting", "invited", "stranger"}
    assert {n for n, a in who.items() if may(a, Perm.PITCH_TEND, past)} == {"platform"}


def test_suspended_people_do_nothing() -> None:
    pair, broker = deals.pair(), f.actor(f.broker())
    meeting = arranged(pair, broker)
    acts = [p for p in ON_MEETING if p not in {Perm.READ, Perm.READ_INSIDE}]
    sound = {n: a for n, a in people(pair, broker).items() if not a.system}
    for who in (
        {n: replace(a, suspended=True) for n, a in sound.items()},
        {n: replace(a, second_factor_missing=True) for n, a in sound.items()},
    ):
        for permission in acts:
            assert [n for n, a in who.items() if may(a, permission, meeting)] == [], permission


def test_page_and_list_agree(django_capture_on_commit_callbacks: Any) -> None:
    pair, broker = deals.pair(), f.actor(f.broker())
    who = people(pair, broker)
    held, _after = s.noted(pair, next_by="requesting")
    assert held.state == "held"
    arranged(pair, broker)
    assert_forms_agree(ON_MEETING, who, Meeting.objects.all())
    s.invited(broker)
    _token, opened = s.opened(django_capture_on_commit_callbacks, broker)
    actions.listen(opened, by=who["requesting"], now=s.NOW)
    _token, other = s.opened(django_capture_on_commit_callbacks, broker)
    s.past(other, by=broker)
    assert_forms_agree(ON_PITCH, who, Pitch.objects.all())
