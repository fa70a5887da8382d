"""Learning from simulated outcomes on the invented set: numbers move towards the truth, and not without reason."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from scipy.special import expit

from mengkeju.matching.engine import families, heldout, learning, model_files, outcomes, structured
from mengkeju.matching.engine.corpus import Corpus
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.learning import Examples, Numbers
from mengkeju.matching.engine.outcomes import Label
from mengkeju.matching.engine.protocol_files import PairRow

pytestmark = pytest.mark.covers("NED-08")
DAY = date(2026, 9, 1)
KEYS = model_files.signal_keys()
SETTINGS = outcomes.settings()


@pytest.fixture(scope="module")
def start() -> Numbers:
    model = families.shipped()
    numbers = model.cold.ordinal
    return Numbers(
        np.array(numbers.weights), np.array([model.signals[k] for k in KEYS]), np.array(numbers.cuts)
    )  # fmt: skip


@pytest.fixture(scope="module")
def text(corpus: Corpus, pairs: list[PairRow]) -> np.ndarray:
    """The similarities of all invented pairs, standardised as the shipped model does."""
    numbers = families.shipped().cold.ordinal
    needs = {d.id: i for i, d in enumerate(corpus.shelves[Side.NEED].documents)}
    titles = {d.id: i for i, d in enumerate(corpus.shelves[Side.ACHIEVEMENT].documents)}
    left = np.array([needs[p.need_id] for p in pairs], dtype=np.int32)
    right = np.array([titles[p.title] for p in pairs], dtype=np.int32)
    values = corpus.pair_values(left, right)
    return np.asarray((values - np.array(numbers.means)) / np.array(numbers.scales))


def simulate(
    truth: Numbers, text: np.ndarray, pairs: list[PairRow], seed: int, *, times: int = 3, source: str = "topic"
) -> Examples:
    """Levels drawn from the truth for every invented pair, with signals drawn at random."""
    draws = np.random.default_rng(seed)
    rows = np.repeat(text, times, axis=0)
    signals = draws.choice([-1.0, 0.0, 1.0], size=(len(rows), len(KEYS)))
    chances = expit((rows @ truth.text + signals @ truth.signals)[:, None] - truth.cuts)
    levels = 1 + (draws.random(len(rows))[:, None] < chances).sum(axis=1)
    rule = SETTINGS.rules[source]
    labels = tuple(
        Label(p.need_id, f"{p.title}-{i}", source, int(level), 1.0, rule.teaches, DAY, None)
        for i, (p, level) in enumerate(zip(np.repeat(np.array(pairs, dtype=object), times), levels, strict=True))
    )
    return Examples(labels, rows, signals, np.ones(len(rows)))


def test_the_weights_of_signals_move_towards_the_simulated_truth(
    start: Numbers, text: np.ndarray, pairs: list[PairRow]
) -> None:
    truth = replace(start, signals=np.where(np.array(KEYS) == "budget", 0.9, start.signals))
    truth.signals[KEYS.index("cluster")] = 0.0
    found = learning.fit(start, simulate(truth, text, pairs, 1), KEYS, SETTINGS)
    budget, cluster = KEYS.index("budget"), KEYS.index("cluster")
    assert start.signals[budget] + 0.2 < found.signals[budget] <= 0.95
    assert found.signals[cluster] < start.signals[cluster] - 0.15
    others = [i for i in range(len(KEYS)) if i not in {budget, cluster}]
    assert np.abs(found.signals - truth.signals)[others].max() < 0.2
    before, after = (np.abs(n.signals - truth.signals).sum() for n in (start, found))
    assert after < 0.7 * before


def test_without_a_difference_nothing_is_learned_and_without_labels_nothing_moves(
    start: Numbers, text: np.ndarray, pairs: list[PairRow]
) -> None:
    """The control: outcomes drawn from the shipped numbers leave them about where they are."""
    found = learning.fit(start, simulate(start, text, pairs, 2), KEYS, SETTINGS)
    assert np.abs(found.signals - start.signals).max() < 0.2
    assert np.abs(found.text - start.text).max() < 0.15
    nothing = Examples((), text[:0], np.zeros((0, len(KEYS))), np.zeros(0))
    assert learning.fit(start, nothing, KEYS, SETTINGS) == start


def test_the_weights_of_likenesses_move_towards_the_simulated_truth(
    start: Numbers, text: np.ndarray, pairs: list[PairRow]
) -> None:
    truth = replace(start, text=start.text * 3)
    found = learning.fit(start, simulate(truth, text, pairs, 3), KEYS, SETTINGS)
    score = text @ start.text
    slope = float(np.polyfit(score, text @ found.text, 1)[0])
    assert 1.3 < slope < 3


def test_few_labels_hardly_move_anything(start: Numbers, text: np.ndarray, pairs: list[PairRow]) -> None:
    truth = replace(start, signals=np.full(len(KEYS), 1.0))
    many = simulate(truth, text, pairs, 4)
    few = many.where(np.arange(len(many.labels)) < 5)
    apart = [np.abs(learning.fit(start, rows, KEYS, SETTINGS).signals - start.signals).max() for rows in (few, many)]
    assert apart[0] < 0.2 < apart[1]


def test_too_early_moves_the_weight_of_maturity_and_nothing_else(
    start: Numbers, text: np.ndarray, pairs: list[PairRow]
) -> None:
    whole = simulate(start, text, pairs, 5)
    base = learning.fit(start, whole, KEYS, SETTINGS)
    at, count = KEYS.index("maturity"), 60
    signals = np.zeros((count, len(KEYS)))
    signals[:, at] = -1.0  # all of them short of time
    labels = tuple(Label("n", f"a{i}", "maturity", 1, 0.5, ("maturity",), DAY, None) for i in range(count))
    strong = text[np.argsort(-(text @ start.text))[:count]]
    more = Examples(labels, strong, signals, np.full(count, 0.5))
    both = Examples(
        (*whole.labels, *labels), np.vstack([whole.text, strong]), np.vstack([whole.signals, signals]),
        np.concatenate([whole.weights, more.weights]),
    )  # fmt: skip
    found = learning.fit(start, both, KEYS, SETTINGS)
    assert found.signals[at] > base.signals[at] + 0.05
    assert np.delete(found.signals, at) == pytest.approx(np.delete(base.signals, at), abs=1e-12)
    assert found.text == pytest.approx(base.text, abs=1e-12)
    assert found.cuts == pytest.approx(base.cuts, abs=1e-12)


def test_the_gradient_is_that_of_the_loss(start: Numbers, text: np.ndarray, pairs: list[PairRow]) -> None:
    rows = simulate(start, text, pairs, 6, times=1)
    task = learning._Task(
        np.hstack([rows.text, rows.signals]), rows.levels, rows.weights, np.asarray(0.0),
        np.concatenate([start.text, start.signals]), np.full(len(start.text) + len(KEYS), 0.3), start.cuts, 0.1,
    )  # fmt: skip
    x = np.concatenate([start.text + 0.05, start.signals * 0.7, learning._pack(start.cuts + 0.1)])
    exact, small = task.loss(x, None)[1], 1e-6
    for at in range(len(x)):
        step = np.zeros(len(x))
        step[at] = small
        slope = (task.loss(x + step, None)[0] - task.loss(x - step, None)[0]) / (2 * small)
        assert exact[at] == pytest.approx(slope, abs=1e-3)


def test_the_same_outcomes_give_the_same_numbers_and_weights_stay_in_bounds(
    start: Numbers, text: np.ndarray, pairs: list[PairRow]
) -> None:
    truth = replace(start, signals=np.linspace(-2, 2, len(KEYS)))
    rows = simulate(truth, text, pairs, 7)
    one, two = (learning.fit(start, rows, KEYS, SETTINGS) for _ in range(2))
    assert (one.signals == two.signals).all()
    assert (one.text == two.text).all()
    assert (one.cuts == two.cuts).all()
    assert one.signals.min() >= 0
    assert one.signals.max() <= SETTINGS.most_signal
    assert (np.diff(one.cuts) > 0).all()


def test_a_place_opened_for_its_place_counts_less_and_better_proposals_are_not_taken_for_it() -> None:
    draws = np.random.default_rng(0)
    pulled = [(r, "good", bool(draws.random() < 0.6 / r)) for r in range(1, 11) for _ in range(200)]
    pull = learning.propensities(pulled, SETTINGS.position)
    assert pull[0] == 1.0
    assert (np.diff(pull) <= 1e-12).all()
    assert pull[1] == pytest.approx(0.5, abs=0.1)
    assert pull[4] < 0.35
    # No pull of the place at all: only the bands differ, and the better band stands higher.
    by_band = [(r, "strong" if r <= 3 else "maybe", bool(draws.random() < (0.6 if r <= 3 else 0.2)))
               for r in range(1, 11) for _ in range(200)]  # fmt: skip
    assert learning.propensities(by_band, SETTINGS.position)[:10].min() > 0.75
    assert (learning.propensities(pulled[:299], SETTINGS.position) == 1).all()
    never = [(r, "good", False) for r in range(1, 11) for _ in range(50)]
    assert (learning.propensities(never, SETTINGS.position) == 1).all()


def test_a_label_far_down_counts_more_but_not_without_bound() -> None:
    pull = np.linspace(1.0, 0.02, SETTINGS.position.places)
    labels = [Label("n", "a", "intention", 3, 1.0, (), DAY, rank) for rank in (None, 1, 2, 40, 900)]
    weights = learning.weigh(labels, pull, SETTINGS.position)
    assert weights[0] == weights[1] == 1
    assert weights[2] == pytest.approx(1 / pull[1])
    assert weights[3] == weights[4] == SETTINGS.position.most


def test_the_bound_of_the_signals_is_that_of_the_site(start: Numbers) -> None:
    limit = structured.settings().limit
    text = np.zeros((2, len(start.text)))
    signals = np.vstack([np.ones(len(KEYS)), np.zeros(len(KEYS))])
    chances = start.probabilities(text, signals, limit)
    assert chances[0] == pytest.approx(expit(limit - start.cuts))
    assert chances[1] == pytest.approx(expit(-start.cuts))


def test_the_latest_needs_are_held_back_whole() -> None:
    labels = [
        Label(f"n{n}", f"a{k}", "intention", 3, 1.0, (), DAY + timedelta(days=n if k else 0), None)
        for n in range(8) for k in range(5)
    ]  # fmt: skip
    clusters = {f"n{n}": n // 2 for n in range(8)}  # two alike each
    held = heldout.latest(labels, clusters, 0.25)
    assert {x.need for x, out in zip(labels, held, strict=True) if out} == {"n6", "n7"}
    assert not any(heldout.latest(labels, dict.fromkeys(clusters, 0), 0.25)), "one cluster: all of it is for training"
    assert heldout.latest([], {}, 0.25) == []


def test_the_measures_tell_a_good_model_from_a_bad_one() -> None:
    labels = [Label(f"n{n}", f"a{level}", "x", level, 1.0, (), DAY, None) for n in range(5) for level in (1, 2, 3, 4)]
    right = np.array([[level >= 2, level >= 3, level >= 4] for _ in range(5) for level in (1, 2, 3, 4)])
    good = heldout.measure(labels, np.where(right, 0.9, 0.1))
    bad = heldout.measure(labels, np.where(right, 0.1, 0.9)[:, ::-1].cumprod(axis=1))
    assert good["concordance"] == 1
    assert bad["concordance"] == 0
    assert good["ndcg10"] == 1
    assert good["score"] == 1
    for lower in ("log_loss", "calibration"):
        assert (good[lower] or 0) < (bad[lower] or 0)
    only = heldout.measure(labels[:1], np.array([[0.5, 0.3, 0.1]]))
    assert only["concordance"] is None
    assert only["log_loss"] == pytest.approx(-np.log(0.5))
    assert heldout.measure([], np.zeros((0, 3)))["log_loss"] is None
