"""Reads of joint releases: which there are, what may enter one, what a row says and what became of it since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import override

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel import clock, funnel, money
from mengkeju.kernel.access import ANONYMOUS, Actor, visible_to
from mengkeju.kernel.forms.build import plain
from mengkeju.kernel.words import word
from mengkeju.listings.access import Perm, ReleasePerm
from mengkeju.listings.engine import releases as engine
from mengkeju.listings.engine.workflow import LISTING
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing, Release, ReleaseItem
from mengkeju.listings.queries.reading import budget_in_words, listings, present_many, values_of

KIND = "need"
MAY_ENTER = ("published", "held")
"""States of a need an officer has reviewed and that still waits for an answer."""


def releases(actor: Actor) -> QuerySet[Release]:
    """Releases the actor may read, with their cities."""
    return visible_to(Release.objects.all(), actor, ReleasePerm.READ).prefetch_related("parts")


def find_release(actor: Actor, uid: UUID) -> Release | None:
    """One release if the actor may read it."""
    return releases(actor).filter(uid=uid).first()


def released(actor: Actor) -> QuerySet[Release]:
    """What has been released and stands, the newest first."""
    return releases(actor).filter(state="released").order_by("-released_at", "-pk")


def in_preparation(actor: Actor) -> QuerySet[Release]:
    """What is being prepared, or was given up before its moment; the newest first."""
    return releases(actor).filter(released_at=None).order_by("-created_at", "-pk")


def city_of_areas() -> dict[str, str]:
    """The city of every area below one of the two."""
    return {code: city.code for city in directory.cities() for code in directory.codes_below(city.code)}


def my_cities(actor: Actor, release: Release) -> list[str]:
    """The cities taking part for which the actor acts: his own, and for an officer above them all."""
    codes = actor.areas_of(Role.OFFICER)
    return [city for city in release.cities if city in codes]


@dataclass(frozen=True)
class Picked:
    """How the needs to gather are filtered; empty = all. `fresh`: those never released before."""

    city: str = ""
    field: str = ""
    cluster: str = ""
    state: str = ""
    q: str = ""
    fresh: bool = False


def candidates(actor: Actor, release: Release, asked: Picked) -> QuerySet[Listing]:
    """Reviewed public needs of the actor's cities that stand in no release in preparation."""
    mine = [city for city in my_cities(actor, release) if asked.city in ("", city)]
    areas = frozenset[str]().union(*(directory.codes_below(city) for city in mine))
    rows = listings(actor).filter(kind=KIND, state__in=MAY_ENTER, tier="public", area__in=areas)
    rows = rows.exclude(origin="source")
    rows = rows.exclude(Exists(ReleaseItem.objects.filter(listing=OuterRef("pk"), open=True)))
    for name in ("field", "cluster", "state"):
        if wanted := getattr(asked, name):
            rows = rows.filter(**{name: wanted})
    if asked.q:
        rows = rows.filter(title__icontains=asked.q)
    if asked.fresh:
        rows = rows.exclude(Exists(ReleaseItem.objects.filter(listing=OuterRef("pk"), release__state="released")))
    return rows.order_by("area", "number", "pk")


def frozen(rows: Iterable[Listing]) -> dict[int, dict[str, Any]]:
    """Listings as a visitor reads them now, as rows to keep, by key; a constant number of queries."""
    rows, cities = list(rows), city_of_areas()
    with override(settings.LANGUAGE_CODE):  # what is stored speaks the site's language, whoever asks for it
        seen = present_many(rows, ANONYMOUS)
    made = {}
    for row, it in zip(rows, seen, strict=True):
        stated, words = values_of(row), {f.key: f.value for f in it.fields if f.value}
        values = {key: plain(money.in_cents(stated.get(key))) for key in words}
        made[row.pk] = {
            "schema": engine.SCHEMA,
            "version": engine.VERSION,
            "number": it.number,
            "title": it.title,
            "summary": it.summary,
            "owner": it.owner_name,
            "owner_uid": str(it.owner_uid) if it.owner_uid else "",
            "owner_kind": row.owner.kind if row.owner and it.owner_uid else "",
            "verified": it.owner_verified,
            "area": it.area,
            "area_name": it.area_name,
            "city": cities.get(it.area, ""),
            "field": values.get("field") or "",
            "cluster": values.get("cluster") or "",
            "deadline": values.get("deadline") or "",
            "values": values,
            "words": words,
            "fictional": it.fictional,
        }
    return made


