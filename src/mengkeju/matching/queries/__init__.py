"""Reads of proposals: match cards for one reader, with reasons in words. Nothing here computes a match."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, Expression, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, is_active, may, visible_to
from mengkeju.kernel.audit import after
from mengkeju.kernel.models import Event, FollowerCursor
from mengkeju.kernel.reasons import REASONS, choices
from mengkeju.kernel.words import listed, mark, word
from mengkeju.listings import queries as listings
from mengkeju.listings.models import TIERS, Listing, ReadRecord
from mengkeju.listings.queries import Presented
from mengkeju.matching.access import Perm
from mengkeju.matching.definitions import FOLLOWER, WITHOUT_EFFECT
from mengkeju.matching.engine import bands, likeness, structured
from mengkeju.matching.engine.gaps import BOTH, GAPS
from mengkeju.matching.engine.sentences import worded
from mengkeju.matching.models import Feedback, Proposal, Running, Showing, Waiting, sides

MOST_MISSING = 4
MOST_USERS = 40
NOTICEABLE = 0.05  # log-odds below which a part is not worth a line
TEXT_LABEL = mark("内容相近")
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
    `marked`. `decline_url` is empty when the reader may not answer or has answered. `missing` is what is not
    stated, `closed` what is stated or may be, but not for everybody. `running`: an intention is under way.
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
    closed: tuple[str, ...]
    running: bool
    dismissed: Dismissal | None
    decline_url: str
    restore_url: str

    @property
    def uid(self) -> UUID:
        """The proposal's."""
        return self.proposal.uid

    @property
    def open(self) -> bool:
        """Still to be answered; `open_proposals` says the same of rows."""
        return not self.running and self.dismissed is None

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
    """The proposals of a listing, the best first: the open ones, those in hand, those set aside.

    Nine queries or fewer.
    """
    rows = _listed(actor, listing).exclude(band="").annotate(in_hand=_in_hand(actor))
    cards = _cards(actor, listing, rows[:limit])
    return sorted(cards, key=lambda card: (not card.open, not card.running))


@dataclass(frozen=True)
class Firm:
    """Who could use an achievement: an organisation with its needs that fit, the best first. `band` is the best."""

    name: str
    uid: UUID | None
    band: str
    needs: tuple[Presented, ...]


def could_use(actor: Actor, listing: Listing) -> list[Firm]:
    """Needs and firms an achievement could serve, from the stored proposals the actor may read; the best firm first."""
    if listing.kind_spec.side != "achievement" or listing.state != "published":
        return []
    rows = list(proposals(actor).filter(achievement=listing).exclude(band="").order_by("-expected", "pk")[:MOST_USERS])
    shown = listings.present_many([row.need for row in rows], actor)
    found: dict[object, list[tuple[Proposal, Presented]]] = {}
    for row, need in zip(rows, shown, strict=True):
        found.setdefault(need.owner_uid or need.owner_name, []).append((row, need))
    return [
        Firm(group[0][1].owner_name, group[0][1].owner_uid, group[0][0].band, tuple(need for _row, need in group))
        for group in found.values()
    ]


def show_more(actor: Actor, listing: Listing) -> list[MatchCard]:
    """What lies below the bands: no proposals, listed only when asked for."""
    return _cards(actor, listing, _listed(actor, listing).filter(band="").annotate(in_hand=_in_hand(actor)))


def _listed(actor: Actor, listing: Listing) -> QuerySet[Proposal]:
    side, rank = sides(listing)
    if not side or not may(actor, Perm.LIST, listing):
        return Proposal.objects.none()
    return proposals(actor).filter(**{side: listing, f"{rank}__isnull": False}).order_by(rank, "pk")


def _in_hand(actor: Actor) -> Expression:
    """Of a proposal, in the database: an intention runs on the pair, and the reader knows of it."""
    knows = Q(need__owner__uid__in=actor.organisations) | Q(achievement__owner__uid__in=actor.organisations)
    running = Running.objects.filter(need=OuterRef("need"), achievement=OuterRef("achievement"))
    in_hand = Q(Exists(running)) & knows
    if actor.person_uid is not None:
        in_hand |= Q(Exists(running.filter(introduced_by=actor.person_uid)))
    return ExpressionWrapper(in_hand, output_field=BooleanField())


def _set_aside(actor: Actor) -> Exists:
    """Of a proposal, in the database: the reader's organisation, as owner of a side, has set it aside."""
    return Exists(_own_feedback(actor).filter(proposal=OuterRef("pk")))


def _own_feedback(actor: Actor) -> QuerySet[Feedback]:
    """What the actor's organisations say of proposals of which they own a side."""
    rows = Feedback.objects.filter(organisation__uid__in=actor.organisations, withdrawn_at=None)
    return rows.filter(Q(organisation=F("proposal__need__owner")) | Q(organisation=F("proposal__achievement__owner")))


