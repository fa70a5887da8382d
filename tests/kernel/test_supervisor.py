"""The supervisor keeps its children running and ends them."""

import socket
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from mengkeju.kernel import supervisor
from mengkeju.kernel.supervisor import Child

SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")
IGNORES = (sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")


def wait_for(true: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def pid_of(child: Child) -> int | None:
    return child.process.pid if child.process is not None else None


def test_a_dead_child_is_started_again_and_all_end_together() -> None:
    children = [Child("one", SLEEPS), Child("two", SLEEPS)]
    stop = threading.Event()
    thread = threading.Thread(target=supervisor.supervise, args=(children, stop))
    thread.start()
    try:
        wait_for(lambda: all(pid_of(c) for c in children))
        first, other = pid_of(children[0]), pid_of(children[1])
        assert children[0].process is not None
        children[0].process.kill()
        wait_for(lambda: pid_of(children[0]) not in {None, first})
        assert pid_of(children[1]) == other
    finally:
        stop.set()
        thread.join(20)
    assert all(c.process is not None and c.process.returncode is not None for c in children)


def test_a_child_that_dies_at_once_is_started_ever_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("mengkeju.kernel.supervisor.time", SimpleNamespace(monotonic=lambda: now[0]))
    child = Child("dies", (sys.executable, "-c", "raise SystemExit(3)"))
    pauses = []
    for _death in range(7):
        child.look()
        assert child.process is not None
        child.process.wait()
        child.look()
        pauses.append(child.start_at - now[0])
        now[0] = child.start_at
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_does_not_listen_is_killed() -> None:
    child = Child("deaf", IGNORES)
    child.start()
    time.sleep(0.5)
    child.stop()
    child.wait(time.monotonic() + 0.3)
    assert child.process is not None
    assert child.process.returncode is not None


def test_a_taken_port_is_seen() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not supervisor.port_is_free("127.0.0.1", port)
    assert supervisor.port_is_free("127.0.0.1", port)
