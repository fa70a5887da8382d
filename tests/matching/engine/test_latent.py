"""Latent rows as bytes: nearly the same cosines, and never compared across lengths."""

import numpy as np
import pytest

from mengkeju.matching.engine import latent
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.space import Space

TEXTS = ("气化细渣提取精碳", "气化细渣脱水脱碳", "马铃薯脱毒种薯", "稀土永磁电机降噪", "乳清粉膜分离")


def documents(texts: tuple[str, ...] = TEXTS) -> list[Document]:
    return [Document(str(at), Side.ACHIEVEMENT, text, "") for at, text in enumerate(texts)]


def test_packed_rows_keep_their_cosines() -> None:
    rows = np.random.default_rng(1).normal(size=(20, 300)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    packed = [latent.pack(row) for row in rows]
    assert {len(row) for row in packed} == {600}
    found = latent.unpack(packed)
    assert np.abs(found @ found.T - rows @ rows.T).max() < 1e-3
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(20))


def test_an_empty_title_is_like_nothing_and_no_rows_are_no_matrix() -> None:
    found = latent.unpack([latent.pack(np.zeros(3, dtype=np.float32)), latent.pack(np.array([1, 0, 0], np.float32))])
    assert (found @ found.T).tolist() == [[0, 0], [0, 1]]
    assert latent.unpack([]).shape == (0, 1)


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        latent.unpack([latent.pack(np.ones(2, np.float32)), latent.pack(np.ones(3, np.float32))])


def test_a_space_is_named_by_what_it_was_fitted_on() -> None:
    one, again, other = Space().fit(documents()), Space().fit(documents()), Space().fit(documents(TEXTS[:-1]))
    assert one.digest == again.digest != other.digest
    assert len(one.digest) == 32
    tables = [space.table(documents()).title_latent for space in (one, again)]
    assert np.abs(tables[0] - tables[1]).max() < 1e-5
    assert (Space().digest, one.latent.dims, Space().fit([]).latent.dims) == ("", len(TEXTS), 0)
