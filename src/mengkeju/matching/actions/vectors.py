"""What the worker keeps of a listing's text so that a web request can tell how alike two are, and near-duplicates."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakSet

import numpy as np
from django.db import transaction
from django.db.models import Q
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from mengkeju.listings.models import Listing
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine import hashed, judged, latent
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.space import Space, clipped
from mengkeju.matching.models import Alike, Feedback, ListingVector, Outcome, sides

BODY_KEPT = 256
AT_ONCE = 2000
FIELDS = ["side", "title", "body", "stage", "latent", "space"]
Packed = tuple[int, bytes | memoryview, bytes | memoryview]


_followed: "WeakSet[Space]" = WeakSet()
"""The latent spaces of this process that the stored rows have been brought to."""


@dataclass(frozen=True)
class _Rows:
    """Documents with their rows as the space has them. `space` is empty where it is too small for latent rows."""

    documents: Sequence[Document]
    terms: Sequence[str]
    titles: csr_matrix
    bodies: csr_matrix
    latent: NDArray[np.float32]
    space: str


def space_of(corpus: Corpus) -> str:
    """The latent space whose rows are kept; empty for one of so few directions that its cosines say little."""
    return corpus.space.digest if corpus.space.latent.dims >= limits().latent_from else ""


def keep(corpus: Corpus, side: Side, only: Container[str] | None = None) -> int:
    """Write the vectors of a side's shelf (or of these ids of it) where they changed; returns how many did."""
    shelf, terms = corpus.shelves[side], corpus.space.chars.terms
    at = [row for row, document in enumerate(shelf.documents) if only is None or document.id in only]
    if not at:
        return 0
    table, documents = shelf.table, [shelf.documents[row] for row in at]
    return _keep(
        _Rows(documents, terms, table.title_chars[at], table.body_chars[at], table.title_latent[at], space_of(corpus))
    )


def keep_one(corpus: Corpus, document: Document) -> int:
    """Write the vector of one document, which need not be on the fitted shelf, if it changed."""
    title, body = clipped(document)
    chars = corpus.space.chars
    row = chars.transform([title])
    found = corpus.space.latent.transform(row)
    return _keep(_Rows([document], chars.terms, row, chars.transform([body]), found, space_of(corpus)))


def follow_space(corpus: Corpus) -> int:
    """Bring all latent rows to the space of a corpus fitted anew; returns how many were written. Once for each fit.

    In portions, each a transaction: meanwhile rows of two spaces stand side by side, and `judged` compares those of
    different ones by their n-grams. Other processes fit the same space from the same texts, so none undoes another's.
    """
    if corpus.space in _followed:
        return 0
    written = sum(_follow(corpus, side) for side in Side)
    _followed.add(corpus.space)
    return written


def _follow(corpus: Corpus, side: Side) -> int:
    shelf, space, size, written = corpus.shelves[side], space_of(corpus), limits().portion, 0
    for start in range(0, len(shelf.documents), size):
        at = {document.id: row for row, document in enumerate(shelf.documents[start : start + size], start)}
        stale = ListingVector.objects.filter(listing__uid__in=list(at)).exclude(space=space)
        rows = [
            ListingVector(listing_id=pk, space=space, latent=_latent(shelf.table.title_latent[at[str(uid)]], space))
            for pk, uid in stale.order_by("pk").values_list("pk", "listing__uid")
        ]
        with transaction.atomic():
            written += ListingVector.objects.bulk_update(rows, ["space", "latent"]) if rows else 0
    return written


def _latent(row: NDArray[np.float32], space: str) -> bytes:
    return latent.pack(row) if space else b""


