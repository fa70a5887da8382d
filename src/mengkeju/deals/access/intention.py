"""Who may see and move an intention: its two sides, the broker who introduced them, the auditor."""

from enum import StrEnum
from functools import reduce
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mengkeju.deals.models import Stall
from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    any_of,
    has_role,
    is_active,
    is_signed_in,
    is_system,
    may,
    of_organisation,
    outside_organisation,
    over_area,
    register,
    visible_to,
)
from mengkeju.listings.models import Listing


class Perm(StrEnum):
    """Permissions on intentions."""

    DECLARE = "deals.intention:declare"
    INTRODUCE = "deals.intention:introduce"
    READ = "deals.intention:read"
    ANSWER = "deals.intention:answer"
    TALK = "deals.intention:talk"
    WRITE = "deals.intention:write"
    READ_MESSAGE = "deals.message:read"
    WITHDRAW = "deals.intention:withdraw"
    CONFIRM = "deals.intention:confirm"
    OUTPUT = "deals.intention:register_output"
    LAPSE = "deals.intention:lapse"
    BOARD_READ = "deals.board:read"
    CLAIM = "deals.listing:claim"
    CLAIM_READ = "deals.claim:read"
    CLAIM_WORK = "deals.claim:work"
    CLAIM_RELEASE = "deals.claim:release"
    CLAIM_LAPSE = "deals.claim:lapse"
    STALLED_READ = "deals.stalled:read"
    STALLED_SEE = "deals.intention:see_stalled"
    STALL_NAME = "deals.intention:name_obstacle"
    STALL_READ = "deals.stall:read"
    STALL_ASSIGN = "deals.stall:assign"
    STALL_RESOLVE = "deals.stall:resolve"
    STALL_OVERTAKE = "deals.stall:overtake"


declares = of_organisation("declaring__uid", _("表意向一方"))
answers = of_organisation("answering__uid", _("答复一方"))


def introduced_by_me(path: str) -> Predicate:
    """The actor is the broker whose uid stands at `path`."""

    def holds(actor: Actor, obj: Any) -> bool:
        uid = reduce(lambda value, name: getattr(value, name, None), path.split("__"), obj)
        return uid is not None and uid == actor.person_uid

    return Predicate(
        f"introduced_by_me({path})",
        _("引荐的经纪人"),
        holds,
        lambda actor: Q(**{path: actor.person_uid}) if actor.person_uid else NOTHING,
    )


introduced = introduced_by_me("broker__uid")
LISTING_READ = "listings.listing:read"


def himself(path: str, label: Any) -> Predicate:
    """The actor is the person whose uid stands at `path`."""
    rule = introduced_by_me(path)
    return Predicate(f"himself({path})", label, rule.holds, rule.q)


def over_pair(path: str = "") -> tuple[Predicate, ...]:
    """Officers over the place of the target or of either organisation of the intention at `path`."""
    return tuple(
        over_area(Role.OFFICER, area=f"{path}{side}__area", zone=f"{path}{side}__zone")
        for side in ("target", "declaring", "answering")
    )


def impartial(path: str = "") -> tuple[Predicate, ...]:
    """回避: not of the two organisations of the intention at `path`."""
    label = _("不是双方单位的人员（须回避）")
    return tuple(outside_organisation(f"{path}{side}__uid", label) for side in ("declaring", "answering"))


def _reads_listing_q(actor: Actor) -> Q:
    return Q(listing__in=visible_to(Listing.objects.all(), actor, LISTING_READ).values("pk"))


def _reads_listing(actor: Actor, claim: Any) -> bool:
    return claim.listing.archived_at is None and may(actor, LISTING_READ, claim.listing)


reads_listing = Predicate("reads_listing", _("看得到这一条"), _reads_listing, _reads_listing_q)
holds_claim = himself("broker__uid", _("认领的经纪人"))
over_claimed = over_area(Role.OFFICER, area="listing__area", zone="listing__zone")
impartial_to_claimed = outside_organisation("listing__owner__uid", _("不是所属单位的人员（须回避）"))
is_helper = himself("helper__uid", _("帮办人"))


