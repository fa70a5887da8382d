from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mengkeju.deals.engine import contract_types as ct
from mengkeju.deals.engine.contract_types import NONE, QUESTIONS, SUBTYPES, TYPES, next_question, suggestion, unanswered


def ways(answers: dict[str, str]) -> Iterator[dict[str, str]]:
    """Every way from here to an end, asking what is asked."""
    question = next_question(answers)
    if question is None:
        yield answers
        return
    for key in question.answers:
        yield from ways({**answers, question.key: key})


WAYS = list(ways({}))
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=2)), st.sampled_from(["yes", "no", "use"])
)


def test_every_way_ends_and_every_type_is_reached() -> None:
    ends = {(found.type, found.subtype) for found in map(suggestion, WAYS)}
    assert ends == {
        ("development", "commissioned"),
        ("development", "joint"),
        ("transfer", ""),
        ("licence", ""),
        ("consulting", ""),
        ("service", ""),
        (NONE, ""),
    }
    assert all(len(way) <= 7 for way in WAYS)
    assert len(QUESTIONS) <= 7
    assert list(TYPES) == ["development", "transfer", "licence", "consulting", "service"]
    assert list(SUBTYPES) == ["commissioned", "joint"]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: ".".join(way.values()))
def test_an_end_says_why_with_an_article(way: dict[str, str]) -> None:
    found = suggestion(way)
    assert found.is_decided
    assert found.possible == (found.type,)
    assert found.ignored == ()
    assert unanswered(way) == ()
    assert found.reasons
    for reason in found.reasons:
        assert str(reason) == reason.label
        assert reason.label_en
        assert reason.source.startswith("民法典第八百")


def test_what_is_open_is_named_on_the_way() -> None:
    start = suggestion({})
    assert (start.type, start.reasons) == ("", ())
    assert start.possible == (*TYPES, NONE)
    assert [question.key for question in unanswered({})] == list(QUESTIONS)
    later = {"technical": "yes", "develops": "no", "hands_over": "no"}
    assert suggestion(later).possible == ("consulting", "service", NONE)
    assert [question.key for question in unanswered(later)] == ["advises", "solves", "routine"]
    developing = suggestion({"technical": "yes", "develops": "yes"})
    assert developing.possible == ("development",)
    assert [reason.question for reason in developing.reasons] == ["develops"]
    assert developing.next is QUESTIONS["jointly"]


def test_the_commissioned_development_of_the_screen() -> None:
    found = suggestion({"technical": "yes", "develops": "yes", "jointly": "one_side"})
    assert (found.type, found.subtype) == ("development", "commissioned")
    assert [str(reason) for reason in found.reasons] == [
        "标的是新技术、新产品、新工艺、新品种或者新材料的研究开发，或者成果的实施转化",
        "一方委托、另一方进行研究开发",
    ]


def test_answers_off_the_way_are_passed_over_and_named() -> None:
    found = suggestion({"technical": "no", "develops": "yes", "advises": "", "colour": "red"})
    assert (found.type, found.ignored) == (NONE, ("develops", "colour"))
    wrong = suggestion({"technical": "perhaps"})
    assert (wrong.next, wrong.ignored) == (QUESTIONS["technical"], ("technical",))


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(QUESTIONS)), st.text(max_size=6)), ANYTHING))
def test_no_answers_are_an_error(answers: dict[str, Any]) -> None:
    found = suggestion(answers)
    assert found.is_decided == (found.type in {*TYPES, NONE}) == (not unanswered(answers))
    assert found.possible


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = (Path(ct.__file__).parent / "contract_types.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "types.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("to: solves", "to: advises", "no later question"),
        ("to: solves", "to: nowhere", "no later question"),
        ("end: licence", "end: lease", "licence is not reached"),
        ("end: licence", "to: advises, end: licence", "a question or to an end"),
        ("checked_on: 2026-11-22", "checked_on: someday", "checked_on"),
    ],
)
def test_a_file_with_a_way_that_does_not_end_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ct.load(changed(tmp_path, old, new))


def test_every_sentence_of_the_file_has_its_english() -> None:
    data = yaml.safe_load((Path(ct.__file__).parent / "contract_types.yaml").read_text(encoding="utf-8"))
    rows = [*data["types"], *data["subtypes"], *data["questions"]]
    rows += [answer for question in data["questions"] for answer in question["answers"]]
    for row in rows:
        for key in ("label", "hint", "reason"):
            assert bool(row.get(key)) == bool(row.get(f"{key}_en")), row
