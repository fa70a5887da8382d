"""Telling of news: what was published or changed is held against saved searches, each object told once.

Three steps, each of which may be repeated. `follow_alerts` reads the record as far as this node's index has and
notes hits; `tell` turns the hits of one search into one notice and one mail for each reader; `tell_due` finds hits
that wait (digests, and whatever a killed worker left). What a reader may see is asked when a hit is noted (the
index, by his reach) and again when he is told (index, read permission and `present`).
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actors import provider
from mengkeju.kernel.audit import after, settled
from mengkeju.kernel.jobs import defer
from mengkeju.kernel.models import Account, Event, FollowerCursor
from mengkeju.kernel.notices import notify, people_of
from mengkeju.kernel.search import searchables
from mengkeju.search import queries, store
from mengkeju.search.engine.saved import FIGURES, Kept, Way, last_morning
from mengkeju.search.models import SavedSearch, SavedSearchHit, SavedSearchReader
from mengkeju.search.queries import Found
from mengkeju.search.store import IndexUnavailableError

log = logging.getLogger(__name__)
NAME = "search.alerts"
BATCH = 500
TASK = "mengkeju.search.tasks.tell_of_news"
MAIL = "mengkeju.search.tasks.mail_news"
Place = tuple[int, int]


def follow_alerts() -> int:
    """One step of the follower: never past the place this node's index has reached; returns how many events."""
    try:
        place = store.opened().cursor
    except IndexUnavailableError:
        return 0
    cursor, _made = FollowerCursor.objects.get_or_create(name=NAME)
    rows = after(settled(Event.objects.all()), cursor.xact, cursor.position)[:BATCH]
    events = [event for event in rows if (event.xact, event.pk) <= (place.xact, place.position)]
    if not events:
        return 0
    try:
        note_news(events, now=clock.now())
    except IndexUnavailableError:
        return 0  # the next step reads the same events again
    last = events[-1]
    unmoved = FollowerCursor.objects.filter(pk=cursor.pk, xact=cursor.xact, position=cursor.position)
    unmoved.update(xact=last.xact, position=last.pk, moved_at=clock.now())
    return len(events)


def _news(events: Iterable[Event]) -> dict[str, Place]:
    """Index keys of what was published or changed, with the place of the last such event."""
    found: dict[str, Place] = {}
    for event in events:
        searchable = searchables.get(event.subject_type)
        if searchable is not None and event.type in searchable.news:
            found[store.key_of(event.subject_type, event.subject_uid)] = (event.xact, event.pk)
    return found


def note_news(events: Sequence[Event], *, now: datetime) -> int:
    """Note what saved searches find among the subjects of these events, and start telling; returns how many are new."""
    places = _news(events)
    if not places:
        return 0
    noted, actors = 0, _Actors()
    for saved in SavedSearch.objects.filter(archived_at=None, paused_at=None).order_by("pk").iterator(chunk_size=500):
        asked = queries.kept_by(saved)
        keys = [key for key, place in places.items() if place > (saved.since_xact, saved.since_position)]
        if asked is not None and keys and queries.could_find(asked, keys):
            noted += _note(saved, asked, keys, actors, now)
    return noted


class _Actors:
    """Who is told of a saved search, each looked up once in a batch."""

    def __init__(self) -> None:
        """Nobody is looked up yet."""
        self._known: dict[UUID, Actor | None] = {}

    def of(self, account: UUID) -> Actor | None:
        """The actor of a login as it is now; None for one that is closed."""
        if account not in self._known:
            login = Account.objects.filter(uid=account, is_active=True).first()
            self._known[account] = provider().actor_for(login) if login is not None else None
        return self._known[account]


def told_accounts(saved: SavedSearch) -> list[UUID]:
    """Who is told: its owner, or the organisation's members who have not stopped it."""
    if saved.organisation is None:
        return [saved.account] if saved.account is not None else []
    out = set(saved.readers.exclude(stopped_at=None).values_list("account", flat=True))
    return [account for account in people_of(saved.organisation) if account not in out]


