"""The hand-entered part of a technology-transfer body's year."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals.access import AgencyPerm
from mengkeju.deals.models import STATED, AgencySheet
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import StaleRevisionError, lock

FIRST_YEAR = 1985
TEXTS = ("organised", "cases")
SCHOOLED = ("masters", "bachelors", "college")
OF_STAFF = ("full_time", *SCHOOLED, "senior_titles", "middle_titles", "managers")
FUNDS = ("fund_national", "fund_local", "fund_own", "fund_other")


@transaction.atomic
def save_agency_sheet(
    agency: Organisation,
    year: int,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    revision: int | None = None,
) -> AgencySheet:
    """Keep what the body states of a year; `values` by the names of `models.STATED`, what is left out stays.

    `revision`: of the sheet the values were typed over, 0 when there was none. ValidationError by field,
    StaleRevisionError, RefusedError.
    """
    require(by, AgencyPerm.WRITE, agency)
    unknown = set(values) - set(STATED)
    if unknown:
        msg = f"no fields of a year sheet: {', '.join(sorted(unknown))}"
        raise TypeError(msg)
    if not FIRST_YEAR <= year <= clock.today(now).year:
        raise ValidationError({"year": _("年度不能在今年之后")})
    holder = lock(agency)  # two first entries of a year do not meet
    sheet = AgencySheet.objects.select_for_update().filter(organisation=holder, year=year).first()
    if sheet is not None and revision is not None and sheet.revision != revision:
        raise StaleRevisionError(sheet)
    fresh = sheet or AgencySheet(organisation=holder, year=year, area=holder.area, created_at=now)
    before = {name: getattr(fresh, name) for name in STATED}
    after = before | {name: _tidy(value) for name, value in values.items()}
    wrong = _troubles(after)
    if wrong:
        raise ValidationError(wrong)
    changed = [name for name in STATED if before[name] != after[name]]
    if not changed:
        return fresh if sheet is not None else _written(fresh, {}, {}, by=by, now=now)
    for name in changed:
        setattr(fresh, name, after[name])
    told = ({name: _plain(kept[name]) for name in changed} for kept in (before, after))
    return _written(fresh, *told, by=by, now=now)


def _written(
    sheet: AgencySheet, before: dict[str, Any], after: dict[str, Any], *, by: Actor, now: datetime
) -> AgencySheet:
    if sheet._state.adding:
        sheet.created_by_id = by.account_id
    else:
        sheet.revision += 1
    sheet.save()
    payload = {"year": sheet.year, "before": before, "after": after}
    audit.record("agency_sheet.saved", sheet, by=by, now=now, payload=payload, organisation=sheet.organisation.uid)
    return sheet


def _tidy(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _troubles(said: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for field in AgencySheet._meta.get_fields():
        name, most = field.name, getattr(field, "max_length", None)
        if name in TEXTS and most is not None and len(said[name]) > most:
            wrong[name] = _("最多 %(most)s 个字") % {"most": most}
        elif name in said and isinstance(said[name], int | Decimal) and said[name] < 0:
            wrong[name] = _("不能小于零")
    staff = said["staff"]
    for name in OF_STAFF:
        if staff is not None and said[name] is not None and said[name] > staff:
            wrong.setdefault(name, _("不能多于总人数 %(staff)s") % {"staff": staff})
    if staff is not None and not wrong and sum(said[name] or 0 for name in SCHOOLED) > staff:
        wrong["college"] = _("硕士及以上、本科、专科合计多于总人数 %(staff)s") % {"staff": staff}
    funds = sum((said[name] for name in FUNDS if said[name] is not None), Decimal(0))
    if said["work_funds"] is not None and funds > said["work_funds"]:
        wrong.setdefault("work_funds", _("各来源合计 %(sum)s 元，多于工作经费") % {"sum": funds})
    return wrong
