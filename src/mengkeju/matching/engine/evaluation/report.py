"""A whole evaluation: what was asked for is measured once and told as JSON, as a table and in words."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from mengkeju.matching.engine import bands, protocol
from mengkeju.matching.engine.calibration import Calibration
from mengkeju.matching.engine.evaluation.ablation import Ablation, ablate
from mengkeju.matching.engine.evaluation.catalogue import FIRST, NONE, Catalogue, Row, catalogue
from mengkeju.matching.engine.evaluation.curve import GIVEN, Point, curve
from mengkeju.matching.engine.evaluation.recall import FOLDS, Recall, recall
from mengkeju.matching.engine.methods import GROUP_LABELS, METHODS
from mengkeju.matching.engine.metrics import Summary, shown
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow

MEASURE_LABELS = {
    "contest_score": "竞赛得分 1/(1+MAE)",
    "macro_f1": "宏平均 F1",
    "concordance": "一致率（4 级排在 1 级之前）",
    "ndcg10": "nDCG@10",
}
CALIBRATION_LABELS = {"ece": "期望校准误差", "brier": "Brier 分", "log_loss": "对数损失"}
COLUMNS = ("部分", "指标", "数值", "区间下限", "区间上限", "说明")
TABLES = (".csv", ".md")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure, and how."""

    model: str = "default"
    split: str = "cluster"
    folds: int = 5
    seeds: int = 4
    recall: bool = False
    curve: bool = False
    ablation: bool = False
    catalogue: bool = False

    def steps(self) -> int:
        """How many fits it takes: the length of the progress bar."""
        once = self.folds * self.seeds
        parts = len(METHODS[self.model].groups)
        return once * (1 + self.curve * len(GIVEN) + self.ablation * parts) + (self.recall + self.catalogue) * FOLDS


@dataclass(frozen=True, slots=True)
class Report:
    """What was asked and what was found; None for what was not asked."""

    asked: Asked
    found: protocol.Evaluation
    recall: Recall | None
    curve: list[Point] | None
    ablation: list[Ablation] | None
    catalogue: Catalogue | None = None


def measured(
    needs: Sequence[NeedRow], pairs: Sequence[PairRow], asked: Asked, progress: Callable[[int], None] = lambda _: None
) -> Report:
    """Do all of it; texts are prepared once. ProtocolError for data that cannot be split as asked."""
    ready, levels, method = protocol.prepare(needs, pairs), protocol.labels(pairs), METHODS[asked.model]
    found = protocol.evaluate(
        needs, pairs, method=method, split=asked.split, count=asked.folds, seeds=asked.seeds, progress=progress,
        ready=ready,
    )  # fmt: skip
    return Report(
        asked,
        found,
        recall(ready, pairs, method, progress=progress) if asked.recall else None,
        curve(ready, levels, method, count=asked.folds, seeds=asked.seeds, progress=progress) if asked.curve else None,
        ablate(
            ready, levels, method, found.tally, split=asked.split, count=asked.folds, seeds=asked.seeds,
            progress=progress,
        ) if asked.ablation else None,
        catalogue(ready, pairs, method, progress=progress) if asked.catalogue else None,
    )  # fmt: skip


def as_json(report: Report) -> dict[str, Any]:
    """One JSON object: the measures, `ci`, how they were taken; further parts under keys of their own."""
    asked, found = report.asked, report.found
    values: dict[str, Any] = {name: measure.value for name, measure in found.measures.items()}
    values["ci"] = {name: measure.interval for name, measure in found.measures.items()}
    values |= {"model": asked.model, "method": METHODS[asked.model].summary, "split": asked.split,
               "folds": asked.folds, "seeds": asked.seeds, "pairs": found.pairs, "needs": found.needs,
               "clusters": found.clusters}  # fmt: skip
    values["calibration"] = {str(cut.cut): _calibration(cut) for cut in found.calibration}
    if report.recall is not None:
        values["recall"] = {
            **{str(depth): _pair(share) for depth, share in report.recall.depths.items()},
            "known": report.recall.known,
            "titles": report.recall.titles,
        }
    if report.curve is not None:
        values["learning_curve"] = [_point(point) for point in report.curve]
    if report.ablation is not None:
        values["ablation"] = [_ablation(row) for row in report.ablation]
    if report.catalogue is not None:
        values["catalogue"] = _catalogue(report.catalogue)
    return values


def _pair(found: Summary) -> dict[str, Any]:
    return {"value": found.value, "ci": found.interval}


def _pairs(found: dict[str, Summary]) -> dict[str, Any]:
    return {name: _pair(summary) for name, summary in found.items()}


def _calibration(cut: Calibration) -> dict[str, Any]:
    head = {name: _pair(getattr(cut, name)) for name in CALIBRATION_LABELS}
    bins = [
        {"from": b.low, "to": b.high, "count": b.count, "predicted": b.predicted, "observed": b.observed.value,
         "ci": b.observed.interval}
        for b in cut.bins
    ]  # fmt: skip
    return {**head, "bins": bins}


def _point(point: Point) -> dict[str, Any]:
    head = {"labels": point.given, "needs": point.needs, "pairs": point.pairs}
    return {**head, **_pairs(point.measures), "gain": _pairs(point.gain)}


def _ablation(row: Ablation) -> dict[str, Any]:
    counts = {"needs_helped": row.helped, "needs_hurt": row.hurt, "needs_same": row.same}
    return {"without": row.group, **_pairs(row.measures), "difference": _pairs(row.difference), **counts}