def _helps(actor: Actor, intention: Any) -> bool:
    return actor.person_uid is not None and intention.stalls.filter(helper__uid=actor.person_uid).exists()


def _helps_q(actor: Actor) -> Q:
    if actor.person_uid is None:
        return NOTHING
    stalls = Stall.objects.filter(intention=OuterRef("pk"), helper__uid=actor.person_uid)
    return Q(Exists(stalls))


helps = Predicate("helps", _("帮办人"), _helps, _helps_q)
OFFICERS_OF_PAIR = tuple((is_active, over) for over in over_pair())
IMPARTIAL_OFFICERS = tuple((is_active, over, *impartial("intention__")) for over in over_pair("intention__"))
SIDES = ((is_active, declares), (is_active, answers))

register(
    {
        Perm.DECLARE: ((is_signed_in, is_active),),
        Perm.INTRODUCE: ((is_active, has_role(Role.BROKER)),),
        Perm.READ: ((declares,), (answers,), (introduced,), (has_role(Role.AUDITOR),)),
        Perm.READ_MESSAGE: (
            (of_organisation("intention__declaring__uid", _("表意向一方")),),
            (of_organisation("intention__answering__uid", _("答复一方")),),
            (introduced_by_me("intention__broker__uid"),),
            (has_role(Role.AUDITOR),),
        ),
        Perm.ANSWER: ((is_active, answers),),
        Perm.TALK: SIDES,
        Perm.WRITE: (*SIDES, (is_active, introduced)),
        Perm.WITHDRAW: ((is_active, declares),),
        Perm.CONFIRM: SIDES,
        Perm.OUTPUT: SIDES,
        Perm.LAPSE: ((is_system,),),
        # The two-sided board and brokers' claims.
        Perm.BOARD_READ: ((is_active, has_role(Role.BROKER, Role.OFFICER)), (is_active, has_role(Role.AUDITOR))),
        Perm.CLAIM: ((is_active, has_role(Role.BROKER)),),
        Perm.CLAIM_READ: (
            (holds_claim,),
            (has_role(Role.BROKER), reads_listing),
            (of_organisation("listing__owner__uid", _("所属单位人员")),),
            (over_claimed,),
            (has_role(Role.AUDITOR),),
        ),
        Perm.CLAIM_WORK: ((is_active, has_role(Role.BROKER), holds_claim),),
        Perm.CLAIM_RELEASE: ((is_active, holds_claim), (is_active, over_claimed, impartial_to_claimed)),
        Perm.CLAIM_LAPSE: ((is_system,),),
        # Conversions that stand still: no contact and no message is shown, only where they stand and what hinders.
        Perm.STALLED_READ: ((is_active, has_role(Role.BROKER, Role.OFFICER)), (is_active, has_role(Role.AUDITOR))),
        Perm.STALLED_SEE: (*any_of(declares, answers, introduced, helps), *OFFICERS_OF_PAIR, (has_role(Role.AUDITOR),)),
        Perm.STALL_NAME: (*SIDES, (is_active, introduced), *OFFICERS_OF_PAIR),
        Perm.STALL_READ: (
            (of_organisation("intention__declaring__uid", _("表意向一方")),),
            (of_organisation("intention__answering__uid", _("答复一方")),),
            (introduced_by_me("intention__broker__uid"),),
            (is_helper,),
            *((is_active, over) for over in over_pair("intention__")),
            (has_role(Role.AUDITOR),),
        ),
        Perm.STALL_ASSIGN: IMPARTIAL_OFFICERS,
        Perm.STALL_RESOLVE: ((is_active, is_helper), *IMPARTIAL_OFFICERS),
        Perm.STALL_OVERTAKE: ((is_system,),),
    }
)
