"""How a model does in a month: what became of what was shown, how true its chances were, which needs it answers.

Counts only. Who said what of a proposal stays with his organisation; so no number here leads to single answers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.kernel.reasons import REASONS
from mengkeju.kernel.search import matchables
from mengkeju.listings import queries as listings
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import analysis
from mengkeju.matching.engine.judged import ACTING
from mengkeju.matching.engine.outcomes import settings
from mengkeju.matching.models import SIDES, Feedback, Outcome, Proposal, Showing

TAKEN = ("intention", "signed")
ACTING_REASONS = tuple(key for key, reason in REASONS.items() if reason.acts_on in ACTING)
TOPIC = tuple(key for key, reason in REASONS.items() if reason.acts_on == "topic")
DIMENSIONS = ("city", "field")
COLD, WARM = "cold", "warm"


Facts = tuple[bool, bool, bool, bool]
"""Opened, taken up, set aside, set aside for the topic."""
NOTHING: Facts = (False, False, False, False)


@dataclass
class Tally:
    """Proposals at one place, or in one bin: shown, opened, taken up, set aside, set aside for the topic."""

    shown: int = 0
    opened: int = 0
    taken: int = 0
    set_aside: int = 0
    topic: int = 0
    chances: float = 0.0

    def add(self, facts: Facts, chance: float = 0.0) -> None:
        """One more proposal, with its P(level ≥ 3)."""
        opened, taken, set_aside, topic = facts
        self.shown += 1
        self.opened += opened
        self.taken += taken
        self.set_aside += set_aside
        self.topic += topic and not taken
        self.chances += chance if taken or topic else 0.0

    @property
    def answered(self) -> int:
        """Those with a word on the pair itself: taken up, or set aside for the topic."""
        return self.taken + self.topic

    @property
    def share(self) -> float | None:
        """Of the answered the share that was taken up."""
        return self.taken / self.answered if self.answered else None

    @property
    def predicted(self) -> float | None:
        """The mean P(level ≥ 3) of the answered."""
        return self.chances / self.answered if self.answered else None

    @property
    def few(self) -> bool:
        """Whether a share of the answered says little."""
        return self.answered < settings().figures.few


@dataclass(frozen=True)
class Month:
    """Figures of one month and one model; `places` from 1, `bins` of P(level ≥ 3) from 0 up."""

    first: date
    total: Tally
    places: tuple[Tally, ...]
    bins: tuple[Tally, ...]
    by_kind: dict[str, Tally] = field(default_factory=dict)


@dataclass
class _Shown:
    """A proposal as it was shown in a month: what became of it, in all and at each place.

    `current`: its chances are still those of the model that showed it.
    """

    kind: str
    chance: float
    current: bool
    whole: Facts = NOTHING
    places: dict[int, Facts] = field(default_factory=dict)


def month(first: date, version: str, needs: str = "") -> Month:
    """What became of the proposals a model showed to the two sides in a month. One query.

    A proposal counts once at each place it was shown at. `needs`: cold (shown on a list that no judgement had moved
    yet) or warm; "" both.
    """
    figures = settings().figures
    places = tuple(Tally() for _ in range(figures.places))
    bins = tuple(Tally() for _ in range(figures.bins))
    total, by_kind = Tally(), {COLD: Tally(), WARM: Tally()}
    for proposal in _proposals(_showings(first, version)):
        by_kind[proposal.kind].add(proposal.whole, proposal.chance)
        if needs and proposal.kind != needs:
            continue
        total.add(proposal.whole, proposal.chance)
        if proposal.current:
            bins[min(int(proposal.chance * figures.bins), figures.bins - 1)].add(proposal.whole, proposal.chance)
        for rank, facts in proposal.places.items():
            if 1 <= rank <= figures.places:
                places[rank - 1].add(facts)
    return Month(first, total, places, bins, by_kind)


def _of(version: str) -> QuerySet[Showing]:
    return Showing.objects.filter(proposal__need__kind__in=asking(), model_version__startswith=f"{version}+")


def _showings(first: date, version: str) -> QuerySet[Any, Any]:
    """The showings of a month to people of the two owners, with what followed. Brokers and officers do not answer."""
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    own = Q(organisation=F("proposal__need__owner")) | Q(organisation=F("proposal__achievement__owner"))
    of_pair = OuterRef("proposal")
    said = Feedback.objects.filter(proposal=of_pair, withdrawn_at=None, given_at__gte=OuterRef("shown_at"))
    taken = Outcome.objects.filter(proposal=of_pair, step__in=TAKEN, at__gte=OuterRef("shown_at"))
    on_need, on_other = (_judged(side, OuterRef(f"proposal__{side}"), OuterRef("shown_at")) for side in SIDES)
    asker = Q(
        organisation=F("proposal__need__owner")
    )  # of whoever owns both it is not known from which list: the need's
    rows = _of(version).filter(own, day__gte=first, day__lte=last)
    return (
        rows.order_by("proposal_id", "shown_at", "pk")
        .annotate(
            taken=Exists(taken),
            set_aside=Exists(said),
            topic=Exists(said.filter(reason__in=TOPIC)),
            warm=(asker & on_need) | (~asker & on_other),
        )
        .values(
            "proposal_id", "rank", "opened_at", "taken", "set_aside", "topic", "warm", "model_version",
            p3=F("proposal__p3"), computed_by=F("proposal__model_version"),
        )
    )  # fmt: skip


def _judged(side: str, listing: OuterRef, before: OuterRef | None = None) -> Q:
    """Whether a listing's list had judgements that move it: before a moment, as they stood then, or now.

    Said or done on it; what it takes over from near-duplicates is not counted, for nobody notes since when.
    """
    said = Feedback.objects.filter(Q(verdict="suits") | Q(reason__in=ACTING_REASONS), side=side)
    said = said.filter(**{f"proposal__{side}": listing})
    done = Outcome.objects.filter(Q(step="signed") | Q(step="intention", side=side), **{f"proposal__{side}": listing})
    if before is None:
        return Q(Exists(said.filter(withdrawn_at=None))) | Q(Exists(done))
    stood = said.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=before), given_at__lt=before)
    return Q(Exists(stood)) | Q(Exists(done.filter(at__lt=before)))


def _proposals(rows: QuerySet[Any, Any]) -> Iterable[_Shown]:
    """The showings put together by proposal; cold or warm is said by the first of them."""
    found: dict[int, _Shown] = {}
    for row in rows.iterator(chunk_size=5000):
        facts = (row["opened_at"] is not None, row["taken"], row["set_aside"], row["topic"])
        current = row["computed_by"] == row["model_version"]
        shown = found.setdefault(row["proposal_id"], _Shown(WARM if row["warm"] else COLD, row["p3"], current))
        shown.whole = _either(shown.whole, facts)
        shown.places[row["rank"]] = _either(shown.places.get(row["rank"], NOTHING), facts)
    return found.values()


def _either(one: Facts, other: Facts) -> Facts:
    return (one[0] or other[0], one[1] or other[1], one[2] or other[2], one[3] or other[3])


def asking() -> list[str]:
    """The kinds that ask for technology: these figures are of its market alone, the one models learn from."""
    return [kind.key for kind in matchables.values() if kind.side == "need" and kind.market == TECHNOLOGY]


def months(version: str, *, now: datetime) -> list[date]:
    """The months with showings of a model, the newest first, and the present one. One query."""
    rows = _of(version).dates("day", "month", order="DESC")
    this = clock.today(now).replace(day=1)
    return [this, *(day for day in rows if day != this)]


@dataclass(frozen=True)
class Coverage:
    """Needs of one field or city: published, with a proposal in a band; cold and warm apart. Keys of the listings."""

    dimension: str
    value: str
    label: str
    needs: frozenset[int]
    covered: frozenset[int]
    warm: frozenset[int]

    def count(self, *, covered: bool | None = None, warm: bool | None = None) -> int:
        """How many of them."""
        return len(self.keys(covered=covered, warm=warm))

    def keys(self, *, covered: bool | None = None, warm: bool | None = None) -> frozenset[int]:
        """Which of them; None = both."""
        found = self.needs
        if covered is not None:
            found = found & self.covered if covered else found - self.covered
        if warm is not None:
            found = found & self.warm if warm else found - self.warm
        return found

    @property
    def share(self) -> float | None:
        """The share with a proposal in a band."""
        return len(self.covered) / len(self.needs) if self.needs else None


def coverage(actor: Actor) -> dict[str, tuple[Coverage, ...]]:
    """Of the published needs the reader may see: those with a proposal in a band, by city and field, and in all.

    A constant number of queries. A need is warm when judgements move its list.
    """
    rows = published_needs(actor)
    covered = frozenset(row.pk for row in rows if row.covered)  # type: ignore[attr-defined]  # annotated
    warm = frozenset(row.pk for row in rows if row.warm)  # type: ignore[attr-defined]  # annotated
    parts = analysis.distribution(rows) if rows else {}
    everything = frozenset(row.pk for row in rows)
    found: dict[str, tuple[Coverage, ...]] = {"all": (Coverage("all", "", "", everything, covered, warm),)}
    for dimension in DIMENSIONS:
        found[dimension] = tuple(
            Coverage(dimension, part.value, part.label, keys := frozenset(part.keys), keys & covered, keys & warm)
            for part in parts.get(dimension, ())
        )
    return found


def published_needs(actor: Actor) -> Sequence[Listing]:
    """Published needs the reader may see, each with `covered` and `warm`. One query."""
    proposals = Proposal.objects.filter(need=OuterRef("pk"), retired_at=None, need_rank__isnull=False).exclude(band="")
    rows = listings.listings(actor).filter(kind__in=asking(), state="published", archived_at=None)
    return list(rows.annotate(covered=Exists(proposals), warm=_judged("need", OuterRef("pk"))).order_by("pk"))
