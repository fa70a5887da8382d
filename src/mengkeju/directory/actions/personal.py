"""Personal data: handing a person a copy, and erasing him, by walking the marks of all models.

Which rows are about a person follows from the columns: the person himself, his account, a foreign key to
either, a uid column named `account`, or a marked e-mail column that holds his address. A model with marks
that has none of these (e.g. the printed holder of a patent) is held by law and stays.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.db import models, transaction
from django.db.models import Model, Q, QuerySet

from mengkeju.directory.access import Perm
from mengkeju.directory.actions.accounts import end_sessions
from mengkeju.directory.models import Invitation, Person
from mengkeju.kernel import audit, search, subjects
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.exchange import leftovers
from mengkeju.kernel.models import Account, Consent, Event, EventPayload, ImportRow, Notice, personal_fields

ERASED_NAME = "已删除的用户"
SCHEMA = "mengkeju.person"


def marked_models() -> list[type[Model]]:
    """Every model with a field about people, in a stable order."""
    return sorted((m for m in apps.get_models() if personal_fields(m)), key=lambda m: m._meta.label)


def _condition(model: type[Model], person: Person) -> Q | None:
    account = person.account
    if model is Person:
        return Q(pk=person.pk)
    if model is Account:
        return Q(pk=person.account_id)
    if model is ImportRow:
        return Q(pk__in=_import_rows(person))
    found: list[Q] = []
    marks = personal_fields(model)
    for field in model._meta.get_fields():
        target = getattr(field, "related_model", None)
        if isinstance(field, models.ForeignKey) and target is Person:
            found.append(Q(**{field.name: person}))
        elif isinstance(field, models.UUIDField) and field.name == "account":
            found.append(Q(account=account.uid if account else None))
        elif isinstance(field, models.EmailField) and field.name in marks:
            found.append(Q(**{f"{field.name}__iexact": account.email}) if account and account.email else Q(pk__in=()))
    if not found:
        return None
    total = found[0]
    for condition in found[1:]:
        total |= condition
    return total


def _import_rows(person: Person) -> set[int]:
    called = _identifiers(person)
    organisations = set(person.memberships.values_list("organisation__uid", flat=True)) if person.pk else set()
    return leftovers.rows_naming(called.own, called.names, organisations, person.account_id)


def _forget_imports(person: Person, *, now: datetime) -> None:
    """Before anything else goes: what he was called earlier stands in payloads that are deleted next."""
    organisations = set(person.memberships.values_list("organisation__uid", flat=True))
    leftovers.forget_unread(organisations, person.account_id, now=now)
    rows_about(ImportRow, person).update(cells=None, values=None, problems=None)


def is_linked(model: type[Model]) -> bool:
    """Whether rows of a marked model can be traced to a person; if not, they are held by law."""
    return _condition(model, Person(pk=0)) is not None


def rows_about(model: type[Model], person: Person) -> QuerySet[Any]:
    """The rows of a marked model that are about a person; none for a model held by law."""
    condition = _condition(model, person)
    rows = model._base_manager.all()
    return rows.filter(condition) if condition is not None else rows.none()


def _row_about(model: type[Model], row: Any) -> dict[str, Any]:
    fields = [
        {
            "name": name,
            "label": str(getattr(model._meta.get_field(name), "verbose_name", name)),
            "value": getattr(row, name),
            "purpose": mark.purpose,
            "basis": mark.basis,
            "retention": mark.retention,
        }
        for name, mark in personal_fields(model).items()
    ]
    return {"model": model._meta.label, "uid": str(getattr(row, "uid", row.pk)), "fields": fields}


def export_person(person: Person, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Everything kept about a person, as plain JSON values: fields with purpose, basis, retention; acts; consents."""
    require(by, Perm.PERSON_EXPORT, person)
    data = [_row_about(model, row) for model in marked_models() for row in rows_about(model, person).order_by("pk")]
    account = person.account
    acts = Event.objects.filter(actor_account=account.uid).order_by("id") if account else Event.objects.none()
    with transaction.atomic():
        audit.record("person.exported", person, by=by, now=now)
    made: dict[str, Any] = json.loads(
        audit.canonical(
            {
                "schema": SCHEMA,
                "version": 1,
                "exported_at": now,
                "person": person.uid,
                "data": data,
                "memberships": list(
                    person.memberships.order_by("pk").values(
                        "organisation__uid", "organisation__name", "manager", "began_at", "ended_at"
                    )
                ),
                "roles": list(
                    person.role_grants.order_by("pk").values("role", "scope", "area", "granted_at", "revoked_at")
                ),
                "consents": list(
                    Consent.objects.filter(giver_type="person", giver_uid=person.uid)
                    .order_by("pk")
                    .values("purpose", "scope", "text_version", "given_at", "withdrawn_at")
                ),
                "acts": list(acts.values("uid", "type", "subject_type", "subject_uid", "at")),
            }
        )
    )
    return made


@dataclass(frozen=True)
class Identifiers:
    """Words that point to a person: `own` name nobody else, `names` may, `positions` surely do."""

    own: frozenset[str]
    names: frozenset[str]
    positions: frozenset[str]


