"""Writing proposals: places on both lists, in portions; a pair on neither list is retired."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from mengkeju.listings.models import Listing
from mengkeju.matching.actions.reasons import in_reasons
from mengkeju.matching.definitions import FORGOTTEN, limits
from mengkeju.matching.engine.judged import MATURITY
from mengkeju.matching.engine.ranker import Ranked
from mengkeju.matching.engine.structured import settings
from mengkeju.matching.engine.variety import Held, varied
from mengkeju.matching.models import Feedback, Proposal
from mengkeju.matching.queries.order import held_of

Pair = tuple[int, int]
SIDES = ("need", "achievement")
AT_ONCE = 1000


@dataclass(frozen=True)
class Scored:
    """What the engine says of one pair, ready to be stored."""

    expected: float
    chances: tuple[float, float, float]
    band: str
    reasons: dict[str, Any]
    model_version: str
    base: dict[str, Any]


@dataclass(frozen=True)
class Placed:
    """A score with its places on the need's and on the achievement's list; None = not on that list."""

    score: Scored
    need_rank: int | None = None
    achievement_rank: int | None = None


def scored(ranked: Ranked) -> Scored:
    """The engine's answer as it is stored; words that follow from keys are looked up when read."""
    p2, p3, p4 = (round(p, 6) for p in ranked.probabilities)
    return Scored(
        expected=round(ranked.expected, 6),
        chances=(p2, p3, p4),
        band=ranked.band.key if ranked.band else "",
        reasons=in_reasons(ranked),
        model_version=ranked.model_version,
        base={"score": ranked.score, "cuts": list(ranked.cuts), **_shares(ranked)},
    )


def _shares(ranked: Ranked) -> dict[str, float]:
    """How far the two signals that judgements may weigh differently speak for the pair, −1 to 1."""
    full = {kind.key: kind.weight for kind in settings().kinds}
    found = {c.key: c.value / full[c.key] for c in ranked.contributions if c.key in {MATURITY, "budget"}}
    return {MATURITY: 0.0, "budget": 0.0, **found}


def places(rows: Iterable[tuple[int, float, str]], named: Mapping[int, Held], grown: int = 0) -> dict[int, int]:
    """Which of (key, expected, band) stand on a listing's list, and where from 1: see `in_order`.

    None falls off the list because an entry that differs more came before it: then the list is longer. `grown`: how
    many in a band the list has had since it was searched deeper (`actions.deeper`); it keeps as many.
    """
    best = [(key, band) for key, _expected, band in sorted(rows, key=lambda row: (-row[1], row[0]))]
    proposed, weak = [key for key, band in best if band], [key for key, band in best if not band]
    ordered, size = in_order(proposed, named), max(limits().proposals_per_listing, grown)
    kept = {*proposed[:size], *ordered[: min(size, limits().varied_first)]}
    chosen = [*(key for key in ordered if key in kept), *weak[: limits().weak_per_listing]]
    return {key: at for at, key in enumerate(chosen, 1)}


def in_order(best: Sequence[int], named: Mapping[int, Held]) -> list[int]:
    """The proposals of one list, given the best first: near-identical ones of one holder stand back."""
    entries = [named.get(key, Held("", "")) for key in best]
    return [best[at] for at in varied(entries, first=limits().varied_first, least=limits().titles_alike)]


def names(keys: Collection[int]) -> dict[int, Held]:
    """Holder and title of listings, by key; one query for a thousand."""
    wanted, found = sorted(keys), dict[int, Held]()
    for start in range(0, len(wanted), AT_ONCE):
        rows = Listing.objects.filter(pk__in=wanted[start : start + AT_ONCE])
        found |= {row.pk: held_of(row) for row in rows.only("pk", "title", "owner_id", "owner_note")}
    return found


def place_all(found: dict[Pair, Scored]) -> dict[Pair, Placed]:
    """Places of all pairs on both sides' lists; pairs on neither are left out."""
    ranks: tuple[dict[Pair, int], dict[Pair, int]] = ({}, {})
    named = names({key for pair in found for key in pair})
    for at in (0, 1):
        by_listing: dict[int, list[tuple[int, float, str]]] = {}
        for pair, score in found.items():
            by_listing.setdefault(pair[at], []).append((pair[1 - at], score.expected, score.band))
        for listing, rows in by_listing.items():
            for other, rank in places(rows, named).items():
                ranks[at][(listing, other) if at == 0 else (other, listing)] = rank
    listed = ranks[0].keys() | ranks[1].keys()
    return {pair: Placed(found[pair], ranks[0].get(pair), ranks[1].get(pair)) for pair in listed}


