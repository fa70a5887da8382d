"""Telling of news: what is told, to whom, once; and never what the reader may not see."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction

from mengkeju.directory.models import Membership, Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.followers import follow, followers
from mengkeju.kernel.models import Account, Event, FollowerCursor, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.worker import TaskRunner
from mengkeju.listings import actions as listing_actions
from mengkeju.listings.actions.edit import ListingInput
from mengkeju.listings.models import Listing
from mengkeju.search import actions, queries
from mengkeju.search.actions import SavedInput, alerts
from mengkeju.search.engine.saved import kept
from mengkeju.search.models import SavedSearch, SavedSearchHit
from tests import factories as f
from tests.listings.samples import ENOUGH, SUMMARY, closed, queries_of
from tests.search.samples import listing

# Followers read settled events only, so these tests commit.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.covers("ACH-17")]


def save(by: Actor, text: str = "气化细渣", *, way: str = "at_once", kind: str = "", **given: Any) -> SavedSearch:
    asked = kept(text, kind, given.pop("facets", {}))
    return actions.save_search(SavedInput(text or "条件", asked, way, **given), by=by, now=f.AT)


def go_on() -> None:
    """The index reads on, then the alerts."""
    for name in ("search", "search.alerts"):
        while follow(followers[name]):
            pass


def run_tasks() -> None:
    runner = TaskRunner()
    while runner.run_next():
        pass


def settle() -> None:
    go_on()
    run_tasks()


def notices(of: Actor) -> list[str]:
    rows = Notice.objects.filter(account=uid_of(of), kind="search.news").order_by("pk")
    return list(rows.values_list("title", flat=True))


def uid_of(actor: Actor) -> UUID:
    """His login's."""
    assert actor.account_uid is not None
    return actor.account_uid


def mails() -> list[EmailMessage]:
    """Those of alerts."""
    return [message for message in mail.outbox if "搜索提醒" in message.subject]


def told(saved: SavedSearch, of: Actor) -> set[Any]:
    return set(queries.told_hits(saved, of.account_uid).values_list("subject_uid", flat=True))


@pytest.fixture
def owner() -> Organisation:
    return f.organisation("鹿原化工有限公司（演示）")


@pytest.fixture
def reader() -> Actor:
    return f.actor(f.manager(f.organisation()))


@pytest.fixture
def officer(owner: Organisation) -> Actor:
    return f.actor(f.officer(f.REGION))


def edit(made: Listing, owner: Organisation, **values: Any) -> None:
    tier = values.pop("tier", made.tier)
    base = {"title": made.title, "summary": made.summary, "area": owner.area}
    given = ListingInput(values=base | values, tier=tier, secrecy_reviewed=True)
    listing_actions.edit_listing(made, given, by=f.actor(f.manager(owner)), now=f.AT)
    made.refresh_from_db()


def test_what_is_published_is_told_once_with_the_reason(owner: Organisation, reader: Actor, officer: Actor) -> None:
    listing(owner, "气化细渣老条目", officer=officer)
    settle()
    saved = save(reader)
    made = listing(owner, "气化细渣脱碳", "含碳高的细渣", officer=officer)
    listing(owner, "乳清蛋白浓缩", officer=officer)
    settle()
    assert notices(reader) == ["搜索提醒“气化细渣”：气化细渣脱碳"]
    assert told(saved, reader) == {made.uid}, "what was there before is on the page, not in an alert"
    (message,) = mails()
    assert "气化细渣脱碳" in message.subject
    assert "含有：气化细渣、细渣" in message.body
    assert made.get_absolute_url() in message.body
    stop = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert stop in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    edit(made, owner, summary="含碳高的气化细渣，另有灰分")
    settle()
    assert len(notices(reader)) == 1, "each once, edits included"
    assert actions.tell_due(now=clock.now()) == 0


