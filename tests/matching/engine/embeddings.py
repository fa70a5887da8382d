"""A stub of an embeddings service on this machine, and an encoder that needs none."""

import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from mengkeju.matching.engine.encoder import EncoderError, Floats, checked

SIZE = 16
Behaviour = Callable[["Handler"], None]


def vector(text: str, size: int = SIZE) -> list[float]:
    """Texts that share characters lie near each other: each character is a direction of its own."""
    total = np.zeros(size)
    for character in text:
        seed = int.from_bytes(hashlib.sha256(character.encode()).digest()[:4], "big")
        total += np.random.default_rng(seed).standard_normal(size)
    return [float(value) for value in total]


@dataclass
class Service:
    """What was asked, and how to answer: one behaviour after the other, the last one for ever."""

    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def texts(self) -> list[str]:
        return [text for one in self.asked for text in one["input"]]


class Handler(BaseHTTPRequestHandler):
    service: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.service.asked.append(body)
        self.service.headers.append(dict(self.headers.items()))
        self.service.paths.append(self.path)
        behaviours = self.service.behaviours
        behave = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        with suppress(OSError):  # the asker has hung up
            behave(self)

    def log_message(self, *_args: Any) -> None:
        pass

    def say(self, text: str, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


def rightly(handler: Handler, size: int = SIZE) -> None:
    """As OpenAI answers, but in another order, which the standard's `index` allows."""
    texts = handler.service.asked[-1]["input"]
    rows = [{"object": "embedding", "index": at, "embedding": vector(text, size)} for at, text in enumerate(texts)]
    handler.say(json.dumps({"object": "list", "data": rows[::-1], "model": "stub", "usage": {}}))


def status(code: int, **headers: str) -> Behaviour:
    return lambda handler: handler.say("no", code, **headers)


def saying(text: str) -> Behaviour:
    return lambda handler: handler.say(text)


def silent(handler: Handler) -> None:
    """Answers nothing until the test is over."""
    handler.service.closing.wait(30)


def dripping(handler: Handler) -> None:
    """A byte now and then: no single read ever times out."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.service.closing.wait(0.05):
        handler.wfile.write(b" ")


def cut_off(handler: Handler) -> None:
    """Half an answer, then the connection ends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')


def vectors(*rows: Any) -> Behaviour:
    """These rows, whatever was asked. NaN and Infinity are written as Python's json does."""
    return saying(json.dumps({"data": [{"index": at, "embedding": row} for at, row in enumerate(rows)]}))


@contextmanager
def serving(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Service]:
    """The service with threads of its own; `tls` a server-side context."""
    made = Service(behaviours=list(behaviours) or [rightly])
    handler = type("OneHandler", (Handler,), {"service": made})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Invented:
    """An encoder without a model: `failing` raises what it holds."""

    name: str = "invented@00000000"
    is_remote: bool = False
    size: int = SIZE
    failing: EncoderError | None = None
    texts: list[str] = field(default_factory=list)
    calls: int = 0

    def encode(self, texts: Sequence[str]) -> Floats:
        self.calls += 1
        self.texts.extend(texts)
        if self.failing is not None:
            raise self.failing
        if not texts:
            return np.zeros((0, self.size), dtype=np.float32)
        return checked([vector(text, self.size) for text in texts], len(texts))
