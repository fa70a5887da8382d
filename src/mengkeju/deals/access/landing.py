"""Who reads and writes what became of a result: landings, benefits, people who came.

What a published source tells is everybody's, as its deal is. The officer of the place reads the figures of every
landing there: they are what the region's totals are made of; the deal behind them opens to those concerned.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from mengkeju.deals.access.deal import AUDITOR, PARTIES, filed_with, helper_of, party_of
from mengkeju.deals.access.performance import speaks_for
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import has_role, is_active, over_area, register, where


class LandingPerm(StrEnum):
    """Permissions on landings, their production, benefits and arrivals."""

    READ = "deals.landing:read"
    RECORD = "deals.landing:record"
    MOVE = "deals.landing:move"
    BENEFIT = "deals.benefit:record"
    REGION = "deals.landing:region"


PUBLISHED = where("of_published_deal", _("据公开资料记录，人人可看"), deal__origin="source")

register(
    {
        LandingPerm.READ: (
            (PUBLISHED,),
            (party_of("deal"),),
            (helper_of("deal"),),
            (filed_with("deal"),),
            (is_active, over_area(Role.OFFICER)),
            AUDITOR,
        ),
        LandingPerm.RECORD: PARTIES,
        LandingPerm.MOVE: ((is_active, speaks_for("party")),),
        LandingPerm.BENEFIT: PARTIES,
        # The sums of all that one may read, not of one's own deals only.
        LandingPerm.REGION: ((is_active, has_role(Role.OFFICER)), AUDITOR),
    }
)
