"""Every refusal is a problem: shape, status, code, language; nothing of the inside leaks."""

import json
import logging
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from mengkeju.kernel.api.problem import DATA, KINDS, MEDIA_TYPE, VALUES, ProblemError, explain
from mengkeju.kernel.api.problem import register as register_problem
from tests import factories as f
from tests import tokens

pytestmark = pytest.mark.django_db
THINGS = "/api/sample/things"


def visitor(**headers: str) -> Client:
    return Client(raise_request_exception=False, headers=headers)


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The body, after its shape was checked."""
    assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE), answer.content
    body: dict[str, Any] = json.loads(answer.content)
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"].endswith(f"/api/v1/problems#{code}")
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer["X-Request-ID"]
    assert "secret detail" not in answer.content.decode()
    return body


def test_every_kind_has_both_words_and_a_status() -> None:
    assert DATA["checked_on"]
    assert all(kind.title.label and kind.title.label_en and 400 <= kind.status < 600 for kind in KINDS.values())
    assert all(VALUES.values())


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("refuse/validation", 422, "invalid"),
        ("refuse/transition", 409, "transition_refused"),
        ("refuse/denied", 403, "refused"),
        ("refuse/missing", 404, "not_found"),
        ("refuse/bug", 500, "internal"),
        ("wrong-shape", 500, "internal"),
        ("nowhere", 404, "not_found"),
        ("things/not-a-uid", 404, "not_found"),
        ("things?limit=101", 422, "invalid"),
        ("things?unknown=1", 422, "invalid"),
        ("things?cursor=broken", 400, "bad_cursor"),
        ("things?falling=%00", 400, "malformed"),
        ("operators", 401, "unauthenticated"),
    ],
)
def test_refusals_of_reads(path: str, status: int, code: str) -> None:
    answer = visitor().get(f"/api/sample/{path}")
    if code == "unauthenticated":
        assert answer["WWW-Authenticate"] == 'Bearer realm="mengkeju"'
    problem(answer, status, code)


def test_an_unforeseen_error_is_logged_under_the_id_the_caller_gets(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        body = problem(visitor().get("/api/sample/refuse/bug"), 500, "internal")
    assert body["request_id"] in caplog.text
    assert "secret detail" in caplog.text


def test_a_refusal_says_the_rule_and_who_may() -> None:
    body = problem(tokens.client_of(f.account()).get("/api/sample/operators"), 403, "refused")
    assert body["permission"] == "directory.reference:read"
    assert "系统管理员" in body["who_may"]


def test_a_wrong_value_is_pointed_at_in_both_languages() -> None:
    client = tokens.client_of(f.account())
    sent = {"name": "", "prices": [{"low": 1}, {"low": -1, "hgih": 2}]}
    answers = [
        client.post(THINGS, sent, "application/json", headers={"Idempotency-Key": "k", "Accept-Language": language})
        for language in ("zh-CN,en;q=0.5", "en-GB,zh;q=0.3")
    ]
    chinese, english = (problem(answer, 422, "invalid") for answer in answers)
    assert {(e["in"], e["pointer"], e["detail"]) for e in chinese["errors"]} == {
        ("body", "#/name", "至少 1 个字"),
        ("body", "#/prices/1/low", "不能小于 0"),
        ("body", "#/prices/1/hgih", "没有这个字段"),
    }
    assert (chinese["title"], english["title"]) == ("内容有误", "The content is not valid")
    assert {e["detail"] for e in english["errors"]} >= {"Extra inputs are not permitted"}
    assert (answers[0]["Content-Language"], answers[1]["Content-Language"]) == ("zh-hans", "en")
    assert "Accept-Language" in answers[0]["Vary"]


def test_a_validation_error_of_an_action_keeps_its_fields() -> None:
    body = problem(visitor().get("/api/sample/refuse/validation"), 422, "invalid")
    assert [(e["pointer"], e["detail"]) for e in body["errors"]] == [
        ("#/name", "太长"),
        ("#/name", "太怪"),
        ("#", "合起来不对"),
    ]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b'{"name": NaN}', 400, "malformed"),
        (b'{"name": "a\\u0000"}', 400, "malformed"),
        (b'{"name": "\\ud800"}', 400, "malformed"),
        (b'{"name": "\xff"}', 400, "malformed"),
        (b"[" * 200_000, 400, "malformed"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"", 422, "invalid"),
    ],
)
def test_bodies_that_cannot_be_read(body: bytes, status: int, code: str) -> None:
    client = tokens.client_of(f.account())
    problem(client.post(THINGS, body, "application/json", headers={"Idempotency-Key": "k"}), status, code)


def test_formats_and_sizes(settings: Settings) -> None:
    client, key = tokens.client_of(f.account()), {"Idempotency-Key": "k"}
    answer = client.post(THINGS, "name=x", "application/x-www-form-urlencoded", headers=key)
    problem(answer, 415, "media_type")
    assert answer["Accept"] == "application/json"
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    problem(client.post(THINGS, {"name": "x" * 20}, "application/json", headers=key), 413, "too_large")


def test_methods_that_are_not_there() -> None:
    answer = visitor().delete(THINGS)
    problem(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_files_by_reason(settings: Settings) -> None:
    def send(name: str, content: bytes) -> Any:
        return visitor().post("/api/sample/files", {"file": SimpleUploadedFile(name, content)})

    assert send("a.txt", b"text").status_code == 200
    problem(send("a.exe", b"MZ"), 415, "media_type")
    problem(send("a.pdf", b"not a pdf"), 415, "media_type")
    problem(send("a.txt", b""), 422, "file_refused")
    settings.MAX_UPLOAD_BYTES = 3
    problem(send("a.txt", b"text"), 413, "too_large")
    problem(visitor().post("/api/sample/files", {"other": "x"}), 422, "invalid")


def test_a_capability_explains_its_own_refusal() -> None:
    class OwnError(Exception):
        """A capability's."""

    assert explain(OwnError()) is None
    register_problem(OwnError, lambda _e: ProblemError("conflict", "撞了"))
    found = explain(OwnError())
    assert found is not None
    assert found.code == "conflict"


def test_a_head_is_a_get_without_body() -> None:
    got, head = visitor().get(THINGS), visitor().head(THINGS)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(got.content))


def test_the_id_of_the_caller_is_used_when_it_is_one() -> None:
    assert visitor(**{"X-Request-ID": "caller-0001"}).get(THINGS)["X-Request-ID"] == "caller-0001"
    assert visitor(**{"X-Request-ID": "<script>"}).get(THINGS)["X-Request-ID"] != "<script>"
