"""Who may see a proposal and answer it. Both listings must be readable to the reader as well."""

from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    has_role,
    is_active,
    is_system,
    may,
    of_organisation,
    over_area,
    register,
    visible_to,
)
from mengkeju.listings.models import Listing
from mengkeju.matching.models import Proposal

LISTING_READ = "listings.listing:read"


class Perm(StrEnum):
    """Permissions on proposals, and on the list of proposals of a listing."""

    READ = "matching.proposal:read"
    FEEDBACK = "matching.proposal:feedback"
    LIST = "matching.list:read"
    ANALYSIS = "matching.analysis:read"
    ASK = "matching.question:ask"
    QUESTION_READ = "matching.question:read"
    QUESTION_OWN = "matching.question:own"
    ANSWER = "matching.question:answer"


def _reads_both(actor: Actor, proposal: Proposal) -> bool:
    # An archived listing is on no list, so its proposals are on none either.
    return all(
        listing.archived_at is None and may(actor, LISTING_READ, listing)
        for listing in (proposal.need, proposal.achievement)
    )


def _reads_both_q(actor: Actor) -> Q:
    readable = visible_to(Listing.objects.all(), actor, LISTING_READ).values("pk")
    return Q(need__in=readable, achievement__in=readable)


reads_both = Predicate("reads_both", _("看得到供需两边"), _reads_both, _reads_both_q)
of_need = of_organisation("need__owner__uid", _("需求所属单位人员"))
of_achievement = of_organisation("achievement__owner__uid", _("供方单位人员"))
is_broker = has_role(Role.BROKER)
is_auditor = has_role(Role.AUDITOR)
over_need = over_area(Role.OFFICER, area="need__area", zone="need__zone")
is_operator = has_role(Role.OPERATOR)
asked_it = Predicate(
    "asked_it",
    _("提出疑问的本人"),
    lambda actor, question: actor.person_uid is not None and question.person.uid == actor.person_uid,
    lambda actor: Q(person__uid=actor.person_uid) if actor.person_uid is not None else NOTHING,
)
over_achievement = over_area(Role.OFFICER, area="achievement__area", zone="achievement__zone")

register(
    {
        Perm.READ: tuple(
            (who, reads_both) for who in (of_need, of_achievement, is_broker, over_need, over_achievement, is_auditor)
        ),
        # Everybody judges for himself: an owner for his listing, a broker for his own organisation or in his own name.
        Perm.FEEDBACK: tuple((is_active, who, reads_both) for who in (of_need, of_achievement, is_broker)),
        Perm.LIST: (
            (of_organisation("owner__uid", _("所属单位人员")),),
            (is_broker,),
            (over_area(Role.OFFICER, zone="zone"),),
            (is_auditor,),
            (is_system,),
        ),
        # Whoever is shown the list of a listing may question it; that of others he is not shown.
        Perm.ASK: (
            (is_active, of_organisation("owner__uid", _("所属单位人员"))),
            (is_active, is_broker),
            (is_active, over_area(Role.OFFICER, zone="zone")),
        ),
        Perm.QUESTION_READ: (
            (asked_it,),
            (of_organisation("organisation__uid", _("提出疑问者的单位人员")),),
            (is_operator,),
            (is_auditor,),
            (is_system,),
        ),
        Perm.QUESTION_OWN: ((is_active, asked_it), (is_system,)),
        Perm.ANSWER: ((is_active, is_operator),),
        Perm.ANALYSIS: ((is_active, has_role(Role.BROKER, Role.OFFICER)), (is_active, is_auditor)),
    }
)
