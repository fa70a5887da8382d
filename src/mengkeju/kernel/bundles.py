"""Duties an organisation may have by the thousand: its people are told once of all of them, never of each.

A capability registers the key of such a duty and calls `notices.announce_bundle` when its run has opened what it
opens; reminders and overdue notices are put together by the duties' clock. A single one is told as any other duty.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from mengkeju.kernel.duties import word_of
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Duty, Notice


@dataclass(frozen=True)
class Bundle:
    """What many are called, with `%(count)s`, and the name of the page where all of them can be done."""

    title: str
    page: str


bundles: Registry[Bundle] = Registry("bundles of duties")
"""By the key of the duty."""
MANY = "many."
"""What the kind of a notice about many duties begins with."""


def is_bundled(duty: Duty) -> bool:
    """Whether it is told together with the others of its organisation; what goes to a role besides is told alone."""
    return duty.key in bundles and duty.holder_organisation is not None and not duty.escalate_to


def words(duty: Duty, count: int) -> str:
    """What is to be done, of so many duties of one key, in the reader's language."""
    if count == 1:
        return word_of(duty)
    return _(bundles[duty.key].title) % {"count": count}


def place_of(notice: Notice, url: str) -> str:
    """Where a notice leads: to the page of many, or to `url`, the page of its subject."""
    key = notice.kind.rpartition(".")[2]
    return reverse(bundles[key].page) if notice.kind.startswith(MANY) and key in bundles else url
