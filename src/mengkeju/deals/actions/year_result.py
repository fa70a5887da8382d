"""What an agreement or a centre brought in a year: written once a year by a party, corrected with what stood before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.actions.deal import tell_others
from mengkeju.deals.actions.packages import with_step
from mengkeju.deals.actions.term import REPORT
from mengkeju.deals.engine import price
from mengkeju.deals.engine.deal_workflow import SIGNED_STATES
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, YearResult
from mengkeju.deals.queries import cooperation
from mengkeju.kernel import audit, clock, duties
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actions import refuse_stale
from mengkeju.kernel.workflow import TransitionRefusedError

YEAR_RESULT = ("summary", "projects", "patents", "people_trained", "spent", "next_year")


@transaction.atomic
def report_year(
    deal: Deal, year: int, given: Mapping[str, Any], *, by: Actor, now: datetime, revision: int | None = None
) -> YearResult:
    """The result of a year, or another state of the one that is there; `given` has every key of YEAR_RESULT.

    `revision`: of the result its writer read, 0 when there was none. RefusedError, StaleRevisionError,
    TransitionRefusedError before the signing, ValidationError by field.
    """
    fresh = with_step(deal, Step.YEARLY, by)
    if fresh.state not in SIGNED_STATES:
        raise TransitionRefusedError(_("签约以后才写年度成果"), "wrong_state")
    wrong = _trouble(fresh, year, given, clock.today(now).year)
    if wrong:
        raise ValidationError(wrong)
    row = fresh.year_results.filter(year=year, archived_at=None).first()
    new = row is None
    if row is not None:
        refuse_stale(row, revision)
        row.revision += 1
    else:
        row = YearResult(deal=fresh, year=year, area=fresh.area, created_at=now, created_by_id=by.account_id)
    before = {} if new else {name: str(getattr(row, name) or "") for name in YEAR_RESULT}
    for name in YEAR_RESULT:
        value = given[name]
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    own = queries.own_sides(by, fresh)
    row.said_for = own[0] if own else None
    row.save()
    after = {name: str(getattr(row, name) or "") for name in YEAR_RESULT}
    payload = {"year": year, "before": before, "after": after, "note": str(year)}
    kind = "deal.year_reported" if new else "deal.year_corrected"
    audit.record(kind, fresh, by=by, now=now, payload=payload)
    if not cooperation.missing_years(fresh, clock.today(now)):
        duties.close_duties(fresh, by="year_reported", now=now, key=REPORT.key)
    tell_others(fresh, by, format_lazy(gettext_lazy("合作项目 {number} 有新的年度成果"), number=fresh.number), now)
    return row


def _trouble(deal: Deal, year: int, given: Mapping[str, Any], this_year: int) -> dict[str, str]:
    wrong: dict[str, str] = {}
    first = deal.signed_on.year if deal.signed_on else this_year
    if not first <= year <= this_year:
        wrong["year"] = _("年份要在 %(first)s 到 %(last)s 之间") % {"first": first, "last": this_year}
    if not str(given["summary"]).strip():
        wrong["summary"] = _("请写这一年做了什么；没有进展也请照实写")
    if given["spent"] is not None and (said := price.amount_trouble(given["spent"])):
        wrong["spent"] = said
    return wrong
