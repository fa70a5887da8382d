"""Who may do what with a listing; the rule on a page and in a list is one.

`recused` is an officer of the owner's city and a member of the owner: as a member he acts for it, decide he may not.
"""

from dataclasses import replace

import pytest

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, may
from mengkeju.kernel.actions import advance
from mengkeju.listings import actions
from mengkeju.listings.access import Perm
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.listings import samples as s

pytestmark = pytest.mark.django_db

STATES = ("draft", "submitted", "returned", "held", "published", "dormant", "closed", "withdrawn")
INSIDERS = {"owner", "recused", "officer", "auditor"}
VERIFIED = INSIDERS | {"member", "broker", "far officer"}
EVERYBODY = VERIFIED | {"visitor", "unverified", "operator"}


def actors(owner: Organisation) -> dict[str, Actor]:
    """One of each; `officer` is of the owner's city, `far officer` of the other."""
    return {
        "visitor": ANONYMOUS,
        "member": s.manager_of(f.organisation()),
        "unverified": s.manager_of(f.organisation(verified=False)),
        "broker": f.actor(f.broker()),
        "officer": f.actor(f.officer(f.BAOTOU)),
        "recused": f.actor(f.with_role("officer", area=f.BAOTOU, of=f.member(owner))),
        "far officer": f.actor(f.officer(f.HOHHOT)),
        "owner": f.actor(f.member(owner)),
        "auditor": f.actor(f.auditor()),
        "operator": f.actor(f.operator()),
    }


def in_state(owner: Organisation, state: str, officer: Actor) -> Listing:
    """Brought there through the actions."""
    row, by = s.draft(owner), s.manager_of(owner)
    if state in {"submitted", "returned", "held", "published", "closed", "dormant"}:
        s.submit(row)
    if state in {"published", "closed", "returned", "dormant"}:
        actions.review_listing(row, approve=state != "returned", by=officer, now=s.LATER, note="请补充")
    if state == "closed":
        s.closed(row, by=by)
    if state == "withdrawn":
        actions.move_listing(row, "withdraw", by=by, now=s.LATER, note="好了")
    if state == "dormant":
        advance(row, "hide", by=SYSTEM, now=s.LATER)
    if state == "held":
        actions.review_listing(row, approve=True, hold=True, by=officer, now=s.LATER)
    assert row.state == state
    return row


def with_tier(row: Listing, tier: str) -> Listing:
    Listing.objects.filter(pk=row.pk).update(tier=tier)
    return Listing.objects.get(pk=row.pk)


def who_may(people: dict[str, Actor], permission: str, row: Listing) -> set[str]:
    return {name for name, actor in people.items() if may(actor, permission, row)}


def test_who_may_read_in_each_state_and_tier() -> None:
    owner = f.organisation()
    people = actors(owner)
    shown = {"public": EVERYBODY, "members": VERIFIED, "parties": INSIDERS}
    for state in STATES:
        row = in_state(owner, state, people["officer"])
        for tier, readers in shown.items():
            wanted = readers if state in {"published", "closed"} else INSIDERS
            if state == "draft":
                wanted = INSIDERS - {"officer"}
            assert who_may(people, Perm.READ, with_tier(row, tier)) == wanted, (tier, state)


def test_who_may_act() -> None:
    owner = f.organisation()
    people = actors(owner)
    row = in_state(owner, "published", people["officer"])
    assert who_may(people, Perm.EDIT, row) == {"owner", "recused"}
    assert who_may(people, Perm.SUBMIT, row) == {"owner", "recused"}
    assert who_may(people, Perm.REVIEW, row) == {"officer"}
    assert who_may(people, Perm.REVIEW_READ, row) == {"officer", "auditor"}
    assert who_may(people, Perm.QUEUE_READ, row) == {"officer", "far officer", "recused", "auditor"}
    assert who_may(people, Perm.CLOSE, row) == {"owner", "recused", "officer"}
    assert who_may(people, Perm.PUBLISH_SOURCE, row) == {"operator"}
    assert who_may(people, Perm.CREATE, row) == EVERYBODY - {"visitor"}
    assert who_may(people, Perm.READ_PARTIES, row) == {"owner", "recused", "auditor"}
    assert who_may(people, Perm.READ_MEMBERS, row) == VERIFIED
    for state in ("submitted", "closed", "withdrawn"):
        assert who_may(people, Perm.EDIT, in_state(owner, state, people["officer"])) == set()


