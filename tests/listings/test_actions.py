from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from mengkeju.kernel.access import ANONYMOUS, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Event, Notice
from mengkeju.kernel.testing.race import race
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions
from mengkeju.listings.models import Listing, ListingLink, ListingNumber, PartyAccess
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


@pytest.mark.covers("NED-02")
def test_from_draft_to_closed_and_open_again() -> None:
    owner, officer = f.organisation(), s.reviewer()
    by = s.manager_of(owner)
    row = s.draft(owner, price_low=Decimal(8_000_000), modes=["licence"], target="烧失量不高于 8%")
    assert (row.state, row.number, row.area, row.published_at) == ("draft", "", f.KUNDULUN, None)
    assert row.details["values"] == s.ENOUGH | {"modes": ["licence"]}
    s.submit(row)
    number = row.number
    assert number == f"MK-N-{s.LATER.year}-0001"
    actions.review_listing(row, approve=False, by=officer, now=s.LATER, note="请写明处理规模")
    s.submit(row)
    assert row.number == number
    actions.review_listing(row, approve=True, by=officer, now=s.LATER)
    assert row.published_at == s.LATER
    s.closed(row, by=by)
    actions.move_listing(row, "reopen", by=by, now=s.LATER)
    s.submit(row)
    actions.review_listing(row, approve=True, by=officer, now=s.LATER + timedelta(days=9))
    row.refresh_from_db()
    assert (row.number, row.published_at, row.state) == (number, s.LATER, "published")
    kinds_of_event = list(Event.objects.filter(subject_uid=row.uid).order_by("id").values_list("type", flat=True))
    assert kinds_of_event == [
        f"listing.{verb}"
        for verb in ("created", "submit", "return", "submit", "approve", "close", "reopen", "submit", "approve")
    ]


def test_a_copy_read_before_the_number_was_given_gives_no_second_one() -> None:
    row = s.draft()
    old = Listing.objects.get(pk=row.pk)
    s.submit(row)
    actions.review_listing(row, approve=False, by=s.reviewer(), now=s.LATER, note="请补充")
    s.submit(old)
    assert old.number == row.number
    assert Listing.objects.get(pk=row.pk).number == row.number


def test_a_number_is_never_given_again() -> None:
    first = s.submitted()
    actions.move_listing(first, "withdraw", by=s.manager_of(first.owner), now=s.LATER, note="不做了")  # type: ignore[arg-type]  # it has an owner
    assert s.submitted().number == f"MK-N-{s.LATER.year}-0002"
    assert s.submitted(kind="achievement").number == f"MK-A-{s.LATER.year}-0001"
    assert dict(ListingNumber.objects.values_list("kind", "last")) == {"need": 2, "achievement": 1}


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_once_get_two_numbers() -> None:
    drafts = [s.draft() for _n in range(3)]
    outcomes = race(*[lambda row=row: s.submit(row) for row in drafts])
    assert [o for o in outcomes if isinstance(o, BaseException)] == []
    numbers = sorted(Listing.objects.values_list("number", flat=True))
    assert numbers == [f"MK-N-{s.LATER.year}-{n:04d}" for n in (1, 2, 3)]


@pytest.mark.django_db(transaction=True)
def test_two_officers_deciding_at_once_one_is_told() -> None:
    row = s.submitted()
    officers = [s.reviewer(), s.reviewer()]
    outcomes = race(
        lambda: actions.review_listing(Listing.objects.get(pk=row.pk), approve=True, by=officers[0], now=s.LATER),
        lambda: actions.review_listing(
            Listing.objects.get(pk=row.pk), approve=False, by=officers[1], now=s.LATER, note="请补充"
        ),
    )
    lost = [o for o in outcomes if isinstance(o, BaseException)]
    assert len(lost) == 1
    assert isinstance(lost[0], TransitionRefusedError)
    assert "别人刚刚已经办理" in lost[0].reason
    assert Event.objects.filter(subject_uid=row.uid, type__in=["listing.approve", "listing.return"]).count() == 1


def test_an_edit_of_a_published_listing_is_recorded_with_both_versions() -> None:
    owner = f.organisation()
    row = s.published(owner, title="旧题目", price_high=Decimal(100), tiers={"targets": "members"})
    changed: dict[str, Any] = s.ENOUGH | {"title": "新题目", "price_high": Decimal(200), "target": "不高于 6%"}
    given = s.stated(tiers={"targets": "public"}, **changed)
    edited = actions.edit_listing(row, given, by=s.manager_of(owner), now=s.LATER, revision=row.revision)
    assert (edited.state, edited.title, edited.revision) == ("published", "新题目", row.revision + 1)
    event = Event.objects.get(type="listing.edited")
    assert event.payload.body["before"] == {
        "title": "旧题目",
        "price_high": "100.00",
        "target": "烧失量不高于 8%",
        "tiers": {"targets": "members"},
    }
    assert event.payload.body["after"] == {
        "title": "新题目",
        "price_high": "200.00",
        "target": "不高于 6%",
        "tiers": {"targets": "public"},
    }
    assert event.payload.body["section_tiers"]["targets"] == ["members", "public"]
    assert event.payload.body["section_tiers"]["private"] == ["parties"]


