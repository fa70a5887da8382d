"""The moment of a joint release: all of it or nothing, once, and kept as it was."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from mengkeju.kernel import clock, jobs
from mengkeju.kernel.access import ANONYMOUS, RefusedError
from mengkeju.kernel.models import Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.worker import TaskRunner
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions, queries
from mengkeju.listings.models import Listing, Release, ReleaseItem
from mengkeju.listings.queries import releases as reads
from tests import factories as f
from tests.listings import samples as s
from tests.listings.release_samples import NOW, Desk, edit, withdraw

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(hours=2)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def rows(release: Release) -> dict[str, reads.ReleasedRow]:
    return {row.title: row for row in reads.rows_of(reads.items(release))}


@pytest.mark.covers("NED-01")
def test_held_needs_are_published_with_the_release_and_not_before(desk: Desk) -> None:
    held, there = desk.held(title="留待发布"), desk.need(f.HOHHOT)
    assert (held.state, held.published_at) == ("held", None)
    assert queries.find(ANONYMOUS, held.uid) is None
    assert queries.find(desk.by(f.HOHHOT), held.uid) is None
    desk.add(held)
    desk.add(there, city=f.HOHHOT)
    desk.confirm()
    made = desk.let_go()
    held.refresh_from_db()
    assert (held.state, held.published_at) == ("published", NOW)
    assert queries.find(ANONYMOUS, held.uid) == held
    assert (made.state, made.released_at, made.needs, made.firms) == ("released", NOW, 2, 2)
    assert made.digest == reads.content_digest(made)
    assert not ReleaseItem.objects.filter(open=True).exists()
    event = Event.objects.get(type="listing.release", subject_uid=held.uid)
    assert event.payload.body["release"] == str(made.uid)


def test_a_held_need_is_frozen_and_may_still_be_published_returned_or_withdrawn(desk: Desk) -> None:
    with pytest.raises(RefusedError):
        edit(desk.held(), summary="改")
    assert actions.review_listing(desk.held(), approve=True, by=desk.by(f.BAOTOU), now=NOW).state == "published"
    back = actions.review_listing(desk.held(), approve=False, by=desk.by(f.BAOTOU), now=NOW, note="请补数值")
    assert back.state == "returned"
    assert withdraw(desk.held()).state == "withdrawn"
    row = s.submitted(desk.here, "achievement")
    with pytest.raises(TransitionRefusedError, match="对所有人公开的技术需求"):
        actions.review_listing(row, approve=True, hold=True, by=desk.by(f.BAOTOU), now=NOW)


def test_nobody_but_the_platform_publishes_a_held_need_by_release(desk: Desk) -> None:
    from mengkeju.kernel.actions import advance  # noqa: PLC0415 - the one place that goes past the verbs

    with pytest.raises(RefusedError):
        advance(desk.held(), "release", by=desk.by(f.BAOTOU), now=NOW)


@pytest.mark.covers("NED-01")
def test_a_need_edited_between_preview_and_release_stops_it_and_is_named(desk: Desk) -> None:
    held = desk.held()
    here, _there = desk.ready()
    desk.add(held)
    desk.confirm()
    edit(here, summary="预览之后改的")
    with pytest.raises(ValidationError) as refused:
        desk.let_go()
    assert here.title in refused.value.messages[0]
    desk.release.refresh_from_db()
    held.refresh_from_db()
    assert (desk.release.state, desk.release.released_at, held.state) == ("checked", None, "held"), "nothing at all"


def test_a_second_click_does_nothing(desk: Desk) -> None:
    desk.ready()
    first = desk.let_go()
    again = actions.release_now(desk.release, by=desk.by(f.BAOTOU), now=NOW + timedelta(minutes=1))
    assert (again.released_at, again.revision) == (first.released_at, first.revision)
    assert Event.objects.filter(type="release.release").count() == 1


def test_only_officers_of_its_cities_release_and_only_what_all_have_confirmed(desk: Desk) -> None:
    desk.add(desk.need())
    with pytest.raises(TransitionRefusedError):
        desk.let_go()
    for account in (f.manager(desk.here), f.operator(), f.officer(f.KUNDULUN), f.auditor()):
        with pytest.raises(RefusedError):
            actions.release_now(desk.release, by=f.actor(account), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_officers_release_at_once_and_it_is_released_once() -> None:
    desk = Desk()
    desk.ready()
    actors = [desk.by(f.HOHHOT), desk.by(f.BAOTOU)]
    outcomes = race(
        *(lambda by=by: actions.release_now(Release.objects.get(pk=desk.release.pk), by=by, now=NOW) for by in actors)
    )
    assert not [one for one in outcomes if isinstance(one, BaseException)]
    assert Event.objects.filter(type="release.release").count() == 1


# ---- At a planned moment ----------------------------------------------------------------------------


def test_a_planned_release_waits_for_its_moment(desk: Desk) -> None:
    desk.ready()
    with pytest.raises(ValidationError):
        actions.schedule_release(desk.release, NOW, by=desk.by(f.BAOTOU), now=NOW)
    actions.schedule_release(desk.release, SOON, by=desk.by(f.BAOTOU), now=NOW)
    task = DBTaskResult.objects.get(task_path="mengkeju.listings.tasks.release_due")
    assert task.run_after == SOON
    assert actions.release_due(desk.release.uid, now=SOON - timedelta(seconds=1)) == "nothing"
    assert actions.release_due(desk.release.uid, now=SOON) == "released"
    assert actions.release_due(desk.release.uid, now=SOON) == "nothing", "a task may run twice"
    desk.release.refresh_from_db()
    assert (desk.release.state, desk.release.released_at) == ("released", SOON)


def test_the_moment_may_be_moved_or_given_up(desk: Desk) -> None:
    desk.ready()
    actions.schedule_release(desk.release, SOON, by=desk.by(f.BAOTOU), now=NOW)
    later = SOON + timedelta(hours=1)
    actions.schedule_release(desk.release, later, by=desk.by(f.HOHHOT), now=NOW)
    assert actions.release_due(desk.release.uid, now=SOON) == "nothing", "the first task finds nothing to do"
    actions.unschedule_release(desk.release, by=desk.by(f.BAOTOU), now=NOW)
    desk.release.refresh_from_db()
    assert (desk.release.state, desk.release.planned_at) == ("checked", None)
    assert actions.release_due(desk.release.uid, now=later) == "nothing"


def test_what_was_edited_before_the_moment_is_not_released_and_all_are_told(desk: Desk) -> None:
    here, _there = desk.ready()
    actions.schedule_release(desk.release, SOON, by=desk.by(f.BAOTOU), now=NOW)
    edit(here, summary="最后一刻改的")
    assert actions.release_due(desk.release.uid, now=SOON) == "refused"
    desk.release.refresh_from_db()
    assert (desk.release.state, desk.release.planned_at, desk.release.released_at) == ("collecting", None, None)
    told = Notice.objects.filter(subject_uid=desk.release.uid, title__contains="没有按时发布")
    assert {desk.hohhot.uid, desk.baotou.uid} <= set(told.values_list("account", flat=True))
    assert actions.release_due(desk.release.uid, now=SOON) == "nothing"


def test_a_worker_that_dies_in_between_leaves_nothing_half_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    held, there = desk.held(), desk.need(f.HOHHOT)
    desk.add(held)
    desk.add(there, city=f.HOHHOT)
    desk.confirm()
    actions.schedule_release(desk.release, SOON, by=desk.by(f.BAOTOU), now=NOW)

    def dies(*_args: object, **_given: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr("mengkeju.listings.actions.release_moment.mark_published", dies)
        with pytest.raises(SystemExit), transaction.atomic():
            actions.release_due(desk.release.uid, now=SOON)
    held.refresh_from_db()
    assert (held.state, Release.objects.get().state) == ("held", "scheduled")
    assert actions.release_due(desk.release.uid, now=SOON) == "released"
    held.refresh_from_db()
    assert held.state == "published"


def test_a_lost_task_is_made_up_for_at_night(desk: Desk) -> None:
    desk.ready()
    actions.schedule_release(desk.release, SOON, by=desk.by(f.BAOTOU), now=NOW)
    DBTaskResult.objects.all().delete()
    assert actions.sweep_due(now=NOW) == 0
    assert actions.sweep_due(now=SOON) == 1


@pytest.mark.django_db(transaction=True)
def test_the_workers_task_releases_at_the_moment() -> None:
    desk = Desk()
    desk.ready()
    soon = clock.now() + timedelta(hours=1)
    actions.schedule_release(desk.release, soon, by=desk.by(f.BAOTOU), now=clock.now())
    runner = TaskRunner()
    ours = DBTaskResult.objects.filter(task_path="mengkeju.listings.tasks.release_due")
    while runner.run_next():
        pass
    assert ours.get().status == "READY", "not before its moment"
    past = clock.now() - timedelta(seconds=1)
    ours.update(run_after=past)
    Release.objects.update(planned_at=past)
    while runner.run_next():
        pass
    assert ours.get().status == "SUCCESSFUL"
    assert Release.objects.get().state == "released"


def test_a_job_for_later_is_queued_for_later() -> None:
    at = clock.now() + timedelta(days=1)
    jobs.defer("mengkeju.listings.tasks.sweep_releases", at=at)
    assert DBTaskResult.objects.get().run_after == at


# ---- Afterwards -------------------------------------------------------------------------------------


@pytest.mark.covers("NED-01")
def test_what_was_released_stays_and_later_edits_show_as_changes(desk: Desk) -> None:
    here, there = desk.ready()
    made = desk.let_go()
    digest = made.digest
    edit(here, summary="发布后改的", title="发布后的题目")
    found = rows(made)
    assert found[here.title].changed
    assert not found[there.title].changed
    item = ReleaseItem.objects.select_related("listing__owner").get(listing=here)
    said = {d.label: (d.before, d.after) for d in reads.differences(item)}
    assert (here.title, "发布后的题目") in said.values()
    assert (s.SUMMARY, "发布后改的") in said.values()
    made.refresh_from_db()
    assert reads.content_digest(made) == made.digest == digest
    assert made.state == "released", "the follower leaves a released one alone"
    actions.needs_changed(list(Event.objects.all()))
    made.refresh_from_db()
    assert made.state == "released"


def test_of_a_withdrawn_need_only_the_title_is_told(desk: Desk) -> None:
    here, there = desk.ready()
    made = desk.let_go()
    withdraw(here)
    row = rows(made)[here.title]
    assert (row.status, row.told, row.owner, row.summary, row.budget, row.deadline) == (
        "withdrawn", False, "", "", "", None,
    )  # fmt: skip
    counted = reads.sums(made)
    assert (counted.needs, counted.firms) == (2, 2), "the sums stay as published"
    closed = s.closed(there, now=NOW)
    row = rows(made)[closed.title]
    assert (row.status, row.told) == ("closed", True)


def test_what_is_closed_to_visitors_later_is_no_longer_told(desk: Desk) -> None:
    here, _there = desk.ready()
    made = desk.let_go()
    Listing.objects.filter(pk=here.pk).update(tier="members")
    row = rows(made)[here.title]
    assert (row.status, row.summary) == ("hidden", "")


def test_a_release_is_taken_back_with_its_reason_and_its_needs_stay_public(desk: Desk) -> None:
    here, _there = desk.ready()
    made = desk.let_go()
    with pytest.raises(TransitionRefusedError):
        actions.withdraw_release(made, by=desk.by(f.HOHHOT), now=NOW, note="")
    actions.withdraw_release(made, by=desk.by(f.HOHHOT), now=NOW, note="名单有误")
    here.refresh_from_db()
    assert (made.state, here.state) == ("withdrawn", "published") or Release.objects.get().state == "withdrawn"
    assert not queries.released(ANONYMOUS).exists()


def test_outcomes_are_counted_from_records(desk: Desk) -> None:
    here, there = desk.ready()
    made = desk.let_go()
    s.closed(there, now=NOW)
    withdraw(here)
    counted = {o.key: o.count for o in reads.outcomes(made)}
    assert (counted["intention"], counted["closed"], counted["withdrawn"]) == (0, 1, 1)
    assert reads.narrowed(reads.items(made), {"at": ["closed"]}).get().listing == there


def test_the_rows_behind_each_number(desk: Desk) -> None:
    here = desk.need(field="intelligent_instruments", deadline="2027-06-30")
    there = desk.need(f.HOHHOT)
    desk.add(here)
    desk.add(there, city=f.HOHHOT)
    rows = reads.items(desk.release)

    def behind(**asked: list[str]) -> list[int]:
        return list(reads.narrowed(rows, asked).values_list("listing_id", flat=True))

    assert behind(city=[f.BAOTOU]) == [here.pk]
    assert behind(month=["2027-06"]) == [here.pk]
    assert behind(month=["none"]) == [there.pk]
    assert behind(field=["none"]) == [there.pk]
    assert behind(field=["intelligent_instruments", "none"]) == [there.pk, here.pk]
    assert behind(owner=[str(desk.here.uid)]) == [here.pk]
