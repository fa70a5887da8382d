"""Benchmark commands: predict, evaluate, fit-cold. They need no database, and no Django for a plain CSV."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from mengkeju.matching.engine import card, cold, methods, protocol, protocol_files, sources
from mengkeju.matching.engine.evaluation import plots, recall, report
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError
from mengkeju.matching.engine.sources import Source

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)
_CARD_DEPTHS = (100, 500, 1000)

_PREDICT_HELP = """在 TRAIN 上拟合，预测 PAIRS 的关联度，写出 need_id, achievement_id, expected, level。

NEEDS：need_id, title, content；TRAIN：need_id, achievement_id, achievement_title, level；
PAIRS 同 TRAIN，不含 level（有也不读）。词频等只从文本统计，PAIRS 的标题也计入，不用其标注。
default 是冷启动模型加需求自身及近似需求在 TRAIN 里的标注；cold 只用文本。可以是 CSV 或 .xlsx。"""
_EVALUATE_HELP = """交叉验证：只在训练折上拟合，从不使用随附系数。

cluster 把近似重复的需求放在同一折（冷启动），pair 随机分折。区间按需求组自助抽样（95%）。
本单位自己的标注文件也可以评：CSV（UTF-8 或 GBK）或 .xlsx，列名不同用 --columns 对应。"""
_FIT_HELP = """在全部标注上拟合冷启动系数，写出系数文件和模型卡。只写数字，不写任何标题、正文或标注。"""
_COLUMNS = click.option(
    "--columns", "columns", multiple=True, metavar="列=列名,…",
    help="文件里的列名，例如 need_id=需求编号,title=需求名称；可以写几次，对每个文件都有效。",
)  # fmt: skip
_MODEL = click.option(
    "--model", type=click.Choice(protocol.MODELS), default="default", show_default=True, help="用哪种方法。"
)


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong with the input is a sentence on the terminal and no traceback."""
    try:
        yield
    except ProtocolError as error:
        raise click.ClickException(str(error)) from error


def _read(path: Path, wanted: Sequence[str], names: dict[str, str]) -> Source:
    """A plain CSV as it is; anything else with the reader of the imports. ProtocolError."""
    found = sources.plain(path) if path.suffix.lower() != ".xlsx" else None
    if found is not None and not sources.chosen(found, wanted, names)[1]:
        return found
    from mengkeju.kernel.exchange import TableRefusedError, read_table

    try:
        table = read_table(path)
    except TableRefusedError as error:
        if found is not None and not found.rows:
            return found
        raise ProtocolError(str(error)) from error
    for notice in table.notices:
        click.echo(f"{path.name}：{notice}", err=True)
    problems = [(row.number, row.problem) for row in table.rows if row.problem]
    problems += [(row.number, f"{heading}：{fault}") for row in table.rows for heading, fault in row.errors.items()]
    blank = dict.fromkeys(table.headings, "")
    rows = tuple((row.number, {**blank, **row.cells}) for row in table.rows)
    return Source(path.name, table.headings, rows, tuple(problems))


def _load(
    needs_csv: Path, tables: Sequence[tuple[Path, bool]], columns: Sequence[str]
) -> tuple[list[NeedRow], list[list[PairRow]]]:
    """Needs, and the pairs of each (file, labelled); everything wrong with any of them in one ProtocolError."""
    names, problems = sources.mapping(columns), sources.Problems()
    needs = protocol_files.needs_of(_read(needs_csv, protocol_files.NEED_COLUMNS, names), problems, names)
    known = {need.need_id for need in needs} or None  # an unreadable table of needs is told once, not per pair
    found = []
    for path, labelled in tables:
        wanted = (*protocol_files.PAIR_COLUMNS, *(("level",) if labelled else ()))
        source = _read(path, wanted, names)
        found.append(protocol_files.pairs_of(source, known, problems, names, labelled=labelled))
    problems.refuse()
    return needs, found


def _writable(path: Path | None, endings: Sequence[str], option: str) -> None:
    """Refuse before the work what could not be written after it. ProtocolError."""
    if path is None:
        return
    if endings and path.suffix.lower() not in endings:
        raise ProtocolError(f"{option} 的文件名应以 {' 或 '.join(endings)} 结尾，实为“{path.name}”")
    if not path.absolute().parent.is_dir():
        raise ProtocolError(f"{option}：没有文件夹“{path.parent}”，请先建立")


@click.command(help=_PREDICT_HELP)
@click.argument("needs_csv", metavar="NEEDS.csv", type=_INPUT)
@click.argument("train_csv", metavar="TRAIN.csv", type=_INPUT)
@click.argument("pairs_csv", metavar="PAIRS.csv", type=_INPUT)
@_MODEL
@_COLUMNS
@click.option("--out", "out_csv", metavar="OUT.csv", type=_OUTPUT, required=True)
def predict(  # noqa: PLR0917 - one parameter per command-line option
    needs_csv: Path, train_csv: Path, pairs_csv: Path, model: str, columns: tuple[str, ...], out_csv: Path
) -> None:
    """Fit on TRAIN, predict PAIRS, write OUT."""
    with _told():
        _writable(out_csv, (), "--out")
        needs, (train, pairs) = _load(needs_csv, [(train_csv, True), (pairs_csv, False)], columns)
        found = protocol.predict(needs, train, pairs, methods.METHODS[model])
        protocol_files.write_predictions(out_csv, pairs, found.expected.tolist(), found.level.tolist())
    click.echo(f"已预测 {len(pairs)} 对，写入 {out_csv}", err=True)


