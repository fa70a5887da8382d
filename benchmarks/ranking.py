"""One need against 100,000 achievements on one core: candidates, ranking of 1,000, reasons.

    python -m benchmarks.ranking [--set catalogue] [--set titles] [--rows 100000] [--needs 200] [--runs 5] [--json FILE]

`catalogue` are invented listings (演示) as `benchmarks.catalogue` makes them, titles, texts and profiles, with needs of
the same generator. `titles` are titles alone, made of halves of the public benchmark's titles, with its needs; left out
where the data beside the repository are absent. Timed is `Ranker.rank` as the worker calls it for a need: 40 with
reasons (what the site stores), and all 1,000 with reasons. One plain product of the title n-grams is timed beside it in
the same run, so that figures of two machines can be compared. Each figure is the median over the needs, and of the
runs, in processor time of the one thread that works; the note says what passed on the wall.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import click
import yaml
from threadpoolctl import threadpool_limits

from benchmarks import texts
from benchmarks.figures import Figure, clock, percentile, plain, table
from benchmarks.matching import NO_DATA
from benchmarks.real_input import DATA
from mengkeju.matching.engine import cold
from mengkeju.matching.engine.corpus import KEEP, Corpus
from mengkeju.matching.engine.documents import Document, Maturity, Profile, Side
from mengkeju.matching.engine.protocol_files import read_needs, read_pairs
from mengkeju.matching.engine.ranker import Ranker

STORED = 40  # `proposals_per_listing` + `weak_per_listing` of matching/limits.yaml
TODAY = date(2026, 11, 21)
SEED = 7
STAGES = {"early": Maturity.EARLY, "mid": Maturity.MIDDLE, "mature": Maturity.MATURE}
CITIES = {"150100": 12, "150200": 10}
SETS = ("catalogue", "titles")


@dataclass(frozen=True)
class Measured:
    """What is ranked against what."""

    name: str
    documents: Sequence[Document]
    needs: Sequence[Document]
    synonyms: Sequence[Sequence[str]] = ()


@cache
def vocabularies() -> texts.Vocabularies:
    """The terms a new site starts with, without a database."""
    data = yaml.safe_load(files("mengkeju.directory").joinpath("data/taxonomy.yaml").read_text("utf-8"))
    found = {row["key"]: row["terms"] for row in data["vocabularies"]}

    def topics(key: str) -> list[texts.Topic]:
        return [texts.Topic(t["key"], (t["label"], *(t.get("synonyms") or ()))) for t in found[key]]

    def keys(key: str) -> list[str]:
        return [topic.key for topic in topics(key)]

    return texts.Vocabularies(topics("field"), topics("cluster"), keys("maturity"), keys("cooperation_mode"))


def _profile(text: texts.Text, random: Random) -> Profile:
    values, city = text.values, random.choice(list(CITIES))
    is_need = text.kind == "need"
    return Profile(
        fields=frozenset({values["field"]}),
        clusters=frozenset(filter(None, [values["cluster"]])),
        modes=frozenset(values["modes"]),
        maturity=None if is_need else STAGES.get(values["maturity"]),
        deadline=TODAY + timedelta(days=random.randrange(60, 900)) if is_need else None,
        money_low=values["price_low"] and Decimal(values["price_low"]),
        money_high=values["price_high"] and Decimal(values["price_high"]),
        area_path=(city, f"{city[:4]}{random.randint(1, CITIES[city]):02}"),
        checked_on=TODAY - timedelta(days=random.randrange(400)),
        verified=random.random() < 0.7,  # noqa: PLR2004 - a share
    )


def _written(seed: int) -> Iterator[Document]:
    """Invented listings as the engine reads them, without end."""
    writer, random, index = texts.Writer(vocabularies(), seed), Random(seed), 0  # noqa: S311 - sample data
    while True:
        text = writer.listing(index)
        said = [text.values.get(key, "") for key in ("summary", "present", "target", "constraints", "advantage", "use")]
        side = Side.NEED if text.kind == "need" else Side.ACHIEVEMENT
        yield Document(
            str(index), side, text.values["title"], "\n".join(filter(None, said)), _profile(text, random), is_open=True
        )
        index += 1


def invented(rows: int, needs: int) -> Measured:
    """`rows` achievements and patents with a text each, needs of the same generator; the needs are on the shelf too."""
    offers = list(islice((d for d in _written(SEED) if d.side is Side.ACHIEVEMENT), rows))
    asked = list(islice((d for d in _written(SEED + 1) if d.side is Side.NEED), needs))
    synonyms = [topic.words for topic in vocabularies().clusters if len(topic.words) > 1]
    return Measured("catalogue", [*asked, *offers], asked, synonyms)


def recombined(rows: int, needs: int, folder: Path) -> Measured:
    """`rows` titles made of halves of real ones, the real ones first; the real needs. No texts, as there."""
    read = read_needs(folder / "needs.csv")
    pairs = read_pairs(folder / "pairs.csv", {row.need_id for row in read}, labelled=True)
    random, real = Random(SEED), [*dict.fromkeys(pair.title for pair in pairs if pair.title.strip())]  # noqa: S311
    made = dict.fromkeys(real[:rows])
    while len(made) < rows:
        first, second = random.choice(real), random.choice(real)
        made[first[: (len(first) + 1) // 2] + second[len(second) // 2 :]] = None
    asked = [Document(row.need_id, Side.NEED, row.title, row.content) for row in read[:needs]]
    offers = [Document(str(at), Side.ACHIEVEMENT, title) for at, title in enumerate(made)]
    return Measured("titles", [*asked, *offers], asked)


def stages(ranker: Ranker, need: Document) -> dict[str, Callable[[], Any]]:
    """What is timed for a need, the plain product first."""
    corpus = ranker.corpus
    titles, row = corpus.shelves[Side.ACHIEVEMENT].table.title_chars, corpus.space.table([need]).title_chars

    def plain_product() -> Any:
        return (titles @ row.T).toarray()

    return {
        "baseline: one product of the title n-grams": plain_product,
        "reading the need (words, n-grams, latent row)": partial(corpus.space.table, [need]),
        f"candidates, the best {3 * KEEP:,} fused": lambda: corpus.candidates(need, 3 * KEEP),
        f"candidates, ranking of 1,000, {STORED} with reasons": lambda: ranker.rank(need, today=TODAY, k=STORED),
        "candidates, ranking of 1,000, all with reasons": lambda: ranker.rank(need, today=TODAY, k=KEEP),
    }


Times = list[tuple[float, float]]
"""Milliseconds of the processor and on the wall, one for each need."""


def timed(ranker: Ranker, needs: Sequence[Document], runs: int) -> dict[str, list[Times]]:
    """Times by stage, one list per run. The first need is asked once before, so that everything is loaded."""
    for act in stages(ranker, needs[0]).values():
        act()
    found: dict[str, list[Times]] = {}
    for run in range(runs):
        for need in needs:
            for name, act in stages(ranker, need).items():
                every = found.setdefault(name, [[] for _ in range(runs)])
                worked = time.thread_time()
                passed, _answer = clock(act)
                every[run].append(((time.thread_time() - worked) * 1000, passed * 1000))
    return found


def figure(group: str, name: str, runs: Sequence[Times]) -> Figure:
    """The median of the runs' medians, with what else there is to know."""
    medians = [statistics.median(worked for worked, _passed in run) for run in runs]
    every = [both for run in runs for both in run]
    slow = percentile([worked for worked, _passed in every], 0.95)
    wall = statistics.median(passed for _worked, passed in every)
    note = f"p95 {slow:.0f} ms; medians of {len(runs)} runs {min(medians):.1f}–{max(medians):.1f}; wall {wall:.0f} ms"
    return Figure(group, name, statistics.median(medians), "ms", note)