def test_a_party_is_let_in_whatever_the_tier_and_out_again() -> None:
    guest = f.organisation()
    by = s.manager_of(guest)
    row = s.published(tier="parties")
    assert not may(by, Perm.READ, row)
    actions.let_party_in(row, guest, origin_type="intention", origin_uid=row.uid, by=SYSTEM, now=s.LATER)
    assert may(by, Perm.READ, row)
    assert may(by, Perm.READ_PARTIES, row)
    assert not may(by, Perm.EDIT, row)
    actions.end_party_access(origin_uid=row.uid, by=SYSTEM, now=s.LATER)
    assert not may(by, Perm.READ, row)


def test_suspended_or_without_second_factor_nobody_acts() -> None:
    owner = f.organisation()
    people = actors(owner)
    row = in_state(owner, "published", people["officer"])
    acts = (Perm.EDIT, Perm.SUBMIT, Perm.CLOSE, Perm.CREATE, Perm.REVIEW, Perm.PUBLISH_SOURCE)
    suspended = {name: replace(actor, suspended=True) for name, actor in people.items()}
    weak = {name: replace(actor, second_factor_missing=True) for name, actor in people.items()}
    assert [p for p in acts if who_may(suspended, p, row) or who_may(weak, p, row)] == []
    closed = with_tier(row, "members")
    assert "member" not in who_may(suspended, Perm.READ, closed)
    assert "broker" not in who_may(suspended, Perm.READ, closed)


def test_the_zone_officer_reviews_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = "Z-BAOTOU-XITU"
    owner = f.organisation()
    row = s.submitted(owner)
    Listing.objects.filter(pk=row.pk).update(zone=zone)
    row.refresh_from_db()
    officer = f.actor(f.officer(f.HOHHOT))
    grants = tuple(replace(g, area=zone, areas_below=frozenset({zone})) for g in officer.grants)
    assert not may(officer, Perm.REVIEW, row)
    assert may(replace(officer, grants=grants), Perm.REVIEW, row)


@pytest.mark.covers("PLT-13")
def test_both_cities_read_each_other_and_review_their_own() -> None:
    here, there = f.organisation(area=f.KUNDULUN), f.organisation(area=f.XINCHENG)
    baotou, hohhot = f.actor(f.officer(f.BAOTOU)), f.actor(f.officer(f.HOHHOT))
    own, other = s.published(here), s.published(there, area=f.XINCHENG)
    for officer in (baotou, hohhot):
        assert all(may(officer, Perm.READ, row) and may(officer, Perm.READ_MEMBERS, row) for row in (own, other))
    assert [may(baotou, Perm.REVIEW, row) for row in (own, other)] == [True, False]
    assert [may(hohhot, Perm.REVIEW, row) for row in (own, other)] == [False, True]
    assert may(s.manager_of(there), Perm.READ, own)


def test_page_and_list_agree() -> None:
    owner, guest = f.organisation(), f.organisation()
    people = actors(owner) | {"party": s.manager_of(guest), "platform": SYSTEM}
    rows = [in_state(owner, state, people["officer"]) for state in STATES]
    tiers = {"draft": "public", "submitted": "public", "returned": "members", "closed": "members"}
    objects = [with_tier(row, tiers.get(row.state, "parties")) for row in rows]
    objects += [s.published(owner, by=people["officer"], tier=tier) for tier in ("public", "members")]
    s.let_in(objects[-1], guest)
    entry = actions.SourceEntry("need", "1", "没有单位的条目")
    objects.append(actions.publish_from_source(entry, source="演示", owner=None, by=SYSTEM, now=f.AT)[0])
    people["suspended"] = replace(people["member"], suspended=True)
    others = ("listings.diagnosis:", "listings.access_request:")  # their objects are no listings
    of_listings = [p for p in Perm if not p.startswith(others)]
    assert s.disagreements(of_listings, people, objects) == []


def test_page_and_list_agree_when_parties_were_read_at_once() -> None:
    guest = f.organisation()
    row, by = s.published(tier="parties"), s.manager_of(guest)
    row.known_parties = frozenset({guest.uid})
    assert may(by, Perm.READ_PARTIES, row)
    row.known_parties = frozenset()
    assert not may(by, Perm.READ_PARTIES, row)
    assert not may(ANONYMOUS, Perm.READ_PARTIES, row)
