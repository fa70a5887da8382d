"""The timeline tells what happened in words, and names people only to those inside."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.actions import advance
from mengkeju.kernel.audit import record
from mengkeju.kernel.models import EventPayload
from mengkeju.kernel.timeline import timeline
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_newest_first_in_words_with_names_inside_only() -> None:
    founder = f.account(name="演示：王某")
    firm = f.organisation("演示单位甲（演示）", verified=False, founder=founder)
    officer = f.officer()
    advance(firm, "submit", by=f.actor(founder), now=f.AT, organisation=firm.uid)
    advance(firm, "refuse", by=f.actor(officer), now=f.AT, note="名称不全")
    inside = timeline(firm, inside=True)
    assert [h.title for h in inside][:2] == ["未通过核验", "提交核验"]
    assert (inside[0].note, inside[0].state, inside[1].state) == ("名称不全", "now", "")
    assert inside[0].who == f.actor(officer).name
    assert inside[1].who == "演示单位甲（演示） · 演示：王某"
    outside = timeline(firm, inside=False)
    assert [h.title for h in outside] == [h.title for h in inside]
    assert {h.note for h in outside} == {""}
    assert "王某" not in "".join(h.who for h in outside)
    assert outside[1].who == "演示单位甲（演示）"


def test_what_the_platform_did_and_what_has_no_word() -> None:
    firm = f.organisation(verified=False)
    advance(firm, "verify", by=SYSTEM, now=f.AT)
    with transaction.atomic():
        record("organisation.of_no_word", firm, by=SYSTEM, now=f.AT)
    newest = timeline(firm, inside=True)[0]
    assert (newest.title, newest.who) == ("核验通过", "平台")


def test_what_has_no_word_takes_no_line_away_and_some_is_told_inside_only(monkeypatch: pytest.MonkeyPatch) -> None:
    firm = f.organisation(verified=False)
    advance(firm, "verify", by=SYSTEM, now=f.AT)
    with transaction.atomic():
        for _again in range(5):
            record("organisation.of_no_word", firm, by=SYSTEM, now=f.AT)
    assert timeline(firm, inside=True, limit=1)[0].title == "核验通过"
    monkeypatch.setattr("mengkeju.kernel.timeline.inside_events", {"organisation.verify"})
    assert "核验通过" not in [h.title for h in timeline(firm, inside=False)]
    assert timeline(firm, inside=True, limit=1)[0].title == "核验通过"


def test_an_erased_payload_leaves_the_line_without_its_note() -> None:
    firm = f.organisation(verified=False)
    event = advance(firm, "verify", by=SYSTEM, now=f.AT, note="电话核实过")
    EventPayload.objects.filter(event=event).delete()
    assert (timeline(firm, inside=True)[0].title, timeline(firm, inside=True)[0].note) == ("核验通过", "")


def test_the_number_of_queries_does_not_grow_with_the_timeline() -> None:
    firm = f.organisation(verified=False)
    for _round in range(4):
        advance(firm, "verify", by=SYSTEM, now=f.AT)
        advance(firm, "withdraw", by=f.actor(f.officer()), now=f.AT, note="复核")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = timeline(firm, inside=True)
    assert len(found) >= 8
    assert len(queries) <= 4
    assert len(timeline(firm, inside=True, limit=3)) <= 3
