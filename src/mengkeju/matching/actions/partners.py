"""产业链伙伴: which capabilities are alike enough, or stand on the same chain, for their owners to work together.

The same engine as for needs reads what an owner says he looks for as a need, and what the others can do as what is
offered. Where nothing is said his own capability stands for it. Only capabilities are in this market, so it is small.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from mengkeju.directory import queries as directory
from mengkeju.kernel import clock
from mengkeju.kernel.search import matchables
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching.actions.shelf import AT_ONCE, fitted, to_documents
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Profile, Side
from mengkeju.matching.engine.ranker import Ranked, Ranker
from mengkeju.matching.models import Partner
from mengkeju.matching.queries.partners import chain_of, places

TITLE_LENGTH = 120
MOST_TERMS = 5


def everyone() -> list[Listing]:
    """Every published listing of a kind that looks for partners."""
    rows = Listing.objects.filter(kind__in=listings.partner_kinds(), state="published", archived_at=None)
    return list(rows.order_by("pk"))


def refresh(rows: Collection[Listing], *, now: datetime) -> int:
    """Compute the pairs of these listings anew, both ways; returns how many they have now. May run twice."""
    wanted = {row.pk for row in rows if row.kind_spec.sought}
    if not wanted:
        return 0
    market = {str(row.uid): row for row in everyone()}
    changed = [row for row in market.values() if row.pk in wanted]
    found = _pairs(changed, market, clock.today(now)) if changed else {}
    made = [_row(pair, ranked, now) for pair, ranked in found.items()]
    with transaction.atomic():
        Partner.objects.filter(seeker__in=wanted).delete()
        Partner.objects.filter(offer__in=wanted).delete()
        Partner.objects.bulk_create(made, batch_size=limits().portion, ignore_conflicts=True)
    return len(made)


def _row(pair: tuple[int, int], ranked: Ranked, now: datetime) -> Partner:
    return Partner(
        seeker_id=pair[0],
        offer_id=pair[1],
        expected=min(max(round(ranked.expected, 6), 1.0), 4.0),
        band=ranked.band.key if ranked.band else "",
        terms=[term.text for term in ranked.shared_terms][:MOST_TERMS],
        model_version=ranked.model_version,
        computed_at=now,
    )


def _pairs(changed: Iterable[Listing], market: dict[str, Listing], today: date) -> dict[tuple[int, int], Ranked]:
    """(seeker, offer) → what the engine says, for every pair with a changed side that is worth keeping."""
    offers = _offers(market.values())
    ranker = _fit([*offers, *_seekers(offers)])
    asked = {(d.id, side): d for side in Side for d in ranker.corpus.shelves[side].documents}
    stands = places(market.values())
    found: dict[tuple[int, int], Ranked] = {}
    for row in changed:
        for side in Side:
            document = asked.get((str(row.uid), side))
            if document is None:
                continue
            chain = chain_of(stands, row)
            ranked = _rank(ranker, document, row, market, today)
            near = [r for r in ranked if r.band or (chain and chain == chain_of(stands, market[r.id]))]
            for one in near[: limits().proposals_per_listing]:
                other = market[one.id].pk
                found[(row.pk, other) if side is Side.NEED else (other, row.pk)] = one
    return found


def _rank(ranker: Ranker, document: Document, row: Listing, market: dict[str, Listing], today: date) -> list[Ranked]:
    """All others, but those of the same owner."""
    return ranker.rank(
        document,
        today=today,
        k=len(market),
        candidates=len(market),
        accepts=lambda other: market[other.id].owner_id != row.owner_id,
    )


def _fit(documents: list[Document]) -> Ranker:
    """The capabilities with the words of the whole shelf, and with the model that matches it."""
    whole = fitted().ranker
    corpus = Corpus.build(
        documents,
        reference=whole.model.reference,
        synonyms=directory.synonym_groups(),
        space=whole.corpus.space,
    )
    return Ranker(corpus, whole.model, weights=whole.weights)


def _offers(rows: Iterable[Listing]) -> list[Document]:
    """What each can do: its public text, field and cluster. Place and price say nothing about a partner."""
    uids: dict[str, list[UUID]] = {}
    for row in rows:
        uids.setdefault(row.kind, []).append(row.uid)
    loaded = [
        document
        for kind, keys in uids.items()
        for start in range(0, len(keys), AT_ONCE)
        for document in matchables[kind].load(keys[start : start + AT_ONCE])
    ]
    made = to_documents(loaded)
    return [
        replace(d, side=Side.ACHIEVEMENT, profile=Profile(fields=d.profile.fields, clusters=d.profile.clusters))
        for d in made
    ]


def _seekers(offers: Iterable[Document]) -> list[Document]:
    """What each looks for: what it says of partners, else what it can do itself."""
    wishes: dict[str, str] = {}
    for kind in listings.partner_kinds():
        said = listings.sought_texts(kind, listings.published_uids(kind))
        wishes |= {str(uid): text for uid, text in said.items()}
    return [replace(_asked(d, wishes.get(d.id, "")), side=Side.NEED) for d in offers]


def _asked(document: Document, wish: str) -> Document:
    if not wish:
        return document
    first, _line, rest = wish.partition("\n")
    title, body = (first.strip(), rest.strip()) if len(first) <= TITLE_LENGTH else ("", wish)
    return replace(document, title=title, body=body)
