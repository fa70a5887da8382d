"""The full stack at work on a shelf: what judged pairs and trees make of candidates, and in which parts.

A stored model knows the judged pairs by the ids of their listings, never by their texts: these are read anew for
every fit of the shelf, so a text that was replaced, closed or withdrawn is forgotten with it. A pair's own judgement
never speaks for or against that pair itself: of it somebody has said what he thinks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Document, Side
from mengkeju.matching.engine.full_sum import CUTS, Core, Flags, Parts, Seen
from mengkeju.matching.engine.full_words import BASE, GROUPS, JUDGED, NEAR, OWN, REST, SAME, family
from mengkeju.matching.engine.labels_around import ENOUGH, WIDE, around
from mengkeju.matching.engine.likeness import NAMES
from mengkeju.matching.engine.ordinal import OrdinalModel
from mengkeju.matching.engine.prepared import BODY_ALIKE, TITLE_ALIKE
from mengkeju.matching.engine.product import Scale, kernel, needs_alike, titles_alike
from mengkeju.matching.engine.rows import Rows, drawn, rows_of
from mengkeju.matching.engine.traits import MOST, Ground, Standings, Views, of_pairs

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
NAMED = 8  # judged pairs that a proposal keeps by name; the others stand in the sums of their groups


@dataclass(frozen=True, slots=True)
class Stored:
    """A full model as its file holds it: numbers, and judged pairs by the ids of their listings.

    `left` and `right` are the places of each judged pair's need and achievement in `needs` and `achievements`;
    `groups` the cluster of each need; `values` the pairs' similarities in standard deviations of `scale`.
    """

    core: Core
    needs: tuple[str, ...]
    achievements: tuple[str, ...]
    left: Integers
    right: Integers
    groups: Integers
    levels: Integers
    values: Floats
    scale: Scale


@dataclass(frozen=True, slots=True)
class Told:
    """What a pair's log-odds are made of: per level the parts by key; judged pairs by name; who is behind a group.

    The parts of a level, with those of the named pairs at its place, add up to its log-odds. `named`: need,
    achievement, key of its group, a number per level. `owners`: how many owners' needs a group's judgements are on.
    """

    levels: Mapping[int, Mapping[str, float]]
    named: tuple[tuple[str, str, str, tuple[float, ...]], ...]
    owners: Mapping[str, int]


def alike(left: Rows, right: Rows) -> Flags:
    """Which needs are near-duplicates, as for the clusters of the evaluation."""
    titles = (left.title_chars @ right.title_chars.T).toarray() > TITLE_ALIKE
    return np.asarray(titles | ((left.body_chars @ right.body_chars.T).toarray() > BODY_ALIKE))


class Live:
    """A stored model on a corpus."""

    def __init__(
        self,
        corpus: Corpus,
        numbers: OrdinalModel,
        stored: Stored,
        documents: Mapping[str, Document],
        *,
        owners: Mapping[str, int] | None = None,
        still: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        """`documents` of judged listings by id; pairs without them say nothing.

        `still`: the levels of the pairs as they are judged now (None: as learned); what was said otherwise since, or
        taken back, says nothing either. `owners`: a number for the owner of each judged need.
        """
        self._corpus, self._numbers, self.core = corpus, numbers, stored.core
        self._scale, self._levels = stored.scale, stored.levels.astype(float)
        self.needs, self.achievements = stored.needs, stored.achievements
        self._left, self._right = stored.left, stored.right
        there = [
            self.needs[a] in documents
            and self.achievements[b] in documents
            and (still is None or still.get((self.needs[a], self.achievements[b])) == level)
            for a, b, level in zip(self._left, self._right, stored.levels, strict=True)
        ]
        self._there: Flags = np.array(there, dtype=bool)
        self._groups, self._values = stored.groups, stored.values
        self._asked = self._rows(self.needs, Side.NEED, documents)
        self._offered = self._rows(self.achievements, Side.ACHIEVEMENT, documents)
        self._owner = np.array([(owners or {}).get(need, -1) for need in self.needs], dtype=np.int64)
        self._at = {
            Side.NEED: {uid: at for at, uid in enumerate(self.needs)},
            Side.ACHIEVEMENT: {uid: at for at, uid in enumerate(self.achievements)},
        }

    @property
    def known(self) -> int:
        """How many judged pairs still speak."""
        return int(self._there.sum())

    def _rows(self, ids: Sequence[str], side: Side, documents: Mapping[str, Document]) -> Rows:
        found = [documents.get(uid) or Document(uid, side, "") for uid in ids]
        return rows_of(self._corpus.space.table(found), found)

    def _shelf(self, side: Side, rows: Integers | None = None) -> Rows:
        shelf = self._corpus.shelves[side]
        return rows_of(shelf.table, shelf.documents, rows)

    @cached_property
    def _ground(self) -> Ground:
        needs, titles = (
            self._shelf(side, drawn(self._corpus.shelves[side].table, most)) for side, most in MOST.items()
        )
        return Ground(needs, titles)

    @cached_property
    def _views(self) -> Views:
        """Of all needs of the shelf; only achievements that look for needs want them."""
        return self._ground.views(self._shelf(Side.NEED))

    @cached_property
    def _standings(self) -> Standings:
        """Of all achievements of the shelf."""
        return self._ground.standings(self._shelf(Side.ACHIEVEMENT))

    def of(self, query: Document, row: Rows, found: Integers, values: Array) -> "Deep":
        """Candidates for a query: rows of the other side, with their similarities."""
        with threadpool_limits(1):
            side, found = query.side, np.asarray(found, dtype=np.int64)
            other = self._shelf(side.other, found)
            asked, offered = (row, other) if side is Side.NEED else (other, row)
            zeros, every = np.zeros(len(found), dtype=np.int64), np.arange(len(found))
            if side is Side.NEED:
                views, standings, pairs = self._ground.views(row), self._standings.some(found), (zeros, every)
            else:
                views, standings, pairs = self._views.some(found), self._ground.standings(row), (every, zeros)
            documents = self._corpus.shelves[side.other].documents
            mine = self._at[side].get(query.id, -1)
            theirs = np.array([self._at[side.other].get(documents[at].id, -1) for at in found], dtype=np.int64)
            need, offer = (np.array([mine]), theirs) if side is Side.NEED else (theirs, np.array([mine]))
            relation = self._relation(asked, need, offer)
            seen = Seen(
                text=self._numbers.contributions(values),
                values=values,
                traits=of_pairs(self._ground, (asked, views), (offered, standings), pairs),
                kernel=self._kernel(asked, offered, values, relation),
                around=self._around(offered, relation, len(found)),
                warm=np.broadcast_to((relation.near & ~relation.itself).sum(axis=1) >= ENOUGH, len(found)),
            )
        return Deep(self, seen, relation)

    def _relation(self, asked: Rows, need: Integers, offer: Integers) -> "_Relation":
        """How each judged pair stands to each candidate pair; rows are those of the longer side."""
        own = (need[:, None] == self._left) & (need[:, None] >= 0)
        same = (offer[:, None] == self._right) & (offer[:, None] >= 0)
        groups = int(self._groups.max(initial=-1)) + 1
        linked = np.zeros((len(need), groups), dtype=bool)
        near = alike(asked, self._asked)
        for at in range(len(need)):
            linked[at, self._groups[near[at]]] = True
        there = self._there
        return _Relation(own & there, (linked[:, self._groups[self._left]] | own) & there, same & there)

    def _kernel(self, asked: Rows, offered: Rows, values: Array, relation: "_Relation") -> Array:
        made = kernel(
            needs_alike(asked, self._asked)[:, self._left],
            titles_alike(offered, self._offered)[:, self._right],
            self._scale.standard(values),
            self._values,
        ).astype(np.float64)
        made[~np.broadcast_to(self._there, made.shape) | relation.itself] = 0
        return made

    def _around(self, offered: Rows, relation: "_Relation", count: int) -> Array:
        out = np.full((count, WIDE), np.nan)
        near, itself = (np.broadcast_to(part, (count, len(self._left))) for part in (relation.near, relation.itself))
        general = float(self._levels.mean()) if len(self._levels) else 0.0
        likeness = offered.title_latent @ self._offered.title_latent.T
        alone = len(relation.near) == 1
        every = np.arange(count)
        for rows in [every] if alone and count else every[:, None]:
            known = np.flatnonzero(near[rows[0]])
            if len(known):
                likes = likeness[np.ix_(rows if len(likeness) > 1 else every[:1], self._right[known])]
                own = itself[np.ix_(rows, known)]
                out[rows] = around(likes, own, self._levels[known], general)
        return out

    def told(self, parts: Parts, relation: "_Relation", rows: Integers) -> list[Told]:
        """The parts of some candidates under the keys they are shown by; `parts` are of `rows` in their order."""
        names = self.core.names(warm=True)
        keys = [family(name) for name in names]
        count = len(parts.base)
        own, near, same = relation.of(rows, count)
        groups = np.where(own, OWN, np.where(near, NEAR, np.where(same, SAME, REST)))
        return [self._one(parts, at, keys, groups[at]) for at in range(count)]

    def _one(self, parts: Parts, at: int, keys: Sequence[str], groups: Integers) -> Told:
        judged = parts.judged[at]
        most = np.abs(judged).max(axis=0) if judged.shape[1] else np.zeros(0)
        kept = [int(j) for j in np.argsort(-most, kind="stable")[:NAMED] if most[j] > 0]
        rest = judged.copy()
        rest[:, kept] = 0
        levels: dict[int, dict[str, float]] = {}
        for cut, level in enumerate(CUTS):
            found = dict(zip(NAMES, parts.text[at, cut].tolist(), strict=True))
            for key, value in zip(keys, parts.trees[at, cut].tolist(), strict=True):
                found[key] = found.get(key, 0.0) + value
            for group, name in enumerate(GROUPS):
                found[JUDGED + name] = float(rest[cut, groups == group].sum())
            levels[level] = {**found, BASE: float(parts.base[at, cut])}
        named = tuple(
            (self.needs[self._left[j]], self.achievements[self._right[j]], GROUPS[groups[j]],
             tuple(judged[:, j].tolist()))
            for j in kept
        )  # fmt: skip
        owners = {GROUPS[group]: self._owners(self._there & (groups == group)) for group in (NEAR, SAME)}
        return Told(levels, named, owners)

    def _owners(self, pairs: Flags) -> int:
        found = np.unique(self._owner[self._left[pairs]])
        return int((found >= 0).sum())


@dataclass(frozen=True, slots=True)
class _Relation:
    """Which judged pairs are of the need itself, of it or a near-duplicate, of the same achievement."""

    own: Flags
    near: Flags
    same: Flags

    @property
    def itself(self) -> Flags:
        """The judged pair is the candidate pair."""
        return np.asarray(self.own & self.same)

    def of(self, rows: Integers, count: int) -> tuple[Flags, Flags, Flags]:
        """For some candidates."""

        def some(flags: Flags) -> Flags:
            return np.broadcast_to(flags if len(flags) == 1 else flags[rows], (count, flags.shape[1]))

        return some(self.own), some(self.near), some(self.same)


class Deep:
    """What the stack makes of the candidates of one query."""

    def __init__(self, live: Live, seen: Seen, relation: _Relation) -> None:
        """Made by `Live.of`."""
        self._live, self._seen, self._relation = live, seen, relation
        with threadpool_limits(1):
            self.log_odds = live.core.log_odds(seen)
        """Of level ≥ 2, 3, 4 without signals, shape (candidates, 3)."""

    def told(self, rows: Sequence[int] | Integers) -> list[Told]:
        """The parts of some candidates."""
        at = np.asarray(rows, dtype=np.int64)
        with threadpool_limits(1):
            return self._live.told(self._live.core.parts(self._seen.some(at)), self._relation, at)
