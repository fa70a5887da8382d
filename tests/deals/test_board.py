"""The two-sided board: what nobody has answered; a broker claims, releases, passes on; claims lapse."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from mengkeju.deals import actions, queries
from mengkeju.deals.engine import board as engine
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.deals.models import Claim
from mengkeju.deals.queries import BoardFilter
from mengkeju.deals.queries.board import before
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import ANONYMOUS, Actor, RefusedError
from mengkeju.kernel.duty_clock import every_night
from mengkeju.kernel.models import Account, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.models import Listing
from tests import exported
from tests import factories as f
from tests.deals import samples as s
from tests.listings.samples import queries_of, rows, text

pytestmark = pytest.mark.django_db


def aged(days: int = 30) -> s.Pair:
    """A pair published so many days ago."""
    pair = s.pair()
    Listing.objects.update(published_at=clock.now() - timedelta(days=days))
    return pair


def claimed(pair: s.Pair, broker: Account, now: datetime | None = None) -> Claim:
    """The need in the hands of a broker."""
    return actions.claim_listing(pair.need, by=f.actor(broker), now=now or clock.now())


def titles(actor: Actor, side: str, **asked: str) -> set[str]:
    """What stands on a side of the board."""
    return {row.title for row in queries.unpaired(actor, side, BoardFilter(**asked), clock.today())}


@pytest.mark.covers("NED-09")
def test_what_is_published_long_enough_and_has_no_intention_stands_on_the_board() -> None:
    pair, broker = aged(), f.actor(f.broker())
    need, achievement = pair.need.title, pair.achievement.title
    assert (titles(broker, "need"), titles(broker, "achievement")) == ({need}, {achievement})
    assert titles(broker, "need", city=f.HOHHOT) == set()
    assert titles(broker, "need", city=f.BAOTOU) == {need}
    intention = pair.declared(counter=pair.achievement)
    assert (titles(broker, "need"), titles(broker, "achievement")) == (set(), set())
    pair.bring(intention, "declined")
    assert (titles(broker, "need"), titles(broker, "achievement")) == ({need}, {achievement})
    Listing.objects.update(published_at=clock.now())
    assert titles(broker, "need") == set()


def test_days_are_working_days() -> None:
    monday = datetime(2026, 11, 23, tzinfo=clock.ZONE).date()
    assert before(monday, 1) == datetime(2026, 11, 23, tzinfo=clock.ZONE)
    for days in (1, 5, 20):
        begun = clock.today(before(monday, days) - timedelta(seconds=1))
        assert clock.working_days_between(begun, monday) >= days
        assert clock.working_days_between(begun + clock.DAY, monday) < days


@pytest.mark.covers("NED-09")
def test_a_broker_claims_and_the_owner_learns_who_cares() -> None:
    pair, broker = aged(), f.broker()
    claim = claimed(pair, broker)
    duty = duties.open_on(claim).get()
    assert duty.holder_account == broker.uid
    assert duty.due_on == clock.add_working_days(clock.today(), DEADLINES["work_claim"]).day
    assert queries.due_of([claim]) == {claim.uid: duty.due_on}
    assert Notice.objects.filter(account=f.manager(pair.firm).uid, kind="claim.news").count() == 1
    assert f.person(broker).name in text(pair.client("firm").get(pair.need.get_absolute_url()))
    assert f.person(broker).name not in text(pair.client("institute").get(pair.need.get_absolute_url()))
    other = f.broker()
    with pytest.raises(ValidationError, match="已经认领"):
        claimed(pair, other)
    me, him = f.actor(broker), f.actor(other)
    assert (titles(me, "need", claim="mine"), titles(him, "need", claim="mine")) == ({pair.need.title}, set())
    assert (titles(him, "need", claim="free"), titles(him, "need", claim="held")) == (set(), {pair.need.title})


def test_what_cannot_be_claimed_says_why() -> None:
    pair, broker = aged(), f.broker()
    own = f.with_role("broker", of=f.member(pair.firm))
    for who, words in ((own, "本单位"), (f.manager(pair.institute), "claim"), (f.officer(), "claim")):
        with pytest.raises((ValidationError, RefusedError), match=words):
            claimed(pair, who)
    intention = pair.declared()
    with pytest.raises(ValidationError, match="已有意向"):
        claimed(pair, broker)
    pair.bring(intention, "withdrawn")
    Listing.objects.filter(pk=pair.need.pk).update(tier="parties")
    with pytest.raises(RefusedError):
        claimed(pair, broker)


def test_no_broker_holds_more_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    pair, broker = aged(), f.broker()
    monkeypatch.setattr("mengkeju.deals.actions.claim.BOARD", engine.Board(engine.BOARD.checked_on, "演示", 5, 1))
    claimed(pair, broker)
    with pytest.raises(ValidationError, match="平台规则"):
        actions.claim_listing(pair.achievement, by=f.actor(broker), now=clock.now())


@pytest.mark.covers("NED-09")
def test_a_claim_is_released_with_a_reason_or_passed_on_to_another_broker() -> None:
    pair, broker, other = aged(), f.broker(), f.broker()
    claim, now = claimed(pair, broker), clock.now()
    with pytest.raises(RefusedError):
        actions.release_claim(claim, by=f.actor(other), now=now, note="不是我的")
    with pytest.raises(TransitionRefusedError):
        actions.release_claim(claim, by=f.actor(broker), now=now, note=" ")
    for wrong in (f.person(broker), f.person(f.manager(pair.institute)), f.person(f.member(pair.firm))):
        with pytest.raises(ValidationError):
            actions.pass_on_claim(claim, wrong, by=f.actor(broker), now=now, note="出差")
    passed = actions.pass_on_claim(claim, f.person(other), by=f.actor(broker), now=now, note="出差")
    claim.refresh_from_db()
    assert (claim.state, claim.reason, passed.state, passed.passed_from) == ("passed", "出差", "held", claim)
    assert duties.open_on(passed).get().holder_account == other.uid
    assert not duties.open_on(claim).exists()
    officer = f.actor(f.officer())
    actions.release_claim(passed, by=officer, now=now, note="经纪人离岗")
    assert Notice.objects.filter(account=other.uid, kind="claim.news").exists()
    assert titles(f.actor(broker), "need", claim="free") == {pair.need.title}
    assert Event.objects.filter(type="claim.pass_on").count() == 1


def test_a_claim_nobody_works_on_lapses_overnight() -> None:
    pair, broker = aged(), f.broker()
    claim = claimed(pair, broker, now=f.AT)
    due = duties.open_on(claim).get().due_on
    assert due is not None
    every_night(now=clock.end_of(due) - timedelta(hours=1))
    claim.refresh_from_db()
    assert claim.state == "held"
    every_night(now=clock.end_of(due) + timedelta(hours=1))
    claim.refresh_from_db()
    assert claim.state == "lapsed"
    assert Notice.objects.filter(account=broker.uid, kind="claim.news").exists()
    claimed(pair, f.broker())


@pytest.mark.covers("NED-09")
def test_a_claimed_pair_leads_to_the_introduction_which_ends_both_claims() -> None:
    pair, broker = aged(), f.broker()
    client, me = f.signed_in_client(broker), f.actor(broker)
    for row in (pair.need, pair.achievement):
        actions.claim_listing(row, by=me, now=clock.now())
    page = text(client.get(reverse("claims")))
    assert "去引荐双方" in page
    answer = client.get(reverse("claim-pair"), {"need": str(pair.need.uid), "achievement": str(pair.achievement.uid)})
    assert answer["Location"] == reverse("introduce", args=[pair.achievement.uid, pair.need.uid])
    assert client.post(answer["Location"], {"message": "两家互补"}).status_code == 302
    assert set(Claim.objects.values_list("state", flat=True)) == {"paired"}
    assert titles(me, "need") == set()


def test_the_board_shows_both_sides_and_every_count_leads_to_as_many() -> None:
    pair, broker = aged(), f.broker()
    rows(pair.firm, 12)
    Listing.objects.update(published_at=clock.now() - timedelta(days=40))
    client = f.signed_in_client(broker)
    page = client.get(reverse("board"))
    shown = {column["side"]: column for column in page.context["columns"]}
    assert {key: column["count"] for key, column in shown.items()} == {"need": 13, "achievement": 1}
    for side, column in shown.items():
        behind = client.get(column["url"])
        assert behind.context["page"].paginator.count == column["count"], side
        _head, lines = exported.xlsx(client.get(column["url"] + "&export=xlsx"))
        assert len(lines) == column["count"]
    one = shown["need"]["rows"][0]
    data = {"one_time_key": one["one_time_key"], "next": reverse("board")}
    for _twice in range(2):
        assert client.post(one["claim_url"], data)["Location"] == reverse("board")
    assert Claim.objects.count() == 1
    assert client.post(one["claim_url"], {"next": "https://evil.example/"})["Location"].startswith("/listings/")


def test_the_board_is_read_by_brokers_officers_and_auditors_alone() -> None:
    pair = aged()
    claim = claimed(pair, f.broker())
    release = reverse("claim-release", args=[claim.uid])
    for who, status, on_claim in (
        (f.officer(), 200, 200), (f.broker(), 200, 403), (f.auditor(), 200, 403), (f.manager(pair.firm), 403, 403),
        (f.account(), 403, 404),
    ):  # fmt: skip
        client = f.signed_in_client(who)
        assert client.get(reverse("board")).status_code == status
        assert client.get(reverse("claims")).status_code == status
        assert client.get(release).status_code == on_claim
    assert queries.find_claim(ANONYMOUS, claim.uid) is None


def test_pages_of_claims_keep_what_was_typed_and_say_what_is_wrong() -> None:
    pair, broker = aged(), f.broker()
    claim, client = claimed(pair, broker), f.signed_in_client(broker)
    wrong = client.post(reverse("claim-pass", args=[claim.uid]), {"note": "出差一个月", "to": ""})
    assert (wrong.status_code, "出差一个月" in text(wrong)) == (422, True)
    other = f.person(f.broker())
    sent = client.post(reverse("claim-pass", args=[claim.uid]), {"note": "出差", "to": str(other.uid)})
    assert sent.status_code == 302
    late = client.post(reverse("claim-release", args=[claim.uid]), {"note": "晚了"})
    assert late.status_code == 422
    assert "可能别人刚刚已经办理" in text(late)


def test_the_number_of_queries_does_not_grow_with_the_rows() -> None:
    pair, broker = aged(), f.broker()
    client = f.signed_in_client(broker)
    counts = []
    for more in (2, 5):
        rows(pair.firm, more)
        Listing.objects.update(published_at=clock.now() - timedelta(days=40))
        for row in Listing.objects.filter(claims=None, kind="need")[:2]:
            actions.claim_listing(row, by=f.actor(broker), now=clock.now())
        client.get(reverse("board"))
        counts.append([queries_of(partial(client.get, reverse(url))) for url in ("board", "claims")])
    assert counts[0] == counts[1]


def both(pair: s.Pair) -> list[Claim | BaseException]:
    """Two brokers claim the need at the same moment."""
    brokers = [f.actor(f.broker()) for _one in range(2)]
    return race(*[lambda by=by: actions.claim_listing(pair.need, by=by, now=clock.now()) for by in brokers])


@pytest.mark.django_db(transaction=True)
def test_of_two_brokers_at_once_one_gets_it() -> None:
    outcomes = both(aged())
    assert sum(isinstance(one, Claim) for one in outcomes) == 1
    assert sum(isinstance(one, ValidationError) for one in outcomes) == 1
    assert Claim.objects.filter(state="held").count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_constraint_both_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = aged()
    once = next(c for c in Claim._meta.constraints if c.name == "claim_held_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Claim, once)
    try:
        outcomes = both(pair)
        assert sum(isinstance(one, Claim) for one in outcomes) == 2
    finally:
        Claim.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Claim, once)


def test_the_figures_are_dated_and_positive(tmp_path: Any) -> None:
    bad = tmp_path / "board.yaml"
    bad.write_text("checked_on: 2026-11-21\nsource: x\nunpaired_after_days: 0\nclaims_at_most: 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="positive"):
        engine.load(bad)


WAYS: dict[str, Callable[[Claim, Actor], object]] = {
    "release": lambda claim, by: actions.release_claim(claim, by=by, now=clock.now(), note="理由"),
    "lapse": lambda claim, _by: actions.lapse_claim(claim.uid, now=clock.now()),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_has_ended_does_not_end_again(way: str) -> None:
    pair, broker = aged(), f.broker()
    claim = claimed(pair, broker)
    WAYS[way](claim, f.actor(broker))
    for again in WAYS.values():
        with pytest.raises(TransitionRefusedError):
            again(claim, f.actor(broker))
