import json
from collections.abc import Callable
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import ANONYMOUS, Actor, visible_to
from mengkeju.kernel.models import Account
from mengkeju.kernel.testing.settled import wait_until_settled
from mengkeju.listings.access import Perm
from mengkeju.listings.actions import let_party_in
from mengkeju.listings.models import TIERS, Listing
from mengkeju.search import actions
from mengkeju.search.queries import (
    MAX_CHARACTERS,
    FeedFilter,
    Problem,
    SearchPage,
    SearchQuery,
    newest,
    public_addresses,
    search,
    status,
)
from tests import factories
from tests.search.samples import listing

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-04")]


def uids(page: SearchPage) -> list[UUID]:
    assert page.problem is None
    return [row["uid"] for row in page.rows]


def counts(page: SearchPage, group: str) -> dict[str, int]:
    options = next(g.options for g in page.groups if g.name == group)
    return {option.value: option.count for option in options}


def marked(pieces: list[tuple[str, bool]]) -> list[str]:
    return [text for text, hit in pieces if hit]


@pytest.fixture
def owner() -> Organisation:
    return factories.organisation("鹿原化工有限公司（演示）")


@pytest.fixture
def officer(owner: Organisation) -> Actor:
    return factories.actor(factories.officer(factories.REGION))


ROLES: dict[str, Callable[[], Account]] = {
    "signed in": factories.account,
    "officer of the city": factories.officer,
    "officer of the other city": lambda: factories.officer(factories.HOHHOT),
    "officer of the district": lambda: factories.officer(factories.KUNDULUN),
    "broker": factories.broker,
    "operator": factories.operator,
    "security": factories.security_admin,
    "auditor": factories.auditor,
    "verified elsewhere": lambda: factories.manager(factories.organisation()),
    "unverified elsewhere": lambda: factories.manager(factories.organisation(verified=False)),
}


@pytest.mark.parametrize("role", [*ROLES, "visitor", "owner", "party"])
def test_an_actor_finds_exactly_what_he_may_read(role: str, owner: Organisation, officer: Actor) -> None:
    made = [listing(owner, f"气化细渣{tier}", tier=tier, officer=officer) for tier in TIERS]
    listing(owner, "气化细渣草稿", publish=False)
    listing(factories.organisation(area=factories.XINCHENG), "气化细渣别处", tier="parties", officer=officer)
    friend = factories.organisation(verified=False)
    let_party_in(made[2], friend, origin_type="listing", origin_uid=uuid4(), by=officer, now=factories.AT)
    actions.rebuild_index()
    special: dict[str, Callable[[], Account]] = {
        "owner": lambda: factories.manager(owner),
        "party": lambda: factories.manager(friend),
    }
    actor = ANONYMOUS if role == "visitor" else factories.actor({**ROLES, **special}[role]())
    shown = Listing.objects.filter(state__in=("published", "closed"))
    expected = set(visible_to(shown, actor, Perm.READ).values_list("uid", flat=True))
    for text in ("", "气化细渣"):
        page = search(actor, SearchQuery(text))
        assert set(uids(page)) == expected
        assert page.total == len(expected)
        assert page.tabs[0].count == len(expected)
        assert sum(counts(page, "city").values()) == len(expected)


SECRET_MEMBERS, SECRET_PARTIES = "只给会员的钇钪镝", "只给合作方的铱钌锇"


@pytest.fixture
def guarded(owner: Organisation, officer: Actor) -> Listing:
    return listing(
        owner,
        "气化细渣脱碳",
        "公开摘要",
        officer=officer,
        tiers={"targets": "members", "terms": "parties"},
        present=SECRET_MEMBERS,
        confidential=SECRET_PARTIES,
        maturity="mid",
        price_low=Decimal(7_000_000),
        price_high=Decimal(8_000_000),
        modes=["technology_licence"],
    )


def everything_shown(page: SearchPage) -> str:
    return json.dumps([page.rows, page.groups, page.tabs, page.heard], default=str, ensure_ascii=False)


@pytest.mark.parametrize(
    ("who", "members", "parties"),
    [
        ("visitor", False, False),
        ("member", True, False),
        ("broker", True, False),
        ("owner", True, True),
    ],
)
def test_closed_text_is_searched_for_the_entitled_only(
    who: str,
    members: bool,  # noqa: FBT001 - a table
    parties: bool,  # noqa: FBT001 - a table
    guarded: Listing,
    owner: Organisation,
) -> None:
    actions.rebuild_index()
    actor = {
        "visitor": lambda: ANONYMOUS,
        "member": lambda: factories.actor(factories.manager(factories.organisation())),
        "broker": lambda: factories.actor(factories.broker()),
        "owner": lambda: factories.actor(factories.manager(owner)),
    }[who]()
    for secret, entitled in ((SECRET_MEMBERS[4:], members), (SECRET_PARTIES[5:], parties)):
        page = search(actor, SearchQuery(secret))
        assert uids(page) == ([guarded.uid] if entitled else [])
        assert page.tabs[0].count == int(entitled)
    page = search(actor, SearchQuery("气化细渣"))
    assert uids(page) == [guarded.uid]
    assert (SECRET_MEMBERS in everything_shown(page)) is members
    assert SECRET_PARTIES not in everything_shown(page), "technical details are no snippet, for nobody"
    assert counts(page, "budget") == counts(page, "maturity") == counts(page, "modes") == {}
    assert ("800" in everything_shown(page)) is parties


