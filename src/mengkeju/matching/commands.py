"""Benchmark commands: predict, evaluate, fit-cold. They need no Django and no database."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from mengkeju.matching.engine import card, cold, protocol, protocol_files

_INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUTPUT = click.Path(dir_okay=False, path_type=Path)
_SAME_AS_DEFAULT = "提示：本版本的 full 与 default 相同，都是冷启动模型（在训练数据上重新拟合）。"
_LABELS = {
    "contest_score": "竞赛得分 1/(1+MAE)",
    "macro_f1": "宏平均 F1",
    "concordance": "一致率（4 级排在 1 级之前）",
    "ndcg10": "nDCG@10",
}

_PREDICT_HELP = """在 TRAIN 上拟合，预测 PAIRS 的关联度，写出 need_id, achievement_id, expected, level。

NEEDS：need_id, title, content；TRAIN：need_id, achievement_id, achievement_title, level；
PAIRS 同 TRAIN，不含 level（有也不读）。词频等只从文本统计，PAIRS 的标题也计入，不用其标注。"""
_EVALUATE_HELP = """交叉验证：只在训练折上拟合，从不使用随附系数。

cluster 把近似重复的需求放在同一折（冷启动），pair 随机分折。区间按需求组自助抽样（95%）。"""
_FIT_HELP = """在全部标注上拟合冷启动系数，写出系数文件和模型卡。只写数字，不写任何标题、正文或标注。"""


def _say_model(model: str) -> None:
    if model == "full":
        click.echo(_SAME_AS_DEFAULT, err=True)


@click.command(help=_PREDICT_HELP)
@click.argument("needs_csv", metavar="NEEDS.csv", type=_INPUT)
@click.argument("train_csv", metavar="TRAIN.csv", type=_INPUT)
@click.argument("pairs_csv", metavar="PAIRS.csv", type=_INPUT)
@click.option("--model", type=click.Choice(protocol.MODELS), default="default", show_default=True)
@click.option("--out", "out_csv", metavar="OUT.csv", type=_OUTPUT, required=True)
def predict(needs_csv: Path, train_csv: Path, pairs_csv: Path, model: str, out_csv: Path) -> None:
    """Fit on TRAIN, predict PAIRS, write OUT."""
    _say_model(model)
    try:
        needs = protocol_files.read_needs(needs_csv)
        known = {need.need_id for need in needs}
        train = protocol_files.read_pairs(train_csv, known, labelled=True)
        pairs = protocol_files.read_pairs(pairs_csv, known, labelled=False)
        found = protocol.predict(needs, train, pairs)
        protocol_files.write_predictions(out_csv, pairs, found.expected.tolist(), found.level.tolist())
    except protocol_files.ProtocolError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已预测 {len(pairs)} 对，写入 {out_csv}", err=True)


@click.command(help=_EVALUATE_HELP)
@click.argument("needs_csv", metavar="NEEDS.csv", type=_INPUT)
@click.argument("pairs_csv", metavar="PAIRS.csv", type=_INPUT)
@click.option("--model", type=click.Choice(protocol.MODELS), default="default", show_default=True)
@click.option("--split", type=click.Choice(protocol.SPLITS), default="cluster", show_default=True)
@click.option("--folds", type=click.IntRange(2, 50), default=5, show_default=True)
@click.option("--seeds", type=click.IntRange(1, 50), default=4, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象。")
def evaluate(  # noqa: PLR0917 - one parameter per command-line option
    needs_csv: Path, pairs_csv: Path, model: str, split: str, folds: int, seeds: int, *, as_json: bool
) -> None:
    """Cross-validate and print the measures."""
    _say_model(model)
    try:
        needs = protocol_files.read_needs(needs_csv)
        pairs = protocol_files.read_pairs(pairs_csv, {n.need_id for n in needs}, labelled=True)
        with _bar(folds * seeds) as step:
            found = protocol.evaluate(needs, pairs, split=split, count=folds, seeds=seeds, progress=step)
    except protocol_files.ProtocolError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        head = {"model": model, "method": protocol.METHOD, "split": split, "folds": folds,
                "seeds": seeds, "pairs": found.pairs, "needs": found.needs,
                "clusters": found.clusters}  # fmt: skip
        values = {name: measure.value for name, measure in found.measures.items()}
        intervals = {name: measure.interval for name, measure in found.measures.items()}
        click.echo(json.dumps({**values, "ci": intervals, **head}, ensure_ascii=False))
        return
    click.echo(f"{found.pairs} 对，{found.needs} 项需求，{found.clusters} 组；{split}，{folds} 折 × {seeds} 次")
    for name, measure in found.measures.items():
        click.echo(f"{_LABELS[name]}：{card.shown(measure)}")


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
    try:
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
                split: protocol.evaluate(needs, pairs, split=split, progress=step, ready=ready)
                for split in protocol.SPLITS
            }
        found = protocol.recall(needs, pairs, ready)
    except protocol_files.ProtocolError as error:
        raise click.ClickException(str(error)) from error
    out_json.write_text(model.to_json(), encoding="utf-8")
    card_md.write_text(card.write(model, pairs, scores, found), encoding="utf-8")
    click.echo(f"已写入 {out_json} 和 {card_md}", err=True)
