"""The person behind a login: signing up and editing one's own profile."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.directory.access import Perm
from mengkeju.directory.actions.organisations import start_person
from mengkeju.directory.engine.terms import PURPOSE, TERMS
from mengkeju.directory.models import Person
from mengkeju.kernel import audit, consent
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.models import Account

PROFILE = ("name", "position", "phone")


@dataclass(frozen=True)
class ProfileInput:
    """What a person states about himself."""

    name: str
    position: str = ""
    phone: str = ""


@transaction.atomic
def sign_up_person(account: Account, name: str, *, now: datetime) -> Person:
    """The person behind a new login, who has agreed to the present terms."""
    person = start_person(account, name.strip() or account.username, now=now)
    by = Actor(account_id=account.pk, account_uid=account.uid, person_uid=person.uid, name=person.name)
    consent.give("person", person.uid, PURPOSE, text_version=TERMS.version, by=by, now=now)
    audit.record("person.signed_up", person, by=by, now=now, payload={"terms": TERMS.version})
    return person


@transaction.atomic
def agree_to_terms(person: Person, *, by: Actor, now: datetime) -> None:
    """Agree to the present text. An agreement to an older one ends."""
    require(by, Perm.PERSON_EDIT, person)
    consent.withdraw("person", person.uid, PURPOSE, by=by, now=now)
    consent.give("person", person.uid, PURPOSE, text_version=TERMS.version, by=by, now=now)


@transaction.atomic
def edit_profile(
    person: Person, given: ProfileInput, *, by: Actor, now: datetime, revision: int | None = None
) -> Person:
    """Change one's own name, position, phone. ValidationError, StaleRevisionError."""
    require(by, Perm.PERSON_EDIT, person)
    fresh = lock(person, revision)
    values = {key: getattr(given, key).strip() for key in PROFILE}
    if not values["name"]:
        raise ValidationError({"name": _("请填写姓名")})
    changed = [key for key in PROFILE if getattr(fresh, key) != values[key]]
    if not changed:
        return fresh
    before = {key: getattr(fresh, key) for key in changed}
    for key in changed:
        setattr(fresh, key, values[key])
    fresh.revision += 1
    fresh.save(update_fields=[*changed, "revision"])
    audit.record(
        "person.edited",
        fresh,
        by=by,
        now=now,
        payload={"before": before, "after": {key: values[key] for key in changed}},
    )
    return fresh
