import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import sources

Write = Callable[..., Path]
FILES = {"a.py": "", "tests/x/b.py": "", "c.txt": "", "var/d.py": "", ".gitignore": "var/\n"}


def names(root: Path, pattern: str = "*") -> list[str]:
    return [path.relative_to(root).as_posix() for path in sources.tracked(root, pattern)]


def test_with_git_what_is_ignored_is_left_out(repository: Write) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = repository(**FILES, **{"kept/node_modules_not/e.py": ""})
    assert names(root) == [".gitignore", "a.py", "c.txt", "kept/node_modules_not/e.py", "tests/x/b.py"]
    assert names(root, "tests/*.py") == ["tests/x/b.py"]


def test_an_archive_without_git_is_walked(repository: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "listed_by_git", lambda _root: None)
    root = repository(**FILES, **{".mypy_cache/f.py": ""})
    assert names(root) == [".gitignore", "a.py", "c.txt", "tests/x/b.py"]


def test_a_file_just_removed_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "listed_by_git", lambda root: {root / "gone.py"})
    assert sources.tracked(tmp_path) == []


def test_imports_are_given_by_their_full_name(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("import os.path\nfrom a.b import c, d as e\nfrom . import f\n", encoding="utf-8")
    assert list(sources.imports(sources.parse(path))) == [(1, "os.path"), (2, "a.b.c"), (2, "a.b.d")]
