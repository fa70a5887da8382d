"""What happened on a subject and who acted, from the record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mengkeju.kernel.actors import provider
from mengkeju.kernel.kinds import Registry
from mengkeju.kernel.models import Event
from mengkeju.kernel.subjects import type_of
from mengkeju.kernel.words import chosen
from mengkeju.kernel.workflow import Workflow

event_labels: Registry[str | Promise] = Registry("event labels")
"""Words for events that are no transition, e.g. “listing.edited” → “修改内容”. An event without word is not shown."""

inside_events: set[str] = set()
"""Kinds of event that are told to those inside only."""


@dataclass(frozen=True)
class Happening:
    """One line of the timeline, as mk/timeline.html takes it."""

    title: str
    at: datetime
    who: str
    note: str
    state: str


def label_of(event: Event, subject: Any) -> str:
    """The word of an event on a subject; empty when it is not for the timeline."""
    return word_of(event.type, type_of(subject).workflow)


def word_of(kind: str, workflow: Workflow | None) -> str:
    """The word of a kind of event, from its workflow's transitions or as registered; empty when it has none."""
    verb = kind.partition(".")[2]
    if workflow is not None and kind.startswith(f"{workflow.key}.") and verb in workflow.transitions:
        step = workflow.transitions[verb]
        return chosen(step.done_label or step.label, step.done_label_en or step.label_en)
    return str(event_labels.get(kind) or "")


def _told(workflow: Workflow | None, *, inside: bool) -> list[str]:
    """The kinds of event that have a word and are for this reader."""
    steps = [f"{workflow.key}.{verb}" for verb in workflow.transitions] if workflow is not None else []
    return [kind for kind in dict.fromkeys((*steps, *event_labels)) if inside or kind not in inside_events]


def timeline(subject: Any, *, inside: bool, limit: int = 0) -> list[Happening]:
    """Newest first. `inside`: with names and notes, for the parties and officers; else organisations only.

    Four queries, whatever the length. What has no word (a page opened, a file fetched) takes no line away.
    """
    kind = type_of(subject)
    found = Event.objects.filter(subject_type=kind.key, subject_uid=subject.uid)
    found = found.filter(type__in=_told(kind.workflow, inside=inside)).select_related("payload").order_by("-id")
    rows = list(found[:limit] if limit else found)
    people = provider().names({e.actor_account for e in rows if e.actor_account}) if inside else {}
    organisations = provider().organisation_names({e.actor_organisation for e in rows if e.actor_organisation})
    happenings: list[Happening] = []
    for event in rows:
        title = label_of(event, subject)
        if not title:
            continue
        organisation = organisations.get(event.actor_organisation, "") if event.actor_organisation else ""
        person = people.get(event.actor_account, "") if event.actor_account else ""
        payload = getattr(event, "payload", None)
        note = str(payload.body.get("note") or "") if inside and payload is not None else ""
        who = " · ".join(part for part in (organisation, person) if part) or (
            _("平台") if not event.actor_account else ""
        )
        happenings.append(Happening(title, event.at, who, note, "" if happenings else "now"))
    return happenings
