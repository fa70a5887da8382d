"""`mengkeju mine-words`: look for words that mean the same, and for upper and lower terms, in what is published.

What is found waits for an operator on the page 词语发现. Imported after the database is ready.
"""

import json

import click

from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.matching.actions import mining
from mengkeju.matching.engine.mining.mine import SYNONYM, Found

MARKS = {True: "≈", False: "⊃"}


@click.command()
@click.option("--dry-run", "dry", is_flag=True, help="只看找到什么，不保存。")
@click.option("--top", type=click.IntRange(0, 400), default=10, show_default=True, help="列出前几对。")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象。")
def mine_words(*, dry: bool, top: int, as_json: bool) -> None:
    """在人人可读的已发布信息里找同义词和上下位词；找到的由系统管理员在“词语发现”里判断。"""
    began = clock.now()
    made = mining.mine_words(by=SYSTEM, now=began, keep=not dry)
    seconds = (clock.now() - began).total_seconds()
    if as_json:
        pairs = [{"kind": p.kind, "words": [p.one, p.other], "score": p.score, "counts": p.counts} for p in made.pairs]
        told = {"texts": made.texts, "found": made.found, "new": made.new, "seconds": round(seconds, 1), "pairs": pairs}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for pair in made.pairs[:top]:
        click.echo(line(pair))
    kept = "没有保存" if dry else f"其中新的 {made.new} 对"
    click.echo(f"读了 {made.texts} 条公开信息，找到 {made.found} 对词，{kept}，用时 {seconds:.1f} 秒")


def line(pair: Found) -> str:
    """One pair with its score and evidence."""
    told = "，".join(f"{name} {count}" for name, count in pair.counts.items())
    return f"{pair.score:.2f}  {pair.one} {MARKS[pair.kind == SYNONYM]} {pair.other}（{told}）"
