"""Invitations are used once; the last manager stays."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks

from mengkeju.directory import actions
from mengkeju.directory.actions import ColleagueError
from mengkeju.directory.engine.periods import PERIODS
from mengkeju.directory.models import Invitation, Membership, Organisation
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Account, EventPayload
from mengkeju.kernel.testing.race import race
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return factories.organisation()


@pytest.fixture
def token(
    firm: Organisation,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> str:
    boss = factories.actor(factories.manager(firm))
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite_colleague(firm, " New@Example.org ", manager=True, by=boss, now=AT)
    assert mailoutbox[0].to == ["new@example.org"]
    found = re.search(r"/invitation/([\w-]+)/", str(mailoutbox[0].body))
    assert found
    return found[1]


def membership(firm: Organisation, of: Account) -> Membership:
    return Membership.objects.get(organisation=firm, person__account=of, ended_at=None)


def test_the_token_is_mailed_and_only_its_digest_is_kept(firm: Organisation, token: str) -> None:
    kept = Invitation.objects.get()
    assert token not in str(vars(kept))
    assert not any(token in str(payload.body) for payload in EventPayload.objects.all())
    assert kept.expires_at == AT + PERIODS["invitation"]


def test_accepting_joins_as_invited_and_works_once(firm: Organisation, token: str) -> None:
    guest, second = factories.account(), factories.account()
    joined = actions.accept_invitation(token, by=factories.actor(guest), now=AT)
    assert joined.manager
    assert firm.uid in factories.actor(guest).managed_organisations
    with pytest.raises(ColleagueError, match="用过了"):
        actions.accept_invitation(token, by=factories.actor(second), now=AT)
    assert not factories.actor(second).organisations


def test_an_expired_withdrawn_or_unknown_invitation_is_refused(firm: Organisation, token: str) -> None:
    guest = factories.actor(factories.account())
    with pytest.raises(ColleagueError, match="过期"):
        actions.accept_invitation(token, by=guest, now=AT + PERIODS["invitation"])
    with pytest.raises(ColleagueError, match="没有这个邀请"):
        actions.accept_invitation(token + "x", by=guest, now=AT)
    actions.withdraw_invitation(Invitation.objects.get(), by=factories.actor(factories.manager(firm)), now=AT)
    with pytest.raises(ColleagueError, match="撤回"):
        actions.accept_invitation(token, by=guest, now=AT + timedelta(days=1))
    assert Membership.objects.get().organisation == firm, "the founder's only"


def test_inviting_again_renews_and_kills_the_old_link(firm: Organisation, token: str) -> None:
    boss = factories.actor(factories.manager(firm))
    actions.invite_colleague(firm, "new@example.org", manager=False, by=boss, now=AT + timedelta(days=3))
    assert Invitation.objects.count() == 1
    with pytest.raises(ColleagueError, match="没有这个邀请"):
        actions.accept_invitation(token, by=factories.actor(factories.account()), now=AT)


def test_only_managers_invite_and_not_who_is_already_there(firm: Organisation) -> None:
    colleague = factories.member(firm)
    with pytest.raises(RefusedError):
        actions.invite_colleague(firm, "a@example.org", manager=False, by=factories.actor(colleague), now=AT)
    boss = factories.actor(factories.manager(firm))
    for email, word in ((colleague.email.upper(), "已经在本单位"), ("wang", "电子邮箱")):
        with pytest.raises(ValidationError, match=word):
            actions.invite_colleague(firm, email, manager=False, by=boss, now=AT)


def test_the_last_manager_can_neither_leave_nor_step_down(firm: Organisation) -> None:
    boss = factories.manager(firm)
    with pytest.raises(ColleagueError, match="最后一位管理员"):
        actions.end_membership(membership(firm, boss), by=factories.actor(boss), now=AT)
    with pytest.raises(ColleagueError, match="最后一位管理员"):
        actions.set_manager(membership(firm, boss), manager=False, by=factories.actor(boss), now=AT)
    second = factories.member(firm)
    actions.set_manager(membership(firm, second), manager=True, by=factories.actor(boss), now=AT)
    actions.end_membership(membership(firm, boss), by=factories.actor(boss), now=AT)
    assert factories.actor(boss).organisations == frozenset()


def test_a_member_may_leave_but_not_remove_others(firm: Organisation) -> None:
    one, two = factories.member(firm), factories.member(firm)
    with pytest.raises(RefusedError):
        actions.end_membership(membership(firm, two), by=factories.actor(one), now=AT)
    actions.end_membership(membership(firm, one), by=factories.actor(one), now=AT)
    assert not factories.actor(one).organisations


@pytest.mark.django_db(transaction=True)
def test_two_managers_leaving_at_once_leave_one() -> None:
    firm = factories.organisation()
    one = factories.manager(firm)
    two = factories.member(firm, manages=True)
    acts = [(membership(firm, a), factories.actor(a)) for a in (one, two)]
    race(*[partial(actions.end_membership, left, by=actor, now=AT) for left, actor in acts])
    assert Membership.objects.filter(organisation=firm, manager=True, ended_at=None).count() == 1
