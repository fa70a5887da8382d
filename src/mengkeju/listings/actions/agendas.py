"""Sector agendas: written by an innovation platform or a leading firm, reviewed and published."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.listings.access.lists import AgendaPerm
from mengkeju.listings.actions.attached import differences, filled
from mengkeju.listings.engine.agendas import KEEPERS
from mengkeju.listings.models import Agenda

EDITED = "agenda.edited"


@dataclass(frozen=True)
class AgendaInput:
    """What its organisation states; `cluster` and `field` are terms. `secrecy_reviewed`: needed once it is public."""

    title: str
    summary: str = ""
    cluster: str = ""
    field: str = ""
    secrecy_reviewed: bool = False

    @property
    def stated(self) -> dict[str, Any]:
        """What is stored."""
        return {name: value for name, value in asdict(self).items() if name != "secrecy_reviewed"}


def _check(given: AgendaInput, known: Agenda | None = None) -> None:
    errors = filled({"title": _("请填写名称")}, given)
    for name in ("cluster", "field"):
        key = getattr(given, name)
        kept = known is not None and key == getattr(known, name)
        if key and not kept and not directory.terms(name).filter(key=key).exists():
            errors[name] = _("请从列表里选")
    if errors:
        raise ValidationError(errors)


def confirmed(agenda: Agenda, *, secrecy_reviewed: bool) -> None:
    """ValidationError when a public agenda is changed without the statement on secrecy."""
    if agenda.state == "published" and not secrecy_reviewed:
        raise ValidationError({"secrecy_reviewed": _("改动立即公开，请确认改后的内容已按本单位规定作保密审查")})


@transaction.atomic
def create_agenda(
    given: AgendaInput, *, organisation: Organisation, by: Actor, now: datetime, fictional: bool = False
) -> Agenda:
    """A draft of one of the actor's organisations. ValidationError per field, RefusedError otherwise."""
    require(by, AgendaPerm.CREATE)
    if organisation.uid not in by.organisations:
        raise RefusedError(AgendaPerm.CREATE, _("只能以自己所在单位的名义提出"), _("该单位人员"))
    if organisation.kind not in KEEPERS:
        raise ValidationError({"organisation": _("攻关方向由创新平台或企业提出")})
    _check(given)
    made = Agenda(**given.stated, organisation=organisation, area=organisation.area, fictional=fictional)
    return begin(made, by=by, now=now, payload={"title": made.title}, organisation=organisation.uid)


@transaction.atomic
def edit_agenda(agenda: Agenda, given: AgendaInput, *, by: Actor, now: datetime, revision: int | None = None) -> Agenda:
    """Change what is stated. StaleRevisionError, ValidationError per field."""
    require(by, AgendaPerm.EDIT, agenda)
    fresh = lock(agenda, revision)
    require(by, AgendaPerm.EDIT, fresh)
    _check(given, fresh)
    told = differences({name: getattr(fresh, name) for name in given.stated}, given.stated)
    if not told:
        return fresh
    confirmed(fresh, secrecy_reviewed=given.secrecy_reviewed)
    for name, value in given.stated.items():
        setattr(fresh, name, value)
    fresh.revision += 1
    fresh.save()
    audit.record(EDITED, fresh, by=by, now=now, payload=told)
    return fresh


@transaction.atomic
def submit_agenda(
    agenda: Agenda, *, by: Actor, now: datetime, secrecy_reviewed: bool, revision: int | None = None
) -> Agenda:
    """Hand it to the officer; the secrecy review must be confirmed."""
    advance(agenda, "submit", by=by, now=now, revision=revision, data={"secrecy_reviewed": secrecy_reviewed})
    return agenda


@transaction.atomic
def move_agenda(
    agenda: Agenda, transition: str, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Agenda:
    """Approve or return, end, withdraw, reopen."""
    advance(agenda, transition, by=by, now=now, note=note, revision=revision)
    if transition in {"approve", "publish_source"}:
        Agenda.objects.filter(pk=agenda.pk, published_at=None).update(published_at=now)
        agenda.refresh_from_db()
    return agenda
