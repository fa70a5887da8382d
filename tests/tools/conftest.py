import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]


@pytest.fixture
def repository(tmp_path: Path) -> Write:
    """Makes a repository holding the given files, with git where there is git; returns its root."""

    def write(**files: str) -> Path:
        if shutil.which("git"):
            subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write
