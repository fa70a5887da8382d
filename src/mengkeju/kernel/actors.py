"""The one provider that turns a login into an Actor and names people. The directory implements it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Account, Duty


@dataclass(frozen=True)
class Bearer:
    """Who acts through an API token, and how far the token reaches. A visitor's has no token."""

    actor: Actor
    token: UUID | None
    name: str
    scopes: frozenset[str]
    expires_at: datetime | None


class ActorProvider(Protocol):
    """What the kernel asks of the directory."""

    def actor_for(self, account: Account) -> Actor:
        """The Actor of a login, read afresh."""

    def names(self, accounts: Iterable[UUID]) -> dict[UUID, str]:
        """Display names of logins; an erased person is “已删除的用户”."""

    def organisation_names(self, organisations: Iterable[UUID]) -> dict[UUID, str]:
        """Names of organisations."""

    def bearer_of(self, secret: str, *, now: datetime) -> Bearer | None:
        """Who acts through a token, read afresh; None when it, its holder or organisation may not. Notes the use."""

    def programs_of(self, organisations: Iterable[UUID]) -> dict[UUID, Actor]:
        """Each organisation as its own programs act: a plain member. Without those whose programs may not act."""

    def keepers_of(self, organisation: UUID | None) -> list[UUID]:
        """The logins that answer for an organisation (its managers), or for the platform (its operators)."""

    def accounts_of(self, duty: Duty) -> list[UUID]:
        """The logins that can do a duty: holders of its role over its area, members, or the one account."""


@cache
def provider() -> ActorProvider:
    """The provider named in settings."""
    made: ActorProvider = import_string(settings.ACTOR_PROVIDER)()
    return made