def resident() -> float:
    """Resident memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def measure(of: Measured, runs: int) -> list[Figure]:
    """Fit and time, everything on one core."""
    group = f"{of.name}: {len(of.documents) - len(of.needs):,} achievements, {len(of.needs)} needs"
    model = cold.load()
    with threadpool_limits(1):
        before = resident()
        seconds, corpus = clock(partial(Corpus.build, of.documents, reference=model.reference, synonyms=of.synonyms))
        ranker, held = Ranker(corpus, model), resident()
        found = [
            Figure(group, "fitting", seconds, "s", "one thread"),
            Figure(group, "memory held by the fitted corpus", held - before, "MB", "resident"),
        ]
        found += [figure(group, name, times) for name, times in timed(ranker, of.needs, runs).items()]
        found.append(Figure(group, "memory of the process after it", resident(), "MB", "resident"))
    return found


@click.command()
@click.option("--set", "names", type=click.Choice(SETS), multiple=True, default=SETS)
@click.option("--rows", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--needs", type=click.IntRange(1), default=200, show_default=True)
@click.option("--runs", type=click.IntRange(1), default=5, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), default=DATA, help="Where needs.csv and pairs.csv lie.")
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here as well.")
def main(*, names: tuple[str, ...], rows: int, needs: int, runs: int, folder: Path, out: Path | None) -> None:
    """Time the ranking of needs against a large shelf."""
    found: list[Figure] = []
    for name in names:
        if name == "titles" and not (folder / "pairs.csv").exists():
            click.echo(NO_DATA.format(folder=folder), err=True)
            continue
        found += measure(invented(rows, needs) if name == "catalogue" else recombined(rows, needs, folder), runs)
    click.echo(table(found))
    if out is not None:
        out.write_text(json.dumps(plain(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
