"""Keeping the list of weak links: an officer of the area writes, publishes, attaches and moves."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.kernel import audit
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.listings.access.lists import WeakLinkPerm
from mengkeju.listings.actions.attached import differences, filled, hang, take_off
from mengkeju.listings.engine.weak_links import PRIORITIES
from mengkeju.listings.models import Listing, WeakLink

ATTACHED, DETACHED, EDITED = "weak_link.attached", "weak_link.detached", "weak_link.edited"


@dataclass(frozen=True)
class WeakLinkInput:
    """What the officer states. `chain` is a term of the vocabulary `cluster`; `position` orders the nodes."""

    chain: str
    node: str
    title: str
    gap: str
    area: str
    priority: str = "middle"
    position: int = 0
    basis: str = ""


def _check(given: WeakLinkInput, *, known: str = "") -> None:
    errors = filled(
        {"node": _("请填写环节"), "title": _("请填写短板"), "gap": _("请写清缺什么"), "area": _("请选择地区")}, given
    )
    if given.chain != known and not directory.terms("cluster").filter(key=given.chain).exists():
        errors["chain"] = _("请选择产业链")
    if given.priority not in PRIORITIES:
        errors["priority"] = _("请选择优先级")
    if errors:
        raise ValidationError(errors)


def _said_twice(error: IntegrityError) -> ValidationError:
    if "weak_link_once" not in str(error) and "listings_weaklink.chain" not in str(error):
        raise error
    return ValidationError({"title": _("这个环节已经有同名的短板")})


@transaction.atomic
def create_weak_link(given: WeakLinkInput, *, by: Actor, now: datetime, fictional: bool = False) -> WeakLink:
    """A draft of an officer over its area. ValidationError per field, RefusedError for another area."""
    require(by, WeakLinkPerm.KEEP)
    _check(given)
    made = WeakLink(**asdict(given), fictional=fictional)
    require(by, WeakLinkPerm.EDIT, made)
    try:
        with transaction.atomic():
            return begin(made, by=by, now=now, payload=asdict(given))
    except IntegrityError as error:
        raise _said_twice(error) from None


@transaction.atomic
def edit_weak_link(
    link: WeakLink, given: WeakLinkInput, *, by: Actor, now: datetime, revision: int | None = None
) -> WeakLink:
    """Change what is stated; of a listed one at once and in its history. StaleRevisionError, ValidationError."""
    require(by, WeakLinkPerm.EDIT, link)
    fresh = lock(link, revision)
    _check(given, known=fresh.chain)
    before: dict[str, Any] = {name: getattr(fresh, name) for name in asdict(given)}
    told = differences(before, asdict(given))
    if not told:
        return fresh
    for name, value in asdict(given).items():
        setattr(fresh, name, value)
    require(by, WeakLinkPerm.EDIT, fresh)  # over the new area too
    fresh.revision += 1
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError as error:
        raise _said_twice(error) from None
    audit.record(EDITED, fresh, by=by, now=now, payload=told)
    return fresh


@transaction.atomic
def move_weak_link(
    link: WeakLink, transition: str, *, by: Actor, now: datetime, note: str = "", revision: int | None = None
) -> WeakLink:
    """Publish, mark as being worked on or covered, drop with the reason, list again."""
    try:
        with transaction.atomic():
            advance(link, transition, by=by, now=now, note=note, revision=revision)
    except IntegrityError as error:  # listed again beside another of the same name
        raise _said_twice(error) from None
    return link


@transaction.atomic
def attach_to_weak_link(link: WeakLink, listing: Listing, *, by: Actor, now: datetime) -> bool:
    """A need that asks for what is missing, or an offer that could fill it. Returns whether it is new."""
    require(by, WeakLinkPerm.EDIT, link)
    return hang(link.attached, listing, on=link, told=ATTACHED, by=by, now=now)


@transaction.atomic
def detach_from_weak_link(link: WeakLink, listing: Listing, *, by: Actor, now: datetime) -> bool:
    """Take it off."""
    require(by, WeakLinkPerm.EDIT, link)
    return take_off(link.attached, listing, on=link, told=DETACHED, by=by, now=now)
