"""The main job on real input: import and publish real titles and needs, match them all, measure.

    python -m benchmarks.real_input [--folder DIR] [--keep DIR]

Each step is a process of its own, as a user would run it, timed with its largest memory. Recall is
counted by title over the pairs labelled 3 or 4: is the title among the first k candidates of its need?
Prints a Markdown table for docs/benchmarks.md.
"""

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks import figures

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "matching"
SOURCE = "公开基准"
OFFICER, FOUNDER, AREA = "bench-officer", "bench-founder", "150100"
DEPTHS = (100, 500, 1000)
GOOD = 3


@dataclass(frozen=True)
class Step:
    """One measured process: wall seconds and largest resident memory in MB."""

    name: str
    seconds: float
    megabytes: float


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with a header."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def distinct_titles(pairs: Iterable[dict[str, str]]) -> dict[str, str]:
    """Title → the first achievement id that carries it; rows without a title are left out."""
    found: dict[str, str] = {}
    for row in pairs:
        title = row["achievement_title"].strip()
        if title:
            found.setdefault(title, row["achievement_id"])
    return found


def run(name: str, arguments: list[str], folder: Path) -> Step:
    """Run one `mengkeju` command on the folder's database; stops with its output when it fails."""
    command = [sys.executable, "-m", "mengkeju.config", *arguments]
    environment = {**os.environ, "MENGKEJU_DATA_DIR": str(folder), "MENGKEJU_REQUIRE_MFA": "0"}
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, err = process.communicate()
    seconds = time.perf_counter() - began
    if process.returncode:
        raise click.ClickException(f"{name}: {err.decode()[-2000:]}{out.decode()[-2000:]}")
    click.echo(f"{name}: {seconds:.1f} s · {out.decode().strip().splitlines()[-1:]}", err=True)
    return Step(name, seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)


def prepare(folder: Path) -> str:
    """A fictional organisation and an officer outside it in a fresh database; returns the organisation's uid.

    The officer of the area is no member: what his own organisation imports he may not publish (回避).
    """
    os.environ |= {"MENGKEJU_DATA_DIR": str(folder), "MENGKEJU_REQUIRE_MFA": "0"}
    from mengkeju.config.boot import ready

    ready(migrate=True)
    from mengkeju.directory import actions
    from mengkeju.directory.actions.organisations import OrganisationInput
    from mengkeju.kernel import clock
    from mengkeju.kernel.access import SYSTEM
    from mengkeju.kernel.actions import advance
    from mengkeju.kernel.actors import provider
    from mengkeju.kernel.models import Account

    now = clock.now()
    actions.load_reference_data()
    account = Account.objects.create_user(OFFICER)
    person = actions.start_person(account, "基准管理员（演示）", now=now, fictional=True)
    actions.grant_role(person, "officer", scope="area", area=AREA, by=SYSTEM, now=now)
    founder = Account.objects.create_user(FOUNDER)
    actions.start_person(founder, "基准数据员（演示）", now=now, fictional=True)
    organisation = actions.register_organisation(
        OrganisationInput(name="基准数据馆（演示）", kind="institute", area=AREA),
        by=provider().actor_for(founder),
        now=now,
        fictional=True,
    )
    advance(organisation, "verify", by=SYSTEM, now=now)
    return str(organisation.uid)


def sealing() -> Step:
    """Chain every event, as the worker does while the site runs; in this process."""
    from benchmarks.catalogue import seal

    seconds, _none = figures.clock(seal)
    return Step("seal the record", seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def recall(pairs: list[dict[str, str]]) -> tuple[dict[int, float], int, int]:
    """Recall at each depth over the known good pairs, how many there are, how many lack a title."""
    from mengkeju.listings.models import Listing
    from mengkeju.matching.actions.compute import shortlist

    good: dict[str, set[str]] = defaultdict(set)
    untitled = sum(not row["achievement_title"].strip() for row in pairs)
    for row in pairs:
        if int(row["level"]) >= GOOD and row["achievement_title"].strip():
            good[row["need_id"]].add(row["achievement_title"].strip())
    titles = dict(Listing.objects.filter(kind="achievement", source=SOURCE).values_list("uid", "title"))
    needs = Listing.objects.filter(kind="need", source=SOURCE, external_id__in=good)
    hits = dict.fromkeys(DEPTHS, 0)
    for need in needs:
        found = [titles[uid].strip() for uid in shortlist(need.uid, keep=max(DEPTHS)) if uid in titles]
        for depth in DEPTHS:
            hits[depth] += len(good[need.external_id] & set(found[:depth]))
    total = sum(len(wanted) for wanted in good.values())
    return {depth: count / total for depth, count in hits.items()}, total, untitled


def measure(folder: Path) -> str:
    """Everything, as Markdown."""
    pairs = read(DATA / "pairs.csv")
    titles = distinct_titles(pairs)
    achievements = folder / "achievements.csv"
    with achievements.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["achievement_id", "achievement_title"])
        writer.writerows((uid, title) for title, uid in titles.items())
    owner = prepare(folder)
    common = ["--source", SOURCE, "--owner", owner, "--area", AREA, "--by", OFFICER, "--publish", "--secrecy-reviewed"]
    steps = [
        run(f"import {len(titles)} achievements", ["import", "achievement", str(achievements), *common], folder),
        run("import 239 needs", ["import", "need", str(DATA / "needs.csv"), *common], folder),
        run("build the search index", ["index", "rebuild"], folder),
        run("match everything", ["match", "--all"], folder),
        sealing(),
        run("verify the record", ["verify"], folder),
    ]
    shares, total, untitled = recall(pairs)
    lines = ["| step | seconds | largest memory so far (MB) |", "| --- | ---: | ---: |"]
    lines += [f"| {s.name} | {s.seconds:.1f} | {s.megabytes:.0f} |" for s in steps]
    lines += ["", f"Known good pairs (level ≥ {GOOD}, by title): {total}; pairs without a title: {untitled}.", ""]
    lines += ["| depth | recall |", "| ---: | ---: |", *(f"| {k} | {share:.3f} |" for k, share in shares.items())]
    return "\n".join(lines)


@click.command()
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the database here instead of a temporary folder.")
def main(keep: Path | None) -> None:
    """Measure the main job on real input."""
    if not (DATA / "pairs.csv").exists():
        raise click.ClickException("the benchmark data are not beside the repository (shared/matching)")
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        click.echo(measure(keep))
        return
    with tempfile.TemporaryDirectory() as folder:
        click.echo(measure(Path(folder)))


if __name__ == "__main__":
    main()
