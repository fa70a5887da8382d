"""A list begins with offers that differ."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mengkeju.matching.engine.variety import Held, behind, is_alike, likeness, varied

LEAST = 0.6
FAMILY = (
    "一种煤矸石制备陶粒的方法",
    "一种煤矸石制备陶粒的装置",
    "煤矸石制备陶粒的方法",
)
OTHERS = ("乳清蛋白膜分离工艺", "风电叶片碳纤维拉挤板材", "盐碱地耐盐牧草种植技术")
TITLES = st.sampled_from((*FAMILY, *OTHERS, "", "。", "A", "Ａ"))
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ENTRIES = st.lists(st.builds(Held, st.sampled_from(("甲", "乙", "")), TITLES), max_size=25)


@pytest.mark.parametrize("one", FAMILY)
@pytest.mark.parametrize("other", FAMILY)
def test_titles_of_a_family_are_alike(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one) >= LEAST
    assert is_alike(Held("甲", one), Held("甲", other), LEAST)
    assert not is_alike(Held("甲", one), Held("乙", other), LEAST)
    assert not is_alike(Held("", one), Held("", other), LEAST), "nobody knows that the holder is the same"


def test_titles_of_different_things_are_not_alike() -> None:
    assert all(likeness(one, other) < LEAST for one in (*FAMILY, *OTHERS) for other in OTHERS if one != other)
    assert likeness("渣", "渣") == 1
    assert likeness("", "") == likeness("。", "。") == 0


def test_the_likest_ones_stand_behind_and_are_told_why() -> None:
    titles = [FAMILY[0], FAMILY[1], OTHERS[0], FAMILY[2], OTHERS[1]]
    entries = [Held("甲", title) for title in titles]
    order = varied(entries, first=10, least=LEAST)
    assert order == [0, 2, 4, 1, 3]
    shown, standing = [entries[at] for at in order], [[4.0, 3.9, 3.0, 2.9, 2.0][at] for at in order]
    assert behind(shown, standing, least=LEAST) == {3: 0, 4: 0}
    assert varied(entries, first=2, least=LEAST) == [0, 2, 1, 3, 4], "the third place is nobody's any more"


def test_where_all_are_alike_nothing_moves() -> None:
    entries = [Held("甲", FAMILY[0])] * 12
    assert varied(entries, first=10, least=LEAST) == list(range(12))
    assert behind(entries, [3.0] * 12, least=LEAST) == {}


@CALM
@given(ENTRIES, st.integers(0, 12))
def test_nothing_is_lost_and_only_the_alike_fall_back(entries: list[Held], first: int) -> None:
    order = varied(entries, first=first, least=LEAST)
    assert sorted(order) == list(range(len(entries)))
    front = order[:first]
    distinct = [at for at in front if not any(is_alike(entries[at], entries[b], LEAST) for b in range(at))]
    assert front[: len(distinct)] == distinct, "what has nothing like it above keeps its order and comes first"
    standing = [float(-at) for at in order]
    told = behind([entries[at] for at in order], standing, least=LEAST)
    for place, at in enumerate(order):
        if place in told:
            assert is_alike(entries[at], entries[order[told[place]]], LEAST)
        assert (place in told) == any(other > at for other in order[:place]), "who falls is told, nobody else is"


@CALM
@given(ENTRIES, st.integers(0, 12))
def test_nobody_is_pushed_down_by_anothers_entries(entries: list[Held], first: int) -> None:
    place = {at: number for number, at in enumerate(varied(entries, first=first, least=LEAST))}
    for at, entry in enumerate(entries):
        if not any(is_alike(entry, other, LEAST) for other in entries[:at]):
            assert place[at] <= at