def _note(saved: SavedSearch, asked: Kept, keys: Sequence[str], actors: _Actors, now: datetime) -> int:
    rows: list[SavedSearchHit] = []
    for account in told_accounts(saved):
        actor = actors.of(account)
        if actor is None:
            continue
        found, _understood = queries.found_among(actor, asked, keys)
        for key in found:
            kind, _colon, uid = key.partition(":")
            rows.append(
                SavedSearchHit(search=saved, account=account, subject_type=kind, subject_uid=UUID(uid), noted_at=now)
            )
    before = saved.hits.count()
    with transaction.atomic():
        # The unique constraint keeps what was noted or told before: the follower may repeat itself.
        SavedSearchHit.objects.bulk_create(rows, ignore_conflicts=True)
        if rows and saved.way == Way.AT_ONCE:
            defer(TASK, str(saved.uid), key=f"alerts:{saved.uid}")
    return saved.hits.count() - before


def mornings(now: datetime) -> dict[str, datetime]:
    """Up to when hits are due, by way; what is told at once is due at once."""
    here = now.astimezone(clock.ZONE)
    return {str(way): last_morning(way, here, clock.is_working_day) for way in Way}


def tell_due(*, now: datetime) -> int:
    """Tell of every hit that is due; returns how many notices. One that fails is left for the next run."""
    due = queries.due_hits(mornings(now)).order_by("search").values_list("search__uid", flat=True).distinct()
    count = 0
    for uid in list(due):
        try:
            count += tell(uid, now=now)
        except IndexUnavailableError:
            return count
        except Exception:
            log.exception("alerts of saved search %s failed", uid)
    return count


def tell(uid: UUID, *, now: datetime) -> int:
    """Tell everybody a saved search is kept for of what is due; returns how many notices."""
    saved = SavedSearch.objects.filter(uid=uid).first()
    return sum(tell_one(saved, account, now=now) for account in told_accounts(saved)) if saved is not None else 0


@transaction.atomic
def tell_one(saved: SavedSearch, account: UUID, *, now: datetime) -> int:
    """One notice and one mail of all that is due to one reader; 0 when nothing is left that he may see.

    The row of the search is locked first: of two workers the second finds nothing left to tell.
    """
    fresh = SavedSearch.objects.select_for_update().get(pk=saved.pk)
    asked = queries.kept_by(fresh)
    if fresh.paused_at is not None or fresh.archived_at is not None or asked is None:
        return 0
    actor = _Actors().of(account)
    waiting = fresh.hits.filter(account=account, told_at=None, noted_at__lte=mornings(now)[fresh.way])
    hits = list(waiting.order_by("noted_at", "pk")[: FIGURES.at_once])
    if actor is None or not hits:
        return 0
    by_key = {store.key_of(hit.subject_type, hit.subject_uid): hit for hit in hits}
    found = queries.news(actor, asked, list(by_key))
    _settle(by_key, found, now)
    if found:
        SavedSearchReader.objects.update_or_create(search=fresh, account=account, defaults={"told_at": now})
        notify(
            [account],
            "search.news",
            _title(fresh, found),
            subject_type="saved_search",
            subject_uid=fresh.uid,
            now=now,
            mail=MAIL,
        )
    return int(bool(found))


def _settle(by_key: Mapping[str, SavedSearchHit], found: Sequence[Found], now: datetime) -> None:
    """What is told now is told for good; what he may not see is forgotten, and noted anew once it is opened to him."""
    told = {one.key for one in found}
    SavedSearchHit.objects.filter(pk__in=[hit.pk for key, hit in by_key.items() if key in told]).update(told_at=now)
    SavedSearchHit.objects.filter(pk__in=[hit.pk for key, hit in by_key.items() if key not in told]).delete()


def _title(saved: SavedSearch, found: Sequence[Found]) -> Promise:
    if len(found) == 1:
        return format_lazy(_("搜索提醒“{name}”：{title}"), name=saved.name, title=found[0].row["title"])
    return format_lazy(_("搜索提醒“{name}”：{count} 条新结果"), name=saved.name, count=len(found))


def forget_news() -> int:
    """Nightly: clear what is left of saved searches deleted, or whose owner was erased; returns how many hits."""
    gone = SavedSearch.objects.filter(Q(archived_at__isnull=False) | Q(query__isnull=True))
    SavedSearchReader.objects.filter(search__in=gone).delete()
    return SavedSearchHit.objects.filter(search__in=gone).delete()[0]
