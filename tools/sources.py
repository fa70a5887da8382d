"""What the checks look at: the files of the repository, as git would commit them."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


# What .gitignore leaves out, for a tree that came without git (a downloaded archive).
NOT_OURS = frozenset({".git", ".venv", "__pycache__", "var", "node_modules", "build", "dist", "test-results"})


def listed_by_git(root: Path) -> set[Path] | None:
    """Files git tracks or would track; None where git, or its folder, is missing."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        return None
    found = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return {root / name for name in found.stdout.decode().split("\0") if name}


def walked(root: Path) -> set[Path]:
    """All files but those in folders that hold what is made or downloaded."""
    return {
        path
        for path in root.rglob("*")
        if path.is_file()
        and not any(part in NOT_OURS or part.endswith(("_cache", ".egg-info")) for part in path.relative_to(root).parts)
    }


def tracked(root: Path = ROOT, pattern: str = "*") -> list[Path]:
    """The repository's files whose path matches the pattern (`tests/*.py`: at any depth), sorted, absolute."""
    listed = listed_by_git(root)
    paths = walked(root) if listed is None else listed
    # The index still names a file that was just removed.
    return sorted(p for p in paths if p.is_file() and fnmatch(p.relative_to(root).as_posix(), pattern))


def parse(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every absolute import; `from a.b import c` gives a.b.c."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def report(problems: list[str]) -> int:
    """Print the problems; the exit code of a check."""
    for problem in problems:
        print(problem)
    return 1 if problems else 0
