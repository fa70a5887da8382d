"""The tasks a worker runs."""

from datetime import timedelta

import pytest

from mengkeju.kernel import clock
from mengkeju.kernel.jobs import nightly
from mengkeju.matching import actions, queries, tasks
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Proposal, Showing, Waiting
from tests import factories
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-03")]


def test_the_task_matches_what_waits_and_forgets_old_showings() -> None:
    needs, _ = world.matched()
    proposal = Proposal.objects.get(need=needs[0], need_rank=1)
    for days in (1, 400):
        actions.note_shown(
            [(proposal, 1)], by=factories.actor(factories.broker()), now=clock.now() - timedelta(days=days)
        )
    world.note_events()
    assert tasks.compute_waiting.call() == "匹配了 9 条"
    assert not Waiting.objects.exists()
    assert tasks.compute_waiting.call() == "匹配了 0 条"
    assert tasks.prune_showings.call() == "删除了 1 条展示记录"
    assert tasks.prune_showings.call() == "删除了 0 条展示记录"
    assert Showing.objects.count() == 1
    assert "mengkeju.matching.tasks.prune_showings" in nightly.values()


def test_the_funnel_counts_needs_with_a_proposal() -> None:
    world.shelf()
    assert not queries.public_matched_needs().exists()
    world.listing("need", "海水淡化反渗透膜", "反渗透膜国产化")
    hidden = world.listing("need", "内部的气化细渣需求", "气化细渣脱碳做填料", tier="members")
    compute.match_all(now=world.AT)
    assert Proposal.objects.filter(need=hidden).exclude(band="").exists()
    assert queries.public_matched_needs().count() == len(world.NEEDS)
