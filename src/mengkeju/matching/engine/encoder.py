"""An encoder turns texts into vectors whose cosine says how near they are in meaning.

None is needed and none is shipped: a site may name one (`encoder_endpoint`, `encoder_folder`). Whatever it answers
is checked here, and when it has no answer matching goes on without it.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
import yaml
from numpy.typing import NDArray

from mengkeju.matching.engine.documents import Document

log = logging.getLogger(__name__)
Floats = NDArray[np.float32]
LONGEST_NAME = 20
SHORTEST = 1e-12  # a vector of this length has no direction


class EncoderError(RuntimeError):
    """The encoder has no answer now. The text says why, in Chinese, for the operator."""


class EncoderUnfitError(EncoderError):
    """It will have none until the operator changes something: a wrong answer, a refused key, a missing library."""


class Encoder(Protocol):
    """Texts → unit rows. `name` tells models apart and stands in the model version; `is_remote`: texts leave here."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def is_remote(self) -> bool: ...  # noqa: D102

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit row per text, none of which is empty. EncoderError when it cannot."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of `encoder.yaml`, which says what each one is."""

    batch: int
    most_characters: int
    most_dimensions: int
    answer_bytes: int
    retry_seconds: tuple[float, ...]
    pause_seconds: tuple[float, ...]
    fit_seconds: float
    cache_megabytes: int


@cache
def figures() -> Figures:
    """The shipped figures."""
    data = yaml.safe_load(files(__package__).joinpath("encoder.yaml").read_text("utf-8"))
    values: dict[str, Any] = {name: data[name] for name in Figures.__dataclass_fields__}
    values |= {name: tuple(values[name]) for name in ("retry_seconds", "pause_seconds")}
    return Figures(**values)


def text_of(document: Document) -> str:
    """The part of a document's text that is encoded; "" when it has none."""
    text = document.whole.strip()[: figures().most_characters].strip()
    return text.encode("utf-8", "replace").decode()  # half a character pair is none: no encoder takes it


def short_name(label: str, mark: str) -> str:
    """A name for the model version: the label, cut, and eight characters that tell two of that label apart."""
    return f"{label[:LONGEST_NAME]}@{mark[:8]}"


def checked(answer: Any, count: int) -> Floats:
    """What an encoder answered as `count` unit rows. EncoderUnfitError says what is wrong with it."""
    try:
        rows = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise EncoderUnfitError("编码器答复的向量长短不一，或者不是数字") from error
    if rows.ndim != 2 or not 1 <= rows.shape[-1] <= figures().most_dimensions:
        raise EncoderUnfitError(f"编码器答复的不是向量，或者超过 {figures().most_dimensions} 维")
    if len(rows) != count:
        raise EncoderUnfitError(f"问了编码器 {count} 段文字，答复了 {len(rows)} 个向量")
    if not np.isfinite(rows).all():
        raise EncoderUnfitError("编码器答复的向量里有无效数值（NaN 或无穷大）")
    largest = np.abs(rows).max(axis=1, keepdims=True)
    if largest.min() < SHORTEST:
        raise EncoderUnfitError("编码器答复了全零的向量")
    rows = rows / largest  # first, so that squares of huge numbers stay finite
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


class Circuit:
    """Lets nobody ask for a while after a failure, longer after each one in a row."""

    def __init__(self, pauses: Sequence[float] | None = None, now: Callable[[], float] = time.monotonic) -> None:
        """`pauses` in seconds, the last for every later failure; `now` counts seconds."""
        self._pauses, self._now = tuple(pauses or figures().pause_seconds), now
        self._failures, self._until = 0, 0.0
        self.reason = ""

    @property
    def is_closed(self) -> bool:
        """Whether one may ask."""
        return not self.reason or self._now() >= self._until

    def failed(self, reason: str) -> None:
        """Pause, and say so in the log."""
        pause = self._pauses[min(self._failures, len(self._pauses) - 1)]
        self._failures, self._until, self.reason = self._failures + 1, self._now() + pause, reason
        log.warning("语义相近度暂不可用，%d 秒后再试：%s", pause, reason)

    def worked(self) -> None:
        """It answered: the next failure is a first one."""
        if self.reason:
            log.info("编码器恢复答复")
        self._failures, self.reason = 0, ""
