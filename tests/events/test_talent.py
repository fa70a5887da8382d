"""The whole way of a post and a group of students, in both directions: proposal, intention, meeting, result."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from mengkeju.deals import actions as deals
from mengkeju.deals import queries as deal_queries
from mengkeju.deals.models import Claim, Intention
from mengkeju.directory.models import Organisation
from mengkeju.events import actions as meetings
from mengkeju.events.models import Meeting
from mengkeju.kernel import clock
from mengkeju.kernel.workflow import TransitionRefusedError
from mengkeju.listings import actions as listings
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Outcome, Proposal
from tests import factories as f
from tests.events import samples as events
from tests.listings import samples as s
from tests.listings.samples import text

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-17")]
NOW = s.LATER
HIRED = "4 人 3 月 1 日到岗，签了实习协议"
NEVER_SAID = ("技术合同", "成果或能力", "需求全文", "合同登记", "登记为成果")


@dataclass(frozen=True)
class Both:
    """A firm with a post and a college with a group of students that fit, matched."""

    firm: Organisation
    college: Organisation
    post: Listing
    cohort: Listing

    def owner(self, listing: Listing) -> Organisation:
        """Whose it is."""
        return self.firm if listing == self.post else self.college

    def client(self, listing: Listing) -> Client:
        """A browser of the manager of its owner."""
        return f.signed_in_client(f.manager(self.owner(listing)))


@pytest.fixture
def both() -> Both:
    firm = f.organisation("鹿演示选矿厂（演示）")
    college = f.organisation("演示矿业学院（演示）", kind="university", area=f.XINCHENG)
    stated: dict[str, Any] = {
        "work": ["实习"], "majors": ["m0815"], "number": "4 人", "begins": date(2027, 3, 1), "ends": date(2027, 6, 30),
        "summary": "做气化细渣的筛分和浮选试验，测烧失量，整理数据",
    }  # fmt: skip
    post = s.published(firm, "post", title="浮选试验实习生", degree="bachelor", **stated)
    cohort = s.published(
        college, "cohort", title="矿物加工 2027 届学生", degree=["bachelor"], area=f.XINCHENG, away="yes", **stated
    )
    compute.match_all(now=NOW)
    return Both(firm, college, post, cohort)


@pytest.mark.parametrize("direction", ["college asks", "firm asks"])
def test_from_the_proposal_to_the_result(both: Both, direction: str) -> None:
    own, other = (both.cohort, both.post) if direction == "college asks" else (both.post, both.cohort)
    asking, answering = both.client(own), both.client(other)
    proposal = Proposal.objects.get(need=both.post, achievement=both.cohort)
    assert proposal.band
    page = text(asking.get(own.get_absolute_url()))
    assert other.title in page
    assert f"/listings/{other.uid}/intend/" in page

    way = f"/listings/{other.uid}/intend/?from=match&p={proposal.uid}&counter={own.uid}"
    form = text(asking.get(way))
    assert own.title in form
    assert ("选矿专业学生" if direction == "college asks" else "要 4 名实习生") in form
    sent = {
        "declaring": str(both.owner(own).uid), "counter": str(own.uid), "message": "想来看看", "one_time_key": "t1",
        "origin": "match", "origin_uid": str(proposal.uid),
    }  # fmt: skip
    assert asking.post(f"/listings/{other.uid}/intend/", sent).status_code == 302
    intention = Intention.objects.get()
    assert Outcome.objects.filter(proposal=proposal, step="intention").exists()

    answer = text(answering.get(intention.get_absolute_url()))
    assert '<option value="too_early"' not in answer
    assert '<option value="off_direction"' in answer
    answering.post(f"/intentions/{intention.uid}/answer/", {"answer": "accept"})
    for step in ("talk", "agree"):
        asking.post(f"/intentions/{intention.uid}/move/{step}/")
    agreed = text(asking.get(intention.get_absolute_url()))
    assert "签就业或实习协议" in agreed
    assert not [word for word in NEVER_SAID if word in agreed]

    _meet(both, own, other)
    closing = both.client(both.post)
    done = closing.post(
        f"/listings/{both.post.uid}/close/",
        {
            "outcome": "solved_here", "note": HIRED, "solver": str(both.college.uid), "solution": str(both.cohort.uid),
            "revision": Listing.objects.get(pk=both.post.pk).revision,
        },
    )  # fmt: skip
    assert done.status_code == 302, text(done)
    result = text(closing.get(both.post.get_absolute_url()))
    assert all(word in result for word in ("通过平台招到", HIRED, both.college.name, both.cohort.title))
    assert not [word for word in NEVER_SAID if word in result]
    placed = text(both.client(both.cohort).get(both.cohort.get_absolute_url()))
    assert "已落实的岗位或学生" in placed
    assert HIRED not in text(f.signed_in_client(f.account()).get(both.post.get_absolute_url())), "evidence stays inside"


def _meet(both: Both, own: Listing, other: Listing) -> None:
    """One-to-one, about the other's listing; the time is chosen by who is asked."""
    now = clock.now()
    given = events.given(title="到校谈实习安排", spans=events.spans(now=now), message="谈人数、住宿和带教")
    by, asked = (s.manager_of(both.owner(listing)) for listing in (own, other))
    meeting = meetings.request_meeting(given, about=other, requesting=both.owner(own), by=by, now=now)
    meetings.choose_slot(meeting, events.first_slot(meeting), by=asked, now=now)
    meeting = Meeting.objects.get()
    assert meeting.state == "scheduled"
    page = text(both.client(other).get(meeting.get_absolute_url()))
    assert "到校谈实习安排" in page
    assert not [word for word in NEVER_SAID if word in page]