def test_an_edit_makes_news_of_what_did_not_match_before(owner: Organisation, reader: Actor, officer: Actor) -> None:
    made = listing(owner, "老题目", officer=officer)
    settle()
    saved = save(reader)
    settle()
    edit(made, owner, title="气化细渣脱碳")
    settle()
    assert told(saved, reader) == {made.uid}


def test_ones_own_things_and_side_events_are_no_news(owner: Organisation, officer: Actor) -> None:
    mine = f.actor(f.manager(owner))
    made = listing(owner, "气化细渣脱碳", officer=officer)
    settle()
    save(mine)
    other = f.actor(f.manager(f.organisation()))
    saved = save(other)
    listing(owner, "气化细渣填料", officer=officer)
    closed(made, by=mine, now=f.AT)
    settle()
    assert notices(mine) == []
    assert made.uid not in told(saved, other)


def test_nobody_is_told_of_what_he_may_not_see(owner: Organisation, officer: Actor) -> None:
    verified = f.actor(f.manager(f.organisation()))
    unverified = f.actor(f.manager(f.organisation(verified=False)))
    outside = f.actor(f.manager(f.organisation(area="110000")))
    everybody = (verified, unverified, outside)
    words = {"public": "气化细渣", "members": "钬铒参数", "parties": "铱钌工艺"}
    saved = {(who.name, tier): save(who, word) for who in everybody for tier, word in words.items()}
    settle()
    made = listing(
        owner,
        "气化细渣脱碳",
        officer=officer,
        tiers={"targets": "members"},
        present="钬铒参数",
        confidential="铱钌工艺",
    )
    hidden = listing(owner, "只给会员的气化细渣", tier="members", officer=officer)
    settle()
    for who in everybody:
        assert told(saved[who.name, "parties"], who) == set(), "no alert finds what the parties' tier says"
        is_member = who is verified
        assert told(saved[who.name, "members"], who) == ({made.uid} if is_member else set())
        assert told(saved[who.name, "public"], who) == ({made.uid, hidden.uid} if is_member else {made.uid})
    bodies = "\n".join(f"{message.body}{message.subject}" for message in mails())
    assert "铱钌" not in bodies.replace("搜索提醒“铱钌工艺”", "")
    for message in mails():
        if message.to != [Account.objects.get(uid=uid_of(verified)).email]:
            assert "会员的" not in message.body
    assert SavedSearchHit.objects.filter(search=saved[unverified.name, "members"]).count() == 0


def test_rights_are_asked_again_when_the_digest_goes_out(owner: Organisation, officer: Actor) -> None:
    firm = f.organisation()
    member = f.actor(f.manager(firm))
    saved = save(member, way="daily")
    settle()
    made = listing(owner, "只给会员的气化细渣", tier="members", officer=officer)
    go_on()
    assert SavedSearchHit.objects.filter(search=saved, told_at=None).count() == 1
    Membership.objects.filter(organisation=firm).update(ended_at=f.AT)
    tomorrow = clock.now() + timedelta(days=7)
    assert actions.tell_due(now=tomorrow) == 0
    assert notices(member) == []
    assert not SavedSearchHit.objects.exists(), "forgotten, so that it is told once it is opened to him"
    Membership.objects.filter(organisation=firm).update(ended_at=None)
    edit(made, owner, summary="另有说明")
    go_on()
    assert actions.tell_due(now=tomorrow) == 1


def test_a_mail_shows_only_what_may_be_seen_when_it_is_sent(owner: Organisation, reader: Actor, officer: Actor) -> None:
    save(reader)
    settle()
    made = listing(owner, "气化细渣脱碳", officer=officer)
    go_on()
    saved = SavedSearch.objects.get()
    assert actions.tell(saved.uid, now=clock.now()) == 1
    edit(made, owner, tier="parties")
    run_tasks()
    assert mails() == []
    assert queries.told(reader, kept("气化细渣", "", {}), list(queries.told_hits(saved, reader.account_uid))) == []


