"""`mengkeju init`: the database, areas and vocabularies. Imported after Django is ready."""

import click

from mengkeju.config.boot import ready
from mengkeju.directory.actions import load_reference_data


@click.command()
def init() -> None:
    """建立或更新数据库，载入区划与词表。可重复执行。"""
    ready(migrate=True)
    areas, terms = load_reference_data()
    click.echo(f"数据库已就绪：区划与功能区 {areas} 个，词条 {terms} 个。")
