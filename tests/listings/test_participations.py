"""Who takes part: order, asking, objecting. Nine inventors of whom one objects."""

import pytest
from django.core.exceptions import ValidationError

from mengkeju.directory.models import Person
from mengkeju.kernel import duties
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, RefusedError
from mengkeju.kernel.models import Event, Notice
from mengkeju.listings import actions, queries
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.actions import ParticipantInput
from mengkeju.listings.models import Listing, Participation
from tests import factories as f
from tests.access_forms import assert_forms_agree
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


def by_of(listing: Listing) -> Actor:
    assert listing.owner is not None
    return s.manager_of(listing.owner)


def add(listing: Listing, role: str = "inventor", **given: object) -> Participation:
    stated = ParticipantInput(role, **given)  # type: ignore[arg-type]  # assembled from named parts
    return actions.add_participant(listing, stated, by=by_of(listing), now=s.LATER, secrecy_reviewed=True)


def names(listing: Listing, actor: Actor) -> list[str]:
    return [one.name for _part, people in queries.team(listing, actor).parts for one in people]


def nine(listing: Listing) -> tuple[list[str], Participation, Person]:
    """Eight names and, in the fifth place, somebody of another organisation who has a login."""
    person = f.person(f.account(name="王异议", email="wang@example.org"))
    rows, objector = [], None
    for n in range(9):
        if n == 4:
            objector = add(listing, email="WANG@example.org", name="老王")
            rows.append(person.name)
        else:
            rows.append(f"发明人{n}")
            add(listing, name=rows[-1])
    assert objector is not None
    return rows, objector, person


@pytest.mark.covers("ACH-01")
def test_nine_inventors_of_whom_one_objects() -> None:
    listing = s.published(kind="achievement")
    everybody, row, person = nine(listing)
    assert names(listing, ANONYMOUS) == everybody
    assert row.answer == "asked"
    assert person.account is not None
    duty = duties.open_on(row).get()
    assert (duty.key, duty.holder_account) == ("answer_participation", person.account.uid)
    himself = f.actor(person.account)
    for stranger in (by_of(listing), s.manager_of(f.organisation()), SYSTEM):
        with pytest.raises(RefusedError):
            actions.answer_participation(row, agrees=False, by=stranger, now=s.LATER)
    actions.answer_participation(row, agrees=False, by=himself, now=s.LATER, reason="我没有参加")
    visitor = queries.team(listing, ANONYMOUS)
    assert visitor.unsettled
    assert person.name not in names(listing, ANONYMOUS)
    assert len(names(listing, ANONYMOUS)) == 8
    assert names(listing, by_of(listing)) == everybody, "its owner must know who"
    assert person.name in names(listing, himself)
    settle = duties.open_on(row).get()
    assert listing.owner is not None
    assert (settle.key, settle.holder_organisation) == ("settle_participants", listing.owner.uid)
    assert Notice.objects.filter(account=f.manager(listing.owner).uid, kind="duty.settle_participants").exists()
    assert Event.objects.filter(type="participation.objected", subject_uid=row.uid).count() == 1
    assert actions.remove_participant(row, by=by_of(listing), now=s.LATER, secrecy_reviewed=True)
    assert not queries.team(listing, ANONYMOUS).unsettled
    assert not duties.open_on(row).exists()
    assert len(names(listing, by_of(listing))) == 8
    with pytest.raises(RefusedError):
        actions.answer_participation(row, agrees=True, by=himself, now=s.LATER)


def test_he_may_change_his_mind() -> None:
    listing = s.published(kind="patent")
    _everybody, row, person = nine(listing)
    assert person.account is not None
    himself = f.actor(person.account)
    actions.answer_participation(row, agrees=False, by=himself, now=s.LATER)
    actions.answer_participation(row, agrees=True, by=himself, now=s.LATER)
    assert person.name in names(listing, ANONYMOUS)
    assert not duties.open_on(row).exists()
    assert not queries.team(listing, ANONYMOUS).unsettled
    assert Participation.objects.get(pk=row.pk).objection == ""


def test_order_is_kept_and_changed_one_place_at_a_time() -> None:
    listing = s.draft(kind="achievement")
    rows = [add(listing, name=f"人{n}") for n in range(3)]
    unit = add(listing, "completer_unit", organisation=listing.owner)
    by = by_of(listing)
    assert actions.move_participant(rows[2], up=True, by=by, now=s.LATER)
    assert names(listing, by)[1:] == ["人0", "人2", "人1"]
    assert not actions.move_participant(rows[0], up=True, by=by, now=s.LATER)
    assert not actions.move_participant(unit, up=False, by=by, now=s.LATER), "parts have their own order"
    with pytest.raises(RefusedError):
        actions.move_participant(rows[0], up=False, by=s.manager_of(f.organisation()), now=s.LATER)


def test_what_is_wrong_stands_at_its_field() -> None:
    listing = s.draft(kind="achievement")
    add(listing, name="张三")
    for field, role, given in (
        ("role", "nonsense", {"name": "李四"}),
        ("name", "inventor", {"name": " "}),
        ("name", "inventor", {"name": " 张三 "}),
        ("organisation", "inventor", {"organisation": listing.owner}),
    ):
        with pytest.raises(ValidationError) as caught:
            add(listing, role, **given)
        assert list(caught.value.message_dict) == [field]


def test_who_names_himself_has_agreed_and_a_name_without_login_is_asked_nothing() -> None:
    listing = s.draft(kind="achievement")
    assert listing.owner is not None
    own = add(listing, person=f.person(f.manager(listing.owner)))
    assert own.answer == "agreed"
    outside = add(listing, name="外单位专家", email="nobody@example.org")
    assert (outside.answer, outside.person, outside.name) == ("", None, "外单位专家")
    assert not duties.open_on(own).exists()


def test_the_list_goes_with_the_tier_of_the_team() -> None:
    listing = s.published(kind="achievement", tiers={"better": "members"})
    add(listing, name="张三")
    assert not queries.may_know_team(listing, ANONYMOUS)
    assert queries.may_know_team(listing, s.manager_of(f.organisation()))


def test_page_and_list_agree() -> None:
    listing = s.published(kind="achievement")
    _everybody, row, person = nine(listing)
    actions.remove_participant(
        Participation.objects.filter(listing=listing).order_by("pk")[0],
        by=by_of(listing),
        now=s.LATER,
        secrecy_reviewed=True,
    )
    assert person.account is not None
    people = {
        "visitor": ANONYMOUS,
        "owner": by_of(listing),
        "himself": f.actor(person.account),
        "stranger": s.manager_of(f.organisation()),
        "auditor": f.actor(f.auditor()),
    }
    permissions = [PartPerm.PARTICIPATION_READ, PartPerm.PARTICIPATION_ANSWER]
    assert_forms_agree(permissions, people, Participation.objects.all())
    assert queries.participation(people["himself"], row.uid) is not None
    assert queries.participation(ANONYMOUS, row.uid) is None
