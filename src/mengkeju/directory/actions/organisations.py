"""Registering, editing and joining organisations; the person behind a login."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory import queries
from mengkeju.directory.access import Perm
from mengkeju.directory.engine import credit_code
from mengkeju.directory.engine.regions import is_outside
from mengkeju.directory.models import Area, Membership, Organisation, Person
from mengkeju.kernel import audit, clock
from mengkeju.kernel.access import Actor, may, require
from mengkeju.kernel.actions import advance, begin, lock
from mengkeju.kernel.models import Account

EDITABLE = ("name", "name_en", "kind", "credit_code", "credit_code_override", "area", "zone", "industry", "summary")
STATED = (*EDITABLE, "founded_on")
IDENTITY = {"name", "credit_code", "kind"}


@dataclass(frozen=True)
class OrganisationInput:
    """What a person states about an organisation. `area` a division code, `zone` a zone code or empty."""

    name: str
    kind: str
    area: str
    credit_code: str = ""
    credit_code_override: str = ""
    zone: str = ""
    industry: str = ""
    summary: str = ""
    name_en: str = ""
    founded_on: date | None = None


def _checked(given: OrganisationInput, today: date, own: Organisation | None = None) -> dict[str, Any]:
    """Field values, or ValidationError with one message per field."""
    values: dict[str, Any] = {key: getattr(given, key).strip() for key in EDITABLE}
    values["founded_on"] = given.founded_on
    errors: dict[str, str] = {}
    try:
        values["credit_code"] = credit_code.check(given.credit_code)
        values["credit_code_override"] = ""
    except credit_code.CreditCodeError as error:
        if error.overridable and values["credit_code_override"]:
            values["credit_code"] = credit_code.normalise(given.credit_code)
        else:
            errors["credit_code"] = str(error)
    if given.founded_on and given.founded_on > today:
        errors["founded_on"] = _("成立日期不能晚于今天")
    if not values["name"]:
        errors["name"] = _("请填写单位名称")
    if values["area"] and not Area.objects.filter(code=values["area"]).exclude(kind="zone").exists():
        errors["area"] = _("请选择所在的旗县区或城市")
    if values["zone"] and not Area.objects.filter(code=values["zone"], kind="zone").exists():
        errors["zone"] = _("没有这个功能区")
    if "credit_code" not in errors and _has_code(values["credit_code"], own):
        errors["credit_code"] = _("这个统一社会信用代码已经登记，请联系该单位管理员邀请您加入")
    if errors:
        raise ValidationError(errors)
    return values


def _has_code(code: str, own: Organisation | None) -> bool:
    """Whether another organisation than `own` is registered under a code."""
    others = Organisation.objects.filter(credit_code=code)
    return bool(code) and (others.exclude(uid=own.uid) if own else others).exists()


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    """As an event keeps them."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


@transaction.atomic
def start_person(account: Account, name: str, *, now: datetime, fictional: bool = False) -> Person:
    """The person behind a new login; an existing one is returned."""
    person, _made = Person.objects.get_or_create(
        account=account, defaults={"name": name, "created_at": now, "created_by": account, "fictional": fictional}
    )
    return person


@transaction.atomic
def register_organisation(
    given: OrganisationInput, *, by: Actor, now: datetime, fictional: bool = False
) -> Organisation:
    """A new organisation; its founder becomes its manager. ValidationError per field."""
    require(by, Perm.ORGANISATION_CREATE)
    if not given.area:
        raise ValidationError({"area": _("请选择所在的旗县区或城市")})
    made = Organisation(**_checked(given, clock.today(now)), fictional=fictional)
    organisation = begin(made, by=by, now=now, payload={"name": given.name})
    person = queries.person_of(by)
    if person is not None:
        Membership.objects.create(person=person, organisation=organisation, manager=True, began_at=now)
    return organisation


@transaction.atomic
def edit_organisation(
    organisation: Organisation, given: OrganisationInput, *, by: Actor, now: datetime, revision: int | None = None
) -> Organisation:
    """Change what is stated.

    A verified organisation must be verified again when its name or code changes, or when it moves into the region
    or out of it.
    """
    require(by, Perm.ORGANISATION_EDIT, organisation)
    fresh = lock(organisation, revision)
    values = _checked(given, clock.today(now), fresh)
    before = {key: getattr(fresh, key) for key in STATED if getattr(fresh, key) != values[key]}
    if not before:
        return fresh
    for key, value in values.items():
        setattr(fresh, key, value)
    fresh.revision += 1
    fresh.save()
    audit.record(
        "organisation.edited",
        fresh,
        by=by,
        now=now,
        payload={"before": _written(before), "after": _written({key: values[key] for key in before})},
    )
    # Over the border of the region is another scope, and another officer: nobody moves himself there.
    moved = is_outside(before.get("area", fresh.area)) != is_outside(fresh.area)
    if fresh.verified and (moved or IDENTITY & set(before)) and not may(by, Perm.ORGANISATION_VERIFY, fresh):
        advance(fresh, "reverify", by=by, now=now)
    return fresh


@transaction.atomic
def join_organisation(
    person: Person, organisation: Organisation, *, manager: bool, by: Actor, now: datetime
) -> Membership:
    """Make a person a member. The caller has checked the right (invitation, or loading the demo region)."""
    membership, made = Membership.objects.get_or_create(
        person=person, organisation=organisation, ended_at=None, defaults={"manager": manager, "began_at": now}
    )
    if made:
        audit.record(
            "organisation.joined",
            organisation,
            by=by,
            now=now,
            payload={"person": str(person.uid)},
            organisation=organisation.uid,
        )
    elif manager and not membership.manager:
        membership.manager = True
        membership.save(update_fields=["manager"])
    return membership


@transaction.atomic
def publish_organisation_from_source(
    *, source: str, external_id: str, values: dict[str, str], by: Actor, now: datetime
) -> Organisation:
    """An organisation as a published text states it: unverified, without code; the same one on repetition."""
    require(by, Perm.ORGANISATION_FROM_SOURCE)
    found = Organisation.objects.filter(source=source, external_id=external_id).first()
    if found is not None:
        return found
    return begin(
        Organisation(source=source, external_id=external_id, **values), by=by, now=now, payload={"source": source}
    )


@transaction.atomic
def publish_person_from_source(
    *, source: str, external_id: str, name: str, position: str, by: Actor, now: datetime
) -> Person:
    """A person as a published text names him: no account, no contact; the same one on repetition."""
    require(by, Perm.ORGANISATION_FROM_SOURCE)
    person, made = Person.objects.get_or_create(
        source=source,
        external_id=external_id,
        defaults={"name": name, "position": position, "created_at": now, "created_by_id": by.account_id},
    )
    if made:
        audit.record("person.published", person, by=by, now=now, payload={"source": source})
    return person
