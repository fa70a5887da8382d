from collections.abc import Callable
from pathlib import Path

import pytest

from tools import check_addresses

# Taken apart, so that this file passes the check it tests.
REGISTRY = "https://py" + "pi.org/simple"
FOLDER = "/" + "work/main"
HOME = "/" + "root"


@pytest.mark.parametrize("text", [f"index = {REGISTRY}", f"cd {FOLDER}", f'"{HOME}"', f"`{HOME}/x`", f"a={FOLDER}"])
def test_found(text: str) -> None:
    assert [line for line, _ in check_addresses.find(f"fine\n{text}\n")] == [2]


@pytest.mark.parametrize(
    "text",
    ["/usr/bin/chromium", f"path{FOLDER}", f"network{HOME}/x", "https://a.org/home/x", "./tmp/x", f"<{FOLDER[:5]}>"],
)
def test_not_found(text: str) -> None:
    assert check_addresses.find(text) == []


def test_every_text_file_is_read_and_pictures_are_not(repository: Callable[..., Path]) -> None:
    root = repository(**{"a.lock": REGISTRY, ".ci/run": f"cd {FOLDER}", "var/i.txt": HOME, ".gitignore": "var/"})
    (root / "b.png").write_bytes(b"\x89PNG\xff" + REGISTRY.encode())
    assert [line.split(":")[0] for line in check_addresses.problems(root)] == [".ci/run", "a.lock"]
