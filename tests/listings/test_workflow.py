"""The life of a listing: every verb in every state, through the actions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from mengkeju.kernel.access import SYSTEM, Actor, RefusedError
from mengkeju.kernel.actions import advance
from mengkeju.kernel.duties import open_on
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions
from mengkeju.listings.engine.workflow import DEADLINES, LISTING, SECRECY_LEVELS
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db

# What the table must say, written down a second time. Everything that is not here must be refused.
ALLOWED = {
    ("draft", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("draft", "refine"): "refining",
    ("returned", "refine"): "refining",
    ("refining", "confirm_wording"): "submitted",
    ("refining", "refuse_wording"): "draft",
    ("refining", "track"): "tracking",
    ("tracking", "take_up"): "refining",
    ("refining", "take_back"): "draft",
    ("refining", "withdraw"): "withdrawn",
    ("tracking", "withdraw"): "withdrawn",
    ("tracking", "reopen"): "draft",
    ("submitted", "approve"): "published",
    ("submitted", "return"): "returned",
    ("submitted", "hold"): "held",
    ("held", "approve"): "published",
    ("held", "return"): "returned",
    ("held", "release"): "published",
    ("held", "withdraw"): "withdrawn",
    ("draft", "publish_source"): "published",
    ("draft", "publish_import"): "published",
    ("published", "hide"): "dormant",
    ("dormant", "restore"): "published",
    ("dormant", "submit"): "submitted",
    ("dormant", "refine"): "refining",
    ("dormant", "close"): "closed",
    ("dormant", "withdraw"): "withdrawn",
    ("published", "close"): "closed",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn",
    ("returned", "withdraw"): "withdrawn",
    ("published", "withdraw"): "withdrawn",
    ("closed", "reopen"): "draft",
    ("withdrawn", "reopen"): "draft",
}
PATHS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "returned": ("submit", "return"),
    "held": ("submit", "hold"),
    "published": ("submit", "approve"),
    "dormant": ("submit", "approve", "hide"),
    "closed": ("submit", "approve", "close"),
    "withdrawn": ("withdraw",),
    "refining": ("refine",),
    "tracking": ("refine", "track"),
}


CONFIRMED = {"secrecy_level": "公开", "secrecy_reviewed": True}


def verbs(owner: Actor, officer: Actor) -> dict[str, Callable[[Listing], object]]:
    """Every verb by somebody who may."""
    broker = f.actor(f.broker())
    return {
        "refine": lambda row: advance(row, "refine", by=owner, now=s.LATER, data=CONFIRMED),
        "confirm_wording": lambda row: advance(row, "confirm_wording", by=owner, now=s.LATER, data=CONFIRMED),
        "refuse_wording": lambda row: advance(row, "refuse_wording", by=owner, now=s.LATER, note="不是这个意思"),
        "track": lambda row: advance(row, "track", by=broker, now=s.LATER),
        "take_up": lambda row: advance(row, "take_up", by=broker, now=s.LATER),
        "take_back": lambda row: actions.move_listing(row, "take_back", by=owner, now=s.LATER),
        "submit": lambda row: actions.submit_listing(
            row, by=owner, now=s.LATER, secrecy_level="公开", secrecy_reviewed=True
        ),
        "approve": lambda row: actions.review_listing(row, approve=True, by=officer, now=s.LATER),
        "return": lambda row: actions.review_listing(row, approve=False, by=officer, now=s.LATER, note="请补充数值"),
        "hold": lambda row: actions.review_listing(row, approve=True, hold=True, by=officer, now=s.LATER),
        "release": lambda row: advance(row, "release", by=SYSTEM, now=s.LATER),
        "publish_source": lambda row: advance(row, "publish_source", by=SYSTEM, now=s.LATER),
        "publish_import": lambda row: actions.publish_import(row, by=officer, now=s.LATER),
        "hide": lambda row: advance(row, "hide", by=SYSTEM, now=s.LATER),
        "restore": lambda row: advance(row, "restore", by=owner, now=s.LATER),
        "close": lambda row: s.closed(row, by=owner),
        "withdraw": lambda row: actions.move_listing(row, "withdraw", by=owner, now=s.LATER, note="暂缓"),
        "reopen": lambda row: actions.move_listing(row, "reopen", by=owner, now=s.LATER),
    }


@contextmanager
def tried() -> Iterator[None]:
    """Undo what happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_table_is_what_is_written_here() -> None:
    assert {(source, key): t.target for key, t in LISTING.transitions.items() for source in t.source} == ALLOWED
    assert LISTING.problems() == []


