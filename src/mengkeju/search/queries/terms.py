"""From what a person typed to a tantivy query: words, synonyms, phrases, filters."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import tantivy
from tantivy import Occur, Query

from mengkeju.search.access import Reach
from mengkeju.search.engine.text import bigrams, default_tokeniser, normalise
from mengkeju.search.queries.synonyms import Group
from mengkeju.search.store import GRAMS, KIND, SCHEMA

MAX_WORDS = 24
"""Of a pasted need this many words search: those that are frequent in it and rare elsewhere."""
LEAST = (1, 2)
"""A hit has the one word of a text of one, at least two of a longer one (fewer when nothing has two)."""
MAX_GROUPS, MAX_SYNONYMS = 8, 6
PHRASE_LENGTH = 30
ENOUGH = 4
"""With this many words of two characters or more, single characters only add noise."""
TITLE_BOOST, PHRASE_TITLE_BOOST, PHRASE_BOOST = 3.0, 6.0, 2.0
SYNONYM_BOOST, TIE = 0.25, 0.2
SHOWN_WORDS = 8


@dataclass(frozen=True)
class Understood:
    """What was made of a text: the words that search, and other words for what it mentions.

    `filed`: for what it mentions, facet → values under which objects of that term stand, whatever they say.
    """

    text: str
    words: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    filed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def terms(self) -> frozenset[str]:
        """Every word to mark in the results."""
        others = (word for found in self.synonyms.values() for word in found)
        return frozenset((*self.words, *others))

    @property
    def shown(self) -> tuple[str, ...]:
        """The words as the reader is told: “脱碳 ≈ 分选”; parts of longer words are left out."""
        whole = [w for w in self.words if not any(w != other and w in other for other in self.words)]
        heard = [f"{word} ≈ {others[0]}" for word, others in self.synonyms.items() if others]
        known = set(self.synonyms)
        return tuple([*heard, *(word for word in whole if word not in known)][:SHOWN_WORDS])


def understand(text: str, groups: Iterable[Group], searcher: tantivy.Searcher) -> Understood:
    """Choose the words of a text that say most: by how often they stand in it and how rare they are here.

    Rarity is counted over titles and public text only, so that it tells nothing of closed text.
    """
    words = default_tokeniser()
    found = words.tokens(text) or words.tokens(text, keep_stop_words=True)
    counted = Counter(token.text for token in found)
    total = searcher.num_docs

    def worth(word: str) -> float:
        seen = max(searcher.doc_freq(name, word) for name in ("title", "public"))
        if not seen:
            return 0.0  # nothing here has the word: in a long text it would only take a place
        return (1 + log(counted[word])) * log(1 + (total + 1) / (seen + 0.5))

    chosen = [word for word in counted if len(word) > 1]
    if len(chosen) < ENOUGH:  # in a short text a single character (铜, 镍) may be what is sought
        chosen = list(counted)
    if len(chosen) > MAX_WORDS:
        best = set(sorted(chosen, key=worth, reverse=True)[:MAX_WORDS])
        chosen = [word for word in chosen if word in best]
    return Understood(text, tuple(chosen), *_meant(text, groups))


def _meant(
    text: str, groups: Iterable[Group]
) -> tuple[dict[str, tuple[str, ...]], dict[str, dict[str, tuple[str, ...]]]]:
    """Other words, and facet values, for each word of a group that the text mentions; a word may be of two groups."""
    folded = normalise(text)
    synonyms: dict[str, tuple[str, ...]] = {}
    filed: dict[str, dict[str, tuple[str, ...]]] = {}
    for group in groups:
        members = [normalise(word) for word in group.words]
        inside = [member for member in members if len(member) > 1 and member in folded]
        said = max(inside, key=len, default="")
        if not said or (said not in filed and len(filed) == MAX_GROUPS):
            continue
        meant = (*members, *(normalise(word) for word in group.lower))
        others = (*synonyms.get(said, ()), *(member for member in meant if member and member not in folded))
        if others:
            synonyms[said] = tuple(dict.fromkeys(others))[:MAX_SYNONYMS]
        places = filed.setdefault(said, {})
        if group.values:
            places[group.facet] = (*places.get(group.facet, ()), *group.values)
    return synonyms, filed


def least_words(understood: Understood) -> int:
    """How many of the words a hit should have, so that a long text does not find everything."""
    return sum(1 for enough in LEAST if len(understood.words) >= enough)


def text_query(understood: Understood, reach: Reach, searcher: tantivy.Searcher, least: int) -> Query:
    """The text part: an OR of words, at least `least` of them, and phrases that push exact hits up."""
    if not understood.words:
        return Query.empty_query()
    fields = _fields(reach)
    related: dict[str, list[Query]] = {}
    alone: list[Query] = []
    for said in {**understood.synonyms, **understood.filed}:
        query = _instead(said, understood, fields)
        # It stands for every word it is made of: the dictionary may cut 白云鄂博料 in two.
        hosts = [w for w in understood.words if w in said] or [w for w in understood.words if said in w]
        for host in hosts:
            related.setdefault(host, []).append(query)
        if not hosts:
            alone.append(query)
    words = [
        Query.disjunction_max_query([_word(word, fields, reach, searcher), *related.get(word, [])], TIE)
        for word in understood.words
    ]
    parts = [(Occur.Must, Query.boolean_query([(Occur.Should, query) for query in (*words, *alone)], least))]
    grams = bigrams(understood.text)
    if len(understood.text) <= PHRASE_LENGTH and len(grams) > 1:
        for name, boost in (("title", PHRASE_TITLE_BOOST), ("public", PHRASE_BOOST)):
            exact = Query.phrase_query(SCHEMA, name + GRAMS, list(grams))
            parts.append((Occur.Should, Query.boost_query(exact, boost)))
    return Query.boolean_query(parts)


def _instead(said: str, understood: Understood, fields: Sequence[str]) -> Query:
    """What counts, weakly, as if it said `said`: a synonym in the text, or being filed under the term."""
    found = [_phrase(other, fields) for other in understood.synonyms.get(said, ())]
    for facet, values in understood.filed.get(said, {}).items():
        found.append(Query.term_set_query(SCHEMA, f"facets.{facet}", sorted(set(values))))
    return Query.boost_query(Query.disjunction_max_query(found), SYNONYM_BOOST)


def _fields(reach: Reach) -> tuple[str, ...]:
    """The text fields whose every object this reader may read."""
    if reach.everything:
        return ("title", "public", "members", "parties")
    return ("title", "public", "members") if reach.members else ("title", "public")


def _word(word: str, fields: Sequence[str], reach: Reach, searcher: tantivy.Searcher) -> Query:
    """One word in the open fields, and in the closed ones of the reader's own organisations' objects."""
    known = any(searcher.doc_freq(name, word) for name in ("title", "public"))
    found = [
        Query.boost_query(Query.term_query(SCHEMA, name, word), TITLE_BOOST if name == "title" else 1.0)
        for name in fields
    ]
    if not known and len(word) > 1:  # a word the dictionary cuts differently elsewhere
        found.append(_phrase(word, fields))
    if reach.organisations and not reach.everything:
        own = Query.disjunction_max_query([Query.term_query(SCHEMA, name, word) for name in ("members", "parties")])
        found.append(Query.boolean_query([(Occur.Must, own), (Occur.Must, _silent(_owned(reach)))]))
    return Query.disjunction_max_query(found, TIE)


def _phrase(text: str, fields: Sequence[str]) -> Query:
    """The text as a run of characters, wherever the words were cut."""
    grams = bigrams(text)
    if not grams:
        return Query.empty_query()
    if len(grams) == 1:
        return Query.disjunction_max_query([Query.term_query(SCHEMA, name + GRAMS, grams[0]) for name in fields])
    return Query.disjunction_max_query([Query.phrase_query(SCHEMA, name + GRAMS, list(grams)) for name in fields])


def _silent(query: Query) -> Query:
    """A condition that adds nothing to the score."""
    return Query.boost_query(query, 0.0)


def _owned(reach: Reach) -> Query:
    return Query.term_set_query(SCHEMA, "owner", sorted(str(uid) for uid in reach.organisations))


def reach_query(reach: Reach) -> Query:
    """What the actor may know of: the same rows as the read permission of what is indexed."""
    if reach.everything:
        return Query.all_query()
    audiences = ["public", "members"] if reach.members else ["public"]
    found = [Query.term_set_query(SCHEMA, "audience", audiences)]
    if reach.organisations:
        found.append(_owned(reach))
        found.append(Query.term_set_query(SCHEMA, "party", sorted(str(uid) for uid in reach.organisations)))
    if reach.areas:
        found.append(Query.term_set_query(SCHEMA, "area", sorted(reach.areas)))
    return Query.boolean_query([(Occur.Should, query) for query in found])


def filtered(
    text: Query | None, reach: Reach, kind: str, facets: Mapping[str, Sequence[str]], *, leave_out: str = ""
) -> Query:
    """Text, permission and filters together. `leave_out` names one filter not to apply, for its own counts."""
    parts = [(Occur.Must, _silent(reach_query(reach)))]
    if text is not None:
        parts.append((Occur.Must, text))
    if kind and leave_out != KIND:
        parts.append((Occur.Must, _silent(Query.term_query(SCHEMA, KIND, kind))))
    for key, values in facets.items():
        if values and key != leave_out:
            parts.append((Occur.Must, _silent(Query.term_set_query(SCHEMA, f"facets.{key}", list(values)))))
    return Query.boolean_query(parts)
