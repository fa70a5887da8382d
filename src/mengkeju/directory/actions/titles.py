"""Entering and withdrawing titles (资质称号): the work of the officer of the holder's area."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.directory.access import Perm
from mengkeju.directory.actions.telling import tell_managers
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import Organisation, Title
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import lock


@dataclass(frozen=True)
class TitleInput:
    """What an officer states of a title."""

    kind: str
    level: str
    issued_by: str
    basis: str
    valid_from: date
    valid_to: date | None = None
    number: str = ""


@transaction.atomic
def grant_title(
    organisation: Organisation, given: TitleInput, *, by: Actor, now: datetime, origin: str = "entered"
) -> Title:
    """Enter a title an authority has conferred. ValidationError per field; a title that still runs is refused."""
    require(by, Perm.TITLE_GRANT, organisation)
    holder = lock(organisation)
    require(by, Perm.TITLE_GRANT, holder)
    errors = _errors(holder, given, clock.today(now))
    if errors:
        raise ValidationError(errors)
    made = Title.objects.create(
        kind=given.kind,
        level=given.level,
        number=given.number.strip(),
        issued_by=given.issued_by.strip(),
        basis=given.basis.strip(),
        valid_from=given.valid_from,
        valid_to=given.valid_to,
        holder=holder,
        origin=origin,
        area=holder.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    event = audit.record("organisation.title_granted", holder, by=by, now=now, payload=_told(made))
    title = format_lazy(gettext_lazy("本单位登记了称号：{title}"), title=_word(made))
    tell_managers(holder, "title_granted", title, event, now)
    return made


def _errors(holder: Organisation, given: TitleInput, today: date) -> dict[str, str]:
    errors: dict[str, str] = {}
    if given.kind not in TITLES.kinds:
        errors["kind"] = _("请选择称号")
    if given.level not in TITLES.levels:
        errors["level"] = _("请选择级别")
    if not given.issued_by.strip():
        errors["issued_by"] = _("请写明由哪个单位认定")
    if not given.basis.strip():
        errors["basis"] = _("请写明认定依据，例如文件名称、文号和日期")
    if given.valid_from > today:
        errors["valid_from"] = _("认定日期不能在今天之后，认定以后再登记")
    if given.valid_to is not None and given.valid_to < max(given.valid_from, today):
        errors["valid_to"] = _("有效期已经过了；过期的称号不登记")
    if not errors and _still_runs(holder, given):
        errors["kind"] = _("这个称号已经登记，还在有效期内。先撤销原来的，再登记新的")
    return errors


def _still_runs(holder: Organisation, given: TitleInput) -> bool:
    others = Title.objects.filter(holder=holder, kind=given.kind, withdrawn_at=None, archived_at=None)
    if TITLES.kinds[given.kind].by_level:
        others = others.filter(level=given.level)
    return others.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=given.valid_from)).exists()


@transaction.atomic
def record_title_from_source(
    organisation: Organisation, *, kind: str, level: str, basis: str, by: Actor, now: datetime
) -> Title:
    """A title as a published text states it of an organisation, without day and authority; the same on repetition.

    It counts from the day it is taken over here, because the text says only that it had been conferred.
    """
    require(by, Perm.TITLE_FROM_SOURCE)
    holder = lock(organisation)
    found = Title.objects.filter(holder=holder, kind=kind, level=level, origin="source").first()
    if found is not None:
        return found
    made = Title.objects.create(
        kind=kind,
        level=level,
        issued_by=_("公开资料未载"),
        basis=basis,
        valid_from=clock.today(now),
        day_known=False,
        holder=holder,
        origin="source",
        area=holder.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    audit.record("organisation.title_granted", holder, by=by, now=now, payload={**_told(made), "origin": "source"})
    return made


@transaction.atomic
def withdraw_title(title: Title, *, by: Actor, now: datetime, note: str, cancelled_from: date | None = None) -> Title:
    """End a title before its time, with the reason.

    `cancelled_from`: since when the authority has cancelled it: until then it held, and counts in registers of those
    days; without, it was entered wrongly and never held. ValidationError without a reason, for a day before it began or
    after today, or when it is withdrawn already.
    """
    require(by, Perm.TITLE_WITHDRAW, title)
    fresh = lock(title)
    if not note.strip():
        raise ValidationError({"note": _("请写明撤销理由")})
    if fresh.withdrawn_at is not None:
        raise ValidationError({"note": _("这个称号已经撤销")})
    if cancelled_from is not None and not fresh.valid_from <= cancelled_from <= clock.today(now):
        raise ValidationError({"cancelled_from": _("取消日期要在认定日期和今天之间")})
    fresh.cancelled_from = cancelled_from
    fresh.withdrawn_at, fresh.withdrawn_by_id, fresh.withdrawn_reason = now, by.account_id, note.strip()[:300]
    fresh.revision += 1
    fresh.save(update_fields=[
        "withdrawn_at", "withdrawn_by", "withdrawn_reason", "cancelled_from", "revision"
    ])  # fmt: skip
    payload = {**_told(fresh), "note": fresh.withdrawn_reason, "cancelled_from": cancelled_from}
    event = audit.record("organisation.title_withdrawn", fresh.holder, by=by, now=now, payload=payload)
    said = format_lazy(gettext_lazy("本单位的称号已撤销：{title}"), title=_word(fresh))
    tell_managers(fresh.holder, "title_withdrawn", said, event, now)
    return fresh


def end_titles(*, by: Actor, now: datetime) -> int:
    """Record the end of titles whose last day is past; returns how many.

    A title ends with its day whenever this runs (`queries.titles.in_force`): here it is recorded, told, and through
    the record the index learns of it.
    """
    if not by.system:
        raise RefusedError(Perm.TITLE_WITHDRAW, _("到期由平台自动办理"), _("平台自身"))
    past = Title.objects.filter(withdrawn_at=None, ended_at=None, archived_at=None, valid_to__lt=clock.today(now))
    ended = 0
    for title in past.select_related("holder"):
        with transaction.atomic():
            if Title.objects.filter(pk=title.pk, ended_at=None).update(ended_at=now):
                event = audit.record("organisation.title_ended", title.holder, by=by, now=now, payload=_told(title))
                said = format_lazy(gettext_lazy("本单位的称号已到期：{title}"), title=_word(title))
                tell_managers(title.holder, "title_ended", said, event, now)
                ended += 1
    return ended


def _word(title: Title) -> str:
    return f"{TITLES.levels[title.level].label}{TITLES.kinds[title.kind].label}"


def _told(title: Title) -> dict[str, object]:
    names = ("kind", "level", "number", "issued_by", "basis", "valid_from", "valid_to")
    return {"title": str(title.uid), **{name: getattr(title, name) for name in names}}
