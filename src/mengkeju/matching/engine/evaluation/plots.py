"""The report as one picture of four panels: measures, reliability, learning curve, recall.

matplotlib is an optional extra (`plots`) and is loaded only when a picture is asked for. Labels are Chinese where
the machine has a font for them, else English, so that no picture shows empty boxes.
"""

import logging
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mengkeju.matching.engine.evaluation.report import Report
from mengkeju.matching.engine.metrics import Summary
from mengkeju.matching.engine.sources import ProtocolError

PICTURES = (".svg", ".png")
MISSING = "画图需要 matplotlib，还没有安装。请运行 pip install 'mengkeju[plots]'（或 pip install matplotlib）后再试"
FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK JP", "Noto Sans CJK TC",
    "Noto Serif CJK SC", "Noto Serif CJK JP", "SimSun", "Arial Unicode MS", "Droid Sans Fallback",
)  # fmt: skip
BLUE, ORANGE, GREEN, GREY = "#0b57a4", "#c25700", "#2e7d32", "#767676"
CUT_COLOURS = (BLUE, ORANGE, GREEN)
CHINESE = {
    "title": "匹配评测：{model}（{split}，{folds} 折 × {seeds} 次；{pairs} 对，{needs} 项需求）",
    "measures": "指标与 95% 区间",
    "contest_score": "竞赛得分",
    "macro_f1": "宏平均 F1",
    "concordance": "4 级先于 1 级",
    "ndcg10": "nDCG@10",
    "reliability": "概率准不准",
    "predicted": "模型给出的概率",
    "observed": "实际达到的比例",
    "perfect": "完全准确",
    "cut": "≥{cut} 级（ECE {ece:.3f}）",
    "curve": "新需求有几条标注以后",
    "given": "新需求已有的标注数",
    "score": "其余供需对的竞赛得分",
    "recall": "前 k 名找到多少",
    "depth": "k",
    "share": "已知 3、4 级成果找到的比例",
    "none": "没有计算，或数据不够",
}
ENGLISH = {
    "title": "Matching: {model} ({split}, {folds} folds × {seeds} seeds; {pairs} pairs, {needs} needs)",
    "measures": "Measures with 95% intervals",
    "contest_score": "Contest score",
    "macro_f1": "Macro F1",
    "concordance": "Level 4 over 1",
    "ndcg10": "nDCG@10",
    "reliability": "Reliability",
    "predicted": "Predicted probability",
    "observed": "Observed share",
    "perfect": "perfect",
    "cut": "level ≥ {cut} (ECE {ece:.3f})",
    "curve": "Labels on a new need",
    "given": "Labels given on the new need",
    "score": "Contest score on its other pairs",
    "recall": "Recall@k",
    "depth": "k",
    "share": "Share of known levels 3 and 4 found",
    "none": "not measured, or too little data",
}


def require() -> None:
    """ProtocolError with the command to install when matplotlib is not there."""
    if find_spec("matplotlib") is None:
        raise ProtocolError(MISSING)


def draw(report: Report, path: Path) -> None:
    """Write the picture as .svg or .png. ProtocolError without matplotlib; OSError."""
    require()
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its font cache
    import matplotlib as mpl
    from matplotlib.figure import Figure

    font = _font()
    words = CHINESE if font else ENGLISH
    style: Any = {"font.family": [font or "DejaVu Sans", "DejaVu Sans"], "axes.unicode_minus": False,
             "svg.hashsalt": "mengkeju", "font.size": 10}  # fmt: skip
    with mpl.rc_context(style):
        figure = Figure(figsize=(11, 8.2), layout="constrained")
        asked, found = report.asked, report.found
        figure.suptitle(
            words["title"].format(model=asked.model, split=asked.split, folds=asked.folds, seeds=asked.seeds,
                                  pairs=found.pairs, needs=found.needs)
        )  # fmt: skip
        (first, second), (third, fourth) = figure.subplots(2, 2)
        _measures(first, report, words)
        _reliability(second, report, words)
        _curve(third, report, words)
        _recall(fourth, report, words)
        for panel in (first, second, third, fourth):
            panel.spines[["top", "right"]].set_visible(False)
        dated: dict[str, Any] = {"Date": None} if path.suffix.lower() == ".svg" else {}
        figure.savefig(path, dpi=150, metadata=dated)


def _font() -> str | None:
    from matplotlib import font_manager

    there = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in there), None)


