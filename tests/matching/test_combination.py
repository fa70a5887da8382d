"""这几样合起来能办成: parts of a need's own proposals that belong together, and nothing else."""

import pytest

from mengkeju.kernel.access import Actor
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import dismiss
from mengkeju.matching.queries.combination import combination
from tests import factories as f
from tests.listings.samples import text
from tests.matching import pairs as p

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-03")]
HERE, THERE = f.XINCHENG, f.KUNDULUN
WORDS = "这几样合起来能办成"


def parts(actor: Actor, need: Listing) -> list[tuple[str, str, str]]:
    """(role, title, bond) of each part."""
    return [(part.role, part.shown.title, part.bond) for part in combination(actor, need)]


def proposed() -> tuple[Listing, Listing]:
    """A need with a technology, a capability of its cluster, a strength and patents; and the technology."""
    need = p.need(HERE, cluster="solid_waste")
    institute = f.organisation(kind="institute", area=THERE)
    technology = p.offer(THERE, "脱碳技术", owner=institute, cluster="solid_waste", field="solid_waste_use")
    offers = [
        technology,
        p.offer(HERE, "不相干的产线", kind="capability", cluster="dairy"),
        p.offer(HERE, "脱碳中试线", kind="capability", cluster="solid_waste"),
        p.offer(THERE, "固废团队", kind="strength", field="solid_waste_use"),
        p.offer(THERE, "别家的专利", kind="patent", cluster="solid_waste"),
        p.offer(THERE, "自家的专利", kind="patent", owner=institute),
    ]
    for rank, offer in enumerate(offers, 1):
        p.propose(need, offer, p.GOOD, need_rank=rank)
    return need, technology


def test_the_parts_are_the_best_of_each_kind_that_belong_to_the_technology() -> None:
    need, _technology = proposed()
    assert parts(f.actor(f.broker()), need) == [
        ("achievement", "脱碳技术", ""),
        ("capability", "脱碳中试线", "cluster"),
        ("strength", "固废团队", "field"),
        ("patent", "自家的专利", "owner"),
    ]


def test_one_part_alone_or_none_in_a_band_is_no_combination() -> None:
    need = p.need(HERE)
    p.propose(need, p.offer(THERE, "脱碳技术", cluster="solid_waste"))
    p.propose(need, p.offer(THERE, "中试线", kind="capability", cluster="solid_waste"), ("", 1.5), need_rank=2)
    assert parts(f.actor(f.broker()), need) == []


def test_what_the_firm_set_aside_is_no_part_for_it() -> None:
    need, technology = proposed()
    assert need.owner is not None
    by = f.actor(f.manager(need.owner))
    row = need.proposals_as_need.get(achievement=technology)
    dismiss(row, need.owner, "off_direction", by=by, now=f.AT)
    assert "脱碳技术" not in str(parts(by, need))
    assert "脱碳技术" in str(parts(f.actor(f.broker()), need))


def test_the_card_stands_on_the_need_for_those_who_may_read_its_proposals() -> None:
    need, _technology = proposed()
    assert need.owner is not None
    address = need.get_absolute_url()
    page = text(f.signed_in_client(f.manager(need.owner)).get(address))
    assert WORDS in page
    assert "与上面的技术同一家单位" in page
    for who in (f.broker(), f.officer(f.HOHHOT)):
        assert WORDS in text(f.signed_in_client(who).get(address))
    for stranger in (f.manager(f.organisation()), f.officer(f.BAOTOU)):
        assert WORDS not in text(f.signed_in_client(stranger).get(address))


def test_a_part_closed_to_the_reader_is_left_out() -> None:
    need, technology = proposed()
    Listing.objects.filter(pk=technology.pk).update(tier="parties")
    found = parts(f.actor(f.broker()), need)
    assert "脱碳技术" not in str(found)
