"""What the worker keeps of a listing's text so that a web request can tell how alike two are, and near-duplicates."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from django.db import transaction
from django.db.models import Q

from mengkeju.listings.models import Listing
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine import hashed, judged
from mengkeju.matching.engine.documents import Document
from mengkeju.matching.engine.space import Space, clipped
from mengkeju.matching.models import Alike, Feedback, ListingVector, Outcome, sides

BODY_KEPT = 256
AT_ONCE = 2000
Packed = tuple[int, bytes | memoryview, bytes | memoryview]


def keep(space: Space, documents: Sequence[Document]) -> int:
    """Write the vectors of documents where they changed; returns how many did."""
    written, size = 0, limits().portion
    for start in range(0, len(documents), size):
        portion = documents[start : start + size]
        ids = {
            str(uid): pk for uid, pk in Listing.objects.filter(uid__in=[d.id for d in portion]).values_list("uid", "pk")
        }
        there = [d for d in portion if d.id in ids]
        before = {row.pk: row for row in ListingVector.objects.filter(pk__in=ids.values())}
        fresh = [row for row in _rows(space, there, ids) if not _same(row, before.get(row.pk))]
        with transaction.atomic():
            ListingVector.objects.bulk_create(
                fresh,
                update_conflicts=True,
                unique_fields=["listing"],
                update_fields=["side", "title", "body", "stage"],
            )
        written += len(fresh)
    return written


def _rows(space: Space, documents: Sequence[Document], ids: dict[str, int]) -> Iterator[ListingVector]:
    texts = [clipped(document) for document in documents]
    titles, bodies = (space.chars.transform([text[part] for text in texts]) for part in (0, 1))
    for at, document in enumerate(documents):
        stage = document.profile.maturity
        yield ListingVector(
            listing_id=ids[document.id],
            side=document.side.value,
            title=hashed.pack(titles[at], space.chars.terms),
            body=hashed.pack(bodies[at], space.chars.terms, BODY_KEPT),
            stage=stage.value if stage is not None else "",
        )


def _same(row: ListingVector, before: ListingVector | None) -> bool:
    return before is not None and all(
        _plain(getattr(row, name)) == _plain(getattr(before, name)) for name in ("side", "title", "body", "stage")
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
