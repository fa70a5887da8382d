import json
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from mengkeju.kernel.search import SearchDocument
from mengkeju.search import store
from tests.factories import AT


def document(title: str = "气化细渣脱碳") -> SearchDocument:
    return SearchDocument(
        uid=uuid4(),
        subject_type="listing",
        kind="need",
        title=title,
        url="/x/",
        text={"public": "含碳高"},
        facets={"year": ("2026",)},
        audience="public",
        owners=(),
        areas=("150000", "150200", "150203"),
        at=AT,
    )


def build(*documents: SearchDocument) -> Path:
    generation = store.new_generation()
    writer = store.Writer(generation)
    writer.put(documents)
    writer.commit(store.Cursor(0, 7, "e"))
    writer.close()
    store.switch_to(generation)
    return generation


def number() -> int:
    return int(store.opened().index.searcher().num_docs)


def test_without_a_folder_there_is_nothing_to_read() -> None:
    assert store.current() is None
    with pytest.raises(store.IndexUnavailableError):
        store.opened()


def test_what_is_committed_is_read_and_the_place_is_kept() -> None:
    build(document(), document("晶硅光伏"))
    assert number() == 2
    assert store.opened().cursor == store.Cursor(0, 7, "e")


def test_readers_reload_after_a_commit_and_keep_what_they_have_until_then() -> None:
    generation = build(document())
    first = store.opened()
    assert store.opened() is first
    writer = store.Writer(generation)
    writer.put([document("乳清")])
    assert number() == 1
    writer.commit(store.Cursor(0, 8, "f"))
    assert number() == 2


def test_a_document_put_again_replaces_the_old_one() -> None:
    one = document()
    generation = build(one)
    writer = store.Writer(generation)
    writer.put([one])
    writer.commit(store.Cursor())
    assert number() == 1
    writer.remove(one.subject_type, [one.uid])
    writer.commit(store.Cursor())
    assert number() == 0


def test_a_writer_killed_before_its_commit_leaves_the_old_state() -> None:
    generation = build(document())
    writer = store.Writer(generation)
    writer.put([document("没有提交")])
    del writer
    again = store.Writer(generation)
    assert again.cursor == store.Cursor(0, 7, "e")
    assert number() == 1


def test_one_writer_at_a_time() -> None:
    generation = build(document())
    held = store.Writer(generation)
    with pytest.raises(store.IndexBusyError):
        store.Writer(generation)
    held.close()
    store.Writer(generation).close()


def test_a_build_not_finished_counts_for_nothing() -> None:
    build(document())
    unfinished = store.new_generation()
    writer = store.Writer(unfinished)
    writer.put([document(), document()])
    assert number() == 1
    writer.close()


def test_a_switch_clears_the_generation_before(index_folder: Path) -> None:
    old = build(document())
    new = build(document(), document())
    assert not old.exists()
    assert [p.name for p in index_folder.glob("generation-*")] == [new.name]


def test_a_build_under_way_elsewhere_survives_a_switch() -> None:
    other = store.new_generation()
    build(document())
    assert other.exists()


def test_another_schema_version_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    build(document())
    monkeypatch.setattr(store, "VERSION", store.VERSION + 1)
    assert store.current() is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"folder": "no-such", "version": 1}', "null"])
def test_a_broken_pointer_is_no_index(index_folder: Path, content: str) -> None:
    build(document())
    (index_folder / "current.json").write_text(content)
    assert store.current() is None


def test_a_broken_cursor_begins_anew() -> None:
    generation = build(document())
    (generation / "cursor.json").write_text("{")
    assert store.Writer(generation).cursor == store.Cursor()


@pytest.mark.parametrize("kind", [".term", ".idx", ".store", ".fast"])
def test_a_damaged_file_is_told_and_reported(kind: str) -> None:
    generation = build(document())
    for file in generation.glob(f"*{kind}"):
        whole = file.read_bytes()
        file.unlink()  # a file that somebody maps must not become shorter under him
        file.write_bytes(whole[:20])
    store._opened.clear()
    with pytest.raises(store.IndexUnavailableError):
        store.opened()
    assert store.is_damaged(generation)
    build(document())
    assert number() == 1


def test_the_folder_deleted_while_serving(index_folder: Path) -> None:
    build(document())
    assert number() == 1
    shutil.rmtree(index_folder)
    with pytest.raises(store.IndexUnavailableError):
        store.opened()
    build(document())
    assert number() == 1


def test_old_leftovers_are_cleared(index_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = store.new_generation()
    monkeypatch.setattr("mengkeju.kernel.clock.now", lambda: AT + timedelta(days=4000))
    build(document())
    assert not left.exists()


def test_the_pointer_is_replaced_whole(index_folder: Path) -> None:
    build(document())
    pointer = json.loads((index_folder / "current.json").read_text())
    assert pointer["version"] == store.VERSION
    assert [p.name for p in index_folder.iterdir() if p.name.startswith("current.json.")] == []


@pytest.mark.parametrize(
    ("areas", "city"),
    [
        (("100000", "150000", "150200", "150203", "Z-TUYOU"), "150200"),
        (("100000", "150000"), "150000"),
        (("Z-TUYOU",), ""),
        ((), ""),
    ],
)
def test_the_city_of_an_area(areas: tuple[str, ...], city: str) -> None:
    assert store.city_of(areas) == city
