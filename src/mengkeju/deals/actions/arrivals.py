"""以产聚才: people and teams that came because of a deal, counted, never named (TRD-04)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals.access import PerformancePerm
from mengkeju.deals.actions import under_way
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Arrival, Deal, DealParty
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.workflow import TransitionRefusedError

MOST = 100_000
LONGEST = {"employer_name": 120, "team": 200, "came_from": 120}


@dataclass(frozen=True)
class Came:
    """Who came: a team or a post, how many, of them with a doctor's degree and with a senior title.

    `employer`: a party of the deal; else `employer_name`.
    """

    team: str
    headcount: int
    arrived_on: date
    employer: DealParty | None = None
    employer_name: str = ""
    doctors: int = 0
    seniors: int = 0
    came_from: str = ""
    full_time: bool = True


@transaction.atomic
def record_arrival(deal: Deal, given: Came, *, by: Actor, now: datetime) -> Arrival:
    """Count people who came because of the deal. ValidationError by field, RefusedError, TransitionRefusedError."""
    require(by, PerformancePerm.ARRIVAL, deal)
    fresh = under_way.signed_deal(deal, Step.PERFORMANCE, under_way.FOLLOWED)
    under_way.refuse(_troubles(fresh, given, clock.today(now)))
    employer = given.employer
    row = Arrival.objects.create(
        deal=fresh,
        employer=employer.organisation if employer is not None else None,
        employer_name=employer.name if employer is not None else given.employer_name.strip(),
        team=given.team.strip(),
        headcount=given.headcount,
        doctors=given.doctors,
        seniors=given.seniors,
        came_from=given.came_from.strip(),
        arrived_on=given.arrived_on,
        full_time=given.full_time,
        area=(employer.area if employer is not None else "") or under_way.place_of_use(fresh),
        created_at=now,
        created_by_id=by.account_id,
    )
    note = _("%(team)s，%(n)d 人") % {"team": row.team, "n": row.headcount}
    under_way.told(fresh, "deal.arrival_recorded", {"arrival": str(row.uid), "note": note}, by=by, now=now)
    return row


def _troubles(deal: Deal, given: Came, today: date) -> dict[str, str]:
    texts = {name: getattr(given, name) for name in LONGEST}
    wrong = under_way.text_troubles(texts, LONGEST, {"team": _("请写明团队或岗位")})
    if given.employer is None and not given.employer_name.strip():
        wrong["employer_name"] = _("请选择或写明引进单位")
    if given.employer is not None and (given.employer.deal_id != deal.pk or given.employer.archived_at is not None):
        wrong["employer"] = _("请选择合同的一方")
    if not 1 <= given.headcount <= MOST:
        wrong["headcount"] = _("人数不对，请核对")
    for name in ("doctors", "seniors"):
        if not 0 <= getattr(given, name) <= given.headcount:
            wrong[name] = _("不能多于总人数")
    if given.arrived_on > today:
        wrong["arrived_on"] = _("不能晚于今天")
    return wrong


@transaction.atomic
def withdraw_arrival(arrival: Arrival, reason: str, *, by: Actor, now: datetime) -> Arrival:
    """Take a wrong count back. ValidationError without a reason."""
    require(by, PerformancePerm.ARRIVAL, arrival.deal)
    deal = under_way.signed_deal(arrival.deal, Step.PERFORMANCE, under_way.FOLLOWED)
    row = deal.arrivals.get(pk=arrival.pk)
    if row.archived_at is not None:
        raise TransitionRefusedError(_("这一条已经撤回"), "archived")
    under_way.refuse(under_way.text_troubles({"reason": reason}, {}, {"reason": _("请写明撤回的理由")}))
    row.archived_at, row.archived_by_id, row.archived_reason = now, by.account_id, reason.strip()[:200]
    row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    payload = {"arrival": str(row.uid), "note": reason.strip()}
    under_way.told(deal, "deal.arrival_withdrawn", payload, by=by, now=now)
    return row
