"""Matching what was published or changed, both ways, in the background; and the whole shelf at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mengkeju.kernel import clock
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import deeper, partners, vectors
from mengkeju.matching.actions.rerank import rerank_taught
from mengkeju.matching.actions.shelf import Fitted, document_of, fitted, markets
from mengkeju.matching.actions.store import SIDES, Pair, Scored, place_all, place_one, scored, write
from mengkeju.matching.actions.waiting import retire, retire_for
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.ranker import Ranked
from mengkeju.matching.models import Proposal, Waiting

TITLE_LENGTH = 120
Progress = Callable[[str, int, int], None]


def compute_waiting(*, now: datetime) -> int:
    """Match what waits; many at once by one run over the shelf. Returns how many waited. May run twice."""
    waiting = list(Waiting.objects.select_related("listing").order_by("since", "pk"))
    whole = len(waiting) >= limits().whole_run_from
    if whole:
        match_all(now=now)
    else:
        partners.refresh([row.listing for row in waiting], now=now)
    for row in waiting:
        if not whole:
            compute_for(row.listing.uid, now=now)
        Waiting.objects.filter(pk=row.pk, since=row.since).delete()  # changed meanwhile: it waits again
    return len(waiting)


def compute_for(uid: UUID, *, now: datetime) -> int:
    """Match one listing with the other side and store its proposals; returns how many it has now.

    The lists of those it meets or leaves are set right too. A listing off the shelf loses all proposals.
    """
    listing = Listing.objects.select_related("owner").filter(uid=uid).first()
    document = document_of(listing) if listing is not None else None
    if listing is None or document is None:
        retire_for([uid], now=now)
        return 0
    found = _score(listing, document, today=clock.today(now))
    placed = place_one(document.side.value, listing.pk, found, now=now)
    written = write(placed, now=now)
    own = f"{document.side.value}_id"
    live = Proposal.objects.filter(**{own: listing.pk}, retired_at=None).values_list("pk", "need_id", "achievement_id")
    retire([pk for pk, *pair in live if tuple(pair) not in placed], now=now)
    _judge(listing, document, found, now)
    return written


def _judge(listing: Listing, document: Document, found: dict[int, Scored], now: datetime) -> None:
    """Set in order by judgements the listing's own list, deeper where it lost much, and those of the others."""
    shelf, other = fitted(document.side.other, market=document.market), document.side.other
    missing = Listing.objects.filter(pk__in=vectors.without(found)).values_list("uid", flat=True)
    vectors.follow_space(shelf.ranker.corpus)
    vectors.keep_one(shelf.ranker.corpus, document)
    vectors.keep(shelf.ranker.corpus, other, {str(uid) for uid in missing})
    vectors.link(listing)
    rerank_taught(document.side.value, [listing.pk])
    deeper.deepen(listing, now=now)
    ever = Proposal.objects.filter(**{f"{document.side.value}_id": listing.pk})
    rerank_taught(other.value, list(ever.values_list(f"{other.value}_id", flat=True)))


def _score(listing: Listing, document: Document, *, today: date) -> dict[int, Scored]:
    """The best of the other side, and those whose own list the listing stands on, by their id."""
    shelf, other = fitted(document.side.other, market=document.market), document.side.other.value
    ranked = _rank(shelf, document, today, limits().proposals_per_listing + limits().weak_per_listing)
    known = {r.id for r in ranked}
    met = Proposal.objects.filter(
        **{f"{document.side.value}_id": listing.pk, f"{other}_rank__isnull": False}, retired_at=None
    ).values_list(f"{other}__uid", flat=True)
    rest = {str(uid) for uid in met} - known
    if rest:
        everything = len(shelf.documents(document.side.other))
        ranked += shelf.ranker.rank(
            document, today=today, k=len(rest), candidates=everything, accepts=lambda d: d.id in rest
        )
    ids = _ids(r.id for r in ranked)
    return {ids[r.id]: scored(r) for r in ranked if r.id in ids}


def _rank(shelf: Fitted, document: Document, today: date, k: int) -> list[Ranked]:
    """The best `k` for a document. The owner's own listings stay in: one laboratory may answer another's need."""
    return shelf.ranker.rank(document, today=today, k=k)