def place_one(side: str, listing: int, found: dict[int, Scored], *, now: datetime) -> dict[Pair, Placed]:
    """Places after one listing was ranked; the lists of the others it meets or leaves are set right at once.

    `found`: score by the other listing's id. Pairs of the others that fall off both lists are retired here.
    """
    own, other = f"{side}_id", f"{SIDES[1 - SIDES.index(side)]}_id"
    own_rank, other_rank = f"{side}_rank", f"{SIDES[1 - SIDES.index(side)]}_rank"
    before = Proposal.objects.filter(**{own: listing}, retired_at=None).values_list(other, flat=True)
    touched = set(before) | set(found)
    lists: dict[int, list[tuple[int, float, str]]] = {key: [] for key in touched}
    stored: dict[tuple[int, int], Proposal] = {}
    rows = Proposal.objects.filter(**{f"{other}__in": touched}, retired_at=None).exclude(**{own: listing})
    for row in rows.only("pk", "need_id", "achievement_id", "need_rank", "achievement_rank", "expected", "band"):
        at, key = getattr(row, other), getattr(row, own)
        lists[at].append((key, row.expected, row.band))
        stored[at, key] = row
    for key, score in found.items():
        lists[key].append((listing, score.expected, score.band))
    named = names({listing, *found, *(key for _at, key in stored)})
    grown = _grown(SIDES[1 - SIDES.index(side)], touched)
    there = {at: places(rows, named, grown.get(at, 0)) for at, rows in lists.items()}
    here = places(((key, score.expected, score.band) for key, score in found.items()), named)
    moved = [row for (at, key), row in stored.items() if getattr(row, other_rank) != there[at].get(key)]
    for row in moved:
        setattr(row, other_rank, there[getattr(row, other)].get(getattr(row, own)))
        if getattr(row, own_rank) is None and getattr(row, other_rank) is None:
            row.retired_at = now
    for start in range(0, len(moved), limits().portion):
        Proposal.objects.bulk_update(moved[start : start + limits().portion], [other_rank, "retired_at"])
    gone = [row.pk for row in moved if row.retired_at is not None]
    for start in range(0, len(gone), limits().portion):
        Proposal.objects.filter(pk__in=gone[start : start + limits().portion]).update(reasons=FORGOTTEN)
    placed: dict[Pair, Placed] = {}
    for key, score in found.items():
        mine, theirs = here.get(key), there[key].get(listing)
        if mine is not None or theirs is not None:
            pair, ranks = ((listing, key), (mine, theirs)) if side == "need" else ((key, listing), (theirs, mine))
            placed[pair] = Placed(score, *ranks)
    return placed


def _grown(side: str, listings: Iterable[int]) -> dict[int, int]:
    """Of these listings those with rejections on their list: how many in a band stand there. One query."""
    said = Feedback.objects.filter(side=side, verdict="aside", withdrawn_at=None)
    there = Proposal.objects.filter(
        **{f"{side}__in": set(listings), f"{side}_rank__isnull": False}, retired_at=None
    ).exclude(band="")
    rejected = there.filter(**{f"{side}__in": said.values(f"proposal__{side}")})
    return dict(rejected.order_by().values_list(side).annotate(Count("pk")))


def write(placed: dict[Pair, Placed], *, now: datetime, progress: Callable[[int], None] | None = None) -> int:
    """Insert or update pairs, at most `portion` per transaction; pairs no longer published are left out."""
    pairs, written = sorted(placed), 0
    for start in range(0, len(pairs), limits().portion):
        portion = pairs[start : start + limits().portion]
        with transaction.atomic():
            ids = {key for pair in portion for key in pair}
            areas = dict(
                Listing.objects.filter(pk__in=ids, state="published", archived_at=None).values_list("pk", "area")
            )
            rows = [_row(pair, placed[pair], areas[pair[0]], now) for pair in portion if areas.keys() >= set(pair)]
            Proposal.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["need", "achievement"],
                update_fields=[
                    "need_rank",
                    "achievement_rank",
                    "expected",
                    "p2",
                    "p3",
                    "p4",
                    "band",
                    "reasons",
                    "base",
                    "model_version",
                    "computed_at",
                    "retired_at",
                    "area",
                ],
            )
        written += len(rows)
        if progress is not None:
            progress(len(portion))
    return written


def _row(pair: Pair, place: Placed, area: str, now: datetime) -> Proposal:
    p2, p3, p4 = place.score.chances
    return Proposal(
        need_id=pair[0],
        achievement_id=pair[1],
        need_rank=place.need_rank,
        achievement_rank=place.achievement_rank,
        expected=place.score.expected,
        p2=p2,
        p3=p3,
        p4=p4,
        band=place.score.band,
        reasons=place.score.reasons,
        base=place.score.base,
        model_version=place.score.model_version,
        area=area,
        created_at=now,
        computed_at=now,
        retired_at=None,
    )
