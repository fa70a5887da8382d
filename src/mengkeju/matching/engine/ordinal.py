"""Cumulative logistic regression: how strongly a pair matches, on the levels 1 (none) … 4 (strong).

P(level ≥ k) = σ(score − cut_k) with one linear score for all cuts k = 2, 3, 4, so that the three
probabilities fall with k by construction and one list of contributions explains all of them.
A model is plain numbers and is stored as JSON.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from threadpoolctl import threadpool_limits

from mengkeju.matching.engine.levels import CUTS, EVEN, LEVELS

Array = NDArray[np.float64]
SCHEMA = "mengkeju.matching.ordinal"
VERSION = 1
RIDGE = 0.04  # penalty per training pair; spreads weight over likenesses that overlap
FLAT = 1e-9  # a feature with less spread than this says nothing


@dataclass(frozen=True, slots=True)
class OrdinalModel:
    """Fitted coefficients. The score is Σ weight·(value − mean)/scale, in log-odds."""

    version: str
    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    cuts: tuple[float, float, float]

    def contributions(self, values: Array) -> Array:
        """What each feature adds to the score, in log-odds; shape as `values` (pairs, features)."""
        standard = (np.asarray(values, dtype=float) - self.means) / self.scales
        return np.asarray(standard * self.weights)

    def score(self, values: Array) -> Array:
        """The linear score of each pair, in log-odds, before any cut is taken off."""
        return np.asarray(self.contributions(values).sum(axis=1))

    def probabilities(self, score: Array) -> Array:
        """P(level ≥ 2), P(≥ 3), P(≥ 4) for each score, shape (pairs, 3), falling along a row."""
        return np.asarray(expit(np.asarray(score, dtype=float)[:, None] - np.array(self.cuts)))

    def to_json(self) -> str:
        """The model as one JSON object, with schema and version."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name != "version"}
        head = {"schema": SCHEMA, "schema_version": VERSION, "model": self.version}
        return json.dumps({**head, **fields}, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> OrdinalModel:
    """Read what `to_json` wrote. ValueError names what does not fit."""
    data: Mapping[str, Any] = json.loads(text)
    if data.get("schema") != SCHEMA or data.get("schema_version") != VERSION:
        raise ValueError(f"不是本版本的匹配模型文件：{data.get('schema')}")
    names = tuple(str(name) for name in data["names"])
    columns = {k: tuple(float(v) for v in data[k]) for k in ("means", "scales", "weights")}
    first, second, third = (float(cut) for cut in data["cuts"])
    if any(len(column) != len(names) for column in columns.values()):
        raise ValueError("匹配模型文件的系数个数与特征个数不一致")
    if not first <= second <= third:
        raise ValueError("匹配模型文件的分界值未按升序排列")
    return OrdinalModel(
        str(data["model"]), names, columns["means"], columns["scales"], columns["weights"],
        (first, second, third),
    )  # fmt: skip


def expected_level(probabilities: Array) -> Array:
    """1 + P(≥2) + P(≥3) + P(≥4): the mean level, between 1 and 4."""
    return np.asarray(1 + probabilities.sum(axis=1))


def median_level(probabilities: Array) -> NDArray[np.int64]:
    """The highest level that is reached with probability at least one half."""
    return np.asarray(1 + (probabilities >= EVEN).sum(axis=1), dtype=np.int64)


def fit(
    values: Array,
    levels: Sequence[int] | NDArray[np.int64],
    names: Sequence[str],
    *,
    version: str,
    ridge: float = RIDGE,
) -> OrdinalModel:
    """Maximum likelihood with a ridge penalty on the weights of standardised features.

    Weights are kept ≥ 0: every feature is a likeness, and likeness never speaks against a match.

    `values` has shape (pairs, features), `levels` the labels 1–4. A level that never occurs gets
    a cut from a small count added to every level, so that all probabilities stay inside (0, 1).
    ValueError when there is no pair, a label outside 1–4, or a value that is not finite.
    """
    matrix, labels = np.asarray(values, dtype=float), np.asarray(levels, dtype=np.int64)
    if len(labels) == 0:
        raise ValueError("没有可用于训练的样本")
    if not np.isin(labels, LEVELS).all():
        raise ValueError("关联度只能是 1、2、3、4")
    if not np.isfinite(matrix).all():
        raise ValueError("训练样本的相似度含有无效数值")
    means, scales = matrix.mean(axis=0), matrix.std(axis=0)
    scales[scales < FLAT] = 1.0
    standard = (matrix - means) / scales
    start = np.concatenate([np.zeros(matrix.shape[1]), _pack(_starting_cuts(labels))])
    with threadpool_limits(1):  # fifteen numbers: threads would only wait for each other
        found = minimize(
            _loss,
            start,
            args=(standard, labels, ridge * len(labels)),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * matrix.shape[1] + [(None, None)] * CUTS,
            options={"maxiter": 500},
        )
    weights, cuts = found.x[:-CUTS], _unpack(found.x[-CUTS:])
    return OrdinalModel(
        version, tuple(names), tuple(means.tolist()), tuple(scales.tolist()),
        tuple(weights.tolist()), (float(cuts[0]), float(cuts[1]), float(cuts[2])),
    )  # fmt: skip


def _starting_cuts(labels: NDArray[np.int64]) -> Array:
    counts = np.bincount(labels, minlength=CUTS + 2)[1:] + 0.5
    reached = counts[::-1].cumsum()[::-1][1:] / counts.sum()
    return np.asarray(np.log((1 - reached) / reached))


def _pack(cuts: Array) -> Array:
    """Cuts as a first value and logarithms of the steps, so that any numbers are in order."""
    return np.concatenate([cuts[:1], np.log(np.maximum(np.diff(cuts), 1e-6))])


def _unpack(packed: Array) -> Array:
    return np.asarray(np.cumsum(np.concatenate([packed[:1], np.exp(packed[1:])])))


def _loss(x: Array, standard: Array, labels: NDArray[np.int64], ridge: float) -> tuple[float, Array]:
    """Penalised negative log-likelihood and its gradient."""
    weights, packed = x[:-CUTS], x[-CUTS:]
    cuts = _unpack(packed)
    above = expit((standard @ weights)[:, None] - cuts)
    padded = np.column_stack([np.ones(len(labels)), above, np.zeros(len(labels))])
    at = np.arange(len(labels))
    mass = np.maximum(padded[at, labels - 1] - padded[at, labels], 1e-12)
    slope = padded * (1 - padded)  # derivative of each σ by its argument; zero at both ends
    by_score = -(slope[at, labels - 1] - slope[at, labels]) / mass
    by_cut = np.zeros((len(labels), CUTS + 2))
    by_cut[at, labels - 1] += slope[at, labels - 1] / mass
    by_cut[at, labels] -= slope[at, labels] / mass
    cut_gradient = by_cut[:, 1:-1].sum(axis=0)
    steps = np.exp(packed[1:])
    tail = cut_gradient[::-1].cumsum()[::-1]
    packed_gradient = np.concatenate([tail[:1], tail[1:] * steps])
    # A faint pull keeps the cut of a level without any label finite.
    pull = 1e-3 * packed
    loss = -np.log(mass).sum() + 0.5 * ridge * (weights @ weights) + 0.5e-3 * (packed @ packed)
    gradient = np.concatenate([standard.T @ by_score + ridge * weights, packed_gradient + pull])
    return float(loss), gradient
