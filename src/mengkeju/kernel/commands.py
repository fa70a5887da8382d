"""`mengkeju serve`, `worker` and `drain`. Imported after the database is ready."""

import os

import click
from django.conf import settings
from django.db import connection

from mengkeju.kernel import clock, signing, supervisor
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


@click.group("evidence-key")
def evidence_key() -> None:
    """证据单的签名密钥：查看、更换、停用。"""


@evidence_key.command("list")
def list_keys() -> None:
    """公布的公钥和历史。"""
    rows = signing.published()["keys"]
    for row in rows:
        ended = f"停用 {row['until']}（{row['reason']}）" if row["until"] else "在用"
        click.echo(f"{row['key']}　启用 {row['from']}　{ended}")
    if not rows:
        click.echo("还没有签过证据单，第一次签时生成密钥。")


@evidence_key.command("rotate")
@click.option("--reason", type=click.Choice(signing.REASONS), default="rotated", show_default=True)
def rotate_key(reason: str) -> None:
    """停用数据文件夹里的密钥，换一把新的。旧的证据单仍按公布的历史核对。"""
    try:
        made = signing.rotate(now=clock.now(), why=reason)
    except signing.SigningError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"现在使用 {made.name}")


@evidence_key.command("retire")
@click.argument("key")
@click.option("--reason", type=click.Choice(signing.REASONS), required=True)
def retire_key(key: str, reason: str) -> None:
    """停用一把密钥，如私钥已丢失（lost）或泄露（compromised）。"""
    try:
        signing.retire(key, reason, now=clock.now())
    except signing.SigningError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已停用 {key}")
