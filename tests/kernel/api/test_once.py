"""Idempotency-Key: sent twice, done once; another body under the same key is an error; races."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from mengkeju.directory.models import Organisation
from mengkeju.kernel.api.once import fingerprint
from mengkeju.kernel.models import OneTimeKey
from mengkeju.kernel.testing.race import race
from tests import factories as f
from tests import tokens

pytestmark = pytest.mark.django_db
THINGS = "/api/sample/things"


def post(client: Client, name: str, key: str | None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(THINGS, {"name": name}, "application/json", headers=headers)


@pytest.fixture
def client() -> Client:
    f.areas()
    return tokens.client_of(f.account())


def test_a_repeat_gets_the_first_answer(client: Client) -> None:
    first, second = post(client, "甲", "k1"), post(client, "甲", "k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
    assert post(client, "甲", "k2").json()["uid"] != first.json()["uid"]
    assert Organisation.objects.count() == 2


def test_another_body_under_the_same_key_is_refused(client: Client) -> None:
    post(client, "甲", "k1")
    answer = post(client, "乙", "k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Organisation.objects.get().name == "甲"


def test_a_key_is_needed_and_not_endless(client: Client) -> None:
    for key in (None, "", "k" * 256):
        answer = post(client, "甲", key)
        assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")
    assert post(client, "甲", "k" * 255).status_code == 201


def test_keys_of_two_accounts_are_apart(client: Client) -> None:
    assert post(client, "甲", "k1").status_code == 201
    assert "Idempotent-Replayed" not in post(tokens.client_of(f.account()), "甲", "k1")
    assert OneTimeKey.objects.count() == 2


def test_a_form_is_the_same_whatever_its_boundary(rf: RequestFactory) -> None:
    def sent(content: bytes, note: str = "x") -> str:
        return fingerprint(rf.post("/f", {"note": note, "file": SimpleUploadedFile("a.txt", content)}))

    assert sent(b"one") == sent(b"one")
    assert len({sent(b"one"), sent(b"two"), sent(b"one", "y")}) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("keys", "made"), [(("k", "k", "k"), 1), (("a", "b", "c"), 3)], ids=["one key", "control"])
def test_a_race_makes_one(keys: tuple[str, ...], made: int, client: Client) -> None:
    """With one key one is made; the control, with keys of their own, makes all: the acts do run at once."""
    secret = client.defaults["HTTP_AUTHORIZATION"]

    def act(key: str) -> Callable[[], Any]:
        return lambda: post(Client(headers={"Authorization": secret}), "甲", key)

    outcomes = race(*(act(key) for key in keys))
    assert [outcome.status_code for outcome in outcomes if not isinstance(outcome, BaseException)] == [201] * 3
    assert Organisation.objects.count() == made


@pytest.mark.django_db(transaction=True)
def test_a_race_of_two_bodies_under_one_key_makes_one_and_refuses_the_other(client: Client) -> None:
    secret = client.defaults["HTTP_AUTHORIZATION"]

    def act(name: str) -> Callable[[], Any]:
        return lambda: post(Client(headers={"Authorization": secret}), name, "k")

    outcomes = race(act("甲"), act("乙"))
    assert sorted(o.status_code for o in outcomes if not isinstance(o, BaseException)) == [201, 422]
    assert Organisation.objects.count() == 1
