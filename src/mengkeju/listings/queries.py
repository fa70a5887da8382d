"""Reads of listings. `present` is the only source of field values for pages, search, export, API and alerts."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.forms import ShownField, Sources
from mengkeju.kernel.forms.show import amount_in_words, shown
from mengkeju.kernel.search import MatchDocument, SearchDocument, Signals
from mengkeju.listings.access import Perm
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.models import Listing

SHOWN_STATES = ("published", "closed")
SOURCE_NOTE = "据公开报道，未经本单位确认"


def sources(actor: Actor | None = None) -> Sources:
    """Where listing forms take their choices from."""
    return Sources(
        areas=directory.area_choices,
        terms=directory.term_choices,
        organisations=lambda: [
            (str(o.uid), o.name) for o in (directory.my_organisations(actor) if actor else [])
        ],
    )


def label_sources() -> Sources:
    """Choices for showing values: full area names, retired terms included; each vocabulary read once."""
    read: dict[str, list[tuple[str, str]]] = {}

    def terms(vocabulary: str) -> list[tuple[str, str]]:
        if vocabulary not in read:
            read[vocabulary] = list(directory.term_labels(vocabulary).items())
        return read[vocabulary]

    return Sources(terms=terms)


def listings(actor: Actor) -> QuerySet[Listing]:
    """Listings the actor may read, with their owners."""
    return visible_to(Listing.objects.filter(archived_at=None), actor, Perm.READ).select_related("owner")


def find(actor: Actor, uid: UUID) -> Listing | None:
    """One listing if the actor may read it."""
    return listings(actor).select_related("owner", "contact").filter(uid=uid).first()


def shelf(actor: Actor, kind: str = "") -> QuerySet[Listing]:
    """Published listings the actor may read, newest first."""
    rows = listings(actor).filter(state="published").order_by("-published_at", "-pk")
    return rows.filter(kind=kind) if kind else rows


def of_organisations(actor: Actor) -> QuerySet[Listing]:
    """Everything the actor's organisations own, in any state, newest first."""
    return Listing.objects.filter(owner__uid__in=actor.organisations, archived_at=None).select_related(
        "owner").order_by("-state_at")


def review_queue(actor: Actor) -> QuerySet[Listing]:
    """Submitted listings the actor may review, the oldest first."""
    rows = Listing.objects.filter(state="submitted", archived_at=None).select_related("owner")
    return visible_to(rows, actor, Perm.REVIEW).order_by("state_at", "pk")


def published_of(organisation: Organisation, actor: Actor, seeks: str = "") -> QuerySet[Listing]:
    """Published listings of one organisation the actor may read; `seeks` keeps the kinds of that side."""
    rows = listings(actor).filter(owner=organisation, state="published")
    wanted = [k.key for k in kinds.values() if not seeks or k.side == seeks]
    return rows.filter(kind__in=wanted).order_by("-published_at")


def values_of(listing: Listing) -> dict[str, Any]:
    """All field values, columns and details together, as the forms take them. Not for readers: see `present`."""
    values = dict(listing.details.get("values", {}))
    for spec in listing.kind_spec.fields:
        if spec.column:
            values[spec.key] = getattr(listing, spec.key)
    return values


@dataclass(frozen=True)
class Hidden:
    """A section the reader may not see, and who may."""

    label: str
    tier: str


@dataclass(frozen=True)
class Presented:
    """A listing for one reader: only what he may see. `hidden` names closed sections, never their content."""

    uid: UUID
    kind: ListingKind
    number: str
    title: str
    summary: str
    fields: tuple[ShownField, ...]
    sections: tuple[tuple[str, tuple[ShownField, ...]], ...]
    hidden: tuple[Hidden, ...]
    tiers: tuple[tuple[str, str], ...]
    owner_name: str
    owner_uid: UUID | None
    owner_verified: bool
    area: str
    area_name: str
    budget: str
    source_note: str
    fictional: bool
    incomplete: bool
    state: str


def readable_tiers(listing: Listing, actor: Actor) -> frozenset[str]:
    """The tiers of this listing the actor may read."""
    tiers = {"public"}
    if may(actor, Perm.READ_PARTIES, listing):
        return frozenset({"public", "members", "parties"})
    if may(actor, Perm.READ_MEMBERS, listing):
        tiers.add("members")
    return frozenset(tiers)


def budget_in_words(listing: Listing) -> str:
    """Price or budget range in words; “面议” when nothing was said."""
    low, high = listing.price_low, listing.price_high
    if low is None and high is None:
        return "面议"
    if low is not None and high is not None:
        return amount_in_words(low) if low == high else f"{amount_in_words(low)} – {amount_in_words(high)}"
    return f"{amount_in_words(low)} 以上" if low is not None else f"{amount_in_words(high)} 以内" if high else "面议"


