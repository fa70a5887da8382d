"""A list set in order by what was said on it, at once: within the request, without the fitted shelf.

The worker calls the same function after it has written the pairs without judgements, so both always agree.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction

from mengkeju.listings.models import Listing
from mengkeju.matching.actions import store
from mengkeju.matching.engine import judged
from mengkeju.matching.engine.judged import Entry, Lesson
from mengkeju.matching.models import ListingVector, Proposal, sides
from mengkeju.matching.queries import judgements
from mengkeju.matching.queries.judgements import OTHER_SIDE, Word

Vector = tuple[bytes, str, bytes, str]
"""Title, stage, latent row, its space."""


@transaction.atomic
def rerank(listing: Listing) -> bool:
    """Apply all judgements to a listing's list: band, level and place of each. May run twice.

    False when something is missing that only the worker can make: then what is there is used. Nothing leaves the list
    here. Who writes a judgement locks the listing first (`lock`), so that of two each sees the other's.
    """
    side, rank = sides(listing)
    lock(listing)
    listed = Proposal.objects.filter(**{side: listing, f"{rank}__isnull": False}, retired_at=None)
    rows = list(listed.select_for_update().order_by("need_id", "achievement_id"))  # as `store.write` takes them
    fields = [rank, f"{side}_expected", f"{side}_band", f"{side}_judged"]
    before = {row.pk: [getattr(row, name) for name in fields] for row in rows}
    words = judgements.lessons_for(listing, side)
    ends = {row.pk: getattr(row, f"{OTHER_SIDE[side]}_id") for row in rows}
    vectors = vectors_of({*ends.values(), *(word.other for word in words)}) if words else {}
    kept = taught_by(words, vectors)
    entries = [entry_of(ends[row.pk], row.base, vectors) for row in rows]
    _apply(side, rows, entries, kept)
    for place, row in enumerate(_in_order(rows, side, ends), 1):
        setattr(row, rank, place)
    Proposal.objects.bulk_update([r for r in rows if [getattr(r, name) for name in fields] != before[r.pk]], fields)
    return not words or (len(kept) == len(words) and None not in entries)


def lock(listing: Listing) -> None:
    """Hold the listing until the transaction ends: two judgements on one list come one after the other."""
    Listing.objects.select_for_update().filter(pk=listing.pk).values_list("pk", flat=True).first()


def _apply(
    side: str, rows: Sequence[Proposal], entries: Sequence[Entry | None], kept: Sequence[tuple[Word, Lesson]]
) -> None:
    there = [entry for entry in entries if entry is not None]
    moved = iter(judged.learn(there, [lesson for _word, lesson in kept]))
    for row, entry in zip(rows, entries, strict=True):
        found = next(moved) if entry is not None else None
        parts = found.parts if found is not None else ()
        words = [kept[at][0] for at, _value in parts]
        stored = [
            [word.source, word.pk, word.acts_on, value, not word.own]
            for word, (_at, value) in zip(words, parts, strict=True)
        ]
        setattr(row, f"{side}_judged", stored)
        setattr(row, f"{side}_expected", round(found.expected, 6) if found is not None and parts else None)
        setattr(row, f"{side}_band", found.band if found is not None and parts else None)


def _in_order(rows: Sequence[Proposal], side: str, ends: Mapping[int, int]) -> list[Proposal]:
    """As `store.places` puts them: the best first, near-identical proposals of one holder after others."""
    best = sorted(rows, key=lambda row: (-_standing(row, side), ends[row.pk]))
    proposed = {ends[row.pk]: row for row in best if _band(row, side)}
    weak = [row for row in best if not _band(row, side)]
    return [*(proposed[key] for key in store.in_order(list(proposed), store.names(proposed))), *weak]


def _band(row: Proposal, side: str) -> str:
    moved = getattr(row, f"{side}_band")
    return row.band if moved is None else str(moved)


def _standing(row: Proposal, side: str) -> float:
    moved = getattr(row, f"{side}_expected")
    return row.expected if moved is None else float(moved)


def vectors_of(keys: Collection[int]) -> dict[int, Vector]:
    """What is kept of some listings' texts, as far as it is."""
    rows = ListingVector.objects.filter(pk__in=keys).values_list("pk", "title", "stage", "latent", "space")
    return {pk: (bytes(title), stage, bytes(latent), space) for pk, title, stage, latent, space in rows}


def entry_of(key: int, stored: dict[str, Any], vectors: dict[int, Vector]) -> Entry | None:
    """A listing with its pair's stored base; None when something is missing that the worker makes."""
    base = judgements.base_of(stored)
    if base is None or key not in vectors:
        return None
    title, stage, latent, space = vectors[key]
    return Entry(key, title, stage, base, latent, space)


def taught_by(words: Sequence[Word], vectors: dict[int, Vector]) -> list[tuple[Word, Lesson]]:
    """The words with what each teaches, without those for which something is missing."""
    lessons = [_lesson(word, vectors) for word in words]
    return [(word, lesson) for word, lesson in zip(words, lessons, strict=True) if lesson is not None]


def _lesson(word: Word, vectors: dict[int, Vector]) -> Lesson | None:
    entry = entry_of(word.other, word.base, vectors)
    if entry is None:
        return None
    lesson = Lesson(entry, word.acts_on, word.strength)
    return lesson if word.own else judged.weaker(lesson)


def rerank_taught(side: str, listings: Collection[int] | None = None) -> int:
    """Set in order those lists, of some listings or of all, that judgements move; returns how many."""
    keys = sorted(judgements.taught(side, listings))
    for listing in Listing.objects.filter(pk__in=keys).iterator():
        rerank(listing)
    return len(keys)
