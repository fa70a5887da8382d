"""Who may see a proposal and answer it. Both listings must be readable to the reader as well."""

from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    actor_only,
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
from mengkeju.listings.queries import partner_kinds
from mengkeju.matching.models import Proposal

LISTING_READ = "listings.listing:read"


class Perm(StrEnum):
    """Permissions on proposals, on the list of proposals of a listing, and on the models that make them."""

    READ = "matching.proposal:read"
    FEEDBACK = "matching.proposal:feedback"
    LIST = "matching.list:read"
    ANALYSIS = "matching.analysis:read"
    ASK = "matching.question:ask"
    QUESTION_READ = "matching.question:read"
    QUESTION_OWN = "matching.question:own"
    ANSWER = "matching.question:answer"
    MODEL_READ = "matching.model:read"
    MODEL_TRAIN = "matching.model:train"
    MODEL_ACTIVATE = "matching.model:activate"
    MODEL_OVERRIDE = "matching.model:override"
    MODEL_CONFIRM = "matching.model:confirm_override"
    COMPLEMENT = "matching.complement:read"
    PARTNERS = "matching.partners:read"
    PARTNERS_OF = "matching.partners:list"
    WORDS_READ = "matching.words:read"
    WORDS_JUDGE = "matching.words:judge"
    WORDS_MINE = "matching.words:mine"


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
belongs = actor_only("belongs", _("单位人员"), lambda actor: bool(actor.organisations))
is_auditor = has_role(Role.AUDITOR)
is_operator = has_role(Role.OPERATOR)
asked_by_another = Predicate(
    "asked_by_another",
    _("不是提出破例的那一位"),
    lambda actor, model: actor.account_id is not None and model.state_by_id != actor.account_id,
    lambda actor: ~Q(state_by=actor.account_id) if actor.account_id is not None else NOTHING,
)
seeks_partners = Predicate(
    "seeks_partners",
    _("是登记企业能力一类的信息"),
    lambda _actor, listing: listing.kind in partner_kinds(),
    lambda _actor: Q(kind__in=partner_kinds()),
)
over_need = over_area(Role.OFFICER, area="need__area", zone="need__zone")
asked_it = Predicate(
    "asked_it",
    _("提出疑问的本人"),
    lambda actor, question: actor.person_uid is not None and question.person.uid == actor.person_uid,
    lambda actor: Q(person__uid=actor.person_uid) if actor.person_uid is not None else NOTHING,
)
over_achievement = over_area(Role.OFFICER, area="achievement__area", zone="achievement__zone")

LISTS = (
    (of_organisation("owner__uid", _("所属单位人员")),),
    (is_broker,),
    (over_area(Role.OFFICER, zone="zone"),),
    (is_auditor,),
    (is_system,),
)
"""Who sees the list of a listing."""

register(
    {
        Perm.READ: tuple(
            (who, reads_both) for who in (of_need, of_achievement, is_broker, over_need, over_achievement, is_auditor)
        ),
        # Everybody judges for himself: an owner for his listing, a broker for his own organisation or in his own name.
        Perm.FEEDBACK: tuple((is_active, who, reads_both) for who in (of_need, of_achievement, is_broker)),
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
        Perm.LIST: LISTS,
        Perm.PARTNERS_OF: tuple((seeks_partners, *who) for who in LISTS),
        # Models: the command line of the server is the platform itself; it may not override the figures.
        Perm.MODEL_READ: ((is_active, is_operator), (is_active, is_auditor), (is_system,)),
        Perm.MODEL_TRAIN: ((is_active, is_operator), (is_system,)),
        Perm.MODEL_ACTIVATE: ((is_active, is_operator), (is_system,)),
        Perm.MODEL_OVERRIDE: ((is_active, is_operator),),
        Perm.MODEL_CONFIRM: ((is_active, is_operator, asked_by_another),),
        # Words found in public texts: the operator keeps the vocabularies, so he judges what may enter them.
        Perm.WORDS_READ: ((is_active, is_operator), (is_active, is_auditor), (is_system,)),
        Perm.WORDS_JUDGE: ((is_active, is_operator),),
        Perm.WORDS_MINE: ((is_active, is_operator), (is_system,)),
        Perm.ANALYSIS: ((is_active, has_role(Role.BROKER, Role.OFFICER)), (is_active, is_auditor)),
        # What each finds there are the proposals he may read.
        Perm.COMPLEMENT: (
            (is_active, has_role(Role.BROKER, Role.OFFICER)),
            (is_active, is_auditor),
            (is_active, belongs),
        ),
        # The page of those whose partners one may see; which these are says Perm.PARTNERS_OF.
        Perm.PARTNERS: (
            (is_active, has_role(Role.BROKER, Role.OFFICER)),
            (is_active, is_auditor),
            (is_active, belongs),
        ),
    }
)