@click.command(help=_EVALUATE_HELP)
@click.argument("needs_csv", metavar="NEEDS.csv", type=_INPUT)
@click.argument("pairs_csv", metavar="PAIRS.csv", type=_INPUT)
@_MODEL
@click.option("--split", type=click.Choice(protocol.SPLITS), default="cluster", show_default=True)
@click.option("--folds", type=click.IntRange(2, 50), default=5, show_default=True)
@click.option("--seeds", type=click.IntRange(1, 50), default=4, show_default=True)
@click.option("--recall", "with_recall", is_flag=True, help="再算前 k 名的召回率（5 折，冷启动）。")
@click.option("--curve", "with_curve", is_flag=True, help="再算学习曲线：新需求有 0、1、2、5、10、20 条标注时。")
@click.option("--ablation", "with_ablation", is_flag=True, help="再算消融：逐一去掉一组特征。")
@click.option("--catalogue", "with_catalogue", is_flag=True, help="再算概率在全部成果里准不准：每项需求配每个标题。")
@click.option("--table", "table", metavar="FILE.csv|.md", type=_OUTPUT, help="把全部数值写成一张表。")
@click.option("--plot", "plot", metavar="FILE.svg|.png", type=_OUTPUT, help="画成四格的图（同时算召回与学习曲线）。")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象。")
@_COLUMNS
def evaluate(
    *, needs_csv: Path, pairs_csv: Path, model: str, split: str, folds: int, seeds: int, with_recall: bool,
    with_curve: bool, with_ablation: bool, with_catalogue: bool, table: Path | None, plot: Path | None,
    as_json: bool, columns: tuple[str, ...],
) -> None:  # fmt: skip
    """Cross-validate and print, tabulate and draw what was asked for."""
    drawn = plot is not None
    asked = report.Asked(
        model, split, folds, seeds, with_recall or drawn, with_curve or drawn, with_ablation, with_catalogue
    )
    with _told():
        _writable(table, report.TABLES, "--table")
        _writable(plot, plots.PICTURES, "--plot")
        if plot is not None:
            plots.require()
        needs, (pairs,) = _load(needs_csv, [(pairs_csv, True)], columns)
        with _bar(asked.steps()) as step:
            found = report.measured(needs, pairs, asked, step)
        _write(found, table, plot)
    click.echo(json.dumps(report.as_json(found), ensure_ascii=False) if as_json else report.in_words(found))


def _write(found: report.Report, table: Path | None, plot: Path | None) -> None:
    try:
        if table is not None:
            report.write_table(found, table)
        if plot is not None:
            plots.draw(found, plot)
    except OSError as error:
        raise ProtocolError(f"{error.filename or ''}：无法写入文件") from error
    for path in (table, plot):
        if path is not None:
            click.echo(f"已写入 {path}", err=True)


@contextmanager
def _bar(length: int) -> Iterator[Callable[[int], None]]:
    with click.progressbar(length=length, label="交叉验证", file=sys.stderr) as bar:
        yield bar.update


@click.command("fit-cold", help=_FIT_HELP)
@click.argument("needs_csv", metavar="NEEDS.csv", type=_INPUT)
@click.argument("pairs_csv", metavar="PAIRS.csv", type=_INPUT)
@click.option("--date", "fitted_on", type=click.DateTime(["%Y-%m-%d"]), required=True,
              help="写入模型卡的拟合日期。")  # fmt: skip
@click.option("--version", required=True, help="模型名，例如 cold-2026-11。")
@click.option("--source", default="", help="数据来源说明，写入模型与模型卡。")
@click.option("--out", "out_json", type=_OUTPUT, required=True, help="系数文件 cold.json。")
@click.option("--card", "card_md", type=_OUTPUT, required=True, help="模型卡（Markdown）。")
def fit_cold(  # noqa: PLR0917 - one parameter per command-line option
    needs_csv: Path, pairs_csv: Path, fitted_on: datetime, version: str, source: str,
    out_json: Path, card_md: Path,
) -> None:  # fmt: skip
    """Fit the shipped coefficients and write them with their card."""
    with _told():
        needs = protocol_files.read_needs(needs_csv)
        pairs = protocol_files.read_pairs(pairs_csv, {n.need_id for n in needs}, labelled=True)
        ready = protocol.prepare(needs, pairs)
        day = fitted_on.date().isoformat()
        model = cold.fit(
            ready.values, protocol.labels(pairs), ready.corpus.reference,
            version=version, fitted_on=day, source=source,
        )  # fmt: skip
        with _bar(5 * 4 * len(protocol.SPLITS)) as step:
            scores = {
                split: protocol.evaluate(needs, pairs, method=methods.COLD, split=split, progress=step, ready=ready)
                for split in protocol.SPLITS
            }
        found = recall.recall(ready, pairs, depths=_CARD_DEPTHS).depths
    shares = {depth: share.value or 0.0 for depth, share in found.items()}
    out_json.write_text(model.to_json(), encoding="utf-8")
    card_md.write_text(card.write(model, pairs, scores, shares), encoding="utf-8")
    click.echo(f"已写入 {out_json} 和 {card_md}", err=True)
