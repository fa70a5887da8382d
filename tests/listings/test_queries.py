"""Who is shown what. Every field of every kind is told apart by a word of its own, in each tier."""

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.test import Client

from mengkeju.directory.models import Organisation, Term
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor
from mengkeju.kernel.forms import FieldSpec, FieldType
from mengkeju.kernel.models import Account, Event
from mengkeju.listings import actions, queries
from mengkeju.listings.kinds import ListingKind, kinds
from mengkeju.listings.models import Listing, ListingLink
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db

TIERS = ("public", "members", "parties")
OPEN = {"public": {"public"}, "members": {"public", "members"}, "all": set(TIERS)}
READS = {
    "visitor": "public",
    "unverified": "public",
    "member": "members",
    "broker": "members",
    "officer": "members",
    "far officer": "members",
    "owner": "all",
    "party": "all",
    "auditor": "all",
}
INSIDE = {"owner", "officer", "party", "auditor"}
KINDS = ("need", "achievement", "patent")
FEW = {"visitor", "member", "officer", "party"}  # one of each reach, for the kinds after the first


@cache
def terms(vocabulary: str) -> tuple[tuple[str, str], ...]:
    """As shipped; read once, for they are the same in every test."""
    return tuple(Term.objects.filter(vocabulary__key=vocabulary, retired_on=None).values_list("key", "label"))


def secret(spec: FieldSpec, word: str) -> tuple[Any, str]:
    """A value for the field that occurs nowhere else on a page, and how a reader would see it."""
    if spec.type is FieldType.MONEY:
        low = {"一": 1_234_567, "二": 2_345_678}[word] + (0 if spec.key.endswith("low") else 10)
        return Decimal(low), f"{low:,d} 元"
    if spec.type is FieldType.DATE:
        day = dt.date(2031, 3, 7 if word == "一" else 8)
        return day, f"2031年3月{day.day}日"
    if spec.type is FieldType.CHOICE:
        key, label = spec.choices[-1 if word == "一" else -2]
        return key, label
    if spec.type is FieldType.TAXONOMY and terms(spec.vocabulary):  # the nodes of chains are shipped empty
        key, label = terms(spec.vocabulary)[-1 if word == "一" else -2]
        return ([key] if spec.many else key), label
    if spec.type is FieldType.AREA:
        return f.KUNDULUN, "昆都仑"
    said = f"密语{word}-{spec.key}-完"
    if spec.type is FieldType.TABLE:
        return [{column.key: said for column in spec.columns}], said
    if spec.type in {FieldType.YES_NO, FieldType.TAXONOMY}:  # no value, or one whose words stand in many places
        return "", said
    return said, said


def stated(kind: ListingKind, word: str, tier: str, **given: Any) -> actions.ListingInput:
    """Every field filled; each adjustable section in `tier`."""
    values = {spec.key: secret(spec, word)[0] for spec in kind.fields}
    return actions.ListingInput(
        values | given, tiers=dict.fromkeys([x.key for x in kind.sections], tier), secrecy_reviewed=True
    )


def seen_words(kind: ListingKind, word: str, tier: str, keys: set[str] | None = None) -> dict[str, str]:
    """Field key → what a reader of it sees, for the fields whose section is in `tier`. Area and title excluded."""
    tiers = kind.field_tiers(dict.fromkeys([x.key for x in kind.sections], tier))
    return {
        spec.key: secret(spec, word)[1]
        for spec in kind.fields
        if spec.key not in {"title", "area"}
        and secret(spec, word)[0] != ""
        and (keys is None or tiers[spec.key] in keys)
    }


@pytest.fixture
def people() -> dict[str, Account | None]:
    """One of each, by name; the owner and the party act for the organisations of the same name."""
    owner, party = f.organisation("乌拉演示厂（演示）"), f.organisation("来客演示院（演示）")
    return {
        "visitor": None,
        "unverified": f.manager(f.organisation(verified=False)),
        "member": f.manager(f.organisation()),
        "broker": f.broker(),
        "officer": f.officer(f.BAOTOU),
        "far officer": f.officer(f.HOHHOT),
        "owner": f.manager(owner),
        "party": f.manager(party),
        "auditor": f.auditor(),
    }


def organisation_of(people: dict[str, Account | None], name: str) -> Organisation:
    login = people[name]
    assert login is not None
    return Organisation.objects.get(memberships__person__account=login)


