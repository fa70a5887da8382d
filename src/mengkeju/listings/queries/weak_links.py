"""短板弱项: the register by chain, its coverage, and one weak link."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Term
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.listings.access.lists import WeakLinkPerm
from mengkeju.listings.engine.weak_links import ANSWER, LISTED, NEED, Coverage, Gap, coverage
from mengkeju.listings.models import Listing, WeakLink, WeakLinkListing
from mengkeju.listings.queries.attached import PUBLIC, with_intention

CHAINS = "cluster"


@dataclass(frozen=True)
class WeakLinkFilter:
    """What the register is asked for; empty = all. `chain` and `area` with what lies below them."""

    chain: str = ""
    area: str = ""
    state: str = ""
    priority: str = ""


def weak_links(actor: Actor, asked: WeakLinkFilter | None = None) -> "QuerySet[WeakLink]":
    """What the reader may see, chain by chain from upstream to downstream; dropped ones only when asked for."""
    rows = visible_to(WeakLink.objects.all(), actor, WeakLinkPerm.READ)
    asked = asked or WeakLinkFilter()
    if asked.chain:
        rows = rows.filter(chain__in=directory.terms_below(CHAINS, asked.chain))
    if asked.area:
        rows = rows.filter(area__in=directory.codes_below(asked.area))
    if asked.priority:
        rows = rows.filter(priority=asked.priority)
    rows = rows.filter(state=asked.state) if asked.state else rows.exclude(state="dropped")
    place = Term.objects.filter(vocabulary__key=CHAINS, key=OuterRef("chain")).values("position")[:1]
    return rows.annotate(place=Subquery(place)).order_by("place", "chain", "position", "node", "pk")


def find_weak_link(actor: Actor, uid: UUID) -> WeakLink | None:
    """One, if the reader may see it."""
    return visible_to(WeakLink.objects.filter(uid=uid), actor, WeakLinkPerm.READ).first()


def gaps(rows: Iterable[WeakLink]) -> dict[int, Gap]:
    """What hangs on each, counted from public listings alone; two queries."""
    kept = list(rows)
    links = WeakLinkListing.objects.filter(PUBLIC, weak_link__in=[row.pk for row in kept])
    hung = list(links.values_list("weak_link_id", "listing_id", "role"))
    intended = with_intention({listing for _row, listing, role in hung if role == NEED})
    found = {}
    for row in kept:
        needs = [listing for at, listing, role in hung if at == row.pk and role == NEED]
        answers = sum(at == row.pk and role == ANSWER for at, _listing, role in hung)
        found[row.pk] = Gap(row.chain, row.state, len(needs), answers, any(need in intended for need in needs))
    return found


def coverage_by_chain(rows: Iterable[WeakLink]) -> dict[str, Coverage]:
    """How far each chain is covered, in the order of the vocabulary."""
    counted = coverage(gaps(rows).values())
    order = list(directory.terms(CHAINS, retired=True).values_list("key", flat=True))
    return dict(sorted(counted.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)))


def weak_links_of(listing: Listing, actor: Actor) -> list[WeakLink]:
    """The weak links a listing hangs on that stand on the public list."""
    rows = visible_to(WeakLink.objects.filter(Q(attached__listing=listing), state__in=LISTED), actor, WeakLinkPerm.READ)
    return list(rows.order_by("pk"))
