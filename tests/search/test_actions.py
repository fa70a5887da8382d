import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from mengkeju.directory.actions import edit_organisation
from mengkeju.directory.actions.organisations import OrganisationInput
from mengkeju.directory.models import Organisation
from mengkeju.kernel import consent
from mengkeju.kernel.access import ANONYMOUS, Actor
from mengkeju.kernel.followers import follow, followers
from mengkeju.kernel.models import FollowerCursor
from mengkeju.kernel.search import SearchDocument
from mengkeju.listings import actions as listing_actions
from mengkeju.listings.actions.edit import ListingInput
from mengkeju.search import actions, store, tasks
from mengkeju.search.actions import index, log
from mengkeju.search.models import SearchLog
from mengkeju.search.queries import SearchQuery, search, status
from tests import factories
from tests.search.samples import listing

# Followers read settled events only, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True)


def found(text: str, actor: Actor = ANONYMOUS) -> list[UUID]:
    page = search(actor, SearchQuery(text))
    assert page.problem is None
    return [row["uid"] for row in page.rows]


def follow_up() -> None:
    while follow(followers["search"]):
        pass


@pytest.fixture
def owner() -> Organisation:
    return factories.organisation("鹿原化工有限公司（演示）")


def test_a_published_listing_is_found_after_one_step(owner: Organisation) -> None:
    follow_up()
    made = listing(owner, "气化细渣脱碳与高值利用")
    assert found("气化细渣") == []
    follow_up()
    assert found("气化细渣") == [made.uid]
    assert FollowerCursor.objects.get(name="search").position == store.opened().cursor.position
    assert status().behind == 0


def test_an_edit_and_a_withdrawal_are_followed(owner: Organisation) -> None:
    made = listing(owner, "气化细渣脱碳")
    by = factories.actor(factories.manager(owner))
    follow_up()
    changed = ListingInput(
        values={"title": "乳清蛋白浓缩", "summary": "演示", "area": owner.area}, secrecy_reviewed=True
    )
    listing_actions.edit_listing(made, changed, by=by, now=factories.AT)
    follow_up()
    assert (found("气化细渣"), found("乳清蛋白")) == ([], [made.uid])
    made.refresh_from_db()
    listing_actions.move_listing(made, "withdraw", by=by, now=factories.AT, note="不再需要")
    assert found("乳清蛋白", by) == [], "the row is gone before the index knows"
    follow_up()
    assert search(by, SearchQuery("乳清蛋白")).total == 0


def test_the_owner_renamed_is_found_by_the_new_name(owner: Organisation) -> None:
    made = listing(owner, "气化细渣脱碳")
    follow_up()
    assert found("鹿原化工") == [made.uid]
    given = OrganisationInput(
        name="青山新材有限公司（演示）", kind=owner.kind, area=owner.area, credit_code=owner.credit_code
    )
    edit_organisation(owner, given, by=factories.actor(factories.manager(owner)), now=factories.AT)
    follow_up()
    assert (found("鹿原化工"), found("青山新材")) == ([], [made.uid])