def items(release: Release) -> QuerySet[ReleaseItem]:
    """Its rows with their living needs, in order."""
    return ReleaseItem.objects.filter(release=release).select_related("listing__owner").order_by("city", "position")


NONE = "none"
"""Stands in an address for what is not stated."""
ENDS = ("closed", "withdrawn")


def narrowed(rows: QuerySet[ReleaseItem], asked: Mapping[str, Sequence[str]]) -> QuerySet[ReleaseItem]:
    """The rows behind a number: any of `city`, `field`, `month`, `owner`, and `at`, a stop of the 转化线 or an end."""
    if cities := asked.get("city"):
        rows = rows.filter(city__in=cities)
    if fields := asked.get("field"):
        rows = rows.filter(snapshot__field__in=["" if field == NONE else field for field in fields])
    if months := asked.get("month"):
        days = Q(pk__in=())
        for month in months:
            days |= Q(snapshot__deadline="") if month == NONE else Q(snapshot__deadline__startswith=month[:7])
        rows = rows.filter(days)
    if owners := asked.get("owner"):
        rows = rows.filter(snapshot__owner_uid__in=list(owners))
    for at in asked.get("at", ()):
        stage = funnel.stages.get(at)
        if stage is not None and stage.needs is not None:
            rows = rows.filter(listing__in=stage.needs().order_by().values("pk"))
        elif at in ENDS:
            rows = rows.filter(listing__state=at)
    return rows


def sums(release: Release) -> engine.Sums:
    """Its counts, from the frozen rows."""
    rows = ReleaseItem.objects.filter(release=release).values_list("listing__uid", "snapshot")
    return engine.sums(engine.line(str(uid), snapshot) for uid, snapshot in rows)


def content_digest(release: Release) -> str:
    """The digest of all a release says: what officers confirm, and what is kept when it is released."""
    rows = ReleaseItem.objects.filter(release=release).order_by("position", "pk")
    said = list(rows.values_list("position", "digest", "snapshot__number"))
    return engine.digest([release.title, release.intro, list(release.cities), [list(row) for row in said]])


@dataclass(frozen=True)
class Obstacle:
    """Why a row cannot be released as it stands: `changed`, or no longer `public` and waiting."""

    item: ReleaseItem
    why: str


def obstacles(release: Release, city: str = "") -> list[Obstacle]:
    """Rows whose need has changed since it was gathered, or is gone from view; five queries."""
    rows = [item for item in items(release) if city in ("", item.city)]
    now = frozen(item.listing for item in rows)
    found = []
    for item in rows:
        living = item.listing
        if living.state not in MAY_ENTER or living.tier != "public" or living.archived_at is not None:
            found.append(Obstacle(item, "gone"))
        elif engine.content_digest(now[living.pk]) != item.digest:
            found.append(Obstacle(item, "changed"))
    return found


@dataclass(frozen=True)
class ReleasedRow:
    """One row for a reader. `status`: open, closed, withdrawn or hidden; of the last two only the title is told.

    `changed`: the living need reads otherwise than the frozen row.
    """

    uid: UUID
    number: str
    title: str
    city: str
    area: str
    area_name: str
    field: str
    owner: str
    owner_uid: str
    verified: bool
    deadline: date | None
    budget: str
    summary: str
    fictional: bool
    status: str
    changed: bool

    @property
    def told(self) -> bool:
        """Whether more than the title is told."""
        return self.status in ("open", "closed")


