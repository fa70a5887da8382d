"""A real receiver on this machine, and endpoints that point to it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mengkeju.directory import actions
from mengkeju.directory.actions import WebhookInput
from mengkeju.directory.models import Organisation
from mengkeju.kernel.models import WebhookEndpoint
from mengkeju.kernel.webhooks.offers import offered
from tests import factories as f


@dataclass
class Got:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: str


Behaviour = Callable[["Handler"], None]


@dataclass
class Receiver:
    """What arrived, and how to answer: one behaviour after the other, the last one for ever."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    behaviours: list[Behaviour] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length).decode()
        self.receiver.got.append(Got(self.path, dict(self.headers.items()), body))
        behaviours = self.receiver.behaviours
        behave = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        with suppress(OSError):  # the sender has hung up
            behave(self)

    def log_message(self, *_args: Any) -> None:
        pass


def answering(status: int, text: str = "", **headers: str) -> Behaviour:
    """Answer at once."""

    def behave(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return behave


def hanging(handler: Handler) -> None:
    """Never answer."""
    handler.receiver.closing.wait(30)


def dripping(start: bytes) -> Behaviour:
    """Send a beginning, then a byte now and then, always in time for a time-out per read."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(start)
        end = time.monotonic() + 30
        while time.monotonic() < end and not handler.receiver.closing.wait(0.1):
            handler.wfile.write(b"x")

    return behave


@contextmanager
def listening(*behaviours: Behaviour, tls: Any = None) -> Iterator[Receiver]:
    """A receiver with its own threads; `tls` a server-side SSLContext."""
    receiver = Receiver(behaviours=list(behaviours) or [answering(204)])
    handler = type("Bound", (Handler,), {"receiver": receiver})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]  # a sender that hangs up is no news
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def endpoint(
    organisation: Organisation | None, url: str, *types: str, description: str = "演示系统"
) -> tuple[WebhookEndpoint, str]:
    """An endpoint of an organisation's manager (None: the operator's) and its secret; all events unless named."""
    by = f.actor(f.manager(organisation) if organisation else f.operator())
    given = WebhookInput(url, description, types or tuple(offered()))
    return actions.create_webhook(organisation, given, by=by, now=f.AT)
