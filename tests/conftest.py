"""What every test may ask for. The data folder and PostgreSQL come from mengkeju.kernel.testing.plugin."""

import os
from collections.abc import Generator
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from mengkeju.kernel.testing.chromium import MISSING, find_chromium, launch_arguments

# CI fails on a skipped test, for a test that never runs proves nothing. A reason that must be allowed
# (a platform without some feature) is written here in full, with a comment; there is none.
ALLOWED_SKIPS: frozenset[str] = frozenset()


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure when CI is set, unless its reason is allowed."""
    if not os.environ.get("CI") or report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if reason.removeprefix("Skipped: ") not in ALLOWED_SKIPS:
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Watch for skipped tests."""
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Watch for skipped files."""
    report = yield
    refuse_skip(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how far the access crawl went (tests/crawl): its parts may have run in several processes."""
    reports = [*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())]
    parts = [value for report in reports for name, value in report.user_properties if name == "crawl"]
    if not parts:
        return
    told, sent = [], sum(part[3] for part in parts)
    for what in dict.fromkeys(part[0] for part in parts):
        mine = [part for part in parts if part[0] == what]
        told.append(f"{sum(part[1] for part in mine)} {what} × {mine[0][2]}")
    wrong = sum("crawl" in dict(report.user_properties) for report in terminalreporter.stats.get("failed", ()))
    said = f"{wrong} parts with wrong answers" if wrong else "0 wrong answers"
    terminalreporter.write_line(f"access crawl: {', '.join(told)} readers, {sent:,} requests, {said}")


@pytest.fixture(autouse=True)
def chinese_again() -> Generator[None]:
    """A request leaves its language to the thread that served it; the next test begins with the site's own."""
    yield
    if settings.configured:
        translation.deactivate()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the browser: the system's Chromium, never a download."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip(MISSING)
    # Playwright keeps an event loop running in the test's thread, and Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return launch_arguments(chromium)


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """Nobody's API requests are counted yet: one test never uses up the limits of the next."""
    if not settings.configured:
        return
    from mengkeju.kernel.api import limits  # noqa: PLC0415 - models can be imported only once Django is set up

    limits.memory.clear()
