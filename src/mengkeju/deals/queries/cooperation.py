"""Reads of cooperations: what carries what, packages and funding, terms and yearly results, where partners are."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine.cooperation import Budget, budget_of, years_due
from mengkeju.deals.engine.deal_workflow import OVER_STATES, SIGNED_STATES
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.deals.kinds import in_order, kinds
from mengkeju.deals.models import (
    PUBLIC_SOURCES,
    ContractText,
    Deal,
    DealParty,
    FundingLine,
    Renewal,
    WorkPackage,
    YearResult,
)
from mengkeju.deals.queries.deal import deals, own_deals
from mengkeju.directory.engine.regions import is_outside
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, visible_q

RUNNING = tuple(state for state in SIGNED_STATES if state not in OVER_STATES)
"""Signed, and neither closed nor terminated."""


def kinds_with(step: Step) -> list[str]:
    """The kinds that have a step."""
    return [key for key, kind in kinds.items() if kind.has(step)]


# ---- What carries what ------------------------------------------------------------------------------


def fitting_parents(actor: Actor, deal: Deal) -> QuerySet[Deal]:
    """Own deals that may carry this one: of a fitting kind, not over, not recorded from a source."""
    rows = own_deals(actor).filter(kind__in=deal.kind_spec.within).exclude(state__in=OVER_STATES)
    return rows.exclude(origin="source").exclude(pk=deal.pk)


def kinds_below(deal: Deal) -> list[str]:
    """The kinds that a deal may carry."""
    return [kind.key for kind in in_order() if deal.kind in kind.within]


def parts_of(actor: Actor, deal: Deal) -> list[Deal]:
    """What hangs below a deal, as far as the actor may read it. One query."""
    return list(deals(actor).filter(parent=deal).order_by("created_at", "pk"))


def parent_of(actor: Actor, deal: Deal) -> Deal | None:
    """What a deal hangs below, if the actor may read it. One query."""
    return deals(actor).filter(pk=deal.parent_id).first() if deal.parent_id is not None else None


def signings(actor: Actor, event: str = "", day: date | None = None) -> QuerySet[Deal]:
    """Deals that a list of signings recorded, as far as the actor may read them; of one event, of one day."""
    rows = deals(actor).filter(origin="signing")
    if event:
        rows = rows.filter(channel=event)
    return rows.filter(signed_on=day) if day is not None else rows


def running_parts(rows: Iterable[Deal]) -> list[Deal]:
    """Of these the ones that are not over."""
    return [row for row in rows if row.state not in OVER_STATES]


# ---- Packages and funding ---------------------------------------------------------------------------


def packages_of(actor: Actor, deal: Deal) -> list[WorkPackage]:
    """The packages that stand, in their order, as far as the actor may read them. One query."""
    rows = WorkPackage.objects.filter(deal=deal, archived_at=None).select_related("lead")
    return list(rows.filter(visible_q(actor, DealPerm.READ_PART)))


def funding_of(actor: Actor, deal: Deal) -> list[FundingLine]:
    """The lines of funding that stand, by year, as far as the actor may read them. One query."""
    rows = FundingLine.objects.filter(deal=deal, archived_at=None).select_related("party")
    return list(rows.filter(visible_q(actor, DealPerm.READ_PART)))


def budget(packages: Sequence[WorkPackage], lines: Sequence[FundingLine]) -> Budget:
    """Packages against funding. No query."""
    return budget_of([row.budget for row in packages], [(row.source, row.amount) for row in lines], PUBLIC_SOURCES)


def find_package(deal: Deal, uid: UUID) -> WorkPackage | None:
    """A package that stands on the deal."""
    return deal.packages.filter(uid=uid, archived_at=None).select_related("deal", "lead").first()


def find_funding(deal: Deal, uid: UUID) -> FundingLine | None:
    """A line of funding that stands on the deal."""
    return deal.funding_lines.filter(uid=uid, archived_at=None).select_related("deal", "party").first()


def funding_sums(actor: Actor, found: Sequence[Deal]) -> dict[int, tuple[Decimal, Decimal]]:
    """(all, of it public) in 元 by the deal's key, where the actor may read the lines. One query."""
    rows = FundingLine.objects.filter(deal__in=found, archived_at=None).filter(visible_q(actor, DealPerm.READ_PART))
    sums = rows.order_by().values("deal").annotate(
        whole=Sum("amount"), public=Sum("amount", filter=Q(source__in=PUBLIC_SOURCES))
    )  # fmt: skip
    return {row["deal"]: (row["whole"], row["public"] or Decimal(0)) for row in sums}


