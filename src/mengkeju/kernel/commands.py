"""`mengkeju serve`, `worker` and `drain`. Imported after the database is ready."""

import os

import click
from django.conf import settings
from django.db import connection

from mengkeju.kernel import supervisor
from mengkeju.kernel import worker as background

MOST_THREADS = 8


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), help="网页进程数；默认 SQLite 一个，PostgreSQL 两个。")
@click.option("--threads", type=click.IntRange(1, 64), help="每个网页进程的线程数；默认按处理器核数，最多八个。")
def serve(workers: int | None, threads: int | None) -> None:
    """启动网站和后台进程。Ctrl-C 同时停止两者。

    地址由 MENGKEJU_HOST 和 MENGKEJU_PORT 给定。某个进程意外退出会自动重新启动。
    """
    count = workers or (1 if connection.vendor == "sqlite" else 2)
    connection.close()
    start(workers=count, threads=threads)


def check_port() -> tuple[str, int]:
    """The address to serve on. ClickException when it is taken."""
    host, port = settings.ENV.host, settings.ENV.port
    if not supervisor.port_is_free(host, port):
        raise click.ClickException(f"{host}:{port} 已被占用。请停掉占用它的程序，或用 MENGKEJU_PORT 换一个端口。")
    return host, port


def start(*, workers: int = 1, threads: int | None = None) -> None:
    """Serve until a signal; the database is ready. ClickException when the port is taken."""
    host, port = check_port()
    click.echo(f"网站地址：{settings.SITE_URL}    停止：Ctrl-C")
    web = supervisor.web(host, port, workers=workers, threads=threads or min(2 * (os.cpu_count() or 1), MOST_THREADS))
    supervisor.supervise([web, supervisor.background()])


@click.command()
def worker() -> None:
    """只启动后台进程：排队的任务、检索和匹配的更新、封存、待办的提醒与到期。可在多台机器上各开一个。"""
    background.run()


@click.command()
def drain() -> None:
    """把积压的后台工作在本进程里做完：检索和匹配的更新、排队的任务、封存。"""
    done = background.drain()
    click.echo(f"处理事件 {done.events} 条，任务 {done.tasks} 个，封存 {done.sealed} 条。")
