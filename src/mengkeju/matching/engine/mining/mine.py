"""Pairs of words for a person to judge: the same thing by two names, or an upper and a lower term.

All evidence together gives a score; nothing found here acts by itself. The same texts give the same pairs in the same
order, whatever the order they come in.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mengkeju.matching.engine.mining import patterns, titles, usage, words
from mengkeju.matching.engine.mining.patterns import NARROWER, SYNONYM
from mengkeju.matching.engine.mining.settings import Settings, settings
from mengkeju.matching.engine.mining.words import Text
from mengkeju.search.engine.text import normalise

__all__ = ["NARROWER", "SYNONYM", "Found", "Text", "mine"]


@dataclass(frozen=True, slots=True)
class Found:
    """A pair: of `narrower` the first is the upper term. Words as they are mostly written.

    `counts`: kind of evidence → texts; `texts`: ids of a few of them; `likeness`: the cosine of `alike`, or 0.
    """

    kind: str
    one: str
    other: str
    score: float
    counts: dict[str, int]
    texts: tuple[str, ...]
    likeness: float = 0.0

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same pair in the next run."""
        one, other = words.folded(self.one), words.folded(self.other)
        if self.kind == SYNONYM:
            one, other = sorted((one, other))
        return self.kind, one, other


class _Evidence:
    """Kinds of evidence per pair of folded words."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.likeness: dict[tuple[str, str, str], float] = {}

    def add(self, kind: str, pair: tuple[str, str], evidence: str, ids: Iterable[str]) -> None:
        one, other = sorted(pair) if kind == SYNONYM else pair
        self.texts[kind, one, other][evidence] |= set(ids)


def spread(texts: Sequence[Text], most: int) -> list[Text]:
    """At most so many, evenly spread over their ids."""
    ordered = sorted(texts, key=lambda text: text.id)
    if len(ordered) <= most:
        return ordered
    return [ordered[at] for at in np.linspace(0, len(ordered) - 1, most).astype(int)]


def mine(
    texts: Sequence[Text], *, known: Collection[frozenset[str]] = (), found: Settings | None = None
) -> list[Found]:
    """Pairs, the best first. Those inside a group of `known` words that already stand for one another are left out."""
    figures = found or settings()
    read = spread(texts, figures.texts)
    statements = [s for text in read for s in patterns.read(text, figures.characters)]
    evidence = _Evidence()
    _from_statements(evidence, statements, read, figures)
    vocabulary = words.of_titles((text.title for text in read), figures.least_texts)
    stated = {word: figures.least_texts for key in evidence.texts for word in key[1:]}
    lists = _lists(read, {**stated, **vocabulary}, figures.characters)
    _from_titles(evidence, read, vocabulary, figures, lists)
    used = usage.stand(spread(read, figures.compared), {**stated, **vocabulary}, figures)
    _from_usage(evidence, used, figures, lists)
    written = patterns.surfaces(statements)
    return _chosen(evidence, figures, _spelling(written), _grouped(known))


def _lists(read: Sequence[Text], vocabulary: Collection[str], characters: int) -> set[tuple[str, str]]:
    """Pairs of words that some text joins by 、: they are two things."""
    found: set[tuple[str, str]] = set()
    for text in read:
        for run in patterns.enumerated(text, characters):
            found.update(combinations(sorted({word for word in run if word in vocabulary}), 2))
    return found


def _from_statements(
    evidence: _Evidence, statements: Sequence[patterns.Statement], read: Sequence[Text], figures: Settings
) -> None:
    """What texts state; upper and lower terms only of words that titles have, or a list is half a sentence."""
    joined = "\n".join(normalise(text.title) for text in read)
    known: dict[str, int] = {}

    def titled(word: str) -> int:
        if word not in known:
            known[word] = joined.count(word) if words.is_thing(word) else 0
        return known[word]

    for (kind, one, other), said in patterns.gather(statements).items():
        if kind == SYNONYM or (titled(one) >= figures.least_upper and titled(other) and not words.is_general(one)):
            for name, ids in said.items():
                evidence.add(kind, (one, other), name, ids)


def _from_titles(
    evidence: _Evidence, read: Sequence[Text], vocabulary: dict[str, int], figures: Settings,
    lists: Collection[tuple[str, str]],
) -> None:  # fmt: skip
    by_id = {text.id: text for text in read}
    for pair, ids in titles.substituted(read).items():
        one, other = sorted(pair, key=len)
        low, high = min(ids), max(ids)
        name = "duplicate" if titles.same(by_id[low], by_id[high], figures.same_text) else "substituted"
        if other.endswith(one):
            evidence.add(NARROWER, (one, other), name, ids)
        elif pair not in lists and one not in other:
            evidence.add(SYNONYM, pair, name, ids)
    ends = titles.endings(vocabulary, figures.lowers)
    wanted = {lower for _upper, lower in ends}
    holding: dict[str, set[str]] = defaultdict(set)
    for text in read:
        for word in set(words.spans(words.cut(normalise(text.title)))) & wanted:
            holding[word].add(text.id)
    for upper, lower in ends:
        evidence.add(NARROWER, (upper, lower), "suffix", holding[lower])


def _from_usage(evidence: _Evidence, used: usage.Used, figures: Settings, lists: Collection[tuple[str, str]]) -> None:
    column = {name: at for at, name in enumerate(used.names)}
    standing = used.standing.tocsc()
    for pair, cosine in usage.alike(used, figures, lists).items():
        rows = [standing[:, column[word]].indices for word in pair]
        ids = [used.ids[row] for found in rows for row in sorted(found)[: figures.evidence]]
        key = (SYNONYM, *pair)
        evidence.add(SYNONYM, pair, "alike", ids)
        evidence.likeness[key] = cosine
        if usage.is_shortened(*pair):
            evidence.add(SYNONYM, pair, "shortened", ids)


def _spelling(written: Counter[tuple[str, str]]) -> dict[str, str]:
    """How each folded word is mostly written."""
    best: dict[str, tuple[int, str]] = {}
    for (folded, word), count in sorted(written.items()):
        if count > best.get(folded, (0, ""))[0]:
            best[folded] = (count, word)
    return {folded: word for folded, (_count, word) in best.items()}


def _grouped(known: Collection[frozenset[str]]) -> dict[str, set[int]]:
    groups: dict[str, set[int]] = defaultdict(set)
    for at, group in enumerate(known):
        for word in group:
            groups[normalise(word)].add(at)
    return groups


def _chosen(
    evidence: _Evidence, figures: Settings, written: dict[str, str], groups: dict[str, set[int]]
) -> list[Found]:
    made = []
    for key, kinds in evidence.texts.items():
        kind, one, other = key
        if groups.get(one, set()) & groups.get(other, set()):
            continue
        likeness = evidence.likeness.get(key, 0.0)
        doubt = 1.0
        for name, ids in kinds.items():
            sure = likeness if name == "alike" else 1 - 0.5 ** len(ids)
            doubt *= 1 - figures.trust[name] * sure
        quoted = sorted({i for name, found in kinds.items() for i in sorted(found)[: figures.evidence]
                      if name != "suffix" or len(kinds) == 1})  # fmt: skip
        counts = {name: len(found) for name, found in sorted(kinds.items())}
        made.append(
            Found(
                kind, written.get(one, one), written.get(other, other), round(1 - doubt, 4), counts,
                tuple(quoted[: figures.evidence]), likeness,
            )
        )  # fmt: skip
    made = [pair for pair in made if pair.score >= figures.least_score]
    made.sort(key=lambda pair: (-pair.score, pair.key))
    endings = [pair for pair in made if set(pair.counts) == {"suffix"}]
    dropped = {pair.key for pair in endings[figures.most_suffix :]}
    return [pair for pair in made if pair.key not in dropped][: figures.most]
