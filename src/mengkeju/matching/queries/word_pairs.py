"""Pairs of words found in public texts: those to judge, where they could enter the vocabularies, and the evidence.

Of the evidence only uids are stored. The sentences are read from the listings when somebody looks, and only of those
that are open to everybody at that moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from mengkeju.directory.models import Term
from mengkeju.kernel.access import Actor, visible_to
from mengkeju.kernel.search import MatchDocument, matchables
from mengkeju.kernel.words import word
from mengkeju.listings.engine.markets import TECHNOLOGY
from mengkeju.matching.access import Perm
from mengkeju.matching.models import WordPair
from mengkeju.search.engine.text import fold, normalise, sentences
from mengkeju.search.queries.synonyms import VOCABULARIES, WORDS

NEW = "new"
SHOWN = 3
LONGEST = 120
Piece = tuple[str, bool]


@dataclass(frozen=True)
class Place:
    """Where accepted words can enter: a term, or a new technical word."""

    key: str
    label: str
    term: Term | None = None


@dataclass(frozen=True)
class Quote:
    """A sentence of a public listing with the words marked."""

    uid: UUID
    title: str
    pieces: list[Piece]


def pairs(actor: Actor, state: str = "", kind: str = "") -> QuerySet[WordPair]:
    """Pairs the actor may see, the best first; of those to judge only what the last run found."""
    rows = visible_to(WordPair.objects.all(), actor, Perm.WORDS_READ).select_related("term__vocabulary")
    if state:
        rows = rows.filter(state=state, **({"gone_at": None} if state == "found" else {}))
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("-score", "pk")


def find(actor: Actor, uid: UUID) -> WordPair | None:
    """One pair, also one that is no longer found."""
    return pairs(actor).filter(uid=uid).first()


def counts(actor: Actor) -> dict[str, int]:
    """State → how many."""
    rows = visible_to(WordPair.objects.all(), actor, Perm.WORDS_READ).exclude(state="found", gone_at__isnull=False)
    return dict(rows.order_by().values_list("state").annotate(Count("pk")))


def last_found() -> datetime | None:
    """When a run last found something."""
    found: datetime | None = WordPair.objects.aggregate(at=Max("found_at"))["at"]
    return found


def words_of(term: Term) -> list[str]:
    """Its word and synonyms."""
    return [term.label, *(s.text for s in term.synonyms.all())]


def _spoken() -> list[Term]:
    rows = Term.objects.filter(vocabulary__key__in=VOCABULARIES, retired_on=None)
    return list(rows.select_related("vocabulary", "parent").prefetch_related("synonyms").order_by("pk"))


def technical(text: str) -> Term | None:
    """The technical word that says a text, as its word or as a synonym."""
    wanted = normalise(text)
    return next(
        (t for t in _spoken() if t.vocabulary.key == WORDS and wanted in {normalise(w) for w in words_of(t)}), None
    )


def places(pair: WordPair) -> list[Place]:
    """Where its words can enter, what is likeliest first."""
    return places_of([pair])[pair.pk]


def places_of(rows: Sequence[WordPair]) -> dict[int, list[Place]]:
    """The same for many, with a constant number of queries. An upper term is always a technical word."""
    holders: dict[str, list[Term]] = {}
    for term in _spoken() if rows else ():
        for said in {normalise(w) for w in words_of(term)}:
            holders.setdefault(said, []).append(term)
    found: dict[int, list[Place]] = {}
    for pair in rows:
        keys = (pair.one_key,) if pair.kind == "narrower" else (pair.one_key, pair.other_key)
        terms = {term.pk: term for key in keys for term in holders.get(key, ())}
        own = [t for t in terms.values() if t.vocabulary.key == WORDS]
        others = [] if pair.kind == "narrower" else [t for t in terms.values() if t.vocabulary.key != WORDS]
        made = [Place(f"{t.vocabulary.key}/{t.key}", f"{word(t.vocabulary)} · {word(t)}", t) for t in (*own, *others)]
        found[pair.pk] = made if own else [*made, Place(NEW, _("技术用语 · 新词条"))]
    return found


def known_below() -> set[tuple[str, str]]:
    """(upper, lower) of the technical words, folded."""
    terms = {term.pk: term for term in _spoken() if term.vocabulary.key == WORDS}
    return {
        (normalise(upper), normalise(lower))
        for term in terms.values()
        if term.parent_id in terms
        for upper in words_of(terms[term.parent_id])
        for lower in words_of(term)
    }


def quotes(rows: Iterable[WordPair], most: int = SHOWN) -> dict[int, list[Quote]]:
    """Sentences that show each pair, of listings open to everybody now; empty where none is left."""
    rows = list(rows)
    wanted = {UUID(uid) for pair in rows for uid in pair.evidence.get("texts", ())}
    known: dict[UUID, MatchDocument] = {}
    for matchable in matchables.values() if wanted else ():
        if matchable.market == TECHNOLOGY:
            known |= {d.uid: d for d in matchable.load(sorted(wanted)) if d.is_open}
    found: dict[int, list[Quote]] = {}
    for pair in rows:
        uids = [UUID(uid) for uid in pair.evidence.get("texts", ())]
        documents = [known[uid] for uid in uids if uid in known]
        made = [quote for d in documents if (quote := _quote(d, (pair.one_key, pair.other_key)))]
        made.sort(key=lambda quote: -sum(hit for _text, hit in quote.pieces))
        found[pair.pk] = made[:most]
    return found


def _quote(document: MatchDocument, keys: tuple[str, str]) -> Quote | None:
    """The sentence with most of the words in it, cut to a readable length around them."""
    texts = [document.title, *(document.body[a:b] for a, b in sentences(document.body))]
    best, most = "", 0
    for text in texts:
        folded = fold(text).text
        said = sum(key in folded for key in keys)
        if said > most:
            best, most = text, said
    return Quote(document.uid, document.title, _cut(best, keys)) if most else None


def _cut(text: str, keys: tuple[str, str]) -> list[Piece]:
    folded = fold(text)
    places: list[tuple[int, int]] = []
    for key in sorted(keys, key=len, reverse=True):
        at = folded.text.find(key)
        while at >= 0:
            span = folded.span(at, at + len(key))
            if all(span[1] <= a or span[0] >= b for a, b in places):
                places.append(span)
            at = folded.text.find(key, at + len(key))
    places.sort()
    start = max(0, places[0][0] - LONGEST // 3)
    end = min(len(text), start + LONGEST)
    pieces: list[Piece] = [("…", False)] if start else []
    at = start
    for a, b in places:
        if a >= at and b <= end:
            pieces += [(text[at:a], False), (text[a:b], True)]
            at = b
    pieces.append((text[at:end] + ("…" if end < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]
