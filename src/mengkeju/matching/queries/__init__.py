"""Reads of proposals: match cards for one reader, with reasons in words. Nothing here computes a match."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, Expression, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

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
from mengkeju.matching.engine import bands, judged
from mengkeju.matching.models import SIDES, Proposal, Running, Showing, Waiting, sides
from mengkeju.matching.queries import automation, catalogue, judgements, learned, order, raising, reasons, sums

MOST_USERS = 40
# What a card says of the other listing beside its place and owner.
FACTS_OF = {TECHNOLOGY: ("maturity",), TALENT: ("work", "number")}


@dataclass(frozen=True)
class Dismissal:
    """What the reader's own organisation, or he himself, said of a proposal. `suits`: the good word 合适."""

    label: str
    note: str
    at: datetime
    suits: bool = False


@dataclass(frozen=True)
class MatchCard:
    """A proposal as one reader sees it from one of its listings, for `mk/match.html`.

    `other` is the listing at the other end as this reader may see it: no contact. `summary` are pieces for
    `marked`. `decline_url` is empty when the reader may not answer or has answered. `suits` is his good word, given at
    `approve_url`, taken back at `unapprove_url`. `missing` is what is not stated, `closed` what is stated or may be,
    but not for everybody; `ways` would raise it; `sums` is how the parts make the band (None: computed before that was
    kept). `running`: an intention is under way. `behind`: the near-identical one of the same holder, before it on the
    list, for whose sake it stands lower than its score (its proposal's uid and its title).
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
    terms: tuple[tuple[str, float | None], ...]
    sentence: str
    rows: tuple[reasons.Row, ...]
    missing: tuple[str, ...]
    closed: tuple[str, ...]
    ways: tuple[raising.Way, ...]
    sums: sums.Sums | None
    running: bool
    dismissed: Dismissal | None
    decline_url: str
    restore_url: str
    suits: Dismissal | None = None
    approve_url: str = ""
    unapprove_url: str = ""
    behind: tuple[UUID, str] | None = None

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
    """Live proposals the actor may read, with both listings and their owners; none for who switched them off."""
    rows = Proposal.objects.filter(retired_at=None).select_related("need__owner", "achievement__owner")
    return automation.unless_off(visible_to(rows, actor, Perm.READ), actor)


def find(actor: Actor, uid: UUID) -> Proposal | None:
    """One proposal the actor may read, live or not: a link in an old mail still leads somewhere."""
    rows = Proposal.objects.select_related("need__owner", "achievement__owner").filter(uid=uid)
    return visible_to(rows, actor, Perm.READ).first()


def may_list(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may see the list of proposals of a listing."""
    return bool(listing.kind_spec.side) and may(actor, Perm.LIST, listing)


def proposals_for(actor: Actor, listing: Listing, limit: int | None = None) -> list[MatchCard]:
    """The proposals of a listing, the best first: the open ones, those in hand, those set aside.

    Twelve queries or fewer.
    """
    # What the reader has set aside stays in sight, wherever judgements have put it.
    rows = list(_standing(actor, listing).filter(~Q(listed_band="") | Q(set_aside=True))[:limit])
    before = {pk: (row.uid, row.other(listing).title) for pk, row in order.behind(rows, listing).items()}
    cards = [replace(card, behind=before.get(card.proposal.pk)) for card in _cards(actor, listing, rows)]
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
    rows = _standing(actor, listing).filter(listed_band="", set_aside=False)
    return _cards(actor, listing, rows)


def _standing(actor: Actor, listing: Listing) -> QuerySet[Any]:
    """A listing's rows with what its list and the reader make of each."""
    side, rows = sides(listing)[0] or "need", _listed(actor, listing)
    return rows.annotate(in_hand=_in_hand(actor), set_aside=_set_aside(actor), listed_band=listed_band(side))


