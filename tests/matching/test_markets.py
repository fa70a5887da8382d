"""Two markets, one engine: what belongs to one is never proposed, counted or weighed in the other."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mengkeju.listings import queries as listings
from mengkeju.listings.kinds import TALENT, TECHNOLOGY, keys_of
from mengkeju.listings.models import Listing
from mengkeju.matching import queries
from mengkeju.matching.actions import compute, examples, shelf
from mengkeju.matching.engine import cold, origin
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.models import Partner, Proposal, Waiting
from mengkeju.matching.queries import analysis, combination, complement, figures, outcomes
from tests import factories as f
from tests.listings.samples import text
from tests.matching import models_world, world
from tests.matching import pairs as pairs_world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-17")]
TITLE, TEXT = "气化细渣浮选", "做气化细渣的筛分和浮选试验，测烧失量，脱碳后做建材"
POST = {"work": ["实习"], "majors": ["m0815"], "degree": "bachelor", "number": "4 人", "begins": date(2027, 3, 1)}
COHORT = {"work": ["实习"], "majors": ["m0815"], "degree": ["bachelor"], "number": "26 人", "begins": date(2027, 3, 1)}
BESIDE: dict[str, dict[str, Any]] = {"post": POST, "cohort": COHORT}
OWNERS = {"need": "enterprise", "capability": "enterprise", "post": "enterprise"}


def one(kind: str, **given_: Any) -> Listing:
    owner = f.organisation(kind=OWNERS.get(kind, "university"))
    return world.listing(kind, TITLE, TEXT, owner=owner, **(BESIDE.get(kind, {}) | given_))


def pairs() -> set[tuple[str, str]]:
    rows = Proposal.objects.filter(retired_at=None).values_list("need__kind", "achievement__kind")
    return set(rows)


def test_texts_that_say_the_same_meet_only_inside_their_market() -> None:
    for kind in ("need", "achievement", "strength", "capability", "post", "cohort"):
        one(kind)
    compute.match_all(now=world.AT)
    assert pairs() == {("need", "achievement"), ("need", "strength"), ("need", "capability"), ("post", "cohort")}
    Proposal.objects.all().delete()
    for row in Listing.objects.all():
        compute.compute_for(row.uid, now=world.AT)
    assert pairs() == {("need", "achievement"), ("need", "strength"), ("need", "capability"), ("post", "cohort")}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted({*keys_of(TECHNOLOGY), *keys_of(TALENT)})), min_size=2, max_size=6))
def test_whatever_stands_on_the_shelf_markets_never_mix(db: None, kinds: list[str]) -> None:
    Proposal.objects.all().delete()
    Listing.objects.update(state="withdrawn")
    shelf.forget()
    made = [one(kind) for kind in kinds]
    compute.match_all(now=world.AT)
    for need, offer in Proposal.objects.filter(retired_at=None).values_list("need__kind", "achievement__kind"):
        assert (need in keys_of(TALENT)) == (offer in keys_of(TALENT))
    for row in made:
        other = {answer.ranked.id for answer in compute.rank_listing(row.uid, now=world.AT, top=20)}
        met = set(Listing.objects.filter(uid__in=other).values_list("kind", flat=True))
        assert all(row.kind_spec.meets(spec) for spec in (Listing(kind=kind).kind_spec for kind in met))


def test_the_facts_decide_among_students() -> None:
    post = one("post")
    fits, other = one("cohort"), one("cohort", majors=["m0501"], degree=["college"])
    compute.match_all(now=world.AT)
    best = Proposal.objects.get(need=post, achievement=fits)
    worst = Proposal.objects.get(need=post, achievement=other)
    assert (best.need_rank, worst.need_rank) == (1, 2)
    assert best.band
    reasons = {key: value for key, value, _said in best.reasons["signals"]}
    assert reasons["major"] > 0
    against = {key: value for key, value, _said in worst.reasons["signals"]}
    assert against["major"] < 0 > against["degree"]


def test_a_new_post_does_not_fit_the_shelf_of_technology_anew() -> None:
    world.shelf()
    technology = shelf.fitted()
    one("post")
    assert shelf.fitted() is technology
    assert len(shelf.fitted(market="talent").ranker.corpus) == 1


def test_what_is_closed_is_not_matched_as_a_fact() -> None:
    closed = one("cohort", tiers={"terms": "members"}, pay_low="2500")
    (found,) = listings.match_documents("cohort", [closed.uid])
    assert set(found.signals.more) == {"work", "majors", "degree", "number"}
    assert found.market == TALENT
    assert "2026" not in found.body, "days and amounts are facts, not words"


def test_a_card_speaks_of_posts_and_students() -> None:
    post, cohort = one("post", tiers={"terms": "parties"}), one("cohort", number="")
    compute.match_all(now=world.AT)
    client = f.signed_in_client(f.manager(post.owner))  # type: ignore[arg-type]  # made with one
    page = text(client.get(post.get_absolute_url()))
    assert "推荐 1 项毕业生与实习生" in page
    assert "专业对口" in page
    assert "毕业生与实习生没写人数" in page
    assert not re.search("需求方|成果或能力|技术合同|需求全文", page)
    other = f.signed_in_client(f.manager(cohort.owner))  # type: ignore[arg-type]  # made with one
    page = text(other.get(cohort.get_absolute_url()))
    assert "推荐 1 项岗位" in page
    assert "用人单位把“时间和待遇”设为仅" in page
    assert "谁能用得上" not in page
    assert 'value="too_early"' not in page, "the reasons of technology are not asked of people"
    assert 'value="budget_or_time"' in page
    assert text(f.signed_in_client(f.account()).get("/matching/how/")).count("岗位类型") == 1


def test_posts_are_no_technical_needs_in_any_figure() -> None:
    one("post", field="solid_waste_use")
    one("cohort", field="solid_waste_use")
    compute.match_all(now=world.AT)
    officer = f.actor(f.officer(f.REGION))
    assert not listings.public_needs().exists()
    assert not queries.public_matched_needs().exists()
    made = analysis.analyse(officer, analysis.Asked(scope="area"))
    assert not made.needs.rows
    assert all(count == 0 for _stage, count in listings.totals(officer, listings.FunnelFilter()))
    asked = listings.totals(officer, listings.FunnelFilter(kind="post"))
    assert {stage.key: count for stage, count in asked}["match"] == 1, "counted when it is asked for"
    need = world.listing("need", "渣怎么办", "气化细渣脱碳", field="solid_waste_use")
    (gap,) = analysis.analyse(officer, analysis.Asked(scope="area")).fields
    assert need.pk in gap.keys, "students in a field are no achievement there"


def test_models_learn_from_technology_and_are_used_there() -> None:
    world.shelf()
    post, cohort = one("post"), one("cohort")
    compute.match_all(now=world.AT)
    pair = Proposal.objects.get(need=post, achievement=cohort)
    before, version = pair.p3, pair.model_version
    models_world.show(pair, 1, opened=True)
    models_world.say(pair, step="intention")
    models_world.say(pair, reason="off_direction")
    assert (outcomes.histories(), outcomes.seen()) == ([], [])
    assert {d.id for d in examples.corpus_for([], cold.load()).shelves[Side.NEED].documents} == {
        str(uid) for uid in Listing.objects.filter(kind="need").values_list("uid", flat=True)
    }
    shipped = origin.shipped().version
    assert figures.month(world.AT.date().replace(day=1), shipped).total.shown == 0
    assert post.pk not in figures.coverage(f.actor(f.operator()))["all"][0].needs

    talent = shelf.fitted(market=TALENT)
    models_world.live(models_world.candidate("site-probe", text=1.5, signals=0.5))
    assert not Waiting.objects.filter(listing__in=[post, cohort]).exists(), "nothing of talent has to be matched again"
    assert shelf.fitted(market=TALENT) is talent
    assert shelf.fitted().ranker.version.startswith("site-probe+")
    compute.match_all(now=world.AT)
    pair.refresh_from_db()
    assert (pair.p3, pair.model_version) == (before, version)


def test_cities_and_combinations_are_of_technology() -> None:
    post = one("post", area=f.XINCHENG)
    cohort = one("cohort", area=f.KUNDULUN)
    pairs_world.propose(post, cohort)
    broker = f.actor(f.broker())
    known = complement.cities()
    assert not complement.survey(broker, complement.Asked(), known).rows
    assert not complement.answered(broker).exists()
    assert combination.combination(broker, post) == []
    need = pairs_world.need(f.XINCHENG)
    pairs_world.propose(need, pairs_world.offer(f.KUNDULUN))
    assert [row.need for row in complement.survey(broker, complement.Asked(), known).of("other")] == [need.pk]


def test_partners_are_ranked_with_the_live_model() -> None:
    one("capability")
    one("capability")
    models_world.live(models_world.candidate("site-probe"))
    compute.match_all(now=world.AT)
    assert {row.split("+")[0] for row in Partner.objects.values_list("model_version", flat=True)} == {"site-probe"}
