"""The site served as `mengkeju serve` serves it, and wrk before it."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import click

from benchmarks import site
from benchmarks.figures import Figure, shown

SCRIPT = Path(__file__).with_name("report.lua")
CONNECTIONS = (50, 100)
PATIENCE = 90.0
QUEUE = 600.0


@dataclass(frozen=True)
class Target:
    """An address that is asked, by its name in the table; `headers` make the reader somebody."""

    name: str
    path: str
    headers: Mapping[str, str]


@contextmanager
def served(folder: Path, log: Path, **more: str) -> Iterator[tuple[int, int]]:
    """`mengkeju serve` on a free port of 127.0.0.1 until the block ends: the supervisor's process id, the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    given = site.environment(folder, MENGKEJU_PORT=str(port), **more)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "mengkeju.config", "serve"], env=given, stdout=out, stderr=out
        )
        try:
            _wait(port, process)
            yield process.pid, port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise click.ClickException("the site did not start; see its log")


def processes(root: int) -> dict[int, str]:
    """Every process below the supervisor and itself, by id, with a name for the table."""
    found, waiting = {root: "supervisor"}, [root]
    while waiting:
        parent = waiting.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in map(int, task.read_text(encoding="ascii").split()):
                found[child] = _name(child, found[parent])
                waiting.append(child)
    return found


def _name(pid: int, parent: str) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    if parent in {"web master", "web process"}:
        return "web process"
    return "web master" if "granian" in command else "task worker"


def memory(group: str, root: int, note: str) -> list[Figure]:
    """Resident memory of each process, the largest of each name."""
    largest: dict[str, float] = {}
    for pid, name in processes(root).items():
        largest[name] = max(largest.get(name, 0.0), site.resident(pid))
    return [Figure(group, f"memory: {name}", megabytes, "MB", note) for name, megabytes in largest.items()]


def check(port: int, target: Target) -> int:
    """One request; its seconds do not count. ClickException unless it is answered 200. Returns its bytes.

    It waits behind what wrk has left in the queue, so that one measurement does not run into the next.
    """
    wanted = Request(f"http://127.0.0.1:{port}{target.path}", headers=dict(target.headers))
    try:
        with urlopen(wanted, timeout=QUEUE) as answer:  # noqa: S310 - our own http
            if answer.status == 200 and answer.url.endswith(target.path):  # noqa: PLR2004 - an answer that is measured
                return len(answer.read())
            raise click.ClickException(f"{target.name}: {answer.status} {answer.url}")
    except (URLError, TimeoutError) as error:
        raise click.ClickException(f"{target.name}: {error}") from error


def under_load(group: str, port: int, target: Target, seconds: int) -> list[Figure]:
    """Run wrk with each number of connections: requests per second, p50 and p95; errors stand in the note."""
    found = []
    for connections in CONNECTIONS:
        size = check(port, target)
        command = [_wrk(), "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(SCRIPT)]
        for name, value in target.headers.items():
            command += ["-H", f"{name}: {value}"]
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{target.path}"], capture_output=True, text=True, check=True
        )
        said = json.loads(done.stdout.strip().splitlines()[-1])
        note = f"p50 {shown(said['p50'])} ms, p95 {shown(said['p95'])} ms; {size / 1024:.0f} KB"
        if said["status"] or said["broken"]:
            note += f"; {said['status']} errors, {said['broken']} broken off"
        rate = said["requests"] / said["seconds"]
        found.append(Figure(group, f"{target.name}, {connections} connections", rate, "req/s", note))
    return found


def _wrk() -> str:
    found = shutil.which("wrk")
    if found is None:
        raise click.ClickException("wrk is not installed (Debian/Ubuntu: apt install wrk)")
    return found
