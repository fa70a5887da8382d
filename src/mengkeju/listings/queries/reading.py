"""Reads of listings. `present` is the only source of field values for pages, search, export, API and alerts."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, Expression, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import is_outside
from mengkeju.directory.models import Organisation
from mengkeju.directory.queries import titles
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.forms import ShownField, Sources
from mengkeju.kernel.forms.show import amount_in_words, shown
from mengkeju.kernel.models import Duty
from mengkeju.kernel.words import listed, word
from mengkeju.listings.access import Perm
from mengkeju.listings.engine import personal_numbers
from mengkeju.listings.kinds import ListingKind, in_order, kinds
from mengkeju.listings.models import Listing, PartyAccess

SHOWN_STATES = ("published", "closed")
SOURCE_NOTE = gettext_lazy("据公开报道，未经本单位确认")
PRICES = {"price_low", "price_high"}


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


def publishers(actor: Actor, kind: ListingKind) -> list[tuple[str, str]]:
    """(uid, name) of the actor's organisations that publish such a listing."""
    fitting = None
    if kind.owners:
        fitting = {o.uid for o in directory.my_organisations(actor) if o.kind in kind.owners}
    return [(str(m.organisation), m.name) for m in actor.memberships if fitting is None or m.organisation in fitting]


def publishable(actor: Actor) -> list[ListingKind]:
    """The kinds at least one of the actor's organisations publishes, in order."""
    mine = {o.kind for o in directory.my_organisations(actor)}
    return [kind for kind in in_order() if not kind.owners or mine & set(kind.owners)]


def review_queue(actor: Actor, *, leading: bool = False) -> QuerySet[Listing]:
    """Submitted listings the actor may review (the auditor: may read the review of).

    Needs of leading enterprises first (`leading`: only those), within each the oldest first.
    """
    rows = Listing.objects.filter(state="submitted", archived_at=None).select_related("owner")
    rows = visible_to(rows, actor, Perm.REVIEW_READ).annotate(leading=is_leading_need())
    return (rows.filter(leading=True) if leading else rows).order_by("-leading", "state_at", "pk")


def is_leading_need() -> Expression:
    """Of a row, in the database: a need of a leading enterprise."""
    held = Q(kind="need") & Q(titles.is_leading("owner"))
    return ExpressionWrapper(held, output_field=BooleanField())


def review_due(rows: Iterable[Listing]) -> dict[UUID, date]:
    """By when each waiting listing must be answered; those without a date are left out."""
    waiting = Duty.objects.filter(subject_type="listing", subject_uid__in=[row.uid for row in rows], closed_at=None)
    return {uid: due for uid, due in waiting.values_list("subject_uid", "due_on") if due is not None}


def published_of(organisation: Organisation, actor: Actor, seeks: str = "") -> QuerySet[Listing]:
    """Published listings of one organisation the actor may read; `seeks` keeps the kinds of that side."""
    rows = listings(actor).filter(owner=organisation, state="published")
    wanted = [k.key for k in kinds.values() if not seeks or k.side == seeks]
    return rows.filter(kind__in=wanted).order_by("-published_at")


def public_needs() -> QuerySet[Listing]:
    """Needs anybody can open: published or closed, public, from whatever source; newest first."""
    rows = Listing.objects.filter(kind="need", state__in=SHOWN_STATES, tier="public", archived_at=None)
    return rows.select_related("owner").order_by("-published_at", "-pk")


PLACES = ("none", "other")


def outside_cities(rows: QuerySet[Listing], place: str) -> QuerySet[Listing]:
    """Of the rows those in neither of the two cities: `none` states no place at all, `other` states another one."""
    if place == "none":
        return rows.filter(area="")
    both = frozenset[str]().union(*(directory.codes_below(city.code) for city in directory.cities()))
    return rows.exclude(area__in=both | {""})


