"""Which events may be chosen for a webhook: those of a capability's subjects that tell no more than its pages.

Never offered: people, invitations, tokens, files, messages, answers to matches (what one side thinks of the other
is not the other's business), and webhooks themselves, so that no delivery causes another.
"""

from dataclasses import dataclass

from django.urls import reverse

from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.subjects import subject_types
from mengkeju.kernel.timeline import word_of

PING = "webhook.ping"


@dataclass(frozen=True)
class Offer:
    """Events of one subject type: `verbs` follow its key (“listing.approve”). `api`: the operation that reads one."""

    subject: str
    verbs: tuple[str, ...]
    api: str


offers: Registry[Offer] = Registry("webhook offers")


def offered() -> dict[str, str]:
    """Every event type on offer with its words for the reader: “供需信息：发布”."""
    found = {}
    for offer in offers.values():
        subject = subject_types[offer.subject]
        for verb in offer.verbs:
            kind = f"{offer.subject}.{verb}"
            found[kind] = f"{subject.label} · {word_of(kind, subject.workflow) or kind}"
    return found


def words(kind: str) -> str:
    """The words of one event type, also of one no longer on offer."""
    return offered().get(kind, kind)


def api_path(subject: str, uid: object) -> str:
    """The path of the operation that reads the subject."""
    return reverse(f"api-v1:{offers[subject].api}", args=[uid])
