"""API tokens for tests: a test client that carries one, and the secret itself."""

from django.test import Client

from mengkeju.directory import actions
from mengkeju.directory.actions import TokenInput
from mengkeju.directory.models import ApiToken, Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import SCOPES
from mengkeju.kernel.models import Account
from tests import factories


def issue(of: Account, *scopes: str, days: int = 90) -> tuple[ApiToken, str]:
    """A person's token; without scopes it has all of them."""
    given = TokenInput("测试", scopes or tuple(SCOPES), days)
    return actions.issue_token(given, by=factories.actor(of), now=clock.now())


def issue_service(of: Organisation, *scopes: str, days: int = 90) -> tuple[ApiToken, str]:
    """An organisation's token, made by its manager."""
    given = TokenInput("单位测试", scopes or tuple(SCOPES), days)
    by = factories.actor(factories.manager(of))
    return actions.issue_service_token(of, given, by=by, now=clock.now())


def client(secret: str, **headers: str) -> Client:
    """A client that sends the token; a 500 comes back as an answer."""
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}", **headers})


def client_of(of: Account, *scopes: str) -> Client:
    """A person's client with a fresh token."""
    return client(issue(of, *scopes)[1])


def service_client(of: Organisation, *scopes: str) -> Client:
    """An organisation's client with a fresh token."""
    return client(issue_service(of, *scopes)[1])