def _catalogue(found: Catalogue) -> dict[str, Any]:
    head = {"needs": found.needs, "titles": found.titles, "twins": found.twins, "caught": _pair(found.caught),
            "expected_per_need": found.expected, "known_per_need": found.known,
            "line": found.line and dict(zip(("intercept", "slope"), found.line, strict=True))}  # fmt: skip
    parts = {"bands": found.bands, "first": (found.first,), "bins": found.bins}
    return head | {name: [_row(row) for row in rows] for name, rows in parts.items()}


def _row(row: Row) -> dict[str, Any]:
    shares = {"least": _pair(row.least), "most": _pair(row.most), "estimated": row.estimated}
    return {"key": row.key, "pairs": row.pairs, "rated": row.rated, "predicted": row.predicted, **shares}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    part: str
    what: str
    value: Summary
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """As the table has them; empty where the data cannot tell."""
        low, high = self.value.interval or (None, None)
        return (self.part, self.what, *(_figure(value) for value in (self.value.value, low, high)), self.note)

    def words(self) -> str:
        """As the terminal has it."""
        note = f"（{self.note}）" if self.note else ""
        return f"{self.what}：{shown(self.value)}{note}"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def lines(report: Report) -> Iterator[Line]:
    """Every figure of the report but the bins of the calibration plot."""
    for name, summary in report.found.measures.items():
        yield Line("总体", MEASURE_LABELS[name], summary)
    for cut in report.found.calibration:
        for name, label in CALIBRATION_LABELS.items():
            yield Line("校准", f"达到 {cut.cut} 级的概率，{label}", getattr(cut, name))
    if report.recall is not None:
        for depth, share in report.recall.depths.items():
            few = "标题总数不超过这个数" if depth >= report.recall.titles else ""
            yield Line("召回", f"前 {depth} 名找到的已知较强以上成果", share, few)
    for point in report.curve or ():
        size = f"{point.needs} 项需求，{point.pairs} 对"
        yield Line("学习曲线", f"新需求有 {point.given} 条标注，竞赛得分", point.measures["contest_score"], size)
        if point.given:
            gain = point.gain["contest_score"]
            yield Line("学习曲线", f"新需求有 {point.given} 条标注，比没有标注高", gain, "同一批供需对上的差")
    for row in report.ablation or ():
        split = f"去掉后误差变大 {row.helped} 项需求，变小 {row.hurt} 项，不变 {row.same} 项"
        for name in ("contest_score", "concordance"):
            what = f"去掉“{GROUP_LABELS.get(row.group, row.group)}”后降低，{MEASURE_LABELS[name]}"
            yield Line("消融", what, row.difference[name], split)
    yield from _catalogue_lines(report.catalogue)


def _catalogue_lines(found: Catalogue | None) -> Iterator[Line]:
    """Of all needs with all titles: what the model says, and between which bounds the truth lies."""
    if found is None:
        return
    size = f"{found.needs} 项需求 × {found.titles} 个标题"
    per = "每项需求里 3 级以上的标题数"
    yield Line("全部成果", f"{per}，按概率合计", Summary(found.expected, None), size)
    yield Line("全部成果", f"{per}，已知", Summary(found.known, None))
    yield Line("全部成果", "评级发现了的比例", found.caught, f"由 {found.twins} 对题目几乎相同的需求互相核对")
    for name, value in zip(("截距", "斜率"), found.line or (), strict=False):
        yield Line("全部成果", f"换算到全部成果的直线（对数几率），{name}", Summary(value, None))
    named = {band.key: band.label for band in bands.bands()} | {NONE: "未入档"}
    titled = [(named[row.key], row) for row in found.bands] + [(f"各需求前 {FIRST} 名", found.first)]
    titled += [(f"概率 {row.key} 起的一段", row) for row in found.bins]
    for what, row in (pair for pair in titled if pair[1].pairs):
        head = f"{what}，达到 3 级："
        yield Line("全部成果", f"{head}模型说", Summary(row.predicted, None), f"{row.pairs} 对，评过 {row.rated} 对")
        yield Line("全部成果", f"{head}至少", row.least, "没评过的都算不相关")
        yield Line("全部成果", f"{head}估计", Summary(row.estimated, None), "至少 ÷ 评级发现了的比例")
        yield Line("全部成果", f"{head}至多", row.most, "只看评过的")


def in_words(report: Report) -> str:
    """For the terminal, part by part."""
    asked, found = report.asked, report.found
    size = f"{found.pairs} 对，{found.needs} 项需求，{found.clusters} 组"
    said = [f"{size}；{asked.split}，{asked.folds} 折 × {asked.seeds} 次"]
    for part, rows in groupby(lines(report), key=lambda line: line.part):
        said += ([] if part == "总体" else ["", f"【{part}】"]) + [row.words() for row in rows]
    return "\n".join(said)


def table(report: Report, ending: str) -> str:
    """The table as .csv or as .md."""
    rows = [line.cells() for line in lines(report)]
    if ending == ".csv":
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\r\n").writerows([COLUMNS, *rows])
        return stream.getvalue()
    asked, found = report.asked, report.found
    head = [
        "# 匹配评测",
        "",
        f"- 方法：{asked.model}；{METHODS[asked.model].summary}",
        f"- 数据：{found.pairs} 对，{found.needs} 项需求，近似的并为 {found.clusters} 组",
        f"- 做法：{asked.split}，{asked.folds} 折 × {asked.seeds} 次；区间为按需求组自助抽样的 95% 区间",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "| --- | --- | ---: | ---: | ---: | --- |",
    ]
    return "\n".join([*head, *(f"| {' | '.join(cells)} |" for cells in rows)]) + "\n"


def write_table(report: Report, path: Path) -> None:
    """Write the table; CSV with a byte order mark, so that Excel shows the Chinese. OSError."""
    ending = path.suffix.lower()
    path.write_text(table(report, ending), encoding="utf-8-sig" if ending == ".csv" else "utf-8", newline="")
