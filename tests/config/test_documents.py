"""The hand-written documents: their links lead somewhere, and the commands they name exist."""

import re
from pathlib import Path

import click
import pytest

from mengkeju.config.cli import main
from tools.sources import ROOT, tracked

LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
COMMAND = re.compile(r"(?:`|\.venv/bin/)mengkeju ([a-z][a-z-]*)(?: ([a-z]+)\b)?")
PAGES = [path for path in tracked(ROOT, "*.md") if not {"plan", "models", "node_modules"} & set(path.parts)]
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]


@pytest.mark.parametrize("document", PAGES, ids=NAMES)
def test_links_lead_somewhere(document: Path) -> None:
    missing = [
        link for link in LINK.findall(document.read_text(encoding="utf-8")) if not (document.parent / link).exists()
    ]
    assert missing == []


def is_command(words: tuple[str, ...]) -> bool:
    command: click.Command = main
    for word in words:
        if not isinstance(command, click.Group):
            return True  # what follows is an argument
        found = command.get_command(click.Context(command), word)
        if found is None:
            return False
        command = found
    return True


@pytest.mark.parametrize("document", PAGES, ids=NAMES)
def test_commands_exist(document: Path) -> None:
    named = {tuple(filter(None, found)) for found in COMMAND.findall(document.read_text(encoding="utf-8"))}
    assert sorted(" ".join(words) for words in named if not is_command(words)) == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("0*.md"))


def test_a_recipe_has_at_most_five_steps() -> None:
    recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("## 食谱")[1].split("\n## ")[0]
    steps = {part.splitlines()[0]: re.findall(r"^(\d+)\. ", part, re.MULTILINE) for part in recipes.split("\n### ")[1:]}
    assert len(steps) >= 4
    assert {name: len(found) for name, found in steps.items() if not 1 <= len(found) <= 5} == {}
