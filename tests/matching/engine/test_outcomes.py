"""What outcomes teach, by the rules of the data file; the gate; the file of a model."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from mengkeju.kernel.reasons import REASONS
from mengkeju.matching.engine import families, gate, model_files, outcomes, site_card
from mengkeju.matching.engine.model_files import ModelFileError
from mengkeju.matching.engine.outcomes import History

pytestmark = pytest.mark.covers("NED-08")
DAY = date(2026, 11, 1)
LATER = DAY + timedelta(days=30)
RULES = outcomes.settings().rules
GATE = outcomes.settings().gate


def teach(
    *, today: date = LATER, words: tuple[tuple[str, date], ...] = (), **steps: date
) -> list[tuple[str, int, float]]:
    history = History("n", "a", steps, words, 3)
    return [(x.source, x.level, x.weight) for x in outcomes.of(history, today=today, rules=RULES)]


def test_the_furthest_step_counts_and_being_shown_teaches_nothing() -> None:
    assert teach(opened=DAY, intention=DAY, signed=LATER) == [("signed", 4, 1.0)]
    assert teach(opened=DAY, intention=DAY) == [("intention", 3, 1.0)]
    assert teach(shown=DAY) == []
    assert teach() == []


def test_opened_alone_is_weak_and_only_after_two_weeks() -> None:
    assert teach(opened=DAY) == [("opened", 2, 0.2)]
    assert teach(opened=DAY, today=DAY + timedelta(days=13)) == []
    assert teach(opened=DAY, today=DAY + timedelta(days=14)) == [("opened", 2, 0.2)]


def test_a_reason_teaches_what_it_names() -> None:
    assert teach(opened=DAY, words=(("topic", DAY),)) == [("topic", 1, 1.0)]
    early = outcomes.of(History("n", "a", {}, (("maturity", DAY),)), today=LATER, rules=RULES)
    assert [(x.level, x.teaches) for x in early] == [(1, ("maturity",))]
    terms = outcomes.of(History("n", "a", {}, (("terms", DAY),)), today=LATER, rules=RULES)
    assert terms[0].teaches == ("budget", "maturity")
    for silent in ("description", "none"):
        assert teach(opened=DAY, words=((silent, DAY),)) == [], (
            "the answer said nothing of the pair, nor does opening it"
        )


def test_a_good_word_counts_less_than_an_intention_and_nothing_beside_one() -> None:
    assert teach(opened=DAY, words=(("suits", DAY),)) == [("suits", 3, 0.5)]
    assert teach(words=(("suits_own", DAY),)) == [("suits_own", 3, 0.1)]
    assert teach(intention=DAY, words=(("suits", DAY), ("suits_own", DAY))) == [("intention", 3, 1.0)]
    assert RULES["suits"].weight < RULES["intention"].weight
    assert RULES["suits"].teaches == RULES["suits_own"].teaches == ()


def test_of_many_who_say_the_same_only_the_first_few_count() -> None:
    many = tuple(("topic", DAY + timedelta(days=n)) for n in range(9))
    assert len(teach(words=many)) == outcomes.settings().most_words == 3
    assert len(teach(words=(*many, ("maturity", DAY)))) == 4


def test_two_sides_may_contradict_each_other() -> None:
    found = teach(intention=DAY, words=(("topic", DAY),))
    assert found == [("intention", 3, 1.0), ("topic", 1, 1.0)]


def test_every_reason_of_the_list_is_either_taught_by_a_rule_or_known_to_teach_nothing() -> None:
    assert {r.acts_on for r in REASONS.values()} - set(RULES) == {"description", "none"}
    keys = set(model_files.signal_keys())
    assert all(set(rule.teaches) <= keys for rule in RULES.values())


def test_labels_come_in_one_order_and_are_counted_by_source() -> None:
    histories = [
        History("n2", "a", {"intention": DAY}),
        History("n1", "b", {"opened": DAY}),
        History("n1", "a", {"signed": DAY}),
    ]
    for given in (histories, histories[::-1]):
        found = outcomes.labels(given, today=LATER, rules=RULES)
        assert [(x.need, x.achievement) for x in found] == [("n1", "a"), ("n1", "b"), ("n2", "a")]
    assert outcomes.counts(found) == {
        "signed": 1,
        "intention": 1,
        "opened": 1,
        "topic": 0,
        "maturity": 0,
        "terms": 0,
        "suits": 0,
        "suits_own": 0,
    }


ENOUGH: dict[str, Any] = {"labels": 200, "needs": 20, "held_pairs": 40, "held_needs": 5}
GOOD = {"log_loss": 1.0, "concordance": 0.8, "ndcg10": 0.7}


def told(measures: Mapping[str, float | None], live: Mapping[str, float | None], version: str = "v1") -> list[str]:
    facts = {**ENOUGH, "measures": measures, "live": {"version": version, "measures": live}}
    return gate.hindrances(facts, "v1", GATE)


def test_a_model_that_is_not_worse_passes_and_a_worse_one_is_told_by_how_much() -> None:
    assert told(GOOD, GOOD) == []
    for key, margin in GATE.margins.items():
        sign = 1 if key in gate.LOWER_IS_BETTER else -1
        assert told({**GOOD, key: GOOD[key] + sign * margin}, GOOD) == []
        worse = told({**GOOD, key: GOOD[key] + sign * (margin + 0.001)}, GOOD)
        assert len(worse) == 1
        assert gate.MEASURES[key] in worse[0]
        assert told({**GOOD, key: GOOD[key] - sign}, GOOD) == [], "better"
        assert told({**GOOD, key: None}, GOOD) == [f"“{gate.MEASURES[key]}”没有量出来"]
        assert told({**GOOD, key: None}, {**GOOD, key: None}) == []


def test_too_few_labels_say_how_many_there_are() -> None:
    for key, least in (("labels", 200), ("needs", 20), ("held_pairs", 40), ("held_needs", 5)):
        facts = {**ENOUGH, key: least - 1, "measures": GOOD, "live": {"version": "v1", "measures": GOOD}}
        found = gate.hindrances(facts, "v1", GATE)
        assert len(found) == 1
        assert str(least - 1) in found[0]
        assert str(least) in found[0]


def test_a_comparison_with_another_model_does_not_count() -> None:
    assert "v0" in told(GOOD, GOOD, "v0")[0]
    assert "还没有" in gate.hindrances(ENOUGH, "v1", GATE)[0]


def test_a_file_keeps_every_number_and_its_version() -> None:
    shipped = families.shipped()
    content = families.pack(shipped)
    again = families.load(content)
    assert again.cold == shipped.cold
    assert again.signals == shipped.signals
    assert again.version == shipped.version
    assert model_files.refuse(content) == families.refuse(content) == ""
    assert families.pack(again) == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[1]\n",
        b"null\n",
        b"\xff\xfe\n{}",
        "匹配".encode(),
        b"PK\x03\x04\n",
        b"{" * 70_000 + b"\n",
    ],
)
def test_what_is_no_model_file_is_refused_in_words(content: bytes) -> None:
    for refuse in (model_files.refuse, families.refuse):
        assert "不是蒙科聚的匹配模型文件" in refuse(content)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: b.pop("cold"), "读不出来"),
        (lambda b: b["signals"].pop("area"), "登记信息的权重"),
        (lambda b: b["signals"].update(area="多"), "读不出来"),
        (lambda b: b["signals"].update(area=float("nan")), "无效的数"),
        (lambda b: b["cold"]["ordinal"].update(scales=[0.0] * len(b["cold"]["ordinal"]["scales"])), "无效的数"),
        (lambda b: b["cold"]["ordinal"].update(schema_version=99), "读不出来"),
        (lambda b: b["cold"]["ordinal"].update(cuts=[3, 2, 1]), "升序"),
    ],
)
def test_damaged_content_is_refused_in_words(change: Any, words: str) -> None:
    content = families.pack(families.shipped())
    body = json.loads(content.partition(b"\n")[2])
    change(body)
    bad = model_files.pack("cold", "v", json.dumps(body).encode())
    assert words in families.refuse(bad)
    with pytest.raises(ModelFileError):
        families.load(bad)


def test_a_first_line_that_lacks_something_is_refused() -> None:
    head, _newline, body = families.pack(families.shipped()).partition(b"\n")
    for key in ("engine", "family", "version", "features", "signals", "sha256"):
        less = {k: v for k, v in json.loads(head).items() if k != key}
        assert "不完整" in model_files.refuse(json.dumps(less).encode() + b"\n" + body)
    unnamed = model_files.pack("cold", "", body)
    assert "没有写版本" in model_files.refuse(unnamed)


def test_the_card_says_what_the_labels_leave_out() -> None:
    facts = {
        **ENOUGH,
        "sources": dict.fromkeys(RULES, 3),
        "unreadable": 2,
        "held_from": "2026-11-01",
        "position": [1.0, 0.5],
        "measures": GOOD,
        "live": {"version": "v1", "measures": GOOD},
        "numbers": {"text": {"title_chars": [0.2, 0.3]}, "signals": {"area": [0.1, 0.2]}, "cuts": {"2": [0, 1]}},
    }
    card = site_card.write("site-x", facts, "2026-11-21", ["差一点"], outcomes.settings())
    for words in (
        "site-x",
        "只有达到推荐档次的才展示",
        "只展示、没有打开的不算标注",
        "- 差一点",
        "| 标题用字 | 0.2000 | 0.3000 |",
        "1.00、0.50",
    ):
        assert words in card
    bare = site_card.write("brought", {}, "2026-11-21", [], outcomes.settings())
    assert "从别处带来的模型" in bare
    assert "达到上线的条件" in bare
