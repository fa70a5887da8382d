"""What every act after signing begins with: the deal behind its lock, its state, the files that are handed in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import Deal, DealParty
from mengkeju.deals.queries.performance import FOLLOWED, UNDER_WAY
from mengkeju.kernel import audit, figures, files
from mengkeju.kernel.access import Actor
from mengkeju.kernel.actions import lock
from mengkeju.kernel.models import File
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import TransitionRefusedError

MOST_FILES = 5
Paper: TypeAlias = "files.Upload | File"
"""What shows that something is so: handed in now, or a file that whoever writes has stored before."""
__all__ = [
    "FOLLOWED",
    "UNDER_WAY",
    "Paper",
    "day_trouble",
    "files_trouble",
    "keep_files",
    "place_of_use",
    "refuse",
    "signed_deal",
    "speaker",
    "text_troubles",
    "told",
]


def signed_deal(deal: Deal, step: Step, states: Sequence[str] = UNDER_WAY) -> Deal:
    """The deal afresh, behind its lock. TransitionRefusedError before signing, after its end, and for a source's."""
    fresh = lock(deal)
    if fresh.from_source:
        raise TransitionRefusedError(_("这一条据公开资料记录，不能在这里办理"), "from_source")
    if not fresh.kind_spec.has(step):
        raise TransitionRefusedError(_("“%(kind)s”没有这一步") % {"kind": word(fresh.kind_spec)}, "no_step")
    if fresh.state not in states:
        early = fresh.state == "talking"
        said = _("签约以后才能填写") if early else _("这个合作项目已经结束，不能再改")
        raise TransitionRefusedError(said, "wrong_state")
    return fresh


def speaker(by: Actor, deal: Deal, *, away_from: str = "", first: DealParty | None = None) -> DealParty | None:
    """The party in whose name the actor speaks: `first` if it is his, else one away from a side, else any of his."""
    own = queries.own_sides(by, deal)
    if first is not None and first in own:
        return first
    return next((party for party in own if party.side != away_from), own[0] if own else None)


def place_of_use(deal: Deal) -> str:
    """Where the result is put to use as long as no landing says so: the place of the lead that receives it."""
    rows = deal.parties.filter(archived_at=None).exclude(side="seller").exclude(area="")
    party = min(rows, key=lambda row: (row.role != "lead", row.order), default=None)
    return party.area if party is not None else deal.area


def day_trouble(deal: Deal, day: date, today: date) -> str:
    """Why something cannot have happened on a day; empty when it can."""
    if day > today:
        return _("不能晚于今天")
    if deal.signed_on is not None and day < deal.signed_on:
        return _("不能早于签订日期 %(day)s") % {"day": figures.full_date(deal.signed_on)}
    return ""


def text_troubles(given: Mapping[str, str], most: Mapping[str, int], needed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with texts by field: too long; empty although needed (field → what to say)."""
    wrong = {key: said for key, said in needed.items() if not given.get(key, "").strip()}
    for key, longest in most.items():
        if len(given.get(key, "").strip()) > longest:
            wrong[key] = _("最多 %(most)s 个字") % {"most": longest}
    return wrong


def files_trouble(uploads: Sequence[Paper]) -> str:
    """Why so many files cannot be handed in at once."""
    return _("一次最多附 %(most)s 个文件") % {"most": MOST_FILES} if len(uploads) > MOST_FILES else ""


def keep_files(subject: Any, uploads: Sequence[Paper], party: DealParty | None, by: Actor, now: datetime) -> None:
    """Store evidence and put it on a subject. FileRefusedError."""
    owner = party.organisation.uid if party is not None and party.organisation is not None else None
    for upload in uploads:
        kept = (
            upload if isinstance(upload, File) else files.store(upload, by=by, now=now, owner=owner, area=subject.area)
        )
        files.attach(kept, subject, role="evidence")


def told(deal: Deal, event: str, payload: Mapping[str, Any], *, by: Actor, now: datetime) -> None:
    """Record an act on the deal's own timeline; `note` of the payload is shown to those inside."""
    audit.record(event, deal, by=by, now=now, payload=dict(payload))


def refuse(wrong: Mapping[str, str]) -> None:
    """ValidationError with everything that is wrong, if anything is."""
    found = {key: said for key, said in wrong.items() if said}
    if found:
        raise ValidationError(found)
