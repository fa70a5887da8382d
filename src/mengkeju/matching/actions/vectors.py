"""What the worker keeps of a listing's text so that a web request can tell how alike two are, and near-duplicates."""

from collections.abc import Container, Iterable, Iterator, Sequence

import numpy as np
from django.db import transaction
from django.db.models import Q
from scipy.sparse import csr_matrix

from mengkeju.listings.models import Listing
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine import hashed, judged
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.space import clipped
from mengkeju.matching.models import Alike, Feedback, ListingVector, Outcome, sides

BODY_KEPT = 256
AT_ONCE = 2000
FIELDS = ["side", "title", "body", "stage"]
Packed = tuple[int, bytes | memoryview, bytes | memoryview]


def keep(corpus: Corpus, side: Side, only: Container[str] | None = None) -> int:
    """Write the vectors of a side's shelf (or of these ids of it) where they changed; returns how many did."""
    shelf, terms = corpus.shelves[side], corpus.space.chars.terms
    at = [row for row, document in enumerate(shelf.documents) if only is None or document.id in only]
    documents = [shelf.documents[row] for row in at]
    return _keep(documents, terms, shelf.table.title_chars[at], shelf.table.body_chars[at]) if at else 0


def keep_one(corpus: Corpus, document: Document) -> int:
    """Write the vector of one document, which need not be on the fitted shelf, if it changed."""
    title, body = clipped(document)
    chars = corpus.space.chars
    return _keep([document], chars.terms, chars.transform([title]), chars.transform([body]))


def _keep(documents: Sequence[Document], terms: Sequence[str], titles: csr_matrix, bodies: csr_matrix) -> int:
    written, size = 0, limits().portion
    for start in range(0, len(documents), size):
        portion = documents[start : start + size]
        listings = Listing.objects.filter(uid__in=[d.id for d in portion]).values_list("uid", "pk")
        ids = {str(uid): pk for uid, pk in listings}
        before = {row.pk: row for row in ListingVector.objects.filter(pk__in=ids.values())}
        rows = [
            _row(ids[document.id], document, terms, (titles[at], bodies[at]))
            for at, document in enumerate(portion, start)
            if document.id in ids
        ]
        fresh = [row for row in rows if not _same(row, before.get(row.pk))]
        with transaction.atomic():
            ListingVector.objects.bulk_create(
                fresh, update_conflicts=True, unique_fields=["listing"], update_fields=FIELDS
            )
        written += len(fresh)
    return written


def _row(key: int, document: Document, terms: Sequence[str], rows: tuple[csr_matrix, csr_matrix]) -> ListingVector:
    stage = document.profile.maturity
    return ListingVector(
        listing_id=key,
        side=document.side.value,
        title=hashed.pack(rows[0], terms),
        body=hashed.pack(rows[1], terms, BODY_KEPT),
        stage=stage.value if stage is not None else "",
    )


def _same(row: ListingVector, before: ListingVector | None) -> bool:
    return before is not None and all(_plain(getattr(row, n)) == _plain(getattr(before, n)) for n in FIELDS)


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
