"""The pages of search, listings, matching and deals in English: with English data nothing Chinese is left."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation

from mengkeju.deals.models import Intention
from mengkeju.directory.models import Organisation
from mengkeju.listings import actions as listing_actions
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import text_by_tier
from mengkeju.matching.actions import compute, shelf
from mengkeju.matching.models import Proposal
from mengkeju.search import actions as search
from mengkeju.search.actions import index
from tests import factories as f
from tests.deals import samples as s
from tests.listings import samples as listings

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u3400-\u9fff\u3001\u3002\uff08\uff09\uff0c\uff1a\uff1b][^<>\"]*")
# Names that are the same in both languages: the other language in the foot, the signs of places; and what no
# reader sees, the keys of the budget bands in the index and of the secrecy levels.
NAMES = re.compile(
    r'<button[^<>]* lang="zh[^"]*".*?</button>|<span class="mk-city [^"]*" aria-hidden="true">[^<]*</span>'
    r'|(?:id|value)="[^"]*万[^"]*"|<option value="[^"]*"',
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def chinese_again() -> Iterator[None]:
    """The language of the last page asked for stays with the thread."""
    yield
    translation.deactivate()


ENGLISH = {
    "present": "Carbon 32%, water 48%, landfill at 80 CNY per tonne",
    "target": "At most 8% loss on ignition",
    "tried": "Sieving and flotation without success",
}
"""Enough of a need for it not to be sent to a broker."""


@pytest.fixture(autouse=True)
def index_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.INDEX_DIR = tmp_path / "index"
    yield
    index._let_go()


def organisation(name: str, person: str, **given: Any) -> Organisation:
    return f.organisation(name, founder=f.account(name=person), **given)


@pytest.fixture
def pair() -> s.Pair:
    """English words in every field, a match with reasons for and against and gaps on both sides."""
    firm = organisation("Ulan Works", "Ada Lovelace")
    institute = organisation("Qingcheng Institute", "Carl Bosch", kind="university", area=f.XINCHENG)
    officer = f.actor(f.with_role("officer", area=f.REGION, of=f.account(name="Emmy Noether")))
    need = listings.published(
        firm,
        by=officer,
        title="Carbon removal from fine slag",
        summary="Fine slag from gasification holds carbon and water.",
        field="new_materials",
        price_high=Decimal(3_000_000),
        **ENGLISH,
        confidential="plant secret",
    )
    achievement = listings.published(
        institute,
        "achievement",
        by=officer,
        title="Carbon removal from fine slag by flotation",
        summary="Separates carbon from fine slag of gasification.",
        area=f.XINCHENG,
        field="biology_medicine",
        price_low=Decimal(5_000_000),
        trl="6",
        confidential="institute secret",
    )
    shelf.forget()
    compute.match_all(now=s.NOW)
    shelf.forget()
    Proposal.objects.update(band="strong")
    return s.Pair(firm, institute, need, achievement)


def left_in_chinese(client: Client, address: str, status: int = 200) -> list[str]:
    """Chinese text on the English page."""
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:300]
    page = answer.content.decode()
    assert '<html lang="en"' in page
    return [found.group().strip() for found in HAN.finditer(NAMES.sub("", page))]


def test_the_chinese_page_is_still_the_first(pair: s.Pair) -> None:
    assert "推荐" in pair.client("firm").get(pair.need.get_absolute_url()).content.decode()


def test_what_is_stored_speaks_chinese_whoever_asks(pair: s.Pair) -> None:
    with translation.override("en"):
        assert "6 级" in text_by_tier(pair.achievement)["public"]
        compute.match_all(now=s.NOW)
    assert "技术领域不同" in str(Proposal.objects.get(need=pair.need).reasons)


def test_a_search_page(pair: s.Pair) -> None:
    search.rebuild_index()
    assert left_in_chinese(Client(), "/search/?q=slag&kind=need") == []
    assert left_in_chinese(Client(), "/search/?q=zzzz") == []
    assert left_in_chinese(Client(), f"/search/?q={'slag ' * 600}", 400) == []
    assert pair.need.state == "published"


def test_a_need_with_match_cards(pair: s.Pair) -> None:
    client = pair.client("firm")
    assert Proposal.objects.filter(need=pair.need).exclude(reasons__signals=[]).exists()
    assert left_in_chinese(client, pair.need.get_absolute_url()) == []
    assert left_in_chinese(client, f"/listings/{pair.need.uid}/matches/?more=1") == []
    assert left_in_chinese(client, "/matching/how/") == []
    page = client.get(pair.need.get_absolute_url()).content.decode()
    assert "The price is above the budget" in page
    assert "Different fields" in page


def test_figures_in_a_stored_reason_are_said_in_english(pair: s.Pair) -> None:
    reason = [
        "成果处于%(stage)s，距期望完成时间约%(months)s个月，%(time)s",
        {"stage": "中期", "months": 7, "time": "时间充裕"},
    ]
    Proposal.objects.update(reasons={"signals": [["maturity", 0.2, reason]], "missing": ["没有信息确认日期"]})
    client = pair.client("firm")
    assert left_in_chinese(client, pair.need.get_absolute_url()) == []
    page = client.get(pair.need.get_absolute_url()).content.decode()
    assert "middle; about 7 months to the deadline, time enough" in page


@pytest.mark.parametrize("state", ["declared", "accepted", "talking", "ready", "lapsed"])
def test_an_intention(pair: s.Pair, state: str) -> None:
    intention = pair.bring(pair.declared(message="May we visit?"), state)
    for side in ("firm", "institute"):
        assert left_in_chinese(pair.client(side), intention.get_absolute_url()) == []
        assert left_in_chinese(pair.client(side), "/intentions/") == []
        assert left_in_chinese(pair.client(side), pair.need.get_absolute_url()) == []


def test_a_declined_and_an_introduced_one(pair: s.Pair) -> None:
    client = pair.client("institute")
    declined = pair.bring(pair.declared(), "declined")
    assert left_in_chinese(client, declined.get_absolute_url()) == []
    assert "Too early" in client.get(declined.get_absolute_url()).content.decode()
    broker = f.account(name="Grace Hopper")
    f.with_role("broker", of=broker)
    introduced = pair.introduced(f.actor(broker))
    Intention.objects.filter(pk=introduced.pk).update(message="Both sides fit.")
    assert left_in_chinese(client, introduced.get_absolute_url()) == []
    assert left_in_chinese(f.signed_in_client(broker), "/intentions/") == []


def test_forms_and_refusals(pair: s.Pair) -> None:
    client = pair.client("firm")
    for kind in ("need", "achievement", "patent"):
        assert left_in_chinese(client, f"/listings/new/{kind}/") == []
    assert left_in_chinese(client, f"/listings/{pair.achievement.uid}/intend/") == []
    assert left_in_chinese(client, f"/listings/{pair.need.uid}/edit/") == []
    stranger = f.signed_in_client(f.account(name="Alan Turing"))
    assert left_in_chinese(stranger, f"/listings/{pair.need.uid}/intend/", 403) == []
    answer = client.post(f"/listings/{pair.need.uid}/intend/", {"declaring": str(pair.firm.uid)})
    assert "on a listing of your own organisation" in answer.content.decode()


def test_from_draft_to_shelf(pair: s.Pair) -> None:
    made = listings.draft(pair.firm, title="Another need", summary="", **ENGLISH)
    client, address = pair.client("firm"), made.get_absolute_url()
    for page in (address, f"{address}submit/", f"{address}history/", "/listings/mine/"):
        assert left_in_chinese(client, page) == []
    said = "Fine slag from gasification holds carbon and water; builders refuse it."
    Listing.objects.filter(pk=made.pk).update(summary=said)
    sent = client.post(f"{address}submit/", {"secrecy_level": "秘密", "secrecy_reviewed": "on"})
    assert "Content of secrecy level “Confidential” cannot be submitted" in sent.content.decode()
    made.refresh_from_db()
    listings.submit(made)
    officer = f.with_role("officer", area=f.REGION, of=f.account(name="Max Planck"))
    reviewer = f.signed_in_client(officer)
    assert left_in_chinese(reviewer, f"/reviews/{made.uid}/") == []
    assert left_in_chinese(reviewer, "/reviews/") == []
    listing_actions.review_listing(made, approve=False, by=f.actor(officer), now=s.NOW, note="More figures, please")
    assert left_in_chinese(client, address) == []
