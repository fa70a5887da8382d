import fcntl
import logging
import multiprocessing
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mengkeju.matching.engine.encoder import Circuit, EncoderError, EncoderUnfitError
from mengkeju.matching.engine.encoder_cache import KeptEncoder, VectorStore
from tests.matching.engine import embeddings as stub

TEXTS = ["气化细渣脱碳", "乳清膜分离", "永磁电机降噪"]
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    return VectorStore(tmp_path / "encoder")


def rows(*texts: str) -> np.ndarray:
    return stub.Invented().encode(list(texts))


def test_a_text_is_encoded_once_also_by_a_later_process(store: VectorStore, tmp_path: Path) -> None:
    invented = stub.Invented()
    first = KeptEncoder(invented, store)
    before = first.encode([*TEXTS, TEXTS[0]])
    assert before.shape == (4, stub.SIZE)
    assert (before[0] == before[3]).all()
    assert (first.hits, first.asked, invented.texts) == (0, 3, TEXTS)
    later = KeptEncoder(invented, VectorStore(tmp_path / "encoder"))
    assert (later.encode([TEXTS[2], "新的", TEXTS[0]])[[0, 2]] == before[[2, 0]]).all()
    assert (later.hits, later.asked, invented.texts[3:]) == (2, 1, ["新的"])


def test_another_encoder_has_vectors_of_its_own(store: VectorStore) -> None:
    KeptEncoder(stub.Invented(), store).encode(TEXTS)
    other = KeptEncoder(stub.Invented("other@11111111", size=4), store)
    assert other.encode(TEXTS).shape == (3, 4)
    assert other.hits == 0
    assert store.counts() == {"invented@00000000": 3, "other@11111111": 3}


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.text(alphabet="技术需求成果🙂é\n", min_size=1), max_size=12), batch=st.integers(1, 5))
def test_kept_or_fresh_each_text_has_its_own_row(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], batch: int
) -> None:
    store = VectorStore(tmp_path_factory.mktemp("kept"))
    kept = KeptEncoder(stub.Invented(), store, batch=batch)
    for part in (texts[::2], texts):
        found = kept.encode(part)
        assert len(found) == len(part)
        assert all(np.allclose(row, rows(text)[0]) for row, text in zip(found, part, strict=True))
    assert kept.asked == len(set(texts))


def test_what_was_encoded_before_a_failure_is_kept(store: VectorStore) -> None:
    invented = stub.Invented()
    kept = KeptEncoder(invented, store, Circuit([0.0]), batch=1)
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            invented.failing = EncoderError("停电")

    with pytest.raises(EncoderError, match="停电"):
        kept.encode(TEXTS, progress=stop)
    assert told == [(0, 3), (1, 3), (2, 3)]
    invented.failing = None
    assert kept.encode(TEXTS).shape == (3, stub.SIZE)
    assert kept.hits == 2


def test_a_failing_encoder_is_left_alone_but_kept_vectors_still_serve(
    store: VectorStore, caplog: pytest.LogCaptureFixture
) -> None:
    invented = stub.Invented()
    kept = KeptEncoder(invented, store, Circuit([3600]))
    kept.encode(TEXTS[:1])
    invented.failing = EncoderError("没有答复")
    for _attempt in range(3):
        with pytest.raises(EncoderError, match="没有答复"):
            kept.encode(TEXTS)
    assert invented.calls == 2
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING] == [
        "语义相近度暂不可用，3600 秒后再试：没有答复"
    ]
    assert len(kept.encode(TEXTS[:1])) == 1


def test_it_tries_again_later_and_says_so(store: VectorStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mengkeju")
    invented = stub.Invented(failing=EncoderError("没有答复"))
    kept = KeptEncoder(invented, store, Circuit([0.0]))
    with pytest.raises(EncoderError):
        kept.encode(TEXTS)
    invented.failing = None
    assert len(kept.encode(TEXTS)) == 3
    assert "编码器恢复答复" in caplog.text


def test_a_long_shelf_is_encoded_in_portions(store: VectorStore) -> None:
    kept = KeptEncoder(stub.Invented(), store, Circuit([0.0]), batch=1)
    with pytest.raises(EncoderError, match="还有 3 段文字没有编码"):
        kept.encode(TEXTS, seconds=0)
    assert kept.encode(TEXTS, seconds=60).shape == (3, stub.SIZE)


def test_a_model_that_changed_under_its_name_is_refused(store: VectorStore) -> None:
    KeptEncoder(stub.Invented(), store).encode(TEXTS[:2])
    changed = KeptEncoder(stub.Invented(size=4), store)
    with pytest.raises(EncoderUnfitError, match="以前给出 16 维的向量，现在是 4 维"):
        changed.encode(TEXTS)
    assert store.counts() == {"invented@00000000": 2}
    VectorStore.put(store, "invented@00000000", ["混入"], np.ones((1, 1), dtype=np.float32))
    with pytest.raises(EncoderUnfitError, match="encoder clear"):
        KeptEncoder(stub.Invented(), store).encode([*TEXTS[:2], "混入"])
    store.clear()
    assert store.counts() == {}
    assert KeptEncoder(stub.Invented(size=4), store).encode(TEXTS).shape == (3, 4)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1500])


