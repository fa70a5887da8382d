"""The actor is built once per request; refusals become pages."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from mengkeju.kernel.access import ANONYMOUS, RefusedError
from mengkeju.kernel.web.errors import forbidden
from mengkeju.kernel.web.middleware import ActorMiddleware, RefusalMiddleware
from tests import factories as f


def request(user: Any) -> Any:
    made = RequestFactory().get("/there/")
    made.user = user
    return made


def answer(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def with_actor(user: Any) -> Any:
    made = request(user)
    ActorMiddleware(answer)(made)
    return made


@pytest.mark.django_db
def test_the_actor_is_read_once_and_only_when_asked_for() -> None:
    account = f.manager(f.organisation())
    with CaptureQueriesContext(connection) as queries:
        made = with_actor(account)
    assert len(queries) == 0
    assert made.actor.account_uid == account.uid
    with CaptureQueriesContext(connection) as queries:
        assert made.actor.organisations
    assert len(queries) == 0


def test_a_visitor_is_nobody() -> None:
    assert with_actor(AnonymousUser()).actor == ANONYMOUS


def test_a_refused_visitor_is_sent_to_sign_in_and_other_errors_are_left_alone() -> None:
    made, refusals = with_actor(AnonymousUser()), RefusalMiddleware(answer)
    sent = refusals.process_exception(made, RefusedError("t:do", "规则", "某人"))
    assert sent is not None
    assert (sent.status_code, sent["Location"]) == (302, "/accounts/login/?next=/there/")
    assert refusals.process_exception(made, ValueError("x")) is None
    assert refusals(made).content == b"ok"


@pytest.mark.django_db
def test_a_refused_colleague_reads_the_rule_and_who_may() -> None:
    made = with_actor(f.account())
    made.session = {}
    got = RefusalMiddleware(answer).process_exception(made, RefusedError("t:do", "规则<b>", "某科科长"))
    assert got is not None
    body = got.content.decode()
    assert got.status_code == 403
    assert "规则&lt;b&gt;" in body
    assert "某科科长" in body


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "words"), [(None, "没有办理这件事的权限"), (PermissionError("这一条已锁定"), "这一条已锁定")]
)
def test_django_s_own_refusals_get_the_same_page(error: Exception | None, words: str) -> None:
    got = forbidden(with_actor(f.account()), error)
    assert got.status_code == 403
    assert words in got.content.decode()


@pytest.mark.django_db
def test_a_suspended_person_may_look_but_not_act() -> None:
    account = f.manager(f.organisation())
    account.suspended_at = f.AT
    account.save()
    client = f.signed_in_client(account)
    assert client.get("/workbench/").status_code == 200
    got = client.get("/listings/new/need/")
    assert got.status_code == 403
    assert "暂停" in got.content.decode()
