"""Who saw what is not open to everybody: when it is noted, who reads it, how long it is kept."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.directory.actions import erase_person
from mengkeju.kernel import clock, consent
from mengkeju.kernel.access import ANONYMOUS, SYSTEM
from mengkeju.listings import actions, queries
from mengkeju.listings.engine import reads as figures
from mengkeju.listings.engine.reads import CONSENT, KEPT
from mengkeju.listings.models import Listing, ReadRecord
from tests import exported
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed() -> Listing:
    """Public but for what its targets say to members and its details to parties."""
    return s.published(tiers={"targets": "members"}, present="含碳 32%", confidential="配方")


def seen(listing: Listing) -> list[tuple[str, str]]:
    return sorted(ReadRecord.objects.filter(listing=listing).values_list("tier", "channel"))


def test_a_page_with_closed_content_is_noted_once_a_day_per_organisation(closed: Listing) -> None:
    guest = f.organisation()
    client = f.signed_in_client(f.manager(guest))
    for _time in range(3):
        assert client.get(closed.get_absolute_url()).status_code == 200
    f.signed_in_client(f.member(guest)).get(closed.get_absolute_url())
    noted = ReadRecord.objects.get()
    assert (noted.organisation, noted.tier, noted.channel, noted.account) == (guest, "members", "page", None)
    f.signed_in_client(f.manager(f.organisation())).get(closed.get_absolute_url())
    assert ReadRecord.objects.count() == 2


def test_nothing_is_noted_of_the_owner_a_visitor_and_public_content(closed: Listing) -> None:
    owner = closed.owner
    assert owner is not None
    f.signed_in_client(f.manager(owner)).get(closed.get_absolute_url())
    Client().get(closed.get_absolute_url())
    f.signed_in_client(f.account()).get(closed.get_absolute_url())
    public = s.published()
    f.signed_in_client(f.manager(f.organisation())).get(public.get_absolute_url())
    assert ReadRecord.objects.count() == 0
    shown = queries.present(closed, SYSTEM)
    assert actions.note_reads([shown], channel="page", by=ANONYMOUS, now=f.AT) == 0
    with pytest.raises(ValueError, match="no channel"):
        actions.note_reads([shown], channel="rumour", by=ANONYMOUS, now=f.AT)


def test_public_pages_ask_nothing_more_of_the_database() -> None:
    row = s.published()
    actor = s.manager_of(f.organisation())
    shown = [queries.present(row, actor)]
    assert s.queries_of(lambda: actions.note_reads(shown, channel="page", by=actor, now=f.AT)) == 0


def test_parties_search_and_roles_are_told_apart(closed: Listing) -> None:
    party = f.organisation()
    s.let_in(closed, party)
    f.signed_in_client(f.manager(party)).get(closed.get_absolute_url())
    assert seen(closed) == [("members", "page"), ("parties", "page")]
    actions.search_rows_noted(s.manager_of(f.organisation()), [closed.uid])
    assert ("members", "search") in seen(closed)
    officer = f.signed_in_client(f.officer(f.BAOTOU))
    officer.get(closed.get_absolute_url())
    noted = ReadRecord.objects.get(organisation=None)
    assert (noted.role, noted.tier) == ("officer", "members")


def test_a_search_row_that_shows_public_fields_only_is_not_noted() -> None:
    row = s.published(tiers={"private": "members"}, confidential="只在补充资料里")
    actions.search_rows_noted(s.manager_of(f.organisation()), [row.uid])
    assert ReadRecord.objects.count() == 0
    hidden = s.published(tier="members")
    actions.search_rows_noted(s.manager_of(f.organisation()), [hidden.uid])
    assert seen(hidden) == [("members", "search")], "that it exists is already closed"


def test_the_person_stands_only_by_consent_and_goes_with_it(closed: Listing) -> None:
    login = f.manager(f.organisation())
    client = f.signed_in_client(login)
    assert "让信息所有者看到我的姓名" in s.text(client.get("/me/"))
    consent.accept(CONSENT, by=f.actor(login), now=f.AT)
    client.get(closed.get_absolute_url())
    assert ReadRecord.objects.get().account == login.uid
    owner = f.signed_in_client(f.manager(closed.owner))  # type: ignore[arg-type]  # made with an owner
    address = reverse("listing-reads", args=[closed.uid])
    assert f.person(login).name in s.text(owner.get(address))
    consent.take_back(CONSENT, by=f.actor(login), now=f.AT)
    assert ReadRecord.objects.get().account is None
    assert f.person(login).name not in s.text(owner.get(address))


def test_an_erased_person_leaves_the_organisation_only(closed: Listing) -> None:
    login = f.manager(f.organisation())
    consent.accept(CONSENT, by=f.actor(login), now=f.AT)
    f.signed_in_client(login).get(closed.get_absolute_url())
    erase_person(f.person(login), by=f.actor(login), now=s.LATER)
    noted = ReadRecord.objects.get()
    assert (noted.account, noted.organisation is None) == (None, False)


def test_the_owner_sees_who_and_can_export_it_nobody_else_does(closed: Listing) -> None:
    guest = f.organisation("看过的单位（演示）")
    f.signed_in_client(f.manager(guest)).get(closed.get_absolute_url())
    owner = f.signed_in_client(f.manager(closed.owner))  # type: ignore[arg-type]  # made with an owner
    page = s.text(owner.get(closed.get_absolute_url()))
    assert "谁看过受限内容" in page
    assert guest.name in page
    address = reverse("listing-reads", args=[closed.uid])
    assert guest.name in s.text(owner.get(address))
    _head, rows = exported.xlsx(owner.get(address, {"export": "xlsx"}))
    assert [(r["谁看过"], r["看到的范围"], r["途径"]) for r in rows] == [(guest.name, "已核验单位", "页面")]
    answers = {
        "guest": f.manager(guest), "broker": f.broker(), "officer": f.officer(f.BAOTOU), "operator": f.operator()
    }  # fmt: skip
    for who, login in answers.items():
        client = f.signed_in_client(login)
        assert "谁看过受限内容" not in s.text(client.get(closed.get_absolute_url())), who
        assert client.get(address).status_code == client.get(address, {"export": "csv"}).status_code == 403, who
        assert client.get("/reads/").status_code == 403, who
    assert Client().get(address).status_code == 302


def test_the_auditor_reads_all_and_his_reading_is_noted_too(closed: Listing) -> None:
    other = s.published(tier="members")
    reader = f.signed_in_client(f.manager(f.organisation()))
    for row in (closed, other):
        reader.get(row.get_absolute_url())
    auditor = f.signed_in_client(f.auditor())
    page = s.text(auditor.get("/reads/"))
    assert closed.title in page
    assert other.title in page
    assert auditor.get(reverse("listing-reads", args=[closed.uid])).status_code == 200
    assert len(exported.table(auditor.get("/reads/", {"export": "csv"}))[0]) == 2
    auditor.get(closed.get_absolute_url())
    assert ReadRecord.objects.filter(role="auditor", listing=closed).exists()


def test_owners_do_not_see_the_readers_of_others(closed: Listing) -> None:
    reader = f.organisation()
    f.signed_in_client(f.manager(reader)).get(closed.get_absolute_url())
    assert closed.owner is not None
    assert queries.reads(s.manager_of(closed.owner)).count() == 1
    assert queries.reads(s.manager_of(reader)).count() == 0
    assert queries.reads(f.actor(f.auditor())).count() == 1
    assert queries.reads(ANONYMOUS).count() == 0


def test_records_go_after_their_time(closed: Listing) -> None:
    f.signed_in_client(f.manager(f.organisation())).get(closed.get_absolute_url())
    at = clock.now()
    assert actions.prune_reads(now=at + KEPT) == 0
    assert actions.prune_reads(now=at + KEPT + timedelta(days=1)) == 1


@pytest.mark.parametrize("text", ["checked_on: 某日\nkeep_days: 365", "checked_on: 2026-11-21\nkeep_days: 30"])
def test_the_period_is_dated_and_as_long_as_the_law_asks(tmp_path: Path, text: str) -> None:
    file = tmp_path / "reads.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="at least 183"):
        figures.load(file)


def test_many_listings_cost_as_much_as_one(closed: Listing) -> None:
    actor: Any = s.manager_of(f.organisation())
    more = [s.published(tiers={"targets": "members"}, present="1") for _n in range(3)]
    shown = [queries.present(row, actor) for row in (closed, *more)]
    one = s.queries_of(lambda: actions.note_reads(shown[:1], channel="page", by=actor, now=f.AT))
    rest = s.queries_of(lambda: actions.note_reads(shown[1:], channel="page", by=actor, now=f.AT))
    again = s.queries_of(lambda: actions.note_reads(shown, channel="page", by=actor, now=f.AT))
    assert (one, again) == (rest, 1)
    assert ReadRecord.objects.count() == 4
