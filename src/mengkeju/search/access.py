"""What of the index an actor may find. The pages of search themselves are public.

`reach_of` must give the same answer as the read permission of what is indexed: an object is found exactly
by those who may read it. A test compares the two for every role.
"""

from dataclasses import dataclass
from uuid import UUID

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import Actor


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
