"""An encoder behind an address that speaks OpenAI's embeddings: POST <url>/embeddings {"model", "input"}.

The operator names the address, so one in his own network is as good as any; but without encryption only there, never
to a link-local one (a cloud's metadata), and no redirect is followed: it would carry the key elsewhere. All of one
batch, the retries included, ends with the time-out, however slowly the other side drips its answer.
"""

import hashlib
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult

import numpy as np

from mengkeju.matching.engine.encoder import (
    EncoderError,
    EncoderUnfitError,
    Figures,
    Floats,
    checked,
    figures,
    short_name,
)
from mengkeju.matching.engine.encoder_address import address

AGENT = "Mengkeju-Encoder/1"
TIMEOUT = 20.0
TOO_MANY = 429
Resolver = Callable[[str, int], list[str]]


class _BusyError(EncoderError):
    """Worth another try: 429, 5xx, or a connection that broke. `wait`: seconds the other side asks for."""

    def __init__(self, said: str, wait: float = 0.0) -> None:
        super().__init__(said)
        self.wait = wait


def look_up(host: str, port: int) -> list[str]:
    """Addresses of a name by the system's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class EndpointEncoder:
    """Asks an embeddings service for vectors, a batch at a time."""

    is_remote = True

    def __init__(
        self, url: str, model: str, key: str = "", timeout: float = TIMEOUT, batch: int = 0, *,
        resolve: Resolver = look_up, limits: Figures | None = None,
    ) -> None:  # fmt: skip
        """`url` without /embeddings, e.g. https://host/v1; `batch` texts a request, 0: the shipped figure."""
        self._parts = address(url.rstrip("/"))
        self._model, self._key, self._timeout = model, key, timeout
        self._figures = limits or figures()
        self._batch = batch or self._figures.batch
        self._resolve = resolve
        self._dimensions = 0
        self.name = short_name(model, hashlib.sha256(f"{url.rstrip('/')}\0{model}".encode()).hexdigest())

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit row per text. EncoderError when the service does not answer in time or not rightly."""
        found = [self._one_batch(texts[at : at + self._batch]) for at in range(0, len(texts), self._batch)]
        return np.concatenate(found) if found else np.zeros((0, self._dimensions), dtype=np.float32)

    def _one_batch(self, texts: Sequence[str]) -> Floats:
        ends = time.monotonic() + self._timeout
        waits = iter(self._figures.retry_seconds)
        while True:
            try:
                rows = checked(_vectors(self._asked(texts, ends)), len(texts))
            except _BusyError as error:
                pause = next(waits, None)
                if pause is None or time.monotonic() + max(pause, error.wait) >= ends:
                    raise EncoderError(str(error)) from error
                time.sleep(max(pause, error.wait))
                continue
            if self._dimensions not in {0, rows.shape[1]}:
                raise EncoderUnfitError(f"编码器先答复 {self._dimensions} 维的向量，后来是 {rows.shape[1]} 维")
            self._dimensions = rows.shape[1]
            return rows

    def _asked(self, texts: Sequence[str], ends: float) -> bytes:
        body = json.dumps({"model": self._model, "input": list(texts)}, ensure_ascii=False).encode()
        call = _Call(self._parts, self._key, body, ends=ends, resolve=self._resolve, most=self._figures.answer_bytes)
        try:
            status, retry_after, raw = call.answer()
        except TimeoutError as error:
            raise EncoderError(f"编码器在 {self._timeout:g} 秒内没有答复完") from error
        except ssl.SSLError as error:
            raise EncoderUnfitError("编码器的证书或加密连接有问题") from error
        except (OSError, HTTPException) as error:
            raise _BusyError("连接不上编码器，或者连接中断") from error
        if status == TOO_MANY or status >= 500:
            raise _BusyError(f"编码器答复 HTTP {status}", retry_after)
        if status != 200:
            raise EncoderUnfitError(f"编码器答复 HTTP {status}，请核对地址、模型名称和密钥")
        if len(raw) > self._figures.answer_bytes:
            raise EncoderUnfitError("编码器的答复太长")
        return raw


def _vectors(raw: bytes) -> list[Any]:
    """The vectors of an answer in the order of the question; EncoderUnfitError for another shape."""
    try:
        rows = json.loads(raw)["data"]
        placed = {row.get("index", at): row["embedding"] for at, row in enumerate(rows)}
        return [placed[at] for at in range(len(rows))]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise EncoderUnfitError("编码器的答复不是 OpenAI 格式的 JSON（data[].embedding）") from error


class _Call:
    """One request, given up at its deadline wherever it is: looking up a name has no time-out of its own."""

    def __init__(self, parts: SplitResult, key: str, body: bytes, *, ends: float, resolve: Resolver, most: int) -> None:
        self._parts, self._key, self._body, self._ends, self._resolve = parts, key, body, ends, resolve
        self._most = most
        self._sock: socket.socket | None = None

    def answer(self) -> tuple[int, float, bytes]:
        """Status, seconds of Retry-After, and the whole body. TimeoutError, OSError, HTTPException, EncoderError."""
        answers: queue.SimpleQueue[tuple[int, float, bytes] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._exchange())
            except (OSError, HTTPException, EncoderError, UnicodeError) as error:
                answers.put(OSError(str(error)) if isinstance(error, UnicodeError) else error)

        threading.Thread(target=ask, daemon=True, name="encoder").start()
        try:
            found = answers.get(timeout=self._left())
        except queue.Empty:
            raise TimeoutError from None
        finally:
            self._hang_up()
        if isinstance(found, Exception):
            raise found
        return found

    def _left(self) -> float:
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def _hang_up(self) -> None:
        """Whatever still reads there ends now."""
        if self._sock is not None:
            try:
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)  # not TLS's own, which takes its state away
            except OSError:  # it is closed already
                return

    def _exchange(self) -> tuple[int, float, bytes]:
        parts = self._parts
        host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": AGENT, "Host": parts.netloc}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        with closing(HTTPConnection(host, port)) as connection:
            connection.sock = self._sock = self._connected(host, port)
            connection.request("POST", f"{parts.path}/embeddings", self._body, {**headers, "Connection": "close"})
            with connection.getresponse() as response:
                return self._read(response)

    def _read(self, response: HTTPResponse) -> tuple[int, float, bytes]:
        asked = response.headers.get("Retry-After", "")
        raw = response.read(self._most + 1)
        if response.length and len(raw) <= self._most:
            raise IncompleteRead(raw, response.length)
        return response.status, float(asked) if asked.isdecimal() else 0.0, raw

    def _connected(self, host: str, port: int) -> socket.socket:
        found = self._resolve(host, port)
        for one in found:
            _check(one, self._parts.scheme)
        last: OSError = OSError("no address")
        for one in found:
            try:
                sock = socket.create_connection((one, port), timeout=self._left())
            except OSError as error:
                last = error
                continue
            if self._parts.scheme != "https":
                return sock
            try:
                return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
            except OSError:
                sock.close()
                raise
        raise last


def _check(found: str, scheme: str) -> None:
    """EncoderUnfitError unless texts and key may go to this address by this scheme."""
    where = ip_address(found.partition("%")[0])
    where = getattr(where, "ipv4_mapped", None) or where
    if where.is_link_local or where.is_multicast or where.is_unspecified:
        raise EncoderUnfitError("编码器的地址是链路本地或组播地址，不向那里发送")
    if scheme == "http" and not (where.is_private or where.is_loopback):
        raise EncoderUnfitError("编码器在公网上，地址要用 https")
