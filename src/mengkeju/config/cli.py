"""The command line `mengkeju`."""

import os

import click


@click.group()
def main() -> None:
    """蒙科聚：技术需求、科技成果、匹配、意向，一条记录走到底。"""


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's own management commands, e.g. `mengkeju manage check`."""
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mengkeju.config.settings")
    execute_from_command_line(["mengkeju manage", *arguments])
