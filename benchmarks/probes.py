"""What is measured inside one process: search, matching, import, export.

    python -m benchmarks.probes DIR search|match|export|import

Started by `benchmarks.doors`, each in a process of its own, so that the memory is its own; prints JSON.
"""

import json
import os
import resource
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import click

from benchmarks import catalogue, site, texts
from benchmarks.figures import Figure, clock, latencies, plain

if TYPE_CHECKING:
    from mengkeju.directory.models import Organisation
    from mengkeju.kernel.access import Actor

TIMES = 200
WARM = 20
SAMPLE = 300
IMPORTED = 10_000
NEED_LENGTH = 300
GROUPS = {"search": "Search", "match": "Matching", "export": "Export", "import": "Import"}


def peak() -> float:
    """The largest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def actor(login: str) -> "Actor":
    """The Actor of a login."""
    from mengkeju.kernel.actors import provider
    from mengkeju.kernel.models import Account

    return provider().actor_for(Account.objects.get(username=login))


# ---- Search ------------------------------------------------------------------------------------------


def questions(random: Random) -> dict[str, Callable[[], dict[str, Any]]]:
    """What is asked, by name: the parameters of a SearchQuery."""
    known, words = catalogue.vocabularies(), texts.phrases()
    writer = texts.Writer(known, random.randrange(10**6))

    def word() -> str:
        return str(random.choice([*words["matter"], *words["process"], *words["device"]]))

    def sentence() -> str:
        return f"{word()}{random.choice(words['problem'])}，怎样用{word()}解决？"

    def need() -> str:
        return str(writer.listing(0).values["summary"])[:NEED_LENGTH]

    def facets() -> dict[str, Any]:
        chosen = {"field": [random.choice(known.fields).key], "city": [random.choice(["150100", "150200"])]}
        return {"text": word()[:2], "kind": "achievement", "facets": chosen}

    return {
        "short word": lambda: {"text": word()},
        "sentence": lambda: {"text": sentence()},
        "300-character need": lambda: {"text": need()},
        "word, kind and two facets": facets,
        "deep page (100)": lambda: {"text": word()[:2], "page": 100},
        "no words, newest first": lambda: {"kind": random.choice(["", "need", "patent"])},
    }


def _index_fits() -> None:
    """Build the index anew when it is of an older schema: a page that cannot search is quick and says nothing."""
    from mengkeju.search.actions import rebuild_index
    from mengkeju.search.queries.site import status

    if not status().folder:
        rebuild_index()


def search(_folder: Path) -> list[Figure]:
    """Latency of the search with counts, presentation and permission, for three readers."""
    from mengkeju.kernel.access import ANONYMOUS
    from mengkeju.search.queries import SearchQuery
    from mengkeju.search.queries.pages import search as ask

    _index_fits()
    random, found = Random(7), []  # noqa: S311 - sample data
    readers = [
        ("visitor", ANONYMOUS),
        ("member", actor(catalogue.MEMBER.format(3))),
        ("officer", actor(catalogue.OFFICER)),
    ]
    for name, question in questions(random).items():
        seconds, first = [], clock(partial(ask, ANONYMOUS, SearchQuery(**question())))[0]
        for at in range(TIMES):
            query = SearchQuery(**question())
            took, page = clock(partial(ask, readers[at % 3][1], query))
            if page.problem is not None:
                raise click.ClickException(f"{name}: {page.problem}")
            seconds.append(took)
        note = f"a visitor, a member, an officer in turn; first {first * 1000:.0f} ms"
        found += latencies(GROUPS["search"], name, seconds, note)
    found.append(Figure(GROUPS["search"], "memory of the process", peak(), "MB", "largest"))
    return found


# ---- Matching ----------------------------------------------------------------------------------------


def match(_folder: Path) -> list[Figure]:
    """One need cold and warm, a sample of the whole run and its writing. The sample's proposals are kept."""
    from mengkeju.kernel import clock as time
    from mengkeju.listings.models import Listing
    from mengkeju.matching.actions import compute, store
    from mengkeju.matching.actions.shelf import fitted
    from mengkeju.matching.definitions import limits
    from mengkeju.matching.engine.documents import Side

    group, now = GROUPS["match"], time.now()
    needs = list(Listing.objects.filter(kind="need", state="published").order_by("pk").values_list("uid", flat=True))
    cold, _answers = clock(lambda: compute.rank_listing(needs[0], now=now, top=10))
    held = peak()
    warm = [clock(partial(compute.rank_listing, uid, now=now, top=10))[0] for uid in needs[1 : WARM + 1]]
    shelf, today = fitted(), time.today(now)
    documents = [d for d in shelf.documents(Side.NEED) if d.id in {str(uid) for uid in needs[:SAMPLE]}]
    ids = dict(Listing.objects.filter(state="published").values_list("uid", "pk"))
    pairs: dict[tuple[int, int], store.Scored] = {}

    def rank() -> None:
        for document in documents:
            for ranked in shelf.ranker.rank(document, today=today, k=limits().whole_run_depth):
                pairs[_key(ids, document.id), _key(ids, ranked.id)] = store.scored(ranked)

    ranking, _none = clock(rank)
    writing, written = clock(lambda: store.write(store.place_all(pairs), now=now))
    share = len(needs) / max(len(documents), 1)
    sample = f"{len(documents)} of {len(needs):,} needs against {len(shelf.documents(Side.ACHIEVEMENT)):,}"
    return [
        Figure(group, "one need, cold", cold, "s", "reads the shelf, fits, ranks"),
        *latencies(group, "one need, warm", warm, "asks the database whether the shelf has changed"),
        Figure(group, "a sample ranked", ranking, "s", sample),
        Figure(group, "its proposals written", written / writing, "rows/s", f"{written:,} proposals"),
        Figure(
            group, "`match --all` would take", (ranking + writing) * share / 60 + cold / 60, "min", "by that sample"
        ),
        Figure(group, "memory after fitting", held, "MB", "largest"),
        Figure(group, "memory of the process", peak(), "MB", "largest"),
    ]


