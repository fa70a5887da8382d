"""What a member from outside the region sees of listings, and how its own catalogue appears."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from mengkeju.directory import actions as directory
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock, panels
from mengkeju.kernel.access import ANONYMOUS, Actor, may
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.access_forms import assert_forms_agree
from tests.listings import samples as s

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-12")]
BEIJING = "110000"


@pytest.fixture
def guest() -> Organisation:
    return f.organisation("外地大学（演示）", kind="university", area=BEIJING)


def catalogue(guest: Organisation, **given: Any) -> Listing:
    """One of its achievements, reviewed by the region's officer."""
    return s.published(guest, "achievement", area=BEIJING, **given)


def test_the_members_tier_is_closed_to_it_until_opened(guest: Organisation) -> None:
    row, hidden = s.published(tiers={"targets": "members"}, present="含碳 32%"), s.published(tier="members")

    def tiers() -> tuple[list[str], bool]:
        by = s.manager_of(guest)
        return sorted(queries.readable_tiers(row, by)), may(by, Perm.READ, hidden)

    assert tiers() == (["public"], False)
    officer = s.reviewer()
    until = clock.today() + timedelta(days=30)
    directory.open_members_tier(guest, basis="协议（演示）", until=until, by=officer, now=clock.now())
    assert tiers() == (["members", "public"], True)


def test_what_a_counterpart_opens_by_intention_is_open_to_it(guest: Organisation) -> None:
    row = s.published(tier="parties", confidential="配方")
    assert queries.find(s.manager_of(guest), row.uid) is None
    s.let_in(row, guest)
    by = s.manager_of(guest)
    assert queries.find(by, row.uid) == row
    assert "parties" in queries.readable_tiers(row, by)


def test_page_and_list_agree_for_members_from_outside(guest: Organisation) -> None:
    opened = f.organisation(area="310000")
    directory.open_members_tier(opened, basis="协议（演示）", until=clock.today(), by=s.reviewer(), now=clock.now())
    people: dict[str, Actor] = {
        "limited": s.manager_of(guest),
        "opened": s.manager_of(opened),
        "region": s.reviewer(),
        "city": f.actor(f.officer(f.BAOTOU)),
        "visitor": ANONYMOUS,
    }
    for tier in ("public", "members", "parties"):
        s.published(tier=tier)
        catalogue(guest, tier=tier)
        s.submitted(guest, "achievement", area=BEIJING, tier=tier)
    permissions = (Perm.READ, Perm.READ_MEMBERS, Perm.READ_PARTIES, Perm.REVIEW, Perm.READS)
    assert_forms_agree(permissions, people, Listing.objects.all())


def test_its_catalogue_is_reviewed_by_the_regions_officer_and_marked(guest: Organisation) -> None:
    waiting = s.submitted(guest, "achievement", area=BEIJING)
    city, region = f.signed_in_client(f.officer(f.BAOTOU)), f.signed_in_client(f.officer(f.REGION))
    assert waiting.title in s.text(region.get("/reviews/"))
    assert waiting.title not in s.text(city.get("/reviews/"))
    region.post(f"/reviews/{waiting.uid}/", {"decision": "approve", "revision": waiting.revision})
    waiting.refresh_from_db()
    assert waiting.state == "published"
    assert "区外 · 北京市" in s.text(Client().get(waiting.get_absolute_url()))
    (row,) = queries.search_rows(ANONYMOUS, [waiting.uid])
    assert row["meta"][0] == "区外 · 北京市"
    (document,) = queries.search_documents([waiting.uid])
    assert document.facets["city"] == ("outside",)
    (home,) = queries.search_documents([s.published().uid])
    assert "city" not in home.facets


def test_its_listings_lie_where_it_does(guest: Organisation) -> None:
    with pytest.raises(ValidationError) as refused:
        s.draft(guest, "achievement", area=f.KUNDULUN)
    assert list(refused.value.message_dict) == ["area"]
    row = s.draft(guest, "achievement", area="")
    assert row.area == BEIJING
    with pytest.raises(ValidationError):
        actions.edit_listing(row, s.stated(area=f.XINCHENG), by=s.manager_of(guest), now=s.LATER)


def test_the_figures_of_the_two_cities_do_not_change(guest: Organisation) -> None:
    def counted() -> list[tuple[str, int]]:
        shown = {p.key: p.context for slot in ("main", "aside") for p in panels.build(ANONYMOUS, "site", slot)}
        return [(column["city"].code, column["count"]) for column in shown["listings.home_needs"]["columns"]]

    s.published()
    before = counted()
    s.published(guest, "need", area=BEIJING)
    assert counted() == before
    assert [count for _city, count in before] == [0, 1]


def test_the_licence_is_shown_with_owner_and_scope_and_not_matched(guest: Organisation) -> None:
    row = catalogue(guest, licence="cite")
    page = s.text(Client().get(row.get_absolute_url()))
    assert "使用条件" in page
    assert "可转载，须注明来源" in page
    assert guest.name in page
    assert "可转载" not in "".join(queries.text_by_tier(row).values())
