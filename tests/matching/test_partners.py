"""产业链伙伴: who stands up- and downstream of a capability, why, and who may read it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.deals.actions import declare_intention
from mengkeju.directory.actions import TermInput, add_term
from mengkeju.directory.models import Term, Vocabulary
from mengkeju.kernel.access import Actor
from mengkeju.listings import queries as listings
from mengkeju.listings.actions import edit_listing
from mengkeju.listings.actions.life import move_listing
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import compute
from mengkeju.matching.actions import partners as computing
from mengkeju.matching.models import Partner
from mengkeju.matching.queries import partner_words, partners
from tests import exported
from tests import factories as f
from tests.listings.samples import queries_of, stated, text
from tests.matching import pairs as p
from tests.matching import world

pytestmark = pytest.mark.django_db
HERE, THERE = f.XINCHENG, f.KUNDULUN
CHAIN = "rare_earth_magnets"


def nodes() -> None:
    """Three invented nodes of a chain, from up- to downstream."""
    f.areas()
    vocabulary, by = Vocabulary.objects.get(key="chain_node"), f.actor(f.operator())
    for at, (key, label) in enumerate((("n_metal", "金属"), ("n_magnet", "磁体"), ("n_motor", "电机")), 1):
        add_term(vocabulary, key, TermInput(label, key, "测试", CHAIN, (), at * 10), by=by, now=f.AT)


def capability(area: str, title: str, summary: str, node: str = "", **values: Any) -> Listing:
    """A published capability of a firm of its own."""
    given: dict[str, Any] = {"area": area, "chain_node": node, **values}
    return world.listing(
        "capability", title, summary, owner=given.pop("owner", None) or f.organisation(area=area), **given
    )


def chain() -> tuple[Listing, Listing, Listing]:
    """Metal and motor of 包头, magnets of 呼和浩特."""
    nodes()
    made = (
        capability(THERE, "稀土金属电解", "熔盐电解制备镨钕金属", "n_metal"),
        capability(HERE, "烧结钕铁硼磁体中试", "用镨钕金属制备烧结钕铁硼磁体", "n_magnet"),
        capability(THERE, "永磁电机试制", "用钕铁硼磁体试制永磁电机", "n_motor"),
    )
    computing.refresh(made, now=f.AT)
    return made


def owner_of(listing: Listing) -> Actor:
    """Who manages the firm it belongs to."""
    assert listing.owner is not None
    return f.actor(f.manager(listing.owner))


def cards(actor: Actor, listing: Listing) -> list[partners.PartnerCard]:
    """What one reader finds."""
    return partners.partners(actor, [listing])[listing.pk]


@pytest.mark.covers("NED-13")
def test_the_chain_says_who_stands_upstream_and_who_downstream() -> None:
    metal, magnet, motor = chain()
    up, down = cards(owner_of(magnet), magnet)
    assert (up.other, up.relation, up.distance, up.away) == (metal, "up", 1, True)
    assert (down.other, down.relation, down.distance, down.away) == (motor, "down", 1, True)
    assert "“稀土永磁”链上，对方在“金属”，是“磁体”往上第 1 环" in partner_words.why(up)
    near, far = cards(owner_of(metal), metal)
    assert [(c.other, c.relation, c.distance) for c in (near, far)] == [(magnet, "down", 1), (motor, "down", 2)]
    assert not far.away


@pytest.mark.covers("NED-13")
def test_the_operator_moves_a_node_and_the_sides_change_at_once() -> None:
    metal, magnet, _motor = chain()
    Term.objects.filter(key="n_metal").update(position=99)
    assert {c.other: c.relation for c in cards(owner_of(magnet), magnet)}[metal] == "down"


@pytest.mark.covers("NED-13")
def test_without_a_chain_the_wish_decides_and_is_answered_from_both_ends() -> None:
    f.areas()
    looks = capability(
        HERE, "磁力泵装配", "装配磁力驱动泵", partners=["suppliers"], partner_wish="能供烧结钕铁硼磁体的磁材企业"
    )
    makes = capability(THERE, "烧结钕铁硼磁体", "制备烧结钕铁硼磁体，按牌号供货")
    computing.refresh([looks], now=f.AT)
    (supplier,) = cards(owner_of(looks), looks)
    assert (supplier.other, supplier.relation) == (makes, "up")
    assert any(said.startswith("对方能做的与这项能力要找的相近") for said in partner_words.why(supplier))
    (customer,) = cards(owner_of(makes), makes)
    assert (customer.other, customer.relation) == (looks, "down")
    assert "对方写明在找上游供应方" in partner_words.why(customer)


def test_a_wish_that_is_not_open_to_all_is_neither_used_nor_told() -> None:
    f.areas()
    looks = capability(
        HERE, "磁力泵装配", "装配磁力驱动泵", partners=["suppliers"],
        partner_wish="能供烧结钕铁硼磁体的磁材企业", tiers={"chain": "parties"},
    )  # fmt: skip
    makes = capability(THERE, "烧结钕铁硼磁体", "制备烧结钕铁硼磁体，按牌号供货")
    computing.refresh([looks, makes], now=f.AT)
    assert all("在找" not in said for card in cards(owner_of(makes), makes) for said in partner_words.why(card))
    assert all("磁材" not in term for row in Partner.objects.filter(seeker=looks) for term in row.terms)


def test_what_is_looked_for_says_nothing_of_what_is_offered() -> None:
    f.areas()
    looks = capability(HERE, "磁力泵装配", "装配磁力驱动泵", partner_wish="找碳纤维原丝厂")
    (document,) = listings.match_documents("capability", [looks.uid])
    assert "碳纤维" not in document.body


@pytest.mark.covers("NED-13")
def test_needs_between_two_firms_make_them_partners() -> None:
    f.areas()
    mine = f.organisation(area=HERE)
    able = capability(HERE, "厚板焊接", "厚板窄间隙焊接", owner=mine)
    theirs = p.need(THERE, "塔筒焊缝难题")
    p.propose(theirs, able, p.STRONG)
    own = p.need(HERE, "缺大锻件", owner=mine)
    forge = capability(THERE, "大型锻件试制", "自由锻")
    p.propose(own, forge, p.GOOD)
    found = {c.other: c for c in cards(f.actor(f.manager(mine)), able)}
    assert (found[theirs].relation, found[theirs].away) == ("down", True)
    assert found[forge].relation == "up"
    assert any("对方的需求“塔筒焊缝难题”" in said for said in partner_words.why(found[theirs]))
    assert any("对方能答该单位的需求“缺大锻件”" in said for said in partner_words.why(found[forge]))


def test_a_firm_is_no_partner_of_itself_and_what_left_the_shelf_is_gone() -> None:
    nodes()
    mine = f.organisation(area=HERE)
    one = capability(HERE, "磁体中试", "制备磁体", "n_magnet", owner=mine)
    other = capability(HERE, "电机试制", "试制电机", "n_motor", owner=mine)
    foreign = capability(THERE, "电机厂", "永磁电机试制", "n_motor")
    computing.refresh([one, other, foreign], now=f.AT)
    assert [c.other for c in cards(f.actor(f.manager(mine)), one)] == [foreign]
    move_listing(foreign, "withdraw", by=owner_of(foreign), now=world.LATER, note="不做了")
    world.note_events()
    assert not Partner.objects.exists()
    assert cards(f.actor(f.manager(mine)), one) == []


@pytest.mark.covers("NED-13")
@pytest.mark.covers("PLT-03")
def test_a_capability_that_is_published_or_changed_finds_its_partners_in_the_background() -> None:
    nodes()
    one = capability(HERE, "磁体中试", "制备烧结磁体", "n_magnet")
    other = capability(THERE, "电机试制", "永磁电机试制", "n_motor")
    world.note_events()
    assert not Partner.objects.exists()
    assert compute.compute_waiting(now=world.LATER) == 2
    assert Partner.objects.filter(seeker=one, offer=other).exists()
    changed = stated(title="电机试制", summary="永磁电机试制", area=THERE, chain_node="n_metal")
    edit_listing(other, changed, by=owner_of(other), now=world.LATER)
    assert [c.relation for c in cards(owner_of(one), one)] == ["up"]  # the place is read, not stored
    world.note_events()
    assert compute.compute_waiting(now=world.LATER) == 1
    assert compute.compute_waiting(now=world.LATER) == 0


def test_who_may_see_the_partners_of_a_capability() -> None:
    _metal, magnet, motor = chain()
    address = reverse("listing-partners", args=[magnet.uid])
    assert Client().get(address).status_code == 302
    hidden = capability(HERE, "内部能力", "磁体", "n_magnet", tier="parties")
    stranger = f.signed_in_client(f.manager(f.organisation()))
    assert stranger.get(address).status_code == 403
    assert stranger.get(reverse("listing-partners", args=[hidden.uid])).status_code == 404
    need = p.need(HERE)
    assert need.owner is not None
    assert (
        f.signed_in_client(f.manager(need.owner)).get(reverse("listing-partners", args=[need.uid])).status_code == 403
    )
    assert magnet.owner is not None
    for who in (f.member(magnet.owner), f.officer(f.HOHHOT), f.broker(), f.auditor()):
        assert f.signed_in_client(who).get(address).status_code == 200
    assert f.signed_in_client(f.officer(f.BAOTOU)).get(address).status_code == 403
    assert motor.title in text(f.signed_in_client(f.officer(f.HOHHOT)).get(address))


def test_a_partner_closed_to_the_reader_is_not_found() -> None:
    _metal, magnet, motor = chain()
    Listing.objects.filter(pk=motor.pk).update(tier="parties")
    assert motor not in {c.other for c in cards(owner_of(magnet), magnet)}
    assert motor.title not in text(f.signed_in_client(f.broker()).get(reverse("listing-partners", args=[magnet.uid])))


@pytest.mark.covers("NED-13")
def test_the_way_to_a_partner_is_one_click_and_then_the_running_intention() -> None:
    _metal, magnet, motor = chain()
    assert magnet.owner is not None
    client, address = f.signed_in_client(f.manager(magnet.owner)), reverse("listing-partners", args=[magnet.uid])
    ask = reverse("intention-declare", args=[motor.uid]) + "?from=listing"
    assert ask in text(client.get(address))
    assert client.get(ask).status_code == 200
    assert ask not in text(f.signed_in_client(f.officer(f.HOHHOT)).get(address))
    declare_intention(target=motor, declaring=magnet.owner, by=owner_of(magnet), now=world.LATER)
    page = text(client.get(address))
    assert ask not in page
    assert "看这条意向" in page


def test_the_index_counts_what_the_page_lists_and_the_file_holds_it() -> None:
    _metal, magnet, _motor = chain()
    assert magnet.owner is not None
    client = f.signed_in_client(f.manager(magnet.owner))
    index, address = text(client.get("/chain-partners/")), reverse("listing-partners", args=[magnet.uid])
    for relation, count in (("up", 1), ("down", 1), ("open", 0), ("same", 0), ("away", 2)):
        assert f'<a href="{address}?relation={relation}">{count}</a>' in index
        page = text(client.get(address, {"relation": relation}))
        assert (f"{count} 家可能的伙伴" in page) == bool(count)
    lines = exported.xlsx(client.get(address, {"export": "xlsx"}))[1]
    assert [(line["题目"], line["另一市的"]) for line in lines] == [("稀土金属电解", "是"), ("永磁电机试制", "是")]


def test_pages_without_anything_say_what_to_do() -> None:
    firm = f.organisation(area=HERE)
    client = f.signed_in_client(f.manager(firm))
    empty = text(client.get("/chain-partners/"))
    assert "本单位还没有发布中的企业能力" in empty
    assert client.get(reverse("listing-create", args=["capability"])).status_code == 200
    assert "您的范围内还没有企业登记能力" in text(f.signed_in_client(f.broker()).get("/chain-partners/"))
    alone = capability(HERE, "独一份", "做别人不做的", owner=firm)
    address = reverse("listing-partners", args=[alone.uid])
    assert "正在匹配" in text(client.get(address))
    world.note_events()
    compute.compute_waiting(now=world.LATER)
    page = text(client.get(address))
    assert "还没有找到上下游伙伴" in page
    assert reverse("listing-edit", args=[alone.uid]) in page
    assert "产业链伙伴" in text(client.get(alone.get_absolute_url()))
    assert f.signed_in_client(f.account()).get("/chain-partners/").status_code == 403


@pytest.mark.parametrize("page", ["/chain-partners/", "one", "export"])
def test_the_number_of_queries_does_not_hang_on_the_rows(page: str) -> None:
    nodes()
    mine = f.organisation(area=HERE)
    own = capability(HERE, "磁体中试", "制备烧结磁体", "n_magnet", owner=mine)
    client = f.signed_in_client(f.manager(mine))
    one = reverse("listing-partners", args=[own.uid])
    address = {"one": one, "export": f"{one}?export=csv"}.get(page, page)

    def more(count: int) -> None:
        for at in range(count):
            there = capability(THERE, f"电机试制{at}", "永磁电机试制", "n_motor")
            Partner.objects.create(
                seeker=own, offer=there, expected=3, band="good", model_version="by hand", computed_at=f.AT
            )
            need = p.need(THERE, f"需求{at}")
            p.propose(need, own, p.GOOD)
            asked = p.need(HERE, f"自己的需求{at}", owner=mine)
            p.propose(asked, there, p.GOOD)
            if page.startswith("/"):
                capability(HERE, f"磁体{at}", "制备磁体", "n_magnet", owner=mine)

    def ask() -> None:
        answer = client.get(address)
        assert exported.content(answer) if page == "export" else text(answer)

    more(5)
    ask()
    few = queries_of(ask)
    more(12)
    ask()
    assert queries_of(ask) == few