def _ids(uids: Iterable[str]) -> dict[str, int]:
    wanted, found = list(uids), {}
    for start in range(0, len(wanted), 500):
        rows = Listing.objects.filter(uid__in=wanted[start : start + 500]).values_list("uid", "pk")
        found.update({str(uid): pk for uid, pk in rows})
    return found


def match_all(*, now: datetime, progress: Progress | None = None) -> int:
    """Match the whole shelf, market by market, and store it; returns how many proposals there are now.

    Each listing of the smaller side of a market is ranked against the other; both sides' lists follow from these
    pairs. `progress(phase, done, total)` is told; phases are `rank` and `write`.
    """
    tell = progress or (lambda _phase, _done, _total: None)
    found: dict[Pair, Scored] = {}
    for market in markets():
        found |= _rank_all(fitted(market=market), clock.today(now), tell)
    placed, done = place_all(found), 0

    def wrote(count: int) -> None:
        nonlocal done
        done += count
        tell("write", done, len(placed))

    written = write(placed, now=now, progress=wrote)
    live = Proposal.objects.filter(retired_at=None).values_list("pk", "need_id", "achievement_id")
    retire([pk for pk, *pair in live if tuple(pair) not in placed], now=now)
    for each in Side:
        for market in markets():
            vectors.keep(fitted(market=market).ranker.corpus, each)
        for listing in Listing.objects.filter(pk__in=vectors.judged_listings(each.value)):
            vectors.link(listing)
        rerank_taught(each.value)
        deeper.deepen_taught(each.value, now=now)
    partners.refresh(partners.everyone(), now=now)
    return written


def _rank_all(shelf: Fitted, today: date, tell: Progress) -> dict[Pair, Scored]:
    side = min(Side, key=lambda s: len(shelf.documents(s)))
    documents, others = shelf.documents(side), shelf.documents(side.other)
    depth = limits().whole_run_depth
    own_list = limits().proposals_per_listing + limits().weak_per_listing
    # A weak pair beyond the own list is of use only on a small shelf, where the other side has little else.
    weak_depth = depth if len(others) <= depth else own_list
    ids = _ids(d.id for d in (*documents, *others))
    found: dict[Pair, Scored] = {}
    for at, document in enumerate(documents, 1):
        for ranked in _rank(shelf, document, today, depth):
            if (ranked.band or ranked.rank <= weak_depth) and document.id in ids and ranked.id in ids:
                here, there = ids[document.id], ids[ranked.id]
                found[(here, there) if side.value == SIDES[0] else (there, here)] = scored(ranked)
        tell("rank", at, len(documents))
    return found


@dataclass(frozen=True)
class Answer:
    """One line of a list computed on demand: what the engine says, and the listing's title."""

    ranked: Ranked
    title: str


def rank_listing(uid: UUID, *, now: datetime, top: int) -> list[Answer]:
    """The ranked list of one published listing, computed now and not stored. ValueError when there is none."""
    listing = Listing.objects.select_related("owner").filter(uid=uid).first()
    document = document_of(listing) if listing is not None else None
    if listing is None or document is None:
        raise ValueError("没有这一条，或者它不在发布中")
    shelf = fitted(document.side.other, market=document.market)
    return _answers(shelf, document, _rank(shelf, document, clock.today(now), top))


def rank_text(text: str, *, now: datetime, top: int) -> list[Answer]:
    """The achievements that could answer a need given as plain text: its first line is the title."""
    first, _, rest = text.strip().partition("\n")
    if not first:
        raise ValueError("没有文字")
    title, body = (first, rest) if len(first) <= TITLE_LENGTH else ("", text)
    document = Document(id="", side=Side.NEED, title=title.strip(), body=body.strip())
    shelf = fitted(Side.ACHIEVEMENT)
    return _answers(shelf, document, _rank(shelf, document, clock.today(now), top))


def _answers(shelf: Fitted, document: Document, ranked: list[Ranked]) -> list[Answer]:
    titles = {d.id: d.title for d in shelf.documents(document.side.other)}
    return [Answer(r, titles[r.id]) for r in ranked]


def shortlist(uid: UUID, *, keep: int) -> list[UUID]:
    """The candidates of one published listing before scoring, best first: what recall is measured on."""
    document = document_of(Listing.objects.select_related("owner").get(uid=uid))
    if document is None:
        return []
    return [
        UUID(found) for found in fitted(document.side.other, market=document.market).ranker.shortlist(document, keep)
    ]
