"""Reads of listings. `present` is the only source of field values for pages, search, export, API and alerts."""

from collections.abc import Collection, Iterable
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
from mengkeju.kernel.search import MatchDocument, SearchDocument, SearchKind, Signals
from mengkeju.listings.access import Perm
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.models import Listing, PartyAccess

SHOWN_STATES = ("published", "closed")
SOURCE_NOTE = "据公开报道，未经本单位确认"
PRICES = {"price_low", "price_high"}
TONES = {"need": "wait", "achievement": "done"}


def sources(actor: Actor | None = None) -> Sources:
    """Where listing forms take their choices from."""
    return Sources(
        areas=directory.area_choices,
        terms=directory.term_choices,
        organisations=lambda: [(str(o.uid), o.name) for o in (directory.my_organisations(actor) if actor else [])],
    )


def label_sources(*, areas: bool = False) -> Sources:
    """Choices for showing values: retired terms included, each vocabulary read once; names of areas when asked."""
    read: dict[str, list[tuple[str, str]]] = {}

    def terms(vocabulary: str) -> list[tuple[str, str]]:
        if vocabulary not in read:
            read[vocabulary] = list(directory.term_labels(vocabulary).items())
        return read[vocabulary]

    return Sources(terms=terms, areas=directory.area_choices) if areas else Sources(terms=terms)


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
    return (
        Listing.objects.filter(owner__uid__in=actor.organisations, archived_at=None)
        .select_related("owner")
        .order_by("-state_at")
    )


def review_queue(actor: Actor) -> QuerySet[Listing]:
    """Submitted listings the actor may review, the oldest first."""
    rows = Listing.objects.filter(state="submitted", archived_at=None).select_related("owner")
    return visible_to(rows, actor, Perm.REVIEW).order_by("state_at", "pk")


def published_of(organisation: Organisation, actor: Actor, seeks: str = "") -> QuerySet[Listing]:
    """Published listings of one organisation the actor may read; `seeks` keeps the kinds of that side."""
    rows = listings(actor).filter(owner=organisation, state="published")
    wanted = [k.key for k in kinds.values() if not seeks or k.side == seeks]
    return rows.filter(kind__in=wanted).order_by("-published_at")


def public_needs() -> QuerySet[Listing]:
    """Needs anybody can open: published or closed, public, from whatever source; newest first."""
    rows = Listing.objects.filter(kind="need", state__in=SHOWN_STATES, tier="public", archived_at=None)
    return rows.select_related("owner").order_by("-published_at", "-pk")


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
    tiers, field_tiers = kind.tier_of(listing.details.get("tiers", {})), listing.field_tiers
    open_tiers = readable_tiers(listing, actor)
    names = areas if areas is not None else directory.area_names([listing.area])
    labels = labels or label_sources()
    labels = Sources(areas=partial(_area_pairs, names), terms=labels.terms)
    every = shown(kind.sections, values_of(listing), labels, tiers)
    visible = tuple(f for f in every if f.tier in open_tiers)
    owner_open = bool(open_tiers & {"members", "parties"}) or listing.tier == "public"
    owner = listing.owner if owner_open else None
    return Presented(
        uid=listing.uid,
        kind=kind,
        number=listing.number,
        title=listing.title,
        summary=listing.summary if field_tiers.get("summary") in open_tiers else "",
        fields=visible,
        sections=tuple(
            (s.label, tuple(f for f in visible if f.section == s.key and f.value and f.key not in {"title", "summary"}))
            for s in kind.sections
            if tiers[s.key] in open_tiers
        ),
        hidden=tuple(Hidden(s.label, tiers[s.key]) for s in kind.sections if tiers[s.key] not in open_tiers),
        tiers=tuple((s.label, tiers[s.key]) for s in kind.sections),
        owner_name=owner.name if owner else listing.owner_note or "未署名单位",
        owner_uid=owner.uid if owner else None,
        owner_verified=bool(owner and owner.verified),
        area=listing.area,
        area_name=names.get(listing.area, listing.area),
        budget=budget_in_words(listing) if {f.key for f in visible} >= PRICES else "",
        source_note=SOURCE_NOTE if listing.from_source else "",
        fictional=listing.fictional,
        incomplete=listing.incomplete,
        state=listing.state,
    )