@pytest.mark.parametrize("way", ["daily", "weekly"])
def test_a_digest_waits_for_its_morning_and_tells_all_at_once(
    way: str, owner: Organisation, reader: Actor, officer: Actor
) -> None:
    saved = save(reader, way=way)
    settle()
    for title in ("气化细渣一", "气化细渣二", "气化细渣三"):
        listing(owner, title, officer=officer)
    go_on()
    friday = datetime(2026, 11, 20, 15, tzinfo=clock.ZONE)
    SavedSearchHit.objects.update(noted_at=friday)
    assert actions.tell_due(now=friday + timedelta(hours=1)) == 0
    assert actions.tell_due(now=datetime(2026, 11, 22, 23, tzinfo=clock.ZONE)) == 0, "no morning on a Sunday"
    monday = datetime(2026, 11, 23, 9, tzinfo=clock.ZONE)
    assert actions.tell_due(now=monday) == 1
    assert actions.tell_due(now=monday) == 0
    assert notices(reader) == ["搜索提醒“气化细渣”：3 条新结果"]
    assert len(told(saved, reader)) == 3
    run_tasks()
    (message,) = mails()
    assert all(title in message.body for title in ("气化细渣一", "气化细渣二", "气化细渣三"))


def test_paused_stopped_and_closed_accounts_are_told_nothing(
    owner: Organisation, reader: Actor, officer: Actor
) -> None:
    saved = save(reader)
    settle()
    listing(owner, "气化细渣一", officer=officer)
    go_on()
    actions.pause_saved(saved, by=reader, now=f.AT)
    run_tasks()
    listing(owner, "气化细渣二", officer=officer)
    settle()
    assert notices(reader) == []
    actions.resume_saved(saved, by=reader, now=f.AT)
    made = listing(owner, "气化细渣三", officer=officer)
    settle()
    actions.tell_due(now=clock.now())
    assert made.uid in told(saved, reader)
    Account.objects.filter(uid=uid_of(reader)).update(is_active=False)
    listing(owner, "气化细渣四", officer=officer)
    settle()
    assert "气化细渣四" not in "".join(notices(reader))


@pytest.mark.covers("ACH-17")
def test_a_chain_is_pushed_to_all_members_of_a_firm_but_those_who_stopped(owner: Organisation, officer: Actor) -> None:
    firm = f.organisation()
    manager, member, out = f.actor(f.manager(firm)), f.actor(f.member(firm)), f.actor(f.member(firm))
    facets = {"cluster": queries.chain("rare_earth")}
    saved = save(manager, "", kind="achievement", facets=facets, organisation=firm.uid)
    actions.leave_saved(saved, by=out, now=f.AT)
    settle()
    made = listing(owner, "烧结磁体晶界扩散", kind="achievement", cluster="rare_earth_magnets", officer=officer)
    listing(owner, "需求不算", cluster="rare_earth_magnets", officer=officer)
    listing(owner, "别的链", kind="achievement", cluster="dairy", officer=officer)
    settle()
    assert [told(saved, who) for who in (manager, member, out)] == [{made.uid}, {made.uid}, set()]
    body = next(m.body for m in mails() if m.to == [Account.objects.get(uid=uid_of(member)).email])
    assert "符合条件：科技成果、产业集群" in body
    joined = f.actor(f.member(firm))
    listing(owner, "第二项磁体", kind="achievement", cluster="rare_earth_magnets", officer=officer)
    settle()
    assert len(told(saved, joined)) == 1, "who joins later is told from then on"


def test_a_follower_that_repeats_itself_tells_nothing_twice(owner: Organisation, reader: Actor, officer: Actor) -> None:
    save(reader)
    settle()
    listing(owner, "气化细渣脱碳", officer=officer)
    go_on()
    cursor = FollowerCursor.objects.get(name=alerts.NAME)
    run_tasks()
    FollowerCursor.objects.filter(pk=cursor.pk).update(xact=0, position=0)  # killed before it noted its place
    settle()
    assert len(notices(reader)) == 1
    assert len(mails()) == 1
    events = list(Event.objects.order_by("pk"))
    assert actions.note_news(events, now=clock.now()) == 0


