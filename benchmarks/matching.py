"""The figures of matching against their bars, on the public benchmark beside the repository.

    python -m benchmarks.matching [--folder DIR] [--model default --model full] [--seeds 4] [--json FILE]

Cold start and warm folds of `pairs.csv`, recall over its titles, and how long the default model takes to learn from all
of it. The contest's held-back pairs are not here: their figure comes from `mengkeju predict` alone. A model that is
the same as default in this version is not measured twice. Prints a Markdown table for docs/benchmarks.md.
"""

import json
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np

from benchmarks.figures import clock
from benchmarks.real_input import DATA
from mengkeju.matching.engine import methods, protocol, protocol_files
from mengkeju.matching.engine.evaluation.recall import recall
from mengkeju.matching.engine.metrics import Summary, shown
from mengkeju.matching.engine.prepared import Prepared, prepare
from mengkeju.matching.engine.protocol_files import NeedRow, PairRow, ProtocolError

FOLDS, TIMES = 5, 3
DEPTHS = (500, 1000)
# The least that is promised, and what is aimed at: (model, split, measure) → (bar, aim).
BARS = {
    ("default", "cluster", "contest_score"): (0.690, 0.700),
    ("full", "cluster", "contest_score"): (0.698, 0.710),
    ("default", "cluster", "concordance"): (0.875, 0.90),
    ("full", "cluster", "concordance"): (0.905, 0.93),
    ("default", "pair", "contest_score"): (0.760, 0.770),
    ("full", "pair", "contest_score"): (0.775, 0.782),
}
RECALL_BARS = {500: (0.75, 0.82), 1000: (0.83, 0.88)}
TRAINING_BAR = 10.0
WORDS = {"contest_score": "contest score", "concordance": "level 4 outranks level 1",
         "macro_f1": "macro-F1", "ndcg10": "nDCG@10"}  # fmt: skip
SPLITS = {"cluster": "cold start", "pair": "warm folds"}
NO_DATA = "the benchmark data are not there: {folder} (see benchmarks/README.md)"


@dataclass(frozen=True)
class Found:
    """One figure, its interval, and the bar it is held against (None: no bar). `most` when less is better."""

    what: str
    value: float | None
    interval: tuple[float, float] | None = None
    bar: float | None = None
    aim: float | None = None
    most: bool = False
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the bar is reached; None without one."""
        if self.bar is None or self.value is None:
            return None
        return self.value <= self.bar if self.most else self.value >= self.bar

    def line(self) -> str:
        """Its row of the table."""
        figure = shown(Summary(self.value, self.interval))
        if self.most and self.value is not None:
            figure = f"{self.value:.2f} s"
        bar = "" if self.bar is None else f"{'≤' if self.most else '≥'} {self.bar:g}"
        aim = "" if self.aim is None else f"{self.aim:g}"
        verdict = {True: "yes", False: "**no**", None: ""}[self.holds]
        return f"| {self.what} | {figure} | {bar} | {aim} | {verdict} | {self.note} |"


def scores(
    needs: Sequence[NeedRow], pairs: Sequence[PairRow], ready: Prepared, model: str, seeds: int
) -> Iterator[Found]:
    """Measures and calibration of one model on both splits."""
    for split in protocol.SPLITS:
        found = protocol.evaluate(
            needs, pairs, method=methods.METHODS[model], split=split, count=FOLDS, seeds=seeds, ready=ready,
        )  # fmt: skip
        where = f"{model}, {SPLITS[split]}"
        for name, measure in found.measures.items():
            bar, aim = BARS.get((model, split, name), (None, None))
            note = "bar is of the contest split" if bar is not None and split == "pair" else ""
            yield Found(f"{where}: {WORDS[name]}", measure.value, measure.interval, bar, aim, note=note)
        for cut in found.calibration:
            yield Found(f"{where}: calibration error of P(≥ {cut.cut})", cut.ece.value, cut.ece.interval)


def recalled(pairs: Sequence[PairRow], ready: Prepared) -> Iterator[Found]:
    """Recall of the default model."""
    found = recall(ready, pairs, methods.DEFAULT, depths=DEPTHS)
    for depth, share in found.depths.items():
        bar, aim = RECALL_BARS[depth]
        note = f"{found.known} known pairs, {found.titles} titles"
        yield Found(f"recall@{depth} of known level ≥ 3", share.value, share.interval, bar, aim, note=note)


def training(pairs: Sequence[PairRow], ready: Prepared, seconds: float) -> Iterator[Found]:
    """How long the texts took, and the median time to fit the default model and let every label be learned."""
    levels, every = protocol.labels(pairs), np.arange(len(pairs))
    taken = [clock(lambda: methods.DEFAULT.fit(ready, every, levels).probabilities(every))[0] for _ in range(TIMES)]
    yield Found("texts read and compared (once)", seconds, most=True)
    note = f"{len(pairs)} pairs, median of {TIMES}, every need's labels learned"
    yield Found("training of default", statistics.median(taken), bar=TRAINING_BAR, most=True, note=note)


def measure(folder: Path, models: Sequence[str], seeds: int, say: Callable[[str], None]) -> list[Found]:
    """Everything. ProtocolError for files that cannot be used."""
    needs = protocol_files.read_needs(folder / "needs.csv")
    pairs = protocol_files.read_pairs(folder / "pairs.csv", {need.need_id for need in needs}, labelled=True)
    seconds, ready = clock(lambda: prepare(needs, pairs))
    found: list[Found] = []
    for model in models:
        say(f"{model}: {2 * FOLDS * seeds} fits")
        found += scores(needs, pairs, ready, model, seeds)
    say("recall")
    found += recalled(pairs, ready)
    found += training(pairs, ready, seconds)
    return found


def table(found: Sequence[Found]) -> str:
    """Markdown."""
    head = ["| figure | value [95 %] | bar | aim | reached | note |", "| --- | ---: | ---: | ---: | --- | --- |"]
    return "\n".join([*head, *(one.line() for one in found)])


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=DATA, help="Where needs.csv and pairs.csv lie.")
@click.option("--model", "models", type=click.Choice(protocol.MODELS), multiple=True, default=("default", "full"))
@click.option("--seeds", type=click.IntRange(1, 50), default=4, show_default=True)
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here as well.")
def main(folder: Path, models: tuple[str, ...], seeds: int, out: Path | None) -> None:
    """Measure matching against its bars."""
    if not (folder / "pairs.csv").exists():
        raise click.ClickException(NO_DATA.format(folder=folder))
    try:
        found = measure(folder, models, seeds, lambda text: click.echo(text, err=True))
    except ProtocolError as error:
        raise click.ClickException(str(error)) from error
    click.echo(table(found))
    if out is not None:
        rows = [{**asdict(one), "holds": one.holds} for one in found]
        out.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if any(one.holds is False for one in found):
        click.echo("a bar is not reached", err=True)


if __name__ == "__main__":
    sys.exit(main())
