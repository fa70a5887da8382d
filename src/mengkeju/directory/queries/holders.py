"""Who holds a role, for lists from which a person is chosen."""

from collections.abc import Collection

from django.db.models import QuerySet

from mengkeju.directory.models import Person, RoleGrant


def holders(roles: Collection[str], *, areas: Collection[str] | None = None) -> QuerySet[Person]:
    """People with a login who hold one of the roles (over one of the areas, or everywhere), by name."""
    held = RoleGrant.objects.filter(role__in=list(roles), revoked_at=None)
    if areas is not None:
        held = held.filter(area__in=["", *areas])
    people = Person.objects.filter(account__is_active=True, account__suspended_at=None, archived_at=None)
    return people.filter(pk__in=held.values("person")).select_related("account").order_by("name", "pk")
