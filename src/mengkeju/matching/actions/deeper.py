"""A list that lost most of its proposals to 暂不考虑 is searched deeper: by the worker, never in a web request.

What is added is what stays in a band with all that was said on the list. It is bounded by `limits.wanted_in_bands`
and `limits.deeper`, and adds nothing when it runs again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from mengkeju.kernel import clock
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import vectors
from mengkeju.matching.actions.rerank import entry_of, rerank, taught_by, vectors_of
from mengkeju.matching.actions.shelf import Fitted, document_of, fitted
from mengkeju.matching.actions.store import Pair, Placed, Scored, scored, write
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine import judged
from mengkeju.matching.engine.documents import Document
from mengkeju.matching.models import Feedback, Proposal, sides
from mengkeju.matching.queries import judgements
from mengkeju.matching.queries.judgements import OTHER_SIDE


def deepen(listing: Listing, *, now: datetime) -> int:
    """Fill a listing's list up to the wanted number of open proposals; returns how many were added.

    0 when it has enough, was never judged, or the shelf holds nothing more that fits.
    """
    wanted = short_by(listing)
    document = document_of(listing) if wanted else None
    if document is None:
        return 0
    shelf = fitted(document.side.other, market=document.market)
    further = _further(listing, document, shelf, now)
    chosen = _best(listing, further, wanted)
    if not chosen:
        return 0
    write(_placed(listing, {key: further[key] for key in chosen}), now=now)
    rerank(listing)
    return len(chosen)


def short_by(listing: Listing) -> int:
    """How many open proposals a listing's list lacks because of rejections; 0 where nobody rejected any. Two queries.

    Open here: in a band with the judgements made on the list, and set aside by nobody from it.
    """
    side = sides(listing)[0]
    if not side or not _aside(side, listing).exists():
        return 0
    band, own = f"{side}_band", f"{side}_rank__isnull"
    there = Proposal.objects.filter(**{side: listing, own: False}, retired_at=None)
    shut = Q(**{band: ""}) | Q(**{band: None}, band="")
    left = there.exclude(shut).exclude(pk__in=_aside(side, listing).values("proposal")).count()
    return max(0, limits().wanted_in_bands - left)


def deepen_taught(side: str, *, now: datetime) -> int:
    """The same for every list of a side that was judged; returns how many proposals were added."""
    keys = sorted(vectors.judged_listings(side))
    return sum(deepen(row, now=now) for row in Listing.objects.filter(pk__in=keys).order_by("pk").iterator())


def _aside(side: str, listing: Listing) -> QuerySet[Feedback]:
    return Feedback.objects.filter(side=side, verdict="aside", withdrawn_at=None, **{f"proposal__{side}": listing})


def _further(listing: Listing, document: Document, shelf: Fitted, now: datetime) -> dict[int, Scored]:
    """The best in a band that are not on the list, by the other listing's id, with their vectors kept."""
    side, other = document.side.value, document.side.other
    ranked = [r for r in shelf.ranker.rank(document, today=clock.today(now), k=limits().deeper) if r.band]
    ids = {str(u): pk for u, pk in _published(r.id for r in ranked)}
    listed = Proposal.objects.filter(**{side: listing, f"{side}_rank__isnull": False}, retired_at=None)
    there = set(listed.values_list(f"{other.value}_id", flat=True))
    found = {ids[r.id]: scored(r) for r in ranked if r.id in ids and ids[r.id] not in there}
    missing = Listing.objects.filter(pk__in=vectors.without(found)).values_list("uid", flat=True)
    vectors.keep(shelf.ranker.corpus, other, {str(uid) for uid in missing})
    return found


def _published(uids: Iterable[str]) -> Iterable[tuple[object, int]]:
    return Listing.objects.filter(uid__in=list(uids), state="published", archived_at=None).values_list("uid", "pk")


def _best(listing: Listing, further: dict[int, Scored], wanted: int) -> set[int]:
    """The best that stay in a band, as many as are wanted; and what was set aside before, so that it is seen."""
    side = sides(listing)[0]
    words = judgements.lessons_for(listing, side)
    known = vectors_of({*further, *(word.other for word in words)})
    lessons = [lesson for _word, lesson in taught_by(words, known)]
    entries = [entry for key, score in sorted(further.items()) if (entry := entry_of(key, score.base, known))]
    aside = set(_aside(side, listing).values_list(f"proposal__{OTHER_SIDE[side]}_id", flat=True))
    moved = zip(entries, judged.learn(entries, lessons), strict=True)
    fit = [(-found.expected, entry.key) for entry, found in moved if found.band and entry.key not in aside]
    best = {key for _level, key in sorted(fit)[:wanted]}
    return best | (aside & further.keys()) if best else set()


def _placed(listing: Listing, chosen: dict[int, Scored]) -> dict[Pair, Placed]:
    """At the end of the list, in order; a pair that stands on the other's list keeps its place there."""
    side, rank = sides(listing)
    other = OTHER_SIDE[side]
    rows = Proposal.objects.filter(**{side: listing}, retired_at=None)
    there = dict(rows.filter(**{f"{other}__in": set(chosen)}).values_list(f"{other}_id", f"{other}_rank"))
    last = max(_ranks(rows, rank), default=0)
    order = sorted(chosen, key=lambda key: (-chosen[key].expected, key))
    placed: dict[Pair, Placed] = {}
    for at, key in enumerate(order, last + 1):
        pair, ranks = ((listing.pk, key), (at, there.get(key))) if side == "need" else (
            (key, listing.pk), (there.get(key), at),
        )  # fmt: skip
        placed[pair] = Placed(chosen[key], *ranks)
    return placed


def _ranks(rows: QuerySet[Proposal], rank: str) -> Collection[int]:
    return list(rows.filter(**{f"{rank}__isnull": False}).values_list(rank, flat=True))
