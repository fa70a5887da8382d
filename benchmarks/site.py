"""A site in a folder of its own: its environment, its commands, the machine it ran on."""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import click

PASSPORT = "catalogue.json"
UNLIMITED = "1000000000"
"""Requests per minute of the API while it is measured: its limits are not what is measured."""


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a command of ours is started with; DATABASE_URL is passed on only when it is given here."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MENGKEJU_") and k != "DATABASE_URL"}
    return {
        **kept,
        "MENGKEJU_DATA_DIR": str(folder),
        "MENGKEJU_REQUIRE_MFA": "0",
        "MENGKEJU_API_LIMIT_ANONYMOUS": UNLIMITED,
        "MENGKEJU_API_LIMIT_TOKEN": UNLIMITED,
        "MENGKEJU_SECRET_KEY": "only-for-benchmarks",
        **more,
    }


def become(folder: Path, **more: str) -> None:
    """Make this process one of the site and get Django ready. Before anything of ours is imported."""
    made = environment(folder, **more)
    os.environ.clear()
    os.environ.update(made)
    from mengkeju.config.boot import ready

    ready(migrate=True)


def run(arguments: list[str], given: dict[str, str]) -> tuple[float, str]:
    """Run one Python module of ours to its end: seconds and what it printed. ClickException when it fails."""
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", *arguments], env=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{' '.join(arguments)}: {(done.stderr or done.stdout)[-2000:]}")
    return time.perf_counter() - began, done.stdout


def machine() -> str:
    """Processor, cores, memory, Python and load, in one line."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    load = "/".join(f"{part:.1f}" for part in os.getloadavg())
    name = names[0] if names else platform.processor()
    return f"{os.cpu_count()} cores ({name}), {memory:.0f} GiB, Python {platform.python_version()}, load {load}"


def resident(pid: int) -> float:
    """Resident memory of a process in MB, 0 when it has gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    lines = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(lines[0]) / 1024 if lines else 0.0


def size_of(folder: Path, names: str = "**/*") -> float:
    """How much lies in a folder, in MB."""
    return sum(path.stat().st_size for path in folder.glob(names) if path.is_file()) / 1024**2
