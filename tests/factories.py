"""People, organisations and logins for tests, made through the actions: call what the test needs.

Everything is invented. Default place: 昆都仑区 of 包头 (150203). Every call of a factory without a name
makes another one; nothing here is cached but the reference data, which are loaded once and copied.
"""

from datetime import datetime
from itertools import count
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import models
from django.test import Client
from stdnum.cn import uscc

from mengkeju.directory import actions
from mengkeju.directory.actions.organisations import OrganisationInput
from mengkeju.directory.models import Area, Membership, Organisation, Person, RoleGrant, Term, TermSynonym, Vocabulary
from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM, Actor
from mengkeju.kernel.actions import advance
from mengkeju.kernel.actors import provider
from mengkeju.kernel.models import Account

HOHHOT, BAOTOU, REGION = "150100", "150200", "150000"
XINCHENG, KUNDULUN = "150102", "150203"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=clock.ZONE)
PASSWORD = "演示口令-2026-长"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

_numbers = count(1)
_rows: list[tuple[type[models.Model], list[dict[str, Any]]]] = []


def areas() -> None:
    """All areas and vocabularies as shipped; a second call in one test does nothing."""
    if Area.objects.exists():
        return
    if not _rows:
        actions.load_reference_data()
        kinds: tuple[type[models.Model], ...] = (Area, Vocabulary, Term, TermSynonym)
        _rows.extend((kind, list(kind._base_manager.order_by("pk").values())) for kind in kinds)
        return
    for kind, rows in _rows:
        kind._base_manager.bulk_create([kind(**row) for row in rows])


def credit_code() -> str:
    """Another code with a right check digit, in the division 999900 that no place has."""
    body = f"91999900MA{next(_numbers):07d}"
    return body + str(uscc.calc_check_digit(body))


def account(username: str = "", *, email: str | None = None, password: str | None = None, name: str = "") -> Account:
    """A login with its person. Without password it cannot sign in by one; `email=""` for none."""
    username = username or f"yonghu{next(_numbers)}"
    made = Account.objects.create_user(username, f"{username}@example.org" if email is None else email, password)
    actions.start_person(made, name or f"演示人员{username}", now=AT, fictional=True)
    return made


def person(of: Account) -> Person:
    """The person behind a login."""
    return Person.objects.get(account=of)


def actor(of: Account) -> Actor:
    """The Actor of a login as it is now; ask again after a change."""
    return provider().actor_for(Account.objects.get(pk=of.pk))


def organisation(
    name: str = "",
    *,
    kind: str = "enterprise",
    area: str = KUNDULUN,
    zone: str = "",
    verified: bool = True,
    founder: Account | None = None,
    code: str | None = None,
) -> Organisation:
    """An organisation with its founder as manager (a new login when none is given); `code=""` for none."""
    areas()
    given = OrganisationInput(
        name=name or f"演示单位{next(_numbers)}（演示）",
        kind=kind,
        area=area,
        zone=zone,
        credit_code=credit_code() if code is None else code,
    )
    made = actions.register_organisation(given, by=actor(founder or account()), now=AT, fictional=True)
    if verified:
        advance(made, "verify", by=SYSTEM, now=AT)
    return made


def manager(of: Organisation) -> Account:
    """The login of the organisation's first manager."""
    found = Membership.objects.filter(organisation=of, manager=True, ended_at=None).order_by("pk").first()
    assert found is not None
    assert found.person.account is not None
    return found.person.account


def member(of: Organisation, *, manages: bool = False, username: str = "") -> Account:
    """A new colleague of an organisation."""
    made = account(username)
    actions.join_organisation(person(made), of, manager=manages, by=actor(made), now=AT)
    return made


def with_role(role: str, *, area: str = "", of: Account | None = None, second_factor: bool = True) -> Account:
    """A login with a role granted by the platform; over an area when one is given.

    It has its second factor (secret TOTP_SECRET) unless told otherwise: without one, officers and
    administrators may only read.
    """
    areas()
    held = of or account()
    grant_scope = "area" if area else "platform"
    granted: RoleGrant = actions.grant_role(person(held), role, scope=grant_scope, area=area, by=SYSTEM, now=AT)
    assert granted.revoked_at is None
    if second_factor and not Authenticator.objects.filter(user=held).exists():
        TOTP.activate(held, TOTP_SECRET)
    return held


def officer(area: str = BAOTOU) -> Account:
    """An S&T officer over an area and everything below it."""
    return with_role("officer", area=area)


def broker(area: str = "") -> Account:
    """A broker, on the whole platform or in an area."""
    return with_role("broker", area=area)


def registrar(area: str = HOHHOT) -> Account:
    """A registrar of technology contracts over an area and everything below it."""
    return with_role("registrar", area=area)


def operator() -> Account:
    """The platform operator (系统管理员)."""
    return with_role("operator")


def security_admin() -> Account:
    """The security administrator (安全管理员)."""
    return with_role("security_admin")


def auditor() -> Account:
    """The auditor (审计管理员)."""
    return with_role("auditor")


def signed_in_client(of: Account, **options: Any) -> Client:
    """A test client signed in without the password page (and so without a second factor)."""
    client = Client(**options)
    client.force_login(of, backend=BACKEND)
    return client
