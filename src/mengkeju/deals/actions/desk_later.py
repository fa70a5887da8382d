"""After the decision: a registration is changed, cancelled, or an objection to it is decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals.access import RegistrationPerm
from mengkeju.deals.actions.desk import FIELDS, check_step, follow_clock, keep, tell, with_number
from mengkeju.deals.engine import contract_types, registration_number
from mengkeju.deals.engine.registration_workflow import keeping
from mengkeju.deals.models import Amendment, Registration
from mengkeju.directory import queries as directory
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, lock

CHANGEABLE = (
    "number",
    "registered_on",
    "body_name",
    "certified_value",
    "certified_technology",
    "contract_type",
    "contract_subtype",
    "seller_kind",
    "field",
    "ip_kind",
    "plan_source",
)
"""What a change of a registration may touch; everything else is the deal's."""
AT = {**FIELDS, "certified": "certified_technology"}
"""Which member of a change a guard of the workflow speaks of."""
SHOWN = 200  # what a column of an amendment holds


@transaction.atomic
def change_registration(
    registration: Registration,
    changes: Mapping[str, Any],
    reason: str,
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> Registration:
    """变更登记: keys of CHANGEABLE to their new values; each that differs is kept as an amendment, before and after.

    ValidationError by field (`note` for the reason), RefusedError, StaleRevisionError, TransitionRefusedError.
    """
    require(by, RegistrationPerm.CHANGE, registration)
    fresh = lock(registration, revision)
    changed = _changed(fresh, changes)
    amounts = {"certified_value", "certified_technology"} & changed.keys()
    data: dict[str, Any] = {"changes": {key: str(value or "") for key, value in changed.items()}}
    if amounts:
        data["contract_value"] = changed.get("certified_value", fresh.certified_value)
        data["technology_value"] = changed.get("certified_technology", fresh.certified_technology)
    check_step(fresh, "change", reason, data, AT)
    _refuse_wrong(fresh, changed, now)
    for name, value in changed.items():
        Amendment.objects.create(
            registration=fresh,
            name=name,
            before=str(getattr(fresh, name) or "")[:SHOWN],
            after=str(value or "")[:SHOWN],
            reason=reason.strip(),
            changed_on=clock.today(now),
            area=fresh.area,
            created_at=now,
            created_by_id=by.account_id,
        )
    _write(fresh, changed, by=by)
    advance(registration, "change", by=by, now=now, note=reason, data=data)
    registration.refresh_from_db()
    told = {"registration": str(registration.uid), "changes": sorted(changed)}
    audit.record("deal.registration_changed", registration.deal, by=by, now=now, payload=told)
    tell(registration, by, gettext_lazy("合作项目 {number} 的技术合同登记有变更"), now)
    return registration


def _changed(registration: Registration, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Of the values given those that differ, the number normalised. ValidationError for none and a wrong number."""
    given = {key: value for key, value in changes.items() if key in CHANGEABLE}
    if "number" in given:
        try:
            given["number"] = registration_number.read(given["number"])
        except ValueError as error:
            raise ValidationError({"number": str(error)}) from error
    kind = given.get("contract_type", registration.contract_type)
    if kind not in ("development", registration.contract_type):
        given["contract_subtype"] = ""
    changed = {key: value for key, value in given.items() if getattr(registration, key) != value}
    if not changed:
        raise ValidationError(_("没有改动，不用变更登记"))
    return changed


def _refuse_wrong(registration: Registration, changed: Mapping[str, Any], now: datetime) -> None:
    wrong: dict[str, str] = {}
    day = changed.get("registered_on", registration.registered_on)
    if day is None or day > clock.today(now):
        wrong["registered_on"] = _("登记日期要写明，不能晚于今天")
    if not str(changed.get("body_name", registration.body_name)).strip():
        wrong["body_name"] = _("请写明登记机构")
    kind = changed.get("contract_type", registration.contract_type)
    subtype = changed.get("contract_subtype", registration.contract_subtype)
    if "contract_type" in changed and kind not in contract_types.TYPES:
        wrong["contract_type"] = _("请选择合同类型")
    retyped = {"contract_type", "contract_subtype"} & changed.keys()
    if retyped and kind == "development" and subtype not in contract_types.SUBTYPES:
        wrong["contract_subtype"] = _("请写明是委托开发还是合作开发")
    if registration.fictional and "number" in changed and not registration_number.is_demo(changed["number"]):
        wrong["number"] = _("演示合同的登记编号以 YS 开头，免得和真的编号混在一起")
    if wrong:
        raise ValidationError(wrong)


def _write(registration: Registration, changed: Mapping[str, Any], *, by: Actor) -> None:
    columns = dict(changed)
    if "body_name" in columns:
        columns["body_name"] = columns["body_name"].strip()
        columns["body"] = directory.organisation_called(columns["body_name"])
    number = columns.pop("number", "")
    if number:
        with_number(registration, number, columns, by=by)
    else:
        Registration.objects.filter(pk=registration.pk).update(**columns)


@transaction.atomic
def cancel_registration(
    registration: Registration, note: str, *, by: Actor, now: datetime, revision: int | None = None
) -> Registration:
    """注销登记, with the reason. ValidationError (note), RefusedError, StaleRevisionError, TransitionRefusedError."""
    require(by, RegistrationPerm.CANCEL, registration)
    fresh = lock(registration, revision)
    check_step(fresh, "cancel", note, {})
    advance(registration, "cancel", by=by, now=now, note=note)
    told = {"registration": str(registration.uid), "note": note.strip()}
    audit.record("deal.registration_cancelled", registration.deal, by=by, now=now, payload=told)
    tell(registration, by, gettext_lazy("合作项目 {number} 的技术合同登记已注销"), now)
    return registration


@transaction.atomic
def decide_objection(
    registration: Registration,
    note: str,
    *,
    upheld: bool,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> Registration:
    """Upheld: examined anew, the clock begins today. Rejected: the result it was raised against stays.

    ValidationError (note), RefusedError, StaleRevisionError, TransitionRefusedError.
    """
    require(by, RegistrationPerm.DECIDE_OBJECTION, registration)
    fresh = lock(registration, revision)
    # A record that nobody has objected to is refused by the table, whatever the step.
    step = "uphold_objection" if upheld or fresh.state != "objected" else keeping(fresh.objected_from)
    check_step(fresh, step, note, {})
    advance(registration, step, by=by, now=now, note=note)
    columns: dict[str, Any] = {"objected_from": ""}
    if upheld:
        columns["accepted_on"] = clock.today(now)
    keep(registration, **columns)
    follow_clock(registration)
    said = gettext_lazy("合作项目 {number} 的登记异议成立，重新核对")
    kept = gettext_lazy("合作项目 {number} 的登记异议不成立，维持原结论")
    tell(registration, by, said if upheld else kept, now)
    return registration
