"""产业链伙伴 of a firm's capability: who stands up- or downstream of it, what each looks for, whose need meets whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from mengkeju.directory.queries.vocabulary import chain_nodes
from mengkeju.kernel.access import Actor, may, visible_to
from mengkeju.kernel.words import word
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.listings.queries import Presented
from mengkeju.matching.access import Perm
from mengkeju.matching.models import Partner, Proposal
from mengkeju.matching.queries.complement import answered

FIRM = "enterprise"
UP, DOWN, OPEN, SAME = "up", "down", "open", "same"
RELATIONS: dict[str, str | Promise] = {
    UP: gettext_lazy("上游：可以供给的"),
    DOWN: gettext_lazy("下游：可以用上的"),
    OPEN: gettext_lazy("内容相近，上下游还说不准"),
    SAME: gettext_lazy("同一环节：可以分工或联手"),
}
SEEKS = {"suppliers": UP, "customers": DOWN}
BACK = {UP: DOWN, DOWN: UP}


@dataclass(frozen=True)
class Place:
    """Where a listing stands: the chain's key and word, the node's word, its position from up- to downstream."""

    chain: str
    chain_word: str
    node: str
    position: int
    rank: int


def places(rows: Iterable[Listing]) -> dict[int, Place]:
    """The places of the listings that state one, by key; one query."""
    found: dict[str, Place] = {}
    steps: dict[str, list[int]] = {}
    for term in chain_nodes(retired=True):
        if term.parent is not None:
            known = steps.setdefault(term.parent.key, [])
            known += [] if term.position in known else [term.position]
            found[term.key] = Place(
                term.parent.key, word(term.parent), word(term), term.position, known.index(term.position)
            )
    stated = {row.pk: str(row.values.get("chain_node") or "") for row in rows}
    return {pk: found[key] for pk, key in stated.items() if key in found}


def chain_of(stands: Mapping[int, Place], row: Listing) -> str:
    """The chain a listing stands on; empty when it says nothing."""
    place = stands.get(row.pk)
    return place.chain if place is not None else ""


@dataclass
class Found:
    """What speaks for another listing, while it is gathered."""

    other: Listing
    sought: Partner | None = None
    seeks: Partner | None = None
    needs: list[tuple[Proposal, str]] = field(default_factory=list)

    @property
    def expected(self) -> float:
        """The best of everything."""
        rows = [row.expected for row in (self.sought, self.seeks) if row is not None]
        return max([*rows, *(proposal.expected for proposal, _side in self.needs)])

    @property
    def band(self) -> str:
        """The band of the best that reached one."""
        rows = [
            row for row in (self.sought, self.seeks, *(p for p, _side in self.needs)) if row is not None and row.band
        ]
        return max(rows, key=lambda row: row.expected).band if rows else ""


@dataclass(frozen=True)
class PartnerCard:
    """Another firm's listing as a partner of one's own: where it stands, how near, and what speaks for it.

    `sought`: it may be what the own listing looks for; `seeks`: the reverse; `needs`: proposals between the two firms,
    with the side of the own firm (`need`: its need, `achievement`: its capability).
    """

    own: Listing
    other: Listing
    shown: Presented
    relation: str
    distance: int | None
    here: Place | None
    there: Place | None
    away: bool
    band: str
    expected: float
    sought: Partner | None
    seeks: Partner | None
    needs: tuple[tuple[Proposal, str], ...]


def capabilities(actor: Actor) -> QuerySet[Listing]:
    """Published listings that look for partners, whose partners the actor may see; his own first."""
    rows = listings.listings(actor).filter(kind__in=listings.partner_kinds(), state="published")
    return visible_to(rows, actor, Perm.PARTNERS_OF).select_related("owner").order_by("-published_at", "-pk")


def may_see(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may see the partners of a listing."""
    return may(actor, Perm.PARTNERS_OF, listing)


