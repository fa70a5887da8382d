"""暂不考虑 and 合适: who judges in whose name, once each, and what the reader is told."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from mengkeju.directory.models import Person
from mengkeju.kernel.access import RefusedError
from mengkeju.kernel.models import Event
from mengkeju.listings.models import Listing
from mengkeju.matching import actions, queries
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Feedback, Proposal
from mengkeju.matching.queries import judgements
from tests import factories
from tests.matching import crowd, world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("NED-08")]
AT, LATER = world.AT, world.LATER


@pytest.fixture
def made() -> tuple[Listing, list[Listing]]:
    return crowd.matched()


Made = tuple[Listing, list[Listing]]


def test_a_broker_judges_for_his_own_organisation_or_for_himself(made: Made) -> None:
    need, offers = made
    proposal, agency = crowd.pair(need, offers[0]), factories.organisation(kind="agency")
    employed = factories.actor(factories.with_role("broker", of=factories.manager(agency)))
    alone = factories.actor(factories.broker())
    assert judgements.judge_of(employed, proposal) == agency
    assert judgements.judge_of(alone, proposal) is None
    assert judgements.judge_of(crowd.of(need), proposal) == need.owner
    for by, organisation in ((employed, agency), (alone, None)):
        said = actions.dismiss(proposal, organisation, "off_direction", by=by, now=AT)
        assert (said.organisation, said.side) == (organisation, "need")
        assert actions.dismiss(proposal, organisation, "vague", by=by, now=LATER) == said
    for by, organisation in ((employed, None), (alone, agency), (employed, need.owner)):
        with pytest.raises(RefusedError):
            actions.dismiss(proposal, organisation, "vague", by=by, now=AT)
    assert Feedback.objects.count() == 2
    assert actions.restore(proposal, None, by=alone, now=LATER)
    assert not actions.restore(proposal, None, by=alone, now=LATER)
    assert actions.restore(proposal, agency, by=employed, now=LATER)


def test_a_broker_teaches_the_list_he_looked_at(made: Made) -> None:
    need, offers = made
    broker = factories.actor(factories.broker())
    actions.approve(crowd.pair(need, offers[0]), None, side="achievement", by=broker, now=AT)
    assert Feedback.objects.get().side == "achievement"
    assert not Proposal.objects.exclude(need_expected=None).exists()


def test_one_word_at_a_time(made: Made) -> None:
    need, offers = made
    proposal, by = crowd.pair(need, offers[0]), crowd.of(need)
    good = actions.approve(proposal, need.owner, by=by, now=AT)
    assert actions.approve(proposal, need.owner, by=by, now=LATER) == good
    actions.dismiss(proposal, need.owner, "off_direction", by=by, now=LATER)
    good.refresh_from_db()
    assert good.withdrawn_at == LATER
    with pytest.raises(ValidationError, match="先撤回"):
        actions.approve(proposal, need.owner, by=by, now=LATER)
    assert not actions.unapprove(proposal, need.owner, by=by, now=LATER)
    types = Event.objects.filter(subject_uid=proposal.uid).order_by("pk").values_list("type", flat=True)
    assert list(types) == ["match.approved", "match.dismissed"]


@pytest.mark.parametrize(
    "change",
    [
        {"organisation": None, "person": None},
        {"side": "both"},
        {"verdict": "suits"},
        {"reason": ""},
    ],
)
def test_the_database_refuses_half_a_word(made: Made, change: dict[str, object]) -> None:
    need, offers = made
    said = actions.dismiss(crowd.pair(need, offers[0]), need.owner, "vague", by=crowd.of(need), now=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.filter(pk=said.pk).update(**change)


def test_two_open_words_of_one_person_are_refused(made: Made) -> None:
    need, offers = made
    login = factories.broker()
    given = {
        "proposal": crowd.pair(need, offers[0]),
        "person": Person.objects.get(account=login),
        "reason": "vague",
        "model_version": "演示",
        "given_at": AT,
    }
    Feedback.objects.create(**given, withdrawn_at=AT)
    Feedback.objects.create(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(**given)


def test_only_the_judge_reads_which_word_it_was(made: Made) -> None:
    need, offers = made
    broker, firm = factories.actor(factories.broker()), crowd.of(need)
    actions.dismiss(crowd.pair(need, offers[0]), None, "off_direction", by=broker, now=AT)
    said = {}
    for name, reader in (("judge", broker), ("owner", firm), ("auditor", factories.actor(factories.auditor()))):
        cards = queries.proposals_for(reader, need) + queries.show_more(reader, need)
        card = next(card for card in cards if card.target == offers[1])
        said[name] = [row.text for row in card.rows if row.label == "已有判断"]
    assert said["judge"] == [f"减分：与您暂不考虑的《{offers[0].title}》相近"]
    assert said["owner"] == said["auditor"] == ["减分：根据在这一条上已作出的判断"]


def test_lines_add_up_to_what_moved(made: Made) -> None:
    need, offers = made
    broker, firm = factories.actor(factories.broker()), crowd.of(need)
    for at, by, of in ((0, broker, None), (2, broker, None), (5, firm, need.owner)):
        actions.dismiss(crowd.pair(need, offers[at]), of, "off_direction", by=by, now=AT)
    row = crowd.pair(need, offers[1])
    seen = judgements.as_listed(row, "need")
    for reader in (broker, firm, factories.actor(factories.auditor())):
        why = judgements.with_judgements(
            {"score": row.base["score"], "signals": []}, row, "need", judgements.said_to(reader, [(row, "need")])
        )
        total = sum(value for _key, value, _sentence in why["signals"])
        assert total == pytest.approx(sum(part[3] for part in row.need_judged), abs=1e-9)
        assert why["score"] == pytest.approx(row.base["score"] + total, abs=1e-9)
    assert seen.expected == pytest.approx(row.need_expected, abs=1e-6)
    assert seen.band == row.need_band
    assert row.band == crowd.pair(need, offers[1]).band, "what is stored without judgements stays"


def test_the_numbers_are_those_of_the_list(made: Made) -> None:
    need, offers = made
    firm = crowd.of(need)
    for at in (0, 3):
        actions.dismiss(crowd.pair(need, offers[at]), need.owner, "off_direction", by=firm, now=AT)
        cards = queries.proposals_for(firm, need)
        assert queries.open_count(firm, need) == sum(card.open for card in cards)
        assert {card.target for card in cards if card.dismissed} >= {offers[0]}
        more = queries.show_more(firm, need)
        assert not {card.uid for card in cards} & {card.uid for card in more}
        assert len(cards) + len(more) == len(offers)


def post(client: Client, name: str, proposal: Proposal, **given: str) -> str:
    answer = client.post(reverse(name, args=[proposal.uid]), {"listing": str(proposal.need.uid), **given}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_what_the_word_did(made: Made) -> None:
    need, offers = made
    client = factories.signed_in_client(factories.broker())
    page = post(client, "match-dismiss", crowd.pair(need, offers[0]), reason="off_direction")
    assert "已按“不符合当前方向”调整次序：1 项与它相近的减分。" in page
    assert "只有您看得到" in page
    assert "不说明别的推荐好坏" in post(client, "match-dismiss", crowd.pair(need, offers[6]), reason="has_partner")
    assert "不说明别的推荐好坏" in post(client, "match-dismiss", crowd.pair(need, offers[5]), reason="vague")
    early = post(client, "match-dismiss", crowd.pair(need, offers[4]), reason="too_early")
    assert "已按“阶段过早”调整次序：1 项同样早或时间偏紧的减分" in early
    assert "回到原处" in post(client, "match-restore", crowd.pair(need, offers[0]))
    assert "已标为合适" in post(client, "match-approve", crowd.pair(need, offers[3]))
    page = post(client, "match-unapprove", crowd.pair(need, offers[3]))
    assert "已撤回“合适”" in page
    assert page.count("暂不考虑的 3 项") == 1


def test_the_good_word_is_refused_where_it_is_not_asked_for(made: Made) -> None:
    need, offers = made
    url = reverse("match-approve", args=[crowd.pair(need, offers[0]).uid])
    assert Client().post(url).status_code == 302
    assert factories.signed_in_client(factories.account()).post(url).status_code == 404
    assert factories.signed_in_client(factories.officer()).post(url).status_code == 403
    assert factories.signed_in_client(factories.broker()).get(url).status_code == 405
    client = factories.signed_in_client(factories.broker())
    post(client, "match-dismiss", crowd.pair(need, offers[0]), reason="off_direction")
    assert "请先撤回" in post(client, "match-approve", crowd.pair(need, offers[0]))


def test_a_card_of_the_reader_carries_its_acts(made: Made) -> None:
    need, offers = made
    broker = factories.actor(factories.broker())
    card = next(c for c in queries.proposals_for(broker, need) if c.target == offers[0])
    assert card.approve_url
    assert card.decline_url
    assert not card.unapprove_url
    actions.approve(crowd.pair(need, offers[0]), None, by=broker, now=AT)
    card = next(c for c in queries.proposals_for(broker, need) if c.target == offers[0])
    assert (bool(card.approve_url), bool(card.unapprove_url), bool(card.decline_url)) == (False, True, True)
    assert card.open
    assert card.suits
    officer = factories.actor(factories.officer())
    assert not any(c.approve_url or c.unapprove_url for c in queries.proposals_for(officer, need))


def test_the_owner_of_a_vague_listing_is_told_when_it_was_several(made: Made) -> None:
    need, offers = made
    owner, title = factories.signed_in_client(factories.manager(offers[0].owner)), "有多家单位觉得这一条说得不够清楚"  # type: ignore[arg-type]  # it has one
    proposal, before = crowd.pair(need, offers[0]), crowd.standing(need)
    for at, reason in enumerate(("vague", "benefit_unclear", "route_unclear")):
        assert title not in owner.get(offers[0].get_absolute_url()).content.decode()
        agency = factories.organisation(kind="agency")
        broker = factories.actor(factories.with_role("broker", of=factories.manager(agency)))
        actions.dismiss(proposal, agency, reason, by=broker, now=AT)
        if not at:  # a second word of the same judge, on another pair, is no second judge
            other = world.listing("need", *crowd.TWIN)
            compute.compute_for(other.uid, now=AT)
            actions.dismiss(crowd.pair(other, offers[0]), agency, reason, by=broker, now=AT)
    page = owner.get(offers[0].get_absolute_url()).content.decode()
    assert title in page
    assert agency.name not in page
    assert (
        title not in factories.signed_in_client(factories.broker()).get(offers[0].get_absolute_url()).content.decode()
    )
    assert crowd.standing(need) == before, "it says nothing of others"
