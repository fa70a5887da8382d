"""Labels and sentences follow the reader's language; without Django they stay Chinese."""

import subprocess
import sys
from dataclasses import dataclass

import pytest
from django.utils import translation

from mengkeju.kernel import words
from mengkeju.kernel.access import any_of, describe, has_role, over_area
from mengkeju.kernel.workflow import DutySpec, State, Transition, TransitionRefusedError, Workflow


@dataclass
class Word:
    label: str
    label_en: str


def test_a_word_is_chosen_when_it_is_shown() -> None:
    thing = Word("需求", "Need")
    assert words.word(thing) == "需求"
    with translation.override("en"):
        assert words.word(thing) == "Need"
    assert words.word(thing) == "需求"


def test_a_name_without_english_serves_both() -> None:
    with translation.override("en"):
        assert words.chosen("沙尔沁工业区", "") == "沙尔沁工业区"


def test_words_in_a_row() -> None:
    assert words.listed(["甲", "乙"]) == "甲、乙"
    with translation.override("en"):
        assert words.listed(["a", "b"]) == "a, b"


def test_without_django_everything_is_chinese() -> None:
    program = (
        "import sys\nfrom mengkeju.kernel import words\n"
        "assert not words.is_english()\nprint(words.gettext('返回'), words.ngettext('一件', '多件', 2))\n"
        "assert 'django' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["返回", "多件"]


def test_a_refused_transition_says_why_in_the_language_of_the_reader() -> None:
    duty = DutySpec("answer", "答复", "owner", 3, label_en="Answer")
    table = Workflow(
        key="sample",
        label="样例",
        initial="open",
        states={"open": State("待答复", "Waiting", duty=duty), "closed": State("已结束", "Closed", final=True)},
        transitions={"close": Transition("结束", "Close", ("open",), "closed", "sample:close", note_required=True)},
    )
    with translation.override("en"), pytest.raises(TransitionRefusedError) as refused:
        table.check(type("Subject", (), {"state": "closed"})(), "close", "", {})
    assert refused.value.reason == "It is “Closed” now, so “Close” is not possible. Somebody may just have acted."


def test_who_may_is_said_in_the_language_of_the_reader() -> None:
    rule = any_of(has_role("officer", "auditor"), over_area("officer"))
    assert describe(rule) == "科技管理人员、审计管理员；或 本地区及上级的科技管理人员"
    with translation.override("en"):
        assert describe(rule) == "S&T officer, Auditor; or S&T officer of the area or of one above it"
