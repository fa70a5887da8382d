"""What became of the proposals of technology, as plain data for learning: no person, no organisation, no note."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import F

from mengkeju.kernel import clock
from mengkeju.kernel.reasons import REASONS
from mengkeju.listings.models import Listing
from mengkeju.matching.engine import outcomes
from mengkeju.matching.engine.outcomes import SUITS, SUITS_OWN, History, Seen
from mengkeju.matching.models import Feedback, Outcome, Showing
from mengkeju.matching.queries.figures import asking

AT_ONCE = 500
SAYING = ("opened", "intention", "signed")


def histories() -> list[History]:
    """Every proposal that was opened, taken up or judged. Three queries.

    Judgements of owners and brokers alike; a word that was taken back does not count.
    """
    steps: dict[int, dict[str, date]] = defaultdict(dict)
    ends: dict[int, tuple[str, str]] = {}
    rows = Outcome.objects.filter(step__in=SAYING, proposal__need__kind__in=asking()).values_list(
        "proposal_id", "step", "at", "proposal__need__uid", "proposal__achievement__uid"
    )
    for pk, step, at, need, achievement in rows.iterator(chunk_size=5000):
        steps[pk][step] = clock.today(at)
        ends[pk] = (str(need), str(achievement))
    words: dict[int, list[tuple[str, date]]] = defaultdict(list)
    said = Feedback.objects.filter(withdrawn_at=None, proposal__need__kind__in=asking()).order_by("given_at", "pk")
    told = said.values_list(
        "proposal_id", "verdict", "reason", "given_at", "proposal__need__uid", "proposal__achievement__uid",
        "organisation_id", F("proposal__need__owner"), F("proposal__achievement__owner"),
    )  # fmt: skip
    for pk, verdict, reason, at, need, achievement, judge, asker, offerer in told.iterator(chunk_size=5000):
        good = SUITS_OWN if judge is not None and judge == offerer != asker else SUITS
        words[pk].append((good if verdict == "suits" else REASONS[reason].acts_on, clock.today(at)))
        ends[pk] = (str(need), str(achievement))
    ranks = _ranks()
    return [History(*ends[pk], steps[pk], tuple(words[pk]), ranks.get(pk)) for pk in sorted(ends)]


def _ranks() -> dict[int, int]:
    """The place of each proposal when it was first opened, else when it was first shown."""
    found: dict[int, tuple[bool, int]] = {}
    rows = Showing.objects.order_by("shown_at", "pk").values_list("proposal_id", "rank", "opened_at")
    for pk, rank, opened in rows.iterator(chunk_size=5000):
        if pk not in found or (opened is not None and not found[pk][0]):
            found[pk] = (opened is not None, rank)
    return {pk: rank for pk, (_opened, rank) in found.items()}


def judged_pairs() -> dict[tuple[str, str], int]:
    """The level that was last said of each pair as a whole, by the ids of need and achievement. Three queries.

    What was taken back is not among them.
    """
    found = outcomes.labels(histories(), today=clock.today(clock.now()), rules=outcomes.settings().rules)
    return {pair: found[at].level for pair, at in outcomes.last_of_pairs(found).items()}


def owners(needs: Iterable[str]) -> dict[str, int]:
    """A number for the owner of each of these needs; those that nobody speaks for are left out."""
    wanted, found = list(needs), {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = Listing.objects.filter(uid__in=wanted[start : start + AT_ONCE]).exclude(owner=None)
        found.update({str(uid): int(owner) for uid, owner in rows.values_list("uid", "owner_id")})
    return found


def seen() -> list[Seen]:
    """Every showing that is kept: place, band, opened or not. One query."""
    rows = Showing.objects.filter(proposal__need__kind__in=asking()).exclude(rank=0)
    told = rows.values_list("rank", "proposal__band", "opened_at")
    return [(rank, band, opened is not None) for rank, band, opened in told.iterator(chunk_size=5000)]