def test_the_order_by_amount_tells_nothing_of_closed_prices(
    guarded: Listing, owner: Organisation, officer: Actor
) -> None:
    cheap = listing(owner, "气化细渣制砖", officer=officer, price_high=Decimal(10_000))
    dear = listing(owner, "气化细渣填料", officer=officer, price_high=Decimal(90_000))
    actions.rebuild_index()
    assert uids(search(ANONYMOUS, SearchQuery(sort="amount"))) == [dear.uid, cheap.uid, guarded.uid]


def test_the_second_lock_drops_what_the_index_still_holds(owner: Organisation, officer: Actor) -> None:
    made = listing(owner, "气化细渣脱碳", officer=officer)
    kept = listing(owner, "气化细渣制砖", officer=officer)
    actions.rebuild_index()
    for change in ({"state": "withdrawn"}, {"state": "published", "tier": "parties"}):
        Listing.objects.filter(pk=made.pk).update(**change)  # behind the record's back
        page = search(ANONYMOUS, SearchQuery("气化细渣"))
        assert uids(page) == [kept.uid]
        assert page.total == 1
        assert [row["uid"] for row in newest(FeedFilter("need"))] == [kept.uid]
        assert len(public_addresses(1)) == 1


def test_feed_and_sitemap_hold_what_is_public(guarded: Listing, owner: Organisation, officer: Actor) -> None:
    listing(owner, "只给会员", tier="members", officer=officer)
    actions.rebuild_index()
    rows = newest(FeedFilter("need"))
    assert [row["uid"] for row in rows] == [guarded.uid]
    assert SECRET_MEMBERS not in rows[0]["text"]
    assert [address.path for address in public_addresses(1)] == [guarded.get_absolute_url()]
    assert newest(FeedFilter("achievement")) == []


def test_words_are_marked_in_title_and_snippet(owner: Organisation, officer: Actor) -> None:
    listing(owner, "气化细渣脱碳与高值利用", "水煤浆气化副产细渣，含碳高。" * 30, officer=officer)
    actions.rebuild_index()
    row = search(ANONYMOUS, SearchQuery("细渣含碳")).rows[0]
    assert "细渣" in marked(row["title"])
    assert "".join(marked(row["snippet"]))
    assert len("".join(text for text, _hit in row["snippet"])) < 140


NEED = (
    "我公司是一家煤化工企业，水煤浆气化每年副产细渣约六万吨，颗粒细、持水高、含碳高，建材厂不收，只能拉去填埋，"
    "每吨处置费用八十元。曾试过直接压滤和掺烧，含水率降不下来，锅炉结焦严重。希望寻找成熟的脱水脱碳技术，"
    "碳可以作为填料、炭材料或者燃料，灰可以做建材原料，处理成本不高于六十元每吨，烧失量不高于百分之八，"
    "三年内不再新增填埋。厂区有空地和蒸汽，可以提供中试场地，愿意合作开发，也可以购买技术许可，投入八百万到一千万元。"
)


def test_a_pasted_need_finds_the_nearest_first(owner: Organisation, officer: Actor) -> None:
    near = listing(
        owner, "气化细渣浮选脱碳与脱水", "细粒级气化细渣浮选脱碳，隔膜压榨脱水", kind="achievement", officer=officer
    )
    listing(owner, "乳清蛋白浓缩", "膜过滤，成本低", kind="achievement", officer=officer)
    far = listing(owner, "羊胚胎冷冻", "受胎率提高", kind="achievement", officer=officer)
    actions.rebuild_index()
    assert 200 < len(NEED) < MAX_CHARACTERS
    page = search(ANONYMOUS, SearchQuery(NEED))
    assert uids(page)[0] == near.uid
    assert far.uid not in uids(page)


def test_the_exact_title_comes_first(owner: Organisation, officer: Actor) -> None:
    for title in ("脱碳装备与气化细渣", "细渣气化脱碳", "气化细渣脱碳", "细渣脱碳气化炉"):
        listing(owner, title, officer=officer)
    actions.rebuild_index()
    first = search(ANONYMOUS, SearchQuery("气化细渣脱碳")).rows[0]
    assert "".join(text for text, _hit in first["title"]) == "气化细渣脱碳"