def _key(ids: dict[Any, int], uid: str) -> int:
    from uuid import UUID

    return ids[UUID(uid)]


# ---- Export ------------------------------------------------------------------------------------------


def export(_folder: Path) -> list[Figure]:
    """All published listings as an officer sees them, as .xlsx and CSV, beyond the limit of rows per file."""
    from mengkeju.kernel import clock as time
    from mengkeju.kernel import exports
    from mengkeju.kernel.search import searchables
    from mengkeju.listings.queries.reading import listings

    make_sheet = searchables["listing"].sheet
    if make_sheet is None:
        raise click.ClickException("listings name no columns for a file")
    officer, group, found = actor(catalogue.OFFICER), GROUPS["export"], []
    exports.FIGURES = exports.Figures(10**6, exports.FIGURES.portion)
    for form in ("csv", "xlsx"):
        rows = listings(officer).filter(state="published").order_by("-published_at", "-pk")
        seconds, made = clock(partial(exports.make, make_sheet(""), form, rows, by=officer, now=time.now()))
        size = made.content.seek(0, os.SEEK_END) / 1024**2
        made.content.close()
        note = f"{made.rows:,} rows in {seconds:.1f} s, {size:.1f} MB; as an officer"
        found.append(Figure(group, f"listings as {form}", made.rows / seconds, "rows/s", note))
    found.append(Figure(group, "memory of the process", peak(), "MB", "largest"))
    return found


# ---- Import ------------------------------------------------------------------------------------------

HEADINGS = ("成果编号", "成果名称", "成果简介", "所属领域", "产业链", "成熟度", "意向价格(万元)", "合作方式")