def listed_band(side: str) -> Coalesce:
    """Of a proposal, in the database: its band on one side's list, with the judgements made there."""
    return Coalesce(f"{side}_band", "band")


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
    """Of a proposal, in the database: the reader, or his organisation, has set it aside."""
    return Exists(judgements.own_words(actor).filter(proposal=OuterRef("pk"), verdict="aside"))


def not_set_aside(rows: QuerySet[Proposal], actor: Actor) -> QuerySet[Proposal]:
    """Of these, those in a band that the reader, or his organisation, has not set aside; pairs in hand stay."""
    return rows.exclude(band="").annotate(set_aside=_set_aside(actor)).filter(set_aside=False)


def open_proposals(rows: QuerySet[Proposal], actor: Actor, side: str) -> QuerySet[Proposal]:
    """Of these, the proposals that wait for the reader's word on one side's lists: in a band, not in hand or set aside.

    Every number of proposals on a page counts these, and every list shows these as open.
    """
    rows = rows.annotate(in_hand=_in_hand(actor), set_aside=_set_aside(actor), listed_band=listed_band(side))
    return rows.exclude(listed_band="").filter(in_hand=False, set_aside=False)


def open_count(actor: Actor, listing: Listing) -> int:
    """How many proposals of a listing still wait for the reader's word."""
    return open_proposals(_listed(actor, listing), actor, sides(listing)[0] or "need").count()


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
    mine = [
        (row, listing)
        for side in SIDES
        for row in _newest(actor, side, count)
        for listing in (row.need, row.achievement)
        if listing.owner is not None and listing.owner.uid in actor.organisations
    ]
    mine.sort(key=lambda pair: (pair[0].created_at, pair[0].expected), reverse=True)
    return _build(actor, mine[:count])


def _newest(actor: Actor, side: str, count: int) -> QuerySet[Proposal]:
    mine = Q(**{f"{side}__owner__uid__in": actor.organisations, f"{side}_rank__isnull": False})
    rows = open_proposals(proposals(actor).filter(mine), actor, side)
    return rows.order_by("-created_at", "-expected")[:count]


@dataclass(frozen=True)
class Told:
    """Which judgements behind some cards are the reader's own: those said on their lists, those a model learned."""

    said: judgements.Said
    learned: learned.Heard


def _cards(actor: Actor, listing: Listing, rows: Iterable[Proposal]) -> list[MatchCard]:
    return _build(actor, [(row, listing) for row in rows])


def _build(actor: Actor, pairs: Sequence[tuple[Proposal, Listing]]) -> list[MatchCard]:
    owns = list({own.pk: own for _row, own in pairs}.values())
    presented = listings.present_many([*(row.other(own) for row, own in pairs), *owns], actor)
    others, mine = presented[: len(pairs)], {p.uid: p for p in presented[len(pairs) :]}
    rows = [row for row, _own in pairs]
    words = _feedback(actor, rows)
    said = judgements.said_to(actor, [(row, sides(own)[0]) for row, own in pairs])
    told = Told(said, learned.heard(actor, rows))
    return [
        _card(actor, row, own, (mine[own.uid], other), (words.get(row.pk), told))
        for (row, own), other in zip(pairs, others, strict=True)
    ]


def _feedback(actor: Actor, rows: Sequence[Proposal]) -> dict[int, Dismissal]:
    if not rows or not actor.is_authenticated:
        return {}
    found = judgements.own_words(actor).filter(proposal__in=rows).order_by("verdict", "-pk")  # 暂不考虑 before 合适
    words: dict[int, Dismissal] = {}
    for f in found:
        label = word(REASONS[f.reason]) if f.verdict == "aside" else _("合适")
        words.setdefault(f.proposal_id, Dismissal(label, f.note, f.given_at, f.verdict == "suits"))
    return words


