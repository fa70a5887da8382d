"""Keeps the web server and the worker of a node running: a dead child is started again, a signal ends both."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
LOOK = 0.3
GRACE = 20.0
LONGEST_PAUSE = 30.0
STEADY = 60.0


@dataclass
class Child:
    """A program of our own that should run. `failures`: deaths in a row without a steady minute between."""

    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    failures: int = 0
    started: float = 0.0
    start_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches it only through the supervisor."""
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 - our own program
        self.started = time.monotonic()

    def look(self) -> None:
        """Start what does not run, later after each quick death."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.failures = 1 if now - self.started > STEADY else self.failures + 1
            pause = min(2.0 ** (self.failures - 1), LONGEST_PAUSE)
            log.error("%s ended with code %s; again in %.0f s", self.name, self.process.returncode, pause)
            self.process, self.start_at = None, now + pause
        if self.process is None and now >= self.start_at:
            self.start()

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end; kill it when it takes too long. A killed worker's tasks come back by their lease."""
        if self.process is None:
            return
        try:
            self.process.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            log.warning("%s did not end in time and is killed", self.name)
            self.process.kill()
            self.process.wait()


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could bind there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def web(host: str, port: int, *, workers: int, threads: int) -> Child:
    """The web server: granian, WSGI."""
    return Child(
        "web",
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            host,
            "--port",
            str(port),
            "--workers",
            str(workers),
            "--blocking-threads",
            str(threads),
            "--respawn-failed-workers",
            "--no-ws",
            "--log-level",
            "warning",
            "mengkeju.config.wsgi:application",
        ],
    )


def background() -> Child:
    """The worker, as its own process of the same installation."""
    return Child("worker", [sys.executable, "-c", "from mengkeju.config.cli import main; main(['worker'])"])


def supervise(children: Sequence[Child], stop: threading.Event | None = None) -> None:
    """Keep the children running until `stop` is set or SIGINT, SIGTERM or SIGHUP arrives; then end them."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
    log.info("supervisor %d started: %s", os.getpid(), ", ".join(c.name for c in children))
    try:
        while not stop.is_set():
            for child in children:
                child.look()
            stop.wait(LOOK)
    finally:
        for child in children:
            child.stop()
        until = time.monotonic() + GRACE
        for child in children:
            child.wait(until)
