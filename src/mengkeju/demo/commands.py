"""`mengkeju demo …`. Imported after the database is ready."""

import os
import sys
from collections.abc import Callable

import click
from django.conf import settings
from django.db import connections

from mengkeju.demo import report
from mengkeju.demo.load import Loaded, load
from mengkeju.kernel import clock, worker
from mengkeju.kernel.commands import check_port, start


@click.group()
def demo() -> None:
    """演示区域：公开报道中的真实单位与需求，加上标明“演示”的虚构单位。"""


def _load() -> Loaded:
    with click.progressbar(length=100, label="载入演示数据", file=sys.stderr) as bar:
        return load(now=clock.now(), progress=_percent(bar.update))


def _percent(update: Callable[[int], None]) -> Callable[[int, int], None]:
    shown = 0

    def progress(done: int, total: int) -> None:
        nonlocal shown
        percent = done * 100 // max(total, 1)
        update(percent - shown)
        shown = percent

    return progress


@demo.command("load")
def load_command() -> None:
    """载入演示数据；重复执行不会多出任何东西。索引与匹配由后台进程完成。"""
    click.echo(report.counts(_load()))
    if not settings.DEMO:
        click.echo("没有设置 MENGKEJU_DEMO=1：演示登录名没有口令，不能登录。", err=True)


@demo.command()
def run() -> None:
    """载入演示数据、建索引、全部匹配，打印一条真实需求的匹配结果和演示登录名，然后启动网站。"""
    if not settings.DEMO:
        raise click.ClickException("演示站点要在环境变量里写明：MENGKEJU_DEMO=1 mengkeju demo run")
    if not settings.ENV.on_loopback:
        raise click.ClickException("演示口令是公开的，演示站点只能开在本机地址（127.0.0.1）上")
    check_port()
    loaded = _load()
    click.echo("建索引、匹配、封存 ……", err=True)
    worker.drain()
    click.echo(report.counts(loaded))
    click.echo(report.matches_of(report.SHOWN_NEED, now=clock.now()))
    click.echo(report.logins())
    connections.close_all()
    # Officers of the demo sign in without a second factor, unless it is asked for.
    os.environ.setdefault("MENGKEJU_REQUIRE_MFA", "0")
    start()