@pytest.mark.parametrize("text", ["鹿原", "鹿原化工", "MK-N-2026-0001", "mk-n-2026-0001", "ＭＫ-N-2026-0001"])
def test_names_and_numbers_are_found(text: str, owner: Organisation, officer: Actor) -> None:
    made = listing(owner, "气化细渣脱碳", officer=officer)
    listing(factories.organisation("别家公司（演示）"), "乳清蛋白", officer=officer)
    actions.rebuild_index()
    assert uids(search(ANONYMOUS, SearchQuery(text))) == [made.uid]


def test_a_synonym_finds(owner: Organisation, officer: Actor) -> None:
    made = listing(owner, "多晶硅还原炉节能", officer=officer)
    actions.rebuild_index()
    page = search(ANONYMOUS, SearchQuery("晶硅光伏"))
    assert uids(page) == [made.uid]
    assert any("≈" in word for word in page.heard)


def test_too_long_and_wordless(owner: Organisation) -> None:
    actions.rebuild_index()
    assert search(ANONYMOUS, SearchQuery("字" * 5000)).problem is Problem.TOO_LONG
    assert search(ANONYMOUS, SearchQuery("字" * MAX_CHARACTERS)).problem is None
    assert search(ANONYMOUS, SearchQuery("？！，")).problem is Problem.NO_WORDS


@pytest.mark.django_db(transaction=True)
def test_without_index(owner: Organisation) -> None:
    wait_until_settled()
    assert search(ANONYMOUS, SearchQuery("稀土")).problem is Problem.UNAVAILABLE
    assert status().folder == ""
    assert status().behind > 0


def test_facets_count_under_the_other_filters(owner: Organisation, officer: Actor) -> None:
    elsewhere = factories.organisation(area=factories.XINCHENG)
    listing(owner, "气化细渣脱碳", officer=officer, cluster="dairy")
    listing(owner, "气化细渣制砖", officer=officer, kind="achievement")
    listing(elsewhere, "气化细渣填料", officer=officer, kind="achievement", price_high=Decimal(100_000))
    actions.rebuild_index()
    page = search(ANONYMOUS, SearchQuery(facets={"city": (factories.BAOTOU,)}))
    assert page.total == 2
    assert counts(page, "city") == {factories.BAOTOU: 2, factories.HOHHOT: 1}
    assert counts(page, "cluster") == {"dairy": 1}
    assert [(tab.key, tab.count) for tab in page.tabs if tab.count] == [("", 2), ("need", 1), ("achievement", 1)]
    page = search(ANONYMOUS, SearchQuery(kind="achievement", facets={"city": (factories.BAOTOU, factories.HOHHOT)}))
    assert page.total == 2
    assert counts(page, "city") == {factories.BAOTOU: 1, factories.HOHHOT: 1}
    assert [tab.count for tab in page.tabs if tab.key in {"", "need"}] == [3, 1]
    assert list(counts(page, "budget")) == ["50万以下", "面议"]


def test_a_chosen_value_without_hits_stays_visible(owner: Organisation, officer: Actor) -> None:
    listing(owner, "气化细渣脱碳", officer=officer)
    actions.rebuild_index()
    page = search(ANONYMOUS, SearchQuery(facets={"year": ("1999",)}))
    assert (page.total, counts(page, "year")) == (0, {"2026": 1, "1999": 0})


def test_newest_first_and_pages(owner: Organisation, officer: Actor) -> None:
    made = [listing(owner, f"气化细渣{n}", officer=officer, at=factories.AT.replace(minute=n)) for n in range(23)]
    actions.rebuild_index()
    first = search(ANONYMOUS, SearchQuery(sort="newest"))
    assert uids(first) == [one.uid for one in reversed(made)][:20]
    second = search(ANONYMOUS, SearchQuery(sort="newest", page=2))
    beyond = search(ANONYMOUS, SearchQuery(sort="newest", page=99))
    assert uids(second) == uids(beyond) == [one.uid for one in reversed(made)][20:]
    assert beyond.page is not None
    assert (beyond.page.number, beyond.total) == (2, 23)


def test_the_number_of_queries_does_not_grow(owner: Organisation, officer: Actor) -> None:
    asked = []
    for n in range(40):
        listing(owner, f"气化细渣{n}", officer=officer)
        if n in {9, 39}:
            actions.rebuild_index()
            with CaptureQueriesContext(connection) as captured:
                assert search(ANONYMOUS, SearchQuery("气化细渣")).total == n + 1
            asked.append(len(captured))
    assert asked[0] == asked[1] <= 16
