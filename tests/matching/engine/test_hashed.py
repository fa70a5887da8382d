"""Packed rows tell the same likeness as the matrix they were taken from."""

import numpy as np

from mengkeju.matching.engine import hashed
from mengkeju.search.engine.vectors import TextVectors

TEXTS = ("气化细渣脱碳", "气化细渣提碳", "乳清膜分离", "", "😀 emoji ABC")


def test_cosines_are_those_of_the_fitted_rows() -> None:
    vectors = TextVectors()
    rows = vectors.fit(TEXTS)
    packed = [hashed.pack(rows[at], vectors.terms) for at in range(len(TEXTS))]
    wanted = (rows @ rows.T).toarray()
    for at in range(len(TEXTS)):
        assert np.allclose(hashed.cosines(packed[at], packed), wanted[at], atol=1e-6)


def test_a_cut_row_keeps_the_weightiest_and_errs_downwards() -> None:
    vectors = TextVectors()
    rows = vectors.fit(TEXTS)
    whole, cut = hashed.pack(rows[0], vectors.terms), hashed.pack(rows[0], vectors.terms, 3)
    assert len(cut) == 3 * 8
    likeness = hashed.cosines(whole, [whole, cut])
    assert likeness[0] > likeness[1] >= np.sort(rows[0].data)[-3:] @ np.sort(rows[0].data)[-3:] - 1e-6


def test_nothing_at_all_is_alike_to_nothing() -> None:
    assert hashed.cosines(b"", [b"", b""]).tolist() == [0, 0]
    assert hashed.cosines(b"", []).tolist() == []
