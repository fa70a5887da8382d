"""docs/capabilities.csv: every function owed, and what the tests show of it.

Columns: id, state (no, part, yes), where (files or folders that do it), test (a file that shows it).
A function that is `part` or `yes` is named by `@pytest.mark.covers("PLT-04")` on at least one test, and a
mark names only known functions that are not `no`. All findings are made without running a test.
"""

import ast
import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.sources import ROOT, parse, report, tracked

COLUMNS = ["id", "state", "where", "test"]
STATES = ("no", "part", "yes")
TOTAL = 342
ID = re.compile(r"[A-Z]{3}-\d\d")


@dataclass(frozen=True)
class Capability:
    """One row. `where` and `test` are separated by spaces and empty while the state is `no`."""

    id: str
    state: str
    where: tuple[str, ...]
    test: tuple[str, ...]


def read(path: Path) -> list[Capability]:
    """The rows. Raises ValueError when the columns are not those of this file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames != COLUMNS:
            msg = f"{path.name}: columns must be {', '.join(COLUMNS)}"
            raise ValueError(msg)
        return [Capability(r["id"], r["state"], tuple(r["where"].split()), tuple(r["test"].split())) for r in rows]


def marks(tree: ast.Module) -> Iterator[str]:
    """Ids named by `covers(...)` marks in a test file, decorators and `pytestmark` alike."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "covers":
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def covered(root: Path) -> dict[str, set[str]]:
    """Test files by the id they name."""
    found: dict[str, set[str]] = {}
    for path in tracked(root, "tests/*.py"):
        for identifier in marks(parse(path)):
            found.setdefault(identifier, set()).add(path.relative_to(root).as_posix())
    return found


def row_problems(row: Capability, tests: set[str], root: Path) -> list[str]:
    """What is wrong with one row, given the test files that name its id."""
    if not ID.fullmatch(row.id) or row.state not in STATES:
        return [f"{row.id}: id like PLT-04, state one of {', '.join(STATES)}"]
    found = []
    if row.state == "no":
        found += [f"{row.id}: {name} names it, but its state is no" for name in sorted(tests)]
        if row.where or row.test:
            found.append(f"{row.id}: where and test are empty while the state is no")
        return found
    if not tests:
        found.append(f"{row.id}: state {row.state}, but no test is marked covers({row.id!r})")
    if not row.where or not row.test:
        found.append(f"{row.id}: state {row.state} says where and by which test")
    found += [f"{row.id}: {name} does not exist" for name in (*row.where, *row.test) if not (root / name).exists()]
    found += [f"{row.id}: {name} does not name it in a covers mark" for name in sorted(set(row.test) - tests)]
    return found


def compare(rows: list[Capability], named: dict[str, set[str]], root: Path) -> list[str]:
    """Everything wrong with the table and the marks."""
    ids = [row.id for row in rows]
    found = [f"{identifier} stands twice" for identifier in sorted({i for i in ids if ids.count(i) > 1})]
    found += [f"{path}: unknown function {i}" for i in sorted(set(named) - set(ids)) for path in sorted(named[i])]
    for row in rows:
        found += row_problems(row, named.get(row.id, set()), root)
    return found


def problems(root: Path = ROOT) -> list[str]:
    """The findings on this repository."""
    rows = read(root / "docs" / "capabilities.csv")
    count = [f"{len(rows)} functions listed, {TOTAL} are owed"] if len(rows) != TOTAL else []
    return count + compare(rows, covered(root), root)


if __name__ == "__main__":
    sys.exit(report(problems()))
