"""A site with many invented listings, for measurements.

    python -m benchmarks.catalogue --rows 100000 --keep DIR

Organisations and logins are made by the actions, the listings are inserted in bulk. What the import action with
`--publish` leaves is there: the row (filled by the very function that fills it there), its number and the series of
numbers, the declaration 已作保密审查, the day until which it holds, the version of what it states to some readers only,
its events with payload and digest, the seals. Skipped: the checks of right and workflow for each row, and the follower
of matching, whose place is set behind these events (it would queue one run over everything; `benchmarks.doors`
measures that apart). Then the search index is built.

With DATABASE_URL the rows go there, and DIR holds the index.
"""

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmarks import site, texts

if TYPE_CHECKING:
    from mengkeju.directory.models import Organisation
    from mengkeju.kernel.access import Actor
    from mengkeju.listings.models import Listing

SOURCE = "演示基准"
OFFICER, BROKER, AUDITOR = "bench-officer", "bench-broker", "bench-auditor"
MEMBER = "bench-member-{}"
REGION = "150000"
ORGANISATIONS = 400
KINDS = ("enterprise", "enterprise", "university", "institute")
PORTION = 1000
DAYS = 1000
"""Over how many days the listings were published."""
SEALS = 20_000


def person(login: str, role: str = "", area: str = "") -> "Actor":
    """A login with its person and, when given, a role."""
    from mengkeju.directory import actions
    from mengkeju.kernel import clock
    from mengkeju.kernel.access import SYSTEM
    from mengkeju.kernel.actors import provider
    from mengkeju.kernel.models import Account

    account = Account.objects.create_user(login)
    made = actions.start_person(account, f"{login}（演示）", now=clock.now(), fictional=True)
    if role:
        scope = "area" if area else "platform"
        actions.grant_role(made, role, scope=scope, area=area, by=SYSTEM, now=clock.now())
    return provider().actor_for(account)


def organisations(count: int, seed: int) -> list["Organisation"]:
    """Invented, verified organisations of both cities' areas, each with one colleague."""
    from random import Random

    from mengkeju.directory import actions
    from mengkeju.directory.actions.organisations import OrganisationInput
    from mengkeju.directory.models import Area
    from mengkeju.kernel import clock
    from mengkeju.kernel.access import SYSTEM
    from mengkeju.kernel.actions import advance

    counties = list(Area.objects.filter(kind="county").order_by("code").values_list("code", "parent__code"))
    zones = dict(Area.objects.filter(kind="zone").order_by("code").values_list("parent__code", "code"))
    random, made = Random(seed), []  # noqa: S311 - sample data, no secret
    for index in range(count):
        kind = KINDS[index % len(KINDS)]
        area, city = counties[index % len(counties)]
        given = OrganisationInput(
            name=texts.organisation_name(kind, index, random),
            kind=kind,
            area=area,
            zone=zones.get(city, "") if index % 5 == 0 else "",
        )
        founder = person(MEMBER.format(index))
        organisation = actions.register_organisation(given, by=founder, now=clock.now(), fictional=True)
        advance(organisation, "verify", by=SYSTEM, now=clock.now())
        made.append(organisation)
    return made


def vocabularies() -> texts.Vocabularies:
    """The terms of this site."""
    from mengkeju.directory.models import Term

    def topics(key: str) -> list[texts.Topic]:
        rows = Term.objects.filter(vocabulary__key=key, retired_on=None).prefetch_related("synonyms")
        return [texts.Topic(t.key, (t.label, *(s.text for s in t.synonyms.order_by("pk")))) for t in rows]

    def keys(key: str) -> list[str]:
        return [topic.key for topic in topics(key)]

    return texts.Vocabularies(topics("field"), topics("cluster"), keys("maturity"), keys("cooperation_mode"))


