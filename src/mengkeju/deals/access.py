"""Who may see and move an intention: its two sides, the broker who introduced them, the auditor."""

from enum import StrEnum
from functools import reduce
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    has_role,
    is_active,
    is_signed_in,
    is_system,
    of_organisation,
    register,
)


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
    LAPSE = "deals.intention:lapse"


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
        Perm.LAPSE: ((is_system,),),
    }
)
