"""Files of at most 400 lines, functions of at most 50, views of at most 20 statements.

Code and templates are measured, migrations and data are not. A longer one stands in size_exceptions.txt:
`path` or `path::function`, a tab, the reason. A line there that is no longer needed is an error too.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.sources import ROOT, parse, report, tracked

FILE, FUNCTION, VIEW = 400, 50, 20
MEASURED = (".py", ".html", ".js", ".mjs", ".css", ".sh")
EXCEPTIONS = Path(__file__).with_name("size_exceptions.txt")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def length(node: Function) -> int:
    """Lines of a function without its decorators and docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def statements(node: Function) -> int:
    """Statements of a function without its docstring; how the formatter breaks them does not count."""
    count = sum(isinstance(inner, ast.stmt) for part in node.body for inner in ast.walk(part))
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return count - documented


def functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Qualified names and nodes of all functions and methods."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}"
            if not isinstance(child, ast.ClassDef):
                yield name, child
            yield from functions(child, f"{name}.")
        else:
            yield from functions(child, prefix)


def is_view(path: Path, node: Function) -> bool:
    """A function of a web folder that takes a request."""
    if "web" not in path.parts:
        return False
    return any(argument.arg == "request" for argument in node.args.args[:2])


def too_long(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """(key, sentence) of everything too long in one file. `name` is its path in the repository."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > FILE:
        yield name, f"{lines} lines, at most {FILE}"
    if path.suffix != ".py":
        return
    for function, node in functions(parse(path)):
        if length(node) > FUNCTION:
            yield f"{name}::{function}", f"{length(node)} lines, at most {FUNCTION}"
        elif is_view(path, node) and statements(node) > VIEW:
            yield f"{name}::{function}", f"{statements(node)} statements, at most {VIEW}"


def read_exceptions(text: str) -> dict[str, str]:
    """Reason by key. Raises ValueError for a line without a reason."""
    found = {}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        key, _, reason = line.partition("\t")
        if not reason.strip():
            msg = f"an exception needs a reason: {line}"
            raise ValueError(msg)
        found[key] = reason.strip()
    return found


def problems(root: Path = ROOT, exceptions: dict[str, str] | None = None) -> list[str]:
    """What is too long and not excepted, and exceptions nobody needs any more."""
    allowed = read_exceptions(EXCEPTIONS.read_text(encoding="utf-8")) if exceptions is None else exceptions
    found: dict[str, str] = {}
    for path in tracked(root):
        if path.suffix in MEASURED and "migrations" not in path.parts:
            found.update(too_long(path, path.relative_to(root).as_posix()))
    unexpected = [f"{key}: {sentence}" for key, sentence in found.items() if key not in allowed]
    return unexpected + [f"size_exceptions.txt: {key} is no longer too long" for key in allowed if key not in found]


if __name__ == "__main__":
    sys.exit(report(problems()))
