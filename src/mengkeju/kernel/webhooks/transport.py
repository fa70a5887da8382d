"""One POST to a stranger: checked address, no redirect, one deadline for everything, a small part of the answer.

Plain http.client on a socket of our own: the address that was checked is the one connected to (no second look-up that
could answer otherwise), and every read carries what is left of the deadline, so that a receiver that drips a byte
now and then holds us no longer than one that is silent.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any

from django.utils.translation import gettext_lazy as _

from mengkeju.kernel.webhooks import guard
from mengkeju.kernel.webhooks.figures import FIGURES
from mengkeju.kernel.webhooks.guard import Target, UnfitAddressError

AGENT = "Mengkeju-Webhooks/1"
ERRORS = {
    "timeout": _("没有在时限内答复完"),
    "name": _("域名解析不到"),
    "connect": _("连接不上"),
    "tls": _("证书或加密连接有问题"),
    "broken": _("连接中断，或答复不是有效的 HTTP"),
    "secret": _("密钥无法读取，请更换密钥"),
    **guard.REASONS,
}
Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Answer:
    """What came back. `status` None when no whole answer came: then `error` is a key of ERRORS. `took` in seconds."""

    status: int | None
    error: str = ""
    text: str = ""
    retry_after: str = ""
    took: float = 0.0

    @property
    def is_success(self) -> bool:
        """A whole answer with 2xx; a redirect is none."""
        return self.status is not None and 200 <= self.status < 300 and not self.error  # noqa: PLR2004 - HTTP's 2xx


class _Patience:
    """Until when all of one POST must be over."""

    def __init__(self, seconds: float) -> None:
        self.ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds; TimeoutError when none is left."""
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class _Plain(socket.socket):
    """A socket whose reads end with the deadline."""

    patience: _Patience

    def recv_into(self, *args: Any, **options: Any) -> int:
        self.settimeout(self.patience.left())
        return super().recv_into(*args, **options)


class _Secure(ssl.SSLSocket):
    """The same over TLS; Python counts a TLS read or handshake as one operation with one time-out."""

    patience: _Patience

    def recv_into(self, *args: Any, **options: Any) -> int:
        self.settimeout(self.patience.left())
        return super().recv_into(*args, **options)


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.sslsocket_class = _Secure
    return context


def look_up(host: str, port: int) -> list[str]:
    """Addresses of a name by the system's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _resolved(target: Target, resolve: Resolver, patience: _Patience) -> list[str]:
    """The addresses, all of them fit; the resolver has no time-out of its own and runs beside us."""
    found: list[str] = []
    failed: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            found.extend(resolve(target.host, target.port))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    asking = threading.Thread(target=ask, daemon=True, name="webhook name")
    asking.start()
    asking.join(patience.left())
    if asking.is_alive():
        raise TimeoutError
    if failed or not found:
        raise socket.gaierror
    for address in found:  # a name with one unfit address is not trusted with the others
        guard.check_address(address)
        if target.scheme != "https" and not guard.is_loopback(address):
            raise UnfitAddressError("scheme")
    return found


def _connected(target: Target, addresses: list[str], patience: _Patience) -> socket.socket:
    last: OSError = OSError("no address")
    for address in addresses:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = _Plain(family, socket.SOCK_STREAM)
        sock.patience = patience
        try:
            sock.settimeout(patience.left())
            sock.connect((address, target.port))
        except OSError as error:
            sock.close()
            last = error
            continue
        return _secured(sock, target, patience) if target.scheme == "https" else sock
    raise last


def _secured(sock: socket.socket, target: Target, patience: _Patience) -> socket.socket:
    try:
        sock.settimeout(patience.left())
        secure = _context().wrap_socket(sock, server_hostname=target.host, do_handshake_on_connect=False)
    except OSError:
        sock.close()
        raise
    assert isinstance(secure, _Secure)  # noqa: S101 - the context makes them; tells the type checker
    try:
        secure.patience = patience
        secure.settimeout(patience.left())
        secure.do_handshake()
    except OSError:
        secure.close()
        raise
    return secure


def _exchange(sock: socket.socket, target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = sock
    response: HTTPResponse | None = None
    try:
        connection.request("POST", target.path, body, {**headers, "Host": target.host_header, "Connection": "close"})
        response = connection.getresponse()
        text = response.read(FIGURES.answer_bytes).decode("utf-8", "replace").replace("\x00", "\ufffd")
        return Answer(response.status, "", text[: FIGURES.answer_kept], response.headers.get("Retry-After", ""))
    except OSError as error:
        if response is None:
            raise
        code = "timeout" if isinstance(error, TimeoutError) else "broken"
        return Answer(response.status, code)
    finally:
        if response is not None:
            response.close()
        connection.close()
        sock.close()


def _error(error: Exception) -> str:
    if isinstance(error, UnfitAddressError):
        return error.code
    for kind, code in ((TimeoutError, "timeout"), (socket.gaierror, "name"), (ssl.SSLError, "tls")):
        if isinstance(error, kind):
            return code
    return "connect" if isinstance(error, ConnectionRefusedError) else "broken"


def post(url: str, headers: Mapping[str, str], body: str, *, resolve: Resolver = look_up) -> Answer:
    """Send JSON to a URL and wait for the whole answer, within the time-out. A receiver's fault is an answer too."""
    began, patience = time.monotonic(), _Patience(FIGURES.timeout)
    full = {**headers, "Content-Type": "application/json; charset=utf-8", "User-Agent": AGENT}
    try:
        target = guard.check_url(url)
        sock = _connected(target, _resolved(target, resolve, patience), patience)
        sock.settimeout(patience.left())
        answer = _exchange(sock, target, full, body.encode())
    except (OSError, HTTPException, UnfitAddressError) as error:
        answer = Answer(None, _error(error))
    return Answer(answer.status, answer.error, answer.text, answer.retry_after, time.monotonic() - began)
