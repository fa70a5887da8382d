"""How the prediction of the full stack adds up: for each cut of the levels parts that sum to its log-odds.

Half of the log-odds comes from the process over judged pairs, half from boosted trees (`full`). The trees' half is
divided by LightGBM's own contributions (per feature, and a bias). The process works on chances, P = cold + Σ_j k·w_j;
its log-odds are those of the texts, and what the judged pairs add is divided among them as they share in the change
of the chance: each gets k·w_j times the mean slope of the log-odds on the way from the one chance to the other. What
belongs to nobody (cuts, biases, the bound on chances) is the base. P must fall along the levels: where a higher cut
came out likelier than a lower one, the lower one's log-odds, with its parts, count for both.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from mengkeju.matching.engine import traits
from mengkeju.matching.engine.likeness import NAMES

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
CUTS = (2, 3, 4)
SURE = 0.01  # chances are kept this far from 0 and 1 before log-odds are taken
_STILL = 1e-9  # a chance that moved less did not move: the slope is taken where it stands
AROUND = ("mean", "count", "near", "nearest", "nearest_level", "strong")
"""The features of the labels around a pair."""
EVENLY = 0.5  # the trees' share beside the process


def log_odds(chances: Array) -> Array:
    """Of chances kept away from 0 and 1."""
    return np.asarray(logit(np.clip(chances, SURE, 1 - SURE)))


class Trees:
    """Boosted trees, per cut some that are averaged."""

    def __init__(self, models: list[list[Any]]) -> None:
        """`models`: boosters of LightGBM, a list for each cut."""
        self._models = models

    @classmethod
    def read(cls, texts: list[list[str]]) -> "Trees":
        """What `write` gave. LightGBM's error when a text is none of its models."""
        library: Any = import_module("lightgbm")
        return cls([[library.Booster(model_str=text) for text in cut] for cut in texts])

    def write(self) -> list[list[str]]:
        """LightGBM's own text of each."""
        return [[model.model_to_string() for model in cut] for cut in self._models]

    @property
    def width(self) -> set[int]:
        """How many features they read: one number, where they fit together."""
        return {int(model.num_feature()) for cut in self._models for model in cut}

    def gain(self) -> Array:
        """The share of each feature in what all trees gained."""
        found = sum(model.feature_importance("gain") for cut in self._models for model in cut)
        return np.asarray(found / max(float(np.sum(found)), 1e-12))

    def log_odds(self, features: Array) -> Array:
        """Raw scores, shape (pairs, 3)."""
        found = [[model.predict(features, raw_score=True) for model in cut] for cut in self._models]
        return np.array([np.mean(cut, axis=0) for cut in found]).T.reshape(-1, len(CUTS))

    def parts(self, features: Array) -> Array:
        """LightGBM's own contributions, shape (pairs, 3, features + 1); the last one is the bias."""
        found = [[model.predict(features, pred_contrib=True) for model in cut] for cut in self._models]
        return np.stack([np.mean(cut, axis=0) for cut in found], axis=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the stack reads of some pairs.

    `text`: the cold model's contributions by similarity, in log-odds; `values`: the similarities; `traits`; `kernel`:
    what each judged pair says of each; `around`: the labels around; `warm`: enough labels in the need's group.
    """

    text: Array
    values: Array
    traits: Array
    kernel: Array
    around: Array
    warm: Flags

    def some(self, rows: Integers) -> "Seen":
        """These pairs only."""
        return Seen(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts of some pairs, for each cut: `base` + Σ text + Σ trees + Σ judged = log-odds.

    Shapes (pairs, 3) of `base` and `log_odds`, else (pairs, 3, similarities | features | judged pairs).
    """

    base: Array
    text: Array
    trees: Array
    judged: Array
    log_odds: Array

    def total(self) -> Array:
        """What the parts add up to."""
        return np.asarray(self.base + self.text.sum(axis=2) + self.trees.sum(axis=2) + self.judged.sum(axis=2))


@dataclass(frozen=True, slots=True)
class Core:
    """The numbers of a fitted stack: cuts of the cold model, a weight per judged pair and cut, trees warm and cold.

    `share` is the trees' (1: no process, 0: no trees); `reads` which groups of features they read beside the texts.
    """

    cuts: Array
    weights: Array
    warm: Trees | None
    cold: Trees | None
    share: float = EVENLY
    reads: tuple[str, ...] = ("traits", "process", "around")

    def names(self, *, warm: bool) -> tuple[str, ...]:
        """The trees' features in their order."""
        return (
            *NAMES,
            *(traits.NAMES if "traits" in self.reads else ()),
            *("cold:2", "cold:3"),
            *((f"process:{cut}" for cut in CUTS) if "process" in self.reads else ()),
            *((f"around:{name}" for name in AROUND) if warm and "around" in self.reads else ()),
        )

    def features(self, seen: Seen, chances: Array, *, warm: bool) -> Array:
        """What the trees read; `chances` are the process's."""
        parts = [seen.values]
        parts += [seen.traits] if "traits" in self.reads else []
        parts.append(self._cold(seen)[:, :2])
        parts += [chances] if "process" in self.reads else []
        parts += [seen.around] if warm and "around" in self.reads else []
        return np.hstack(parts)

    def _cold(self, seen: Seen) -> Array:
        return np.asarray(expit(seen.text.sum(axis=1)[:, None] - self.cuts))

    def _trees(self, seen: Seen, chances: Array) -> list[tuple[Integers, Trees, Array]]:
        """Rows of the pairs, the trees for them, and what these read."""
        found = []
        for warm, model in ((True, self.warm), (False, self.cold)):
            rows = np.flatnonzero(seen.warm == warm)
            if len(rows) and model is not None:
                found.append((rows, model, self.features(seen.some(rows), chances[rows], warm=warm)))
        return found

    def _unfallen(self, seen: Seen) -> tuple[Array, Array]:
        """Log-odds of each cut by itself, and the process's chances."""
        chances = self._cold(seen) + seen.kernel @ self.weights
        whole = (1 - self.share) * log_odds(chances)
        for rows, model, features in self._trees(seen, chances) if self.share else []:
            whole[rows] += self.share * model.log_odds(features)
        return whole, chances

    def log_odds(self, seen: Seen) -> Array:
        """Of level ≥ 2, 3, 4, shape (pairs, 3), falling along a row."""
        return np.asarray(np.minimum.accumulate(self._unfallen(seen)[0], axis=1))

    def parts(self, seen: Seen) -> Parts:
        """The log-odds with all that they are made of."""
        whole, chances = self._unfallen(seen)
        cold, own = self._cold(seen), 1 - self.share
        moved, before, after = chances - cold, log_odds(cold), log_odds(chances)
        still = np.abs(moved) < _STILL
        inside = (cold > SURE) & (cold < 1 - SURE)
        slope = np.where(
            still, inside / (cold * (1 - cold)).clip(SURE / 2), (after - before) / np.where(still, 1, moved)
        )
        judged = own * (seen.kernel[:, None, :] * self.weights.T) * slope[:, :, None]
        text = np.repeat(own * seen.text[:, None, :], len(CUTS), axis=1)
        base = own * (after - slope * moved - seen.text.sum(axis=1)[:, None])
        trees = np.zeros((len(whole), len(CUTS), len(self.names(warm=True))))
        for rows, model, features in self._trees(seen, chances) if self.share else []:
            found = self.share * model.parts(features)
            trees[rows, :, : features.shape[1]] = found[:, :, :-1]
            base[rows] += found[:, :, -1]
        return _fallen(Parts(base, text, trees, judged, whole))


def _fallen(parts: Parts) -> Parts:
    """Each cut with the parts of the lowest at or below it."""
    fallen = np.minimum.accumulate(parts.log_odds, axis=1)
    at = np.stack([np.argmin(parts.log_odds[:, : cut + 1], axis=1) for cut in range(len(CUTS))], axis=1)
    rows = np.arange(len(at))[:, None]
    return Parts(parts.base[rows, at], parts.text[rows, at], parts.trees[rows, at], parts.judged[rows, at], fallen)
