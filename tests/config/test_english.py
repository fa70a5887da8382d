"""Pages in English hold no Chinese but what people wrote: titles, names, texts of listings."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client

from mengkeju.search import actions as search
from tests import factories as f
from tests.listings import samples

pytestmark = pytest.mark.django_db
CHINESE = re.compile("[\u3001\u3002\u3400-\u9fff\uff01-\uff1f]")
READ_ALOUD = {"alt", "aria-label", "content", "data-label", "placeholder", "title"}
# What is Chinese on every page: the language names itself.
ALLOWED = {"中文"}


class Reader(HTMLParser):
    """Collects every text and read-aloud attribute with a Chinese character."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def hear(self, text: str | None) -> None:
        if text and CHINESE.search(text):
            self.found.append(text.strip())

    def handle_data(self, data: str) -> None:
        self.hear(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in READ_ALOUD or (tag in {"button", "input"} and name == "value"):
                self.hear(value)


def left(client: Client, path: str, *data: str, status: int = 200) -> list[str]:
    """Chinese on the English page that is not among `data`."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(path)
    assert answer.status_code == status, path
    reader = Reader()
    reader.feed(answer.content.decode())
    return [t for t in reader.found if t not in ALLOWED and not any(d in t for d in data)]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/search/", 200),
        ("/accounts/login/", 200),
        ("/accounts/signup/", 200),
        ("/accounts/password/reset/", 200),
        ("/nothing-here/", 404),
    ],
)
def test_pages_for_everybody(path: str, status: int) -> None:
    f.areas()
    search.rebuild_index()
    assert left(Client(), path, status=status) == []


def test_a_listing() -> None:
    listing = samples.published(f.organisation("甲公司（演示）"), title="气化细渣", field="new_materials")
    data = ("甲公司（演示）", "气化细渣", samples.SUMMARY, *samples.ENOUGH.values())
    assert left(Client(), listing.get_absolute_url(), *data) == []


def test_the_workbench_and_forms_of_a_firm() -> None:
    firm = f.organisation("甲公司（演示）")
    client = f.signed_in_client(f.manager(firm))
    for path in ("/workbench/", "/listings/new/need/", "/listings/mine/", "/intentions/", "/notices/"):
        assert left(client, path, "甲公司", "演示人员") == [], path
    assert left(client, firm.get_absolute_url(), "甲公司", "演示人员") == []


def test_errors_of_a_form() -> None:
    client = f.signed_in_client(f.manager(f.organisation()))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    text = client.post("/organisations/new/", {"name": ""}).content.decode()
    assert "Please mend the following" in text
    assert "This field is required." in text


@pytest.mark.parametrize("role", ["officer", "operator", "security_admin", "auditor"])
def test_the_desks_of_the_administrations(role: str) -> None:
    client = f.signed_in_client(getattr(f, role)())
    allowed = {
        "officer": ("/verification/", "/reviews/"),
        "operator": ("/areas/?q=150203", "/jobs/"),
        "security_admin": ("/people/", "/roles/", "/lockouts/"),
        "auditor": ("/record/", "/record/verify/"),
    }[role]
    for path in ("/workbench/", *allowed):
        assert left(client, path, "演示人员") == [], path
