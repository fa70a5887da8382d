"""The funnel from listed to ready to contract, every link behind a number, and what crosses the city line.

It stands here because here all stages are known; its pages belong to listings, which know none of them.
"""

import re
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from mengkeju.deals import actions
from mengkeju.deals.models import Intention
from mengkeju.kernel import clock, funnel, panels
from mengkeju.kernel.access import Actor
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.panels import Panel
from mengkeju.listings import actions as listing_actions
from mengkeju.listings import queries
from mengkeju.listings.models import Listing, ReadRecord
from mengkeju.listings.queries import CUTS, FunnelFilter
from mengkeju.matching.engine.bands import bands
from mengkeju.matching.models import Proposal, Showing
from tests import exported
from tests import factories as f
from tests.deals import deal_rows
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings import samples

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-14")]
COUNT = re.compile(r'<p class="mk-lead">\s*([0-9]+) 条')
LINK = re.compile(r'<a href="([^"]*/funnel/records/[^"]*)">([^<]*)</a>')
LAST = ["signed", "registered", "landed"]
STAGES = ["listed", "viewed", "match", "intention", "talking", "ready", *LAST]


def proposal(need: Listing, achievement: Listing, band: str) -> Proposal:
    """A pair in a band, as matching would have written it."""
    return Proposal.objects.create(
        need=need,
        achievement=achievement,
        need_rank=1,
        expected=3.0,
        p2=0.9,
        p3=0.5,
        p4=0.2,
        band=band,
        model_version="test",
        area=need.area,
        created_at=samples.LATER,
        computed_at=samples.LATER,
    )


def best_band() -> str:
    return bands()[0].key


@pytest.fixture
def world() -> s.Pair:
    """A firm of 包头 with a need, an institute of 呼和浩特 with an achievement; matched, read, talked about."""
    firm = f.organisation(area=f.KUNDULUN)
    institute = f.organisation(kind="university", area=f.XINCHENG)
    need = samples.published(firm, title="演示需求甲", cluster="dairy", tiers={"targets": "members"}, present="32%")
    achievement = samples.published(
        institute, "achievement", title="演示成果甲", area=f.XINCHENG, cluster="dairy", field="energy"
    )
    pair = s.Pair(firm, institute, need, achievement)
    samples.published(firm, title="演示需求乙", tier="members")
    samples.published(institute, "achievement", title="演示成果乙", area="")
    made = proposal(need, achievement, best_band())
    Showing.objects.create(
        proposal=made, organisation=firm, rank=1, model_version="test", day=samples.LATER.date(),
        shown_at=samples.LATER, opened_at=samples.LATER,
    )  # fmt: skip
    pair.bring(pair.declared(counter=achievement), "talking")
    return pair


