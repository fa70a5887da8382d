"""The term of an agreement or a centre: prolonged by an addendum; the nightly duties of its end and of its years.

Nothing here moves a deal: a term that ran out is said, and somebody renews or ends it.
"""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import CooperationPerm
from mengkeju.deals.actions.deal import refuse_over, tell_others
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.engine.workflow import DEADLINES
from mengkeju.deals.models import ContractText, Deal, Renewal
from mengkeju.deals.queries import cooperation
from mengkeju.kernel import audit, clock, duties, figures
from mengkeju.kernel.access import SYSTEM, Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.notices import announce_duty
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import DutySpec, TransitionRefusedError

RENEW = DutySpec(
    "renew_deal",
    "协议快到期：续签，或者办结、终止",
    "keeper",
    None,
    DEADLINES.source,
    label_en="The term is about to end: renew it, close it or terminate it",
)
REPORT = DutySpec(
    "report_deal_year",
    "写明上一年度的成果",
    "keeper",
    DEADLINES["report_year"],
    DEADLINES.source,
    label_en="Say what the past year brought",
)


@transaction.atomic
def renew_term(
    deal: Deal, addendum: ContractText, until: date, *, by: Actor, now: datetime, revision: int | None = None
) -> Renewal:
    """Prolong the term to a later day, by an addendum that every party has confirmed and that prolonged nothing yet.

    The terms before stay on record. RefusedError, StaleRevisionError, TransitionRefusedError, ValidationError by field.
    """
    require(by, CooperationPerm.WRITE, deal)
    fresh = lock(deal, revision)
    refuse_over(fresh)
    if not fresh.kind_spec.has(Step.TERM):
        raise TransitionRefusedError(_("“%(kind)s”没有这一步") % {"kind": word(fresh.kind_spec)}, "no_step")
    if fresh.state == "talking":
        raise TransitionRefusedError(_("签约以前，有效期直接在信息里改"), "wrong_state")
    before = fresh.effective_until
    if before is None:
        raise TransitionRefusedError(_("还没有写明有效期止，先在信息里补上"), "no_term")
    wrong = {}
    if addendum.pk not in {text.pk for text in cooperation.prolonging_texts(fresh)}:
        wrong["addendum"] = _("请选择各方都已确认、还没有用过的补充协议")
    if until <= before:
        wrong["until"] = _("新的有效期止要晚于原来的 %(day)s") % {"day": figures.full_date(before)}
    if wrong:
        raise ValidationError(wrong)
    made = Renewal.objects.create(
        deal=fresh,
        addendum=addendum,
        until_before=before,
        until_after=until,
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    fresh.effective_until = until
    fresh.revision += 1
    fresh.save(update_fields=["effective_until", "revision"])
    said = {"before": before.isoformat(), "after": until.isoformat(), "text": str(addendum.uid)}
    audit.record("deal.renewed", fresh, by=by, now=now, payload={**said, "note": f"{before} → {until}"})
    if not cooperation.near_its_end(fresh, clock.today(now)):
        duties.close_duties(fresh, by="renewed", now=now, key=RENEW.key)
    tell_others(fresh, by, format_lazy(gettext_lazy("合作项目 {number} 已续签"), number=fresh.number), now)
    return made


def tend_terms(*, now: datetime) -> int:
    """Open the duties of terms about to end and of years nobody reported; gives how many. May run twice a night."""
    return sum(tend_term(pk, now=now) for pk in cooperation.running_terms().values_list("pk", flat=True))


@transaction.atomic
def tend_term(pk: int, *, now: datetime) -> int:
    """The duties of one running agreement or centre; gives how many were opened."""
    deal = lock(Deal(pk=pk))
    today = clock.today(now)
    opened = 0
    if cooperation.near_its_end(deal, today):
        opened += _opened(deal, RENEW, now=now, due_on=deal.effective_until)
    if cooperation.missing_years(deal, today):
        opened += _opened(deal, REPORT, now=now)
    return opened


def _opened(deal: Deal, spec: DutySpec, *, now: datetime, due_on: date | None = None) -> int:
    if duties.open_on(deal).filter(key=spec.key).exists():
        return 0
    event = audit.record(f"deal.{spec.key}_due", deal, by=SYSTEM, now=now)
    announce_duty(duties.open_duty(deal, spec, now=now, due_on=due_on), event=event, now=now)
    return 1
