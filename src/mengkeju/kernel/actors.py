"""The one provider that turns a login into an Actor and names people. The directory implements it."""

from collections.abc import Iterable
from functools import cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from mengkeju.kernel.access import Actor
from mengkeju.kernel.models import Account, Duty


class ActorProvider(Protocol):
    """What the kernel asks of the directory."""

    def actor_for(self, account: Account) -> Actor:
        """The Actor of a login, read afresh."""

    def names(self, accounts: Iterable[UUID]) -> dict[UUID, str]:
        """Display names of logins; an erased person is “已删除的用户”."""

    def organisation_names(self, organisations: Iterable[UUID]) -> dict[UUID, str]:
        """Names of organisations."""

    def accounts_of(self, duty: Duty) -> list[UUID]:
        """The logins that can do a duty: holders of its role over its area, members, or the one account."""


@cache
def provider() -> ActorProvider:
    """The provider named in settings."""
    made: ActorProvider = import_string(settings.ACTOR_PROVIDER)()
    return made
