"""Preparing a joint release: who gathers what, and that what is confirmed is what was seen."""

import pytest
from django.core.exceptions import ValidationError

from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions
from mengkeju.listings.actions import ReleaseInput
from mengkeju.listings.models import Listing, Release, ReleaseItem
from mengkeju.listings.queries import releases as reads
from tests import factories as f
from tests.listings import samples as s
from tests.listings.release_samples import NOW, Desk, begin, edit, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def follow() -> None:
    """What the worker does with the record."""
    actions.needs_changed(list(Event.objects.order_by("pk")))


# ---- Beginning --------------------------------------------------------------------------------------


def test_a_release_is_begun_by_an_officer_of_a_city_taking_part(desk: Desk) -> None:
    assert desk.release.state == "collecting"
    assert list(desk.release.cities) == [f.HOHHOT, f.BAOTOU]
    for account in (f.manager(desk.here), f.operator(), f.officer(f.KUNDULUN)):
        with pytest.raises(RefusedError):
            begin(f.actor(account))
    with pytest.raises(RefusedError):
        actions.begin_release(ReleaseInput("甲", "", (f.HOHHOT,)), by=desk.by(f.BAOTOU), now=NOW)
    for wrong in (ReleaseInput(" ", "", (f.BAOTOU,)), ReleaseInput("甲"), ReleaseInput("甲", "", ("110000",))):
        with pytest.raises(ValidationError):
            actions.begin_release(wrong, by=desk.by(f.BAOTOU), now=NOW)


def test_who_may_see_what_is_being_prepared(desk: Desk) -> None:
    seen = [desk.hohhot, desk.baotou, f.officer(f.REGION), f.auditor()]
    unseen = [f.manager(desk.here), f.broker(), f.operator(), f.officer(f.KUNDULUN)]
    assert all(reads.find_release(f.actor(a), desk.release.uid) for a in seen)
    assert not any(reads.find_release(f.actor(a), desk.release.uid) for a in unseen)


# ---- Gathering --------------------------------------------------------------------------------------


@pytest.mark.covers("NED-01")
def test_an_unreviewed_need_cannot_enter_and_is_named(desk: Desk) -> None:
    good, waiting = desk.need(title="审过的一条"), s.submitted(desk.here, title="没审的一条")
    with pytest.raises(ValidationError) as refused:
        desk.add(good, waiting)
    assert "没审的一条" in refused.value.messages[0]
    assert "待审核" in refused.value.messages[0]
    assert not ReleaseItem.objects.exists(), "all or none"
    assert desk.add(good) == 1
    assert desk.add(good) == 0, "a second time changes nothing"


def test_only_public_needs_of_the_own_city_confirmed_by_their_owner_enter(desk: Desk) -> None:
    far = desk.need(f.HOHHOT, title="他市的一条")
    members = desk.need(tier="members", title="会员的一条")
    achievement = s.published(desk.here, "achievement", by=desk.by(f.BAOTOU), title="成果一条")
    reported = desk.need(title="报道的一条")
    Listing.objects.filter(pk=reported.pk).update(origin="source")
    gone = withdraw(desk.need(title="撤回的一条"))
    for row in (far, achievement, reported, gone):
        with pytest.raises(ValidationError, match=row.title):
            desk.add(row)
    with pytest.raises(ValidationError, match=r"会员的一条|看不到"):
        desk.add(members)
    with pytest.raises(ValidationError, match="看不到"):
        desk.add(s.draft(desk.here))
    with pytest.raises(RefusedError):
        actions.add_needs(desk.release, [far.uid], by=f.actor(f.broker()), now=NOW)


def test_what_there_is_to_pick_from(desk: Desk) -> None:
    mine, far = desk.need(title="甲"), desk.need(f.HOHHOT)
    held = desk.held(title="乙")
    s.submitted(desk.here)

    def found(of: str = f.BAOTOU, **asked: object) -> set[int]:
        picked = reads.Picked(**asked)  # type: ignore[arg-type]  # texts and one flag
        return set(reads.candidates(desk.by(of), desk.release, picked).values_list("pk", flat=True))

    assert found() == {mine.pk, held.pk}
    assert found(f.HOHHOT) == {far.pk}
    assert found(state="held") == {held.pk}
    assert found(q="甲") == {mine.pk}
    assert found(city=f.HOHHOT) == set()
    region = f.actor(f.officer(f.REGION))
    assert reads.candidates(region, desk.release, reads.Picked()).count() == 3
    desk.add(mine)
    assert found() == {held.pk}
    desk.add(far, city=f.HOHHOT)
    desk.confirm()
    desk.let_go()
    assert found() == {mine.pk, held.pk}
    assert found(fresh=True) == {held.pk}


