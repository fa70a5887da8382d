"""Listings as search and matching read them, and as search shows them."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.regions import OUTSIDE, is_outside
from mengkeju.directory.queries import titles
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.figures import full_date
from mengkeju.kernel.forms import FieldType
from mengkeju.kernel.search import MatchDocument, SearchDocument, SearchKind, Signals
from mengkeju.kernel.words import mark, word
from mengkeju.listings.engine import personal_numbers
from mengkeju.listings.kinds import TECHNOLOGY, ListingKind, kinds
from mengkeju.listings.models import Listing
from mengkeju.listings.queries.reading import (
    PRICES,
    SHOWN_STATES,
    Presented,
    listings,
    party_organisations,
    present_many,
    text_by_tier,
)

TONES = {"need": "wait", "achievement": "done"}
COLUMN_FACETS = ("field", "cluster", "maturity")
# The words stand in the index and in addresses; search translates them where it shows them.
BUDGET_BANDS = (
    (500_000, mark("50万以下")),
    (2_000_000, mark("50–200万")),
    (10_000_000, mark("200–1000万")),
    (None, mark("1000万以上")),
)
NOT_STATED = mark("面议")


def budget_band(listing: Listing) -> str:
    """The facet value of a listing's budget or price; its upper end counts."""
    amount = listing.price_high if listing.price_high is not None else listing.price_low
    if amount is None:
        return NOT_STATED
    return next(label for limit, label in BUDGET_BANDS if limit is None or amount < limit)


def search_documents(uids: Iterable[UUID]) -> list[SearchDocument]:
    """Listings as search finds them: published and closed ones; a uid left out is no longer findable.

    Facets and prices come from public sections only: their counts and their order are shown to every reader.
    """
    rows = list(_findable(Listing.objects.filter(uid__in=list(uids))).select_related("owner"))
    documents = []
    paths = {code: tuple(directory.codes_above(code)) for code in {row.area for row in rows}}
    parties = party_organisations(rows)
    leading = titles.leading_kinds(row.owner_id for row in rows if row.kind == "need")
    for row in rows:
        public = _public_fields(row)
        priced = public >= PRICES
        documents.append(
            SearchDocument(
                uid=row.uid,
                subject_type="listing",
                kind=row.kind,
                title=personal_numbers.mask(row.title),
                url=row.get_absolute_url(),
                text=_text_with_owner(row),
                facets={
                    **({"city": (OUTSIDE,)} if is_outside(row.area) else {}),
                    **{key: _facet(row, key) for key in (*COLUMN_FACETS, *row.kind_spec.facets) if key in public},
                    "budget": (budget_band(row),) if priced else (),
                    "leading": leading.get(row.owner_id or 0, ()) if row.kind == "need" else (),
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
    value = getattr(listing, key) if key in COLUMN_FACETS else listing.values.get(key)
    values = value if isinstance(value, list) else [value]
    return tuple(str(v) for v in values if v)


def _findable(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    return rows.filter(state__in=SHOWN_STATES, archived_at=None)


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
    return SearchKind(kind.key, kind.label, kind.icon, TONES.get(kind.key, "go"), kind.label_en)


def findable(actor: Actor, uids: Collection[UUID]) -> list[Listing]:
    """The listings among `uids` this reader may see and that are still findable, with their owners."""
    return list(_findable(listings(actor).filter(uid__in=list(uids))))


def shown_rows(actor: Actor, uids: Collection[UUID]) -> tuple[list[dict[str, Any]], list[Presented], frozenset[str]]:
    """Result rows of search of what is findable, the listings as presented, and the keys of fields rows show."""
    maturities = directory.term_labels("maturity")
    rows = findable(actor, uids)
    presented = present_many(rows, actor)
    found = []
    for row, seen in zip(rows, presented, strict=True):
        shown_keys = {f.key: f for f in seen.fields}
        text = "\n".join(f.value for f in seen.fields if f.value and f.key in {"summary", *seen.kind.body_fields})
        meta = [
            *seen.leading,
            seen.origin_mark,
            maturities.get(row.maturity, "") if "maturity" in shown_keys else "",
            seen.budget if {row.price_low, row.price_high} != {None} else "",
            seen.source_note,
        ]
        if row.confirmed_at is not None and row.state == "published":
            meta.append(_("%(day)s确认有效") % {"day": full_date(clock.today(row.confirmed_at))})
        if row.deadline and "deadline" in shown_keys:
            until = _("%(day)s前征集") if row.kind_spec.market == TECHNOLOGY else _("%(day)s前报名")
            meta.append(until % {"day": full_date(row.deadline)})
        found.append(
            {
                "uid": row.uid,
                "at": row.published_at or row.state_at,
                "kind": replace(search_kind(seen.kind), label=word(seen.kind)),
                "title": seen.title,
                "url": row.get_absolute_url(),
                "text": text,
                "area": seen.area,
                "owner": seen.owner_name,
                "verified": seen.owner_verified or None,
                "meta": [part for part in meta if part],
                "demo": seen.fictional,
                "extra": _("已办结") if row.state == "closed" else "",
            }
        )
    body = frozenset(key for seen in presented for key in seen.kind.body_fields)
    return found, presented, body | {"summary", "maturity", "deadline"} | PRICES


def search_rows(actor: Actor, uids: Collection[UUID]) -> list[dict[str, Any]]:
    """The rows alone."""
    return shown_rows(actor, uids)[0]


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


def match_documents(kind: str, uids: Iterable[UUID], *, closed: bool = False) -> list[MatchDocument]:
    """Published listings of a kind as matching reads them: public text only, so that no reason can leak.

    `closed`: those done with too, which are still readable; what became of them teaches the model.
    """
    spec = kinds[kind]
    states = SHOWN_STATES if closed else {"published"}
    rows = Listing.objects.filter(kind=kind, uid__in=list(uids), state__in=states, archived_at=None)
    documents = []
    for row in rows.select_related("owner"):
        public = _public_fields(row)
        priced = public >= PRICES
        documents.append(
            MatchDocument(
                uid=row.uid,
                side=spec.side,
                market=spec.market,
                title=personal_numbers.mask(row.title),
                body=text_by_tier(row, without=SIGNALS | {*spec.signals, *spec.sought})["public"],
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
                    more={key: values for key in spec.signals if key in public and (values := _facet(row, key))},
                ),
                is_open=row.tier == "public",
            )
        )
    return documents


def partner_kinds() -> list[str]:
    """The kinds that look for partners along a chain, by key."""
    return [kind.key for kind in kinds.values() if kind.sought]


def sought_texts(kind: str, uids: Iterable[UUID]) -> dict[UUID, str]:
    """What published listings of a kind say publicly of the partners they look for; silent ones are absent."""
    spec = kinds[kind]
    others = frozenset(f.key for f in spec.fields if f.key not in spec.sought or f.type is FieldType.CHOICES)
    rows = Listing.objects.filter(kind=kind, uid__in=list(uids), state="published", archived_at=None)
    texts = {row.uid: text_by_tier(row, without=others)["public"].strip() for row in rows}
    return {uid: text for uid, text in texts.items() if text}