def partners(actor: Actor, rows: Sequence[Listing]) -> dict[int, list[PartnerCard]]:
    """The partners of each listing, by its key: upstream, downstream, then the rest; the nearest first.

    A constant number of queries. Only what the actor may read is found, whoever owns it.
    """
    found = _gathered(actor, rows)
    others = {one.other.pk: one.other for by_other in found.values() for one in by_other.values()}
    shown = dict(zip(others, listings.present_many(others.values(), actor), strict=True))
    seen = {row.pk: it for row, it in zip(rows, listings.present_many(rows, actor), strict=True)}
    stands = places([*rows, *others.values()])
    city = {code: home for home, below in listings.city_codes().items() for code in below}
    made = {}
    for own in rows:
        cards = []
        for one in found[own.pk].values():
            pair = (stands.get(own.pk), stands.get(one.other.pk))
            relation, distance = _relation(one, own, (seen[own.pk], shown[one.other.pk]), pair)
            if relation != OPEN or one.band:
                cards.append(
                    PartnerCard(
                        own,
                        one.other,
                        shown[one.other.pk],
                        relation,
                        distance,
                        *pair,
                        city.get(own.area, own.area) != city.get(one.other.area, one.other.area),
                        one.band,
                        one.expected,
                        one.sought,
                        one.seeks,
                        tuple(one.needs),
                    )
                )
        made[own.pk] = sorted(cards, key=_order)
    return made


def _order(card: PartnerCard) -> tuple[object, ...]:
    far = len(RELATIONS) * 1000 if card.distance is None else card.distance
    return list(RELATIONS).index(card.relation), far, -card.expected, card.other.pk


def _gathered(actor: Actor, rows: Sequence[Listing]) -> dict[int, dict[int, Found]]:
    found: dict[int, dict[int, Found]] = {row.pk: {} for row in rows}

    def about(own: int, other: Listing) -> Found:
        return found[own].setdefault(other.pk, Found(other))

    for pair in _stored(actor, found):
        if pair.seeker_id in found:
            about(pair.seeker_id, pair.offer).sought = pair
        if pair.offer_id in found:
            about(pair.offer_id, pair.seeker).seeks = pair
    by_owner: dict[int, list[int]] = {}
    for row in rows:
        by_owner.setdefault(row.owner_id or 0, []).append(row.pk)
    for proposal in _asking(actor, found):
        if proposal.achievement_id in found:
            about(proposal.achievement_id, proposal.need).needs.append((proposal, "achievement"))
    for proposal in _answering(actor, by_owner):
        for own in by_owner[proposal.need.owner_id or 0]:
            about(own, proposal.achievement).needs.append((proposal, "need"))
    return found


def _stored(actor: Actor, keys: Collection[int]) -> Iterable[Partner]:
    readable = listings.listings(actor).filter(state="published").order_by().values("pk")
    rows = Partner.objects.filter(Q(seeker__in=keys) | Q(offer__in=keys))
    rows = rows.filter(seeker__in=readable, offer__in=readable).order_by("-expected", "pk")
    return rows.select_related("seeker__owner", "offer__owner")


def _asking(actor: Actor, keys: Collection[int]) -> Iterable[Proposal]:
    """Needs of other firms that one of these could answer."""
    rows = answered(actor).filter(achievement__in=keys, need__owner__kind=FIRM)
    rows = rows.exclude(need__owner=F("achievement__owner"))
    return rows.order_by("-expected", "pk")


def _answering(actor: Actor, owners: Collection[int]) -> Iterable[Proposal]:
    """Capabilities of other firms that could answer a need of these owners."""
    rows = answered(actor).filter(need__owner__in=owners, achievement__kind__in=listings.partner_kinds())
    rows = rows.exclude(need__owner=F("achievement__owner"))
    return rows.order_by("-expected", "pk")


def _relation(
    found: Found, own: Listing, seen: tuple[Presented, Presented], pair: tuple[Place | None, Place | None]
) -> tuple[str, int | None]:
    """Where the other stands, and how many steps away: by the chain, else by a need, else by what is looked for."""
    here, there = pair
    if here is not None and there is not None and here.chain == there.chain:
        distance = there.rank - here.rank
        return (SAME, 0) if not distance else (UP if distance < 0 else DOWN, abs(distance))
    sides = {side for _proposal, side in found.needs}
    if sides:
        return (UP if "need" in sides else DOWN), None
    wanted = looks_for(own, seen[0]) if found.sought is not None and found.sought.band else frozenset()
    offered = looks_for(found.other, seen[1]) if found.seeks is not None and found.seeks.band else frozenset()
    said = {SEEKS[key] for key in wanted} | {BACK[SEEKS[key]] for key in offered}
    return (said.pop(), None) if len(said) == 1 else (OPEN, None)


def looks_for(listing: Listing, seen: Presented) -> frozenset[str]:
    """Which partners a listing says it looks for, as far as the reader may read it: keys of SEEKS."""
    if not any(one.key == "partners" and one.value for one in seen.fields):
        return frozenset()
    return frozenset(key for key in listing.values.get("partners") or () if key in SEEKS)
