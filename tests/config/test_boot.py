"""Commands are imported only when called, and listing them needs neither Django nor a database."""

import subprocess
import sys
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from mengkeju.config import boot
from mengkeju.config.boot import LazyCommand, LazyGroup, Needs
from mengkeju.config.cli import COMMANDS, main

CALLED: list[str] = []
HELP = """
import sys
from mengkeju.config.cli import main
try:
    main(["--help"])
except SystemExit:
    print("loaded:", [n for n in ("mengkeju.kernel.models", "mengkeju.config.settings", "numba") if n in sys.modules])
"""


@click.command()
def hello() -> None:
    """Says hello."""
    CALLED.append("hello")


def group(needs: Needs) -> LazyGroup:
    return LazyGroup("test", lazy={"hello": LazyCommand(f"{__name__}:hello", "says hello", needs)})


@pytest.mark.parametrize(
    ("needs", "arguments", "steps"),
    [
        (Needs.NOTHING, ["hello"], []),
        (Needs.DJANGO, ["hello"], ["ready"]),
        (Needs.DATABASE, ["hello"], ["migrate", "ready"]),
        (Needs.DATABASE, ["hello", "--help"], ["ready"]),
        (Needs.DATABASE, ["--help"], []),
    ],
)
def test_a_command_gets_what_it_needs_and_help_gets_less(
    monkeypatch: pytest.MonkeyPatch, needs: Needs, arguments: list[str], steps: list[str]
) -> None:
    taken: list[str] = []
    monkeypatch.setattr(boot, "ready", lambda *, migrate=False: taken.append("migrate" if migrate else "ready"))
    done = CliRunner().invoke(group(needs), arguments)
    assert done.exit_code == 0, done.output
    assert taken == steps


def test_an_unknown_command_is_refused_by_name() -> None:
    done = CliRunner().invoke(group(Needs.NOTHING), ["goodbye"])
    assert done.exit_code == 2
    assert "goodbye" in done.output


def test_help_lists_every_command_without_loading_django() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded: []\n")
    for name in COMMANDS:
        assert name in done.stdout


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_table_exists(name: str) -> None:
    module, _, attribute = COMMANDS[name].path.partition(":")
    assert isinstance(getattr(import_module(module), attribute), click.Command)
    assert name in main.list_commands(click.Context(main))
