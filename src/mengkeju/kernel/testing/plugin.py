"""The suite's pytest plugin: a data folder for each test process, and `--pg` for PostgreSQL.

Loaded by `-p` in pyproject.toml, before Django's settings are read: what they are made from has to be in
the environment by then, and conftest.py is read later. Nothing of Django may be imported here.
"""

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from mengkeju.kernel.testing import postgres

CLUSTERS = "MENGKEJU_TEST_CLUSTERS"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
DATABASE_FIXTURES = frozenset({"db", "transactional_db", "live_server"})
_unavailable = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --pg."""
    parser.addoption("--pg", action="store_true", help="run the tests that touch the database on PostgreSQL")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Prepare the environment before pytest-django reads the settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:  # the environment came from the process that started us; index and files must not be shared
        os.environ["MENGKEJU_DATA_DIR"] = str(Path(os.environ["MENGKEJU_DATA_DIR"]) / worker)
        _take_cluster(int(worker.removeprefix("gw")))
        # Threads of one process that wait for each other spin while another process has the core: minutes for seconds.
        os.environ.update(dict.fromkeys(THREADS, "1"))
        return
    for name in [name for name in os.environ if name.startswith("MENGKEJU_") or name == "DATABASE_URL"]:
        del os.environ[name]  # the suite must not depend on, or write into, what the shell is set up for
    folder = tempfile.mkdtemp(prefix="mkj-test-")
    early_config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    os.environ["MENGKEJU_DATA_DIR"] = folder
    if early_config.known_args_namespace.pg:
        _start_clusters(early_config)


def _start_clusters(config: pytest.Config) -> None:
    """One for each test process: what runs in one cluster holds back the events of all its databases."""
    processes = getattr(config.known_args_namespace, "numprocesses", None)
    stack = ExitStack()
    try:
        clusters = [
            stack.enter_context(postgres.private_cluster())
            for _one in range(processes if isinstance(processes, int) and processes else 1)
        ]
    except postgres.UnavailableError as error:
        stack.close()
        config.stash[_unavailable] = str(error)
        return
    config.add_cleanup(stack.close)
    os.environ[CLUSTERS] = " ".join(cluster.url() for cluster in clusters)
    os.environ["MENGKEJU_SECRET_KEY"] = "only-for-tests"
    _take_cluster(0)


def _take_cluster(number: int) -> None:
    """The numbered test process takes its cluster; one that replaces a crashed process shares with another."""
    urls = os.environ.get(CLUSTERS, "").split()
    if urls:
        os.environ["DATABASE_URL"] = urls[number % len(urls)]


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Without PostgreSQL there is nothing to run on it: say what to install. In CI that is a failure."""
    reason = config.stash.get(_unavailable, "")
    if not reason:
        return None
    sys.stderr.write(f"PostgreSQL 上的测试没有运行 / not run on PostgreSQL: {reason}\n")
    return 1 if os.environ.get("CI") else 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the tests of this database: they are deselected, not skipped, for the other run has them."""
    on_postgres = bool(config.getoption("--pg"))
    chosen = [item for item in items if _belongs(item, on_postgres=on_postgres)]
    if len(chosen) < len(items):
        left_out = set(items) - set(chosen)
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = chosen


def _belongs(item: pytest.Item, *, on_postgres: bool) -> bool:
    if not on_postgres:
        return item.get_closest_marker("postgres") is None
    if item.get_closest_marker("sqlite") or item.get_closest_marker("browser"):
        return False  # the browser journeys take minutes and show the same pages on either database
    marked = item.get_closest_marker("postgres") or item.get_closest_marker("django_db")
    return bool(marked) or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
