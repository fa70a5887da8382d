"""Getting Django ready for a command, and commands that are loaded only when they are called.

`predict`, `evaluate` and `--help` must not load Django; a command module that needs it may import its
capability's models at the top, because it is imported after `ready()`.
"""

import importlib
import os
from dataclasses import dataclass
from enum import Enum
from gettext import gettext

import click
import django
from django.apps import apps
from django.core.management import call_command

SETTINGS = "mengkeju.config.settings"


def ready(*, migrate: bool = False) -> None:
    """Set Django up, once; with `migrate` also create the database or bring it up to date.

    Raises pydantic.ValidationError when the environment is incomplete, and the database's own errors.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if not apps.ready:
        django.setup()
    if migrate:
        call_command("migrate", verbosity=0, interactive=False)


class Needs(Enum):
    """What a command needs before its module is imported."""

    NOTHING = "nothing"
    DJANGO = "django"
    DATABASE = "database"


@dataclass(frozen=True)
class LazyCommand:
    """Where a command is: `module:attribute`. `help` is its line in the list, so that listing imports nothing."""

    path: str
    help: str
    needs: Needs = Needs.DATABASE


class LazyGroup(click.Group):
    """A group whose commands may stand in a table and are imported when they are called."""

    def __init__(self, *arguments: object, lazy: dict[str, LazyCommand] | None = None, **options: object) -> None:
        """`lazy`: command name → where it is."""
        super().__init__(*arguments, **options)  # type: ignore[arg-type]  # click's own parameters, passed on
        self.lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted({*super().list_commands(ctx), *self.lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Get Django ready if the command needs it, then import it."""
        entry = self.lazy.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        if entry.needs is not Needs.NOTHING:
            ready()
        module, _, attribute = entry.path.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Bring the database up to date before a command that needs it, but not to show its help."""
        entry = self.lazy.get(args[0]) if args else None
        if entry is not None and entry.needs is Needs.DATABASE and not set(args) & set(ctx.help_option_names):
            ready(migrate=True)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of `--help`, from the table for lazy commands."""
        rows = []
        for name in self.list_commands(ctx):
            if name in self.lazy:
                rows.append((name, self.lazy[name].help))
            elif (command := super().get_command(ctx, name)) is not None and not command.hidden:
                rows.append((name, command.get_short_help_str(formatter.width)))
        if rows:
            with formatter.section(gettext("Commands")):
                formatter.write_dl(rows)
