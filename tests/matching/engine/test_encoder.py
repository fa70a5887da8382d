import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.matching.engine import encoder
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.encoder import Circuit, EncoderUnfitError, checked

ROWS = st.integers(1, 5).flatmap(
    lambda size: st.lists(
        st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=size, max_size=size), min_size=1, max_size=4
    )
)


@given(rows=ROWS)
def test_an_answer_is_unit_rows_or_refused(rows: list[list[float]]) -> None:
    wrong = not np.isfinite(rows).all() or min(max(abs(v) for v in row) for row in rows) < encoder.SHORTEST
    if wrong:
        with pytest.raises(EncoderUnfitError):
            checked(rows, len(rows))
        return
    found = checked(rows, len(rows))
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    for row, unit in zip(rows, found, strict=True):
        assert np.argmax(np.abs(row)) == np.argmax(np.abs(unit)) or np.isclose(
            np.abs(unit).max(), np.abs(unit[np.argmax(np.abs(row))])
        )


@pytest.mark.parametrize(
    ("answer", "count", "said"),
    [
        ([[1.0, 2.0], [1.0]], 2, "长短不一"),
        ([["a", "b"]], 1, "不是数字"),
        ([None], 1, "不是"),
        ([[float("nan"), 1.0]], 1, "NaN"),
        ([[float("inf"), 1.0]], 1, "无穷大"),
        ([[0.0, 0.0]], 1, "全零"),
        ([[1.0, 0.0]], 2, "问了编码器 2 段文字，答复了 1 个向量"),
        ([[[1.0]]], 1, "不是向量"),
        ([[]], 1, "不是向量"),
        ([[1.0] * 9000], 1, "8192"),
    ],
)
def test_a_wrong_answer_is_refused_and_says_why(answer: object, count: int, said: str) -> None:
    with pytest.raises(EncoderUnfitError, match=said):
        checked(answer, count)


def test_the_text_of_a_document_is_cut_and_may_be_empty() -> None:
    assert encoder.text_of(Document("1", Side.NEED, " ", "  ")) == ""
    assert encoder.text_of(Document("1", Side.NEED, "题目", "正文")) == "题目\n正文"
    assert len(encoder.text_of(Document("1", Side.NEED, "题目", "长" * 100_000))) == encoder.figures().most_characters


def test_after_a_failure_nobody_asks_for_a_while_and_longer_after_each() -> None:
    clock = [1000.0]
    circuit = Circuit([10, 60], now=lambda: clock[0])

    def may_ask() -> bool:
        return circuit.is_closed

    assert may_ask()
    for wait in (10, 60, 60):
        circuit.failed("坏了")
        clock[0] += wait - 1
        assert not may_ask()
        clock[0] += 1
        assert may_ask()
    circuit.worked()
    circuit.failed("又坏了")
    clock[0] += 10
    assert may_ask()


def test_the_name_fits_the_model_version_beside_the_others() -> None:
    name = encoder.short_name("Organisation/some-very-long-model-name-v1.5-zh", "0123456789abcdef")
    assert name == "Organisation/some-ve@01234567"
