"""`mengkeju person …`, `mengkeju verify`, `mengkeju reference load`."""

import json
import sys
from typing import TextIO
from uuid import UUID

import click

from mengkeju.directory import actions
from mengkeju.directory.models import Person
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import SYSTEM


def _person(uid: UUID) -> Person:
    found = Person.objects.filter(uid=uid).first()
    if found is None:
        raise click.ClickException(f"没有这个人：{uid}")
    return found


@click.group()
def person() -> None:
    """个人信息：导出、删除。"""


@person.command("export")
@click.argument("uid", type=click.UUID)
@click.option("--out", type=click.File("w", encoding="utf-8"), default="-", help="写到文件；不给就打印")
def export_command(uid: UUID, out: TextIO) -> None:
    """把保存的关于这个人的信息导出为 JSON。"""
    data = actions.export_person(_person(uid), by=SYSTEM, now=clock.now())
    out.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


@person.command("erase")
@click.argument("uid", type=click.UUID)
@click.option("--yes", is_flag=True, help="不再询问")
def erase_command(uid: UUID, *, yes: bool) -> None:
    """删除这个人的信息并注销账号。不能撤回。"""
    found = _person(uid)
    if not yes:
        click.confirm(f"删除 {found.name} 的个人信息并注销账号？不能撤回。", abort=True)
    event = actions.erase_person(found, by=SYSTEM, now=clock.now())
    if event is None:
        click.echo("此前已经删除。")
        return
    click.echo(f"已删除；清除了 {len(event.payload.body['events'])} 条记录的内容。事件 {event.uid}")


@click.command()
def verify() -> None:
    """核对全部操作记录：封条相连、内容未改。有改动时退出码为 1。"""
    broken = 0
    for finding in audit.verify():
        broken += finding.broken
        click.echo(f"{'被改动' if finding.broken else '说明'}：{finding.text}", err=finding.broken)
    click.echo("核对完毕：" + (f"{broken} 处被改动" if broken else "没有发现改动"))
    click.echo("链头：第 {} 号 {}".format(*audit.head()))
    if broken:
        sys.exit(1)


@click.group()
def reference() -> None:
    """地区与分类词表。"""


@reference.command("load")
def load_command() -> None:
    """载入随程序提供的地区与词表；再次载入只更新文件里改过的，运营方改过的不动。"""
    areas, terms = actions.load_reference_data()
    click.echo(f"地区 {areas} 个，词条 {terms} 个")