class Inserter:
    """Inserts published listings with their events, a portion per transaction."""

    def __init__(self, owners: list["Organisation"], officer: "Actor", now: datetime) -> None:
        """`owners` take turns; `officer` is who has published everything."""
        self.owners, self.officer, self.now = owners, officer, now
        self.numbers: dict[tuple[str, int], int] = {}

    def insert(self, found: list[tuple[int, texts.Text]], total: int) -> None:
        """One portion: rows, then events, then payloads."""
        from django.db import transaction

        from mengkeju.listings.models import Listing

        with transaction.atomic():
            rows = [self._row(index, text, total) for index, text in found]
            Listing.objects.bulk_create(rows)
            self._record(rows)

    def _row(self, index: int, text: texts.Text, total: int) -> "Listing":
        from mengkeju.kernel import clock
        from mengkeju.listings.actions.edit import ListingInput, apply_input
        from mengkeju.listings.definitions.freshness import FRESHNESS
        from mengkeju.listings.models import Listing

        owner = self.owners[index % len(self.owners)]
        at = self.now - timedelta(days=DAYS) * (1 - index / total)
        by = self.officer.account_id
        row = Listing(
            kind=text.kind, owner=owner, zone=owner.zone, area=owner.area, fictional=True, origin="import",
            source=SOURCE, external_id=f"b{index}", state="published", state_at=at, state_by_id=by, created_at=at,
            created_by_id=by, published_at=at, secrecy_reviewed_at=at, secrecy_reviewed_by_id=by, revision=2,
        )  # fmt: skip
        apply_input(row, ListingInput({**text.values, "area": owner.area}, text.tiers, text.tier))
        row.number = self._number(row, at)
        # Confirmed today, whenever it was published: no nightly task of a run asks for it or takes it off the shelf.
        row.confirmed_at, row.review_by = self.now, FRESHNESS.review_by(row.kind, clock.today(self.now))
        return row

    def _number(self, row: "Listing", at: datetime) -> str:
        from mengkeju.kernel import clock

        year, spec = clock.today(at).year, row.kind_spec
        self.numbers[spec.key, year] = self.numbers.get((spec.key, year), 0) + 1
        return f"{spec.number_prefix}-{year}-{self.numbers[spec.key, year]:04d}"

    def _record(self, rows: list["Listing"]) -> None:
        from mengkeju.kernel import horizon
        from mengkeju.kernel.models import Event, EventPayload
        from mengkeju.listings.engine.workflow import PUBLIC_LEVEL
        from mengkeju.listings.models import DisclosedVersion

        said = {
            "secrecy_level": str(PUBLIC_LEVEL),
            "secrecy_reviewed": True,
            "state": ["draft", "published"],
            "note": "",
        }
        acts: list[tuple[str, Callable[[Listing], dict[str, Any]]]] = [
            ("listing.created", lambda row: {"kind": row.kind, "title": row.title}),
            ("listing.publish_import", lambda _row: said),
        ]
        xact, events, bodies, versions = horizon.number(), [], [], []
        for row in rows:
            content = self._closed(row)
            told = [(kind, payload(row)) for kind, payload in acts]
            if content:
                told.append(("listing.version_noted", self._noted(row, content)))
            for kind, said_of_it in told:
                event, body = self._event(kind, row, said_of_it, xact)
                events.append(event)
                bodies.append(body)
            if content:
                versions.append(
                    DisclosedVersion(listing=row, number=1, at=row.state_at, event=events[-1].uid, content=content)
                )
        Event.objects.bulk_create(events)
        EventPayload.objects.bulk_create(
            EventPayload(event=event, salt=salt, body=body) for event, (salt, body) in zip(events, bodies, strict=True)
        )
        DisclosedVersion.objects.bulk_create(versions)

    def _closed(self, row: "Listing") -> dict[str, Any] | None:
        """What a row states as a version, None when every reader reads all of it."""
        from mengkeju.listings.engine.disclosure import version_content
        from mengkeju.listings.queries import stated_by_tier

        tiers = stated_by_tier(row, files=())
        if row.tier == "public" and not set(tiers) - {"public"}:
            return None
        return version_content(tiers, {tier: secrets.token_hex(16) for tier in tiers})

    def _noted(self, row: "Listing", content: dict[str, Any]) -> dict[str, Any]:
        from mengkeju.listings.engine.disclosure import version_digests

        return {"number": 1, "revision": row.revision, "digests": version_digests(content)}

    def _event(self, kind: str, row: "Listing", body: dict[str, Any], xact: int) -> tuple[Any, tuple[str, Any]]:
        from django.conf import settings

        from mengkeju.kernel.audit import payload_digest
        from mengkeju.kernel.models import Event

        salt, owner = secrets.token_hex(16), row.owner
        made = Event(
            type=kind, actor_account=self.officer.account_uid, actor_organisation=owner.uid if owner else None,
            subject_type="listing", subject_uid=row.uid, area=row.area, node=settings.NODE, at=row.state_at,
            digest=payload_digest(salt, body), xact=xact,
        )  # fmt: skip
        return made, (salt, body)

    def close(self) -> None:
        """Note how far each series of numbers has come."""
        from mengkeju.listings.models import ListingNumber

        ListingNumber.objects.bulk_create(
            ListingNumber(kind=kind, year=year, last=last) for (kind, year), last in self.numbers.items()
        )


