"""Who passes: tokens only, in scope, within the limits; what the headers say."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from mengkeju.kernel.api.gate import language
from mengkeju.kernel.api.routes import Api
from mengkeju.kernel.api.scopes import Scope
from tests import factories as f
from tests import tokens
from tests.kernel.api import sample

pytestmark = pytest.mark.django_db
THINGS = "/api/sample/things"


def post(client: Client, **more: str) -> Any:
    headers = {"Idempotency-Key": "k", **more}
    return client.post(THINGS, {"name": "演示（演示）"}, "application/json", headers=headers)


def test_a_session_cookie_opens_nothing_and_needs_no_csrf_token() -> None:
    member = f.account()
    for enforce in (True, False):
        client = f.signed_in_client(member, enforce_csrf_checks=enforce, raise_request_exception=False)
        assert client.get("/notices/").status_code == 200
        assert (client.get("/api/v1/me").status_code, post(client).status_code) == (401, 401)
    f.areas()
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, Authorization=f"Bearer {tokens.issue(member)[1]}").status_code == 201


@pytest.mark.parametrize("given", ["Bearer", "Bearer x", "Basic dTpw", "bearer mkj_" + "a" * 49, "Bearer \x00", "中"])
def test_what_is_no_token_is_refused_even_where_none_is_needed(given: str) -> None:
    answer = Client().get(THINGS, headers={"Authorization": given})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_a_scope_is_needed_where_one_is_named() -> None:
    f.areas()
    client = tokens.client_of(f.account(), Scope.FILES_READ)
    answer = post(client)
    assert (answer.status_code, answer.json()["code"], answer.json()["scope"]) == (
        403,
        "scope_missing",
        "listings:write",
    )
    assert answer["WWW-Authenticate"].endswith('error="insufficient_scope", scope="listings:write"')
    assert client.get("/api/v1/organisations").status_code == 403
    assert Client().get("/api/v1/organisations").status_code == 200
    assert client.get("/api/v1/me").status_code == 200


def test_answers_are_private_open_to_no_other_site_and_hang_on_no_cookie() -> None:
    answer = Client().get(THINGS, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer
    assert answer["Vary"] == "Authorization, Accept-Language"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "default-src" in answer["Content-Security-Policy"]
    assert not answer.cookies


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("", "zh-hans"),
        ("en", "en"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh-TW,en", "zh-hans"),
        ("fr,en;q=0.1", "en"),
        ("en;q=0", "zh-hans"),
        ("*", "zh-hans"),
    ],
)
def test_the_language_is_asked_by_header_alone(wish: str, expected: str, rf: Any) -> None:
    request = rf.get("/", headers={"Accept-Language": wish})
    request.COOKIES["django_language"] = "en"
    assert language(request) == expected


def test_limits_are_told_and_kept(settings: Settings) -> None:
    settings.API_LIMITS = {"anonymous": 3, "token": 5}
    firsts = [Client().get(THINGS) for _n in range(4)]
    assert [a.status_code for a in firsts] == [200, 200, 200, 429]
    assert firsts[0]["RateLimit-Policy"] == '"anonymous";q=3;w=60'
    assert firsts[0]["RateLimit"].startswith('"anonymous";r=2;t=')
    assert 0 < int(firsts[3]["Retry-After"]) <= 60
    assert firsts[3].json()["code"] == "rate_limited"
    one, other = tokens.client_of(f.account()), tokens.client_of(f.account())
    assert [one.get(THINGS).status_code for _n in range(6)][4:] == [200, 429]
    assert other.get(THINGS).status_code == 200
    assert Client(REMOTE_ADDR="10.9.9.9").get(THINGS).status_code == 200


def test_guessing_tokens_is_stopped_by_address(settings: Settings) -> None:
    settings.API_LIMITS = {"anonymous": 2, "token": 5}
    wrong = [Client().get(THINGS, headers={"Authorization": "Bearer mkj_x"}).status_code for _n in range(3)]
    assert wrong == [401, 401, 429]


def test_every_operation_has_a_gate_and_one_without_is_found() -> None:
    told = [operation for operation, _said in sample.api.declared(sample.PREFIX)]
    assert {"create_thing", "list_things", "get_openapi"} <= {operation.id for operation in told}
    assert all(operation.path.startswith("/api/sample/") for operation in told)
    bare = Api(title="", version="1", description="", namespace="api-bare")
    bare.get("/open")(lambda request: {})
    with pytest.raises(TypeError, match="neither permission nor scope"):
        bare.declared("/api/bare")
