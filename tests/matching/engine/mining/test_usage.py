"""Words used alike."""

from dataclasses import replace

import numpy as np

from mengkeju.matching.engine.mining import usage
from mengkeju.matching.engine.mining.settings import settings
from mengkeju.matching.engine.mining.words import Text

TOPICS = (("玉米", "苞谷", ("播种", "灌溉", "施肥", "虫害", "产量", "秸秆")),
          ("风机", "风力机", ("叶片", "塔筒", "齿轮箱", "并网", "偏航", "变桨")),
          ("奶粉", "乳粉", ("喷雾", "干燥", "均质", "蛋白", "发酵", "牧场")))  # fmt: skip


def texts(count: int = 240) -> list[Text]:
    """Each text says one of the two names of its thing and some of its other words."""
    random = np.random.default_rng(0)
    made = []
    for at in range(count):
        one, other, around = TOPICS[at % len(TOPICS)]
        said = "，".join(random.choice(around, 4, replace=False))
        made.append(Text(f"{at:04d}", f"{(one, other)[at // 3 % 2]}，{said}"))
    return made


FIGURES = replace(settings(), least_compared=100)
VOCABULARY = {word: 10 for one, other, around in TOPICS for word in (one, other, *around)}


def test_two_names_of_one_thing_are_used_alike() -> None:
    found = usage.alike(usage.stand(texts(), VOCABULARY, FIGURES), FIGURES, frozenset())
    assert ("玉米", "苞谷") in found
    assert all(FIGURES.likeness <= cosine <= 1.0001 for cosine in found.values())


def test_words_of_one_list_are_two_things() -> None:
    used = usage.stand(texts(), VOCABULARY, FIGURES)
    assert ("玉米", "苞谷") not in usage.alike(used, FIGURES, {("玉米", "苞谷")})


def test_words_that_stand_together_are_two_things() -> None:
    both = [Text(f"b{at}", "玉米，苞谷，播种，灌溉") for at in range(10)]
    found = usage.alike(usage.stand([*texts(), *both], VOCABULARY, FIGURES), FIGURES, frozenset())
    assert ("玉米", "苞谷") not in found


def test_few_texts_say_nothing() -> None:
    assert usage.alike(usage.stand(texts(30), VOCABULARY, FIGURES), FIGURES, frozenset()) == {}
    assert usage.alike(usage.stand([], {}, FIGURES), FIGURES, frozenset()) == {}


def test_a_shortened_word() -> None:
    assert usage.is_shortened("电动汽车", "电动车")
    assert not usage.is_shortened("电动车", "汽车")
    assert not usage.is_shortened("电动车", "电动车")