def _keep(found: _Rows) -> int:
    written, size = 0, limits().portion
    for start in range(0, len(found.documents), size):
        portion = found.documents[start : start + size]
        listings = Listing.objects.filter(uid__in=[d.id for d in portion]).values_list("uid", "pk")
        ids = {str(uid): pk for uid, pk in listings}
        before = {row.pk: row for row in ListingVector.objects.filter(pk__in=ids.values())}
        rows = [_row(ids[document.id], found, at) for at, document in enumerate(portion, start) if document.id in ids]
        fresh = [row for row in rows if not _same(row, before.get(row.pk))]
        with transaction.atomic():
            ListingVector.objects.bulk_create(
                fresh, update_conflicts=True, unique_fields=["listing"], update_fields=FIELDS
            )
        written += len(fresh)
    return written


def _row(key: int, found: _Rows, at: int) -> ListingVector:
    document = found.documents[at]
    stage = document.profile.maturity
    return ListingVector(
        listing_id=key,
        side=document.side.value,
        title=hashed.pack(found.titles[at], found.terms),
        body=hashed.pack(found.bodies[at], found.terms, BODY_KEPT),
        stage=stage.value if stage is not None else "",
        latent=_latent(found.latent[at], found.space),
        space=found.space,
    )


def _same(row: ListingVector, before: ListingVector | None) -> bool:
    """Whether nothing changed; the last bit of a latent row may differ from one fit of a space to the next."""
    return before is not None and all(
        _plain(getattr(row, n)) == _plain(getattr(before, n)) for n in FIELDS if n != "latent"
    )


def _plain(value: str | bytes | memoryview) -> str | bytes:
    return value if isinstance(value, str) else bytes(value)


def without(keys: Iterable[int]) -> set[int]:
    """Of these listings those that have no vector yet."""
    wanted = set(keys)
    return wanted - set(ListingVector.objects.filter(pk__in=wanted).values_list("pk", flat=True))


def judged_listings(side: str) -> set[int]:
    """The listings of a side from whose list something was said or done."""
    said = Feedback.objects.filter(side=side, withdrawn_at=None).values_list(f"proposal__{side}_id", flat=True)
    done = Outcome.objects.filter(Q(step="signed") | Q(side=side, step="intention"))
    return {*said, *done.values_list(f"proposal__{side}_id", flat=True)}


def link(listing: Listing) -> set[int]:
    """Note a listing's near-duplicates of its side, as far as one of the two was judged; those of before and of now."""
    before = set(Alike.objects.filter(one=listing).values_list("other", flat=True))
    own, side = ListingVector.objects.filter(pk=listing.pk).first(), sides(listing)[0]
    if own is None:
        return before
    known = judged_listings(side)
    rows = ListingVector.objects.filter(side=side, listing__state="published").exclude(pk=listing.pk)
    if listing.pk not in known:
        rows = rows.filter(pk__in=known)
    found = set(_alike(own, rows.values_list("pk", "title", "body").iterator(chunk_size=AT_ONCE)))
    with transaction.atomic():
        Alike.objects.filter(Q(one=listing) | Q(other=listing)).exclude(one__in=found).exclude(other__in=found).delete()
        pairs = [
            Alike(one_id=a, other_id=b) for key in sorted(found) for a, b in ((listing.pk, key), (key, listing.pk))
        ]
        Alike.objects.bulk_create(pairs, ignore_conflicts=True)
    return before | found


def _alike(own: ListingVector, rows: Iterable[Packed]) -> Iterator[int]:
    rule, portion = judged.settings().sharing, list[Packed]()
    title, body = bytes(own.title), bytes(own.body)

    def near() -> Iterator[int]:
        by_title = hashed.cosines(title, [bytes(row[1]) for row in portion]) > rule.title_alike
        by_body = hashed.cosines(body, [bytes(row[2]) for row in portion]) > rule.body_alike
        yield from (row[0] for row, hit in zip(portion, np.logical_or(by_title, by_body), strict=True) if hit)

    for row in rows:
        portion.append(row)
        if len(portion) == AT_ONCE:
            yield from near()
            portion.clear()
    if portion:
        yield from near()
