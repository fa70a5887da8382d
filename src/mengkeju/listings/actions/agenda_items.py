"""The directions of an agenda: written, made a need in one step, answered, marked as solved."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import begin, lock
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings.access.lists import AgendaPerm
from mengkeju.listings.actions.agendas import AgendaInput, confirmed, move_agenda
from mengkeju.listings.actions.attached import differences, filled, hang, take_off
from mengkeju.listings.actions.edit import ListingInput, create_listing
from mengkeju.listings.engine.agendas import MAX_ITEMS
from mengkeju.listings.models import Agenda, AgendaItem, Listing

ADDED, EDITED, REMOVED = "agenda.item_added", "agenda.item_edited", "agenda.item_removed"
SOLVED, UNSOLVED = "agenda.item_solved", "agenda.item_unsolved"
ATTACHED, DETACHED, MADE_NEED = "agenda.attached", "agenda.detached", "agenda.item_made_need"


@dataclass(frozen=True)
class ItemInput:
    """One direction; `secrecy_reviewed` is needed once the agenda is public."""

    title: str
    text: str = ""
    secrecy_reviewed: bool = False


def _check(given: ItemInput) -> None:
    if errors := filled({"title": _("请填写方向")}, given):
        raise ValidationError(errors)


def _tell(kind: str, item: AgendaItem, *, by: Actor, now: datetime, **payload: Any) -> None:
    audit.record(kind, item.agenda, by=by, now=now, payload={"item": str(item.uid), **payload})


@transaction.atomic
def add_item(agenda: Agenda, given: ItemInput, *, by: Actor, now: datetime) -> AgendaItem:
    """Another direction at the end. ValidationError per field."""
    require(by, AgendaPerm.EDIT, agenda)
    fresh = lock(agenda)
    require(by, AgendaPerm.EDIT, fresh)
    _check(given)
    confirmed(fresh, secrecy_reviewed=given.secrecy_reviewed)
    if fresh.items.filter(archived_at=None).count() >= MAX_ITEMS:
        raise ValidationError(_("一份攻关方向最多 %(most)s 条") % {"most": MAX_ITEMS})
    return _add(fresh, given, by=by, now=now)


def _add(agenda: Agenda, given: ItemInput, *, by: Actor, now: datetime) -> AgendaItem:
    last = agenda.items.aggregate(last=Max("position"))["last"] or 0
    item = AgendaItem(agenda=agenda, position=last + 1, title=given.title, text=given.text, area=agenda.area)
    item.created_at, item.created_by_id = now, by.account_id
    item.save(force_insert=True)
    _tell(ADDED, item, by=by, now=now, title=item.title)
    return item


@transaction.atomic
def edit_item(
    item: AgendaItem, given: ItemInput, *, by: Actor, now: datetime, revision: int | None = None
) -> AgendaItem:
    """Change its words. StaleRevisionError, ValidationError per field."""
    require(by, AgendaPerm.EDIT, item.agenda)
    fresh = lock(item, revision)
    _check(given)
    told = differences({"title": fresh.title, "text": fresh.text}, {"title": given.title, "text": given.text})
    if not told:
        return fresh
    confirmed(fresh.agenda, secrecy_reviewed=given.secrecy_reviewed)
    fresh.title, fresh.text, fresh.revision = given.title, given.text, fresh.revision + 1
    fresh.save()
    _tell(EDITED, fresh, by=by, now=now, **told)
    return fresh


@transaction.atomic
def remove_item(item: AgendaItem, *, by: Actor, now: datetime, note: str) -> AgendaItem:
    """Take a direction off the agenda, with the reason; it is archived. Refused while a need hangs on it."""
    require(by, AgendaPerm.EDIT, item.agenda)
    fresh = lock(item)
    if not note.strip():
        raise ValidationError(_("请写明理由"))
    if fresh.attached.exists():
        raise ValidationError(_("这个方向下还挂着供需信息，先取下来再移除"))
    fresh.archived_at, fresh.archived_by_id, fresh.archived_reason = now, by.account_id, note.strip()[:200]
    fresh.revision += 1
    fresh.save()
    _tell(REMOVED, fresh, by=by, now=now, note=note.strip())
    return fresh


@transaction.atomic
def settle_item(item: AgendaItem, *, solved: bool, by: Actor, now: datetime, note: str = "") -> AgendaItem:
    """Mark a direction as solved, saying by what; or take that back with the reason."""
    require(by, AgendaPerm.MANAGE, item.agenda)
    fresh = lock(item)
    if fresh.agenda.state != "published":
        raise TransitionRefusedError(_("攻关方向发布以后才能标记是否解决"), "wrong_state")
    if not note.strip():
        raise ValidationError(_("请写明由什么解决、见于何处") if solved else _("请写明理由"))
    if (fresh.solved_on is not None) == solved:
        return fresh
    fresh.solved_on = clock.today(now) if solved else None
    fresh.solved_note = note.strip()[:500] if solved else ""
    fresh.revision += 1
    fresh.save()
    _tell(SOLVED if solved else UNSOLVED, fresh, by=by, now=now, note=note.strip())
    return fresh


@transaction.atomic
def make_need(item: AgendaItem, *, by: Actor, now: datetime) -> Listing:
    """A draft need of the agenda's organisation with what the direction says, hanging on it. Several may be made."""
    agenda = item.agenda
    require(by, AgendaPerm.MANAGE, agenda)
    if agenda.state != "published":
        raise TransitionRefusedError(_("攻关方向发布以后才能提成需求"), "wrong_state")
    values = {
        "title": item.title,
        "summary": item.text or _("%(agenda)s：%(item)s") % {"agenda": agenda.title, "item": item.title},
        "cluster": agenda.cluster,
        "field": agenda.field,
        "area": agenda.area,
    }
    made = create_listing(
        "need",
        ListingInput(values),
        owner=agenda.organisation,
        by=by,
        now=now,
        contact=directory.person_of(by),
        fictional=agenda.fictional,
    )
    hang(item.attached, made, on=agenda, told=MADE_NEED, by=by, now=now, extra=str(item.uid))
    return made


