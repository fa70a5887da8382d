"""Reads of proposals: match cards for one reader, with reasons in words. Nothing here computes a match."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from mengkeju.directory.models import Organisation
from mengkeju.directory.queries import my_organisations
from mengkeju.kernel.access import Actor, is_active, may, visible_to
from mengkeju.kernel.reasons import REASONS, choices
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Presented
from mengkeju.matching.access import Perm, is_broker
from mengkeju.matching.engine import bands, likeness, structured
from mengkeju.matching.models import Feedback, Proposal, Waiting, sides

MOST_MISSING = 4
NOTICEABLE = 0.05  # log-odds below which a part is not worth a line
TEXT_LABEL = "内容相近"
SHOWN_STRONGEST = 2
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class ReasonRow:
    """One line of the reasons: `percent` is its share of all that counts for or against, 0–100."""

    label: str
    percent: int
    text: str
    tone: str


@dataclass(frozen=True)
class Dismissal:
    """What the reader's own organisation said of a proposal."""

    label: str
    note: str
    at: datetime


@dataclass(frozen=True)
class MatchCard:
    """A proposal as one reader sees it from one of its listings, for `mk/match.html`.

    `other` is the listing at the other end as this reader may see it: no contact. `summary` are pieces for
    `marked`. `decline_url` is empty when the reader may not answer or has answered.
    """

    proposal: Proposal
    own: Listing
    target: Listing
    other: Presented
    rank: int
    band: str
    band_label: str
    url: str
    meta: str
    summary: Pieces
    rows: tuple[ReasonRow, ...]
    missing: tuple[str, ...]
    dismissed: Dismissal | None
    decline_url: str
    restore_url: str

    @property
    def uid(self) -> UUID:
        """The proposal's."""
        return self.proposal.uid

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Hidden fields of the card's forms: the page to come back to."""
        return (("listing", str(self.own.uid)),)


def proposals(actor: Actor) -> QuerySet[Proposal]:
    """Live proposals the actor may read, with both listings and their owners."""
    rows = Proposal.objects.filter(retired_at=None).select_related("need__owner", "achievement__owner")
    return visible_to(rows, actor, Perm.READ)


def find(actor: Actor, uid: UUID) -> Proposal | None:
    """One proposal the actor may read, live or not: a link in an old mail still leads somewhere."""
    rows = Proposal.objects.select_related("need__owner", "achievement__owner").filter(uid=uid)
    return visible_to(rows, actor, Perm.READ).first()