def bodies(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return unescape(samples.text(answer))


def walk(client: Client, path: str) -> int:
    """Every number on a page that leads to a list, against the length of that list; how many there were."""
    page = bodies(client, path)
    links = [(href, int(text)) for href, text in LINK.findall(page) if text.strip().isdigit()]
    for href, count in links:
        found = COUNT.search(bodies(client, href))
        assert found, href
        assert int(found.group(1)) == count, href
    return len(links)


@pytest.mark.covers("ACH-10")
def test_the_stages_count_what_has_come_there(world: s.Pair) -> None:
    def totals(by: Actor) -> dict[str, int]:
        return {stage.key: n for stage, n in queries.totals(by, FunnelFilter())}

    region = f.actor(f.officer(f.REGION))
    wanted = dict.fromkeys(STAGES, 0) | {"viewed": 1, "match": 2, "intention": 2, "talking": 2}
    assert list(totals(region)) == STAGES
    # One achievement states no place of its own, so it lies where its owner does: the four are all there.
    assert totals(region) == wanted | {"listed": 4}
    baotou = dict.fromkeys(STAGES, 0) | {"listed": 2, "match": 1, "intention": 1, "talking": 1}
    assert totals(f.actor(f.officer(f.BAOTOU))) == baotou
    assert totals(world.of_institute)["listed"] == 2
    assert totals(f.actor(f.operator()))["listed"] == 4
    assert totals(f.actor(f.auditor()))["listed"] == 4
    assert totals(f.actor(f.account()))["listed"] == 0


def test_a_contract_moves_its_need_and_its_achievement_on(world: s.Pair) -> None:
    """Signed by its day of signing, registered by a registration that counts, landed once something is being built."""

    def come() -> dict[str, set[Listing]]:
        every = Listing.objects.all()
        return {key: set(of(every)) for key in LAST if (of := funnel.stages[key].of) is not None}

    both: set[Listing] = {world.need, world.achievement}
    deal = actions.open_deal(Intention.objects.get(), by=world.of_firm, now=d.NOW)
    assert come() == {"signed": set(), "registered": set(), "landed": set()}
    type(deal).objects.filter(pk=deal.pk).update(state="signed", signed_on=d.SIGNED_ON)
    assert come() == {"signed": both, "registered": set(), "landed": set()}
    case = deal_rows.registration(deal, state="accepted")
    assert come()["registered"] == set()
    given = {"number": "YS20260000000001", "registered_on": d.SIGNED_ON, "body_name": "演示登记处"}
    type(case).objects.filter(pk=case.pk).update(state="registered", **given)
    landing = deal_rows.landing(deal)
    type(landing).objects.filter(pk=landing.pk).update(state="planned")
    assert come() == {"signed": both, "registered": both, "landed": set()}
    type(landing).objects.filter(pk=landing.pk).update(state="building")
    assert come()["landed"] == both


def test_viewed_counts_others_only(world: s.Pair) -> None:
    """The firm opened the proposal: the achievement was seen, its own need was not; then a member reads the need."""
    stage = funnel.stages["viewed"]
    assert stage.of is not None
    assert list(stage.of(Listing.objects.all())) == [world.achievement]
    f.signed_in_client(f.manager(f.organisation())).get(world.need.get_absolute_url())
    assert ReadRecord.objects.filter(listing=world.need).exists()
    assert set(stage.of(Listing.objects.all())) == {world.achievement, world.need}


@pytest.mark.parametrize("cut", CUTS)
def test_every_number_leads_to_exactly_its_records(world: s.Pair, cut: str) -> None:
    readers = {
        "officer": f.officer(f.REGION),
        "one city": f.officer(f.BAOTOU),
        "operator": f.operator(),
        "firm": f.manager(world.firm),
    }
    for name, account in readers.items():
        client = f.signed_in_client(account)
        path = f"{reverse('funnel')}?by={cut}"
        assert walk(client, path) >= len(STAGES), name
        assert walk(client, f"{path}&kind=need") >= len(STAGES) or name == "nobody"


def test_the_numbers_of_the_river_agree_too(world: s.Pair) -> None:
    client = f.signed_in_client(f.officer(f.REGION))
    assert world.need.published_at is not None
    page = bodies(client, reverse("funnel"))
    shown = dict(queries.totals(f.actor(f.officer(f.REGION)), FunnelFilter()))
    for stage, count in shown.items():
        href = f"{reverse('funnel-records')}?stage={stage.key}"
        assert href in page
        found = COUNT.search(bodies(client, href))
        assert found
        assert int(found.group(1)) == count
        rows, _source = exported.table(client.get(f"{href}&export=csv"))
        assert len(rows) == count


def test_the_groups_make_up_the_total(world: s.Pair) -> None:
    by = f.actor(f.officer(f.REGION))
    assert world.firm.pk
    totals = [n for _stage, n in queries.totals(by, FunnelFilter())]
    for cut in CUTS:
        groups, left = queries.groups(by, FunnelFilter(), cut)
        assert left == 0
        assert [sum(column) for column in zip(*(g.counts for g in groups), strict=True)] == totals, cut


def test_a_chain_of_three_levels_is_one_group_and_each_of_its_terms_finds_what_lies_below(world: s.Pair) -> None:
    chain = ("rare_earth_new_materials", "rare_earth", "rare_earth_magnets")
    for at, cluster in enumerate(chain):
        samples.published(world.firm, title=f"演示稀土需求{at}", cluster=cluster)
    by = f.actor(f.officer(f.REGION))
    groups, _left = queries.groups(by, FunnelFilter(), "cluster")
    found = {group.asked.cluster: group.counts[0] for group in groups}
    assert found["rare_earth_new_materials"] == 3
    assert not found.keys() & set(chain[1:])
    for group in groups:
        assert queries.counted(by, group.asked).count() == group.counts[0], group.label
    below = [queries.counted(by, FunnelFilter(cluster=term)).count() for term in chain]
    assert below == [3, 2, 1]


def test_the_period_is_that_of_publication(world: s.Pair) -> None:
    by, day = f.actor(f.officer(f.REGION)), clock.today(samples.LATER)
    Listing.objects.filter(pk=world.need.pk).update(published_at=samples.LATER - timedelta(days=40))
    all_of_it = queries.counted(by, FunnelFilter()).count()
    assert queries.counted(by, FunnelFilter(first=day)).count() == all_of_it - 1
    assert queries.counted(by, FunnelFilter(last=day - timedelta(days=1))).count() == 1
    client = f.signed_in_client(f.officer(f.REGION))
    assert walk(client, f"{reverse('funnel')}?first={day}&last={day}") >= len(STAGES)
    wrong = bodies(client, f"{reverse('funnel')}?first=gestern&last=2026-01-01")
    assert "mk-form" in wrong
    early = bodies(client, f"{reverse('funnel')}?first=2026-02-01&last=2026-01-01")
    assert "结束日期不能早于开始日期" in early
    assert "没有可数的信息" in bodies(client, f"{reverse('funnel')}?first=2001-01-01&last=2001-01-02")


def test_an_operator_counts_but_reads_no_more_than_before(world: s.Pair) -> None:
    assert world.firm.pk
    page = bodies(f.signed_in_client(f.operator()), reverse("funnel-records"))
    assert "演示需求甲" in page
    assert "演示需求乙" not in page
    assert "内容未向您开放" in page
    rows, _source = exported.table(f.signed_in_client(f.operator()).get(reverse("funnel-records"), {"export": "csv"}))
    assert not any("演示需求乙" in str(row) for row in rows)
    assert len(rows) == 4


def test_who_may_see_the_pages(world: s.Pair) -> None:
    assert world.firm.pk
    for name in ("funnel", "funnel-records", "portfolio", "crossings"):
        path = reverse(name)
        assert Client().get(path).status_code == 302
        assert f.signed_in_client(f.account()).get(path).status_code == 403
        assert f.signed_in_client(f.broker()).get(path).status_code == 403
        for account in (f.officer(), f.operator(), f.auditor(), f.manager(world.firm)):
            assert f.signed_in_client(account).get(path).status_code == 200
    client = f.signed_in_client(f.officer())
    for stage in ("nothing", "need"):
        assert client.get(reverse("funnel-records"), {"stage": stage}).status_code == 404
    assert client.get(reverse("funnel-records"), {"owner": "no uid"}).status_code == 200


def test_what_each_figure_means_stands_beside_it(world: s.Pair) -> None:
    assert world.firm.pk
    page = bodies(f.signed_in_client(f.officer(f.BAOTOU)), reverse("funnel"))
    for stage in funnel.of_listings():
        assert str(stage.says) in page
        assert f"来源：{stage.source}" in page
    assert "范围：包头市" in page
    assert "取数" in page


# ---- The portfolio --------------------------------------------------------------------------------------


@pytest.mark.covers("ACH-19")
def test_achievements_by_lead_sector_with_how_far_they_came(world: s.Pair) -> None:
    client = f.signed_in_client(f.officer(f.REGION))
    page = bodies(client, reverse("portfolio"))
    assert world.achievement.title in page
    assert world.need.title not in page
    assert "商谈" in page
    dairy = bodies(client, f"{reverse('portfolio')}?cluster=dairy")
    assert world.achievement.title in dairy
    assert "演示成果乙" not in dairy
    far = bodies(client, f"{reverse('portfolio')}?stage=talking")
    assert world.achievement.title in far
    assert "演示成果乙" not in far
    assert "没有符合条件的成果" in bodies(client, f"{reverse('portfolio')}?cluster=dairy&stage=ready")
    rows, _source = exported.table(client.get(reverse("portfolio"), {"export": "csv", "cluster": "dairy"}))
    assert [row["题目"] for row in rows] == [world.achievement.title]


# ---- Across the city line -------------------------------------------------------------------------------


def test_pairs_across_the_line_are_counted_and_listed(world: s.Pair) -> None:
    neighbour = f.organisation(area=f.KUNDULUN)
    same_city = samples.published(neighbour, "achievement", title="本市成果")
    proposal(world.need, same_city, best_band())
    client = f.signed_in_client(f.officer(f.BAOTOU))
    page = bodies(client, reverse("funnel"))
    for crossing, count in (("match", 1), ("intention", 1), ("talking", 1), ("ready", 0)):
        href = f"{reverse('crossings')}?of={crossing}"
        assert href in page
        counts = re.search(rf'href="{re.escape(href)}"><b>(\d+)</b>', page)
        assert counts
        assert int(counts.group(1)) == count, crossing
        rows, _source = exported.table(client.get(f"{href}&export=csv"))
        assert len(rows) == count, crossing
        assert ("这个期间没有两市往来" in bodies(client, href)) is (count == 0)
    listed = bodies(client, f"{reverse('crossings')}?of=match")
    assert world.need.title in listed
    assert same_city.title not in listed


def test_an_officer_is_not_told_who_declared(world: s.Pair) -> None:
    path = f"{reverse('crossings')}?of=intention"
    Listing.objects.filter(pk=world.achievement.pk).update(title="表意向一方的成果")
    officer = bodies(f.signed_in_client(f.officer(f.BAOTOU)), path)
    assert world.need.title in officer
    assert "表意向一方的成果" not in officer
    assert "未向您开放" in officer
    assert world.institute.name not in officer
    assert "表意向一方的成果" in bodies(f.signed_in_client(f.manager(world.institute)), path)


def test_the_period_of_a_crossing_is_when_it_came_about(world: s.Pair) -> None:
    day = clock.today(samples.LATER)
    client = f.signed_in_client(f.manager(world.firm))
    here, later = f"first={day}&last={day}", f"first={day + timedelta(days=1)}"
    assert exported.table(client.get(f"{reverse('crossings')}?of=intention&{here}&export=csv"))[0]
    assert not exported.table(client.get(f"{reverse('crossings')}?of=intention&{later}&export=csv"))[0]


# ---- The cost -------------------------------------------------------------------------------------------


def test_the_pages_take_a_constant_number_of_queries(world: s.Pair) -> None:
    client = f.signed_in_client(f.officer(f.REGION))
    paths = (reverse("funnel"), f"{reverse('funnel')}?by=owner", reverse("funnel-records"), reverse("portfolio"))
    samples.rows(world.firm, 2)
    before = []
    for path in paths:
        client.get(path)
        before.append(samples.queries_of(partial(client.get, path)))
    samples.rows(world.firm, 20)
    after = [samples.queries_of(partial(client.get, path)) for path in paths]
    assert before == after


# ---- A capability nobody below knows --------------------------------------------------------------------


@pytest.fixture
def capability(monkeypatch: pytest.MonkeyPatch) -> None:
    """演示能力: registers a panel and a stage, as a capability's `registers.py` would. No other line is changed."""
    for module, name in ((panels, "panels"), (funnel, "stages")):
        copy: Registry[object] = Registry("a copy")
        for key, entry in getattr(module, name).items():
            copy.register(key, entry)
        monkeypatch.setattr(module, name, copy)

    def moved_on(rows: QuerySet[Listing]) -> QuerySet[Listing]:
        return rows.filter(title__contains="甲")

    panels.register(
        Panel("demo.card", "listing", "aside", 1, "mk/note.html", lambda _a, o, _s: {"title": f"演示能力·{o.title}"})
    )
    funnel.stages.register(
        "moved_on",
        funnel.Stage("moved_on", "续作（演示）", "Moved (demo)", "plug", 990, "演示口径", of=moved_on, source="演示"),
    )


@pytest.mark.covers("PLT-02")
@pytest.mark.usefixtures("capability")
def test_its_panel_and_its_stage_appear_without_a_change_in_listings(world: s.Pair) -> None:
    page = bodies(Client(), world.need.get_absolute_url())
    assert f"演示能力·{world.need.title}" in page
    client = f.signed_in_client(f.officer(f.REGION))
    shown = bodies(client, reverse("funnel"))
    assert "续作（演示）" in shown
    assert "演示口径" in shown
    assert [stage.key for stage in funnel.of_listings()] == [*STAGES, "moved_on"]
    found = COUNT.search(bodies(client, f"{reverse('funnel-records')}?stage=moved_on"))
    assert found
    assert found.group(1) == "2"
    assert walk(client, reverse("funnel")) >= len(STAGES) + 1
    assert "续作（演示）" in bodies(client, reverse("portfolio"))


@pytest.mark.covers("PLT-02")
def test_one_page_shows_what_other_capabilities_hold_in_a_stable_order(world: s.Pair) -> None:
    """Matches, the intention's own step, the next step, in the same order whoever registered first."""
    page = bodies(world.client("firm"), world.need.get_absolute_url())
    shown = [p.key for p in panels.build(world.of_firm, "listing", "next", world.need)]
    assert shown == sorted(shown, key=lambda key: (panels.panels[key].order, key))
    assert reverse("listing-matches", args=[world.need.uid]) in page
    assert Intention.objects.get().get_absolute_url() in page


def test_a_need_off_the_shelf_stays_counted_and_closed_ones_too(world: s.Pair) -> None:
    by = f.actor(f.officer(f.REGION))
    before = queries.counted(by, FunnelFilter()).count()
    samples.closed(world.need)
    assert queries.counted(by, FunnelFilter()).count() == before
    assert listing_actions.keep_fresh(now=samples.LATER).hidden == 0
