"""Near-identical offers of one holder stand behind others, and the reader is told."""

import pytest
from django.urls import reverse

from mengkeju.directory.models import Organisation
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.actions import compute, store
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine.variety import Held
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries.order import held_of
from tests import exported, factories, tokens
from tests.calls import get
from tests.matching import crowd, world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-03")]
FAMILY = ("气化细渣脱碳与高值利用方法", "一种气化细渣脱碳与高值利用方法", "一种气化细渣脱碳与高值利用装置")
OTHERS = ("气化细渣脱碳利用", "气化细渣脱碳")


def made() -> tuple[Listing, list[Listing], list[Listing]]:
    """A need, three near-identical offers of one institute, two of others; matched whole."""
    need, institute = crowd.need(), factories.organisation(kind="institute")
    family = [world.listing("achievement", title, f"{title}。", owner=institute) for title in FAMILY]
    others = [world.listing("achievement", title, f"{title}。") for title in OTHERS]
    compute.match_all(now=world.AT)
    return need, family, others


def listed(need: Listing) -> list[Proposal]:
    rows = Proposal.objects.filter(need=need, retired_at=None, need_rank__isnull=False).exclude(band="")
    return list(rows.select_related("need__owner", "achievement__owner").order_by("need_rank"))


def test_the_list_begins_with_what_differs_and_nothing_is_lost() -> None:
    need, family, others = made()
    rows = listed(need)
    assert {row.achievement_id for row in rows} == {row.pk for row in (*family, *others)}
    assert [row.need_rank for row in rows] == [1, 2, 3, 4, 5]
    first = [row.achievement_id in {one.pk for one in family} for row in rows]
    assert sum(first[:3]) == 1, "one of the family among the first three"
    assert first[3:] == [True, True]
    by_score = sorted(rows, key=lambda row: -row.expected)
    assert by_score != rows, "they would have come earlier"
    assert all(row.band for row in rows)


@pytest.mark.parametrize("whole", [True, False])
def test_one_listing_computed_anew_gives_the_same_order(whole: bool) -> None:  # noqa: FBT001 - a case
    need, family, _others = made()
    before = [row.achievement_id for row in listed(need)]
    if whole:
        compute.compute_for(need.uid, now=world.LATER)
    else:
        compute.compute_for(family[1].uid, now=world.LATER)
    assert [row.achievement_id for row in listed(need)] == before


def test_judgements_change_the_order_and_the_rule_holds() -> None:
    need, family, others = made()
    actions.approve(crowd.pair(need, family[2]), None, by=factories.actor(factories.broker()), now=world.LATER)
    rows = listed(need)
    assert {row.achievement_id for row in rows[:3]} >= {row.pk for row in others}
    actions.dismiss(
        crowd.pair(need, others[0]), None, "off_direction", "", by=factories.actor(factories.broker()), now=world.LATER
    )
    cards = queries.proposals_for(crowd.of(need), need)
    below = [card for card in cards if card.behind]
    assert below
    assert {card.target.pk for card in below} < {one.pk for one in family}


def test_page_file_and_api_say_why_one_stands_lower() -> None:
    need, family, _others = made()
    rows = listed(need)
    leader = next(row for row in rows if row.achievement_id in {one.pk for one in family})
    cards = {card.target.pk: card for card in queries.proposals_for(crowd.of(need), need)}
    lower = [row for row in rows[3:] if any(row.expected > above.expected for above in rows[: row.need_rank - 1])]  # type: ignore[operator]  # listed
    assert lower
    for row in rows:
        told = cards[row.achievement_id].behind
        assert told == ((leader.uid, leader.achievement.title) if row in lower else None)
    assert need.owner is not None
    manager = factories.manager(need.owner)
    client = factories.signed_in_client(manager)
    url = reverse("listing-matches", args=[need.uid])
    said = f"与前面同一单位的《{leader.achievement.title}》相近，先列不同的，这一项排在其后。"
    assert client.get(url).content.decode().count(said) == len(lower)
    assert said in client.get(need.get_absolute_url()).content.decode()
    answer = get(tokens.client_of(manager), f"/listings/{need.uid}/matches").json()
    assert [item["behind"] for item in answer["items"]] == [str(leader.uid) if row in lower else None for row in rows]
    table, _source = exported.table(client.get(url, {"export": "csv"}))
    assert [line["与前面的相近"] for line in table] == [
        leader.achievement.title if row in lower else "" for row in rows
    ]


def test_what_comes_from_a_source_is_held_by_whom_the_source_names() -> None:
    owner: Organisation = factories.organisation()
    assert held_of(Listing(title="甲", owner=owner, owner_note="某所")) == Held(f"#{owner.pk}", "甲")
    assert held_of(Listing(title="甲", owner_note=" 某所 ")) == Held("某所", "甲")
    assert held_of(Listing(title="甲")) == Held("", "甲")


def test_a_list_that_is_full_of_one_family_lets_others_in() -> None:
    size = limits().proposals_per_listing
    named = {at: Held("某所", FAMILY[0]) for at in range(size)} | {
        size + at: Held(f"{at}所", OTHERS[0]) for at in range(20)
    }
    rows = [(at, 4 - at / 100, "strong") for at in range(size + 20)]
    chosen = store.places(rows, named)
    assert list(chosen)[:3] == [0, size, size + 1]
    assert set(range(size)) <= chosen.keys(), "none falls off for it"
    assert len(chosen) == size + limits().varied_first - 1
    assert store.places([(1, 2.0, ""), (2, 3.0, "")], {}) == {2: 1, 1: 2}
