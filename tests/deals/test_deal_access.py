"""Who may see and move a deal; its list and its page answer the same."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import Client

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.models import Deal
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, may
from mengkeju.kernel.models import Account
from tests import exported
from tests import factories as f
from tests.access_forms import assert_forms_agree
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
READS = (DealPerm.READ, DealPerm.READ_INSIDE)
OF_PARTIES = (DealPerm.WRITE, DealPerm.SIGN, DealPerm.MOVE, DealPerm.TEXT, DealPerm.TEXT_CONFIRM, DealPerm.PAY)


def readers(deal: Deal) -> dict[str, Account]:
    """One login of every kind around a deal of two organisations with a broker and an agency."""
    sides = {side: parties[0].organisation for side, parties in queries.sides_of_deal(deal)}
    buyer, seller = sides["buyer"], sides["seller"]
    assert buyer is not None
    assert seller is not None
    broker = f.broker()
    agency = d.named_helper(deal, f.actor(f.manager(buyer))).organisation
    assert agency is not None
    deal.helpers.create(role="broker", person=f.person(broker), **deal_rows.stamp(deal))
    suspended = f.member(buyer)
    Account.objects.filter(pk=suspended.pk).update(suspended_at=f.AT, suspended_reason="演示")
    return {
        "buyer": f.member(buyer),
        "seller": f.member(seller),
        "suspended": suspended,
        "broker": broker,
        "agency": f.member(agency),
        "auditor": f.auditor(),
        "registrar here": f.with_role("registrar", area=seller.area),
        "registrar elsewhere": f.with_role("registrar", area=f.BAOTOU),
        "other broker": f.broker(),
        "officer": f.officer(f.REGION),
        "operator": f.operator(),
        "stranger": f.manager(f.organisation()),
        "alone": f.account(),
    }


def actors(people: dict[str, Account]) -> dict[str, Actor]:
    """Who they are now, with the visitor and the platform."""
    return {name: f.actor(account) for name, account in people.items()} | {"visitor": ANONYMOUS, "platform": SYSTEM}


def holding(people: dict[str, Actor], permission: str, obj: object) -> set[str]:
    return {name for name, actor in people.items() if may(actor, permission, obj)}


def test_who_may_what_on_a_deal() -> None:
    deal = d.deal()
    people = actors(readers(deal))
    inside = {"buyer", "seller", "suspended", "broker", "agency", "auditor"}
    for permission in READS:
        assert holding(people, permission, deal) == inside, permission
    for permission in OF_PARTIES:
        assert holding(people, permission, deal) == {"buyer", "seller"}, permission
    assert holding(people, DealPerm.TALK, deal) == {"buyer", "seller", "broker", "agency"}
    assert holding(people, DealPerm.RECORD, deal) == {"platform"}
    assert holding(people, DealPerm.START, None) == {"buyer", "seller", "agency", "stranger"}
    helper = deal.helpers.filter(role="agency").get()
    assert holding(people, DealPerm.HELPER_CONFIRM, helper) == {"buyer", "seller"}
    assert holding(people, DealPerm.READ_PART, helper) == inside


def test_the_registrar_reads_it_once_it_is_filed_with_him() -> None:
    deal = d.signed()
    people = actors(readers(deal))
    for state, reads in (("prepared", False), ("filed", True)):
        deal_rows.registration(deal, state=state)
        for permission in READS:
            assert ("registrar here" in holding(people, permission, deal)) is reads, state
            assert "registrar elsewhere" not in holding(people, permission, deal)
        deal.registrations.update(state="withdrawn")
    assert holding(people, DealPerm.MOVE, deal) == {"buyer", "seller"}


def test_what_a_source_tells_everybody_reads_and_nobody_writes() -> None:
    deal = d.from_source()
    people = actors(readers_of_source(deal))
    assert holding(people, DealPerm.READ, deal) == set(people)
    assert holding(people, DealPerm.READ_INSIDE, deal) == {"buyer", "seller", "auditor"}
    for actor in people.values():
        assert not queries.writable(actor, deal)


def readers_of_source(deal: Deal) -> dict[str, Account]:
    """The same people; a record from a source takes no helper."""
    sides = {side: parties[0].organisation for side, parties in queries.sides_of_deal(deal)}
    found = {side: f.member(organisation) for side, organisation in sides.items() if organisation is not None}
    return found | {"auditor": f.auditor(), "stranger": f.manager(f.organisation()), "alone": f.account()}


def test_both_forms_of_every_permission_agree() -> None:
    buyer, seller = f.organisation(), f.organisation(area=f.XINCHENG)
    broker = f.broker()
    deals = deal_rows.populate(buyer, seller, f.person(broker))
    agency = deals[-1].helpers.get(role="agency").organisation
    assert agency is not None
    people = {
        "visitor": ANONYMOUS,
        "buyer": f.actor(f.member(buyer)),
        "seller": f.actor(f.member(seller)),
        "broker": f.actor(broker),
        "agency": f.actor(f.manager(agency)),
        "registrar": f.actor(f.with_role("registrar", area=f.HOHHOT)),
        "stranger": f.actor(f.manager(f.organisation())),
        "auditor": f.actor(f.auditor()),
    }
    assert_forms_agree([*READS, *OF_PARTIES, DealPerm.TALK], people, Deal.objects.all())


@pytest.mark.covers("PLT-05")
def test_list_page_and_file_agree_for_every_reader() -> None:
    pair = s.pair()
    deal, hidden, told = d.deal(pair), d.by_hand(title="别家的"), d.from_source(external_id="9")
    people = readers(deal)
    rows = {one.title: one for one in (deal, hidden, told)}
    for name, account in people.items():
        client, actor = f.signed_in_client(account), f.actor(account)
        right = {title for title, one in rows.items() if may(actor, DealPerm.READ, one)}
        opened = {title for title, one in rows.items() if client.get(one.get_absolute_url()).status_code == 200}
        listed = text(client.get("/deals/"))
        kept = {row["名称"] for row in exported.table(client.get("/deals/", {"export": "csv"}))[0]}
        assert opened == {title for title in rows if f">{title}<" in listed} == kept == right, name


def test_every_address_of_a_deal_answers_by_its_permission() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    people = readers(deal)
    helper, party = deal.helpers.filter(role="agency").get(), deal.parties.get(side="seller")
    path = deal.get_absolute_url()
    got, posted = ("", "edit/", "parties/", f"parties/{party.uid}/", "helpers/"), (
        "edit/", "sign/", "move/terminate/", "move/nothing/", "parties/", f"parties/{party.uid}/",
        f"parties/{uuid4()}/lead/", f"parties/{uuid4()}/remove/", "helpers/", f"helpers/{helper.uid}/confirm/",
        f"helpers/{uuid4()}/confirm/",
    )  # fmt: skip
    visitor = Client()
    for name in ("stranger", "other broker", "officer", "registrar here"):
        client = f.signed_in_client(people[name])
        assert {client.get(path + place).status_code for place in got} == {404}, name
        assert {client.post(path + place).status_code for place in posted} == {404}, name
    for name in ("auditor", "agency", "suspended"):
        client = f.signed_in_client(people[name])
        assert [client.get(path + place).status_code for place in got] == [200, 403, 403, 403, 403], name
        assert {client.post(path + place).status_code for place in posted} == {403}, name
    for place in got:
        assert visitor.get(path + place)["Location"].startswith("/accounts/login/"), place
    for place in posted:
        assert visitor.post(path + place)["Location"].startswith("/accounts/login/"), place
    assert visitor.get("/deals/")["Location"].startswith("/accounts/login/")
    assert f.signed_in_client(people["alone"]).get("/deals/new/").status_code == 403
    assert deal.intention is not None
    opening = f"/intentions/{deal.intention.uid}/deal/"
    for name, status in (("stranger", 404), ("auditor", 403), ("suspended", 403), ("buyer", 302)):
        assert f.signed_in_client(people[name]).post(opening).status_code == status, name
    assert Deal.objects.get().revision == deal.revision


def test_a_second_factor_that_is_missing_reads_and_does_nothing() -> None:
    pair = s.pair()
    deal = d.deal(pair)
    for lame in (replace(pair.of_firm, suspended=True), replace(pair.of_firm, second_factor_missing=True)):
        assert may(lame, DealPerm.READ_INSIDE, deal)
        for permission in (*OF_PARTIES, DealPerm.TALK):
            assert not may(lame, permission, deal), permission
