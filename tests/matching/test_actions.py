"""Matching in the background: both ways, once, at once gone, and nothing closed in the reasons."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mengkeju.kernel import consent
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Event
from mengkeju.listings import actions as listings
from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.actions import compute, shelf, store
from mengkeju.matching.definitions import SHOWING_CONSENT, limits
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.models import Feedback, Outcome, Proposal, Showing, Waiting
from tests import factories
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-17")]
AT, LATER = world.AT, world.LATER


def ranks(side: str, listing: Listing) -> list[int]:
    rows = Proposal.objects.filter(**{side: listing}, retired_at=None, **{f"{side}_rank__isnull": False})
    return sorted(rows.values_list(f"{side}_rank", flat=True))


def state() -> list[tuple[object, ...]]:
    fields = ("uid", "need_rank", "achievement_rank", "expected", "band", "retired_at", "reasons")
    return [tuple(str(v) for v in row) for row in Proposal.objects.order_by("pk").values_list(*fields)]


def test_a_need_finds_its_achievement_first() -> None:
    needs, achievements = world.shelf()
    for need, right in zip(needs, achievements, strict=False):
        compute.compute_for(need.uid, now=AT)
        best = Proposal.objects.get(need=need, need_rank=1)
        assert best.achievement == right
        assert best.band
        assert best.reasons["terms"]


def test_a_new_achievement_finds_its_need_and_enters_its_list_in_place() -> None:
    needs, _ = world.matched()
    new = world.listing("achievement", "水煤浆气化细渣脱水脱碳工艺", "气化细渣脱水脱碳，碳做填料，灰做建材原料。")
    compute.compute_for(new.uid, now=LATER)
    proposal = Proposal.objects.get(need=needs[0], achievement=new)
    assert proposal.achievement_rank == 1
    assert proposal.need_rank == 1
    listed = Proposal.objects.filter(need=needs[0], retired_at=None).order_by("need_rank")
    assert ranks("need", needs[0]) == list(range(1, len(listed) + 1))
    expected = [p.expected for p in listed]
    assert expected == sorted(expected, reverse=True)


def test_one_listing_alone_gives_what_the_whole_run_gives() -> None:
    needs, _ = world.matched()
    whole = [row[1:] for row in state()]
    Proposal.objects.all().delete()
    for need in needs:
        compute.compute_for(need.uid, now=AT)
    assert sorted(map(str, (row[1:] for row in state()))) == sorted(map(str, whole))


def test_a_run_repeated_changes_nothing() -> None:
    needs, achievements = world.matched()
    before = state()
    compute.compute_for(needs[0].uid, now=LATER)
    compute.compute_for(achievements[0].uid, now=LATER)
    assert compute.match_all(now=LATER) == len(before)
    assert state() == before


def test_one_laboratory_may_answer_another_of_the_same_organisation() -> None:
    both = factories.organisation()
    need = world.listing("need", *world.NEEDS[0], owner=both)
    own = world.listing("achievement", *world.ACHIEVEMENTS[0], owner=both)
    other = world.listing("achievement", *world.ACHIEVEMENTS[1])
    compute.compute_for(need.uid, now=AT)
    compute.match_all(now=AT)
    found = set(Proposal.objects.filter(need=need).values_list("achievement", flat=True))
    assert {own.pk, other.pk} <= found


def test_withdrawn_listings_lose_their_proposals_at_once_and_get_them_back() -> None:
    needs, _ = world.matched()
    world.note_events()
    kept = set(Proposal.objects.filter(need=needs[0]).values_list("uid", flat=True))
    by = factories.actor(factories.officer())
    listings.move_listing(needs[0], "withdraw", by=by, now=LATER, note="不需要了")
    world.note_events()
    assert not Proposal.objects.filter(need=needs[0], retired_at=None).exists()
    assert not Waiting.objects.filter(listing=needs[0]).exists()
    assert compute.compute_for(needs[0].uid, now=LATER) == 0

    owner = factories.actor(factories.manager(needs[0].owner)) if needs[0].owner else by
    listings.move_listing(needs[0], "reopen", by=owner, now=LATER)
    listings.publish_import(needs[0], by=by, now=LATER)
    world.note_events()
    compute.compute_waiting(now=LATER)
    assert set(Proposal.objects.filter(need=needs[0], retired_at=None).values_list("uid", flat=True)) == kept


def test_a_listing_closed_while_it_was_matched_is_not_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, achievements = world.shelf()
    shelf.fitted()
    monkeypatch.setattr(shelf, "digest", lambda side, market: shelf._held[market].digests[side])
    Listing.objects.filter(pk=achievements[0].pk).update(state="closed")  # after the shelf was read
    compute.compute_for(needs[0].uid, now=AT)
    assert Proposal.objects.filter(need=needs[0]).exists()
    assert not Proposal.objects.filter(achievement=achievements[0]).exists()


@pytest.mark.django_db(transaction=True)
def test_many_publications_make_one_task() -> None:
    needs, achievements = world.shelf()
    world.follow()
    assert world.waiting_tasks() == 1
    assert Waiting.objects.count() == len(needs) + len(achievements)
    world.begin_task()
    listing = world.listing("need", "草种包衣", "苜蓿种子包衣配方")
    world.follow()
    assert world.waiting_tasks() == 1  # a change during the run makes the next one
    assert Waiting.objects.filter(listing=listing).exists()


def test_the_task_bears_repetition_and_keeps_what_changed_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, _ = world.shelf()
    world.note_events()
    count = Waiting.objects.count()
    first = compute.compute_for

    def changed_meanwhile(uid: object, **given: object) -> int:
        if uid == needs[1].uid:
            Waiting.objects.filter(listing=needs[1]).update(since=LATER + timedelta(minutes=5))
        return first(uid, **given)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(compute, "compute_for", changed_meanwhile)
    assert compute.compute_waiting(now=AT) == count
    assert list(Waiting.objects.values_list("listing", flat=True)) == [needs[1].pk]
    before = state()
    assert compute.compute_waiting(now=LATER) == 1
    assert state() == before


def test_many_waiting_are_matched_by_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    world.shelf()
    world.note_events()
    monkeypatch.setattr(compute, "limits", lambda: replace(limits(), whole_run_from=2))
    monkeypatch.setattr(compute, "compute_for", lambda *_a, **_k: pytest.fail("one by one"))
    compute.compute_waiting(now=AT)
    assert Proposal.objects.filter(retired_at=None).exists()
    assert not Waiting.objects.exists()


def test_drafts_and_other_subjects_are_nobodys_business() -> None:
    draft = world.listing("need", "草稿", "还没写完", publish=False)
    assert actions.note_changes(list(Event.objects.all()), now=AT) == 0
    assert not Waiting.objects.filter(listing=draft).exists()


def test_lists_are_bounded_and_unlisted_pairs_retire(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, achievements = world.matched()
    monkeypatch.setattr(store, "limits", lambda: replace(limits(), proposals_per_listing=1, weak_per_listing=1))
    compute.compute_for(needs[0].uid, now=LATER)
    assert ranks("need", needs[0]) == [1, 2]
    for listing in achievements:
        assert len(ranks("achievement", listing)) <= 2
    assert Proposal.objects.filter(need=needs[0], retired_at=LATER).exists()


def test_no_reason_quotes_what_is_not_public() -> None:
    secrets = ("机密参数甲", "内部现状乙", "底价丙")
    owner = factories.organisation()
    need = world.listing(
        "need",
        "气化细渣脱碳",
        "气化细渣脱碳利用",
        owner=owner,
        confidential=f"{secrets[0]}，气化细渣粒径",
        present=f"{secrets[1]}，分选残碳",
        ip_wish=f"{secrets[2]}，母粒填料",
        tiers={"targets": "members", "terms": "parties"},
    )
    world.listing("achievement", "煤气化细渣分选残碳", "机密参数甲 内部现状乙 底价丙 分选残碳 母粒填料 气化细渣粒径")
    compute.compute_for(need.uid, now=AT)
    stored = json.dumps(list(Proposal.objects.values_list("reasons", flat=True)), ensure_ascii=False)
    assert "细渣" in stored
    for hidden in (*secrets, "残碳", "母粒", "粒径"):
        assert hidden not in stored


def test_the_fitted_shelf_is_kept_until_the_side_needed_changes() -> None:
    needs, _ = world.shelf()
    first = shelf.fitted()
    assert shelf.fitted() is first
    Listing.objects.filter(pk=needs[0].pk).update(revision=9)
    assert shelf.fitted(Side.ACHIEVEMENT) is first
    assert shelf.fitted(Side.NEED) is not first


def test_documents_carry_the_signals() -> None:
    need = world.listing(
        "need", "气化细渣脱碳", "气化细渣", maturity="trl5", area=factories.KUNDULUN, price_high=Decimal(1_000_000)
    )
    document = shelf.document_of(need)
    assert document is not None
    assert document.profile.area_path == (factories.BAOTOU, factories.KUNDULUN)
    assert document.profile.maturity is not None
    assert document.profile.maturity.value == "middle"
    assert document.profile.deals is None
    assert document.profile.money_high == Decimal(1_000_000)
    assert "万元" not in document.body


def _proposal() -> Proposal:
    needs, _ = world.matched()
    return Proposal.objects.select_related("need__owner", "achievement__owner").get(need=needs[0], need_rank=1)


def test_dismissing_needs_a_reason_and_is_said_once() -> None:
    proposal = _proposal()
    firm = proposal.need.owner
    assert firm is not None
    by = factories.actor(factories.manager(firm))
    for reason, note in (("", ""), ("nonsense", ""), ("other", " "), ("other", "长" * 501)):
        with pytest.raises(ValidationError):
            actions.dismiss(proposal, firm, reason, note, by=by, now=AT)
    first = actions.dismiss(proposal, firm, "too_early", "", by=by, now=AT)
    assert actions.dismiss(proposal, firm, "vague", "", by=by, now=LATER) == first
    assert Feedback.objects.get().model_version == proposal.model_version
    assert Event.objects.filter(type="match.dismissed", subject_uid=proposal.uid).count() == 1
    assert actions.restore(proposal, firm, by=by, now=LATER)
    assert not actions.restore(proposal, firm, by=by, now=LATER)
    assert Feedback.objects.get().withdrawn_at == LATER


def test_everybody_answers_only_for_his_own() -> None:
    proposal = _proposal()
    firm, institute = proposal.need.owner, proposal.achievement.owner
    assert firm is not None
    assert institute is not None
    stranger, agency = factories.organisation(), factories.organisation(kind="agency")
    broker = factories.actor(factories.with_role("broker", of=factories.manager(agency)))
    both = factories.member(firm)
    elsewhere = factories.organisation(founder=both)
    for by, organisation in (
        (factories.actor(factories.manager(stranger)), stranger),
        (broker, firm),
        (broker, None),
        (factories.actor(both), elsewhere),
        (factories.actor(factories.manager(institute)), firm),
        (factories.actor(factories.officer()), firm),
        (factories.actor(factories.auditor()), firm),
    ):
        with pytest.raises(RefusedError):
            actions.dismiss(proposal, organisation, "too_early", "", by=by, now=AT)
    assert actions.dismiss(proposal, firm, "too_early", "", by=factories.actor(both), now=AT).organisation == firm


def test_outcomes_are_noted_once_and_only_by_those_who_take_part() -> None:
    proposal = _proposal()
    assert proposal.need.owner is not None
    by = factories.actor(factories.manager(proposal.need.owner))
    actions.record_outcome(proposal.uid, "intention", by=factories.actor(factories.account()), now=AT)
    actions.record_outcome(factories.organisation().uid, "intention", by=by, now=AT)
    assert not Outcome.objects.exists()
    actions.record_outcome(proposal.uid, "intention", by=by, now=AT)
    actions.record_outcome(proposal.uid, "intention", by=by, now=LATER)
    assert Outcome.objects.get().at == AT
    with pytest.raises(ValueError, match="no step 'bought'"):
        actions.record_outcome(proposal.uid, "bought", by=by, now=AT)


def test_showings_once_a_day_persons_by_consent_for_a_year() -> None:
    proposal = _proposal()
    assert proposal.need.owner is not None
    manager = factories.manager(proposal.need.owner)
    by = factories.actor(manager)
    assert actions.note_shown([(proposal, 1)], by=by, now=AT) == 1
    assert actions.note_shown([(proposal, 1)], by=by, now=LATER) == 0
    assert Showing.objects.get().account is None
    assert Outcome.objects.get().step == "shown"
    actions.mark_opened(proposal, by=by, now=LATER)
    assert Showing.objects.get().opened_at == LATER
    consent.accept(SHOWING_CONSENT, by=by, now=LATER)
    day = AT + timedelta(days=1)
    actions.note_shown([(proposal, 1)], by=by, now=day)
    assert Showing.objects.get(day=day.date()).account == manager.uid
    consent.take_back(SHOWING_CONSENT, by=by, now=day)
    assert not Showing.objects.filter(account__isnull=False).exists()
    assert actions.prune_showings(now=AT + timedelta(days=limits().showings_kept_days)) == 0
    assert actions.prune_showings(now=AT + timedelta(days=limits().showings_kept_days + 1)) == 1
    assert limits().showings_kept_days <= 366


def test_an_auditor_looking_is_no_step() -> None:
    proposal = _proposal()
    actions.note_shown([(proposal, 1)], by=factories.actor(factories.auditor()), now=AT)
    assert Showing.objects.get().organisation is None
    assert not Outcome.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"p4": 0.9},
        {"expected": 5.0},
        {"band": "superb"},
        {"need_rank": None, "achievement_rank": None},
    ],
)
def test_the_database_refuses_nonsense(change: dict[str, object]) -> None:
    proposal = _proposal()
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**change)


def test_a_text_is_ranked_without_being_stored() -> None:
    world.shelf()
    answers = compute.rank_text("乳清膜分离\n奶酪副产乳清需要膜分离与喷雾干燥", now=AT, top=2)
    assert answers[0].title == world.ACHIEVEMENTS[1][0]
    assert len(answers) == 2
    assert not Proposal.objects.exists()
    with pytest.raises(ValueError, match="没有文字"):
        compute.rank_text("  \n", now=AT, top=2)
    with pytest.raises(ValueError, match="不在发布中"):
        compute.rank_listing(factories.organisation().uid, now=AT, top=2)
