"""The system's Chromium for browser journeys, and the accessibility check of a page."""

import shutil
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "没有找到 Chromium，浏览器测试没有运行。Debian/Ubuntu: apt install chromium fonts-noto-cjk"
# Quiet: no sandbox in containers, and no request of its own to anywhere.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> Path | None:
    """The installed browser, or None."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(found) if found else None


def launch_arguments(chromium: Path) -> dict[str, Any]:
    """Arguments of playwright's `launch` for this browser."""
    return {"executable_path": str(chromium), "args": FLAGS}


def accessibility_problems(page: Page) -> list[str]:
    """What axe-core finds wrong on the page, one line per rule: rule, help, first elements."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: "
        + " | ".join(str(node["html"])[:160] for node in rule["nodes"][:3])
        for rule in found
    ]


def assert_accessible(page: Page) -> None:
    """Fail with axe's findings, if there are any."""
    problems = accessibility_problems(page)
    assert not problems, f"{page.url}:\n" + "\n".join(problems)