def _spread(found: Sequence[Summary]) -> list[list[float]]:
    """Distances from each value to the ends of its interval; 0 where it has none."""
    low, high = [], []
    for one in found:
        value = one.value or 0.0
        ends = one.interval or (value, value)
        low.append(max(value - ends[0], 0.0))
        high.append(max(ends[1] - value, 0.0))
    return [low, high]


def _measures(panel: Any, report: Report, words: dict[str, str]) -> None:
    panel.set_title(words["measures"])
    rows = [(name, one) for name, one in report.found.measures.items() if one.value is not None][::-1]
    values = [one.value or 0.0 for _, one in rows]
    panel.errorbar(values, range(len(rows)), xerr=_spread([one for _, one in rows]), fmt="o", color=BLUE, capsize=4)
    for at, value in enumerate(values):
        panel.annotate(f"{value:.3f}", (value, at), xytext=(0, 8), textcoords="offset points", ha="center")
    panel.set_yticks(range(len(rows)), [words[name] for name, _ in rows])
    panel.set_ylim(-0.6, len(rows) - 0.2)
    panel.set_xlim(0, 1.02)
    panel.grid(axis="x", alpha=0.3)


def _reliability(panel: Any, report: Report, words: dict[str, str]) -> None:
    panel.set_title(words["reliability"])
    panel.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1, label=words["perfect"])
    for cut, colour in zip(report.found.calibration, CUT_COLOURS, strict=True):
        bins = [one for one in cut.bins if one.observed.value is not None]
        panel.errorbar(
            [one.predicted for one in bins], [one.observed.value for one in bins],
            yerr=_spread([one.observed for one in bins]), fmt="o-", color=colour, capsize=2, markersize=4,
            linewidth=1.2, label=words["cut"].format(cut=cut.cut, ece=cut.ece.value or 0.0),
        )  # fmt: skip
    panel.set_xlabel(words["predicted"])
    panel.set_ylabel(words["observed"])
    panel.set_xlim(0, 1)
    panel.set_ylim(0, 1)
    panel.legend(loc="upper left", framealpha=0.8, edgecolor="none")


def _curve(panel: Any, report: Report, words: dict[str, str]) -> None:
    panel.set_title(words["curve"])
    points = [one for one in report.curve or () if one.measures["contest_score"].value is not None]
    if not points:
        _empty(panel, words)
        return
    scores = [one.measures["contest_score"] for one in points]
    places = range(len(points))
    values = [one.value or 0.0 for one in scores]
    panel.errorbar(places, values, yerr=_spread(scores), fmt="o-", color=BLUE, capsize=4)
    for at, value in zip(places, values, strict=True):
        panel.annotate(f"{value:.3f}", (at, value), xytext=(6, -13), textcoords="offset points")
    panel.set_xticks(list(places), [str(one.given) for one in points])
    panel.set_xlim(-0.4, len(points) - 0.3)
    panel.set_xlabel(words["given"])
    panel.set_ylabel(words["score"])
    panel.grid(axis="y", alpha=0.3)


def _recall(panel: Any, report: Report, words: dict[str, str]) -> None:
    panel.set_title(words["recall"])
    found = report.recall.depths if report.recall else {}
    depths = [depth for depth, one in found.items() if one.value is not None]
    if not depths:
        _empty(panel, words)
        return
    shares = [found[depth] for depth in depths]
    values = [one.value or 0.0 for one in shares]
    low, high = zip(*(one.interval or (one.value, one.value) for one in shares), strict=True)
    panel.fill_between(depths, low, high, color=BLUE, alpha=0.15, linewidth=0)
    panel.plot(depths, values, "o-", color=BLUE)
    for depth, value in zip(depths, values, strict=True):
        panel.annotate(f"{value:.2f}", (depth, value), xytext=(0, 7), textcoords="offset points", ha="center")
    panel.set_xscale("log")
    panel.set_xticks(depths, [str(depth) for depth in depths])
    panel.minorticks_off()
    panel.set_ylim(0, 1.1)
    panel.set_xlabel(words["depth"])
    panel.set_ylabel(words["share"])
    panel.grid(axis="y", alpha=0.3)


def _empty(panel: Any, words: dict[str, str]) -> None:
    panel.text(0.5, 0.5, words["none"], ha="center", va="center", color=GREY, transform=panel.transAxes)
    panel.set_xticks([])
    panel.set_yticks([])