def values_of(listing: Listing) -> dict[str, Any]:
    """All field values, columns and details together, as the forms take them. Not for readers: see `present`."""
    return listing.values


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
    tier: str
    leading: tuple[str, ...] = ()

    def closed_tiers(self, keys: Collection[str] | None = None) -> frozenset[str]:
        """Tiers not open to everybody of which this shows something; `keys`: if only these fields are shown."""
        fields = {f.tier for f in self.fields if f.value and (keys is None or f.key in keys)}
        return frozenset(fields | {self.tier}) - {"public"}

    @property
    def origin_mark(self) -> str:
        """“区外 · 北京市” for what comes from outside the region, else empty."""
        return self.area_name if is_outside(self.area) else ""


def readable_tiers(listing: Listing, actor: Actor) -> frozenset[str]:
    """The tiers of this listing the actor may read."""
    tiers = {"public"}
    if may(actor, Perm.READ_PARTIES, listing):
        return frozenset({"public", "members", "parties"})
    if may(actor, Perm.READ_MEMBERS, listing):
        tiers.add("members")
    return frozenset(tiers)


def sees_numbers(listing: Listing, actor: Actor) -> bool:
    """Whether personal numbers in the text are shown as written: to the owner's people, and to whoever reviews it."""
    own = listing.owner is not None and listing.owner.uid in actor.organisations
    return own or (listing.state == "submitted" and may(actor, Perm.REVIEW, listing))


def without_numbers(value: Any) -> Any:
    """A stored value with personal numbers masked in its texts, in rows of a table too."""
    if isinstance(value, str):
        return personal_numbers.mask(value)
    if isinstance(value, list):
        return [without_numbers(one) for one in value]
    return {key: without_numbers(one) for key, one in value.items()} if isinstance(value, dict) else value


def shown_values(listing: Listing, actor: Actor) -> dict[str, Any]:
    """The values this reader may see as written or masked. Tiers are not asked here: see `present`.

    What only the parties read is not masked: there the two sides talk to each other.
    """
    values = listing.values
    if sees_numbers(listing, actor):
        return values
    tiers = listing.field_tiers
    return {key: value if tiers.get(key) == "parties" else without_numbers(value) for key, value in values.items()}


def masked_fields(listing: Listing) -> list[tuple[str, str, str]]:
    """(key, label, kinds of number) of the fields others do not see as written. For the owner's people."""
    tiers = listing.kind_spec.tier_of(listing.details.get("tiers", {}))
    every = shown(listing.kind_spec.sections, listing.values, Sources(), tiers)
    found = [(f.key, f.label, personal_numbers.labels(f.value)) for f in every if f.tier != "parties"]
    return [(key, label, listed(what)) for key, label, what in found if what]


def budget_in_words(listing: Listing) -> str:
    """Price or budget range in words; “面议” when nothing was said."""
    low, high = listing.price_low, listing.price_high
    if low is None and high is None:
        return _("面议")
    if low is not None and high is not None:
        return amount_in_words(low) if low == high else f"{amount_in_words(low)} – {amount_in_words(high)}"
    if low is not None:
        return _("%(amount)s 以上") % {"amount": amount_in_words(low)}
    return _("%(amount)s 以内") % {"amount": amount_in_words(high)} if high else _("面议")


