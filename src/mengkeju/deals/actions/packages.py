"""Packages of work and lines of funding of a deal: written, changed and taken off by the parties until it is over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import CooperationPerm
from mengkeju.deals.actions.deal import refuse_over, tell_others
from mengkeju.deals.engine import price
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import FUNDING_SOURCES, Deal, FundingLine, WorkPackage
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock, refuse_stale
from mengkeju.kernel.models import Record
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import TransitionRefusedError

PACKAGE = ("lead", "title", "content", "begins_on", "ends_on", "budget")
FUNDING = ("source", "party", "giver", "year", "amount", "said_by_plan")
YEARS = (1990, 2100)
R = TypeVar("R", bound=Record)


def with_step(deal: Deal, step: Step, by: Actor) -> Deal:
    """The deal, locked; refused to whoever lacks the right, when it is over, and for a kind without the step."""
    require(by, CooperationPerm.WRITE, deal)
    fresh = lock(deal)
    refuse_over(fresh)
    if not fresh.kind_spec.has(step):
        raise TransitionRefusedError(_("“%(kind)s”没有这一步") % {"kind": word(fresh.kind_spec)}, "no_step")
    return fresh


@transaction.atomic
def write_package(
    deal: Deal,
    given: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    package: WorkPackage | None = None,
    revision: int | None = None,
) -> WorkPackage:
    """A new package, or another state of one that stands; `given` has every key of PACKAGE.

    RefusedError, StaleRevisionError, TransitionRefusedError, ValidationError by field.
    """
    fresh = with_step(deal, Step.PACKAGES, by)
    row = _standing(fresh.packages, package) if package is not None else WorkPackage(deal=fresh, created_at=now)
    refuse_stale(row, revision)
    wrong = _package_trouble(fresh, given)
    if wrong:
        raise ValidationError(wrong)
    if package is None:
        row.order = fresh.packages.count()
    _written(row, given, PACKAGE, "package", by=by, now=now)
    return row


def _package_trouble(deal: Deal, given: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not str(given["title"]).strip():
        wrong["title"] = _("请写任务名称")
    lead = given["lead"]
    if lead is None or lead.deal_id != deal.pk or lead.archived_at is not None:
        wrong["lead"] = _("请选择牵头的一方")
    if given["begins_on"] and given["ends_on"] and given["begins_on"] > given["ends_on"]:
        wrong["ends_on"] = _("完成日期不能早于开始日期")
    if given["budget"] is not None and (said := price.amount_trouble(given["budget"])):
        wrong["budget"] = said
    return wrong


@transaction.atomic
def write_funding(
    deal: Deal,
    given: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    line: FundingLine | None = None,
    revision: int | None = None,
) -> FundingLine:
    """A new line of funding, or another state of one that stands; `given` has every key of FUNDING.

    RefusedError, StaleRevisionError, TransitionRefusedError, ValidationError by field.
    """
    fresh = with_step(deal, Step.FUNDING, by)
    row = _standing(fresh.funding_lines, line) if line is not None else FundingLine(deal=fresh, created_at=now)
    refuse_stale(row, revision)
    wrong = _funding_trouble(fresh, given)
    if wrong:
        raise ValidationError(wrong)
    _written(row, given, FUNDING, "funding", by=by, now=now)
    return row


def _funding_trouble(deal: Deal, given: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if given["source"] not in FUNDING_SOURCES:
        wrong["source"] = _("没有这一项")
    party = given["party"]
    if party is not None and (party.deal_id != deal.pk or party.archived_at is not None):
        wrong["party"] = _("请选择合同的一方")
    said = price.amount_trouble(given["amount"]) or ("" if given["amount"] > 0 else _("金额要大于零"))
    if said:
        wrong["amount"] = said
    if given["year"] is not None and not YEARS[0] <= given["year"] <= YEARS[1]:
        wrong["year"] = _("请写四位的年份")
    return wrong


def _standing(rows: Any, given: R) -> R:
    found: R | None = rows.filter(pk=given.pk, archived_at=None).first()
    if found is None:
        raise TransitionRefusedError(_("这一项已经移去"), "archived")
    return found


def _written(
    row: Any, given: Mapping[str, Any], names: tuple[str, ...], what: str, *, by: Actor, now: datetime
) -> None:
    """Keep the row as given, record the act with what stood before, tell the others."""
    new = row.pk is None
    before = {} if new else {name: str(getattr(row, name) or "") for name in names}
    for name in names:
        value = given[name]
        setattr(row, name, value.strip() if isinstance(value, str) else value)
    if new:
        row.area, row.created_by_id = row.deal.area, by.account_id
    else:
        row.revision += 1
    row.save()
    after = {name: str(getattr(row, name) or "") for name in names}
    payload = {"row": str(row.uid), "before": before, "after": after, "note": str(row)}
    audit.record(f"deal.{what}_{'added' if new else 'edited'}", row.deal, by=by, now=now, payload=payload)
    tell_others(row.deal, by, format_lazy(gettext_lazy("合作项目 {number} 的任务或经费有变动"),
                number=row.deal.number), now)  # fmt: skip


@transaction.atomic
def remove_package(package: WorkPackage, reason: str, *, by: Actor, now: datetime) -> None:
    """Take a package off, with its reason; it stays in the archive. Not while milestones hang on it."""
    deal = with_step(package.deal, Step.PACKAGES, by)
    row = _standing(deal.packages, package)
    if row.milestones.filter(archived_at=None).exists():
        raise TransitionRefusedError(_("任务下面还有里程碑，不能移去"), "milestones")
    _removed(row, reason, "package", by=by, now=now)


@transaction.atomic
def remove_funding(line: FundingLine, reason: str, *, by: Actor, now: datetime) -> None:
    """Take a line of funding off, with its reason; it stays in the archive."""
    deal = with_step(line.deal, Step.FUNDING, by)
    _removed(_standing(deal.funding_lines, line), reason, "funding", by=by, now=now)


def _removed(row: Any, reason: str, what: str, *, by: Actor, now: datetime) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("请写明移去的理由")})
    row.archived_at, row.archived_by_id, row.archived_reason = now, by.account_id, reason.strip()[:200]
    row.save(update_fields=["archived_at", "archived_by", "archived_reason"])
    payload = {"row": str(row.uid), "reason": reason.strip(), "note": reason.strip()}
    audit.record(f"deal.{what}_removed", row.deal, by=by, now=now, payload=payload)
