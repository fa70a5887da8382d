"""Firms of different cities that could help each other: one's need, the other's offer; mutual pairs first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, F, Max, Q, QuerySet

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor
from mengkeju.listings import queries as listings
from mengkeju.listings.queries import Presented
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import proposals
from mengkeju.matching.queries.complement import CUTS, Asked, Cities, answered, terms_of

FIRM = "enterprise"
SHOWN = 3
"""So many proposals of a pair are shown in each direction; the rest is counted."""


@dataclass(frozen=True)
class FirmPair:
    """Two firms (keys in order), how many proposals lead from the first's needs to the second's offers, and back."""

    first: int
    second: int
    there: int
    back: int
    best: float

    @property
    def mutual(self) -> bool:
        """Each has a need that the other could answer."""
        return bool(self.there and self.back)

    @property
    def count(self) -> int:
        """Proposals in both directions."""
        return self.there + self.back


def _between(actor: Actor, asked: Asked, known: Cities) -> QuerySet[Proposal]:
    rows = answered(actor).filter(known.across(), need__owner__kind=FIRM, achievement__owner__kind=FIRM)
    if asked.city:
        rows = rows.filter(need__area__in=known.codes.get(asked.city, ()))
    for name in CUTS:
        if wanted := getattr(asked, name):
            rows = rows.filter(**{f"need__{name}__in": terms_of(name, wanted)})
    return rows.exclude(need__owner=F("achievement__owner"))


def firm_pairs(actor: Actor, asked: Asked, known: Cities) -> list[FirmPair]:
    """All pairs the reader may know of, mutual ones first, then the best; `asked` speaks of the needs. One query."""
    if not known.enough:
        return []
    rows = _between(actor, asked, known)
    counted = rows.order_by().values_list("need__owner", "achievement__owner")
    found: dict[tuple[int, int], list[tuple[bool, int, float]]] = {}
    for asks, offers, best, n in counted.annotate(best=Max("expected"), n=Count("pk")):
        key = (min(asks, offers), max(asks, offers))
        found.setdefault(key, []).append((asks == key[0], n, best))
    made = [
        FirmPair(
            *key,
            there=sum(n for first, n, _best in ways if first),
            back=sum(n for first, n, _best in ways if not first),
            best=max(best for _first, _n, best in ways),
        )
        for key, ways in found.items()
    ]
    return sorted(made, key=lambda pair: (not pair.mutual, -pair.best, pair.first, pair.second))


@dataclass(frozen=True)
class Way:
    """One proposal between two firms: the asker's need and the other's offer, as the reader may see them."""

    proposal: Proposal
    need: Presented
    offer: Presented


@dataclass(frozen=True)
class FirmPairing:
    """Two firms with the best proposals between them. `more`: those not shown."""

    pair: FirmPair
    first: Organisation
    second: Organisation
    ways: tuple[Way, ...]
    more: int


def firm_pairings(actor: Actor, rows: Sequence[FirmPair], asked: Asked, known: Cities) -> list[FirmPairing]:
    """The pairs with their firms and proposals under the same filter; a constant number of queries."""
    if not rows:
        return []
    firms = Organisation.objects.in_bulk({key for row in rows for key in (row.first, row.second)})
    either = [
        Q(need__owner=one, achievement__owner=other)
        for row in rows
        for one, other in ((row.first, row.second), (row.second, row.first))
    ]
    wanted = _between(actor, asked, known).filter(reduce(or_, either)).order_by("-expected", "pk")
    taken: dict[tuple[int, int], list[int]] = {}
    for pk, asks, offers in wanted.values_list("pk", "need__owner", "achievement__owner"):
        kept = taken.setdefault((asks, offers), [])
        kept += [pk] if len(kept) < SHOWN else []
    picked = proposals(actor).in_bulk([pk for keys in taken.values() for pk in keys])
    sides = [side for row in picked.values() for side in (row.need, row.achievement)]
    seen = {one.uid: one for one in listings.present_many(sides, actor)}
    made = []
    for row in rows:
        keys = [*taken.get((row.first, row.second), ()), *taken.get((row.second, row.first), ())]
        ways = [Way(p, seen[p.need.uid], seen[p.achievement.uid]) for p in (picked[key] for key in keys)]
        made.append(FirmPairing(row, firms[row.first], firms[row.second], tuple(ways), row.count - len(ways)))
    return made
