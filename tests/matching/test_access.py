"""Who sees a proposal: one truth for the page and for the list, and both sides must be readable."""

import pytest

from mengkeju.kernel.access import ANONYMOUS, SYSTEM, Actor, may
from mengkeju.listings.models import Listing
from mengkeju.matching.access import Perm
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Proposal
from tests import factories
from tests.access_forms import assert_forms_agree
from tests.matching import world

pytestmark = pytest.mark.django_db


def cast(needs: list[Listing], achievements: list[Listing]) -> dict[str, Actor]:
    """One actor of each sort."""
    owners = {"firm": needs[0].owner, "institute": achievements[0].owner}
    people = {name: factories.actor(factories.manager(o)) for name, o in owners.items() if o}
    agency = factories.organisation(kind="agency")
    return {
        **people,
        "anonymous": ANONYMOUS,
        "system": SYSTEM,
        "stranger": factories.actor(factories.manager(factories.organisation())),
        "newcomer": factories.actor(factories.account()),
        "broker": factories.actor(factories.with_role("broker", of=factories.manager(agency))),
        "officer": factories.actor(factories.officer()),
        "officer elsewhere": factories.actor(factories.officer(factories.HOHHOT)),
        "auditor": factories.actor(factories.auditor()),
        "operator": factories.actor(factories.operator()),
    }


def test_rows_and_objects_agree_for_everybody() -> None:
    firm = factories.organisation(area=factories.XINCHENG)
    world.listing("need", "气化细渣利用", "气化细渣脱碳", tier="members")
    world.listing("need", "气化细渣处置", "气化细渣填埋", owner=firm, tier="parties")
    needs, achievements = world.matched()
    people = cast(needs, achievements)
    assert_forms_agree([Perm.READ, Perm.FEEDBACK], people, Proposal.objects.all())

    world.listing("capability", "磁体中试线", "制备烧结磁体", owner=firm)
    assert_forms_agree([Perm.LIST, Perm.PARTNERS_OF], people, Listing.objects.all())


def test_who_reads_and_who_answers() -> None:
    needs, achievements = world.matched()
    proposal = Proposal.objects.get(need=needs[0], need_rank=1)
    people = cast(needs, achievements)
    assert {n for n, a in people.items() if may(a, Perm.READ, proposal)} == {
        "firm",
        "institute",
        "broker",
        "officer",
        "auditor",
    }
    assert {n for n, a in people.items() if may(a, Perm.FEEDBACK, proposal)} == {"firm", "institute", "broker"}


def test_a_side_that_may_not_be_read_hides_the_proposal() -> None:
    firm = factories.organisation()
    need = world.listing("need", *world.NEEDS[0], owner=firm, tier="parties")
    right = world.listing("achievement", *world.ACHIEVEMENTS[0])
    compute.match_all(now=world.AT)
    proposal = Proposal.objects.get(need=need, achievement=right)
    assert right.owner is not None
    assert may(factories.actor(factories.manager(firm)), Perm.READ, proposal)
    assert not may(factories.actor(factories.manager(right.owner)), Perm.READ, proposal)
    assert not may(factories.actor(factories.broker()), Perm.READ, proposal)
