"""The duty to have a signed contract registered.

It hangs on the party that has to apply: every duty of the deal itself ends with the deal's next step.
"""

from datetime import datetime

from mengkeju.deals.engine.deal_workflow import OVER_STATES
from mengkeju.deals.engine.registration_workflow import LIVE_STATES
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.deals.models import Deal, DealParty
from mengkeju.deals.queries.registration import REGISTER_DUTY
from mengkeju.kernel import duties
from mengkeju.kernel.workflow import DutySpec

REGISTER = DutySpec(
    REGISTER_DUTY,
    "办理认定登记",
    "applicant",
    DEADLINES["register_deal"],
    DEADLINES.source,
    label_en="Apply for recognition and registration",
)


def applicant_of(deal: Deal, *, is_import: bool) -> DealParty | None:
    """Who applies: the seller, of an import the buyer (征求意见稿第十一条); the lead, else the first that is here.

    None when nobody of that side is on the platform. One query.
    """
    side = "buyer" if is_import else "seller"
    rows = deal.parties.filter(side=side, archived_at=None).select_related("deal", "organisation", "person__account")
    return next((p for p in sorted(rows, key=lambda p: (p.role != "lead", p.order)) if p.is_here), None)


def after_signing(deal: Deal, now: datetime) -> None:
    """Open the duty to register a contract that was signed here. Nothing where it is open, or begun, already."""
    if deal.from_source or deal.state in OVER_STATES or not deal.kind_spec.has(Step.REGISTRATION):
        return
    party = applicant_of(deal, is_import=False)
    filed = deal.registrations.filter(state__in=LIVE_STATES).exclude(state="prepared").exists()
    if party is None or filed or duties.open_on(party).filter(key=REGISTER.key).exists():
        return
    duties.open_duty(party, REGISTER, now=now)


def no_more_to_register(deal: Deal, *, by: str, now: datetime) -> None:
    """The application is filed, or the deal over: the duty ends. `by`: what ended it."""
    for party in deal.parties.all():
        duties.close_duties(party, by=by, now=now, key=REGISTER.key)
