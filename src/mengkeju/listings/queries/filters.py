"""Lists of listings as the API asks for them, and when a listing last changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from mengkeju.directory import queries as directory
from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Event
from mengkeju.listings.models import Listing
from mengkeju.listings.queries.reading import listings


@dataclass(frozen=True)
class ListingFilter:
    """What a list is asked for; empty = all.

    Only what every reader of a listing may know can be asked: title, number, kind, state, place, owner, and field and
    cluster, whose sections are public for every kind. `area` with everything below it, `field` and `cluster` with the
    terms below. `own`: of the actor's organisations.
    """

    q: str = ""
    kind: str = ""
    state: str = ""
    area: str = ""
    field: str = ""
    cluster: str = ""
    owner: UUID | None = None
    own: bool = False
    updated_since: datetime | None = None


def find_listings(actor: Actor, asked: ListingFilter) -> QuerySet[Listing]:
    """Listings the actor may read, in no order."""
    rows = listings(actor)
    if asked.q:
        rows = rows.filter(Q(title__icontains=asked.q) | Q(number__iexact=asked.q))
    if asked.area:
        below = directory.codes_below(asked.area)
        rows = rows.filter(Q(area__in=below) | Q(zone__in=below))
    for name in ("kind", "state"):
        if wanted := getattr(asked, name):
            rows = rows.filter(**{name: wanted})
    for name in ("field", "cluster"):
        if wanted := getattr(asked, name):
            rows = rows.filter(**{f"{name}__in": with_terms_below(name, wanted)})
    if asked.owner is not None:
        rows = rows.filter(owner__uid=asked.owner)
    if asked.own:
        rows = rows.filter(owner__uid__in=actor.organisations)
    if asked.updated_since is not None:
        news = Event.objects.filter(subject_type="listing", subject_uid=OuterRef("uid"), at__gte=asked.updated_since)
        rows = rows.filter(Exists(news))
    return rows


def with_terms_below(vocabulary: str, key: str) -> list[str]:
    """A term and all below it, however deep, retired ones too; one query."""
    found = [key]
    above = list(directory.terms(vocabulary, retired=True).values_list("key", "parent__key"))
    for known in found:
        found += [term for term, parent in above if parent == known and term not in found]
    return found


def topmost_terms(vocabulary: str) -> dict[str, str]:
    """The uppermost term above each, by key, retired ones too; one query."""
    parents = dict(directory.terms(vocabulary, retired=True).values_list("key", "parent__key"))
    found = {}
    for key in parents:
        line = [key]
        while (above := parents.get(line[-1])) and above not in line:
            line.append(above)
        found[key] = line[-1]
    return found


def updated_at(rows: Iterable[Listing]) -> dict[UUID, datetime]:
    """When each was last created, edited or moved, by uid; one query."""
    news = Event.objects.filter(subject_type="listing", subject_uid__in=[row.uid for row in rows])
    return dict(news.values_list("subject_uid").annotate(last=Max("at")))