def actor_of(login: Account | None) -> Actor:
    return f.actor(login) if login else ANONYMOUS


def client_of(login: Account | None) -> Client:
    return f.signed_in_client(login) if login else Client()


def prepared(people: dict[str, Account | None], kind: str, tier: str) -> Listing:
    """Published with the first words, edited to the second; the party let in."""
    owner, spec = organisation_of(people, "owner"), kinds[kind]
    by = actor_of(people["owner"])
    row = actions.create_listing(kind, stated(spec, "一", tier), owner=owner, by=by, now=f.AT)
    s.submit(row)
    actions.review_listing(row, approve=True, by=actor_of(people["officer"]), now=s.LATER)
    s.let_in(row, organisation_of(people, "party"))
    return actions.edit_listing(row, stated(spec, "二", tier), by=by, now=s.LATER)


def wrong_on(page: str, kind: ListingKind, word: str, tier: str, open_tiers: set[str]) -> list[str]:
    """Fields of closed tiers that stand on the page, and fields of open ones that do not."""
    shown = seen_words(kind, word, tier, open_tiers)
    return [key for key, words in seen_words(kind, word, tier).items() if (words in page) != (key in shown)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tier", TIERS)
def test_the_pages_show_each_reader_his_tiers(people: dict[str, Account | None], kind: str, tier: str) -> None:
    row, spec = prepared(people, kind, tier), kinds[kind]
    for name, login in people.items():
        if kind != "need" and name not in FEW:
            continue
        client, where = client_of(login), f"{kind} {tier} {name}"
        page = s.text(client.get(row.get_absolute_url()))
        assert spec.label in page
        assert wrong_on(page, spec, "二", tier, OPEN[READS[name]]) == [], where
        assert "密语一" not in page, where
        history = s.text(client.get(f"/listings/{row.uid}/history/"))
        for word in ("一", "二"):
            assert wrong_on(history, spec, word, tier, OPEN[READS[name]] if name in INSIDE else set()) == [], where


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tier", TIERS)
def test_the_review_shows_the_officer_all_but_what_only_parties_see(
    people: dict[str, Account | None], kind: str, tier: str
) -> None:
    by, spec = actor_of(people["owner"]), kinds[kind]
    owner = organisation_of(people, "owner")
    row = s.submit(actions.create_listing(kind, stated(spec, "一", tier), owner=owner, by=by, now=f.AT))
    page = s.text(client_of(people["officer"]).get(f"/reviews/{row.uid}/"))
    assert wrong_on(page, spec, "一", tier, {"public", "members"}) == []


def test_before_publication_others_see_nothing(people: dict[str, Account | None]) -> None:
    owner, by = organisation_of(people, "owner"), actor_of(people["owner"])
    row = s.submit(actions.create_listing("need", stated(kinds["need"], "一", "public"), owner=owner, by=by, now=f.AT))
    for name in ("visitor", "member", "broker", "far officer"):
        for address in (f"/listings/{row.uid}/", f"/listings/{row.uid}/history/", f"/listings/{row.uid}/edit/"):
            answer = client_of(people[name]).get(address)
            assert answer.status_code in ({302, 404} if name == "visitor" else {404}), (name, address)
            assert "密语" not in s.text(answer)
    mine = s.text(client_of(people["owner"]).get("/listings/mine/"))
    assert row.title in mine
    for name in ("member", "party", "broker"):
        assert row.title not in s.text(client_of(people[name]).get("/listings/mine/"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tier", TIERS)
def test_search_and_matching_get_each_tier_apart(people: dict[str, Account | None], kind: str, tier: str) -> None:
    row, spec = prepared(people, kind, tier), kinds[kind]
    (document,) = queries.search_documents([row.uid])
    texts = {
        key
        for key in seen_words(spec, "二", tier)
        if secret(spec.fields[[x.key for x in spec.fields].index(key)], "二")[1].startswith("密语")
    }
    for part in TIERS:
        inside = set(seen_words(spec, "二", tier, {part})) & texts
        assert {key for key in texts if seen_words(spec, "二", tier)[key] in document.text[part]} == inside, part
    assert "密语一" not in "".join(document.text.values())
    public = set(seen_words(spec, "二", tier, {"public"}))
    for key in ("field", "cluster", "maturity", "modes"):
        assert bool(document.facets.get(key)) == (key in public), key
    assert (document.price_low is not None) == ("price_low" in public) == bool(document.facets["budget"])
    (match,) = queries.match_documents(kind, [row.uid])
    assert {key for key in texts if seen_words(spec, "二", tier)[key] in match.body} == public & texts
    signals = match.signals
    for key, value in (
        ("field", signals.fields),
        ("cluster", signals.clusters),
        ("maturity", signals.maturity),
        ("deadline", signals.deadline),
        ("price_low", signals.price_low),
        ("modes", signals.modes),
    ):
        assert bool(value) == (key in public), key


@pytest.mark.parametrize("tier", TIERS)
def test_search_results_show_each_reader_his_tiers(people: dict[str, Account | None], tier: str) -> None:
    row, spec = prepared(people, "need", tier), kinds["need"]
    keys = {"summary", *spec.body_fields, "maturity", "price_low", "deadline"}
    for name, login in people.items():
        (found,) = queries.search_rows(actor_of(login), [row.uid])
        words = "\n".join([found["text"], *found["meta"]])
        shown = set(seen_words(spec, "二", tier, OPEN[READS[name]]))
        for key, value in seen_words(spec, "二", tier).items():
            if key in keys:
                assert (value in words) == (key in shown), (name, key)
            else:
                assert value not in words or key in shown, (name, key)


def test_the_summary_follows_its_section_too(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = kinds["need"]
    closed = [x if x.key != "problem" else type(x)(**(vars(x) | {"fixed_tier": False})) for x in kind.sections]
    row = s.published(tiers={"problem": "parties"})
    monkeypatch.setitem(kinds._entries, "need", type(kind)(**(vars(kind) | {"sections": tuple(closed)})))
    Listing.objects.filter(pk=row.pk).update(details=row.details | {"tiers": {"problem": "parties"}})
    row.refresh_from_db()
    assert queries.present(row, ANONYMOUS).summary == ""
    assert queries.present(row, f.actor(f.auditor())).summary == s.SUMMARY


def test_the_owner_is_named_to_those_who_may_know() -> None:
    owner = f.organisation("乌拉演示厂（演示）")
    row = s.published(owner, tier="members")
    assert queries.present(row, f.actor(f.broker())).owner_name == "乌拉演示厂（演示）"
    hidden = queries.present(row, ANONYMOUS)
    assert (hidden.owner_name, hidden.owner_uid) == ("未署名单位", None)
    assert queries.find(ANONYMOUS, row.uid) is None
    (document,) = queries.search_documents([row.uid])
    assert (document.audience, "乌拉" in document.text["public"], "乌拉" in document.text["members"]) == (
        "members",
        False,
        True,
    )


def test_only_shown_listings_are_found() -> None:
    owner = f.organisation()
    row, hidden = s.published(owner), s.submitted(owner)
    closed = s.published(owner)
    s.closed(closed)
    assert {d.uid for d in queries.search_documents([row.uid, hidden.uid, closed.uid])} == {row.uid, closed.uid}
    assert list(queries.all_uids()) == [row.uid, closed.uid]
    assert queries.published_uids("need") == [row.uid]
    assert [d.uid for d in queries.match_documents("need", [row.uid, hidden.uid, closed.uid])] == [row.uid]
    assert [r.uid for r in queries.shelf(ANONYMOUS, "need")] == [row.uid]
    assert list(queries.shelf(ANONYMOUS, "patent")) == []
    assert [r.uid for r in queries.published_of(owner, ANONYMOUS, "need")] == [row.uid]
    assert list(queries.published_of(owner, ANONYMOUS, "achievement")) == []


@pytest.mark.parametrize(
    ("low", "high", "words", "band"),
    [
        (None, None, "面议", "面议"),
        (500_000, None, "50 万元 以上", "50–200万"),
        (None, 499_999, "499,999 元 以内", "50万以下"),
        (2_000_000, 2_000_000, "200 万元", "200–1000万"),
        (1_000_000, 20_000_000, "100 万元 – 2,000 万元", "1000万以上"),
    ],
)
def test_the_budget_in_words_and_in_bands(low: int | None, high: int | None, words: str, band: str) -> None:
    row = Listing(kind="need", price_low=low and Decimal(low), price_high=high and Decimal(high))
    assert (queries.budget_in_words(row), queries.budget_band(row)) == (words, band)


def test_the_queue_is_the_officers_own_and_the_oldest_first() -> None:
    here, there = f.organisation(), f.organisation(area=f.XINCHENG)
    rows = [s.submitted(here), s.submitted(there, area=f.XINCHENG), s.submitted(here)]
    assert [r.pk for r in queries.review_queue(f.actor(f.officer(f.BAOTOU)))] == [rows[0].pk, rows[2].pk]
    assert [r.pk for r in queries.review_queue(f.actor(f.officer(f.REGION)))] == [r.pk for r in rows]
    assert queries.review_queue(f.actor(f.auditor())).count() == len(rows)
    for actor in (ANONYMOUS, s.manager_of(here), f.actor(f.broker()), f.actor(f.operator())):
        assert not queries.review_queue(actor)


def test_many_listings_take_no_more_queries_than_few() -> None:
    owner, guest = f.organisation(), f.organisation()
    s.rows(owner, 40)
    s.let_in(Listing.objects.earliest("pk"), guest)
    for actor in (s.manager_of(guest), f.actor(f.broker()), ANONYMOUS):
        counts = [s.queries_of(lambda n=n: queries.present_many(queries.shelf(actor)[:n], actor)) for n in (10, 40)]  # type: ignore[misc]  # noqa: B023  # called at once
        assert counts[0] == counts[1] <= 6
    shown = queries.present_many(Listing.objects.order_by("pk").select_related("owner"), s.manager_of(guest))
    assert [len(x.hidden) for x in shown] == [0] + [1] * 39


@pytest.mark.parametrize(("address", "who"), [("/listings/mine/", "owner"), ("/reviews/", "officer")])
def test_lists_take_no_more_queries_when_longer(people: dict[str, Account | None], address: str, who: str) -> None:
    owner, client = organisation_of(people, "owner"), client_of(people[who])
    counts = []
    for _again in range(2):
        s.rows(owner, 12, "submitted")
        client.get(address)
        counts.append(s.queries_of(lambda: client.get(address)))
    assert counts[0] == counts[1]


def test_a_long_history_takes_no_more_queries(people: dict[str, Account | None]) -> None:
    row = prepared(people, "need", "public")
    client = client_of(people["owner"])
    counts = []
    for how_many in (1, 25):
        for n in range(how_many):
            given = stated(kinds["need"], "二", "public", tried=f"第 {how_many}-{n} 次")
            actions.edit_listing(row, given, by=actor_of(people["owner"]), now=s.LATER)
        for address in (row.get_absolute_url(), f"/listings/{row.uid}/history/"):
            client.get(address)
            counts.append(s.queries_of(lambda address=address: client.get(address)))  # type: ignore[misc]  # called at once
    assert counts[:2] == counts[2:]


def test_an_erased_difference_is_left_out(people: dict[str, Account | None]) -> None:
    row = prepared(people, "need", "public")
    event = Event.objects.get(type="listing.edited")
    event.payload.delete()
    history = client_of(people["owner"]).get(f"/listings/{row.uid}/history/")
    assert history.status_code == 200
    assert "密语一" not in s.text(history)
    assert queries.find(SYSTEM, row.uid) is not None


def test_a_link_to_what_the_reader_may_not_see_is_not_shown() -> None:
    shown, other, hidden = s.published(), s.published(), s.published(tier="parties")
    for source, target, role in ((shown, hidden, "part_of"), (other, shown, "part_of")):
        ListingLink.objects.create(source=source, target=target, role=role)
    assert [(row.word, row.listing.uid) for row in queries.linked_with(shown, ANONYMOUS)] == [("其中一部分", other.uid)]
    assert not queries.linked_with(shown, ANONYMOUS)[0].reported
    assert [row.word for row in queries.linked_with(other, ANONYMOUS)] == ["属于这一项"]
    assert hidden.uid in {row.listing.uid for row in queries.linked_with(shown, f.actor(f.auditor()))}


def test_needs_of_neither_city_are_told_apart() -> None:
    here, nowhere, elsewhere = (s.published() for _each in range(3))
    Listing.objects.filter(pk=nowhere.pk).update(area="")
    Listing.objects.filter(pk=elsewhere.pk).update(area=f.REGION)
    needs = queries.public_needs()
    found = {place: [row.pk for row in queries.outside_cities(needs, place)] for place in queries.PLACES}
    assert found == {"none": [nowhere.pk], "other": [elsewhere.pk]}
    assert needs.filter(pk=here.pk).exists()