def test_a_post_is_not_paired_with_an_achievement_nor_students_with_a_need(both: Both) -> None:
    achievement = s.published(both.college, "achievement")
    need = s.published(both.firm, "need")
    for target, counter, owner in (
        (both.post, achievement, both.college),
        (need, both.cohort, both.college),
        (both.cohort, need, both.firm),
    ):
        with pytest.raises(ValidationError, match="要配"):
            deals.declare_intention(target=target, counter=counter, declaring=owner, by=s.manager_of(owner), now=NOW)
    form = text(both.client(both.cohort).get(f"/listings/{both.post.uid}/intend/"))
    assert both.cohort.title in form
    assert achievement.title not in form


def test_nothing_made_together_is_registered_as_an_achievement(both: Both) -> None:
    by = s.manager_of(both.college)
    intention = deals.declare_intention(target=both.post, counter=both.cohort, declaring=both.college, by=by, now=NOW)
    deals.answer_intention(intention, accept=True, by=s.manager_of(both.firm), now=NOW)
    with pytest.raises(TransitionRefusedError, match="没有成果可以登记"):
        deals.register_output(intention, by=by, now=NOW)


def test_technology_brokers_have_their_board_without_people(both: Both) -> None:
    broker = f.actor(f.broker())
    Listing.objects.update(published_at=f.AT.replace(month=1))
    for side in deal_queries.SIDE_WORDS:
        assert not deal_queries.unpaired(broker, side, deal_queries.BoardFilter(), clock.today(NOW)).exists()
    with pytest.raises(ValidationError, match="不由技术经纪人认领"):
        deals.claim_listing(both.post, by=broker, now=NOW)
    assert not Claim.objects.exists()
    page = text(f.signed_in_client(f.broker()).get(both.post.get_absolute_url()))
    assert "经纪人照看" not in page


def test_what_was_settled_is_taken_up_again(both: Both) -> None:
    by = s.manager_of(both.firm)
    said = listings.OutcomeInput("solved_here", HIRED, solution=both.cohort)
    listings.close_need(both.post, said, by=by, now=NOW)
    assert both.cohort.links_in.count() == 1
    listings.move_listing(both.post, "reopen", by=by, now=NOW)
    assert both.cohort.links_in.count() == 0
