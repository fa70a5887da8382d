"""How a set of listings stands with its proposals, for one reader."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mengkeju.kernel.access import Actor
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import listed_band, proposals


def counts(actor: Actor, side: str, rows: Iterable[Listing]) -> dict[int, int]:
    """How many proposals in a band stand on the list of each, by the key of the listing; one query."""
    keys = [row.pk for row in rows]
    found = proposals(actor).annotate(listed_band=listed_band(side)).exclude(listed_band="")
    found = found.filter(**{f"{side}__in": keys, f"{side}_rank__isnull": False})
    counted = found.order_by().values_list(side).annotate(n=Count("pk"))
    return dict(counted)


def without_answer(actor: Actor, needs: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of published needs those with no stored proposal in a band whose achievement the reader may read."""
    readable = listings.listings(actor).order_by().values("pk")
    reached = Proposal.objects.filter(
        ~Q(band=""), need=OuterRef("pk"), retired_at=None, archived_at=None, achievement__in=readable
    )
    return needs.filter(~Exists(reached), state="published")