def test_a_need_stands_in_one_release_in_preparation(desk: Desk) -> None:
    need = desk.need(title="只能一批")
    desk.add(need)
    other = begin(desk.by(f.BAOTOU), "另一批")
    with pytest.raises(ValidationError, match=r"只能一批.*另一批准备中"):
        actions.add_needs(other, [need.uid], by=desk.by(f.BAOTOU), now=NOW)
    actions.remove_needs(desk.release, [need.uid], by=desk.by(f.BAOTOU), now=NOW, note="换一批")
    assert actions.add_needs(other, [need.uid], by=desk.by(f.BAOTOU), now=NOW) == 1


def test_taking_out_needs_a_reason_and_is_the_own_citys_business(desk: Desk) -> None:
    need = desk.need()
    desk.add(need)
    with pytest.raises(ValidationError):
        actions.remove_needs(desk.release, [need.uid], by=desk.by(f.BAOTOU), now=NOW, note=" ")
    with pytest.raises(RefusedError):
        actions.remove_needs(desk.release, [need.uid], by=desk.by(f.HOHHOT), now=NOW, note="不要")
    assert actions.remove_needs(desk.release, [need.uid], by=desk.by(f.BAOTOU), now=NOW, note="重复") == 1
    event = Event.objects.get(type="release.removed")
    assert event.payload.body == {"needs": [str(need.uid)], "note": "重复"}


def test_a_batch_has_a_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mengkeju.listings.engine.releases.MOST_NEEDS", 1)
    desk.add(desk.need())
    with pytest.raises(ValidationError, match="最多 1 项"):
        desk.add(desk.need())


# ---- Confirming -------------------------------------------------------------------------------------


@pytest.mark.covers("NED-01")
def test_each_city_confirms_its_part_and_the_other_is_told(desk: Desk) -> None:
    desk.add(desk.need())
    desk.add(desk.need(f.HOHHOT), city=f.HOHHOT)
    desk.confirm(f.BAOTOU)
    assert desk.release.state == "checking"
    duty = Duty.objects.get(key="confirm_release", closed_at=None)
    assert (duty.holder_role, duty.area) == ("officer", f.HOHHOT)
    desk.confirm(f.BAOTOU)
    assert desk.release.state == "checking", "a second confirmation of a city changes nothing"
    desk.confirm(f.HOHHOT)
    assert desk.release.state == "checked"
    assert not Duty.objects.filter(key="confirm_release", closed_at=None).exists()


def test_nobody_confirms_for_another_city_or_for_two(desk: Desk) -> None:
    desk.add(desk.need())
    desk.add(desk.need(f.HOHHOT), city=f.HOHHOT)
    digest = reads.content_digest(desk.release)
    with pytest.raises(RefusedError):
        actions.confirm_part(desk.release, f.HOHHOT, digest=digest, by=desk.by(f.BAOTOU), now=NOW)
    region = f.actor(f.officer(f.REGION))
    actions.confirm_part(desk.release, f.HOHHOT, digest=digest, by=region, now=NOW)
    with pytest.raises(ValidationError, match="两个人"):
        actions.confirm_part(desk.release, f.BAOTOU, digest=digest, by=region, now=NOW)
    with pytest.raises(ValidationError):
        actions.confirm_part(desk.release, "110000", digest=digest, by=region, now=NOW)
    desk.confirm(f.BAOTOU)
    assert desk.release.state == "checked"


def test_a_city_without_needs_has_nothing_to_confirm(desk: Desk) -> None:
    desk.add(desk.need())
    with pytest.raises(ValidationError, match="还没有需求"):
        desk.confirm(f.HOHHOT)


def test_what_was_not_seen_is_not_confirmed(desk: Desk) -> None:
    desk.add(desk.need())
    seen = reads.content_digest(desk.release)
    desk.add(desk.need())
    with pytest.raises(StaleRevisionError):
        actions.confirm_part(desk.release, f.BAOTOU, digest=seen, by=desk.by(f.BAOTOU), now=NOW)


def test_a_change_takes_the_confirmations_back(desk: Desk) -> None:
    desk.ready()
    assert desk.release.state == "checked"
    desk.add(desk.need())
    desk.release.refresh_from_db()
    assert desk.release.state == "collecting"
    assert not desk.release.parts.exclude(confirmed_at=None).exists()
    told = Notice.objects.filter(subject_uid=desk.release.uid, kind="release.changed")
    assert desk.hohhot.uid in set(told.values_list("account", flat=True))
    assert desk.baotou.uid not in set(told.values_list("account", flat=True)), "he made the change"
    desk.confirm()
    given = ReleaseInput("新题目")
    revision = desk.release.revision
    actions.edit_release(desk.release, given, by=desk.by(f.HOHHOT), now=NOW, revision=revision)
    desk.release.refresh_from_db()
    assert (desk.release.state, desk.release.title) == ("collecting", "新题目")
    with pytest.raises(StaleRevisionError):
        actions.edit_release(desk.release, ReleaseInput("旧表单"), by=desk.by(f.BAOTOU), now=NOW, revision=revision)