def may_list(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may see the list of proposals of a listing."""
    return bool(listing.kind_spec.side) and may(actor, Perm.LIST, listing)


def proposals_for(actor: Actor, listing: Listing, limit: int | None = None) -> list[MatchCard]:
    """The proposals of a listing, the best first; those set aside stand at the end. Seven queries or fewer."""
    cards = _cards(actor, listing, _listed(actor, listing).exclude(band="")[:limit])
    return sorted(cards, key=lambda card: card.dismissed is not None)


def show_more(actor: Actor, listing: Listing) -> list[MatchCard]:
    """What lies below the bands: no proposals, listed only when asked for."""
    return _cards(actor, listing, _listed(actor, listing).filter(band=""))


def _listed(actor: Actor, listing: Listing) -> QuerySet[Proposal]:
    side, rank = sides(listing)
    if not side or not may(actor, Perm.LIST, listing):
        return Proposal.objects.none()
    return proposals(actor).filter(**{side: listing, f"{rank}__isnull": False}).order_by(rank, "pk")


def open_count(actor: Actor, listing: Listing) -> int:
    """How many proposals of a listing the actor's organisations have not set aside."""
    aside = Feedback.objects.filter(organisation__uid__in=actor.organisations, withdrawn_at=None).values("proposal")
    return _listed(actor, listing).exclude(band="").exclude(pk__in=aside).count()


def public_matched_needs() -> QuerySet[Listing]:
    """Public needs for which at least one proposal reached a band."""
    return listings.public_needs().filter(proposals_as_need__in=Proposal.objects.exclude(band="")).distinct()


def is_waiting(listing: Listing) -> bool:
    """Whether the listing is still to be matched."""
    return Waiting.objects.filter(listing=listing).exists()


def newest_for(actor: Actor, count: int) -> list[MatchCard]:
    """The newest proposals for the listings of the actor's organisations, none set aside."""
    if not actor.organisations:
        return []
    aside = Feedback.objects.filter(organisation__uid__in=actor.organisations, withdrawn_at=None).values("proposal")
    rows = proposals(actor).exclude(band="").exclude(pk__in=aside).order_by("-created_at", "-expected")
    mine = [
        (row, listing)
        for row in [
            *rows.filter(need__owner__uid__in=actor.organisations, need_rank__isnull=False)[:count],
            *rows.filter(achievement__owner__uid__in=actor.organisations, achievement_rank__isnull=False)[:count],
        ]
        for listing in (row.need, row.achievement)
        if listing.owner is not None and listing.owner.uid in actor.organisations
    ]
    mine.sort(key=lambda pair: (pair[0].created_at, pair[0].expected), reverse=True)
    return _build(actor, mine[:count])


def feedback_organisation(actor: Actor, proposal: Proposal) -> Organisation | None:
    """On whose behalf the actor answers a proposal: his organisation that owns a side, else a broker's first."""
    for listing in (proposal.need, proposal.achievement):
        if listing.owner is not None and listing.owner.uid in actor.organisations:
            return listing.owner
    if is_broker.holds(actor, None):
        return next(iter(my_organisations(actor)), None)
    return None


def _cards(actor: Actor, listing: Listing, rows: Iterable[Proposal]) -> list[MatchCard]:
    return _build(actor, [(row, listing) for row in rows])


def _build(actor: Actor, pairs: Sequence[tuple[Proposal, Listing]]) -> list[MatchCard]:
    others = listings.present_many([row.other(own) for row, own in pairs], actor)
    said = _feedback(actor, [row for row, _own in pairs])
    return [_card(actor, row, own, other, said.get(row.pk)) for (row, own), other in zip(pairs, others, strict=True)]


def _feedback(actor: Actor, rows: Sequence[Proposal]) -> dict[int, Dismissal]:
    if not actor.organisations or not rows:
        return {}
    found = Feedback.objects.filter(proposal__in=rows, organisation__uid__in=actor.organisations, withdrawn_at=None)
    return {f.proposal_id: Dismissal(REASONS[f.reason].label, f.note, f.given_at) for f in found}


def _card(actor: Actor, row: Proposal, own: Listing, other: Presented, said: Dismissal | None) -> MatchCard:
    band = bands.find(row.band)
    reasons = reasons_of(row)
    maturity = next((f.value for f in other.fields if f.key == "maturity"), "")
    answers = is_active.holds(actor, None) and (
        bool({o.uid for o in (row.need.owner, row.achievement.owner) if o} & actor.organisations)
        or (is_broker.holds(actor, None) and bool(actor.organisations))
    )
    address = reverse("match-open", args=[row.uid, "achievement" if row.side_of(own) == "need" else "need"])
    return MatchCard(
        proposal=row,
        own=own,
        target=row.other(own),
        other=other,
        rank=getattr(row, sides(own)[1]) or 0,
        band=row.band,
        band_label=band.label if band else "",
        url=address,
        meta=" · ".join(t for t in (other.area_name, other.owner_name, maturity, other.source_note) if t),
        summary=_summary(reasons),
        rows=reason_rows(reasons),
        missing=missing_in_words(reasons["missing"]),
        dismissed=said,
        decline_url=reverse("match-dismiss", args=[row.uid]) if answers and said is None else "",
        restore_url=reverse("match-restore", args=[row.uid]) if answers and said is not None else "",
    )


def reasons_of(proposal: Proposal) -> dict[str, Any]:
    """The stored reasons, whatever their version; absent parts are empty.

    terms [text], sentence, text {similarity: log-odds}, signals [[key, log-odds, reason]], missing [text].
    """
    empty: dict[str, Any] = {"terms": [], "sentence": "", "text": {}, "signals": [], "missing": []}
    return {**empty, **proposal.reasons}


def _summary(reasons: dict[str, Any]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    for at, term in enumerate(reasons["terms"]):
        pieces += [("、" if at else "用词相同：", False), (term, True)]
    if pieces:
        pieces.append(("。", False))
    if reasons["sentence"]:
        pieces.append((f"需求里最相近的一句：“{reasons['sentence']}”", False))
    return tuple(pieces)


def reason_rows(reasons: dict[str, Any]) -> tuple[ReasonRow, ...]:
    """The parts of the score, the text's twelve as one (they overlap, so a single one is not a cause).

    Percent is the part's share of the sum of all parts for and against.
    """
    labels = {s.name: s.label for s in likeness.SIMILARITIES}
    text = {key: float(value) for key, value in reasons["text"].items()}
    strongest = sorted((k for k in text if text[k] > NOTICEABLE), key=lambda k: -text[k])[:SHOWN_STRONGEST]
    total = sum(text.values())
    words = f"{'、'.join(labels.get(k, k) for k in strongest)}高于一般水平" if total > 0 else "文字相近程度低于一般水平"
    parts = [(TEXT_LABEL, total, words)]
    names = {k.key: k.label for k in structured.settings().kinds}
    parts += [(names.get(key, key), float(value), reason) for key, value, reason in reasons["signals"]]
    noticed = [part for part in parts if abs(part[1]) >= NOTICEABLE]
    whole = sum(abs(value) for _label, value, _words in noticed)
    return tuple(
        ReasonRow(
            label,
            round(100 * abs(value) / whole),
            words if value > 0 else f"减分：{words}",
            "done" if value > 0 else "calm",
        )
        for label, value, words in noticed
    )


def missing_in_words(missing: Sequence[str]) -> tuple[str, ...]:
    """What is not stated, both sides' gaps in one line, at most four lines and how many more."""
    found: dict[str, None] = {}
    for text in missing:
        twin = {"需求没写": "成果没写", "成果没写": "需求没写"}.get(text[:4])
        found["双方都没写" + text[4:] if twin and twin + text[4:] in missing else text] = None
    lines = list(found)
    more = len(lines) - MOST_MISSING
    return (*lines[:MOST_MISSING], *([f"另有 {more} 项没写"] if more > 0 else []))


def reason_choices() -> list[tuple[str, str]]:
    """(key, label) of the reasons for 暂不考虑."""
    return choices()
