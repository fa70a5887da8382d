"""How far listings have come after the talks: which of them have a contract, a registered one, a landing."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from mengkeju.deals.models import Deal, Landing
from mengkeju.deals.queries.statistics import counted
from mengkeju.listings.models import Listing


def _with(rows: QuerySet[Listing], deals: QuerySet[Deal]) -> QuerySet[Listing]:
    """Of any listings those that are the need or the achievement of one of the deals."""
    return rows.filter(Exists(deals.filter(need=OuterRef("pk"))) | Exists(deals.filter(achievement=OuterRef("pk"))))


def signed(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of any listings those of a deal that was signed, however it ended."""
    return _with(rows, Deal.objects.filter(archived_at=None, signed_on__isnull=False))


def registered(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of any listings those of a deal whose registration counts in the statistics."""
    return _with(rows, Deal.objects.filter(archived_at=None, pk__in=counted().values("deal")))


def landed(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of any listings those of a deal whose result has landed somewhere; stopped ones too."""
    there = Landing.objects.filter(~Q(state="planned"), archived_at=None)
    return _with(rows, Deal.objects.filter(archived_at=None, pk__in=there.values("deal")))
