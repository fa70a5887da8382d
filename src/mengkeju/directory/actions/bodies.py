"""Technology-transfer bodies: what they offer, of whom they are a branch, and how a year of theirs was judged."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.actions.telling import tell_managers
from mengkeju.directory.engine.bodies import BODIES
from mengkeju.directory.models import BodyEvaluation, Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock

FIRST_YEAR = 1985
MOST = {"parent": 120, "services_other": 200, "basis": 300}
DEEPEST = 10  # more storeys than any body has; a walk upwards ends there


@dataclass(frozen=True)
class ServicesInput:
    """What a body says of itself: `parent` a full name or credit code, `services` codes of `engine.bodies`."""

    parent: str = ""
    services: tuple[str, ...] = ()
    services_other: str = ""


@transaction.atomic
def edit_services(
    organisation: Organisation, given: ServicesInput, *, by: Actor, now: datetime, revision: int | None = None
) -> Organisation:
    """Change the services of an organisation and of whom it is a branch; the parent's managers are told.

    A parent that is no verified organisation of the platform is kept by its name. ValidationError by field.
    """
    require(by, Perm.ORGANISATION_EDIT, organisation)
    fresh = lock(organisation, revision)
    parent, parent_name = _parent(fresh, given.parent.strip())
    unknown = [key for key in given.services if key not in BODIES.services]
    if unknown:
        raise ValidationError({"services": _("没有这项服务：%(key)s") % {"key": unknown[0]}})
    if len(given.services_other.strip()) > MOST["services_other"]:
        raise ValidationError({"services_other": _("最多 %(most)s 个字") % {"most": MOST["services_other"]}})
    services = [key for key in BODIES.services if key in given.services]
    before, moved = _said(fresh), fresh.parent_id != (parent.pk if parent else None)
    fresh.parent, fresh.parent_name = parent, parent_name
    fresh.services, fresh.services_other = services, given.services_other.strip()
    if _said(fresh) == before:
        return fresh
    fresh.revision += 1
    fresh.save(update_fields=["parent", "parent_name", "services", "services_other", "revision"])
    payload = {"before": before, "after": _said(fresh)}
    event = audit.record("organisation.services_edited", fresh, by=by, now=now, payload=payload)
    if moved and parent is not None:
        told = format_lazy(gettext_lazy("{name}写明本单位是它的上级机构"), name=fresh.name)
        tell_managers(parent, "named_as_parent", told, event, now)
    return fresh


def _said(organisation: Organisation) -> dict[str, object]:
    parent = organisation.parent.name if organisation.parent else organisation.parent_name
    return {"parent": parent, "services": organisation.services, "services_other": organisation.services_other}


def _parent(own: Organisation, text: str) -> tuple[Organisation | None, str]:
    """The organisation that is meant, or else the name as it was written."""
    if len(text) > MOST["parent"]:
        raise ValidationError({"parent": _("最多 %(most)s 个字") % {"most": MOST["parent"]}})
    kept = own.parent is not None and own.parent.name == text
    parent = own.parent if kept else queries.organisation_called(text)
    if text and (text == own.name or (parent is not None and parent.pk == own.pk)):
        raise ValidationError({"parent": _("上级机构不能是本单位自己")})
    above = parent
    for _storey in range(DEEPEST):
        if above is None:
            return parent, "" if parent is not None else text
        if above.pk == own.pk:
            break
        above = above.parent
    raise ValidationError({"parent": _("这家单位已经登记为本单位的分支，不能互为上级")})


@dataclass(frozen=True)
class EvaluationInput:
    """How the authority judged a year: `result` a code of `engine.bodies`, `decided_on` the day it was published."""

    year: int
    result: str
    basis: str
    decided_on: date


@transaction.atomic
def evaluate_body(organisation: Organisation, given: EvaluationInput, *, by: Actor, now: datetime) -> BodyEvaluation:
    """Enter the yearly evaluation of a body. ValidationError by field; one evaluation a year."""
    require(by, Perm.EVALUATE, organisation)
    holder = lock(organisation)
    require(by, Perm.EVALUATE, holder)
    errors = _evaluation_errors(holder, given, clock.today(now))
    if errors:
        raise ValidationError(errors)
    made = BodyEvaluation.objects.create(
        holder=holder,
        year=given.year,
        result=given.result,
        basis=given.basis.strip(),
        decided_on=given.decided_on,
        area=holder.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    event = audit.record("organisation.evaluated", holder, by=by, now=now, payload=_told(made))
    title = format_lazy(gettext_lazy("本单位 {year} 年度评价已登记"), year=made.year)
    tell_managers(holder, "evaluated", title, event, now)
    return made


def _evaluation_errors(holder: Organisation, given: EvaluationInput, today: date) -> dict[str, str]:
    errors: dict[str, str] = {}
    if given.result not in BODIES.results:
        errors["result"] = _("请选择评价结果")
    if not given.basis.strip():
        errors["basis"] = _("请写明依据，例如文件名称、文号和日期")
    if not FIRST_YEAR <= given.year <= today.year:
        errors["year"] = _("评价年度不能在今年之后")
    elif not queries.was_body(holder, given.year):
        errors["year"] = _("这一年没有有效的技术转移机构称号，请先登记称号")
    elif holder.evaluations.filter(year=given.year, archived_at=None).exists():
        errors["year"] = _("这一年的评价已经登记。登记有误的，先撤回原来的")
    if given.decided_on > today:
        errors["decided_on"] = _("公布日期不能在今天之后")
    elif given.decided_on.year < given.year:
        errors["decided_on"] = _("公布日期不能早于评价年度")
    return errors


@transaction.atomic
def withdraw_evaluation(evaluation: BodyEvaluation, *, by: Actor, now: datetime, note: str) -> BodyEvaluation:
    """Take back an evaluation that was entered wrongly; it stays in the archive. ValidationError without a reason."""
    require(by, Perm.EVALUATION_WITHDRAW, evaluation)
    fresh = lock(evaluation)
    if not note.strip():
        raise ValidationError({"note": _("请写明撤回理由")})
    if fresh.archived_at is not None:
        raise ValidationError({"note": _("这条评价已经撤回")})
    fresh.archived_at, fresh.archived_by_id, fresh.archived_reason = now, by.account_id, note.strip()[:200]
    fresh.revision += 1
    fresh.save(update_fields=["archived_at", "archived_by", "archived_reason", "revision"])
    payload = {**_told(fresh), "note": fresh.archived_reason}
    event = audit.record("organisation.evaluation_withdrawn", fresh.holder, by=by, now=now, payload=payload)
    title = format_lazy(gettext_lazy("本单位 {year} 年度评价的登记已撤回"), year=fresh.year)
    tell_managers(fresh.holder, "evaluation_withdrawn", title, event, now)
    return fresh


def _told(row: BodyEvaluation) -> dict[str, object]:
    names = ("year", "result", "basis", "decided_on")
    return {"evaluation": str(row.uid), **{name: getattr(row, name) for name in names}}
