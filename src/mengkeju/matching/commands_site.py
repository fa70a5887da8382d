"""`mengkeju match`: the ranked list of one need in the terminal, or the whole shelf at once.

Unlike `predict` and `evaluate` it works on the site's own data. Imported after the database is ready.
"""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import IO, Any
from uuid import UUID

import click

from mengkeju.kernel import clock
from mengkeju.matching.actions import compute
from mengkeju.matching.actions.reasons import in_reasons
from mengkeju.matching.queries import reasons

PHASES = {"rank": "匹配", "write": "写入"}


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
