"""The page about the API: every operation stands on it, and every example does what the page says."""

import html
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from mengkeju.config.api import operations
from mengkeju.kernel import clock
from mengkeju.kernel.api.problem import KINDS
from mengkeju.kernel.api.scopes import SCOPES
from mengkeju.kernel.webhooks import signing
from mengkeju.listings.models import Listing
from tests import factories as f
from tests import tokens

BLOCK = re.compile(r'<pre id="([^"]+)"[^>]*data-mk-example="(\w+)"[^>]*><code>(.*?)</code></pre>', re.DOTALL)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/api/README.md"


def run(*command: str, token: str, folder: Path) -> str:
    """What a command prints; it must not fail."""
    environment = {"PATH": os.environ["PATH"], "MKJ_TOKEN": token, "LANG": "C.UTF-8", "no_proxy": "*"}
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def shell(code: str, *, token: str, folder: Path) -> str:
    """A shell example, as it stands; its own token is left out."""
    return run("sh", "-ec", re.sub(r"^export .*$", "", code, flags=re.MULTILINE), token=token, folder=folder)


@pytest.fixture
def blocks(live_server: LiveServer, settings: LazySettings) -> list[tuple[str, str, str]]:
    """(id, language, code) of every example on the page, as a reader copies it from this server."""
    settings.SITE_URL = live_server.url
    settings.API_LIMITS = {"anonymous": 10_000, "token": 10_000}
    f.areas()
    with urlopen(live_server.url + reverse("api-guide")) as answer:  # noqa: S310 - our own server
        page = answer.read().decode()
    return [(key, language, html.unescape(code)) for key, language, code in BLOCK.findall(page)]


@pytest.mark.django_db
def test_every_operation_scope_and_problem_stands_on_the_page_in_both_languages(settings: LazySettings) -> None:
    chinese = Client().get(reverse("api-guide"))
    reader = Client()
    reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = reader.get(reverse("api-guide"))
    told = [one for one in operations() if not one.path.endswith("openapi.json")]
    for page, words in (
        (chinese.content.decode(), [one.title.label for one in told]),
        (english.content.decode(), [one.title.label_en for one in told]),
    ):
        text = html.unescape(page)
        assert [word for word in (*words, *SCOPES, *KINDS, *(one.path for one in told)) if word not in text] == []
        assert len(BLOCK.findall(page)) == len(told) + 8


@pytest.mark.django_db
def test_the_foot_and_the_token_page_lead_to_it() -> None:
    link = f'href="{reverse("api-guide")}"'
    assert link in Client().get(reverse("terms")).content.decode()
    page = f.signed_in_client(f.account()).get(reverse("my-tokens")).content.decode()
    assert page.count(link) == 2


@pytest.mark.django_db
def test_the_page_knows_who_reads_it_although_the_api_does_not() -> None:
    reader = f.signed_in_client(f.account(name="腾格里"))
    assert "腾格里" in reader.get(reverse("api-guide")).content.decode()
    assert reader.get("/api/v1/me").status_code == 401
    assert Client().get("/api/nothing").headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db(transaction=True)
def test_the_introduction_works_as_it_stands(blocks: list[tuple[str, str, str]], tmp_path: Path) -> None:
    firm = f.organisation("鹿原化工（演示）")
    _token, secret = tokens.issue(f.manager(firm))
    codes = {key: (language, code) for key, language, code in blocks}
    public = json.loads(shell(codes["example-public"][1], token="", folder=tmp_path))
    assert [one["name"] for one in public["items"]] == [firm.name]
    me = json.loads(shell(codes["example-token"][1], token=secret, folder=tmp_path))
    assert me["organisations"][0]["name"] == firm.name

    program = "\n\n".join(code for language, code in codes.values() if language == "python")
    body = '{"type":"listing.published"}'
    stored = signing.new_secret()
    headers = signing.headers("msg_1", body, at=clock.now(), stored=[signing.locked(stored)])
    program += f"\n\nassert is_from_mengkeju({stored!r}, {headers!r}, {body.encode()!r})"
    program += f"\nassert not is_from_mengkeju({stored!r}, {headers!r}, {(body + ' ').encode()!r})"
    (tmp_path / "first.py").write_text(program, encoding="utf-8")
    printed = run(sys.executable, "-W", "error", "first.py", token=secret, folder=tmp_path)
    assert firm.name in printed
    assert "草稿" in printed
    assert "409 stale_revision" in printed
    listing = Listing.objects.get()
    assert (listing.owner, listing.state, listing.price_high) == (firm, "draft", Decimal(8_000_000))


@pytest.mark.django_db(transaction=True)
def test_the_example_of_every_operation_is_understood(blocks: list[tuple[str, str, str]], tmp_path: Path) -> None:
    (tmp_path / "example.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    f.organisation()
    holder = f.with_role("broker", of=f.manager(f.organisation()))
    for role in ("officer", "registrar"):
        f.with_role(role, area=f.REGION, of=holder)
    _token, secret = tokens.issue(holder)
    wrong = {}
    for key, language, code in blocks:
        if language != "call":
            continue
        to_screen = code.replace("-o example.pdf", "-o -")
        answered = shell(f"{to_screen} -s -w '\\n%{{http_code}}'", token=secret, folder=tmp_path)
        body, _line, status = answered.rpartition("\n")
        if not understood(body, int(status), invented="0193a4c6" in code):
            wrong[key] = (status, body)
    assert wrong == {}


def understood(body: str, status: int, *, invented: bool) -> bool:
    """Whether the call was one that the operation knows; `invented`: it names what does not exist here."""
    if not invented or status in {200, 201, 204}:
        return status in {200, 201, 204}
    problem = json.loads(body)
    if status == 422:  # only what an operation says of the thing itself, never of the shape of the request
        return {one["code"] for one in problem["errors"]} == {"invalid"}
    return problem["code"] in {"not_found", "refused", "conflict", "stale_revision", "transition_refused"}


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_document_work(live_server: LiveServer, tmp_path: Path) -> None:
    f.organisation("鹿原化工（演示）")
    text = DOCUMENT.read_text(encoding="utf-8")
    [code] = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    address = re.compile(r"^MKJ_URL=.*$", re.MULTILINE)
    printed = shell(address.sub(f"MKJ_URL={live_server.url}", code), token="", folder=tmp_path)
    assert "鹿原化工（演示）" in printed
    assert json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))["openapi"].startswith("3.1")