@transaction.atomic
def attach_to_item(item: AgendaItem, listing: Listing, *, by: Actor, now: datetime) -> bool:
    """A need it has become elsewhere, or an offer that answers it. Returns whether it is new."""
    require(by, AgendaPerm.MANAGE, item.agenda)
    return hang(item.attached, listing, on=item.agenda, told=ATTACHED, by=by, now=now, extra=str(item.uid))


@transaction.atomic
def detach_from_item(item: AgendaItem, listing: Listing, *, by: Actor, now: datetime) -> bool:
    """Take it off."""
    require(by, AgendaPerm.MANAGE, item.agenda)
    return take_off(item.attached, listing, on=item.agenda, told=DETACHED, by=by, now=now, extra=str(item.uid))


@dataclass(frozen=True)
class SourceItem:
    """A direction as a public text states it, and the entries of the same source that hang on it."""

    title: str
    text: str = ""
    listings: tuple[Listing, ...] = ()


@transaction.atomic
def publish_agenda_from_source(
    given: AgendaInput,
    items: tuple[SourceItem, ...],
    *,
    organisation: Organisation,
    source: str,
    external_id: str,
    by: Actor,
    now: datetime,
) -> tuple[Agenda, bool]:
    """Publish what a public text states, marked 据公开报道; a second time changes nothing. (agenda, whether new)."""
    require(by, AgendaPerm.PUBLISH_SOURCE)
    found = Agenda.objects.filter(source=source, external_id=external_id).exclude(external_id="").first()
    if found is not None:
        return found, False
    agenda = begin(
        Agenda(
            **given.stated, organisation=organisation, area=organisation.area, source=source, external_id=external_id
        ),
        by=by,
        now=now,
        payload={"title": given.title, "source": source},
    )
    for stated in items:
        item = _add(agenda, ItemInput(stated.title, stated.text), by=by, now=now)
        for listing in stated.listings:
            hang(item.attached, listing, on=agenda, told=ATTACHED, by=by, now=now, extra=str(item.uid))
    return move_agenda(agenda, "publish_source", by=by, now=now), True
