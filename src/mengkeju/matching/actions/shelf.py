"""What is on the shelf as the engine reads it, fitted once per process and kept until the shelf changes.

Each market has a shelf and a corpus of its own, so that nothing of another one can be met or weighed with it.
Fitting takes seconds: it happens in the worker and on the command line, never in a web request.
"""

import hashlib
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from mengkeju.directory import queries as directory
from mengkeju.directory.models import Area
from mengkeju.kernel.search import Matchable, MatchDocument, matchables
from mengkeju.listings import queries as listings
from mengkeju.listings.models import Listing
from mengkeju.matching.actions import encoders, live
from mengkeju.matching.definitions import limits
from mengkeju.matching.engine import families
from mengkeju.matching.engine.asking import spoken
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Maturity, Profile, Side
from mengkeju.matching.engine.families import Judged
from mengkeju.matching.engine.ranker import Ranker
from mengkeju.matching.engine.structured import TECHNOLOGY
from mengkeju.matching.queries import outcomes as record

AT_ONCE = 500
STAGES = {"early": Maturity.EARLY, "mid": Maturity.MIDDLE, "mature": Maturity.MATURE}


@dataclass(frozen=True)
class Fitted:
    """A fitted shelf: the ranker, the digests of each side, of the vocabularies and of the live model, the size."""

    ranker: Ranker
    digests: dict[Side, str]
    vocabulary: str
    fitted_size: int
    model: str = ""

    def documents(self, side: Side) -> tuple[Document, ...]:
        """The documents of one side."""
        return self.ranker.corpus.shelves[side].documents


_lock = threading.Lock()
_held: dict[str, Fitted] = {}
"""By market."""


def markets() -> list[str]:
    """The markets whose kinds are matched."""
    return sorted({m.market for m in matchables.values()})


def forget() -> None:
    """Drop what is kept (tests, and a process that wants its memory back)."""
    with _lock:
        _held.clear()


def fitted(*needed: Side, market: str = TECHNOLOGY) -> Fitted:
    """The fitted shelf of a market, current for the sides named (default: both) and for the vocabularies.

    Fitted anew when one of them or the live model changed. The database is asked each time, so that no process has
    to be told.
    """
    with _lock:
        now, words = {side: digest(side, market) for side in Side}, vocabulary_digest()
        model, held = live.key() if market == TECHNOLOGY else "", _held.get(market)
        if (
            held is None
            or (held.vocabulary, held.model) != (words, model)
            or any(held.digests[side] != now[side] for side in needed or Side)
        ):
            held = _held[market] = _fit(market, now, words, held, model)
        elif held.ranker.meaning is None and encoders.is_ready():
            held = _held[market] = replace(held, ranker=_ranker(market, held.ranker.corpus))
        return held


def vocabulary_digest() -> str:
    """A digest over the words that stand for one another and the stages of maturity: what terms do to a match."""
    groups = sorted(sorted(group) for group in directory.synonym_groups())
    stages = sorted((key, stage.value) for key, stage in _stages().items())
    return hashlib.sha256(repr((groups, stages)).encode()).hexdigest()


def digest(side: Side, market: str = TECHNOLOGY) -> str:
    """A digest over ids and revisions of what is published on a side; changes with every change there."""
    kinds = [m.key for m in _of(market) if m.side == side]
    rows = (
        Listing.objects.filter(kind__in=kinds, state="published", archived_at=None)
        .order_by("pk")
        .values_list("uid", "revision", "owner__revision")
    )
    made = hashlib.sha256()
    for row in rows.iterator(chunk_size=5000):
        made.update(repr(row).encode())
    return made.hexdigest()


def _of(market: str) -> list[Matchable]:
    return [m for m in matchables.values() if m.market == market]


def published(market: str = TECHNOLOGY) -> list[Document]:
    """Everything on the shelf of a market as the engine reads it."""
    found: list[MatchDocument] = []
    for matchable in _of(market):
        uids = list(matchable.all_uids())
        for start in range(0, len(uids), AT_ONCE):
            found += matchable.load(uids[start : start + AT_ONCE])
    return to_documents(found)