def open_proposals(rows: QuerySet[Proposal], actor: Actor) -> QuerySet[Proposal]:
    """Of these, the proposals that still wait for the reader's word: in a band, not in hand, not set aside.

    Every number of proposals on a page counts these, and every list shows these as open.
    """
    rows = rows.exclude(band="").annotate(in_hand=_in_hand(actor), set_aside=_set_aside(actor))
    return rows.filter(in_hand=False, set_aside=False)


def open_count(actor: Actor, listing: Listing) -> int:
    """How many proposals of a listing still wait for the reader's word."""
    return open_proposals(_listed(actor, listing), actor).count()


def public_matched_needs() -> QuerySet[Listing]:
    """Public needs for which at least one proposal reached a band."""
    # EXISTS: a join with DISTINCT would sort whole rows, one for each of up to forty proposals of a need.
    reached = Proposal.objects.filter(need=OuterRef("pk")).exclude(band="")
    return listings.public_needs().filter(Exists(reached))


def matched(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of any listings those with at least one proposal in a band."""
    banded = Proposal.objects.exclude(band="")
    return rows.filter(Exists(banded.filter(need=OuterRef("pk"))) | Exists(banded.filter(achievement=OuterRef("pk"))))


def viewed(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    """Of any listings those somebody else opened, as far as it is kept: closed content read, a proposal opened.

    Reading what is public leaves no trace, so it is not counted.
    """
    # An owner is never compared with NULL: entries without one are seen by others only.
    others = ~Q(organisation=Coalesce(OuterRef("owner"), 0)) | Q(organisation=None)
    opened = Showing.objects.filter(others, opened_at__isnull=False)
    return rows.filter(
        Exists(ReadRecord.objects.filter(others, listing=OuterRef("pk"), channel="page"))
        | Exists(opened.filter(proposal__need=OuterRef("pk")))
        | Exists(opened.filter(proposal__achievement=OuterRef("pk")))
    )


def is_waiting(listing: Listing) -> bool:
    """Whether the listing is still to be matched: it waits for the task, or its news has not been read yet."""
    if listing.state != "published":
        return False
    if Waiting.objects.filter(listing=listing).exists():
        return True
    news = Event.objects.filter(subject_type="listing", subject_uid=listing.uid).exclude(type__in=WITHOUT_EFFECT)
    read = FollowerCursor.objects.filter(name=FOLLOWER).first()
    return (news if read is None else after(news, read.xact, read.position)).exists()


def newest_for(actor: Actor, count: int) -> list[MatchCard]:
    """The newest open proposals for the listings of the actor's organisations."""
    if not actor.organisations:
        return []
    rows = open_proposals(proposals(actor), actor).order_by("-created_at", "-expected")
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
    """On whose behalf the actor answers a proposal: his organisation that owns a side."""
    for listing in (proposal.need, proposal.achievement):
        if listing.owner is not None and listing.owner.uid in actor.organisations:
            return listing.owner
    return None


def _cards(actor: Actor, listing: Listing, rows: Iterable[Proposal]) -> list[MatchCard]:
    return _build(actor, [(row, listing) for row in rows])


def _build(actor: Actor, pairs: Sequence[tuple[Proposal, Listing]]) -> list[MatchCard]:
    owns = list({own.pk: own for _row, own in pairs}.values())
    presented = listings.present_many([*(row.other(own) for row, own in pairs), *owns], actor)
    others, mine = presented[: len(pairs)], {p.uid: p for p in presented[len(pairs) :]}
    said = _feedback(actor, [row for row, _own in pairs])
    return [
        _card(actor, row, own, (mine[own.uid], other), said.get(row.pk))
        for (row, own), other in zip(pairs, others, strict=True)
    ]


def _feedback(actor: Actor, rows: Sequence[Proposal]) -> dict[int, Dismissal]:
    if not actor.organisations or not rows:
        return {}
    found = _own_feedback(actor).filter(proposal__in=rows)
    return {f.proposal_id: Dismissal(word(REASONS[f.reason]), f.note, f.given_at) for f in found}


def _card(
    actor: Actor, row: Proposal, own: Listing, seen: tuple[Presented, Presented], said: Dismissal | None
) -> MatchCard:
    """`seen`: the listing looked at and the one proposed, as this reader may see them."""
    other = seen[1]
    band = bands.find(row.band)
    reasons = reasons_of(row)
    maturity = next((f.value for f in other.fields if f.key == "maturity"), "")
    running = bool(getattr(row, "in_hand", False))
    answers = is_active.holds(actor, None) and feedback_organisation(actor, row) is not None
    address = reverse("match-open", args=[row.uid, "achievement" if row.side_of(own) == "need" else "need"])
    missing, closed = _gaps(reasons["missing"], {p.kind.side: p for p in seen})
    return MatchCard(
        proposal=row,
        own=own,
        target=row.other(own),
        other=other,
        rank=getattr(row, sides(own)[1]) or 0,
        band=row.band,
        band_label=word(band) if band else "",
        url=address,
        meta=" · ".join(t for t in (other.area_name, other.owner_name, maturity, other.source_note) if t),
        summary=_summary(reasons),
        rows=reason_rows(reasons),
        missing=missing,
        closed=closed,
        running=running,
        dismissed=None if running else said,
        decline_url=reverse("match-dismiss", args=[row.uid]) if answers and said is None and not running else "",
        restore_url=reverse("match-restore", args=[row.uid]) if answers and said is not None else "",
    )


def reasons_of(proposal: Proposal) -> dict[str, Any]:
    """The stored reasons, whatever their version; absent parts are empty.

    terms [text], sentence, text {similarity: log-odds}, signals [[key, log-odds, reason]], missing [text]. A reason
    is read by `sentences.worded`; in version 1 it was always a text.
    """
    empty: dict[str, Any] = {"terms": [], "sentence": "", "text": {}, "signals": [], "missing": []}
    return {**empty, **proposal.reasons}


def _summary(reasons: dict[str, Any]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    for at, term in enumerate(reasons["terms"]):
        pieces += [(_("、") if at else _("用词相同："), False), (term, True)]
    if pieces:
        pieces.append((_("。"), False))
    if reasons["sentence"]:
        pieces.append((_("需求里最相近的一句：“%(sentence)s”") % {"sentence": reasons["sentence"]}, False))
    return tuple(pieces)


def reason_rows(reasons: dict[str, Any]) -> tuple[ReasonRow, ...]:
    """The parts of the score, the text's twelve as one (they overlap, so a single one is not a cause).

    Percent is the part's share of the sum of all parts for and against.
    """
    labels = {s.name: word(s) for s in likeness.SIMILARITIES}
    text = {key: float(value) for key, value in reasons["text"].items()}
    strongest = sorted((k for k in text if text[k] > NOTICEABLE), key=lambda k: -text[k])[:SHOWN_STRONGEST]
    total = sum(text.values())
    above = _("%(measures)s高于一般水平") % {"measures": listed([labels.get(k, k) for k in strongest])}
    parts = [(_(TEXT_LABEL), total, above if total > 0 else _("文字相近程度低于一般水平"))]
    names = {k.key: word(k) for k in structured.settings().kinds}
    parts += [(names.get(key, key), float(value), worded(reason)) for key, value, reason in reasons["signals"]]
    noticed = [part for part in parts if abs(part[1]) >= NOTICEABLE]
    whole = sum(abs(value) for _label, value, _words in noticed)
    return tuple(
        ReasonRow(
            label,
            round(100 * abs(value) / whole),
            words if value > 0 else _("减分：%(reason)s") % {"reason": words},
            "done" if value > 0 else "calm",
        )
        for label, value, words in noticed
    )


def missing_in_words(missing: Sequence[str]) -> tuple[str, ...]:
    """What is not stated, both sides' gaps in one line, at most four lines and how many more."""
    found: dict[str, None] = {}
    for text in missing:
        found[next((line for pair, line in BOTH.items() if text in pair and pair <= set(missing)), text)] = None
    lines = [worded(line) for line in found]
    more = len(lines) - MOST_MISSING
    rest = [ngettext("另有 %(n)s 项没写", "另有 %(n)s 项没写", more) % {"n": more}] if more > 0 else []
    return (*lines[:MOST_MISSING], *rest)


def _gaps(lines: Sequence[str], seen: dict[str, Presented]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what is missing, what is closed) for one reader, from what the engine found not stated publicly.

    Only what he may read can be called missing. Of a section he may not read it is said that it is closed, never
    whether anything stands in it.
    """
    missing: list[str] = []
    unused: list[str] = []
    closed: dict[str, None] = {}
    for line in lines:
        gap = GAPS.get(line)
        if gap is None:
            missing.append(line)
            continue
        side = seen[gap.side.value]
        wanted = set(gap.fields or side.kind.body_fields)
        stated = [f for f in side.fields if f.key in wanted and f.value]
        hidden = list(_closed_sections(side, wanted))
        if any(f.tier != "public" for f in stated):
            unused.append(_(gap.label))
        elif hidden and not stated:
            closed.update(dict.fromkeys(hidden))
        elif not stated:  # what is public by now the next match will use: there is nothing to say
            missing.append(line)
    said = [_("%(facts)s：已填，没有对所有人公开，匹配时没有用到") % {"facts": listed(unused)}] if unused else []
    return missing_in_words(missing), (*said, *closed)


def _closed_sections(seen: Presented, wanted: set[str]) -> Iterator[str]:
    readable = {f.key for f in seen.fields}
    said = (
        _("需求方把“%(section)s”设为仅%(who)s可见")
        if seen.kind.side == "need"
        else _("成果方把“%(section)s”设为仅%(who)s可见")
    )
    for section, (label, tier) in zip(seen.kind.sections, seen.tiers, strict=True):
        if any(f.key in wanted and f.key not in readable for f in section.fields):
            yield said % {"section": label, "who": TIERS[tier]}


def reason_choices() -> list[tuple[str, str]]:
    """(key, label) of the reasons for 暂不考虑."""
    return choices()
