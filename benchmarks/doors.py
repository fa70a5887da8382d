"""Every door of a site with many listings, measured: import, export, search, matching, pages and API.

    python -m benchmarks.catalogue --rows 100000 --keep DIR
    python -m benchmarks.doors DIR

`--only` measures a part. Pages and API are asked by wrk with 50 and 100 connections, once on the site's SQLite
and once on PostgreSQL: a private cluster, filled by the same catalogue (its files are not synced to the disk,
which reading does not notice). The limits of the API are raised by MENGKEJU_API_LIMIT_ANONYMOUS and
MENGKEJU_API_LIMIT_TOKEN, for they are not what is measured. Writes DIR/doors.json and prints Markdown.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import click

from benchmarks import serving, site
from benchmarks.figures import Figure, plain, table
from benchmarks.serving import Target

PROBES = ("search", "match", "export", "import")
SERVERS = ("sqlite", "postgresql")
SECONDS = 10
QUESTION = "稀土永磁电机降噪"


def probed(folder: Path, probe: str) -> list[Figure]:
    """One probe in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.probes", str(folder), probe]
    done = subprocess.run(command, env=site.environment(folder), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{probe} could not be measured; its reason stands above")
    return [Figure(**row) for row in json.loads(done.stdout.strip().splitlines()[-1])]


# ---- Who asks ----------------------------------------------------------------------------------------


def targets(folder: Path, database: str) -> list[Target]:
    """What is asked, by whom: a visitor, a signed-in member, a member's token."""
    more = {"DATABASE_URL": database} if database else {}
    _seconds, out = site.run(["benchmarks.keys", str(folder)], site.environment(folder, **more))
    keys = json.loads(out.strip().splitlines()[-1])
    listing, lists = keys["listing"], keys["lists"]
    nobody: dict[str, str] = {}
    member = {"Cookie": f"sessionid={keys['session']}"}
    bearer = {"Authorization": f"Bearer {keys['secret']}"}
    question = urlencode({"q": QUESTION})
    found = [
        Target("healthz", "/healthz", nobody),
        Target("home, visitor", "/", nobody),
        Target("listing, visitor", listing, nobody),
        Target("listing, member", listing, member),
        Target("search page, visitor", f"/search/?{question}", nobody),
        Target("search page, member", f"/search/?{question}", member),
        Target("search page with filters, visitor", f"/search/?{question}&kind=achievement&city=150200", nobody),
    ]
    asked = {"/api/v1/listings": "", "/api/v1/search": f"?{question}", "/api/v1/organisations": ""}
    found += [Target(f"API {path}", path + query, bearer) for path, query in asked.items() if path in lists]
    if "/api/v1/listings" in lists:
        found.append(Target("API one listing", f"/api/v1/listings/{keys['uid']}", bearer))
    return found


# ---- Pages and API -----------------------------------------------------------------------------------


@contextmanager
def database(kind: str, folder: Path, rows: int) -> Iterator[tuple[Path, str]]:
    """(folder, DATABASE_URL) of a filled site on that database; the cluster is gone afterwards."""
    if kind == "sqlite":
        yield folder, ""
        return
    from mengkeju.kernel.testing.postgres import private_cluster

    with private_cluster() as cluster:
        apart = folder / "postgresql"
        command = ["benchmarks.catalogue", "--rows", str(rows), "--keep", str(apart)]
        site.run(command, site.environment(apart, DATABASE_URL=cluster.url()))
        yield apart, cluster.url()


def pages(kind: str, folder: Path, rows: int, seconds: int) -> list[Figure]:
    """Every target under load, and the memory of each process before and after."""
    group = f"Pages and API on {'SQLite' if kind == 'sqlite' else 'PostgreSQL'}"
    with database(kind, folder, rows) as (home, address):
        more = {"DATABASE_URL": address} if address else {}
        asked = targets(home, address)
        with serving.served(home, home / "serve.log", **more) as (root, port):
            found: list[Figure] = []
            for target in asked:
                found += serving.under_load(group, port, target, seconds)
                click.echo(table(found[-2:]), err=True)
            found += serving.memory(group, root, "after the load")
        if not address:
            found.append(Figure(group, "size of the database", site.size_of(home, "*.sqlite3*"), "MB"))
        found.append(Figure(group, "size of the search index", site.size_of(home / "index"), "MB"))
    return found


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", multiple=True, type=click.Choice([*PROBES, *SERVERS]), help="Measure a part; may be repeated.")
@click.option("--seconds", type=click.IntRange(1), default=SECONDS, show_default=True, help="Of each wrk run.")
def main(folder: Path, only: tuple[str, ...], seconds: int) -> None:
    """Measure every door of the site in FOLDER."""
    passport = json.loads((folder / site.PASSPORT).read_text(encoding="utf-8"))
    chosen = only or (*PROBES[:3], *SERVERS, PROBES[3])  # the import adds rows: last
    found: list[Figure] = []
    for part in chosen:
        made = pages(part, folder.resolve(), passport["rows"], seconds) if part in SERVERS else probed(folder, part)
        click.echo(table(made), err=True)
        found += made
    head = f"{passport['rows']:,} listings; {site.machine()}; `python -m benchmarks.doors {folder.name}`"
    kept = {"machine": site.machine(), "catalogue": passport, "only": list(only), "figures": plain(found)}
    (folder / "doors.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(f"{head}\n\n{table(found)}")


if __name__ == "__main__":
    main()
