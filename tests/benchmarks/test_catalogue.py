"""The bulk insertion leaves what the import action leaves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks import catalogue
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.models import Duty, Event, FollowerCursor, Notice
from mengkeju.listings.actions.freshness import Kept, keep_fresh
from mengkeju.listings.actions.imports import Batch, ImportRow, import_rows
from mengkeju.listings.actions.versions import note_version
from mengkeju.listings.definitions.freshness import FRESHNESS
from mengkeju.listings.engine.disclosure import version_digests
from mengkeju.listings.models import DisclosedVersion, Listing, ListingNumber
from mengkeju.matching.definitions import FOLLOWER
from mengkeju.search.actions import index
from mengkeju.search.queries.site import status
from tests import factories as f

pytestmark = pytest.mark.django_db
ROWS = 40
GIVEN = {"id", "uid", "title", "summary", "details", "number", "external_id", "area", "zone", "owner_id"}
TIMES = {"created_at", "state_at", "published_at", "secrecy_reviewed_at", "confirmed_at", "review_by"}
PEOPLE = {"created_by_id", "state_by_id", "secrecy_reviewed_by_id"}
STATED = {"field", "cluster", "maturity", "price_low", "price_high", "tier", "kind", "source"}


@pytest.fixture(autouse=True)
def index_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_DIR = tmp_path / "index"
    yield
    index._let_go()


def test_the_site_is_whole_and_its_record_unbroken() -> None:
    took = catalogue.build(ROWS, seed=3, count=4)
    assert set(took) == {"reference data", "organisations", "listings", "seals", "statistics", "index"}
    rows = Listing.objects.all()
    assert rows.count() == ROWS
    assert status().documents == ROWS
    assert not [finding for finding in audit.verify() if finding.broken]
    last = Event.objects.order_by("pk").last()
    assert last is not None
    assert FollowerCursor.objects.get(name=FOLLOWER).position == last.pk
    given = {(s.kind, s.year): s.last for s in ListingNumber.objects.all()}
    assert sum(given.values()) == ROWS == len(set(rows.values_list("number", flat=True)))


def test_no_night_of_a_run_asks_for_a_row_or_takes_it_off_the_shelf() -> None:
    catalogue.build(ROWS, seed=3, count=4)
    shown = Listing.objects.filter(state="published")
    assert shown.count() == ROWS
    assert min(clock.today(row.published_at) for row in shown if row.published_at) < clock.today() - timedelta(days=365)
    assert keep_fresh(now=clock.now() + timedelta(days=30)) == Kept(0, 0, 0)


def test_a_row_and_its_events_are_as_the_import_writes_them() -> None:
    catalogue.build(ROWS, seed=3, count=4)
    owner = Organisation.objects.order_by("pk")[0]
    by = f.actor(f.officer(f.REGION))
    batch = Batch("achievement", "演示", owner, by, f.AT, publish=True, secrecy_reviewed=True)
    import_rows(batch, [ImportRow(2, "a", "浮选脱碳的成果", "把细渣里的碳选出来。")])
    imported = Listing.objects.get(source="演示")
    open_ones = Listing.objects.filter(source=catalogue.SOURCE, kind="achievement", disclosed_versions=None)
    inserted = open_ones.order_by("pk")[0]
    left, right = ({k: v for k, v in vars(row).items() if not k.startswith("_")} for row in (imported, inserted))
    same = left.keys() - GIVEN - TIMES - PEOPLE - STATED
    assert {key: left[key] for key in same} == {key: right[key] for key in same}
    assert all(right[key] is not None for key in TIMES | PEOPLE)
    assert imported.details.keys() == inserted.details.keys()
    for key in ("schema", "version"):
        assert imported.details[key] == inserted.details[key]
    told = [
        [(e.type, e.version, sorted(e.payload.body)) for e in Event.objects.filter(subject_uid=row.uid).order_by("pk")]
        for row in (imported, inserted)
    ]
    assert told[0] == told[1]
    for model in (Duty, Notice):
        assert not model._default_manager.filter(subject_type="listing").exists()
    assert imported.confirmed_at == imported.published_at
    for row in (imported, inserted):
        assert row.confirmed_at is not None
        assert row.review_by == FRESHNESS.review_by(row.kind, clock.today(row.confirmed_at))


def test_what_some_readers_only_may_read_is_noted_as_publishing_notes_it() -> None:
    catalogue.build(ROWS, seed=3, count=4)
    before = DisclosedVersion.objects.count()
    assert 0 < before < ROWS
    for row in Listing.objects.all():
        version = note_version(row, by=SYSTEM, now=f.AT)
        if version is not None:
            event = Event.objects.get(uid=version.event, subject_uid=row.uid, type="listing.version_noted")
            told = {"number": 1, "revision": row.revision, "digests": version_digests(version.content)}
            assert event.payload.body == told
    assert DisclosedVersion.objects.count() == before, "nothing was missing, nothing differs"
