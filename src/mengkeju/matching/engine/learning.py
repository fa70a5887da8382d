"""Learning weights from the site's own outcomes: the likeliest numbers, with the model in use as the prior mean.

The score of a pair is Σ u·(likeness − mean)/scale + Σ s·signal, P(level ≥ k) = σ(score − cut_k), as everywhere.
Found is the mode of the posterior: weighted log likelihood of the labels plus a normal prior around the numbers
the learning starts from (`outcomes.Spread` wide). With few labels the numbers stay where they were.

A label whose reason names a signal moves only what that signal weighs: first everything is fitted to the labels of
the whole pair, then for each such reason the named weights alone, with the rest held. Nothing is drawn at random.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine.levels import CUTS
from mengkeju.matching.engine.outcomes import Label, Position, Seen, Settings

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is learned: a weight per likeness (in its standard deviations), per signal, and the three cuts."""

    text: Array
    signals: Array
    cuts: Array

    def probabilities(self, text: Array, signals: Array, limit: float) -> Array:
        """P(level ≥ 2, 3, 4) of pairs as the site shows them: signals together stay within ±limit."""
        added = signals @ self.signals
        score = text @ self.text + np.clip(added, -limit, limit)
        return np.asarray(expit(score[:, None] - self.cuts))


@dataclass(frozen=True, slots=True)
class Examples:
    """Labelled pairs as numbers, a row per label. `text` is standardised, `signals` lie in [−1, 1]."""

    labels: tuple[Label, ...]
    text: Array
    signals: Array
    weights: Array

    @property
    def levels(self) -> Integers:
        """The level of each label."""
        return np.array([label.level for label in self.labels], dtype=np.int64)

    def where(self, kept: Sequence[bool] | NDArray[np.bool_]) -> "Examples":
        """These rows only."""
        mask = np.asarray(kept, dtype=bool)
        chosen = tuple(label for label, keep in zip(self.labels, mask, strict=True) if keep)
        return Examples(chosen, self.text[mask], self.signals[mask], self.weights[mask])

    def whole(self) -> "Examples":
        """The labels that speak of the pair as a whole."""
        return self.where([not label.teaches for label in self.labels])


def fit(start: Numbers, examples: Examples, signal_keys: Sequence[str], settings: Settings) -> Numbers:
    """The likeliest numbers, drawn towards `start`. Without a label they are `start`."""
    whole = examples.whole()
    found = _fit(start, start, whole, np.ones(len(start.signals), dtype=bool), settings, others=True)
    for rule in settings.rules.values():
        mine = examples.where([label.source == rule.source for label in examples.labels]) if rule.teaches else None
        if mine is not None and len(mine.labels):
            free = np.isin(np.array(signal_keys), rule.teaches)
            found = _fit(start, found, _both(whole, mine), free, settings, others=False)
    return found


def _both(one: Examples, other: Examples) -> Examples:
    return Examples(
        (*one.labels, *other.labels),
        np.vstack([one.text, other.text]),
        np.vstack([one.signals, other.signals]),
        np.concatenate([one.weights, other.weights]),
    )


def _fit(
    prior: Numbers, here: Numbers, examples: Examples, free: NDArray[np.bool_], settings: Settings, *, others: bool
) -> Numbers:
    """Move the free signals, and with `others` the likenesses and cuts too; the rest stays as it is `here`."""
    if not len(examples.labels):
        return here
    spread = settings.spread
    columns = np.hstack([examples.text, examples.signals]) if others else examples.signals[:, free]
    mean = np.concatenate([prior.text, prior.signals]) if others else prior.signals[free]
    wide = np.where(np.arange(len(mean)) < (len(prior.text) if others else 0), spread.text, spread.signal)
    held = 0.0 if others else examples.text @ here.text + examples.signals[:, ~free] @ here.signals[~free]
    most = [None] * len(prior.text) + [settings.most_signal] * len(prior.signals) if others else (
        [settings.most_signal] * int(free.sum())
    )  # fmt: skip
    task = _Task(columns, examples.levels, examples.weights, np.asarray(held), mean, wide, prior.cuts, spread.cut)
    first = np.concatenate([mean, _pack(prior.cuts)]) if others else here.signals[free]
    bounds = [(0.0, upper) for upper in most] + ([(None, None)] * CUTS if others else [])
    fixed = None if others else here.cuts
    with threadpool_limits(1):  # two dozen numbers: threads would only wait for each other
        found = minimize(task.loss, first, args=(fixed,), jac=True, method="L-BFGS-B", bounds=bounds,
                         options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-8})  # fmt: skip
    if not others:
        signals = here.signals.copy()
        signals[free] = found.x
        return Numbers(here.text, signals, here.cuts)
    size = len(prior.text)
    return Numbers(found.x[:size], found.x[size:-CUTS], _unpack(found.x[-CUTS:]))


