"""What of the index an actor may find, and who keeps a saved search. The pages of search themselves are public.

`reach_of` must give the same answer as the read permission of what is indexed: an object is found exactly
by those who may read it. A test compares the two for every role.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import (
    NOTHING,
    Actor,
    Predicate,
    is_active,
    is_signed_in,
    is_system,
    of_organisation,
    register,
    where,
)


@dataclass(frozen=True)
class Reach:
    """What an actor may find.

    `members`: what is open to verified organisations (of the region, or opened for), and its members' text.
    `organisations`: objects they own are found by every text, objects they are party to by title and
    public text. `areas`: an officer finds what lies in them. `everything`: the auditor.
    """

    members: bool
    organisations: frozenset[UUID]
    areas: frozenset[str]
    everything: bool


def reach_of(actor: Actor) -> Reach:
    """The same facts the read permissions of findable objects are made of."""
    verified = actor.is_full_member and not actor.suspended
    return Reach(
        members=verified or (actor.has_role(Role.BROKER, Role.OFFICER) and not actor.suspended),
        organisations=actor.organisations,
        areas=actor.areas_of(Role.OFFICER),
        everything=actor.has_role(Role.AUDITOR),
    )


class Perm(StrEnum):
    """Permissions on saved searches."""

    CREATE = "search.saved_search:create"
    READ = "search.saved_search:read"
    MANAGE = "search.saved_search:manage"


personal = where("personal", _("本人的提醒"), organisation=None)
is_own = Predicate(
    "is_own",
    _("设提醒的人"),
    lambda actor, saved: actor.account_uid is not None and saved.account == actor.account_uid,
    lambda actor: Q(account=actor.account_uid) if actor.account_uid is not None else NOTHING,
)
is_member = of_organisation("organisation", _("提醒所属单位的人员"))
manages = of_organisation("organisation", _("提醒所属单位的管理员"), "managed_organisations")

register(
    {
        Perm.CREATE: ((is_signed_in, is_active),),
        # What a person looks for is nobody else's business, the auditor's neither.
        Perm.READ: ((personal, is_own), (is_member,)),
        Perm.MANAGE: ((is_active, personal, is_own), (is_active, manages), (is_system,)),
    }
)