def test_a_kill_between_noting_and_telling_is_made_up_for(owner: Organisation, reader: Actor, officer: Actor) -> None:
    save(reader)
    settle()
    listing(owner, "气化细渣脱碳", officer=officer)
    with patch.object(alerts, "defer"):  # the process died before the task was queued
        go_on()
    run_tasks()
    assert notices(reader) == []
    follow(followers["search.digests"])
    assert len(notices(reader)) == 1


def race_to_tell(act: Callable[[], int]) -> list[int | BaseException]:
    return race(act, act)


def one_waiting(owner: Organisation, reader: Actor, officer: Actor) -> SavedSearch:
    saved = save(reader)
    settle()
    listing(owner, "气化细渣脱碳", officer=officer)
    with patch.object(alerts, "defer"):
        go_on()
    return saved


def test_two_workers_tell_once(owner: Organisation, reader: Actor, officer: Actor) -> None:
    saved = one_waiting(owner, reader, officer)
    outcomes = race_to_tell(lambda: actions.tell(saved.uid, now=clock.now()))
    assert sorted(outcomes, key=str) == [0, 1]
    assert len(notices(reader)) == 1


def test_without_the_lock_two_workers_would_tell_twice(owner: Organisation, reader: Actor, officer: Actor) -> None:
    saved = one_waiting(owner, reader, officer)
    together = threading.Barrier(2, timeout=20)
    news = queries.news

    def looked(*args: Any) -> Any:
        found = news(*args)
        together.wait()  # both have read what is waiting before either writes
        return found

    unlocked = alerts.tell_one.__wrapped__  # type: ignore[attr-defined]  # the act without its transaction
    assert reader.account_uid is not None
    uid = reader.account_uid
    with (
        patch.object(queries, "news", looked),
        patch.object(SavedSearch.objects, "select_for_update", lambda: SavedSearch.objects),
    ):
        outcomes = race_to_tell(lambda: int(unlocked(saved, uid, now=clock.now())))
    assert outcomes == [1, 1], "told twice: the lock is what keeps it once"


def test_alerts_wait_for_the_index(owner: Organisation, reader: Actor, officer: Actor) -> None:
    saved = save(reader)
    settle()
    made = listing(owner, "气化细渣脱碳", officer=officer)
    while follow(followers["search.alerts"]):
        pass
    assert not SavedSearchHit.objects.exists()
    settle()
    assert told(saved, reader) == {made.uid}


def test_an_open_transaction_hides_nothing(owner: Organisation, reader: Actor, officer: Actor) -> None:
    """What is published while an alert is being set is told: its event comes after the place in the record."""
    made = listing(owner, "气化细渣脱碳", SUMMARY, publish=False, **ENOUGH)
    by = f.actor(f.manager(owner))
    listing_actions.submit_listing(made, by=by, now=f.AT, secrecy_level="公开", secrecy_reviewed=True)
    saved = save(reader)
    with transaction.atomic():
        listing_actions.review_listing(made, approve=True, by=officer, now=f.AT - timedelta(days=1))
    settle()
    assert told(saved, reader) == {made.uid}, "the order of the record counts, not the time an act states"


def test_batches_cost_the_same_however_many_match(owner: Organisation, reader: Actor, officer: Actor) -> None:
    saved = save(reader)
    settle()
    for title in ("气化细渣一", "气化细渣二"):
        listing(owner, title, officer=officer)
    with patch.object(alerts, "defer"):
        go_on()
    few = queries_of(lambda: actions.tell(saved.uid, now=clock.now()))
    for number in range(6):
        listing(owner, f"气化细渣{number}号", officer=officer)
    with patch.object(alerts, "defer"):
        go_on()
    assert queries_of(lambda: actions.tell(saved.uid, now=clock.now())) == few