def portions(rows: int, seed: int) -> Iterator[list[tuple[int, texts.Text]]]:
    """All texts in portions, with their place."""
    writer = texts.Writer(vocabularies(), seed)
    stream = ((index, writer.listing(index)) for index in range(rows))
    while portion := list(islice(stream, PORTION)):
        yield portion


def skip_matching() -> None:
    """Set the follower of matching behind the last event."""
    from mengkeju.kernel import clock
    from mengkeju.kernel.models import Event, FollowerCursor
    from mengkeju.matching.definitions import FOLLOWER

    last = Event.objects.order_by("xact", "pk").last()
    if last is not None:
        place = {"xact": last.xact, "position": last.pk, "moved_at": clock.now()}
        FollowerCursor.objects.update_or_create(name=FOLLOWER, defaults=place)


def seal() -> None:
    """Chain everything that is recorded."""
    from mengkeju.kernel import audit, clock

    while audit.seal_pending(now=clock.now(), limit=SEALS):
        pass


def build(rows: int, seed: int, count: int) -> dict[str, float]:
    """Fill the site; returns the seconds of each step. The site must be empty."""
    from mengkeju.directory.actions import load_reference_data
    from mengkeju.kernel import clock, statistics
    from mengkeju.kernel.models import Account
    from mengkeju.search.actions import rebuild_index

    if Account.objects.filter(username=OFFICER).exists():
        raise click.ClickException("this folder holds a catalogue already")
    took: dict[str, float] = {}

    def timed(name: str, act: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        made = act()
        took[name] = round(time.perf_counter() - began, 1)
        click.echo(f"{name}: {took[name]} s", err=True)
        return made

    timed("reference data", load_reference_data)
    officer = person(OFFICER, "officer", REGION)
    person(BROKER, "broker")
    person(AUDITOR, "auditor")
    owners = timed("organisations", lambda: organisations(count, seed))
    inserter = Inserter(owners, officer, clock.now())

    def insert() -> None:
        for portion in portions(rows, seed):
            inserter.insert(portion, rows)
        inserter.close()

    timed("listings", insert)
    timed("seals", seal)
    skip_matching()
    timed("statistics", statistics.refresh)
    timed("index", rebuild_index)
    return took


@click.command()
@click.option("--rows", type=click.IntRange(20), default=100_000, show_default=True, help="How many listings.")
@click.option("--organisations", "count", type=click.IntRange(1), default=ORGANISATIONS, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), required=True, help="Folder of the site; must hold none yet.")
def main(rows: int, count: int, seed: int, keep: Path) -> None:
    """Make a site with invented listings."""
    keep.mkdir(parents=True, exist_ok=True)
    address = os.environ.get("DATABASE_URL", "")
    site.become(keep.resolve(), **({"DATABASE_URL": address} if address else {}))
    took = build(rows, seed, count)
    passport = {"rows": rows, "organisations": count, "seed": seed, "seconds": took, "machine": site.machine()}
    (keep / site.PASSPORT).write_text(json.dumps(passport, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(json.dumps(passport, ensure_ascii=False))


if __name__ == "__main__":
    main()
