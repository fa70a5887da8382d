"""How complete a need is stated, and what the owner is advised to write next."""

from pathlib import Path
from typing import Any

import pytest

from mengkeju.listings.engine import completeness
from mengkeju.listings.engine.completeness import RULES, load, measure, too_little
from mengkeju.listings.kinds import kinds

FULL: dict[str, Any] = {
    "title": "气化细渣脱碳",
    "summary": "水煤浆气化每年副产细渣 6 万吨，含碳高，建材厂不收",
    "field": "solid_waste_use",
    "present": "含碳 32%",
    "measures": [{"name": "烧失量", "now": "32", "target": "≤8", "unit": "%"}],
    "constraints": "不能停产",
    "tried": "试过浮选",
    "price_low": "2000000",
    "deadline": "2027-06-30",
    "modes": ["licence"],
    "ip_wish": "可共有",
}


def percent(**values: Any) -> int:
    found = measure("need", values)
    assert found is not None
    return found.percent


def advice(**values: Any) -> list[str]:
    found = measure("need", values)
    assert found is not None
    return [part.advice for part in found.advice]


def test_nothing_is_nothing_and_everything_is_a_hundred() -> None:
    assert percent() == 0
    assert percent(**FULL) == 100
    assert advice(**FULL) == []


@pytest.mark.parametrize("key", sorted(RULES["need"].weights))
def test_every_part_costs_its_weight_and_says_what_to_do(key: str) -> None:
    asked = {"problem": ("summary",), "target": ("measures",), "present": ("present", "measures")}
    budget = {"budget": ("price_low",), "ip": ("ip_wish",)}
    left = {k: v for k, v in FULL.items() if k not in (asked | budget).get(key, (key,))}
    if key == "present":  # the target stands without a present value
        left["measures"] = [{"name": "烧失量", "target": "≤8", "unit": "%"}]
    found = measure("need", left)
    assert found is not None
    (part,) = found.advice
    assert (part.key, found.percent) == (key, 100 - RULES["need"].weights[key])
    assert len(part.advice) > 8
    assert part.topic in {topic.key for topic in kinds["need"].topics}


@pytest.mark.parametrize(
    ("target", "earned", "said"),
    [
        ("烧失量不高于 8%", 25, ""),
        ("处理成本降到 60 元/吨", 25, ""),
        ("能耗 3 kWh", 25, ""),
        ("烧失量不高于 8", 15, "目标有数没单位，供方无法判断能否做到"),
        ("越低越好", 10, "目标没有数值，供方无法判断能否做到"),
        ("", 0, "没写要达到什么，供方无法判断能否做到"),
    ],
)
def test_a_target_needs_a_figure_with_a_unit(target: str, earned: int, said: str) -> None:
    assert percent(target=target) == earned
    assert (said in advice(target=target)) is bool(said)


def test_a_measure_without_figure_earns_little() -> None:
    assert percent(measures=[{"name": "烧失量", "target": "越低越好", "unit": "%"}]) == 10
    assert percent(measures=[{"name": "烧失量", "target": "8", "unit": "%"}]) == 25


def test_negotiable_is_a_budget() -> None:
    assert percent(negotiable="yes") == percent(price_high="100") == 10
    assert percent(negotiable="no") == 0


def test_the_weightiest_advice_comes_first() -> None:
    found = measure("need", {"title": "气化细渣脱碳"})
    assert found is not None
    assert [part.key for part in found.advice][:2] == ["target", "problem"]


def test_ten_characters_are_too_little_for_anybody() -> None:
    assert "10" in too_little("need", {"title": "脱碳", "summary": "细渣含碳太高怎么办呢"})
    assert too_little("need", FULL) == ""
    assert too_little("achievement", {}) == ""
    assert measure("achievement", {}) is None


TALENT: dict[str, dict[str, Any]] = {
    "post": {
        "title": "浮选实习生",
        "summary": "跟着研发组做水煤浆气化细渣的浮选试验，整理数据，写一份报告",
        "work": ["实习"],
        "majors": ["m0815"],
        "degree": "bachelor",
        "number": "3 人",
        "skills": "浮选试验",
        "begins": "2027-03-01",
        "ends": "2027-06-30",
        "pay_low": "3000",
        "requirements": "做过浮选试验",
        "tutor": "研发中心高级工程师",
    },
    "cohort": {
        "title": "矿物加工 2027 届",
        "summary": "矿物加工工程 2027 届本科生，做过浮选和磁选课程设计，想去选矿厂实习",
        "work": ["实习"],
        "majors": ["m0815"],
        "degree": ["bachelor"],
        "number": "26 人",
        "skills": "浮选试验",
        "begins": "2027-03-01",
        "ends": "2027-06-30",
        "directions": "选矿厂工艺岗",
        "arrangement": "带队老师一名，学校买保险",
    },
}
TELLS = {"duties": "summary", "students": "summary", "period": "begins", "pay": "pay_low"}


@pytest.mark.parametrize("kind", TALENT)
def test_posts_and_groups_of_students_have_rules_of_their_own(kind: str) -> None:
    whole, nothing = measure(kind, TALENT[kind]), measure(kind, {})
    assert whole is not None
    assert nothing is not None
    assert (whole.percent, whole.advice, nothing.percent) == (100, [], 0)
    assert sum(RULES[kind].weights.values()) == 100
    fields = {field.key for field in kinds[kind].fields}
    assert {TELLS.get(key, key) for key in RULES[kind].weights} <= fields


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind in TALENT for key in sorted(RULES[kind].weights)])
def test_every_part_of_talent_costs_its_weight_and_stands_on_a_screen(kind: str, key: str) -> None:
    left = {k: v for k, v in TALENT[kind].items() if k != TELLS.get(key, key)}
    found = measure(kind, left)
    assert found is not None
    (part,) = found.advice
    assert (part.key, found.percent) == (key, 100 - RULES[kind].weights[key])
    assert len(part.advice) > 6
    topic = next(topic for topic in kinds[kind].topics if topic.key == part.topic)
    assert TELLS.get(key, key) in topic.fields


def test_an_internship_needs_an_end_and_a_post_for_long_none() -> None:
    open_end = {k: v for k, v in TALENT["post"].items() if k != "ends"}
    internship, for_long = measure("post", open_end), measure("post", open_end | {"work": ["全职"]})
    assert internship is not None
    assert for_long is not None
    assert (internship.percent, for_long.percent) == (95, 100)


def test_talent_never_goes_to_a_broker_first_and_is_never_too_little() -> None:
    for kind in TALENT:
        found = measure(kind, {})
        assert found is not None
        assert found.is_enough
        assert too_little(kind, {}) == ""


def test_the_figures_are_dated_with_their_source(tmp_path: Path) -> None:
    rules = RULES["need"]
    assert sum(rules.weights.values()) == 100
    assert 0 < rules.threshold < 100
    shipped = (Path(completeness.__file__).parent / "completeness.yaml").read_text(encoding="utf-8")
    assert "平台规则" in shipped
    for wrong in (
        shipped.replace("source: 平台规则（自定，无法规依据）", "source: ''"),
        shipped.replace("target: 25", "target: 24"),
        shipped.replace("  ip: 3", "  nothing: 3"),
    ):
        assert wrong != shipped
        path = tmp_path / "completeness.yaml"
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(ValueError, match=r"completeness\.yaml"):
            load(path)
