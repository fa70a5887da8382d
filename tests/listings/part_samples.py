"""What hangs on listings, one of each, for tests that walk every table of permissions."""

from datetime import timedelta

from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from mengkeju.listings import actions
from mengkeju.listings.actions import ApplicationInput, ParticipantInput, RightInput, StepInput
from mengkeju.listings.models import Listing, NeedOutcome
from tests import factories as f

PUBLISHED, FILED = "200310102344.5", "85100001.0"
TODAY = clock.today(f.AT)


def hang_on(achievements: list[Listing], by: Actor) -> None:
    """Steps, cases of use, rights (a published and an unpublished one) and a named person, by their owner."""
    for achievement, tier in zip(achievements, ("public", "members", "parties"), strict=True):
        step = StepInput("trl4", TODAY - timedelta(days=30), "演示：中试报告", tier)
        actions.add_maturity_step(achievement, step, by=by, now=f.AT, secrecy_reviewed=True)
        case = ApplicationInput("演示：使用单位", "演示：用途", TODAY - timedelta(days=9), None, "", tier=tier)
        actions.add_application(achievement, case, by=by, now=f.AT, secrecy_reviewed=True)
    for number, status in ((PUBLISHED, "granted"), (FILED, "applied")):
        right = RightInput(number, title="演示：权利", status=status)
        actions.link_right(achievements[0], right, by=by, now=f.AT, secrecy_reviewed=True)
    named = ParticipantInput("inventor", person=f.person(f.member(f.organisation())))
    actions.add_participant(achievements[0], named, by=by, now=f.AT, secrecy_reviewed=True)


def claim_too(listing: Listing, by: Actor) -> None:
    """Another organisation claims the published right: it is disputed."""
    right = RightInput(PUBLISHED, title="演示：权利", status="granted", basis="演示：合作研发")
    actions.link_right(listing, right, by=by, now=f.AT, secrecy_reviewed=True)


def outcome_of(need: Listing) -> NeedOutcome:
    """How a need ended; waiting for its owner's word."""
    return NeedOutcome.objects.create(
        listing=need, outcome="given_up", evidence="演示：停产", area=need.area, created_at=f.AT
    )