def test_an_edit_that_changes_nothing_is_no_event() -> None:
    owner = f.organisation()
    row = s.draft(owner, title="题目", price_low=Decimal(100))
    same = s.stated(title="题目", price_low=Decimal(100), **s.ENOUGH)
    again = actions.edit_listing(row, same, by=s.manager_of(owner), now=s.LATER)
    assert again.revision == row.revision
    assert not Event.objects.filter(type="listing.edited").exists()


def test_a_stale_edit_is_refused_and_carries_the_present_version() -> None:
    owner = f.organisation()
    row, by = s.draft(owner), s.manager_of(owner)
    actions.edit_listing(row, s.stated(title="先到"), by=by, now=s.LATER, revision=1)
    with pytest.raises(StaleRevisionError) as stale:
        actions.edit_listing(row, s.stated(title="后到"), by=by, now=s.LATER, revision=1)
    assert stale.value.current.title == "先到"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"title": "  "}, "title"),
        ({"price_low": Decimal(2), "price_high": Decimal(1)}, "price_high"),
        ({"colour": "红"}, "__all__"),
    ],
)
def test_what_no_single_field_can_check(given: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        s.draft(**given)
    assert list(refused.value.message_dict) == [place]
    assert not Listing.objects.exists()


@pytest.mark.parametrize("given", [{"tier": "everybody"}, {"tiers": {"terms": "nobody"}}])
def test_unknown_tiers_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="可见范围"):
        s.draft(**given)


def test_nobody_publishes_in_the_name_of_others() -> None:
    owner, stranger = f.organisation(), s.manager_of(f.organisation())
    for by in (stranger, ANONYMOUS, s.reviewer()):
        with pytest.raises(RefusedError):
            actions.create_listing("need", s.stated(), owner=owner, by=by, now=f.AT)
    row = s.published(owner)
    with pytest.raises(RefusedError):
        actions.edit_listing(row, s.stated(), by=stranger, now=f.AT)
    assert not Event.objects.filter(type="listing.edited").exists()


def test_the_officer_and_the_owner_are_told() -> None:
    owner, officer, other = f.organisation(), f.officer(f.BAOTOU), f.officer(f.HOHHOT)
    row = s.submitted(owner)
    assert Notice.objects.filter(account=officer.uid, title="待办：审核供需信息").count() == 1
    assert not Notice.objects.filter(account=other.uid).exists()
    actions.review_listing(row, approve=False, by=f.actor(officer), now=s.LATER, note="请补充数值")
    assert Notice.objects.filter(account=f.manager(owner).uid, title__contains="按退回意见修改").count() == 1


def test_the_parties_tier_opens_once_and_ends() -> None:
    row, guest = s.published(), f.organisation()
    uid, by = row.uid, s.reviewer()
    for _again in range(2):
        actions.let_party_in(row, guest, origin_type="intention", origin_uid=uid, by=by, now=s.LATER)
    assert PartyAccess.objects.count() == 1
    assert actions.end_party_access(origin_uid=uid, by=by, now=s.LATER) == 1
    assert actions.end_party_access(origin_uid=uid, by=by, now=s.LATER) == 0
    actions.let_party_in(row, guest, origin_type="intention", origin_uid=uid, by=by, now=s.LATER)
    assert list(PartyAccess.objects.order_by("pk").values_list("ended_at", flat=True)) == [s.LATER, None]
    events = Event.objects.filter(type__startswith="listing.party").order_by("id").values_list("type", flat=True)
    assert list(events) == ["listing.party_let_in", "listing.party_ended", "listing.party_let_in"]


def test_a_source_is_published_once_and_takes_no_intention() -> None:
    operator = f.actor(f.operator())
    entry = actions.SourceEntry("achievement", "1-17", "公开报道里的成果", area=f.KUNDULUN)
    made, new = actions.publish_from_source(entry, source="演示报道", owner=None, by=operator, now=f.AT)
    again, second = actions.publish_from_source(entry, source="演示报道", owner=None, by=operator, now=f.AT)
    assert (new, second, again.pk) == (True, False, made.pk)
    assert (made.state, made.incomplete, made.from_source, made.contact) == ("published", True, True, None)
    assert made.number.startswith("MK-A-")
    with pytest.raises(RefusedError):
        actions.publish_from_source(entry, source="另一报道", owner=None, by=s.reviewer(), now=f.AT)


def test_entries_of_a_source_are_linked_once_and_only_by_the_operator() -> None:
    operator = f.actor(f.operator())
    need, answer = (
        actions.publish_from_source(
            actions.SourceEntry(kind, "1", f"报道中的{kind}"), source="演示报道", owner=None, by=operator, now=f.AT
        )[0]
        for kind in ("need", "achievement")
    )
    link, new = actions.link_from_source(answer, need, "answers", by=operator, now=f.AT)
    again, second = actions.link_from_source(answer, need, "answers", by=operator, now=f.AT)
    assert (link, new, second) == (again, True, False)
    (event,) = Event.objects.filter(type="listing.linked")
    assert (event.subject_uid, event.payload.body) == (answer.uid, {"role": "answers", "target": str(need.uid)})
    with pytest.raises(RefusedError):
        actions.link_from_source(answer, need, "part_of", by=s.reviewer(), now=f.AT)
    for wrong in ((answer, need, "cousin"), (answer, answer, "part_of"), (s.published(), need, "part_of")):
        with pytest.raises(ValidationError):
            actions.link_from_source(*wrong, by=operator, now=f.AT)
    assert ListingLink.objects.count() == 1
