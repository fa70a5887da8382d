"""A private PostgreSQL cluster in a temporary folder, on a free port of 127.0.0.1, gone when the tests end.

PostgreSQL refuses to run as root, so root starts it as the system user `postgres` by `setpriv`.
"""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")  # where Debian and Ubuntu put every version's programs
MISSING = "没有找到 PostgreSQL 程序 initdb 和 pg_ctl。Debian/Ubuntu: apt install postgresql-15"
OWNER = "postgres"
STARTS = 3
# Nothing in this cluster has to survive a power cut; without the waits the suite is much faster. Nor are tables
# analysed behind a test's back: one emptied a moment ago gets plans for an empty table, and loading the demo region
# into it took four times as long.
SETTINGS = {
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "timezone": "UTC",
}


class UnavailableError(RuntimeError):
    """PostgreSQL cannot be started here; the message says what to do."""


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl, the newest version first; None when PostgreSQL is not installed."""
    versions = sorted(INSTALLED.glob("*/bin"), key=lambda found: float(found.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*versions, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


def _as_owner() -> list[str]:
    if os.geteuid() != 0:
        return []
    with suppress(KeyError):
        pwd.getpwnam(OWNER)
        return ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups"]
    msg = f"以 root 运行测试时需要系统用户 {OWNER}（随 PostgreSQL 安装包建立）"
    raise UnavailableError(msg)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Cluster:
    """A running cluster. `url(name)` is a DATABASE_URL; user `mengkeju` may create databases."""

    folder: Path
    port: int
    password: str

    def url(self, name: str = "postgres") -> str:
        """The address of one database, as DATABASE_URL wants it."""
        return f"postgres://mengkeju:{self.password}@127.0.0.1:{self.port}/{name}"


def _run(*command: str) -> None:
    done = subprocess.run([*_as_owner(), *command], capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        msg = f"{Path(command[0]).name}: {(done.stderr or done.stdout).strip()[-2000:]}"
        raise UnavailableError(msg)


def _create(programs: Path, folder: Path, password: str) -> None:
    password_file = folder / "password"
    password_file.write_text(password, encoding="ascii")
    if os.geteuid() == 0:
        for path in (folder, password_file):
            shutil.chown(path, OWNER, OWNER)
    _run(
        str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username=mengkeju", "--encoding=UTF8",
        "--locale=C", "--auth=scram-sha-256", f"--pwfile={password_file}", "--no-sync",
    )  # fmt: skip


def _start(programs: Path, folder: Path) -> int:
    """Start on a free port; another program may take it in between, hence a few tries. Returns the port."""
    settings = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
    for attempt in range(1, STARTS + 1):
        port = free_port()
        try:
            _run(
                str(programs / "pg_ctl"), "--pgdata", str(folder / "data"), "--wait", "--timeout=60",
                "--log", str(folder / "log"), "--options", f"-p {port} {settings}", "start",
            )  # fmt: skip
        except UnavailableError as error:
            if attempt == STARTS:
                log = folder / "log"
                tail = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
                msg = f"{error}\n{tail}"
                raise UnavailableError(msg) from error
        else:
            return port
    raise AssertionError  # the loop returns or raises


@contextmanager
def private_cluster() -> Iterator[Cluster]:
    """Start a cluster and remove it afterwards. Raises UnavailableError with what to install."""
    programs = find_programs()
    if programs is None:
        raise UnavailableError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="mkj-pg-"))
    try:
        password = secrets.token_hex(16)
        _create(programs, folder, password)
        port = _start(programs, folder)
        try:
            yield Cluster(folder, port, password)
        finally:
            with suppress(UnavailableError):  # it may have died; the folder goes either way
                _run(str(programs / "pg_ctl"), "--pgdata", str(folder / "data"), "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
