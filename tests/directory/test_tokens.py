"""API tokens: what they are made of, whom they let in, who sees and ends them."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mengkeju.directory import actions, queries
from mengkeju.directory.access import Perm
from mengkeju.directory.actions import TokenInput
from mengkeju.directory.engine import tokens as engine
from mengkeju.directory.models import ApiToken, Membership, ServiceAccount
from mengkeju.directory.tasks import warn_of_token_expiry
from mengkeju.kernel import clock
from mengkeju.kernel.access import SYSTEM, RefusedError
from mengkeju.kernel.actors import Bearer, provider
from mengkeju.kernel.api.scopes import SCOPES, Scope
from mengkeju.kernel.models import Account, Event, EventPayload, Notice
from tests import factories as f
from tests import tokens
from tests.access_forms import assert_forms_agree

pytestmark = pytest.mark.django_db
REASON = "疑似泄露"


def bearer(secret: str) -> Bearer | None:
    return provider().bearer_of(secret, now=clock.now())


def actor_of(secret: str) -> Any:
    found = bearer(secret)
    assert found is not None
    return found.actor


# ---- The secret -------------------------------------------------------------------------------------


def test_a_secret_is_long_differs_and_carries_its_check() -> None:
    one, other = engine.new_secret(), engine.new_secret()
    assert one != other
    assert one.startswith("mkj_")
    assert len(one) == 4 + 43 + 6
    assert engine.is_well_formed(one)
    slip = one[:10] + ("A" if one[10] != "A" else "B") + one[11:]
    for wrong in ("", "mkj_", slip, one[:-1], one + "a", one.lower(), one.replace("mkj_", "mkx_"), "mkj_" + "中" * 49):
        assert not engine.is_well_formed(wrong), wrong
    assert engine.shown(one) == one[:8] + "…"


def test_the_figures_are_dated_and_none_is_longer_than_a_year() -> None:
    assert engine.FIGURES.longest == timedelta(days=365)
    assert max(engine.FIGURES.offered_days) <= 365


def test_only_the_digest_is_kept(django_capture_on_commit_callbacks: Any) -> None:
    token, secret = tokens.issue(f.account())
    row = ApiToken.objects.values().get()
    assert secret not in repr(row)
    assert row["digest"] == engine.digest(secret)
    assert token.prefix == secret[:8] + "…"
    assert not [p for p in EventPayload.objects.all() if secret in repr(p.body) or token.digest in repr(p.body)]
    assert not [n for n in Notice.objects.all() if secret in n.title]


@pytest.mark.parametrize(
    "given",
    [
        TokenInput("名", [], 30),
        TokenInput("名", ["security:write"], 30),
        TokenInput("名", ["files:read", "files:read"], 30),
        TokenInput("名", ["files:read"], 366),
        TokenInput("名", ["files:read"], 0),
        TokenInput(" ", ["files:read"], 30),
        TokenInput("名" * 61, ["files:read"], 30),
    ],
)
def test_what_cannot_be_asked_for(given: TokenInput) -> None:
    with pytest.raises(ValidationError):
        actions.issue_token(given, by=f.actor(f.account()), now=clock.now())
    assert ApiToken.objects.count() == 0


def test_one_holder_has_a_limited_number() -> None:
    owner = f.account()
    for _n in range(engine.FIGURES.per_holder):
        first, _secret = tokens.issue(owner)
    with pytest.raises(ValidationError, match="最多同时有"):
        tokens.issue(owner)
    actions.revoke_token(first, by=f.actor(owner), now=clock.now())
    tokens.issue(owner)


def test_the_database_keeps_ends_in_order() -> None:
    token, _secret = tokens.issue(f.account())
    for wrong in ({"revoked_at": clock.now()}, {"expires_at": token.created_at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.filter(pk=token.pk).update(**wrong)


# ---- Whom a token lets in ---------------------------------------------------------------------------


def test_a_person_comes_as_himself_without_what_he_manages() -> None:
    firm = f.organisation()
    owner = f.manager(firm)
    actor = actor_of(tokens.issue(owner)[1])
    assert (actor.account_uid, actor.person_uid) == (owner.uid, f.person(owner).uid)
    assert (actor.organisations, actor.managed_organisations) == ({firm.uid}, frozenset())


@pytest.mark.parametrize(
    ("role", "scopes", "passes"),
    [
        ("officer", [Scope.LISTINGS_REVIEW], True),
        ("officer", [Scope.STATISTICS_READ], True),
        ("officer", [Scope.STATISTICS_WRITE], True),
        ("officer", [Scope.DEALS_READ], True),
        ("officer", [Scope.DEALS_WRITE], True),
        ("officer", [s for s in SCOPES if not s.startswith(("deals:", "statistics:", "listings:review"))], False),
        ("registrar", [Scope.REGISTRATIONS_READ], True),
        ("registrar", [Scope.REGISTRATIONS_WRITE], True),
        ("registrar", [Scope.STATISTICS_READ], True),
        ("registrar", [Scope.STATISTICS_WRITE], True),
        ("registrar", [Scope.DEALS_READ, Scope.DEALS_WRITE, Scope.LISTINGS_REVIEW], False),
        ("broker", [Scope.MATCHES_READ], True),
        ("broker", [Scope.MATCHES_WRITE], True),
        ("broker", [Scope.INTENTIONS_WRITE], True),
        ("broker", [Scope.LISTINGS_READ, Scope.LISTINGS_REVIEW, Scope.FILES_READ], False),
        ("operator", list(SCOPES), False),
        ("security_admin", list(SCOPES), False),
        ("auditor", list(SCOPES), False),
    ],
)
def test_roles_pass_only_with_their_scopes(role: str, scopes: list[str], *, passes: bool) -> None:
    owner = f.with_role(role, area=f.BAOTOU if role in {"officer", "registrar"} else "")
    assert actor_of(tokens.issue(owner, *scopes)[1]).has_role(role) is passes


def test_an_organisation_comes_by_its_service_account_and_outlives_the_colleague() -> None:
    firm = f.organisation("蒙牧（演示）")
    boss, second = f.manager(firm), f.member(firm, manages=True)
    token, secret = tokens.issue_service(firm)
    actor = actor_of(secret)
    assert (actor.name, actor.person_uid, actor.organisations) == ("蒙牧（演示）（接口）", None, {firm.uid})
    assert not actor.managed_organisations
    assert actor.verified_organisations == {firm.uid}
    assert provider().names([actor.account_uid]) == {actor.account_uid: "蒙牧（演示）（接口）"}
    actions.end_membership(Membership.objects.get(person__account=boss), by=f.actor(second), now=clock.now())
    assert bearer(secret) is not None
    assert tokens.issue(boss)[0].account != token.account
    again = actions.issue_service_token(
        firm, TokenInput("第二个", ["files:read"], 30), by=f.actor(second), now=clock.now()
    )
    assert again[0].account == token.account
    assert ServiceAccount.objects.count() == 1


def test_a_service_account_cannot_sign_in_nor_be_unlocked() -> None:
    tokens.issue_service(f.organisation())
    account = ServiceAccount.objects.get().account
    assert not account.is_active
    assert not account.has_usable_password()
    assert not hasattr(account, "person")
    account.set_password(f.PASSWORD)
    account.save()
    sent = {"login": account.username, "password": f.PASSWORD}
    answer = Client().post(reverse("account_login"), sent)
    assert "_auth_user_id" not in Client().session
    assert answer.status_code in {200, 302}
    assert answer.wsgi_request.user.is_anonymous
    assert f.signed_in_client(account).get(reverse("notices")).status_code == 302


def suspend(of: Account) -> None:
    actions.suspend_account(f.person(of), by=f.actor(f.security_admin()), now=clock.now(), note=REASON)


def lock(of: Account) -> None:
    actions.lock_account(f.person(of), by=f.actor(f.security_admin()), now=clock.now(), note=REASON)


def erase(of: Account) -> None:
    actions.erase_person(f.person(of), by=SYSTEM, now=clock.now())


@pytest.mark.parametrize("end", [suspend, lock, erase])
def test_whoever_may_not_act_is_refused_at_once(end: Any) -> None:
    owner = f.account()
    secret = tokens.issue(owner)[1]
    assert bearer(secret) is not None
    end(owner)
    assert bearer(secret) is None


def test_an_ended_membership_is_gone_from_the_token_at_once() -> None:
    firm = f.organisation()
    colleague = f.member(firm)
    secret = tokens.issue(colleague)[1]
    assert actor_of(secret).organisations == {firm.uid}
    membership = Membership.objects.get(person__account=colleague)
    actions.end_membership(membership, by=f.actor(f.manager(firm)), now=clock.now())
    assert actor_of(secret).organisations == frozenset()


def test_an_archived_organisation_is_refused_and_a_withdrawn_one_is_no_longer_verified() -> None:
    firm = f.organisation()
    secret = tokens.issue_service(firm)[1]
    actions.withdraw_verification(firm, by=f.actor(f.officer()), now=clock.now(), note=REASON)
    assert actor_of(secret).verified_organisations == frozenset()
    firm.__class__.objects.update(archived_at=clock.now(), archived_by=f.manager(firm))
    assert bearer(secret) is None


def test_expired_revoked_and_unknown_tokens_open_nothing() -> None:
    owner = f.account()
    token, secret = tokens.issue(owner)
    assert provider().bearer_of(secret, now=token.expires_at) is None
    assert bearer(engine.new_secret()) is None
    actions.revoke_token(token, by=f.actor(owner), now=clock.now())
    assert bearer(secret) is None


def test_who_must_have_a_second_factor_gets_no_token_without_it(settings: Settings) -> None:
    officer = f.with_role("officer", area=f.BAOTOU, second_factor=False)
    with pytest.raises(RefusedError):
        tokens.issue(officer)
    page = f.signed_in_client(officer).get(reverse("token-new"))
    assert page["Location"] == reverse("mfa_activate_totp")
    with_one = f.officer()
    secret = tokens.issue(with_one)[1]
    Authenticator.objects.filter(user=with_one).delete()
    assert bearer(secret) is None
    settings.REQUIRE_MFA = False
    assert bearer(secret) is not None


def test_use_is_noted_to_five_minutes() -> None:
    token, secret = tokens.issue(f.account())
    start = clock.now()
    for minutes, noted in ((0, 0), (4, 0), (6, 6)):
        provider().bearer_of(secret, now=start + timedelta(minutes=minutes))
        token.refresh_from_db()
        assert token.last_used_at == start + timedelta(minutes=noted)


# ---- Who sees and ends them -------------------------------------------------------------------------


def test_lists_and_pages_agree_on_who_may() -> None:
    firm = f.organisation()
    owner = f.account()
    tokens.issue(owner)
    tokens.issue_service(firm)
    actors = {
        "owner": f.actor(owner),
        "manager": f.actor(f.manager(firm)),
        "colleague": f.actor(f.member(firm)),
        "security": f.actor(f.security_admin()),
        "auditor": f.actor(f.auditor()),
        "visitor": f.actor(f.account()),
    }
    assert_forms_agree([Perm.APITOKEN_READ, Perm.APITOKEN_REVOKE], actors, ApiToken.objects.all())
    seen = {who: queries.tokens(actor).count() for who, actor in actors.items()}
    assert seen == {"owner": 1, "manager": 1, "colleague": 0, "security": 2, "auditor": 2, "visitor": 0}


def test_only_a_manager_makes_an_organisations_token() -> None:
    firm = f.organisation()
    for other in (f.member(firm), f.account(), f.officer(), f.security_admin()):
        with pytest.raises(RefusedError):
            actions.issue_service_token(firm, TokenInput("名", ["files:read"], 30), by=f.actor(other), now=clock.now())


def test_the_security_administrator_ends_any_with_a_reason_and_the_auditor_none() -> None:
    token, secret = tokens.issue(f.account())
    admin, auditor = f.actor(f.security_admin()), f.actor(f.auditor())
    with pytest.raises(RefusedError):
        actions.revoke_token(token, by=auditor, now=clock.now(), note=REASON)
    with pytest.raises(ValidationError, match="理由"):
        actions.revoke_token(token, by=admin, now=clock.now())
    for _twice in range(2):
        actions.revoke_token(token, by=admin, now=clock.now(), note=REASON)
    assert bearer(secret) is None
    assert Event.objects.filter(type="api_token.revoked").count() == 1


def test_holders_hear_of_making_ending_and_expiry_once() -> None:
    firm, owner = f.organisation(), f.account()
    own, _secret = tokens.issue(owner)
    service, _secret = tokens.issue_service(firm)
    actions.revoke_token(own, by=f.actor(f.security_admin()), now=clock.now(), note=REASON)
    told = set(Notice.objects.filter(kind__startswith="token.").values_list("account", "kind"))
    assert told == {
        (owner.uid, "token.issued"),
        (owner.uid, "token.revoked"),
        (f.manager(firm).uid, "token.issued"),
    }
    soon = service.expires_at - engine.FIGURES.warn
    assert actions.warn_of_expiry(now=soon - timedelta(seconds=1)) == 0
    assert [actions.warn_of_expiry(now=soon) for _night in range(2)] == [1, 0]
    assert Notice.objects.get(kind="token.expiring").account == f.manager(firm).uid
    assert warn_of_token_expiry.call() == 0


# ---- The pages --------------------------------------------------------------------------------------


def test_making_one_in_the_browser_shows_the_secret_once() -> None:
    owner = f.account()
    client = f.signed_in_client(owner)
    form = client.get(reverse("token-new")).context["form"]
    sent = {
        "name": "科研系统",
        "scopes": ["files:read", "search:read"],
        "days": "30",
        "one_time_key": form.initial["one_time_key"],
    }
    made = client.post(reverse("token-new"), sent)
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    assert tokens.client(secret).get("/api/v1/me").json()["token"]["scopes"] == ["files:read", "search:read"]
    again = client.post(reverse("token-new"), sent)
    assert again.context["secret"] == ""
    assert ApiToken.objects.count() == 1
    listed = client.get(reverse("my-tokens")).content.decode()
    assert "科研系统" in listed
    assert secret[:8] in listed
    assert secret not in listed
    wrong = client.post(reverse("token-new"), sent | {"one_time_key": "other", "scopes": ["everything"]})
    assert wrong.status_code == 422


def test_a_password_is_asked_again_before_one_is_made() -> None:
    owner = f.account(password=f.PASSWORD)
    answer = f.signed_in_client(owner).get(reverse("token-new"))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_a_manager_makes_and_ends_his_organisations_tokens_in_the_browser() -> None:
    firm = f.organisation()
    page = reverse("organisation-tokens", args=[firm.uid])
    boss = f.signed_in_client(f.manager(firm))
    made = boss.post(
        reverse("organisation-token-new", args=[firm.uid]), {"name": "同步", "scopes": ["listings:read"], "days": "90"}
    )
    assert made.context["secret"]
    assert "同步" in boss.get(page).content.decode()
    assert firm.name in boss.get(reverse("my-tokens")).content.decode()
    for other, status in ((f.member(firm), 403), (f.account(), 403)):
        client = f.signed_in_client(other)
        assert client.get(page).status_code == status
        assert client.get(reverse("organisation-token-new", args=[firm.uid])).status_code == status
        assert client.post(reverse("token-revoke", args=[ApiToken.objects.get().uid])).status_code == 404
    boss.post(reverse("token-revoke", args=[ApiToken.objects.get().uid]), {"note": "换新"}, follow=True)
    assert bearer(made.context["secret"]) is None


def test_the_security_administrator_sees_all_and_nobodys_secret() -> None:
    owner, firm = f.account(), f.organisation()
    own, secret = tokens.issue(owner)
    tokens.issue_service(firm)
    admin = f.signed_in_client(f.security_admin())
    shown = admin.get(reverse("tokens")).content.decode()
    assert f.person(owner).name in shown
    assert firm.name in shown
    assert secret not in shown
    assert own.digest not in shown
    assert firm.name not in admin.get(reverse("tokens"), {"q": f.person(owner).name}).content.decode()
    back = admin.post(reverse("token-revoke", args=[own.uid]), {"note": REASON, "next": reverse("tokens")})
    assert back["Location"] == reverse("tokens")
    audited = f.signed_in_client(f.auditor()).get(reverse("tokens"))
    assert [row["may_revoke"] for row in audited.context["rows"]] == [False, False]
    assert f.signed_in_client(f.account()).get(reverse("tokens")).status_code == 403