def rows_of(portion: Iterable[ReleaseItem], *, preparing: bool = False) -> list[ReleasedRow]:
    """Rows as published, with what became of the needs since; a constant number of queries.

    `preparing`: a held need counts as open, for officers who look at what will be public.
    """
    rows = list(portion)
    seen = visible_to(Listing.objects.filter(pk__in=[r.listing_id for r in rows]), ANONYMOUS, Perm.READ)
    readable = set(seen.values_list("pk", flat=True))
    if preparing:
        readable |= {r.listing_id for r in rows if r.listing.state in MAY_ENTER and r.listing.tier == "public"}
    now = frozen(r.listing for r in rows if r.listing_id in readable)
    areas = directory.area_names({r.snapshot["area"] for r in rows})
    fields = directory.term_labels("field")
    return [_row(r, now.get(r.listing_id), areas, fields) for r in rows]


def _row(item: ReleaseItem, now: dict[str, Any] | None, areas: dict[str, str], fields: dict[str, str]) -> ReleasedRow:
    kept, living = item.snapshot, item.listing
    if now is None:
        status = "withdrawn" if living.state == "withdrawn" else "hidden"
    else:
        status = "closed" if living.state == "closed" else "open"
    told = now is not None
    day = kept["deadline"]
    return ReleasedRow(
        uid=living.uid,
        number=kept["number"],
        title=kept["title"],
        city=item.city,
        area=kept["area"] if told else item.city,
        area_name=areas.get(kept["area"], kept["area_name"]) if told else "",
        field=fields.get(kept["field"], kept["field"]),
        owner=kept["owner"] if told else "",
        owner_uid=kept["owner_uid"] if told else "",
        verified=kept["verified"],
        deadline=date.fromisoformat(day) if told and day else None,
        budget=_budget(kept["values"]) if told else "",
        summary=kept["summary"] if told else "",
        fictional=kept["fictional"],
        status=status,
        changed=now is not None and engine.content_digest(now) != item.digest,
    )


def _budget(values: Mapping[str, Any]) -> str:
    low, high = (Decimal(values[key]) if values.get(key) else None for key in ("price_low", "price_high"))
    return budget_in_words(Listing(price_low=low, price_high=high))


def differences(item: ReleaseItem) -> list[engine.Difference]:
    """What a visitor reads otherwise in the living need than in the frozen row."""
    labels = {f.key: word(f) for f in kinds[KIND].fields}
    return engine.differences(item.snapshot, frozen([item.listing])[item.listing_id], labels)


@dataclass(frozen=True)
class Outcome:
    """How many needs of a release have come to a stop of the 转化线, or ended."""

    key: str
    label: str
    count: int


def outcomes(release: Release) -> list[Outcome]:
    """What became of its needs, from the records of the capabilities that registered a stop; then closed, withdrawn."""
    mine = ReleaseItem.objects.filter(release=release).values("listing")
    found = [
        Outcome(s.key, word(s), s.needs().order_by().filter(pk__in=mine).count())
        for s in funnel.in_order()
        if s.key != KIND and s.needs is not None
    ]
    ended = Listing.objects.filter(pk__in=mine)
    return [*found, *(Outcome(key, word(LISTING.states[key]), ended.filter(state=key).count()) for key in ENDS)]


def released_with(listing: UUID, release: UUID) -> bool:
    """Whether a need stands in a release that is out: what an intention may claim as its origin."""
    return ReleaseItem.objects.filter(listing__uid=listing, release__uid=release, release__state="released").exists()


def released_before(rows: Iterable[Listing]) -> dict[int, str]:
    """The title of the last batch each need was released in, by its key; those never released are left out."""
    out = ReleaseItem.objects.filter(listing__in=list(rows), release__state="released")
    return dict(out.order_by("release__released_at").values_list("listing_id", "release__title"))


def warnings(release: Release) -> dict[str, list[ReleaseItem]]:
    """Rows to look at again, by key of engine.WARNINGS; those without any are left out."""
    today = clock.today().isoformat()
    found: dict[str, list[ReleaseItem]] = {}
    for item in ReleaseItem.objects.filter(release=release).select_related("listing"):
        for key in engine.warned(engine.line(str(item.pk), item.snapshot), today):
            found.setdefault(key, []).append(item)
    return found