def present(
    listing: Listing,
    actor: Actor,
    *,
    labels: Sources | None = None,
    areas: dict[str, str] | None = None,
    leading: dict[int, tuple[str, ...]] | None = None,
) -> Presented:
    """The listing as this reader may see it. For many listings pass `labels`, `areas` and `leading` read once."""
    kind = listing.kind_spec
    tiers, field_tiers = kind.tier_of(listing.details.get("tiers", {})), listing.field_tiers
    open_tiers = readable_tiers(listing, actor)
    names = areas if areas is not None else directory.area_names([listing.area])
    labels = labels or label_sources()
    labels = Sources(areas=partial(_area_pairs, names), terms=labels.terms)
    values = shown_values(listing, actor)
    every = shown(kind.sections, values, labels, tiers)
    visible = tuple(f for f in every if f.tier in open_tiers)
    owner_open = bool(open_tiers & {"members", "parties"}) or listing.tier == "public"
    owner = listing.owner if owner_open else None
    return Presented(
        uid=listing.uid,
        kind=kind,
        number=listing.number,
        title=values["title"],
        summary=values.get("summary", "") if field_tiers.get("summary") in open_tiers else "",
        fields=visible,
        sections=tuple(
            (word(s), tuple(f for f in visible if f.section == s.key and f.value and f.key not in {"title", "summary"}))
            for s in kind.sections
            if tiers[s.key] in open_tiers
        ),
        hidden=tuple(Hidden(word(s), tiers[s.key]) for s in kind.sections if tiers[s.key] not in open_tiers),
        tiers=tuple((word(s), tiers[s.key]) for s in kind.sections),
        owner_name=owner.name if owner else listing.owner_note or _("未署名单位"),
        owner_uid=owner.uid if owner else None,
        owner_verified=bool(owner and owner.verified),
        area=listing.area,
        area_name=names.get(listing.area, listing.area),
        budget=budget_in_words(listing) if {f.key for f in visible} >= PRICES else "",
        source_note=str(SOURCE_NOTE) if listing.from_source else "",
        fictional=listing.fictional,
        incomplete=listing.incomplete,
        state=listing.state,
        tier=listing.tier,
        leading=_leading(listing, owner, leading),
    )


def _leading(listing: Listing, owner: Organisation | None, known: dict[int, tuple[str, ...]] | None) -> tuple[str, ...]:
    """The titles of a leading enterprise (领军企业 …) its owner holds; of a need only, and where the owner is shown."""
    if listing.kind != "need" or owner is None:
        return ()
    return (known if known is not None else titles.leading([owner.pk])).get(owner.pk, ())


def _area_pairs(names: dict[str, str]) -> list[tuple[str, str]]:
    return list(names.items())


def present_many(rows: Iterable[Listing], actor: Actor) -> list[Presented]:
    """Many listings for one reader with a constant number of queries (rows need `select_related("owner")`)."""
    rows = list(rows)
    areas = directory.area_names({r.area for r in rows if r.area})
    parties = party_organisations(rows)
    for row in rows:
        row.known_parties = frozenset(parties.get(row.pk, ()))
    labels = label_sources()
    leading = titles.leading(row.owner_id for row in rows if row.kind == "need")
    return [present(row, actor, labels=labels, areas=areas, leading=leading) for row in rows]


def text_by_tier(listing: Listing, *, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """All text of a listing, apart by tier, for the index. `without`: further fields to leave out."""
    left_out = without | {"title", "area", "field", "cluster", "maturity", "modes", "licence", "chain_node"}
    kind = listing.kind_spec
    tiers = kind.tier_of(listing.details.get("tiers", {}))
    texts: dict[str, list[str]] = {"public": [], "members": [], "parties": []}
    with override(settings.LANGUAGE_CODE):  # what is stored speaks the site's language, whoever asks for it
        for field in shown(kind.sections, values_of(listing), Sources(), tiers):
            if field.value and field.key not in left_out:
                # A number nobody is shown must not be found by typing it.
                text = field.value if field.tier == "parties" else personal_numbers.mask(field.value)
                texts[field.tier].append(text)
    return {tier: "\n".join(parts) for tier, parts in texts.items()}


def party_organisations(rows: Iterable[Listing]) -> dict[int, tuple[UUID, ...]]:
    """Organisations let into the parties' tier, by listing."""
    open_ones = PartyAccess.objects.filter(listing__in=[row.pk for row in rows], ended_at=None)
    found: dict[int, tuple[UUID, ...]] = {}
    for listing, organisation in open_ones.values_list("listing_id", "organisation__uid"):
        found[listing] = (*found.get(listing, ()), organisation)
    return found
