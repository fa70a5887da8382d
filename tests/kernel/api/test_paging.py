"""Pages: everything once, whatever is added meanwhile; cursors that cannot be made or moved."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, RequestFactory

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import ANONYMOUS, visible_to
from mengkeju.kernel.api import paging
from mengkeju.kernel.api.paging import PageQuery
from mengkeju.kernel.models import Account, Event
from tests import factories as f

pytestmark = pytest.mark.django_db
THINGS = "/api/sample/things"


@pytest.fixture
def seven() -> list[str]:
    return [f.organisation(f"单位{letter}").name for letter in "bdfhjln"]


def test_all_rows_once_in_order_forwards_and_backwards(seven: list[str]) -> None:
    for falling, expected in (("0", seven), ("1", seven[::-1])):
        address, got, pages = f"{THINGS}?limit=3&falling={falling}", [], 0
        while address:
            body = Client().get(address).json()
            got += [item["name"] for item in body["items"]]
            address, pages = body["next"], pages + 1
        assert (got, pages) == (expected, 3)


def test_rows_that_come_and_go_between_two_pages_disturb_nothing(seven: list[str]) -> None:
    first = Client().get(f"{THINGS}?limit=3").json()
    f.organisation("单位a")  # before the place: not met
    f.organisation("单位g")  # behind it: met
    Organisation.objects.filter(name="单位f").update(archived_at=f.AT, archived_by=f.account())  # the place itself
    rest = Client().get(first["next"] + "&limit=3").json()["items"]
    assert [item["name"] for item in rest] == ["单位g", "单位h", "单位j"]
    assert seven[:3] == [item["name"] for item in first["items"]]


def test_a_page_by_number_would_have_shown_one_twice(seven: list[str]) -> None:
    """The negative control: what cursors are for."""
    f.organisation("单位a")
    offset = visible_to(Organisation.objects.all(), ANONYMOUS, "directory.organisation:read")
    assert seven[2] in [o.name for o in offset.order_by("name")[3:6]]


def test_a_cursor_belongs_to_its_question(seven: list[str]) -> None:
    address = Client().get(f"{THINGS}?limit=3").json()["next"]
    cursor = parse_qs(urlsplit(address).query)["cursor"][0]
    for wrong in (f"{THINGS}?falling=1&cursor={cursor}", f"{THINGS}?cursor={cursor[:-1]}x", f"{THINGS}?cursor="):
        answer = Client().get(wrong)
        assert (answer.status_code, answer.json().get("code")) in {(400, "bad_cursor"), (200, None)}, wrong
    assert Client().get(f"{THINGS}?cursor={cursor[:-1]}x").status_code == 400
    assert Client().get(f"{THINGS}?falling=1&cursor={cursor}").status_code == 400


def test_a_cursor_shows_no_number_of_the_database(seven: list[str]) -> None:
    request = RequestFactory().get(THINGS)
    cursor = paging.seal(request, [seven[2], str(Organisation.objects.get(name=seven[2]).uid)])
    place = paging.unseal(request, cursor)
    assert place == [seven[2], str(Organisation.objects.get(name=seven[2]).uid)]


def test_only_columns_without_null_and_a_unique_last_one_make_an_order(rf: RequestFactory) -> None:
    for order in (("name",), ("archived_at", "uid"), ()):
        with pytest.raises(TypeError):
            paging.paginate(rf.get("/"), Organisation.objects.all(), PageQuery(), order=order, show=list)
    with pytest.raises(TypeError):
        paging.paginate(rf.get("/"), Event.objects.all(), PageQuery(), order=("xact",), show=list)
    nobody = paging.paginate(rf.get("/"), Account.objects.none(), PageQuery(), order=("created_at", "uid"), show=list)
    assert nobody == {"items": [], "next": None}