def _fit(market: str, digests: dict[Side, str], vocabulary: str, before: Fitted | None, key: str) -> Fitted:
    documents = published(market)
    space, size = None, len(documents)
    if (
        before is not None
        and before.fitted_size >= limits().refit_from
        and (abs(size - before.fitted_size) <= limits().refit_share * before.fitted_size)
    ):
        space, size = before.ranker.corpus.space, before.fitted_size
    corpus = Corpus.build(
        documents,
        reference=_model(market).cold.reference,
        synonyms=directory.synonym_groups(),
        space=space,
    )
    return Fitted(_ranker(market, corpus), digests, vocabulary, size, key)


def _model(market: str) -> families.Model:
    """Models learn from technology; no other market has outcomes of its own to learn from."""
    return live.in_use() if market == TECHNOLOGY else families.shipped()


def _ranker(market: str, corpus: Corpus) -> Ranker:
    """With the live model, and with the line of the site's encoder where it has one that answers."""
    sides = {side: corpus.shelves[side].documents for side in Side}
    model = _model(market)
    return families.ranker(corpus, model, encoders.meaning(sides), judged(model, corpus))


def judged(model: families.Model, corpus: Corpus) -> Judged | None:
    """What a full model must be told of this site: the judged listings as they read now, and what is still judged."""
    if model.full is None:
        return None
    known = {document.id: document for side in Side for document in corpus.shelves[side].documents}
    wanted = {*model.full.needs, *model.full.achievements}
    documents = {uid: known[uid] for uid in wanted & known.keys()}
    documents |= {document.id: document for document in closed(wanted - known.keys())}
    return Judged(documents, record.judged_pairs(), record.owners(model.full.needs))


def closed(uids: Collection[str]) -> list[Document]:
    """Listings of technology that are closed: a need that was answered leaves the shelf.

    Only what is still readable to everybody; of a listing withdrawn or archived there is nothing.
    """
    gone = sorted(UUID(uid) for uid in uids)
    found: list[Document] = []
    for kind in _of(TECHNOLOGY):
        for start in range(0, len(gone), AT_ONCE):
            found += to_documents(listings.match_documents(kind.key, gone[start : start + AT_ONCE], closed=True))
    return found


def document_of(listing: Listing) -> Document | None:
    """A published listing as the engine reads it; None when it is not matched or no longer on the shelf."""
    matchable = matchables.get(listing.kind)
    found = to_documents(matchable.load([listing.uid])) if matchable is not None else []
    return found[0] if found else None


def to_documents(found: Iterable[MatchDocument]) -> list[Document]:
    """Plain data of the kinds → documents of the engine. Three queries in all."""
    found = list(found)
    paths = _area_paths({d.signals.area for d in found if d.signals.area})
    stages = _stages()
    return [
        Document(
            id=str(d.uid),
            side=Side(d.side),
            title=d.title,
            body=spoken(d.body),
            profile=Profile(
                fields=frozenset(d.signals.fields),
                clusters=frozenset(d.signals.clusters),
                modes=frozenset(d.signals.modes),
                maturity=stages.get(d.signals.maturity),
                deadline=d.signals.deadline,
                money_low=d.signals.price_low,
                money_high=d.signals.price_high,
                area_path=paths.get(d.signals.area, ()),
                checked_on=d.signals.published_on,
                # No contract on the platform does not mean that the holder has none elsewhere.
                verified=d.signals.verified,
                deals=d.signals.done_deals or None,
                market=d.market,
                more=d.signals.more,
            ),
            is_open=d.is_open,
        )
        for d in found
    ]


def _area_paths(codes: set[str]) -> dict[str, tuple[str, ...]]:
    """Codes from the city down, by code; a place outside any city is its own path."""
    lines = {
        code: [part for part in path.split("/") if part]
        for code, path in Area.objects.filter(code__in=codes).values_list("code", "path")
    }
    kinds = dict(Area.objects.filter(code__in={c for line in lines.values() for c in line}).values_list("code", "kind"))
    return {
        code: tuple(c for c in line if kinds[c] not in {"country", "province"}) or (code,)
        for code, line in lines.items()
    }


def _stages() -> dict[str, Maturity]:
    """The three stages by key of the vocabulary; TRL terms count as the stage above them."""
    rows = directory.terms("maturity", retired=True).values_list("key", "parent__key")
    return {key: STAGES[parent or key] for key, parent in rows if (parent or key) in STAGES}