def workbook(path: Path, rows: int, seed: int) -> None:
    """A workbook of achievements as an office would send it."""
    from openpyxl import Workbook

    from mengkeju.directory.models import Term

    labels = {(t.vocabulary.key, t.key): t.label for t in Term.objects.select_related("vocabulary")}
    writer, book = texts.Writer(catalogue.vocabularies(), seed), Workbook(write_only=True)
    sheet = book.create_sheet("成果")
    sheet.append(HEADINGS)
    for index in range(rows):
        it = writer.listing(1).values  # the place of an achievement
        low, high = it["price_low"], it["price_high"]
        price = "面议" if low is None else f"{low / 10_000:.0f}-{high / 10_000:.0f}"
        named = [labels.get((kind, it[kind]), "") for kind in ("field", "cluster", "maturity")]
        modes = "、".join(labels["cooperation_mode", mode] for mode in it["modes"])
        sheet.append([f"{seed}-{index}", it["title"], it["summary"], *named, price, modes])
    book.save(path)


def import_rows(folder: Path) -> list[Figure]:
    """10,000 rows through the pages' own steps, then 10,000 more by the command. They stay as drafts."""
    from mengkeju.directory.models import Organisation
    from mengkeju.kernel.models import ImportBatch

    owner = Organisation.objects.get(memberships__person__account__username=catalogue.MEMBER.format(1))
    seed = 1000 + ImportBatch.objects.count()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "achievements.xlsx"
        workbook(path, IMPORTED, seed)
        return [*_by_steps(path, owner), _by_command(path, owner, folder, seed)]


def _by_steps(path: Path, owner: "Organisation") -> list[Figure]:
    from mengkeju.kernel import clock as time
    from mengkeju.kernel.exchange import batches, running

    member, now, group = actor(catalogue.MEMBER.format(1)), time.now(), GROUPS["import"]
    with path.open("rb") as file:
        reading, batch = clock(
            lambda: batches.upload(
                file, path.name, "listing.achievement", owner=owner.uid, declared=True, by=member, now=now
            )
        )
    mapping = {s.heading: s.field for s in batches.suggestions(batch)}

    def preview() -> Any:
        mapped = batches.map_columns(batch, mapping, by=member, now=now)
        return mapped if mapped.stage == "preview" else batches.check(mapped, by=member, now=now)

    checking, checked = clock(preview)
    bad = checked.rows.filter(verdict="bad").count()
    confirming, confirmed = clock(lambda: batches.confirm(checked, by=member, now=now))
    writing, _batch = clock(lambda: running.run(confirmed))
    total = reading + checking + confirming + writing
    parts = (
        f"read {reading:.1f} s, preview {checking:.1f} s, confirm {confirming:.1f} s, write {writing:.1f} s; {bad} bad"
    )
    size = f"{batch.total:,} rows, {path.stat().st_size / 1024**2:.1f} MB"
    return [
        Figure(group, "xlsx by the pages' steps", batch.total / total, "rows/s", f"{size}; {parts}"),
        Figure(group, "xlsx from upload to the last row", total, "s", size),
        Figure(group, "memory of the process", peak(), "MB", "largest"),
    ]


def _by_command(path: Path, owner: "Organisation", folder: Path, seed: int) -> Figure:
    arguments = ["mengkeju.config", "import", "achievement", str(path), "--source", f"演示命令{seed}"]
    arguments += ["--owner", str(owner.uid), "--area", owner.area, "--by", catalogue.OFFICER]
    address = os.environ.get("DATABASE_URL", "")
    given = site.environment(folder, **({"DATABASE_URL": address} if address else {}))
    seconds, out = site.run(arguments, given)
    said = out.strip().splitlines()[-1:] or [""]
    return Figure(
        GROUPS["import"], "xlsx by `mengkeju import`", IMPORTED / seconds, "rows/s", f"{seconds:.1f} s; {said[0]}"
    )


PROBES = {"search": search, "match": match, "export": export, "import": import_rows}


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("probe", type=click.Choice(list(PROBES)))
def main(folder: Path, probe: str) -> None:
    """Measure one thing on a site and print JSON."""
    address = os.environ.get("DATABASE_URL", "")
    site.become(folder.resolve(), **({"DATABASE_URL": address} if address else {}))
    click.echo(json.dumps(plain(PROBES[probe](folder.resolve())), ensure_ascii=False))


if __name__ == "__main__":
    main()