def _area_pairs(names: dict[str, str]) -> list[tuple[str, str]]:
    return list(names.items())


def present_many(rows: Iterable[Listing], actor: Actor) -> list[Presented]:
    """Many listings for one reader with a constant number of queries (rows need `select_related("owner")`)."""
    rows = list(rows)
    areas = directory.area_names({r.area for r in rows if r.area})
    parties = _party_organisations(rows)
    for row in rows:
        row.known_parties = frozenset(parties.get(row.pk, ()))
    labels = label_sources()
    return [present(row, actor, labels=labels, areas=areas) for row in rows]


def text_by_tier(listing: Listing, *, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """All text of a listing, apart by tier, for the index. `without`: further fields to leave out."""
    left_out = without | {"title", "area", "field", "cluster", "maturity", "modes"}
    kind = listing.kind_spec
    tiers = kind.tier_of(listing.details.get("tiers", {}))
    texts: dict[str, list[str]] = {"public": [], "members": [], "parties": []}
    for field in shown(kind.sections, values_of(listing), Sources(), tiers):
        if field.value and field.key not in left_out:
            texts[field.tier].append(field.value)
    return {tier: "\n".join(parts) for tier, parts in texts.items()}


COLUMN_FACETS = ("field", "cluster", "maturity")
BUDGET_BANDS = ((500_000, "50万以下"), (2_000_000, "50–200万"), (10_000_000, "200–1000万"), (None, "1000万以上"))


def budget_band(listing: Listing) -> str:
    """The facet value of a listing's budget or price; its upper end counts."""
    amount = listing.price_high if listing.price_high is not None else listing.price_low
    if amount is None:
        return "面议"
    return next(label for limit, label in BUDGET_BANDS if limit is None or amount < limit)


def search_documents(uids: Iterable[UUID]) -> list[SearchDocument]:
    """Listings as search finds them: published and closed ones; a uid left out is no longer findable.

    Facets and prices come from public sections only: their counts and their order are shown to every reader.
    """
    rows = list(_findable(Listing.objects.filter(uid__in=list(uids))).select_related("owner"))
    documents = []
    paths = {code: tuple(directory.codes_above(code)) for code in {row.area for row in rows}}
    parties = _party_organisations(rows)
    for row in rows:
        public = _public_fields(row)
        priced = public >= PRICES
        documents.append(
            SearchDocument(
                uid=row.uid,
                subject_type="listing",
                kind=row.kind,
                title=row.title,
                url=row.get_absolute_url(),
                text=_text_with_owner(row),
                facets={
                    **{key: _facet(row, key) for key in (*COLUMN_FACETS, *row.kind_spec.facets) if key in public},
                    "budget": (budget_band(row),) if priced else (),
                    "year": (str(clock.today(row.published_at or row.state_at).year),),
                },
                audience={"public": "public", "members": "members"}.get(row.tier, "owners"),
                owners=(row.owner.uid,) if row.owner else (),
                parties=parties.get(row.pk, ()),
                areas=tuple(c for c in (*paths[row.area], row.zone) if c),
                at=row.published_at or row.state_at,
                price_low=row.price_low if priced else None,
                price_high=row.price_high if priced else None,
            )
        )
    return documents


def _public_fields(listing: Listing) -> frozenset[str]:
    """Keys of the fields everybody may read who may know of the listing."""
    return frozenset(key for key, tier in listing.field_tiers.items() if tier == "public")


def _facet(listing: Listing, key: str) -> tuple[str, ...]:
    """The values of a column or of a facet the kind declares; empty when nothing was given."""
    value = getattr(listing, key) if key in COLUMN_FACETS else listing.details.get("values", {}).get(key)
    values = value if isinstance(value, list) else [value]
    return tuple(str(v) for v in values if v)


def _findable(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    return rows.filter(state__in=SHOWN_STATES, archived_at=None)


def _party_organisations(rows: Iterable[Listing]) -> dict[int, tuple[UUID, ...]]:
    """Organisations let into the parties' tier, by listing."""
    open_ones = PartyAccess.objects.filter(listing__in=[row.pk for row in rows], ended_at=None)
    found: dict[int, tuple[UUID, ...]] = {}
    for listing, organisation in open_ones.values_list("listing_id", "organisation__uid"):
        found[listing] = (*found.get(listing, ()), organisation)
    return found


def _text_with_owner(listing: Listing) -> dict[str, str]:
    """The text for the index: the owner's name may be found by those who may read it (see `present`)."""
    texts = text_by_tier(listing)
    tier = "public" if listing.tier == "public" else "members"
    name = listing.owner.name if listing.owner else ""
    texts[tier] = "\n".join(part for part in (texts[tier], name) if part)
    texts["public"] = "\n".join(part for part in (texts["public"], listing.owner_note, listing.number) if part)
    return texts


def search_kind(kind: ListingKind) -> SearchKind:
    """A kind as search shows it."""
    return SearchKind(kind.key, kind.label, kind.icon, TONES.get(kind.key, "go"))


def search_rows(actor: Actor, uids: Collection[UUID]) -> list[dict[str, Any]]:
    """Result rows of search: the listings among `uids` this reader may see and that are still findable."""
    maturities = directory.term_labels("maturity")
    rows = list(_findable(listings(actor).filter(uid__in=list(uids))))
    found = []
    for row, seen in zip(rows, present_many(rows, actor), strict=True):
        shown_keys = {f.key: f for f in seen.fields}
        text = "\n".join(f.value for f in seen.fields if f.value and f.key in {"summary", *seen.kind.body_fields})
        meta = [
            maturities.get(row.maturity, "") if "maturity" in shown_keys else "",
            seen.budget if seen.budget != "面议" else "",
            seen.source_note,
        ]
        if row.deadline and "deadline" in shown_keys:
            meta.append(f"{row.deadline:%Y}年{row.deadline.month}月{row.deadline.day}日前征集")
        found.append(
            {
                "uid": row.uid,
                "at": row.published_at or row.state_at,
                "kind": search_kind(seen.kind),
                "title": row.title,
                "url": row.get_absolute_url(),
                "text": text,
                "area": seen.area,
                "owner": seen.owner_name,
                "verified": seen.owner_verified or None,
                "meta": [part for part in meta if part],
                "demo": seen.fictional,
                "extra": "已办结" if row.state == "closed" else "",
            }
        )
    return found


def all_uids() -> Iterable[UUID]:
    """Every findable listing, in order of id."""
    return (
        Listing.objects.filter(state__in=SHOWN_STATES, archived_at=None)
        .order_by("pk")
        .values_list("uid", flat=True)
        .iterator()
    )


def published_uids(kind: str) -> list[UUID]:
    """Published listings of a kind, in order of id."""
    return list(
        Listing.objects.filter(kind=kind, state="published", archived_at=None)
        .order_by("pk")
        .values_list("uid", flat=True)
    )


SIGNALS = frozenset({"price_low", "price_high", "deadline"})  # matched as figures: “万元” is no shared term


def match_documents(kind: str, uids: Iterable[UUID]) -> list[MatchDocument]:
    """Published listings of a kind as matching reads them: public text only, so that no reason can leak."""
    spec = kinds[kind]
    rows = Listing.objects.filter(kind=kind, uid__in=list(uids), state="published", archived_at=None)
    documents = []
    for row in rows.select_related("owner"):
        public = _public_fields(row)
        priced = public >= PRICES
        documents.append(
            MatchDocument(
                uid=row.uid,
                side=spec.side,
                title=row.title,
                body=text_by_tier(row, without=SIGNALS)["public"],
                owner=row.owner.uid if row.owner else None,
                signals=Signals(
                    fields=_facet(row, "field") if "field" in public else (),
                    clusters=_facet(row, "cluster") if "cluster" in public else (),
                    area=row.area,
                    maturity=row.maturity if "maturity" in public else "",
                    deadline=row.deadline if "deadline" in public else None,
                    price_low=row.price_low if priced else None,
                    price_high=row.price_high if priced else None,
                    modes=_facet(row, "modes") if "modes" in public else (),
                    published_on=clock.today(row.published_at) if row.published_at else None,
                    verified=bool(row.owner and row.owner.verified),
                ),
            )
        )
    return documents
