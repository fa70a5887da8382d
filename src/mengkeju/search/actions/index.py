"""Keeping the index of this node in step with the event record.

The place it has reached lies in the index itself: a lost or older folder is followed from where it is, or
built again. Everything may be repeated, and a kill at any point is mended by the next step.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from uuid import UUID

from tantivy import Query

from mengkeju.kernel import clock
from mengkeju.kernel.audit import after, settled
from mengkeju.kernel.models import Event, FollowerCursor
from mengkeju.kernel.search import Searchable, searchables
from mengkeju.search import store
from mengkeju.search.store import Cursor, IndexBusyError, IndexUnavailableError, Writer

log = logging.getLogger(__name__)
NAME = "search"
BATCH = 500
OWNER = "organisation"
Progress = Callable[[int], object]

_held: list[Writer] = []


def _portions(uids: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(uids)
    while portion := list(islice(rest, BATCH)):
        yield portion


def _last_event() -> Cursor:
    last = settled(Event.objects.all()).last()
    return Cursor(last.xact, last.pk, str(last.uid)) if last else Cursor()


def rebuild_index(progress: Progress | None = None) -> int:
    """Build a new generation from the database and switch to it; returns how many documents it holds.

    Needs no lock on the old one: the new one carries its own place in the record, taken before the first
    document is read, so whatever happens meanwhile is read again by the next step.
    """
    place = _last_event()
    generation = store.new_generation()
    writer = Writer(generation)
    count = 0
    try:
        for searchable in searchables.values():
            for portion in _portions(searchable.all_uids()):
                documents = searchable.load(portion)
                writer.put(documents)
                count += len(documents)
                if progress is not None:
                    progress(len(portion))
        writer.commit(place)
    except BaseException:
        store.drop(generation)
        raise
    finally:
        writer.close()
    store.switch_to(generation)
    log.info("search index built: %s documents", count)
    return count


def _let_go() -> None:
    while _held:
        _held.pop()


def _writer() -> Writer:
    """The writer of the current generation, kept open between steps. Rebuilds when there is none to write."""
    generation = store.current()
    if generation is not None and _held and _held[0].generation == generation and not store.is_damaged(generation):
        return _held[0]
    _let_go()
    if generation is not None and not store.is_damaged(generation):
        try:
            writer = Writer(generation)
        except IndexUnavailableError as error:
            log.warning("search index cannot be opened, building it anew: %s", error)
        else:
            if _is_of_this_record(writer.cursor):
                _held.append(writer)
                return writer
            log.warning("search index belongs to another database, building it anew")
            del writer
    rebuild_index()
    made = store.current()
    if made is None:
        raise IndexUnavailableError("the folder was removed while the index was built")
    _held.append(Writer(made))
    return _held[0]


def _is_of_this_record(place: Cursor) -> bool:
    """Whether the event the index stopped at is in this database's record."""
    if not place.event:
        return place.position == 0
    return Event.objects.filter(pk=place.position, uid=place.event).exists()


def follow_record() -> int:
    """One step: read the next events, change the index, commit once; returns how many events were read.

    Another process of this node holding the lock is no fault: it does the work, and this returns 0.
    """
    try:
        writer = _writer()
    except IndexBusyError:
        return 0
    events = list(after(settled(Event.objects.all()), writer.cursor.xact, writer.cursor.position)[:BATCH])
    if not events:
        return 0
    try:
        for searchable, uids in _touched(events):
            for portion in _portions(uids):
                documents = searchable.load(portion)
                writer.remove(searchable.subject_type, set(portion) - {d.uid for d in documents})
                writer.put(documents)
        last = events[-1]
        writer.commit(Cursor(last.xact, last.pk, str(last.uid)))
    except (ValueError, OSError):
        _let_go()  # the folder vanished or broke under the writer; the next step builds or opens it again
        log.exception("search index could not be written")
        store.report_damage(writer.generation, "could not be written")
        return 0
    except BaseException:
        _let_go()
        raise
    FollowerCursor.objects.update_or_create(
        name=NAME, defaults={"xact": last.xact, "position": last.pk, "moved_at": clock.now()}
    )
    return len(events)


def _touched(events: Iterable[Event]) -> list[tuple[Searchable, list[UUID]]]:
    """Objects to load again: the subjects of the events, and what their organisations own."""
    by_type: dict[str, dict[UUID, None]] = {}
    owners: set[UUID] = set()
    for event in events:
        if event.subject_type in searchables:
            by_type.setdefault(event.subject_type, {})[event.subject_uid] = None
        if event.subject_type == OWNER:
            owners.add(event.subject_uid)
    for subject, uid in _owned(owners):
        by_type.setdefault(subject, {})[uid] = None
    return [(searchables[subject], list(uids)) for subject, uids in by_type.items()]


def _owned(owners: set[UUID]) -> list[tuple[str, UUID]]:
    """What the index holds of these owners: their name and verification stand on it."""
    if not owners:
        return []
    now_open = store.opened()
    with store.reading(now_open.generation):
        searcher = now_open.index.searcher()
        query = Query.term_set_query(store.SCHEMA, "owner", sorted(str(uid) for uid in owners))
        hits = searcher.search(query, max(1, searcher.num_docs)).hits
        keys = [searcher.doc(address)["key"][0].partition(":") for _score, address in hits]
    return [(subject, UUID(uid)) for subject, _colon, uid in keys]
