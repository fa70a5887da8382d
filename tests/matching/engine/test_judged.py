"""A reason acts on what it names, and what it adds is all that moves."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from mengkeju.kernel.reasons import REASONS
from mengkeju.matching.engine import hashed, judged, latent
from mengkeju.matching.engine.judged import GOOD, MATURITY, TERMS, TOPIC, Base, Entry, Lesson
from mengkeju.search.engine.vectors import TextVectors

CUTS = (-0.3, 2.4, 3.9)
TITLES = ("气化细渣提取精碳", "气化细渣提取精碳填料", "气化细渣脱水", "马铃薯脱毒种薯", "")


def entries(score: float = 2.0) -> list[Entry]:
    vectors = TextVectors()
    rows = vectors.fit(TITLES)
    stages = ("early", "early", "middle", "mature", "")
    return [
        Entry(at, hashed.pack(rows[at], vectors.terms), stages[at], Base(score, CUTS, maturity=0.5, budget=-0.5))
        for at in range(len(TITLES))
    ]


def sums(found: list[judged.Moved]) -> list[float]:
    return [sum(value for _at, value in moved.parts) for moved in found]


def test_a_rejected_topic_moves_what_is_like_it_and_nothing_else() -> None:
    made = entries()
    moved = sums(judged.learn(made, [Lesson(made[0], TOPIC)]))
    assert moved[1] < moved[2] < 0
    assert abs(moved[3]) < 1e-9, "nothing in common"
    assert moved[4] == 0, "no title"
    assert moved[0] == 0, "what was judged itself stays where it is"


def test_a_good_word_moves_up_and_a_contract_more_than_a_click() -> None:
    made, strengths = entries(), judged.settings().positive
    found = [sums(judged.learn(made, [Lesson(made[0], GOOD, strengths[how])]))[1] for how in ("suits", "signed")]
    assert 0 < found[0] < found[1]


def test_parts_add_up_to_the_log_odds_of_the_level() -> None:
    made = entries()
    lessons = [Lesson(made[0], TOPIC), Lesson(made[3], MATURITY), Lesson(made[4], TERMS)]
    for entry, moved in zip(made, judged.learn(made, lessons), strict=True):
        score = entry.base.score + sum(value for _at, value in moved.parts)
        assert np.allclose(expit(score - np.array(CUTS)), moved.chances, atol=1e-12)
        assert moved.expected == pytest.approx(1 + sum(moved.chances), abs=1e-12)


def test_too_early_moves_early_stages_and_leaves_the_topic_alone() -> None:
    made, step = entries(), judged.settings().maturity["step"]
    moved = sums(judged.learn(made, [Lesson(replace(made[2], key=99), MATURITY)]))
    assert moved[:3] == pytest.approx([-step] * 3), "the same stage or an earlier one"
    assert moved[3:] == [0, 0], "ready, or not stated"
    of_early = sums(judged.learn(made, [Lesson(replace(made[0], key=99), MATURITY)]))
    assert of_early[2] == 0, "a later stage than the judged one"
    late = [replace(entry, base=replace(entry.base, maturity=-0.5)) for entry in made]
    more = sums(judged.learn(late, [Lesson(replace(made[0], key=99), MATURITY)]))
    assert more[2:] == pytest.approx([-0.5 * judged.settings().maturity["raise"]] * 3), "little time left weighs more"


def test_terms_weigh_what_speaks_against_price_and_time_and_stay_bounded() -> None:
    made, figures = entries(), judged.settings().terms
    one = sums(judged.learn(made, [Lesson(replace(made[0], key=99), TERMS)]))
    assert one == pytest.approx([-0.5 * figures["budget"]] * len(made)), "enough time is no reason to move up"
    over = [replace(e, base=replace(e.base, budget=-1.0, maturity=-1.0)) for e in made]
    many = sums(judged.learn(over, [Lesson(replace(made[0], key=99), TERMS) for _ in range(9)]))
    assert many == pytest.approx([-figures["most"]] * len(made))


def test_a_word_on_a_near_duplicate_counts_less_and_moves_the_judged_one_too() -> None:
    made = entries()
    own, near = Lesson(made[0], TOPIC), judged.weaker(Lesson(made[0], TOPIC))
    assert sums(judged.learn(made, [own]))[1] < sums(judged.learn(made, [near]))[1] < 0
    assert sums(judged.learn(made, [near]))[0] < 0


def test_nothing_said_moves_nothing() -> None:
    made = entries()
    assert [(m.parts, m.chances) for m in judged.learn(made, [])] == [
        (moved.parts, moved.chances) for moved in [judged.standing(e.base, []) for e in made]
    ]
    assert judged.learn([], [Lesson(made[0], TOPIC)]) == []


def test_every_reason_acts_on_something_known() -> None:
    assert {reason.acts_on for reason in REASONS.values()} <= {*judged.ACTING, "description", "none"}
    assert judged.settings().sharing.organisations >= 3


def rows_of(space: str, latents: Sequence[Sequence[float]]) -> list[Entry]:
    return [
        replace(entry, latent=latent.pack(np.array(row, dtype=np.float32)), space=space)
        for entry, row in zip(entries(), latents, strict=True)
    ]


CLOSE = ([1, 0], [0, 1], [0, 1], [1, 0], [0, 0])
"""Rows that say the opposite of the n-grams: the first and the fourth are one, the first two have nothing in common."""


def test_titles_are_compared_in_the_latent_space_where_all_have_rows_of_it() -> None:
    made = rows_of("one", CLOSE)
    moved = sums(judged.learn(made, [Lesson(replace(made[0], key=99), TOPIC)]))
    assert moved[3] == moved[0] < 0
    assert moved[1] == moved[2] == moved[4] == 0


def test_a_title_of_another_space_or_of_none_is_compared_by_its_ngrams() -> None:
    made, plain = rows_of("one", CLOSE), entries()
    lesson = Lesson(replace(made[0], key=99), TOPIC)
    mixed = [made[0], replace(made[1], space="before"), replace(made[2], latent=b"", space=""), *made[3:]]
    moved = sums(judged.learn(mixed, [lesson]))
    by_grams = sums(judged.learn(plain, [Lesson(replace(plain[0], key=99), TOPIC)]))
    assert moved[1:3] == pytest.approx(by_grams[1:3])
    assert moved[3] == moved[0] < 0


def test_judged_titles_of_different_spaces_are_all_compared_by_their_ngrams() -> None:
    made, plain = rows_of("one", CLOSE), entries()
    stale = replace(made[2], space="before")
    moved = sums(judged.learn(made, [Lesson(made[0], TOPIC), Lesson(stale, GOOD)]))
    by_grams = sums(judged.learn(plain, [Lesson(plain[0], TOPIC), Lesson(plain[2], GOOD)]))
    assert moved == pytest.approx(by_grams)


def test_judgements_in_the_latent_space_contradict_and_settle() -> None:
    made = rows_of("one", CLOSE)
    lessons = [Lesson(replace(made[0], key=98), TOPIC), Lesson(replace(made[0], key=99), GOOD)]
    one, other = (sums(judged.learn(made, lessons[n : n + 1]))[3] for n in (0, 1))
    assert min(one, other) < sums(judged.learn(made, lessons))[3] < max(one, other)
