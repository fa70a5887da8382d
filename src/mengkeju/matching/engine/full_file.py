"""A full model as the content of a model file: JSON, arrays packed as base64, trees as LightGBM's text. No pickle."""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mengkeju.kernel.words import gettext as _
from mengkeju.matching.engine.full_live import Stored
from mengkeju.matching.engine.full_sum import Core, Trees
from mengkeju.matching.engine.levels import LEVELS
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.model_files import ModelFileError, lacking
from mengkeju.matching.engine.product import Scale

MOST_UNPACKED = 400_000_000
LEVEL = 6


def to_json(stored: Stored) -> dict[str, Any]:
    """The parts of a file. Trees must be there, warm and cold."""
    core = stored.core
    if core.warm is None or core.cold is None:
        raise ValueError("没有提升树")
    return {
        "reads": list(core.names(warm=True)),
        "share": core.share,
        "cuts": core.cuts.tolist(),
        "needs": list(stored.needs),
        "achievements": list(stored.achievements),
        "groups": _pack(stored.groups, "<i4"),
        "left": _pack(stored.left, "<i4"),
        "right": _pack(stored.right, "<i4"),
        "levels": _pack(stored.levels, "<i1"),
        "weights": _pack(core.weights, "<f8"),
        "values": _pack(stored.values, "<f4"),
        "mean": stored.scale.mean.tolist(),
        "spread": stored.scale.spread.tolist(),
        "trees": {"warm": _squeeze(core.warm.write()), "cold": _squeeze(core.cold.write())},
    }


def from_json(data: Mapping[str, Any]) -> Stored:
    """What `to_json` gave. ModelFileError says in words what does not fit."""
    lacks = lacking("full")
    if lacks:
        raise ModelFileError(lacks)
    try:
        warm, cold = (Trees.read(_spread(data["trees"][key])) for key in ("warm", "cold"))
    except ModelFileError:
        raise
    except Exception as error:  # LightGBM raises an error of its own that is only an Exception
        raise ModelFileError(_("模型文件里的提升树读不出来：%(why)s") % {"why": error}) from error
    left, right = _unpack(data["left"], np.int64), _unpack(data["right"], np.int64)
    cuts, weights = np.array(data["cuts"], dtype=float), _unpack(data["weights"], np.float64)
    core = Core(cuts, weights.reshape(-1, len(cuts)), warm, cold, float(data["share"]))
    scale = Scale(np.array(data["mean"], dtype=float), np.array(data["spread"], dtype=float))
    values = _unpack(data["values"], np.float32).reshape(len(left), -1)
    stored = Stored(
        core, tuple(map(str, data["needs"])), tuple(map(str, data["achievements"])), left, right,
        _unpack(data["groups"], np.int64), _unpack(data["levels"], np.int64), values, scale,
    )  # fmt: skip
    _check(stored, tuple(map(str, data["reads"])))
    return stored


def _check(stored: Stored, reads: tuple[str, ...]) -> None:
    core, count = stored.core, len(stored.left)
    ours = core.names(warm=True)
    if reads != ours or core.warm is None or core.cold is None:
        raise ModelFileError(_("模型文件里提升树的特征与本程序不一致，请用本程序重新训练"))
    widths = (core.warm.width, core.cold.width)
    if widths != ({len(ours)}, {len(core.names(warm=False))}):
        raise ModelFileError(_("模型文件里提升树的特征与本程序不一致，请用本程序重新训练"))
    sizes = (len(stored.right), len(stored.levels), len(core.weights), len(stored.values), len(stored.groups))
    fits = (
        sizes == (count, count, count, count, len(stored.needs))
        and stored.values.shape[1] == len(stored.scale.mean) == len(stored.scale.spread) == len(NAMES)
        and core.cuts.shape == (len(LEVELS) - 1,)
        and _within(stored.left, len(stored.needs))
        and _within(stored.right, len(stored.achievements))
        and _within(stored.groups, len(stored.needs))
        and bool(np.isin(stored.levels, LEVELS).all())
    )
    if not fits:
        raise ModelFileError(_("模型文件的各部分对不上"))
    numbers = (core.cuts, core.weights, stored.values, stored.scale.mean, stored.scale.spread)
    if not all(np.isfinite(part).all() for part in numbers) or not (stored.scale.spread > 0).all():
        raise ModelFileError(_("模型文件里有无效的数"))
    if not (isfinite(core.share) and 0 <= core.share <= 1):
        raise ModelFileError(_("模型文件里有无效的数"))


def _within(places: NDArray[np.int64], count: int) -> bool:
    return not len(places) or bool(places.min() >= 0 and places.max() < count)


def _pack(array: NDArray[Any], kind: str) -> dict[str, str]:
    made = np.ascontiguousarray(array, dtype=np.dtype(kind))
    return {"type": kind, "data": b64encode(zlib.compress(made.tobytes(), LEVEL)).decode()}


def _unpack(data: Mapping[str, str], kind: type[Any]) -> NDArray[Any]:
    raw = np.frombuffer(_open(data["data"]), dtype=np.dtype(data["type"]))
    return raw.astype(kind)


def _squeeze(texts: list[list[str]]) -> str:
    return b64encode(zlib.compress(json.dumps(texts).encode(), LEVEL)).decode()


def _spread(data: str) -> list[list[str]]:
    texts: Any = json.loads(_open(data))
    if not (
        isinstance(texts, list) and len(texts) == len(LEVELS) - 1 and all(isinstance(c, list) and c for c in texts)
    ):
        raise ModelFileError(_("模型文件的各部分对不上"))
    return [[str(text) for text in cut] for cut in texts]


def _open(data: str) -> bytes:
    """Unpacked, but never more than so much: a file from elsewhere may be made to fill the memory."""
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(b64decode(data, validate=True), MOST_UNPACKED)
    except zlib.error as error:
        raise ModelFileError(_("模型文件里的数据解不开")) from error
    if not unpacker.eof:
        raise ModelFileError(_("模型文件里的数据解不开"))
    return found