def overwrite(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)


def another(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE something (x)")
    db.close()


def spoil_inside(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for at in range(4096, len(whole), 4096):
        whole[at : at + 64] = b"\xff" * 64
    path.write_bytes(bytes(whole))


@pytest.mark.parametrize("harm", [cut, overwrite, another, spoil_inside])
def test_a_damaged_file_is_made_anew(
    store: VectorStore, tmp_path: Path, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    KeptEncoder(stub.Invented(), store).encode([f"第{number}段" for number in range(200)])
    harm(tmp_path / "encoder" / "vectors.sqlite3")
    again = KeptEncoder(stub.Invented(), VectorStore(tmp_path / "encoder"))
    assert again.encode(TEXTS).shape == (3, stub.SIZE)
    assert "已损坏，重新建立" in caplog.text
    assert VectorStore(tmp_path / "encoder").counts() == {"invented@00000000": 3}


def test_a_spoilt_vector_is_asked_for_again(store: VectorStore, tmp_path: Path) -> None:
    KeptEncoder(stub.Invented(), store).encode(TEXTS)
    db = sqlite3.connect(tmp_path / "encoder" / "vectors.sqlite3")
    spoilt = [b"", b"abc", np.full(stub.SIZE, np.nan, "<f4").tobytes()]
    keys = [key for (key,) in db.execute("SELECT digest FROM vectors")]
    db.executemany("UPDATE vectors SET vector = ? WHERE digest = ?", zip(spoilt, keys, strict=True))
    db.commit()
    db.close()
    kept = KeptEncoder(stub.Invented(), store)
    assert np.allclose(kept.encode(TEXTS), rows(*TEXTS))
    assert kept.asked == 3


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("here is no folder", encoding="utf-8")
    kept = KeptEncoder(stub.Invented(), VectorStore(tmp_path / "file" / "encoder"))
    assert kept.encode(TEXTS).shape == (3, stub.SIZE)
    assert "用不了，不影响匹配" in caplog.text


def test_the_file_stays_bounded_and_the_longest_unused_go_first(tmp_path: Path) -> None:
    bound, size = 400_000, 256
    first = VectorStore(tmp_path, bound)
    wide = KeptEncoder(stub.Invented(size=size), first, batch=50)
    wide.encode([f"旧{number}" for number in range(100)])
    second = VectorStore(tmp_path, bound)
    used = [f"旧{number}" for number in range(0, 100, 2)]
    KeptEncoder(stub.Invented(size=size), second).encode(used)
    KeptEncoder(stub.Invented(size=size), second, batch=50).encode([f"新{number}" for number in range(200)])
    assert second.size() < 1.3 * bound
    name = stub.Invented().name
    assert len(second.get(name, used)) > len(second.get(name, [f"旧{number}" for number in range(1, 100, 2)]))
    assert 0 < sum(second.counts().values()) < 300


def put_many(folder: Path, mark: str) -> None:
    kept = KeptEncoder(stub.Invented(), VectorStore(folder), batch=5)
    for number in range(20):
        kept.encode([f"{mark}{number}", f"共同{number}"])


def test_two_processes_may_use_it_at_once(tmp_path: Path) -> None:
    both = [SPAWN.Process(target=put_many, args=(tmp_path, mark)) for mark in "甲乙"]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    assert VectorStore(tmp_path).counts() == {"invented@00000000": 60}


def test_the_file_is_not_taken_away_while_it_is_used(store: VectorStore, tmp_path: Path) -> None:
    KeptEncoder(stub.Invented(), store).encode(TEXTS)
    clearing = threading.Thread(target=VectorStore(tmp_path / "encoder").clear)
    with (tmp_path / "encoder" / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        clearing.start()
        clearing.join(0.3)
        assert clearing.is_alive()
        assert store.counts() == {"invented@00000000": 3}
    clearing.join(20)
    assert store.counts() == {}