def test_a_step_that_dies_while_loading_is_repeated(owner: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    follow_up()
    made = listing(owner, "气化细渣脱碳")
    put = store.Writer.put

    def dies(writer: store.Writer, documents: Sequence[SearchDocument]) -> None:
        put(writer, documents)
        raise KeyboardInterrupt

    monkeypatch.setattr(store.Writer, "put", dies)
    with pytest.raises(KeyboardInterrupt):
        actions.follow_record()
    assert found("气化细渣") == []
    monkeypatch.setattr(store.Writer, "put", put)
    follow_up()
    assert found("气化细渣") == [made.uid]


def test_a_kill_between_commit_and_cursor_repeats_and_doubles_nothing(
    owner: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_up()
    made = listing(owner, "气化细渣脱碳")
    write = store._write

    def dies(path: Path, content: object) -> None:
        if path.name == "cursor.json":
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(store, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        actions.follow_record()
    monkeypatch.setattr(store, "_write", write)
    follow_up()
    assert search(ANONYMOUS, SearchQuery("气化细渣")).total == 1
    assert found("气化细渣") == [made.uid]


def test_a_kill_while_rebuilding_keeps_the_old_index(owner: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    made = listing(owner, "气化细渣脱碳")
    follow_up()

    def dies(_generation: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "switch_to", dies)
    with pytest.raises(KeyboardInterrupt):
        actions.rebuild_index()
    monkeypatch.undo()
    assert found("气化细渣") == [made.uid]


def test_the_folder_deleted_is_built_again(owner: Organisation, index_folder: Path) -> None:
    made = listing(owner, "气化细渣脱碳")
    follow_up()
    shutil.rmtree(index_folder)
    assert search(ANONYMOUS, SearchQuery("气化细渣")).problem == "unavailable"
    actions.follow_record()
    assert found("气化细渣") == [made.uid]


def test_a_damaged_index_is_built_again(owner: Organisation) -> None:
    made = listing(owner, "气化细渣脱碳")
    actions.rebuild_index()
    generation = store.opened().generation
    for file in generation.glob("*.term"):
        file.unlink()  # a file that somebody maps must not become shorter under him
        file.write_bytes(b"broken")
    store._opened.clear()
    assert search(ANONYMOUS, SearchQuery("气化细渣")).problem == "unavailable"
    actions.follow_record()
    assert found("气化细渣") == [made.uid]


def test_an_index_of_another_database_is_built_again(owner: Organisation) -> None:
    made = listing(owner, "气化细渣脱碳")
    actions.follow_record()
    place = store.opened().cursor
    index._let_go()
    store._write(
        store.opened().generation / "cursor.json",
        {"xact": place.xact, "position": place.position + 1000, "event": str(made.uid)},
    )
    actions.follow_record()
    assert status().behind == 0
    assert found("气化细渣") == [made.uid]


def test_an_older_index_reads_on_from_its_own_place(owner: Organisation) -> None:
    """The cursor in the database belongs to another node that is further on."""
    actions.follow_record()
    made = listing(owner, "气化细渣脱碳")
    FollowerCursor.objects.update_or_create(name="search", defaults={"xact": 0, "position": 10**9})
    follow_up()
    assert found("气化细渣") == [made.uid]


def test_another_writer_of_this_node_does_the_work(owner: Organisation) -> None:
    listing(owner, "气化细渣脱碳")
    actions.rebuild_index()
    generation = store.current()
    assert generation is not None
    other = store.Writer(generation)
    assert actions.follow_record() == 0
    other.close()


def test_rebuild_while_the_worker_holds_the_index(owner: Organisation) -> None:
    follow_up()
    made = listing(owner, "气化细渣脱碳")
    follow_up()
    counted: list[int] = []
    assert actions.rebuild_index(counted.append) == 1
    assert sum(counted) == 1
    second = listing(owner, "气化细渣制砖")
    follow_up()
    assert set(found("气化细渣")) == {made.uid, second.uid}


def test_the_log_names_nobody_without_consent(owner: Organisation) -> None:
    listing(owner, "气化细渣脱碳")
    actions.rebuild_index()
    by = factories.actor(factories.manager(owner))
    page = actions.search_and_log(by, SearchQuery("气化细渣"), now=factories.AT)
    assert page.uid is not None
    noted = SearchLog.objects.get(uid=page.uid)
    assert (noted.account, noted.organisation, noted.text, noted.total) == (None, owner.uid, "气化细渣", 1)
    assert page.rows[0]["url"].endswith(f"?s={noted.uid}")
    assert by.person_uid is not None
    consent.give("person", by.person_uid, log.CONSENT, text_version="1", by=by, now=factories.AT)
    page = actions.search_and_log(by, SearchQuery("气化细渣"), now=factories.AT)
    assert SearchLog.objects.filter(uid=page.uid or uuid4(), account=by.account_uid).count() == 1


@pytest.mark.parametrize("query", [SearchQuery(), SearchQuery("字" * 5000), SearchQuery("稀土", page=2)])
def test_what_is_not_logged(query: SearchQuery) -> None:
    actions.rebuild_index()
    assert actions.search_and_log(ANONYMOUS, query, now=factories.AT).uid is None
    assert not SearchLog.objects.exists()


def test_old_words_are_blanked() -> None:
    days = log.keep_days()
    old = SearchLog.objects.create(text="旧", total=3, at=factories.AT - timedelta(days=days, minutes=1))
    young = SearchLog.objects.create(text="新", total=1, at=factories.AT - timedelta(days=days - 1))
    assert actions.prune_search_log(now=factories.AT) == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.text, old.total, young.text) == ("", 3, "新")
    assert actions.prune_search_log(now=factories.AT) == 0
    tasks.prune_search_log.call()
    assert not SearchLog.objects.exclude(text="").filter(at__lt=factories.AT - timedelta(days=days)).exists()
