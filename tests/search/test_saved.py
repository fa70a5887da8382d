"""Searches that are kept: limits, whose they are, pausing, the stop link, what is stored about a person."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError

from mengkeju.directory.actions import erase_person, export_person
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, RefusedError
from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.models import Account, Event, EventPayload
from mengkeju.kernel.testing.race import race
from mengkeju.search import actions, queries
from mengkeju.search.access import Perm
from mengkeju.search.actions import SavedInput
from mengkeju.search.actions import saved as module
from mengkeju.search.engine.saved import FIGURES, Figures, Kept, kept
from mengkeju.search.models import SavedSearch
from tests import factories as f
from tests.access_forms import assert_forms_agree

pytestmark = pytest.mark.django_db
NOW = f.AT


def asked(text: str = "气化细渣", kind: str = "", **facets: list[str]) -> Kept:
    return kept(text, kind, facets)


def save(by: Actor, what: Kept | None = None, *, name: str = "细渣", **given: Any) -> SavedSearch:
    stated = SavedInput(name, what or asked(), given.pop("way", "daily"), given.pop("organisation", None))
    return actions.save_search(stated, by=by, now=NOW)


@pytest.fixture
def firm() -> Organisation:
    return f.organisation()


@pytest.fixture
def owner(firm: Organisation) -> Actor:
    return f.actor(f.manager(firm))


@contextmanager
def figures(**changed: int) -> Iterator[None]:
    with patch.object(module, "FIGURES", Figures(**{**vars(FIGURES), **changed})):
        yield


@pytest.mark.covers("ACH-17")
def test_a_search_is_kept_and_recorded_without_its_words(owner: Actor) -> None:
    saved = save(owner, asked("镝铽配方", city=["150200"]), name=" 我的\n提醒 ")
    assert (saved.name, saved.way, saved.paused_at) == ("我的 提醒", "daily", None)
    assert queries.kept_by(saved) == asked("镝铽配方", city=["150200"])
    event = Event.objects.get(type="saved_search.created")
    assert event.subject_uid == saved.uid
    assert "镝铽" not in str(EventPayload.objects.get(event=event).body)
    assert queries.in_words(asked("镝铽配方", "need", city=["150200"])) == "“镝铽配方”；技术需求；城市：包头市"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"what": kept("", "", {})}, "请先写上要找的内容"),
        ({"what": kept("，。！", "", {})}, "没有可以查的词"),
        ({"what": kept("渣" * 2001, "", {})}, "太长"),
        ({"name": " "}, "请写一个名称"),
        ({"name": "名" * 61}, "请写一个名称"),
        ({"way": "hourly"}, "请选择什么时候提醒"),
    ],
)
def test_what_cannot_be_kept(changed: dict[str, Any], said: str, owner: Actor) -> None:
    with pytest.raises(ValidationError, match=said):
        save(owner, **changed)
    assert not SavedSearch.objects.exists()


def test_not_twice_and_not_more_than_the_figure(owner: Actor, firm: Organisation) -> None:
    first = save(owner)
    with pytest.raises(ValidationError, match="已经为同样的搜索设过提醒：细渣"):
        save(owner, kept("  气化细渣 ", "", {}))
    save(f.actor(f.member(firm)))  # a colleague's is his own
    save(owner, organisation=firm.uid)  # the organisation's is another
    with figures(per_person=2):
        save(owner, asked("脱碳"))
        with pytest.raises(ValidationError, match="最多设 2 个提醒"):
            save(owner, asked("填料"))
        actions.delete_saved(first, by=owner, now=NOW)
        save(owner, asked("填料"))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_pass_the_limit_nor_save_the_same_twice() -> None:
    owner = f.actor(f.manager(f.organisation()))
    with figures(per_person=1):
        outcomes = race(lambda: save(owner, asked("脱碳")), lambda: save(owner, asked("填料")))
    assert [type(o) for o in outcomes if isinstance(o, BaseException)] == [ValidationError]
    assert SavedSearch.objects.count() == 1
    SavedSearch.objects.all().delete()
    race(lambda: save(owner), lambda: save(owner))
    assert SavedSearch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_would_pass_the_limit() -> None:
    owner = f.actor(f.manager(f.organisation()))
    together = threading.Barrier(2, timeout=20)
    check: Callable[..., None] = module._check_others

    def looked(saved: SavedSearch, what: Kept) -> None:
        check(saved, what)
        together.wait()  # both have counted before either writes

    unlocked = module.save_search.__wrapped__  # type: ignore[attr-defined]  # the act without its transaction
    given = [SavedInput("一", asked(text), "daily") for text in ("脱碳", "填料")]
    with (
        figures(per_person=1),
        patch.object(module, "_check_others", looked),
        patch.object(module, "_record"),
        patch.object(Account.objects, "select_for_update", lambda: Account.objects),
    ):
        outcomes = race(*[lambda g=g: unlocked(g, by=owner, now=NOW) for g in given])
    assert not [o for o in outcomes if isinstance(o, BaseException)]
    assert SavedSearch.objects.count() == 2, "one too many: the lock is what keeps the limit"


def test_lists_and_pages_agree_on_whose_they_are(owner: Actor, firm: Organisation) -> None:
    member, stranger = f.actor(f.member(firm)), f.actor(f.manager(f.organisation()))
    save(owner)
    save(member)
    save(owner, organisation=firm.uid)
    people = {
        "owner": owner,
        "member": member,
        "stranger": stranger,
        "auditor": f.actor(f.auditor()),
        "visitor": ANONYMOUS,
    }
    assert_forms_agree((Perm.READ, Perm.MANAGE), people, SavedSearch.objects.all())
    counts = {name: queries.saved_searches(actor).count() for name, actor in people.items()}
    assert counts == {"owner": 2, "member": 2, "stranger": 0, "auditor": 0, "visitor": 0}


def test_only_a_manager_orders_for_the_organisation(owner: Actor, firm: Organisation) -> None:
    member = f.actor(f.member(firm))
    with pytest.raises(RefusedError):
        save(member, organisation=firm.uid)
    shared = save(owner, organisation=firm.uid)
    with pytest.raises(RefusedError):
        actions.pause_saved(shared, by=member, now=NOW)
    actions.leave_saved(shared, by=member, now=NOW)
    stands = queries.reader(shared, member.account_uid)
    assert stands is not None
    assert stands.stopped_at == NOW
    actions.leave_saved(shared, by=member, now=NOW, stop=False)
    stands.refresh_from_db()
    assert stands.stopped_at is None


@pytest.mark.django_db(transaction=True)
def test_pause_go_on_edit_delete(owner: Actor) -> None:
    saved = save(owner)
    place = saved.since_position
    actions.pause_saved(saved, by=owner, now=NOW)
    actions.pause_saved(saved, by=owner, now=NOW)
    assert Event.objects.filter(type="saved_search.paused").count() == 1
    actions.resume_saved(saved, by=owner, now=NOW)
    saved.refresh_from_db()
    assert saved.paused_at is None
    assert saved.since_position > place, "what came during the pause is not told"
    stale = saved.revision
    actions.edit_saved(saved, name="新名", way="weekly", revision=stale, by=owner, now=NOW)
    with pytest.raises(StaleRevisionError):
        actions.edit_saved(saved, name="旧名", way="daily", revision=stale, by=owner, now=NOW)
    actions.delete_saved(saved, by=owner, now=NOW)
    actions.delete_saved(saved, by=owner, now=NOW)
    saved.refresh_from_db()
    assert (saved.name, saved.query, queries.find_saved(owner, saved.uid)) == ("", None, None)


def test_the_stop_link_needs_no_sign_in_and_nothing_but_its_own_signature(owner: Actor, firm: Organisation) -> None:
    saved, member = save(owner), f.actor(f.member(firm))
    shared = save(owner, organisation=firm.uid)
    assert owner.account_uid is not None
    assert member.account_uid is not None
    token = actions.stop_token(saved, owner.account_uid)
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "x", "", token.replace(":", "."), ":"):
        assert actions.stop_by_link(wrong, now=NOW) is None
    assert actions.stop_by_link(actions.stop_token(saved, member.account_uid), now=NOW) is None, "not his"
    assert actions.stop_by_link(token, now=NOW) == saved
    saved.refresh_from_db()
    assert saved.paused_at == NOW
    assert actions.stop_by_link(actions.stop_token(shared, member.account_uid), now=NOW) == shared
    shared.refresh_from_db()
    assert shared.paused_at is None, "colleagues are told as before"
    stands = queries.reader(shared, member.account_uid)
    assert stands is not None
    assert stands.stopped_at == NOW


def test_a_person_gets_a_copy_and_an_erasure_leaves_no_words(owner: Actor, firm: Organisation) -> None:
    saved = save(owner, asked("镝铽配方"), name="镝铽")
    person = f.person(f.manager(firm))
    assert "镝铽配方" in str(export_person(person, by=owner, now=NOW))
    erase_person(person, by=SYSTEM, now=NOW)
    saved.refresh_from_db()
    assert (saved.account, saved.name, saved.query) == (None, "", None)
    assert actions.forget_news() == 0
    assert not saved.readers.exists()


def test_a_chain_is_followed_with_everything_below_it() -> None:
    f.areas()
    assert queries.chain("rare_earth") >= ("rare_earth", "rare_earth_catalysis")
    assert "rare_earth_magnets" in queries.chain("rare_earth")
    assert queries.chain("rare_earth_magnets") == ("rare_earth_magnets",)
    assert queries.chain("nothing") == ()


def test_the_zone_of_the_offices_counts() -> None:
    assert clock.ZONE.key == "Asia/Shanghai"