def _identifiers(person: Person) -> Identifiers:
    """What the person is called now, and was before by the record of his own edits."""
    words: dict[str, set[str]] = {"phone": {person.phone}, "name": {person.name}, "position": {person.position}}
    edits = EventPayload.objects.filter(event__type="person.edited", event__subject_uid=person.uid)
    for body in edits.values_list("body", flat=True):
        for side in (body.get("before", {}), body.get("after", {})):
            for key, value in side.items():
                words[key].add(value)
    own = words["phone"]
    if person.account is not None:
        own |= {person.account.username, person.account.email}
        own |= set(EmailAddress.objects.filter(user=person.account).values_list("email", flat=True))
    return Identifiers(*(frozenset(texts - {""}) for texts in (own, words["name"], words["position"])))


def _payloads_about(person: Person, called: Identifiers) -> Iterator[EventPayload]:
    """Payloads that hold the person.

    His own identifiers count anywhere, his name where he or his organisations acted, his position only in
    his own acts and in events about him: others are called so too.
    """
    account = person.account.uid if person.account else None
    organisations = set(person.memberships.values_list("organisation__uid", flat=True))
    for payload in EventPayload.objects.select_related("event").order_by("pk").iterator(chunk_size=500):
        event = payload.event
        his = event.subject_uid == person.uid or (account is not None and event.actor_account == account)
        near = his or event.subject_uid in organisations or event.actor_organisation in organisations
        words = called.own | (called.names if near else frozenset()) | (called.positions if his else frozenset())
        text = audit.canonical(payload.body)
        if any(word in text for word in words):
            yield payload


def _blank(row: Any, name: str, person: Person) -> Any:
    field = row._meta.get_field(name)
    if field.unique:
        return f"erased-{person.uid.hex}"[: field.max_length]
    return None if field.null else ""


def _blank_rows(person: Person) -> list[Model]:
    """Empty every marked field about the person; returns the rows whose subject search may hold."""
    changed = []
    for model in marked_models():
        if model in {Notice, Person, ImportRow}:
            continue
        for row in rows_about(model, person).select_for_update():
            for name in personal_fields(model):
                setattr(row, name, _blank(row, name, person))
            row.save(update_fields=list(personal_fields(model)))
            if model is not Account:
                changed.append(row)
    return changed


def _close_account(account: Account, *, now: datetime) -> None:
    """End sessions and forget what the sign-in libraries keep; their logs keep the time without the name."""
    end_sessions(account, now=now)
    names = Q(username__iexact=account.username)
    if account.email:
        names |= Q(username__iexact=account.email)
    AccessAttempt.objects.filter(names).delete()
    for log in (AccessLog, AccessFailureLog):
        log.objects.filter(names).update(username=ERASED_NAME, ip_address=None, user_agent="")
    for kept in (EmailAddress, Authenticator, SocialAccount):
        kept.objects.filter(user=account).delete()
    account.set_unusable_password()
    account.is_active = False
    account.suspended_reason = ""
    account.save(update_fields=["password", "is_active", "suspended_reason"])


def _leave_everything(person: Person, *, by: Actor, now: datetime) -> None:
    person.memberships.filter(ended_at=None).update(ended_at=now)
    if by.account_id is not None:
        person.role_grants.filter(revoked_at=None).update(revoked_at=now, revoked_by_id=by.account_id)
    elif person.account_id is not None:
        person.role_grants.filter(revoked_at=None).update(revoked_at=now, revoked_by_id=person.account_id)
    Consent.objects.filter(giver_type="person", giver_uid=person.uid, withdrawn_at=None).update(withdrawn_at=now)
    if person.account is not None and person.account.email:
        Invitation.objects.filter(email__iexact=person.account.email, accepted_at=None, withdrawn_at=None).update(
            withdrawn_at=now
        )


def _delete_payloads(person: Person) -> list[str]:
    """Delete the payloads that hold the person and the notices of those events; returns the events' uids."""
    called = _identifiers(person)
    payloads = list(_payloads_about(person, called))
    events = [payload.event.uid for payload in payloads]
    EventPayload.objects.filter(pk__in=[payload.pk for payload in payloads]).delete()
    told = Q(event__in=events)
    for word in called.own:
        told |= Q(title__icontains=word)
    if person.account is not None:
        told |= Q(account=person.account.uid)
    Notice.objects.filter(told).delete()
    return [str(uid) for uid in events]


@transaction.atomic
def erase_person(person: Person, *, by: Actor, now: datetime) -> Event | None:
    """Erase a person: marked fields, payloads and notices that hold him, his login. Cannot be undone.

    The event `person.erased` names the events whose payloads went; the chain still verifies. A second
    time gives None.
    """
    require(by, Perm.PERSON_ERASE, person)
    fresh = Person.objects.select_for_update(of=("self",)).select_related("account").get(pk=person.pk)
    if fresh.erased_at is not None:
        return None
    _forget_imports(fresh, now=now)
    events = _delete_payloads(fresh)
    _leave_everything(fresh, by=by, now=now)
    if fresh.account is not None:
        _close_account(fresh.account, now=now)
    changed = _blank_rows(fresh)
    Person.objects.filter(pk=fresh.pk).update(
        name=ERASED_NAME, position="", phone="", erased_at=now, revision=fresh.revision + 1
    )
    for row in changed:
        kind = next((s for s in subjects.subject_types.values() if s.model is type(row)), None)
        if kind is not None and kind.key in search.searchables:  # followers of the record bring the index up to date
            audit.record(f"{kind.key}.redacted", row, by=by, now=now)
    return audit.record("person.erased", fresh, by=by, now=now, payload={"events": events})
