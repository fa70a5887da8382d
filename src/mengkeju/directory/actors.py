"""Builds the Actor of a login from memberships and grants; the kernel's one provider."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q

from mengkeju.directory import queries
from mengkeju.directory.engine import tokens
from mengkeju.directory.engine.roles import ROLES, Role
from mengkeju.directory.models import ApiToken, Membership, Organisation, Person, RoleGrant, ServiceAccount
from mengkeju.kernel import access, clock
from mengkeju.kernel.actors import Bearer
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Account, Duty

# A role passes through a token only with one of these scopes. What is not named here (the system, security and
# audit administrations) never passes.
ROLE_SCOPES: dict[str, frozenset[str]] = {
    Role.OFFICER: frozenset(
        {Scope.LISTINGS_REVIEW, Scope.DEALS_READ, Scope.DEALS_WRITE, Scope.STATISTICS_READ, Scope.STATISTICS_WRITE}
    ),
    Role.REGISTRAR: frozenset(
        {Scope.REGISTRATIONS_READ, Scope.REGISTRATIONS_WRITE, Scope.STATISTICS_READ, Scope.STATISTICS_WRITE}
    ),
    Role.BROKER: frozenset({Scope.MATCHES_READ, Scope.MATCHES_WRITE, Scope.INTENTIONS_WRITE}),
}


class DirectoryActors:
    """Implements kernel.actors.ActorProvider."""

    def actor_for(self, account: Account) -> access.Actor:
        """The Actor of a login, read afresh: four queries, one or two more for area grants."""
        person = Person.objects.filter(account=account).first()
        if person is None:
            return access.Actor(
                account_id=account.pk,
                account_uid=account.uid,
                name=account.username,
                suspended=account.suspended_at is not None,
            )
        rows = person.memberships.filter(ended_at=None, organisation__archived_at=None).order_by("pk")
        memberships = _memberships((m.organisation, m.manager) for m in rows.select_related("organisation"))
        grants = tuple(
            access.Grant(g.role, g.scope, g.area, queries.codes_in_charge(g.area, g.role) if g.area else frozenset())
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
        """Names by account uid, of people and of organisations' programs; one query, two when there are programs."""
        asked = set(accounts)
        people = Person.objects.filter(account__uid__in=asked).select_related("account")
        named = {p.account.uid: p.name for p in people if p.account is not None}
        if not (left := asked - set(named)):
            return named
        services = ServiceAccount.objects.filter(account__uid__in=left)
        return named | {s.account.uid: str(s) for s in services.select_related("account", "organisation")}

    def organisation_names(self, organisations: Iterable[UUID]) -> dict[UUID, str]:
        """Names by organisation uid; one query."""
        return dict(Organisation.objects.filter(uid__in=set(organisations)).values_list("uid", "name"))

    def bearer_of(self, secret: str, *, now: datetime) -> Bearer | None:
        """Who acts through a token; None when it is unknown, revoked or expired, or its holder may not act."""
        token = queries.open_token(secret, now) if tokens.is_well_formed(secret) else None
        if token is None:
            return None
        scopes = frozenset(token.scopes)
        actor = _service(token) if token.organisation is not None else self._narrowed(token, scopes)
        if actor is None:
            return None
        if token.last_used_at is None or token.last_used_at < now - tokens.FIGURES.used:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return Bearer(actor, token.uid, token.name, scopes, token.expires_at)

    def _narrowed(self, token: ApiToken, scopes: frozenset[str]) -> access.Actor | None:
        """The person with the roles his scopes let through, and no organisation to manage."""
        if not token.account.is_active:
            return None
        actor = self.actor_for(token.account)
        if actor.suspended or actor.second_factor_missing:
            return None
        return replace(
            actor,
            grants=tuple(g for g in actor.grants if ROLE_SCOPES.get(g.role, frozenset()) & scopes),
            memberships=tuple(replace(m, manager=False) for m in actor.memberships),
        )

    def programs_of(self, organisations: Iterable[UUID]) -> dict[UUID, access.Actor]:
        """Each organisation as its own programs act, without those whose programs may not; one or two queries."""
        rows = ServiceAccount.objects.filter(
            organisation__uid__in=list(organisations), organisation__archived_at=None, account__suspended_at=None
        )
        services = list(rows.select_related("account", "organisation"))
        belongs = _memberships((service.organisation, False) for service in services)
        return {m.organisation: _programs(s, (m,)) for s, m in zip(services, belongs, strict=True)}

    def keepers_of(self, organisation: UUID | None) -> list[UUID]:
        """Managers of an organisation, or the platform's operators."""
        people = Person.objects.filter(account__is_active=True)
        if organisation is None:
            held = RoleGrant.objects.filter(role=Role.OPERATOR, revoked_at=None)
            people = people.filter(pk__in=held.values("person"))
        else:
            kept = Membership.objects.filter(organisation__uid=organisation, manager=True, ended_at=None)
            people = people.filter(pk__in=kept.values("person"))
        return list(people.values_list("account__uid", flat=True))

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
                held &= Q(area__in=queries.codes_in_charge_of(duty.area)) | Q(scope="platform")
            people = people.filter(pk__in=RoleGrant.objects.filter(held).values("person"))
        if duty.barred_organisation:
            barred = Membership.objects.filter(organisation__uid=duty.barred_organisation, ended_at=None)
            people = people.exclude(pk__in=barred.values("person"))
        return list(people.values_list("account__uid", flat=True))


def _memberships(pairs: Iterable[tuple[Organisation, bool]]) -> tuple[access.Membership, ...]:
    """From organisations and whether he manages them; one query more when one lies outside the region."""
    rows = list(pairs)
    limited = queries.limited((o for o, _manager in rows), clock.today())
    return tuple(access.Membership(o.uid, o.name, o.verified, manager, o.uid in limited) for o, manager in rows)


def _second_factor_missing(account: Account, grants: Iterable[access.Grant]) -> bool:
    if not settings.REQUIRE_MFA or not any(ROLES[g.role].second_factor for g in grants):
        return False
    return not Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists()


def _service(token: ApiToken) -> access.Actor | None:
    """The organisation's programs: a plain member of it, and nobody in person."""
    organisation, account = token.organisation, token.account
    if organisation is None or organisation.archived_at is not None or account.suspended_at is not None:
        return None
    return _programs(account.service, _memberships([(organisation, False)]))


def _programs(service: ServiceAccount, memberships: tuple[access.Membership, ...]) -> access.Actor:
    account = service.account
    return access.Actor(account_id=account.pk, account_uid=account.uid, name=str(service), memberships=memberships)
