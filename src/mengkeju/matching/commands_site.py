"""`mengkeju match`: the ranked list of one need in the terminal, or the whole shelf at once; `encoder`; `mine-words`.

Unlike `predict` and `evaluate` it works on the site's own data. Imported after the database is ready.
"""

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import IO, Any
from uuid import UUID

import click

from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.matching.actions import compute, encoders, mining, shelf
from mengkeju.matching.actions.reasons import in_reasons
from mengkeju.matching.engine.encoder import EncoderError
from mengkeju.matching.engine.mining.mine import SYNONYM, Found
from mengkeju.matching.queries import reasons

PROBE = "技术需求与科技成果"  # what `encoder status` has encoded
PHASES = {"rank": "匹配", "write": "写入"}
MARKS = {True: "≈", False: "⊃"}


@click.command()
@click.option("--need", "need", type=click.UUID, metavar="UID", help="一条已发布的需求（或成果、能力）的编号 uid。")
@click.option(
    "--text",
    "text",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="一段需求文字，首行作题目；“-” 表示标准输入。",
)
@click.option("--all", "everything", is_flag=True, help="匹配全部在架内容并保存结果。")
@click.option("--top", type=click.IntRange(1, 200), default=10, show_default=True, help="列出前几项。")
def match(*, need: UUID | None, text: IO[str] | None, everything: bool, top: int) -> None:
    """给一条需求找成果和能力，列出排序和理由；或用 --all 匹配全部。"""
    if sum((need is not None, text is not None, everything)) != 1:
        raise click.UsageError("请在 --need、--text、--all 中选一个")
    if everything:
        _match_all()
        return
    try:
        if need is not None:
            answers = compute.rank_listing(need, now=clock.now(), top=top)
        else:
            answers = compute.rank_text(text.read() if text else "", now=clock.now(), top=top)
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(report(answers))


class _Bars:
    """One progress bar per phase, opened when the phase first reports."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._bars: dict[str, Any] = {}
        self._done: dict[str, int] = {}

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Move the phase's bar on; the bar before it is finished first."""
        if phase not in self._bars:
            self._stack.close()
            shown = click.progressbar(length=total, label=PHASES[phase], file=sys.stderr)
            self._bars[phase] = self._stack.enter_context(shown)
        self._bars[phase].update(done - self._done.get(phase, 0))
        self._done[phase] = done


def _match_all() -> None:
    began = clock.now()
    with ExitStack() as stack:
        count = compute.match_all(now=began, progress=_Bars(stack))
    seconds = (clock.now() - began).total_seconds()
    click.echo(f"共 {count} 个推荐（含未达推荐水平、只在“显示更多”里列出的），用时 {seconds:.1f} 秒")


def report(answers: Sequence[compute.Answer]) -> str:
    """The ranked list as text: band, expected level, title, and the reasons as the page words them."""
    if not answers:
        return "没有找到任何相近的内容"
    lines = [f"模型 {answers[0].ranked.model_version}"]
    for answer in answers:
        found = answer.ranked
        why = in_reasons(found)
        band = found.band.label if found.band else "未达推荐水平"
        lines += [f"{found.rank:>3}. 【{band}】 {answer.title}   关联程度 {found.expected:.2f}/4", f"     {found.id}"]
        if why["terms"]:
            lines.append(f"     用词相同：{'、'.join(f'{term} {100 * share:.0f}%' for term, share in why['terms'])}")
        if why["sentence"]:
            lines.append(f"     最相近的一句：{why['sentence']}")
        lines += [f"     {row.label} {row.percent}%：{row.text}" for row in reasons.rows(why)]
        missing = reasons.missing_in_words(why["missing"])
        if missing:
            lines.append(f"     公开内容里还缺：{'；'.join(missing)}")
    return "\n".join(lines)


@click.group()
def encoder() -> None:
    """语义编码器：看它答不答复、把在架内容全部编码、清空缓存。"""


@encoder.command("status")
def encoder_status() -> None:
    """设的是哪个编码器，缓存了多少；问它一句，看答不答复。"""
    store = encoders.store()
    try:
        kept = encoders.encoder()
        if kept is None:
            click.echo("没有设置编码器（MENGKEJU_ENCODER）；匹配照常，没有“语义相近”这一项")
            return
        click.echo(f"编码器 {kept.name}，{'内容会发给它的地址' if kept.is_remote else '在本机运行'}")
        click.echo(f"缓存 {store.counts().get(kept.name, 0)} 段，文件 {store.size() / 1e6:.1f} MB")
        began = clock.now()
        rows = encoders.ask(PROBE)
    except EncoderError as error:
        raise click.ClickException(f"语义相近度暂不可用：{error}") from error
    click.echo(f"答复正常：{rows.shape[1]} 维，{(clock.now() - began).total_seconds() * 1000:.0f} 毫秒")


@encoder.command("fill")
def encoder_fill() -> None:
    """把全部在架内容编码并存入缓存；可以中断，再运行就接着做。"""
    try:
        with click.progressbar(length=0, label="编码", file=sys.stderr) as bar:
            done = encoders.fill(
                [d for market in shelf.markets() for d in shelf.published(market)], partial(_move, bar)
            )
    except EncoderError as error:
        raise click.ClickException(f"停下了，已编码的留在缓存里：{error}") from error
    click.echo(
        f"{done.texts} 段文字都有向量了，这次编码 {done.asked} 段。要让已有的推荐用上，运行 mengkeju match --all"
    )


def _move(bar: Any, done: int, total: int) -> None:
    bar.length = total
    bar.update(done - bar.pos)


@encoder.command("clear")
def encoder_clear() -> None:
    """清空向量的缓存；下次匹配重新编码。"""
    encoders.store().clear()
    click.echo("缓存已清空")


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
