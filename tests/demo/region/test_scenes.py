"""Every turn in the life of a listing stands in the demo region, for the right reader and for nobody else."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.deals import queries as deals
from mengkeju.deals.queries.stalled import find_stalled, stalls_of
from mengkeju.demo import fiction, sources, tasks
from mengkeju.demo.cast import Cast, logins
from mengkeju.demo.files import read
from mengkeju.demo.load import load
from mengkeju.demo.report import logins as printed_logins
from mengkeju.demo.shelf import hold_shelf
from mengkeju.directory.engine.titles import TITLES
from mengkeju.directory.models import Organisation, Title
from mengkeju.events.models import Meeting
from mengkeju.kernel import clock, duties
from mengkeju.kernel.access import ANONYMOUS, Actor, may
from mengkeju.kernel.models import Account, Event
from mengkeju.listings import actions, queries
from mengkeju.listings.access import Perm
from mengkeju.listings.models import (
    Bottleneck,
    Diagnosis,
    IpRight,
    Listing,
    ListingFile,
    ReadRecord,
    WeakLink,
)
from mengkeju.listings.queries.diagnoses import DiagnosisFilter
from mengkeju.search import queries as search
from tests import factories as f
from tests.demo.region import NOW

MAIN = "ach-slag-flotation"


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("region")]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are looked at on the day of loading."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def listing(key: str) -> Listing:
    return Listing.objects.select_related("owner", "contact").get(external_id=key)


def actor(username: str) -> Actor:
    return Cast().actor(username)


def contact_of(key: str) -> Actor:
    """Who acts for an organisation without login."""
    return actor(f"demo-{key}")


def to_do(username: str) -> set[str]:
    return set(duties.open_for(actor(username)).values_list("key", flat=True))


def page(username: str, address: str) -> str:
    client = f.signed_in_client(Account.objects.get(username=username))
    return client.get(address).content.decode()


# ---- 待凝练 ---------------------------------------------------------------------------------------------


def test_vague_needs_stand_at_every_turn_of_a_diagnosis() -> None:
    broker = actor("broker")
    open_ones = {d.listing.external_id: d.round for d in queries.diagnoses(broker, DiagnosisFilter("open"))}
    assert open_ones == {"need-vague-oat": 1, "need-vague-tile": 2}
    for show, key in (("proposed", "need-vague-scale"), ("tracked", "need-vague-seed")):
        assert [d.listing.external_id for d in queries.diagnoses(broker, DiagnosisFilter(show))] == [key]
    first = Diagnosis.objects.get(listing__external_id="need-vague-tile", round=1)
    assert (first.state, first.broker is not None and first.broker.username) == ("second", "demo-broker-second")
    for state in ("refining", "tracking"):
        for row in Listing.objects.filter(state=state):
            assert queries.find(ANONYMOUS, row.uid) is None
            assert queries.find(actor("qingcheng"), row.uid) is None
    assert "claim_diagnosis" in to_do("broker")


def test_the_broker_can_take_the_second_diagnosis_and_the_firm_confirms_its_wording() -> None:
    second = Diagnosis.objects.get(listing__external_id="need-vague-tile", round=2)
    actions.claim_diagnosis(second, by=actor("broker"), now=NOW)
    asked = Diagnosis.objects.select_related("listing").get(state="proposed")
    assert "confirm_wording" in to_do("luyuan")
    wording = actions.Wording(asked.public_title, asked.public_summary, asked.keywords)
    actions.accept_wording(asked, wording, secrecy_reviewed=True, by=actor("luyuan"), now=NOW)
    assert asked.listing.uid in {row.uid for row in queries.review_queue(actor("officer-baotou"))}


def test_a_need_was_closed_with_its_outcome_and_shows_its_solution() -> None:
    need, solution = listing("need-solved-washwater"), listing("ach-ash-geopolymer")
    outcome = queries.current_outcome(need)
    assert outcome is not None
    assert (outcome.outcome, outcome.satisfaction, outcome.waits) == ("solved_here", 5, False)
    assert outcome.solver == solution.owner == Organisation.objects.get(name="青城工程研究院（演示）")
    assert need in queries.solved_here()
    assert solution.uid in {row.listing.uid for row in queries.linked_with(need, ANONYMOUS)}
    assert need.uid in {row.listing.uid for row in queries.linked_with(solution, ANONYMOUS)}


# ---- A readable achievement -----------------------------------------------------------------------------


def test_the_ladder_opens_its_evidence_by_tier() -> None:
    made = listing(MAIN)
    assert made.maturity == "trl6"
    for reader, closed in ((ANONYMOUS, 2), (actor("qingcheng"), 1), (actor("luyuan"), 0), (actor("chilechuan"), 0)):
        rungs = queries.ladder(made, reader)
        assert [rung.step.level for rung in rungs] == ["trl6", "trl5", "trl4"]
        assert sum(bool(rung.closed) for rung in rungs) == closed
        assert sum(not rung.evidence for rung in rungs) == closed


def test_the_dates_of_its_patents_are_duties_and_one_number_is_disputed() -> None:
    assert {"pay_patent_fee", "right_ends"} <= to_do("chilechuan")
    rights = {row.title: row for row in IpRight.objects.all()}
    assert len(rights) == 3
    assert all(row.fictional and row.number[5:].startswith("9999") for row in rights.values())
    (disputed,) = [row for row in rights.values() if row.disputed]
    claimants = {claim.organisation.name for claim in disputed.claims.select_related("organisation")}
    assert claimants == {"敕勒川理工大学（演示）", "青城工程研究院（演示）"}
    assert set(disputed.listings.values_list("external_id", flat=True)) == {MAIN, "ach-slag-dry"}
    assert "decide_right" in to_do("officer-hohhot")
    assert "decide_right" not in to_do("officer-baotou")
    for username in ("chilechuan", "qingcheng"):
        assert len(queries.claims_of(disputed, actor(username))) == 2
    assert queries.claims_of(disputed, actor("luyuan")) == []


def test_one_inventor_objects_and_another_has_not_answered() -> None:
    made = listing(MAIN)
    assert dict(made.participations.filter(role="inventor").values_list("person__name", "answer")) == {
        "罗昕": "agreed",
        "潘若溪": "agreed",
        "宋知远": "objected",
    }
    public, own = (
        [named.name for _part, rows in queries.team(made, reader).parts for named in rows]
        for reader in (ANONYMOUS, actor("chilechuan"))
    )
    assert "宋知远" not in public
    assert "宋知远" in own
    assert {"settle_participants", "answer_participation"} <= to_do("chilechuan")


def test_cases_of_use_and_the_registration_are_shown() -> None:
    made = listing(MAIN)
    assert [len(queries.applications(made, reader)) for reader in (ANONYMOUS, actor("qingcheng"))] == [1, 2]
    registered = queries.registration_of(made)
    assert registered is not None
    said = page("luyuan", made.get_absolute_url())
    for text in ("陶粒原料", "灰渣烧失量", "999", "一种细渣隔膜压榨脱水装置", "无废城市"):
        assert text in said, text


# ---- Closed parts ---------------------------------------------------------------------------------------


def test_the_professor_decides_on_one_request_and_sees_who_looked() -> None:
    made, professor = listing(MAIN), actor("chilechuan")
    states = {row.organisation.name[:2]: row.state for row in queries.requests_of(made)}
    assert states == {"砺青": "granted", "绿磊": "asked"}
    assert {row.uid for row in queries.requests_of(made)} <= {row.uid for row in queries.access_requests(professor)}
    assert "answer_access_request" in to_do("chilechuan")
    reads = [(row.organisation.name[:2], row) for row in queries.reads_of(professor, made) if row.organisation]
    assert Counter(name for name, row in reads if row.channel == "page") == {"砺青": 3, "鹿原": 2}
    named = {name: row.account for name, row in reads}
    assert named == {"砺青": None, "鹿原": Account.objects.get(username="luyuan").uid}
    files = {row.caption for row in queries.readable_files(made, contact_of("firm-liqing"))[0]}
    assert "小试与中试数据（演示）" in files
    downloads = list(queries.file_reads(professor))
    assert len(downloads) == 2 * len(files)
    assert all(row.complete for row in downloads)
    assert queries.readable_files(made, contact_of("firm-lvlei"))[0] == []
    said = page("chilechuan", reverse("listing-reads", args=[made.uid]))
    assert "砺青煤基材料有限公司" in said
    assert "郝建峰" in said
    stranger = f.signed_in_client(Account.objects.get(username="qingcheng"))
    assert stranger.get(reverse("listing-reads", args=[made.uid])).status_code in {403, 404}


def test_another_opens_by_undertaking_which_the_firm_has_yet_to_accept() -> None:
    made = listing("ach-slag-dry")
    (request,) = queries.requests_of(made)
    assert (request.state, request.mode) == ("signing", "undertaking")
    assert "sign_undertaking" in to_do("luyuan")
    assert not may(actor("luyuan"), Perm.READ_PARTIES, made)


def test_of_the_closed_parts_strangers_read_nothing() -> None:
    for key in (MAIN, "ach-slag-dry"):
        made = listing(key)
        secret = made.details["values"]["confidential"]
        for reader in (Client(), f.signed_in_client(Account.objects.get(username="yuntao"))):
            assert secret not in reader.get(made.get_absolute_url()).content.decode()
    assert {row.tier for row in ListingFile.objects.all()} == {"parties"}


# ---- Windows and brokers --------------------------------------------------------------------------------


def test_key_needs_of_leading_enterprises_are_marked() -> None:
    assert Title.objects.exclude(kind__in=TITLES.registered).count() == 3
    rows = {row.uid: row for row in Listing.objects.filter(kind="need", state="published").select_related("owner")}
    marked = {rows[p.uid].external_id for p in queries.present_many(rows.values(), ANONYMOUS) if p.leading}
    firms = {"firm-luyuan", "firm-beichen", "firm-qingyuan-dairy"}
    assert marked == {row["key"] for row in fiction.rows("need") if row["firm"] in firms}
    assert "领军企业" in Client().get(listing("need-slag-decarbon").get_absolute_url()).content.decode()


def test_the_broker_holds_two_claims_from_the_board() -> None:
    held = {claim.listing.external_id for claim in deals.working_claims(actor("broker"))}
    assert held == {"need-greenhouse-heat", "ach-forging-grain"}
    assert "work_claim" in to_do("broker")
    assert "苏日娜" in page("broker", reverse("board"))


def test_two_conversions_stand_still_with_a_named_obstacle() -> None:
    today = clock.today(NOW)
    seen = {}
    for username in ("officer-hohhot", "officer-baotou", "broker", "qingcheng"):
        reader = actor(username)
        rows = find_stalled(reader, deals.StalledFilter(), today)
        seen[username] = {stall.obstacle for row in rows for stall in stalls_of(reader, row)}
    assert seen == {
        "officer-hohhot": {"equipment"},
        "officer-baotou": {"price"},
        "broker": {"price"},
        "qingcheng": set(),
    }
    assert "assign_helper" in to_do("officer-hohhot")
    assert "help_stalled" in to_do("broker")


def test_a_search_was_kept_before_something_appeared_that_it_finds() -> None:
    kept = {row.name: row for username in ("luyuan", "chilechuan") for row in search.saved_searches(actor(username))}
    assert {name: row.way for name, row in kept.items()} == {
        "余热利用的新成果": "at_once",
        "尾矿与浮选的新需求": "daily",
    }
    assert not search.saved_searches(actor("qingcheng")).exists()
    for name, key in (("余热利用的新成果", "ach-dc-liquid"), ("尾矿与浮选的新需求", "need-tailings-recover")):
        published = Event.objects.get(type="listing.approve", subject_uid=listing(key).uid)
        assert kept[name].since_position < published.pk


# ---- Lists and members from outside ---------------------------------------------------------------------


def test_weak_links_are_partly_covered_and_a_direction_of_the_agenda_is_solved() -> None:
    counted = queries.coverage_by_chain(WeakLink.objects.filter(state__in=("open", "in_progress")))
    assert set(counted) == {"rare_earth_magnets", "onshore_wind", "dairy"}
    agenda = next(row for row in queries.agendas(ANONYMOUS, cluster="dairy") if row.fictional)
    assert [item.solved_on is not None for item in queries.items_of(agenda)] == [False, True, False, False]


def test_bottlenecks_are_read_by_the_named_windows_and_the_auditor_alone() -> None:
    seen = {
        username: set(queries.bottlenecks(actor(username)).values_list("title", flat=True))
        for username in [row["username"] for row in logins()]
    }
    coater, starter = "磁钢重稀土薄层涂覆装备（演示）", "低温发酵乳专用菌种（演示）"
    assert {name: titles for name, titles in seen.items() if titles} == {
        "officer-baotou": {coater},
        "officer-hohhot": {starter},
        "officer-region": {coater, starter},
        "auditor": {coater, starter},
    }
    assert Bottleneck.objects.count() == 2


def test_a_member_from_outside_has_a_login_a_listing_and_an_opening() -> None:
    made, member = listing("ach-low-iridium"), actor("yuntao")
    assert made.owner is not None
    assert member.managed_organisations == {made.owner.uid}
    assert queries.present(made, ANONYMOUS).origin_mark
    assert made.owner.members_openings.filter(ended_at=None).count() == 1
    assert member.is_full_member
    approved = Event.objects.get(type="listing.approve", subject_uid=made.uid)
    assert approved.actor_account == Account.objects.get(username="officer-region").uid


# ---- The shelf ------------------------------------------------------------------------------------------


def test_one_achievement_waits_for_its_confirmation_and_one_comes_back_by_one_click() -> None:
    professor = actor("chilechuan")
    assert {row.external_id for row in queries.to_confirm(professor)} == {"ach-lyo-monitor", "ach-yard-dust"}
    assert [row.external_id for row in Listing.objects.filter(state="dormant")] == ["ach-yard-dust"]
    assert {"confirm_listing", "restore_listing"} <= to_do("chilechuan")
    assert queries.find(ANONYMOUS, listing("ach-yard-dust").uid) is None
    actions.confirm_listing(listing("ach-yard-dust"), by=professor, now=NOW)
    assert queries.find(ANONYMOUS, listing("ach-yard-dust").uid) is not None
    others = Listing.objects.filter(source=fiction.SOURCE, state="published").exclude(external_id="ach-lyo-monitor")
    soonest = min(day for day in others.values_list("review_by", flat=True) if day is not None)
    assert soonest >= clock.today(NOW) + timedelta(days=40)


def test_a_demo_site_left_alone_for_a_year_keeps_its_shelf() -> None:
    before = Listing.objects.filter(source=fiction.SOURCE, state="published").count()
    for step in range(1, 37):
        at = NOW + timedelta(days=10 * step)
        hold_shelf(now=at)
        actions.keep_fresh(now=at)
    off = set(Listing.objects.filter(state="dormant").values_list("external_id", flat=True))
    assert off == {"ach-lyo-monitor", "ach-yard-dust"}
    assert Listing.objects.filter(source=fiction.SOURCE, state="published").count() == before - 1


def test_the_shelf_is_held_only_on_a_demo_site(settings: Any) -> None:
    assert not settings.DEMO
    assert tasks.hold_shelf.func() == "不是演示站点"
    settings.DEMO = True
    assert tasks.hold_shelf.func() == "确认仍然有效 0 条"


def test_what_lay_off_the_shelf_comes_back_with_the_next_load() -> None:
    late = NOW + timedelta(days=150)
    actions.keep_fresh(now=NOW + timedelta(days=100))
    actions.keep_fresh(now=late)
    assert Listing.objects.filter(kind="need", state="dormant").count() > 60
    load(now=late)
    assert not Listing.objects.filter(kind="need", state="dormant").exists()


# ---- What is printed ------------------------------------------------------------------------------------


def test_each_login_is_told_in_a_line_what_waits_for_him() -> None:
    said = printed_logins()
    for row in logins():
        assert row["waiting"] in said
        count = duties.open_for(actor(row["username"])).count()
        line = next(line for line in said.splitlines() if row["waiting"] in line)
        assert (f"待办 {count} 件" in line) == (count > 0)


def test_nothing_of_it_stands_on_a_real_organisation() -> None:
    real = set(Organisation.objects.filter(source=sources.SOURCE).values_list("uid", flat=True))
    scenes = read("scenes")
    assert real
    assert not Title.objects.filter(holder__uid__in=real).exclude(origin="source").exists()
    assert not ReadRecord.objects.filter(organisation__uid__in=real).exists()
    names = {row["name"] for row in read("facts")["organisations"] + read("facts")["platforms"]} - {"抖音"}
    said = str(scenes)
    assert not [name for name in names if name in said]


def test_one_meeting_waits_for_its_answer_and_one_time_stands(region: None) -> None:
    """What the professor is asked, and what he has agreed to; both lie after the loading."""
    meetings = {one.state: one for one in Meeting.objects.select_related("requesting", "invited")}
    assert set(meetings) == {"requested", "scheduled"}
    asked = duties.open_on(meetings["requested"]).get()
    assert duties.is_mine(actor("chilechuan"), asked)
    assert all(slot.starts_at > NOW for one in meetings.values() for slot in one.slots.all())
    assert all(one.fictional for one in meetings.values())