def _card(
    actor: Actor,
    stored: Proposal,
    own: Listing,
    seen: tuple[Presented, Presented],
    heard: tuple[Dismissal | None, Told],
) -> MatchCard:
    """`seen`: the listing looked at and the one proposed, as this reader may see them.

    `heard`: what he said of this one, and which judgements behind the cards are his own.
    """
    (said, told), other, side = heard, seen[1], sides(own)[0]
    row = judgements.as_listed(stored, side)
    band = bands.find(row.band)
    why = judgements.with_judgements(reasons.read(row), row, side, told.said)
    why = learned.decided(why, side, told.learned)
    facts = [f.value for f in other.fields if f.key in FACTS_OF[other.kind.market]]
    running = bool(getattr(row, "in_hand", False))
    answers = is_active.holds(actor, None) and judgements.may_judge(actor, row)
    address = reverse("match-open", args=[row.uid, "achievement" if side == "need" else "need"])
    by_side = {p.kind.side: p for p in seen}
    missing, closed = reasons.gaps(why["missing"], by_side)
    kind = word(other.kind) if other.kind.side == "achievement" and other.kind.market == TECHNOLOGY else ""
    offer = reasons.offer_word(by_side["achievement"])
    mine = own.owner is not None and own.owner.uid in actor.organisations
    return MatchCard(
        proposal=row,
        own=own,
        target=row.other(own),
        other=other,
        rank=getattr(row, sides(own)[1]) or 0,
        band=row.band,
        band_label=word(band) if band else "",
        url=address,
        meta=" · ".join(
            t for t in (kind, other.area_name, other.owner_name, order.same_holder(row), *facts, other.source_note) if t
        ),
        summary=reasons.summary(why, other.kind.words),
        terms=tuple((text, share) for text, share in why["terms"]),
        sentence=why["sentence"],
        rows=reasons.rows(why, offer),
        missing=missing,
        closed=closed,
        ways=raising.ways(why, by_side, own.kind_spec.side if mine else ""),
        sums=_sums(row, why, offer, judged=row is not stored, market=other.kind.market),
        running=running,
        **_answers(row, None if running and said and not said.suits else said, answers=answers, running=running),
    )


def _sums(row: Proposal, why: dict[str, Any], offer: str, *, judged: bool, market: str) -> sums.Sums | None:
    """The figures of a card; over a whole catalogue only what was measured: technology without judgements."""
    made = sums.sums(why, offer)
    if made is None or judged or market != TECHNOLOGY:
        return made
    return replace(made, over_all=catalogue.said(made.chances[1], row.model_version))


def _answers(row: Proposal, said: Dismissal | None, *, answers: bool, running: bool) -> dict[str, Any]:
    """What the reader said, and where he says it or takes it back; addresses are empty where he may not."""
    suits = said is not None and said.suits
    aside = said is not None and not said.suits

    acts = {
        "decline_url": ("match-dismiss", not aside and not running),
        "restore_url": ("match-restore", aside),
        "approve_url": ("match-approve", said is None and not running),
        "unapprove_url": ("match-unapprove", suits),
    }
    urls = {key: reverse(name, args=[row.uid]) if answers and there else "" for key, (name, there) in acts.items()}
    return {"dismissed": said if aside else None, "suits": said if suits else None, **urls}


def newest_cuts() -> dict[str, Any] | None:
    """The cuts of the model the newest proposals were computed with, with its version; None before there are any.

    `by_level`: it has none, each level has a sum of its own; `owners` must be behind judgements that stand alone.
    """
    newest = Proposal.objects.filter(retired_at=None).order_by("-pk").first()
    why = reasons.read(newest) if newest is not None else {"cuts": []}
    if newest is None or not why["cuts"]:
        return None
    if why["decides"] is not None:
        least = judged.settings().sharing.organisations
        return {"model": newest.model_version, "levels": [], "by_level": True, "owners": least}
    levels = [{"level": at, "cut": sums.signed(cut)} for at, cut in enumerate(why["cuts"], 2)]
    return {"model": newest.model_version, "levels": levels, "by_level": False}


def reason_choices(market: str = TECHNOLOGY) -> list[tuple[str, str]]:
    """(key, label) of the reasons for 暂不考虑 in a market."""
    return choices(market)
