"""Roles, suspension, locking, lock-out: the security administrator's work."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mengkeju.directory import actions
from mengkeju.directory.actions import OrganisationInput
from mengkeju.directory.models import RoleGrant
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Account, Event
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.mark.covers("PLT-05")
def test_only_the_security_administrator_grants_and_not_to_himself() -> None:
    security = factories.security_admin()
    target = factories.person(factories.account())
    for other in (factories.operator(), factories.auditor(), factories.officer(), factories.account()):
        with pytest.raises(RefusedError):
            actions.grant_role(target, "broker", scope="platform", by=factories.actor(other), now=AT)
    with pytest.raises(ValidationError, match="自己"):
        actions.grant_role(factories.person(security), "broker", scope="platform", by=factories.actor(security), now=AT)
    actions.grant_role(target, "officer", scope="area", area=factories.BAOTOU, by=factories.actor(security), now=AT)
    assert RoleGrant.objects.get(person=target).granted_by == security


@pytest.mark.covers("PLT-05")
@pytest.mark.parametrize("second", ["security_admin", "auditor"])
def test_nobody_holds_two_of_the_three_administrations(second: str) -> None:
    with pytest.raises(ValidationError, match="三员分立"):
        factories.with_role(second, of=factories.operator())


def test_a_revocation_needs_a_reason_and_works_at_once() -> None:
    security, officer = factories.actor(factories.security_admin()), factories.officer()
    grant = RoleGrant.objects.get(person__account=officer)
    with pytest.raises(ValidationError, match="理由"):
        actions.revoke_role(grant, by=security, now=AT, note="")
    actions.revoke_role(grant, by=security, now=AT, note="调离")
    assert not factories.actor(officer).has_role("officer")


def test_the_security_administrator_keeps_no_vocabulary() -> None:
    factories.areas()
    client = factories.signed_in_client(factories.security_admin())
    assert client.get(reverse("vocabularies")).status_code == 403
    assert factories.signed_in_client(factories.operator()).get(reverse("people")).status_code == 403


def test_a_suspension_ends_sessions_and_stops_acts_at_once() -> None:
    firm = factories.organisation(verified=False)
    account = factories.manager(firm)
    client = factories.signed_in_client(account)
    assert client.get(reverse("directory-me")).status_code == 200
    actions.suspend_account(
        factories.person(account), by=factories.actor(factories.security_admin()), now=AT, note="冒用他人单位"
    )
    assert client.get(reverse("directory-me")).status_code == 302
    again = factories.signed_in_client(account)
    page = again.get(reverse("directory-me"))
    assert "冒用他人单位" in page.content.decode()
    refused = again.post(reverse("organisation-submit", args=[firm.uid]))
    assert (refused.status_code, "暂停" in refused.content.decode()) == (403, True)
    with pytest.raises(RefusedError, match="暂停"):
        actions.edit_organisation(
            firm, OrganisationInput("新名", firm.kind, firm.area), by=factories.actor(account), now=AT
        )


def test_suspension_needs_a_reason_and_never_oneself() -> None:
    security = factories.security_admin()
    by = factories.actor(security)
    with pytest.raises(ValidationError, match="理由"):
        actions.suspend_account(factories.person(factories.account()), by=by, now=AT, note="  ")
    for act in (actions.suspend_account, actions.lock_account):
        with pytest.raises(ValidationError, match="自己"):
            act(factories.person(security), by=by, now=AT, note="试试")


def test_a_locked_login_is_out_until_unlocked() -> None:
    account = factories.account(password=factories.PASSWORD)
    by = factories.actor(factories.security_admin())
    client = factories.signed_in_client(account)
    actions.lock_account(factories.person(account), by=by, now=AT, note="账号失窃")
    assert client.get(reverse("directory-me")).status_code == 302
    assert not sign_in(Client(), account.username, factories.PASSWORD)
    actions.unlock_account(factories.person(account), by=by, now=AT, note="已找回")
    assert sign_in(Client(), account.username, factories.PASSWORD)
    assert Event.objects.filter(type__in=["account.locked", "account.unlocked"]).count() == 2


def sign_in(client: Client, login: str, password: str, ip: str = "10.0.0.1") -> bool:
    client.post(reverse("account_login"), {"login": login, "password": password}, REMOTE_ADDR=ip)
    return "_auth_user_id" in client.session


def test_sign_in_by_user_name_or_e_mail() -> None:
    account = factories.account(password=factories.PASSWORD)
    assert sign_in(Client(), account.username, factories.PASSWORD)
    assert sign_in(Client(), account.email, factories.PASSWORD)


def test_five_failures_lock_the_address_out_and_nobody_else() -> None:
    account = factories.account(password=factories.PASSWORD)
    thief = Client()
    answers = [
        thief.post(reverse("account_login"), {"login": account.username, "password": "猜"}, REMOTE_ADDR="10.9.9.9")
        for _try in range(5)
    ]
    assert answers[-1].status_code == 429
    assert "锁定" in answers[-1].content.decode()
    for login in (account.username, account.email, account.username.upper()):
        assert not sign_in(Client(), login, factories.PASSWORD, ip="10.9.9.9"), "not even with the right password"
    assert sign_in(Client(), account.username, factories.PASSWORD, ip="10.1.1.1"), "the honest user elsewhere"


def test_the_security_administrator_lifts_a_lock_out() -> None:
    account = factories.account(password=factories.PASSWORD)
    for _try in range(5):
        sign_in(Client(), account.username, "猜")
    security = factories.signed_in_client(factories.security_admin())
    assert account.username in security.get(reverse("lockouts")).content.decode()
    security.post(reverse("lockout-reset", args=[factories.person(account).uid]))
    assert sign_in(Client(), account.username, factories.PASSWORD)
    assert Account.objects.get(pk=account.pk).is_active
