"""Whom a typed name means."""

from uuid import UUID

from django.db.models import Q

from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Organisation, Person, RoleGrant


def organisation_called(text: str) -> Organisation | None:
    """The verified organisation of exactly this name or credit code; None when there is none, or more than one."""
    plain = "".join(text.split())
    if not plain:
        return None
    named = Q(name=text.strip()) | Q(credit_code=plain.upper())
    found = list(Organisation.objects.filter(named, state="verified", archived_at=None)[:2])
    return found[0] if len(found) == 1 else None


def verified_organisation(uid: UUID) -> Organisation | None:
    """The verified organisation of this uid, or None."""
    return Organisation.objects.filter(uid=uid, state="verified", archived_at=None).first()


def broker_called(text: str) -> Person | None:
    """The broker of this login or full name; None when there is none, or more than one."""
    named = Q(person__name=text.strip()) | Q(person__account__username=text.strip())
    grants = RoleGrant.objects.filter(named, role=Role.BROKER, revoked_at=None)
    found = list(grants.values_list("person", flat=True).distinct()[:2])
    return Person.objects.get(pk=found[0]) if len(found) == 1 else None
