"""仍然有效: the owner is asked, what nobody confirms leaves the shelf, one click brings it back."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, RefusedError
from mengkeju.kernel.actions import advance
from mengkeju.kernel.jobs import nightly
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.actions import freshness as acts
from mengkeju.listings.definitions import freshness
from mengkeju.listings.definitions.freshness import CONFIRM_KEY, FRESHNESS
from mengkeju.listings.models import Listing
from mengkeju.listings.tasks import keep_fresh
from mengkeju.matching.actions.waiting import note_changes
from mengkeju.matching.models import Waiting
from tests import exported
from tests import factories as f
from tests.listings import samples as s
from tests.listings.aging import after_grace, asked_on, hidden

pytestmark = pytest.mark.django_db


# ---- The days -------------------------------------------------------------------------------------------


def test_the_figures_are_dated_and_said_to_be_the_platforms_own() -> None:
    assert "平台规则" in FRESHNESS.source
    assert FRESHNESS.checked_on.year >= 2026


@pytest.mark.parametrize("wrong", ["days: {need: 3}", "days: {default: 0}"])
def test_figures_without_default_or_not_positive_are_refused(tmp_path: Any, wrong: str) -> None:
    path = tmp_path / "freshness.yaml"
    path.write_text(
        f"checked_on: 2026-11-21\nsource: x\n{wrong}\nask_working_days: 1\ngrace_working_days: 1\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"freshness\.yaml"):
        freshness.load(path)


def test_the_day_of_review_is_counted_by_kind_and_is_never_a_day_off() -> None:
    need = FRESHNESS.review_by("need", date(2026, 11, 20))
    assert need >= date(2026, 11, 20) + timedelta(days=FRESHNESS.days["need"])
    assert FRESHNESS.review_by("nothing", date(2026, 3, 2)) >= date(2026, 3, 2) + timedelta(
        days=FRESHNESS.days["default"]
    )
    # Every start in two years, the second without a calendar file: always a working day, nothing raised.
    for n in range(730):
        day = FRESHNESS.review_by("need", date(2026, 6, 1) + timedelta(days=n))
        assert clock.is_working_day(day)


def test_a_holiday_between_makes_the_grace_longer_and_a_year_without_calendar_does_not_break_it() -> None:
    before_national_day = FRESHNESS.last_day(date(2026, 9, 30), date(2026, 9, 1))
    plain = FRESHNESS.last_day(date(2026, 11, 4), date(2026, 9, 1))
    assert (before_national_day - date(2026, 9, 30)) > (plain - date(2026, 11, 4))
    unknown = FRESHNESS.last_day(date(2031, 9, 30), date(2031, 9, 1))
    assert clock.is_working_day(unknown)
    assert not clock.calendar_year(2031).notice


def test_who_is_asked_late_has_the_whole_grace() -> None:
    late = date(2027, 6, 1)
    assert FRESHNESS.last_day(date(2027, 3, 1), late) > late
    assert FRESHNESS.due_on(date(2027, 3, 1), late) > late
    assert FRESHNESS.due_on(date(2027, 6, 8), late) == date(2027, 6, 8)


# ---- The life -------------------------------------------------------------------------------------------


@pytest.mark.covers("NED-16")
def test_published_asked_hidden_and_back_by_one_click() -> None:
    row = s.published()
    assert row.owner is not None
    assert row.review_by == FRESHNESS.review_by("need", clock.today(s.LATER))
    assert row.confirmed_at == s.LATER
    asked = asked_on(row)
    assert acts.keep_fresh(now=asked - clock.DAY) == acts.Kept(0, 0, 0)
    assert acts.keep_fresh(now=asked) == acts.Kept(0, 1, 0)
    duty = Duty.objects.get(key=CONFIRM_KEY)
    assert (duty.holder_organisation, duty.due_on, duty.closed_at) == (row.owner.uid, row.review_by, None)
    assert Notice.objects.filter(kind=f"duty.{CONFIRM_KEY}", account=f.manager(row.owner).uid).count() == 1
    gone = after_grace(row)
    assert acts.keep_fresh(now=gone - clock.DAY).hidden == 0
    assert acts.keep_fresh(now=gone).hidden == 1
    row.refresh_from_db()
    assert row.state == "dormant"
    assert not duties.open_on(row).filter(key=CONFIRM_KEY).exists()
    assert duties.open_on(row).get().key == "restore_listing"
    assert Notice.objects.filter(kind="duty.restore_listing").exists()
    assert actions.confirm_listing(row, by=s.manager_of(row.owner), now=gone)
    row.refresh_from_db()
    assert (row.state, row.confirmed_at, row.published_at) == ("published", gone, s.LATER)
    assert row.review_by == FRESHNESS.review_by("need", clock.today(gone))
    assert not duties.open_on(row).exists()


def test_off_the_shelf_it_is_in_no_list_no_search_and_no_match(client: Client) -> None:
    row = hidden(title="看不见的演示需求")
    assert row.owner is not None
    assert queries.search_documents([row.uid]) == []
    assert queries.match_documents("need", [row.uid]) == []
    assert list(queries.all_uids()) == []
    assert not queries.shelf(ANONYMOUS).exists()
    assert not queries.public_needs().exists()
    assert client.get(row.get_absolute_url()).status_code == 404
    assert row.title not in s.text(client.get("/"))
    # The followers of the record react to the very transition: it leaves matching's lists, and waits again when back.
    event = Event.objects.get(type="listing.hide", subject_uid=row.uid)
    Waiting.objects.create(listing=row, since=s.LATER)
    note_changes([event], now=s.LATER)
    assert not Waiting.objects.exists()
    actions.confirm_listing(row, by=s.manager_of(row.owner), now=after_grace(row))
    note_changes([Event.objects.get(type="listing.restore", subject_uid=row.uid)], now=s.LATER)
    assert Waiting.objects.filter(listing=row).exists()
    assert [d.uid for d in queries.search_documents([row.uid])] == [row.uid]


def test_to_be_asked_and_to_confirm_change_nothing_for_matching() -> None:
    row = s.published()
    acts.keep_fresh(now=asked_on(row))
    assert row.owner is not None
    actions.confirm_listing(row, by=s.manager_of(row.owner), now=asked_on(row))
    quiet = Event.objects.filter(type__in=("listing.confirm_asked", "listing.confirmed"))
    assert quiet.count() == 2
    assert note_changes(quiet, now=s.LATER) == 0


def test_a_changed_text_goes_through_review_again() -> None:
    row = hidden()
    assert row.owner is not None
    by, now = s.manager_of(row.owner), after_grace(row)
    actions.edit_listing(row, s.stated(title="改过的题目", **s.ENOUGH), by=by, now=now)
    row.refresh_from_db()
    assert row.state == "dormant"
    with pytest.raises(TransitionRefusedError) as refused:
        actions.confirm_listing(row, by=by, now=now)
    assert refused.value.code == "text_unchanged"
    page = s.text(f.signed_in_client(f.manager(row.owner)).get(row.get_absolute_url()))
    assert reverse("listing-submit", args=[row.uid]) in page
    assert reverse("listing-confirm", args=[row.uid]) not in page
    actions.submit_listing(row, by=by, now=now, secrecy_level="公开", secrecy_reviewed=True)
    actions.review_listing(row, approve=True, by=s.reviewer(), now=now)
    row.refresh_from_db()
    assert (row.state, row.confirmed_at) == ("published", now)


def test_a_text_changed_to_say_too_little_goes_to_a_broker_first() -> None:
    row = hidden()
    assert row.owner is not None
    by, now = s.manager_of(row.owner), after_grace(row)
    actions.edit_listing(row, s.stated(title="改过的题目"), by=by, now=now)
    actions.submit_listing(row, by=by, now=now, secrecy_level="公开", secrecy_reviewed=True)
    row.refresh_from_db()
    assert row.state == "refining"
    assert not duties.open_on(row).filter(key__in=("restore_listing", "review_listing")).exists()
    assert not queries.public_needs().exists()


def test_an_edit_by_its_people_is_a_confirmation() -> None:
    row = s.published()
    assert row.owner is not None
    asked = asked_on(row)
    acts.keep_fresh(now=asked)
    actions.edit_listing(row, s.stated(title="改过的题目"), by=s.manager_of(row.owner), now=asked)
    row.refresh_from_db()
    assert row.confirmed_at == asked
    assert not duties.open_on(row).exists()


def test_a_second_click_of_the_day_does_nothing() -> None:
    row = s.published()
    assert row.owner is not None
    by, now = s.manager_of(row.owner), asked_on(row)
    assert actions.confirm_listing(row, by=by, now=now)
    assert not actions.confirm_listing(row, by=by, now=now + timedelta(hours=2))
    assert Event.objects.filter(type="listing.confirmed").count() == 1
    revision = row.revision
    row.refresh_from_db()
    assert row.revision == revision, "a confirmation makes nobody's open form stale"


def test_only_its_own_people_confirm_and_only_the_platform_hides() -> None:
    row = hidden()
    for by in (s.reviewer(), s.manager_of(f.organisation()), f.actor(f.operator()), ANONYMOUS, SYSTEM):
        with pytest.raises(RefusedError):
            actions.confirm_listing(row, by=by, now=s.LATER)
    shown = s.published()
    assert shown.owner is not None
    with pytest.raises(RefusedError):
        advance(shown, "hide", by=s.manager_of(shown.owner), now=s.LATER)
    with pytest.raises(TransitionRefusedError):
        actions.confirm_listing(s.draft(shown.owner), by=s.manager_of(shown.owner), now=s.LATER)


def test_what_comes_from_a_public_source_is_left_alone() -> None:
    entry = actions.SourceEntry("need", "1", "据报道的需求")
    row, _new = actions.publish_from_source(entry, source="演示来源", owner=None, by=SYSTEM, now=f.AT)
    owned, _new = actions.publish_from_source(
        actions.SourceEntry("need", "2", "据报道"), source="演示来源", owner=f.organisation(), by=SYSTEM, now=f.AT
    )
    assert row.review_by is None
    assert acts.keep_fresh(now=f.AT + timedelta(days=4000)) == acts.Kept(0, 0, 0)
    owned.refresh_from_db()
    assert (owned.state, owned.review_by) == ("published", None)


def test_what_was_published_before_there_were_days_gets_one_and_is_asked_first() -> None:
    row = s.published()
    Listing.objects.filter(pk=row.pk).update(review_by=None, confirmed_at=None)
    late = f.AT + timedelta(days=2000)
    assert acts.keep_fresh(now=late) == acts.Kept(1, 1, 0)
    assert acts.keep_fresh(now=late + timedelta(days=1)).hidden == 0
    assert acts.keep_fresh(now=late + timedelta(days=60)).hidden == 1


# ---- The night ------------------------------------------------------------------------------------------


def test_the_night_is_queued_and_may_run_twice() -> None:
    assert nightly["listings.fresh"] == "mengkeju.listings.tasks.keep_fresh"
    row = s.published()
    for _twice in range(2):
        acts.keep_fresh(now=asked_on(row))
    assert Duty.objects.filter(key=CONFIRM_KEY).count() == 1
    for _twice in range(2):
        acts.keep_fresh(now=after_grace(row))
    assert Event.objects.filter(type="listing.hide").count() == 1
    assert "下架" in keep_fresh.func()


def test_killed_in_the_middle_the_next_night_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = f.organisation()
    rows = [s.published(owner) for _n in range(3)]
    acts.keep_fresh(now=asked_on(rows[0]))
    gone, hide = after_grace(rows[0]), acts.hide_listing

    def dies(listing: Listing, *, now: datetime) -> bool:
        if listing.pk == rows[1].pk:
            raise KeyboardInterrupt  # not an Exception: as if the process were killed there
        return hide(listing, now=now)

    monkeypatch.setattr(acts, "hide_listing", dies)
    with pytest.raises(KeyboardInterrupt):
        acts.keep_fresh(now=gone)
    assert list(Listing.objects.order_by("pk").values_list("state", flat=True)) == ["dormant", "published", "published"]
    monkeypatch.setattr(acts, "hide_listing", hide)
    assert acts.keep_fresh(now=gone).hidden == 2
    assert Event.objects.filter(type="listing.hide").count() == 3


def test_one_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [s.published() for _n in range(2)]
    ask = acts.ask_owner

    def fails(listing: Listing, *, now: datetime) -> bool:
        if listing.pk == rows[0].pk:
            raise RuntimeError
        return ask(listing, now=now)

    monkeypatch.setattr(acts, "ask_owner", fails)
    assert acts.keep_fresh(now=asked_on(rows[0])).asked == 1


def test_a_click_between_finding_and_hiding_wins() -> None:
    """The night has found the row; then its owner clicks; then the night comes to it."""
    row = s.published()
    assert row.owner is not None
    acts.keep_fresh(now=asked_on(row))
    gone, found = after_grace(row), Listing.objects.get(pk=row.pk)
    actions.confirm_listing(row, by=s.manager_of(row.owner), now=gone)
    assert not acts.hide_listing(found, now=gone)
    row.refresh_from_db()
    assert row.state == "published"
    # Negative control: without looking again under the lock it would be gone from the shelf.
    advance(found, "hide", by=SYSTEM, now=gone)
    row.refresh_from_db()
    assert row.state == "dormant"


@pytest.mark.django_db(transaction=True)
def test_click_and_night_at_the_same_moment_leave_it_on_the_shelf() -> None:
    row = s.published()
    assert row.owner is not None
    by = s.manager_of(row.owner)
    acts.keep_fresh(now=asked_on(row))
    gone = after_grace(row)
    outcomes = race(
        lambda: actions.confirm_listing(Listing.objects.get(pk=row.pk), by=by, now=gone),
        lambda: acts.keep_fresh(now=gone),
    )
    assert not [o for o in outcomes if isinstance(o, BaseException)], outcomes
    row.refresh_from_db()
    # Whoever comes first, the word of the owner stands: hidden and brought back, or not hidden at all.
    assert (row.state, row.confirmed_at) == ("published", gone)


# ---- Pages ----------------------------------------------------------------------------------------------


def test_the_listings_page_shows_the_last_confirmation_and_asks_its_people(client: Client) -> None:
    row = s.published()
    assert row.owner is not None
    acts.keep_fresh(now=asked_on(row))
    assert "确认有效" in s.text(client.get(row.get_absolute_url()))
    place = reverse("listing-confirm", args=[row.uid])
    own = f.signed_in_client(f.manager(row.owner))
    assert place in s.text(own.get(row.get_absolute_url()))
    assert place not in s.text(f.signed_in_client(f.officer()).get(row.get_absolute_url()))
    assert client.post(place).status_code == 302
    assert f.signed_in_client(f.manager(f.organisation())).post(place).status_code == 403
    assert own.post(place).headers["Location"] == row.get_absolute_url()
    assert not duties.open_on(row).exists()
    assert "确认有效" in s.text(own.get(row.get_absolute_url()))


def test_the_rows_of_search_show_the_last_confirmation() -> None:
    row = s.published()
    (shown,) = queries.search_rows(ANONYMOUS, [row.uid])
    assert any("确认有效" in part for part in shown["meta"])


def test_all_that_is_due_at_once() -> None:
    owner = f.organisation()
    rows = [s.published(owner) for _n in range(2)]
    off = hidden(owner)
    foreign = s.published()
    acts.keep_fresh(now=asked_on(foreign))
    client = f.signed_in_client(f.manager(owner))
    page = client.get(reverse("listing-due"))
    assert all(str(row.uid) in s.text(page) for row in (*rows, off))
    assert str(foreign.uid) not in s.text(page)
    sent = {"listing": [*(str(r.uid) for r in (*rows, off, foreign)), "no uid"]}
    answer = client.post(reverse("listing-confirm-many"), sent, follow=True)
    assert "没有等您确认的信息" in s.text(answer)
    assert not queries.to_confirm(f.actor(f.manager(owner))).exists()
    assert duties.open_on(foreign).exists()
    off.refresh_from_db()
    assert off.state == "published"
    assert "没有需要确认" in s.text(client.post(reverse("listing-confirm-many"), {}, follow=True))
    assert exported.table(client.get(reverse("listing-due"), {"export": "csv"}))[0] == []


def test_the_officer_sees_what_his_area_has_off_the_shelf() -> None:
    here, there = hidden(title="本市的"), hidden(f.organisation(area=f.XINCHENG), area=f.XINCHENG, title="外市的")
    page = f.signed_in_client(f.officer(f.BAOTOU)).get(reverse("listing-dormant"))
    assert here.title in s.text(page)
    assert there.title not in s.text(page)
    both = f.signed_in_client(f.auditor()).get(reverse("listing-dormant"))
    assert {here.title, there.title} <= {t for t in (here.title, there.title) if t in s.text(both)}
    rows, _source = exported.table(f.signed_in_client(f.officer()).get(reverse("listing-dormant"), {"export": "csv"}))
    assert len(rows) == 1
    assert f.signed_in_client(f.account()).get(reverse("listing-dormant")).status_code == 403
    assert Client().get(reverse("listing-dormant")).status_code == 302


def test_the_lists_take_a_constant_number_of_queries() -> None:
    owner = f.organisation()
    client, officer = f.signed_in_client(f.manager(owner)), f.signed_in_client(f.officer())
    for path, reader in ((reverse("listing-due"), client), (reverse("listing-dormant"), officer)):
        s.rows(owner, 2, "dormant")
        reader.get(path)
        few = s.queries_of(partial(reader.get, path))
        s.rows(owner, 20, "dormant")
        assert s.queries_of(partial(reader.get, path)) == few
