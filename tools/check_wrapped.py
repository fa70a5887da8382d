"""Finds Chinese text that an English reader would meet: string literals outside gettext, and template text.

Free are docstrings, labels that stand beside an English one (LABELLED: the call carries both), log lines,
`verbose_name`s of models, and what `unwrapped_exceptions.txt` lists with a reason: data, parsers of Chinese
input, the command line, generated documents.
"""

import ast
import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from django.template.base import Lexer, TokenType

from tools.catalogue import CHINESE, KEYWORDS
from tools.sources import ROOT, parse, report, tracked

EXCEPTIONS = Path(__file__).parent / "unwrapped_exceptions.txt"
# Constructors that take a Chinese and an English word side by side.
LABELLED = frozenset(
    {
        "Crossing",
        "DutySpec",
        "FieldSpec",
        "ListingKind",
        "RoleSpec",
        "Section",
        "Topic",
        "Similarity",
        "FullPart",
        "Stage",
        "State",
        "Title",
        "Transition",
        "Workflow",
    }
)
LOGS = frozenset({"debug", "info", "warning", "error", "exception"})
WRAPPERS = frozenset(KEYWORDS) | {"chosen"}
# What a reader of the page never sees: comments of the template, and the tags that translate.
TRANSLATING = re.compile(r"^(?:block)?trans(?:late)?\b")
WRAPPED = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")


def exceptions() -> list[tuple[str, str]]:
    """(path pattern, text pattern) of what may stay Chinese; each line of the file ends with its reason."""
    lines = EXCEPTIONS.read_text(encoding="utf-8").splitlines()
    rows = [line.split("#", 1)[0].split() for line in lines if line.strip() and not line.startswith("#")]
    return [(row[0], row[1] if len(row) > 1 else "*") for row in rows]


def called(node: ast.Call) -> str:
    """The last name of what is called: _ , gettext, State, log.info → info."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def free(node: ast.AST) -> Iterator[ast.AST]:
    """Parts of a node whose Chinese text is all right."""
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield from (s for s in node.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node  # a string below a module constant documents it
    elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").endswith("_HEADINGS"):
        yield node.value  # the same words, shared by several fields
    elif isinstance(node, ast.Call):
        name = called(node)
        if name in WRAPPERS or name in LOGS or name == "compile":
            yield from node.args
        elif name in LABELLED:
            named = {k.arg for k in node.keywords}
            if name != "DutySpec" or "label_en" in named:  # its English word stands at the end
                yield from (a for a in node.args if isinstance(a, ast.Constant))
            yield from (k for k in node.keywords if f"{k.arg}_en" in named)
            yield from (k for k in node.keywords if k.arg == "headings")  # what offices write above a column
        elif name.endswith("Field"):  # a model field's first argument is its verbose name
            yield from (a for a in node.args if isinstance(a, ast.Constant))


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of every Chinese literal that is not free."""

    def walk(node: ast.AST) -> Iterator[tuple[int, str]]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
            yield node.lineno, node.value
        skipped = set(map(id, free(node)))
        for child in ast.iter_child_nodes(node):
            if id(child) not in skipped:
                yield from walk(child)

    return walk(tree)


def written(text: str) -> Iterator[tuple[int, str]]:
    """(line, text) of Chinese in a template that no tag translates."""
    inside = False
    for token in Lexer(text).tokenize():
        tag = token.contents
        if token.token_type is TokenType.BLOCK and re.match(r"blocktrans|comment\b|endblocktrans|endcomment", tag):
            inside = not tag.startswith("end")
            continue
        if inside or token.token_type is TokenType.COMMENT:
            continue
        if token.token_type is not TokenType.TEXT:
            tag = "" if TRANSLATING.match(tag) else WRAPPED.sub("", tag)
        if CHINESE.search(tag):
            yield token.lineno or 0, " ".join(tag.split())


def problems(root: Path = ROOT) -> list[str]:
    """One line per Chinese text that stays Chinese for an English reader."""
    allowed, lines = exceptions(), []
    for path in [*tracked(root, "src/mengkeju/*.py"), *tracked(root, "src/mengkeju/*.html")]:
        name = path.relative_to(root / "src/mengkeju").as_posix()
        if "/migrations/" in name:
            continue
        found = literals(parse(path)) if path.suffix == ".py" else written(path.read_text(encoding="utf-8"))
        lines += [
            f"src/mengkeju/{name}:{line}: {text[:60]!r} is not translated"
            for line, text in found
            if not any(fnmatch(name, pattern) and fnmatch(text, words) for pattern, words in allowed)
        ]
    return lines


if __name__ == "__main__":
    sys.exit(report(problems()))
