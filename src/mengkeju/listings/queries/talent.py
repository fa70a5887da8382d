"""Posts and groups of students together: how many came how far."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mengkeju.kernel import funnel
from mengkeju.listings.engine.outcomes import COUNTED
from mengkeju.listings.kinds import TALENT, ListingKind, in_order, keys_of
from mengkeju.listings.models import Listing, NeedOutcome


def kinds_of(market: str) -> list[ListingKind]:
    """The kinds of a market, in order."""
    return [kind for kind in in_order() if kind.market == market]


def talent_line() -> list[tuple[str, int]]:
    """(word, how many) from published to settled, of what everybody may see; stages that are registered only."""
    rows = Listing.objects.filter(kind__in=keys_of(TALENT), tier="public", published_at__isnull=False, archived_at=None)
    words = {
        "listed": _("发布过的岗位和学生"),
        "match": _("有过推荐的"),
        "intention": _("有过意向的"),
        "talking": _("开始商谈的"),
    }
    found = [
        (words[stage.key], stage.of(rows).count())
        for stage in funnel.of_listings()
        if stage.key in words and stage.of is not None
    ]
    return [*found, (_("通过平台落实的"), settled(rows).count())]


def settled(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of these, those whose owner has confirmed that they came to a result through the platform."""
    said = NeedOutcome.objects.filter(outcome__in=COUNTED, confirmed_at__isnull=False, ended_at=None, archived_at=None)
    return rows.filter(state="closed", pk__in=said.values("listing"))
