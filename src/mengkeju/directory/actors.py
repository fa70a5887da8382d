"""Builds the Actor of a login from memberships and grants; the kernel's one provider."""

from collections.abc import Iterable
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q

from mengkeju.directory import queries
from mengkeju.directory.engine.roles import ROLES
from mengkeju.directory.models import Membership, Organisation, Person, RoleGrant
from mengkeju.kernel import access
from mengkeju.kernel.models import Account, Duty


class DirectoryActors:
    """Implements kernel.actors.ActorProvider."""

    def actor_for(self, account: Account) -> access.Actor:
        """The Actor of a login, read afresh: four queries, one more for area grants."""
        person = Person.objects.filter(account=account).first()
        if person is None:
            return access.Actor(
                account_id=account.pk,
                account_uid=account.uid,
                name=account.username,
                suspended=account.suspended_at is not None,
            )
        memberships = tuple(
            access.Membership(m.organisation.uid, m.organisation.name, m.organisation.verified, m.manager)
            for m in person.memberships.filter(ended_at=None, organisation__archived_at=None)
            .select_related("organisation")
            .order_by("pk")
        )
        grants = tuple(
            access.Grant(g.role, g.scope, g.area, queries.codes_below(g.area) if g.area else frozenset())
            for g in person.role_grants.filter(revoked_at=None).order_by("pk")
        )
        return access.Actor(
            account_id=account.pk,
            account_uid=account.uid,
            person_uid=person.uid,
            name=person.name,
            memberships=memberships,
            grants=grants,
            suspended=account.suspended_at is not None,
            second_factor_missing=_second_factor_missing(account, grants),
        )

    def names(self, accounts: Iterable[UUID]) -> dict[UUID, str]:
        """Names by account uid; one query."""
        people = Person.objects.filter(account__uid__in=set(accounts)).select_related("account")
        return {p.account.uid: p.name for p in people if p.account is not None}

    def organisation_names(self, organisations: Iterable[UUID]) -> dict[UUID, str]:
        """Names by organisation uid; one query."""
        return dict(Organisation.objects.filter(uid__in=set(organisations)).values_list("uid", "name"))

    def accounts_of(self, duty: Duty) -> list[UUID]:
        """Logins that can do a duty."""
        if duty.holder_account:
            return [duty.holder_account]
        people = Person.objects.filter(account__is_active=True)
        if duty.holder_organisation:
            members = Membership.objects.filter(organisation__uid=duty.holder_organisation, ended_at=None)
            people = people.filter(pk__in=members.values("person"))
        else:
            held = Q(role=duty.holder_role, revoked_at=None)
            if duty.area:
                held &= Q(area__in=queries.codes_above(duty.area)) | Q(scope="platform")
            people = people.filter(pk__in=RoleGrant.objects.filter(held).values("person"))
        return list(people.values_list("account__uid", flat=True))


def _second_factor_missing(account: Account, grants: Iterable[access.Grant]) -> bool:
    if not settings.REQUIRE_MFA or not any(ROLES[g.role].second_factor for g in grants):
        return False
    return not Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()