def present(
    listing: Listing, actor: Actor, *, labels: Sources | None = None, areas: dict[str, str] | None = None
) -> Presented:
    """The listing as this reader may see it. For many listings pass `labels` and `areas` read once."""
    kind = listing.kind_spec
    tiers = kind.tier_of(listing.details.get("tiers", {}))
    open_tiers = readable_tiers(listing, actor)
    names = areas if areas is not None else directory.area_names([listing.area])
    labels = labels or label_sources()
    labels = Sources(areas=partial(_area_pairs, names), terms=labels.terms)
    every = shown(kind.sections, values_of(listing), labels, tiers)
    visible = tuple(f for f in every if f.tier in open_tiers)
    owner_open = bool(open_tiers & {"members", "parties"}) or listing.tier == "public"
    owner = listing.owner if owner_open else None
    return Presented(
        uid=listing.uid, kind=kind, number=listing.number, title=listing.title, summary=listing.summary,
        fields=visible,
        sections=tuple(
            (s.label, tuple(f for f in visible if f.section == s.key and f.value and f.key not in {"title", "summary"}))
            for s in kind.sections if tiers[s.key] in open_tiers
        ),
        hidden=tuple(Hidden(s.label, tiers[s.key]) for s in kind.sections if tiers[s.key] not in open_tiers),
        tiers=tuple((s.label, tiers[s.key]) for s in kind.sections),
        owner_name=owner.name if owner else listing.owner_note or "未署名单位",
        owner_uid=owner.uid if owner else None, owner_verified=bool(owner and owner.verified),
        area=listing.area, area_name=names.get(listing.area, listing.area),
        budget=budget_in_words(listing) if tiers.get("terms", "public") in open_tiers else "",
        source_note=SOURCE_NOTE if listing.from_source else "", fictional=listing.fictional,
        incomplete=listing.incomplete, state=listing.state,
    )


def _area_pairs(names: dict[str, str]) -> list[tuple[str, str]]:
    return list(names.items())


def present_many(rows: Iterable[Listing], actor: Actor) -> list[Presented]:
    """Many listings for one reader with a constant number of queries (rows need `select_related("owner")`)."""
    rows = list(rows)
    areas = directory.area_names({r.area for r in rows if r.area})
    labels = label_sources()
    return [present(row, actor, labels=labels, areas=areas) for row in rows]


def text_by_tier(listing: Listing) -> dict[str, str]:
    """All text of a listing, apart by tier, for the index."""
    kind = listing.kind_spec
    tiers = kind.tier_of(listing.details.get("tiers", {}))
    texts: dict[str, list[str]] = {"public": [], "members": [], "parties": []}
    for field in shown(kind.sections, values_of(listing), Sources(), tiers):
        if field.value and field.key not in {"title", "area", "field", "cluster", "maturity", "modes"}:
            texts[field.tier].append(field.value)
    return {tier: "\n".join(parts) for tier, parts in texts.items()}


BUDGET_BANDS = ((500_000, "50万以下"), (2_000_000, "50–200万"), (10_000_000, "200–1000万"), (None, "1000万以上"))


def budget_band(listing: Listing) -> str:
    """The facet value of a listing's budget or price; its upper end counts."""
    amount = listing.price_high if listing.price_high is not None else listing.price_low
    if amount is None:
        return "面议"
    return next(label for limit, label in BUDGET_BANDS if limit is None or amount < limit)


def search_documents(uids: Iterable[UUID]) -> list[SearchDocument]:
    """Listings as search finds them: published and closed ones; a uid left out is no longer findable."""
    rows = Listing.objects.filter(uid__in=list(uids), state__in=SHOWN_STATES, archived_at=None).select_related("owner")
    documents = []
    paths = {code: tuple(directory.codes_above(code)) for code in set(rows.values_list("area", flat=True))}
    for row in rows:
        published = row.published_at or row.state_at
        tiers = row.kind_spec.tier_of(row.details.get("tiers", {}))
        budget = (budget_band(row),) if tiers.get("terms", "public") == "public" else ()
        documents.append(SearchDocument(
            uid=row.uid, subject_type="listing", kind=row.kind, title=row.title, url=row.get_absolute_url(),
            text=text_by_tier(row),
            facets={
                "field": (row.field,) if row.field else (), "cluster": (row.cluster,) if row.cluster else (),
                "maturity": (row.maturity,) if row.maturity else (), "budget": budget,
                "year": (str(clock.today(published).year),),
                "modes": tuple(row.details.get("values", {}).get("modes") or ()),
            },
            audience={"public": "public", "members": "members"}.get(row.tier, "owners"),
            owners=(row.owner.uid,) if row.owner else (),
            areas=tuple(c for c in (*paths.get(row.area, (row.area,)), row.zone) if c),
            at=published, price_low=row.price_low, price_high=row.price_high,
        ))
    return documents


def all_uids() -> Iterable[UUID]:
    """Every findable listing, in order of id."""
    return Listing.objects.filter(state__in=SHOWN_STATES, archived_at=None).order_by("pk").values_list(
        "uid", flat=True).iterator()


def published_uids(kind: str) -> list[UUID]:
    """Published listings of a kind, in order of id."""
    return list(Listing.objects.filter(kind=kind, state="published", archived_at=None).order_by("pk").values_list(
        "uid", flat=True))


def match_documents(kind: str, uids: Iterable[UUID]) -> list[MatchDocument]:
    """Published listings of a kind as matching reads them: public text only, so that no reason can leak."""
    spec = kinds[kind]
    rows = Listing.objects.filter(kind=kind, uid__in=list(uids), state="published", archived_at=None)
    documents = []
    for row in rows.select_related("owner"):
        tiers = spec.tier_of(row.details.get("tiers", {}))
        open_terms = tiers.get("terms", "public") == "public"
        details = row.details.get("values", {})
        documents.append(MatchDocument(
            uid=row.uid, side=spec.side, title=row.title, body=text_by_tier(row)["public"],
            owner=row.owner.uid if row.owner else None,
            signals=Signals(
                fields=(row.field,) if row.field else (), clusters=(row.cluster,) if row.cluster else (),
                area=row.area, maturity=row.maturity, deadline=row.deadline if open_terms else None,
                price_low=row.price_low if open_terms else None, price_high=row.price_high if open_terms else None,
                modes=tuple(details.get("modes") or ()) if open_terms else (),
                published_on=clock.today(row.published_at) if row.published_at else None,
                verified=bool(row.owner and row.owner.verified),
            ),
        ))
    return documents
