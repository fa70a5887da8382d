"""Requests through the whole site, as a browser sends them: middleware, view, templates; each undone afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from allauth.account.internal.flows import login
from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from mengkeju.kernel import clock
from mengkeju.kernel.models import Account
from tests import factories as f
from tests.crawl.secrets_planted import text_of

SIGN_IN_PAGE = "/accounts/login/"


@dataclass
class Answer:
    """What came back: the status, or `sign-in` for a redirect to that page; everything that can be read in it."""

    status: str
    text: str
    location: str = ""
    content_type: str = ""


@dataclass
class Walker:
    """Sends requests and counts them."""

    sessions: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    _handler: BaseHandler | None = None

    def sign_in(self, name: str, account: Account) -> None:
        """A session whose owner has just shown who he is, so that no page asks for the password again."""
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store[SESSION_KEY] = str(account.pk)
        store[BACKEND_SESSION_KEY] = f.BACKEND
        store[HASH_SESSION_KEY] = account.get_session_auth_hash()
        now = clock.now().timestamp()
        store[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": now, "reauthenticated": True}]
        store[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(account)
        store.save()
        self.sessions[name] = store.session_key

    def send(
        self,
        who: str,
        method: str,
        path: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        content_type: str = "",
    ) -> Answer:
        """One request of a person (by session) or of whoever the headers name; nothing of it stays."""
        if self._handler is None:
            self._handler = BaseHandler()
            self._handler.load_middleware()
        given: dict[str, Any] = {"content_type": content_type} if content_type else {}
        request = getattr(RequestFactory(), method.lower())(path, data, headers=headers, **given)
        request._dont_enforce_csrf_checks = True
        if who in self.sessions:
            request.COOKIES[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        self.sent += 1
        with undone():
            return _answer(self._handler.get_response(request))


def _answer(got: HttpResponseBase) -> Answer:
    location = got.get("Location", "")
    status = "sign-in" if got.status_code == 302 and location.startswith(SIGN_IN_PAGE) else str(got.status_code)
    try:
        return Answer(status, text_of(got), location, got.get("Content-Type", ""))
    finally:
        for closable in got._resource_closers:  # type: ignore[attr-defined]  # without request_finished, which ends connections
            closable()


@contextmanager
def undone() -> Iterator[None]:
    """A savepoint that is always taken back."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as TestCase: durable blocks inside are allowed
    with block:
        try:
            yield
        finally:
            transaction.set_rollback(True)