@dataclass(frozen=True, slots=True)
class _Task:
    """Penalised negative log-likelihood of some numbers and its gradient."""

    columns: Array
    levels: Integers
    weights: Array
    held: Array
    mean: Array
    wide: Array
    cut_mean: Array
    cut_wide: float

    def loss(self, x: Array, fixed: Array | None) -> tuple[float, Array]:
        """`x`: the weights, then the packed cuts unless these are `fixed`."""
        numbers = x if fixed is not None else x[:-CUTS]
        cuts = fixed if fixed is not None else _unpack(x[-CUTS:])
        reached = expit((self.columns @ numbers + self.held)[:, None] - cuts)
        padded = np.column_stack([np.ones(len(self.levels)), reached, np.zeros(len(self.levels))])
        at = np.arange(len(self.levels))
        mass = np.maximum(padded[at, self.levels - 1] - padded[at, self.levels], _LEAST)
        slope = padded * (1 - padded)
        above, below = slope[at, self.levels - 1] / mass, slope[at, self.levels] / mass
        away = (numbers - self.mean) / self.wide
        loss = -(self.weights * np.log(mass)).sum() + 0.5 * (away @ away)
        gradient = self.columns.T @ (self.weights * (below - above)) + away / self.wide
        if fixed is not None:
            return float(loss), np.asarray(gradient)
        by_cut = np.zeros((len(self.levels), CUTS + 2))
        by_cut[at, self.levels - 1] += above
        by_cut[at, self.levels] -= below
        off = (cuts - self.cut_mean) / self.cut_wide
        slopes = (self.weights[:, None] * by_cut[:, 1:-1]).sum(axis=0) + off / self.cut_wide
        tail = slopes[::-1].cumsum()[::-1]
        steps = np.concatenate([tail[:1], tail[1:] * np.exp(x[-CUTS:][1:])])
        return float(loss + 0.5 * (off @ off)), np.concatenate([gradient, steps])


def _pack(cuts: Array) -> Array:
    """Cuts as a first value and logarithms of the steps, so that any numbers are in order."""
    return np.concatenate([cuts[:1], np.log(np.maximum(np.diff(cuts), 1e-6))])


def _unpack(packed: Array) -> Array:
    return np.asarray(np.cumsum(np.concatenate([packed[:1], np.exp(packed[1:])])))


def propensities(seen: Sequence[Seen], position: Position) -> Array:
    """How often each place is opened compared with the first, at equal band; all 1 with too few showings.

    Entry r−1 is place r; the last one stands for every place beyond. What a place is opened is divided by what its
    bands are opened anywhere, so that better proposals standing higher do not pass for the pull of the place;
    it never rises along the list.
    """
    if len(seen) < position.least_showings:
        return np.ones(position.places)
    ranks = np.array([min(rank, position.places) - 1 for rank, _band, _opened in seen])
    opened = np.array([was for _rank, _band, was in seen], dtype=float)
    bands = np.unique(np.array([band for _rank, band, _opened in seen]), return_inverse=True)[1]
    usual = np.bincount(bands, opened) / np.bincount(bands)
    expected = np.bincount(ranks, usual[bands], minlength=position.places)
    there = np.bincount(ranks, opened, minlength=position.places)
    prior = position.prior * float(opened.mean())
    if not prior:
        return np.ones(position.places)
    ratio = (there + prior) / (expected + prior)
    fallen = isotonic_regression(ratio, weights=expected + prior, increasing=False).x
    return np.asarray(fallen / fallen[0])


def weigh(labels: Sequence[Label], propensity: Array, position: Position) -> Array:
    """What each label counts: its rule's weight over the pull of the place it was found at, bounded."""
    pull = [1.0 if x.rank is None else float(propensity[min(x.rank, len(propensity)) - 1]) for x in labels]
    return np.array([x.weight * min(position.most, 1 / p) for x, p in zip(labels, pull, strict=True)])