@pytest.mark.parametrize("state", PATHS)
def test_every_verb_in_every_state(state: str) -> None:
    owner, officer = f.organisation(), s.reviewer()
    acts = verbs(s.manager_of(owner), officer)
    assert set(acts) == set(LISTING.transitions)
    row = s.draft(owner)
    Listing.objects.filter(pk=row.pk).update(source="演示来源")  # so that publish_source depends on the state alone
    for step in PATHS[state]:
        acts[step](row)
    row.refresh_from_db()
    assert row.state == state
    events = Event.objects.filter(subject_uid=row.uid).count()
    for verb, act in acts.items():
        wanted = ALLOWED.get((state, verb))
        with tried():
            if wanted is None:
                with pytest.raises(TransitionRefusedError) as refused:
                    act(row)
                assert refused.value.code == "wrong_state"
                assert Event.objects.filter(subject_uid=row.uid).count() == events
            else:
                act(row)
                assert Event.objects.filter(subject_uid=row.uid).last().type == f"listing.{verb}"  # type: ignore[union-attr]  # there is one
            assert Listing.objects.get(pk=row.pk).state == (wanted or state), verb
        row.refresh_from_db()


def test_duties_open_and_close_with_the_states() -> None:
    owner, officer = f.organisation(), s.reviewer()
    acts = verbs(s.manager_of(owner), officer)
    row = s.draft(owner)
    assert not open_on(row)
    acts["submit"](row)
    review = open_on(row).get()
    assert (review.key, review.holder_role, review.area) == ("review_listing", "officer", f.KUNDULUN)
    assert review.basis == DEADLINES.source
    assert review.due_on is not None
    assert review.due_on > s.LATER.date()
    acts["return"](row)
    mend = open_on(row).get()
    assert (mend.key, mend.holder_organisation, mend.due_on) == ("mend_listing", owner.uid, None)
    acts["submit"](row)
    acts["approve"](row)
    assert not open_on(row)


@pytest.mark.parametrize("level", [level for level in SECRECY_LEVELS if level != "公开"] + [""])
def test_other_levels_of_secrecy_are_refused(level: str) -> None:
    row = s.draft()
    with pytest.raises(TransitionRefusedError, match=level or "未填") as refused:
        actions.submit_listing(row, by=s.manager_of(row.owner), now=s.LATER, secrecy_level=level, secrecy_reviewed=True)  # type: ignore[arg-type]  # a draft has an owner
    assert refused.value.code == "secrecy_reviewed"
    assert "非涉密平台" in refused.value.reason
    row.refresh_from_db()
    assert (row.state, row.number, row.secrecy_reviewed_at) == ("draft", "", None)


def test_the_secrecy_review_must_be_confirmed_each_time() -> None:
    row = s.draft()
    by = s.manager_of(row.owner)  # type: ignore[arg-type]  # a draft has an owner
    with pytest.raises(TransitionRefusedError, match="保密审查"):
        actions.submit_listing(row, by=by, now=s.LATER, secrecy_level="公开", secrecy_reviewed=False)
    s.submit(row)
    row.refresh_from_db()
    assert row.secrecy_reviewed_by_id == by.account_id
    actions.review_listing(row, approve=False, by=s.reviewer(), now=s.LATER, note="请补充")
    with pytest.raises(TransitionRefusedError, match="保密审查"):
        actions.submit_listing(row, by=by, now=s.LATER, secrecy_level="公开", secrecy_reviewed=False)


def test_without_body_or_verified_owner_nothing_is_submitted() -> None:
    with pytest.raises(TransitionRefusedError, match="要点说明") as refused:
        s.submit(s.draft(summary="  "))
    assert refused.value.code == "has_body"
    with pytest.raises(TransitionRefusedError, match="还没有通过核验") as refused:
        s.submit(s.draft(f.organisation(verified=False), "achievement"))
    assert refused.value.code == "owner_is_verified"


def test_only_an_entry_of_a_source_is_published_without_review() -> None:
    row = s.draft()
    with pytest.raises(TransitionRefusedError, match="来源"):
        advance(row, "publish_source", by=SYSTEM, now=s.LATER)
    with pytest.raises(RefusedError):
        advance(row, "publish_source", by=s.reviewer(), now=s.LATER)
