"""What a published source expects of a deal it tells of."""

from decimal import Decimal
from typing import Any

import pytest

from mengkeju.deals import actions
from mengkeju.deals.access import LandingPerm
from mengkeju.deals.models import Benefit, Deal, Landing
from mengkeju.kernel.access import ANONYMOUS, visible_to
from mengkeju.kernel.models import Duty, Event
from tests.deals import deal_samples as d
from tests.deals import samples as s

pytestmark = pytest.mark.django_db


def forecast(deal: Deal, **given: Any) -> Benefit:
    """The published figures: 1.29亿元 a year, at least 3800万元 of profit."""
    said: dict[str, Any] = {
        "revenue": Decimal(129_000_000),
        "profit": Decimal(38_000_000),
        "profit_bound": "at_least",
        "basis": "每年将按2万吨气化渣全部作为母粒填料组织生产",
        "source": "001",
        "now": s.NOW,
    }
    return actions.record_benefit_from_source(deal, **(said | given))


def plan(deal: Deal, **given: Any) -> Landing:
    """20,000 t a year."""
    said: dict[str, Any] = {
        "name": "气化渣母粒填料",
        "product": "母粒填料",
        "capacity": Decimal(20_000),
        "unit": "吨气化渣",
        "source": "001",
        "now": s.NOW,
    }
    return actions.record_production_plan_from_source(deal, **(said | given))


@pytest.mark.covers("ACH-12")
def test_a_source_forecasts_once_and_everybody_who_reads_the_deal_reads_it() -> None:
    deal = d.from_source()
    row, landing = forecast(deal), plan(deal)
    assert (forecast(deal, revenue=Decimal(1)), plan(deal)) == (row, landing)
    assert (row.kind, row.year, row.source, row.said_for) == ("forecast", None, "001", None)
    assert (landing.state, landing.party.side, landing.capacity) == ("planned", "buyer", Decimal(20_000))
    deal.refresh_from_db()
    assert deal.state == "signed"
    assert list(visible_to(Benefit.objects.all(), ANONYMOUS, LandingPerm.READ)) == [row]
    assert list(visible_to(Landing.objects.all(), ANONYMOUS, LandingPerm.READ)) == [landing]
    events = Event.objects.filter(subject_uid__in=[deal.uid, landing.uid]).order_by("pk")
    assert [e.type for e in events][-3:] == ["deal.benefit_recorded", "landing.created", "deal.landing_recorded"]
    assert {e.actor_account for e in events} == {None}
    assert not Duty.objects.filter(subject_uid=landing.uid).exists()


def test_nothing_of_the_kind_for_a_deal_of_real_parties_or_without_source() -> None:
    own = d.deal()
    for deal, source in ((own, "001"), (d.from_source(), " ")):
        for act in (forecast, plan):
            with pytest.raises(ValueError, match="source"):
                act(deal, source=source)
    assert not visible_to(Benefit.objects.all(), ANONYMOUS, LandingPerm.READ).exists()
