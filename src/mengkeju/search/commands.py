"""`mengkeju index …`: build the search index again, see how it stands."""

import click

from mengkeju.kernel.search import searchables
from mengkeju.search import actions, queries


@click.group()
def index() -> None:
    """搜索索引：重建、查看。"""


@index.command()
def rebuild() -> None:
    """从数据库重建本机的搜索索引；网站照常运行，建好后自动切换。"""
    total = sum(sum(1 for _uid in searchable.all_uids()) for searchable in searchables.values())
    with click.progressbar(length=total, label="重建索引") as bar:
        count = actions.rebuild_index(bar.update)
    click.echo(f"索引已重建：{count} 条")


@index.command()
def status() -> None:
    """本机搜索索引的条数，以及落后事件记录多少条。"""
    found = queries.status()
    if not found.folder:
        raise click.ClickException("还没有索引；任务进程启动后会自动建立，也可运行 mengkeju index rebuild")
    click.echo(f"{found.documents} 条，落后 {found.behind} 个事件，结构版本 {found.version}，{found.folder}")
