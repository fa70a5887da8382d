"""A sentence-embedding folder as small as one can be, written by hand: a row of numbers for each of a few characters.

ONNX is a protobuf message; these few lines write the parts of it that such a model needs. `LIBRARIES` says what runs
it: a stand-in for the two libraries always, and the libraries themselves where the extra `encoder` is installed.
"""

import json
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mengkeju.matching.engine.encoder_folder import LIBRARIES as WANTED

INSTALLED = all(find_spec(name) is not None for name in WANTED)
LIBRARIES = ["stand-in", *(["onnxruntime"] if INSTALLED else [])]
VOCABULARY = {"[PAD]": 0, "[UNK]": 1, "气": 2, "化": 3, "细": 4, "渣": 5, "乳": 6, "清": 7}
WEIGHTS = np.array(
    [[9, 9, 9], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [-1, 0, 0], [0, -1, 0]], dtype=np.float32
)
FLOAT, INT64, BYTES = 1, 7, 2


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _field(tag: int, value: int | str | bytes) -> bytes:
    """One field of a protobuf message: a number, or bytes with their length."""
    if isinstance(value, int):
        return _number(tag << 3) + _number(value)
    raw = value.encode() if isinstance(value, str) else value
    return _number(tag << 3 | BYTES) + _number(len(raw)) + raw


def _tensor_info(name: str, kind: int, *dims: str) -> bytes:
    shape = b"".join(_field(1, _field(2, dim)) for dim in dims)
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape)))


def onnx(weights: NDArray[np.float32]) -> bytes:
    """last_hidden_state = weights[input_ids]; the mask and the types are declared as real models do."""
    rows, size = weights.shape
    node = _field(1, "weights") + _field(1, "input_ids") + _field(2, "last_hidden_state") + _field(4, "Gather")
    raw = weights.astype("<f4").tobytes()
    stored = _field(1, rows) + _field(1, size) + _field(2, FLOAT) + _field(8, "weights") + _field(9, raw)
    inputs = b"".join(_field(11, _tensor_info(name, INT64, "n", "t")) for name in ("input_ids", "attention_mask"))
    output = _field(12, _tensor_info("last_hidden_state", FLOAT, "n", "t", "d"))
    graph = _field(1, node) + _field(2, "tiny") + _field(5, stored) + inputs + output
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13))


def write(folder: Path, *, inside: str = "", **settings: dict[str, Any]) -> Path:
    """The folder; `inside`: a subfolder for the model; `settings`: further JSON files, `pooling` and `length`."""
    (folder / inside).mkdir(parents=True)
    (folder / inside / "model.onnx").write_bytes(onnx(WEIGHTS))
    tokenizer: dict[str, Any] = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "."}, "behavior": "Isolated", "invert": False},
        "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": VOCABULARY, "unk_token": "[UNK]"},
    }  # fmt: skip
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    names = {"pooling": "1_Pooling/config.json", "length": "sentence_bert_config.json"}
    for key, values in settings.items():
        path = folder / names[key]
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    return folder


class _Tokenizer:
    def __init__(self, vocabulary: dict[str, int]) -> None:
        self._vocabulary, self._longest = vocabulary, 0

    @classmethod
    def from_file(cls, path: str) -> "_Tokenizer":
        return cls(json.loads(Path(path).read_text("utf-8"))["model"]["vocab"])

    def enable_truncation(self, *, max_length: int) -> None:
        self._longest = max_length

    def enable_padding(self) -> None:
        pass

    def encode_batch(self, texts: Sequence[str]) -> list[SimpleNamespace]:
        ids = [[self._vocabulary.get(c, 1) for c in text][: self._longest] for text in texts]
        width = max(len(row) for row in ids)
        return [
            SimpleNamespace(
                ids=row + [0] * (width - len(row)),
                attention_mask=[1] * len(row) + [0] * (width - len(row)),
                type_ids=[0] * width,
            )
            for row in ids
        ]


class _Session:
    def __init__(self, path: str, _options: object, *, providers: list[str]) -> None:
        assert providers == ["CPUExecutionProvider"]
        if Path(path).read_bytes() != onnx(WEIGHTS):
            raise RuntimeError("no model")

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="input_ids"), SimpleNamespace(name="attention_mask")]

    def run(self, _outputs: None, given: dict[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        assert set(given) == {"input_ids", "attention_mask"}
        return [WEIGHTS[given["input_ids"]]]


def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the two libraries: what the encoder uses of them, for the model of this file."""
    runtime = SimpleNamespace(SessionOptions=SimpleNamespace, InferenceSession=_Session)
    monkeypatch.setitem(sys.modules, "onnxruntime", runtime)
    monkeypatch.setitem(sys.modules, "tokenizers", SimpleNamespace(Tokenizer=_Tokenizer))