# ---- Terms and years --------------------------------------------------------------------------------


def running_terms() -> QuerySet[Deal]:
    """Running deals of kinds with a term or yearly results; none that only a source tells of."""
    wanted = [*kinds_with(Step.TERM), *kinds_with(Step.YEARLY)]
    return Deal.objects.filter(kind__in=wanted, state__in=RUNNING, archived_at=None).exclude(origin="source")


def has_expired(deal: Deal, today: date) -> bool:
    """Whether the term of a running deal has run out; nothing is moved by it."""
    runs = deal.kind_spec.has(Step.TERM) and deal.state in RUNNING and deal.effective_until is not None
    return runs and deal.effective_until is not None and deal.effective_until < today


def near_its_end(deal: Deal, today: date) -> bool:
    """Whether the term ends within the days of the platform's promise, or has ended."""
    if not deal.kind_spec.has(Step.TERM) or deal.effective_until is None:
        return False
    return clock.add_working_days(today, DEADLINES["remind_expiry"]).day >= deal.effective_until


def prolonging_texts(deal: Deal) -> list[ContractText]:
    """Addenda that every party has confirmed and that prolonged no term yet, the newest first. One query."""
    rows = deal.texts.filter(role="addendum", frozen_at__isnull=False, archived_at=None, renewals=None)
    return list(rows.select_related("file").order_by("-version"))


def renewals_of(deal: Deal) -> list[Renewal]:
    """How the term was prolonged, the oldest first. One query."""
    return list(deal.renewals.filter(archived_at=None).select_related("addendum__file"))


def missing_years(deal: Deal, today: date) -> list[int]:
    """Years of a running deal that have ended and that nobody reported; none for a kind without. One query at most."""
    if not deal.kind_spec.has(Step.YEARLY) or deal.state not in RUNNING:
        return []
    done = deal.year_results.filter(archived_at=None).values_list("year", flat=True)
    return years_due(deal.signed_on, done, today)


def year_results(actor: Actor, deal: Deal) -> list[YearResult]:
    """What was reported, the newest year first, as far as the actor may read it. One query."""
    rows = YearResult.objects.filter(deal=deal, archived_at=None).select_related("said_for")
    return list(rows.filter(visible_q(actor, DealPerm.READ_PART)))


def last_results(actor: Actor, found: Sequence[Deal]) -> dict[int, YearResult]:
    """The newest result of each deal by its key, as far as the actor may read it. One query."""
    readable = YearResult.objects.filter(visible_q(actor, DealPerm.READ_PART), archived_at=None)
    newest = YearResult.objects.filter(deal=OuterRef("deal"), archived_at=None).order_by("-year").values("year")[:1]
    rows = readable.filter(deal__in=found).annotate(newest=Subquery(newest)).filter(year=F("newest"))
    return {row.deal_id: row for row in rows}


def cooperations_of(actor: Actor, organisation: Organisation) -> QuerySet[Deal]:
    """Signed agreements and centres in which an organisation stands, as far as the actor may read them."""
    standing = DealParty.objects.filter(organisation=organisation, archived_at=None).values("deal")
    rows = deals(actor).filter(kind__in=kinds_with(Step.YEARLY), state__in=SIGNED_STATES, pk__in=standing)
    return rows.annotate(part_count=Count("parts"))


# ---- Where partners are -----------------------------------------------------------------------------


def origin_counts(parties: Sequence[DealParty]) -> tuple[int, int, int]:
    """(in the region, outside it, unknown) of a deal's parties, by their areas."""
    outside = sum(1 for party in parties if is_outside(party.area))
    inside = sum(1 for party in parties if party.area and not is_outside(party.area))
    return inside, outside, len(parties) - inside - outside


def readable_inside(actor: Actor, found: Iterable[Deal]) -> set[int]:
    """The keys of the deals whose inside the actor may read. One query."""
    rows = Deal.objects.filter(pk__in=[deal.pk for deal in found])
    return set(rows.filter(visible_q(actor, DealPerm.READ_INSIDE)).values_list("pk", flat=True))
