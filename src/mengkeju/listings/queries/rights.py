"""Reads of rights of intellectual property: the register, one right, those of a listing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.words import listed
from mengkeju.listings.access.parts import PartPerm
from mengkeju.listings.engine import patent_numbers
from mengkeju.listings.engine.rights import Fee, next_fee
from mengkeju.listings.models import IpRight, Listing, RightClaim
from mengkeju.listings.queries.reading import Presented, listings, present_many


@dataclass(frozen=True)
class RightFilter:
    """What the register is asked for; empty = all. `offered`: a published patent or achievement carries it."""

    q: str = ""
    kind: str = ""
    status: str = ""
    area: str = ""
    own: bool = False
    disputed: bool = False
    offered: bool = False


@dataclass(frozen=True)
class ShownRight:
    """A right for one reader: what it is, whose, and which listings he may read carry it."""

    right: IpRight
    holders: tuple[Organisation, ...]
    claimants: tuple[Organisation, ...]
    listings: tuple[Presented, ...]

    @property
    def holder_words(self) -> str:
        """Holders by name; every claimant while it is disputed."""
        found = self.claimants if self.right.disputed else self.holders
        return listed([o.name for o in found]) or self.right.holder_name


def rights(actor: Actor) -> QuerySet[IpRight]:
    """Rights the actor may read, with their holders."""
    return visible_to(IpRight.objects.all(), actor, PartPerm.RIGHT_READ).select_related("holder")


def find_rights(actor: Actor, asked: RightFilter) -> QuerySet[IpRight]:
    """The register, by number, words of the title or holder, kind, status, place."""
    rows = rights(actor)
    if asked.q:
        rows = rows.filter(
            Q(title__icontains=asked.q) | Q(holder__name__icontains=asked.q) | Q(number__icontains=_spelt(asked.q))
        )
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.status:
        rows = rows.filter(status=asked.status)
    if asked.area:
        below = directory.codes_below(asked.area)
        rows = rows.filter(Q(holder__area__in=below) | Q(holder__zone__in=below))
    if asked.own:
        claims = RightClaim.objects.filter(right=OuterRef("pk"), organisation__uid__in=actor.organisations)
        rows = rows.filter(Exists(claims.exclude(decision__in=("rejected", "withdrawn"))))
    if asked.disputed:
        rows = rows.filter(disputed=True)
    if asked.offered:
        offers = IpRight.listings.through.objects.filter(listing__in=listings(actor).filter(state="published"))
        rows = rows.filter(pk__in=offers.values("ipright_id"))
    return rows.order_by("-applied_on", "-pk")


def _spelt(text: str) -> str:
    """A number as it is kept, so that “ZL 2023 1 …” finds it."""
    return patent_numbers.plain(text).removeprefix("ZL").removeprefix("CN") or text


def shown_rights(rows: Iterable[IpRight], actor: Actor) -> list[ShownRight]:
    """Rights with their holders, claimants and the listings the reader may read; a constant number of queries."""
    rows = list(rows)
    claims: dict[int, list[RightClaim]] = {}
    for claim in RightClaim.objects.filter(right__in=rows).select_related("organisation"):
        claims.setdefault(claim.right_id, []).append(claim)
    links = list(
        IpRight.listings.through.objects.filter(ipright__in=rows).order_by("pk").values_list("ipright_id", "listing_id")
    )
    readable = list(listings(actor).filter(pk__in={listing for _right, listing in links})) if links else []
    presented = dict(zip((row.pk for row in readable), present_many(readable, actor), strict=True)) if readable else {}
    return [
        ShownRight(
            row,
            _holders(row, claims.get(row.pk, [])),
            tuple(c.organisation for c in claims.get(row.pk, []) if c.stands),
            tuple(presented[listing] for right, listing in links if right == row.pk and listing in presented),
        )
        for row in rows
    ]


def _holders(right: IpRight, claims: Sequence[RightClaim]) -> tuple[Organisation, ...]:
    if right.disputed:
        return ()
    standing = tuple(claim.organisation for claim in claims if claim.stands)
    return standing or ((right.holder,) if right.holder else ())


def rights_of(listing: Listing, actor: Actor) -> list[ShownRight]:
    """Those a listing carries; whoever reads the listing reads them."""
    return shown_rights(listing.ip_rights.filter(archived_at=None).select_related("holder").order_by("pk"), actor)


def claims_of(right: IpRight, actor: Actor) -> list[RightClaim]:
    """Every claim with its basis and decision, for those who may know why; else none."""
    if not may(actor, PartPerm.RIGHT_CLAIM_READ, right):
        return []
    return list(right.claims.select_related("organisation"))


def claims_by(right: IpRight, actor: Actor) -> list[RightClaim]:
    """The standing claims of the actor's own organisations."""
    rows = right.claims.filter(organisation__uid__in=actor.organisations, decision__in=("", "upheld"))
    return list(rows.select_related("organisation"))


def fee_next(right: IpRight) -> Fee | None:
    """The next yearly fee of a right in force; None when none is known to be due."""
    if right.status != "granted":
        return None
    paid = {p.year for p in right.payments.all()}
    return next_fee(right.kind, right.applied_on, right.granted_on, paid=paid, since=clock.today(right.created_at))


def on_working_day(day: date) -> date:
    """The day itself, or the first working day after it: a time limit never ends on a holiday."""
    while not clock.is_working_day(day):
        day += clock.DAY
    return day
