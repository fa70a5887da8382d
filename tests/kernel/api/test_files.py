"""Files through the API: the checks of the pages, the same permission, and never another's."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from mengkeju.kernel import clock
from mengkeju.kernel.api.scopes import Scope
from mengkeju.kernel.models import Event, File
from tests import factories as f
from tests import tokens
from tests.calls import get, problem, upload
from tests.deals.samples import EXE, PDF

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_site(sample: None, settings: Settings) -> None:
    """The site's own API, not the sample."""
    settings.ROOT_URLCONF = "mengkeju.config.urls"


def read(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.covers("PLT-08")
def test_a_file_is_checked_kept_described_and_given_back() -> None:
    firm = f.organisation()
    client = tokens.client_of(f.manager(firm))
    made = upload(client, "化验单.pdf", PDF, tier="members")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["name"], told["size"], told["detected_type"]) == ("化验单.pdf", len(PDF), "application/pdf")
    assert (told["tier"], len(told["sha256"]), len(told["sm3"])) == ("members", 64, 64)
    assert get(client, f"/files/{told['uid']}").json() == told
    content = get(client, f"/files/{told['uid']}/content")
    assert "attachment" in content["Content-Disposition"]
    assert content["X-Content-Type-Options"] == "nosniff"
    assert read(content) == PDF
    assert File.objects.get().owner_organisation == firm.uid
    assert Event.objects.filter(type="file.stored").count() == 1


def test_nobody_else_reads_it() -> None:
    firm = f.organisation()
    uid = upload(tokens.client_of(f.manager(firm)), "a.pdf", PDF).json()["uid"]
    for client in (tokens.client_of(f.account()), tokens.client_of(f.member(firm)), tokens.client_of(f.auditor())):
        for place in ("", "/content"):
            assert problem(get(client, f"/files/{uid}{place}")) == (404, "not_found")
    assert problem(get(Client(), f"/files/{uid}/content")) == (401, "unauthenticated")
    assert problem(get(tokens.client_of(f.account()), f"/files/{uuid4()}/content")) == (404, "not_found")


def test_one_key_keeps_one_file() -> None:
    client = tokens.client_of(f.account())
    first, again = upload(client, "a.pdf", PDF, key="k1"), upload(client, "a.pdf", PDF, key="k1")
    assert (first.json(), again["Idempotent-Replayed"]) == (again.json(), "true")
    assert problem(upload(client, "a.pdf", PDF + b"\n", key="k1")) == (422, "key_reused")
    assert File.objects.count() == 1


def test_what_is_refused(settings: Settings) -> None:
    client = tokens.client_of(f.account())
    settings.MAX_UPLOAD_BYTES = len(PDF)
    assert problem(upload(client, "a.pdf", PDF + b"\n")) == (413, "too_large")
    assert problem(upload(client, "a.exe", EXE)) == (415, "media_type")
    assert problem(upload(client, "a.pdf", EXE)) == (415, "media_type")
    assert problem(upload(client, "a.pdf", b"")) == (422, "file_refused")
    assert problem(upload(client, "a.pdf", PDF, tier="friends")) == (422, "invalid")
    missing = client.post("/api/v1/files", {"tier": "public"}, headers={"Idempotency-Key": "k"})
    assert problem(missing) == (422, "invalid")
    reader = tokens.client_of(f.account(), Scope.FILES_READ)
    assert problem(upload(reader, "a.pdf", PDF)) == (403, "scope_missing")
    assert not File.objects.exists()


def test_a_suspended_login_stores_nothing() -> None:
    held = f.account()
    client = tokens.client_of(held)
    held.suspended_at = clock.now()
    held.save(update_fields=["suspended_at"])
    assert problem(upload(client, "a.pdf", PDF)) == (401, "unauthenticated")
    assert not File.objects.exists()


def test_a_file_that_the_storage_lost_is_not_found() -> None:
    client = tokens.client_of(f.account())
    uid = upload(client, "a.pdf", PDF).json()["uid"]
    content = File.objects.get().content
    content.storage.delete(str(content.name))
    assert problem(get(client, f"/files/{uid}/content")) == (404, "not_found")
    assert get(client, f"/files/{uid}").status_code == 200
