"""The site's encoder, made once per process from the settings. Only the worker and the command line ask it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.encoder import Circuit, Encoder, EncoderError, Floats, figures, text_of
from mengkeju.matching.engine.encoder_address import is_address
from mengkeju.matching.engine.encoder_cache import KeptEncoder, VectorStore
from mengkeju.matching.engine.encoder_endpoint import EndpointEncoder
from mengkeju.matching.engine.encoder_folder import FolderEncoder
from mengkeju.matching.engine.meaning import Meaning

_lock = threading.Lock()
_made: KeptEncoder | None = None
_circuit = Circuit()  # for an encoder that cannot even be made


def forget() -> None:
    """Drop the encoder that was made (tests, and other settings)."""
    global _made, _circuit
    with _lock:
        _made, _circuit = None, Circuit()


def store() -> VectorStore:
    """Where vectors are kept."""
    return VectorStore(settings.ENCODER_DIR)


def encoder() -> KeptEncoder | None:
    """The encoder of the settings, its vectors kept; None without one. EncoderError when it cannot be made."""
    global _made  # noqa: PLW0603 - the one encoder of this process
    if not settings.ENCODER:
        return None
    with _lock:
        if _made is None:
            _made = KeptEncoder(_encoder(), store())
        return _made


def _encoder() -> Encoder:
    if not is_address(settings.ENCODER):
        return FolderEncoder(Path(settings.ENCODER))
    return EndpointEncoder(
        settings.ENCODER, settings.ENCODER_MODEL, settings.ENCODER_KEY, float(settings.ENCODER_TIMEOUT)
    )


def is_ready() -> bool:
    """Whether there is an encoder that may be asked now (again)."""
    if not settings.ENCODER or not _circuit.is_closed:
        return False
    return _made is None or _made.circuit.is_closed


class _InTime:
    """An encoder that is not asked for longer than a fit may take."""

    def __init__(self, kept: KeptEncoder) -> None:
        self._kept = kept
        self.name, self.is_remote = kept.name, kept.is_remote

    def encode(self, texts: Sequence[str]) -> Floats:
        return self._kept.encode(texts, seconds=figures().fit_seconds)


def meaning(documents: Mapping[Side, Sequence[Document]]) -> Meaning | None:
    """The line of meaning for a shelf; None without an encoder, or when it has no answer now (the log says why)."""
    if not settings.ENCODER or not _circuit.is_closed:
        return None
    try:
        kept = encoder()
    except EncoderError as error:
        _circuit.failed(str(error))
        return None
    try:
        return Meaning(_InTime(kept), documents) if kept is not None else None
    except EncoderError:  # its own circuit has said so
        return None


def ask(text: str) -> Floats:
    """One text encoded now, not from what is kept. EncoderError says why not."""
    return _encoder().encode([text])


@dataclass(frozen=True)
class Filled:
    """What `fill` did: texts that have a vector now, and how many of them were asked for."""

    texts: int
    asked: int


def fill(documents: Sequence[Document], progress: Callable[[int, int], None]) -> Filled:
    """Encode the texts of documents however long it takes. EncoderError when it stops; what was done is kept."""
    kept = encoder()
    if kept is None:
        raise EncoderError("没有设置编码器（MENGKEJU_ENCODER）")
    allowed = [document for document in documents if document.is_open or not kept.is_remote]
    texts = sorted({text for document in allowed if (text := text_of(document))})
    before = kept.asked
    kept.encode(texts, progress=progress)
    return Filled(len(texts), kept.asked - before)
