"""What import-linter's layers cannot say about who may import whom.

- Another capability is entered by its `actions`, `queries`, `models` or `engine` only; the kernel is open.
- An `engine` is plain Python: no Django, and of the project only engines and the kernel's plain modules.
- A foreign key written as a string obeys the same layers as an import.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools.sources import ROOT, imports, parse, report, tracked

PACKAGE = "mengkeju"
DOORS = frozenset({"actions", "queries", "models", "engine"})
OPEN = frozenset({"kernel"})  # its modules are made for everybody
ROOF = frozenset({"config"})  # it wires the parts together
# The kernel's modules without Django, fit for an engine.
PLAIN = frozenset({"deadlines", "digests", "figures", "kinds", "money", "reasons", "words", "workflow"})
RELATIONS = frozenset({"ForeignKey", "OneToOneField", "ManyToManyField"})


def place(name: str) -> tuple[str, str]:
    """Capability and first part inside it: mengkeju.deals.web.views → (deals, web)."""
    parts = [*name.split("."), "", ""]
    return parts[1], parts[2]


def layers(root: Path = ROOT) -> list[frozenset[str]]:
    """The layers of pyproject.toml, the highest first."""
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(c for c in config["tool"]["importlinter"]["contracts"] if c["id"] == "capabilities")
    return [frozenset(name.strip(" ()") for name in layer.split("|")) for layer in contract["layers"]]


def wrong_door(source: str, part: str, target: str) -> str | None:
    """Why a file of `part` in capability `source` may not import `target`; None if it may."""
    other, door = place(target)
    top = target.split(".", 1)[0]
    if part == "engine" or (source == "kernel" and part in PLAIN):
        if top == "django":
            return "an engine is plain Python"
        if top == PACKAGE and door != "engine" and (other, door) not in {("kernel", name) for name in PLAIN}:
            return "an engine imports only engines and the kernel's plain modules"
    if top != PACKAGE or source in ROOF or other in {source, *OPEN} or not door:
        return None
    return None if door in DOORS else f"{other} is entered by {', '.join(sorted(DOORS))}"


def string_keys(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, app label) of relations to a model named as "app.Model"."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called not in RELATIONS:
            continue
        targets = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "to")]
        for target in targets:
            if isinstance(target, ast.Constant) and isinstance(target.value, str) and "." in target.value:
                yield target.lineno, target.value.split(".", 1)[0]


def upward_keys(tree: ast.Module, source: str, order: list[frozenset[str]]) -> list[tuple[int, str]]:
    """Foreign keys by name that point to a higher or a neighbouring capability."""
    height = {name: level for level, names in enumerate(order) for name in names}
    return [
        (line, f"foreign key to {label}, which stands above or beside {source}")
        for line, label in sorted(string_keys(tree))
        if label in height and label != source and height[label] <= height[source]
    ]


def problems(root: Path = ROOT) -> list[str]:
    """One line per violation."""
    order, lines = layers(root), []
    for path in tracked(root, "src/*.py"):
        name = path.relative_to(root / "src").with_suffix("").as_posix().replace("/", ".")
        source, part = place(name)
        if not source or part == "migrations":
            continue
        tree = parse(path)
        found = [(line, reason) for line, target in imports(tree) if (reason := wrong_door(source, part, target))]
        lines += [f"{path.relative_to(root)}:{line}: {why}" for line, why in found + upward_keys(tree, source, order)]
    return lines


if __name__ == "__main__":
    sys.exit(report(problems()))
