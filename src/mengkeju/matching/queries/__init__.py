"""Reads of proposals: match cards for one reader, with reasons in words. Nothing here computes a match."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, Exists, Expression, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from mengkeju.directory.models import Organisation
from mengkeju.kernel.access import Actor, is_active, may, visible_to
from mengkeju.kernel.audit import after
from mengkeju.kernel.models import Event, FollowerCursor
from mengkeju.kernel.reasons import REASONS, choices
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.engine.markets import TALENT, TECHNOLOGY
from mengkeju.listings.models import Listing, ReadRecord
from mengkeju.listings.queries import Presented
from mengkeju.matching.access import Perm
from mengkeju.matching.definitions import FOLLOWER, WITHOUT_EFFECT
from mengkeju.matching.engine import bands
from mengkeju.matching.models import Feedback, Proposal, Running, Showing, Waiting, sides
from mengkeju.matching.queries import reasons

MOST_USERS = 40
# What a card says of the other listing beside its place and owner.
FACTS_OF = {TECHNOLOGY: ("maturity",), TALENT: ("work", "number")}


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
    summary: reasons.Pieces
    rows: tuple[reasons.Row, ...]
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
    if not listing.kind_spec.is_technology("achievement") or listing.state != "published":
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


def not_set_aside(rows: QuerySet[Proposal], actor: Actor) -> QuerySet[Proposal]:
    """Of these, those in a band that the reader's organisation has not set aside; pairs in hand stay."""
    return rows.exclude(band="").annotate(set_aside=_set_aside(actor)).filter(set_aside=False)


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
    why = reasons.read(row)
    facts = [f.value for f in other.fields if f.key in FACTS_OF[other.kind.market]]
    running = bool(getattr(row, "in_hand", False))
    answers = is_active.holds(actor, None) and feedback_organisation(actor, row) is not None
    address = reverse("match-open", args=[row.uid, "achievement" if row.side_of(own) == "need" else "need"])
    by_side = {p.kind.side: p for p in seen}
    missing, closed = reasons.gaps(why["missing"], by_side)
    kind = word(other.kind) if other.kind.side == "achievement" and other.kind.market == TECHNOLOGY else ""
    return MatchCard(
        proposal=row,
        own=own,
        target=row.other(own),
        other=other,
        rank=getattr(row, sides(own)[1]) or 0,
        band=row.band,
        band_label=word(band) if band else "",
        url=address,
        meta=" · ".join(t for t in (kind, other.area_name, other.owner_name, *facts, other.source_note) if t),
        summary=reasons.summary(why, other.kind.words),
        rows=reasons.rows(why, reasons.offer_word(by_side["achievement"])),
        missing=missing,
        closed=closed,
        running=running,
        dismissed=None if running else said,
        decline_url=reverse("match-dismiss", args=[row.uid]) if answers and said is None and not running else "",
        restore_url=reverse("match-restore", args=[row.uid]) if answers and said is not None else "",
    )


def reason_choices(market: str = TECHNOLOGY) -> list[tuple[str, str]]:
    """(key, label) of the reasons for 暂不考虑 in a market."""
    return choices(market)