def test_a_confirmation_is_taken_back_with_a_reason(desk: Desk) -> None:
    desk.ready()
    with pytest.raises(TransitionRefusedError):
        actions.unconfirm_part(desk.release, f.BAOTOU, by=desk.by(f.BAOTOU), now=NOW, note=" ")
    with pytest.raises(RefusedError):
        actions.unconfirm_part(desk.release, f.BAOTOU, by=desk.by(f.HOHHOT), now=NOW, note="代收")
    actions.unconfirm_part(desk.release, f.BAOTOU, by=desk.by(f.BAOTOU), now=NOW, note="数字要核")
    desk.release.refresh_from_db()
    assert desk.release.state == "checking"
    assert Duty.objects.get(key="confirm_release", closed_at=None).area == f.BAOTOU
    with pytest.raises(TransitionRefusedError):
        desk.let_go()
    actions.unconfirm_part(desk.release, f.HOHHOT, by=desk.by(f.HOHHOT), now=NOW, note="也要核")
    desk.release.refresh_from_db()
    assert desk.release.state == "collecting"


@pytest.mark.parametrize("act", [lambda need: edit(need, summary="改过的说明"), withdraw])
def test_a_need_that_changes_after_its_confirmation_makes_it_void(desk: Desk, act: object) -> None:
    here, _there = desk.ready()
    follow()
    desk.release.refresh_from_db()
    assert desk.release.state == "checked", "nothing has changed yet"
    act(here)  # type: ignore[operator]  # one of the two above
    follow()
    follow()  # a follower may be handed the same events again
    desk.release.refresh_from_db()
    assert desk.release.state == "collecting"
    assert here.title in str(Notice.objects.filter(kind="release.changed").values_list("title", flat=True))
    with pytest.raises(ValidationError, match=here.title):
        desk.confirm(f.BAOTOU)


def test_what_a_visitor_does_not_read_is_no_change(desk: Desk) -> None:
    here, _there = desk.ready()
    edit(here, confidential="只给合作方的新内容")
    follow()
    desk.release.refresh_from_db()
    assert desk.release.state == "checked"


def test_the_new_wording_is_taken_over_and_confirmed_again(desk: Desk) -> None:
    here, _there = desk.ready()
    edit(here, summary="改过的说明")
    assert [o.why for o in reads.obstacles(desk.release)] == ["changed"]
    assert actions.refresh_needs(desk.release, by=desk.by(f.HOHHOT), now=NOW) == 0, "not his city's"
    assert actions.refresh_needs(desk.release, by=desk.by(f.BAOTOU), now=NOW) == 1
    assert reads.obstacles(desk.release) == []
    assert ReleaseItem.objects.get(listing=here).snapshot["summary"] == "改过的说明"
    desk.confirm()
    assert desk.release.state == "checked"


# ---- Two at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_officers_confirm_at_once_and_both_count() -> None:
    desk = Desk()
    desk.add(desk.need())
    desk.add(desk.need(f.HOHHOT), city=f.HOHHOT)
    digest = reads.content_digest(desk.release)
    actors = {city: desk.by(city) for city in (f.HOHHOT, f.BAOTOU)}

    def confirm(city: str) -> Release:
        fresh = Release.objects.get(pk=desk.release.pk)
        return actions.confirm_part(fresh, city, digest=digest, by=actors[city], now=NOW)

    outcomes = race(lambda: confirm(f.HOHHOT), lambda: confirm(f.BAOTOU))
    assert not [one for one in outcomes if isinstance(one, BaseException)]
    desk.release.refresh_from_db()
    assert desk.release.state == "checked"


@pytest.mark.django_db(transaction=True)
def test_one_need_into_two_batches_at_once_enters_one() -> None:
    desk = Desk()
    need, other = desk.need(), begin(desk.by(f.BAOTOU), "另一批")
    by = desk.by(f.BAOTOU)
    outcomes = race(
        *(lambda batch=batch: actions.add_needs(batch, [need.uid], by=by, now=NOW) for batch in (desk.release, other))
    )
    assert ReleaseItem.objects.filter(listing=need).count() == 1
    assert sum(isinstance(one, ValidationError) for one in outcomes) == 1
