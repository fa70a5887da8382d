"""Which type a technology contract is (合同类型判定): guided questions, a suggestion with its reasons.

The registrar decides; what is suggested here and what was decided are two values. Questions and their answers lie in
`contract_types.yaml`; `answers` is a mapping from the key of a question to the key of an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mengkeju.deals.engine.choices import Choice, choices, read_file
from mengkeju.kernel.words import chosen

NONE = "none"
"""Not a technology contract."""
MOST_QUESTIONS = 7


@dataclass(frozen=True)
class Answer:
    """One answer: where it leads, `to` a question or to an `end` (`none`, a type, or `type.subtype`), and why."""

    key: str
    label: str
    label_en: str
    to: str = ""
    end: str = ""
    reason: str = ""
    reason_en: str = ""
    source: str = ""


@dataclass(frozen=True)
class Question:
    """One question with its answers, by key."""

    key: str
    label: str
    label_en: str
    hint: str
    hint_en: str
    answers: dict[str, Answer]


@dataclass(frozen=True)
class Reason:
    """Why an answer points to a type, and the article it rests on."""

    question: str
    label: str
    label_en: str
    source: str

    def __str__(self) -> str:
        """The sentence for the reader."""
        return chosen(self.label, self.label_en)


@dataclass(frozen=True)
class Suggestion:
    """What the answers say so far.

    `type`: a key of TYPES, NONE when it is not a technology contract, “” while that is open. `next`: the question to
    be asked now, None at an end. `possible`: what is still possible (keys of TYPES, NONE). `ignored`: keys of answers
    that belong to no question on the way, or are none of its answers.
    """

    type: str
    subtype: str
    reasons: tuple[Reason, ...]
    next: Question | None
    possible: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def is_decided(self) -> bool:
        """Whether an end is reached."""
        return self.next is None


def load(
    path: Path = Path(__file__).parent / "contract_types.yaml",
) -> tuple[dict[str, Choice], dict[str, Choice], dict[str, Question]]:
    """Types, subtypes of development, questions. ValueError when a way does not end or an end is not reached."""
    data = read_file(path)
    types, subtypes = choices(data["types"]), choices(data["subtypes"])
    questions = {row["key"]: _question(row) for row in data["questions"]}
    wrong = _problems(questions, {NONE, *types, *(f"development.{key}" for key in subtypes)} - {"development"})
    if wrong or not 0 < len(questions) <= MOST_QUESTIONS:
        msg = f"{path.name}: {'; '.join(wrong) or 'too many questions'}"
        raise ValueError(msg)
    return types, subtypes, questions


def _question(row: Mapping[str, Any]) -> Question:
    answers = {one["key"]: Answer(**one) for one in row["answers"]}
    return Question(row["key"], row["label"], row["label_en"], row["hint"], row["hint_en"], answers)


def _problems(questions: dict[str, Question], ends: set[str]) -> list[str]:
    """Unknown, unreached and circular ways. A question may lead to later ones only, so no way is a circle."""
    places, wrong = {key: n for n, key in enumerate(questions)}, []
    every = [(key, answer) for key, question in questions.items() for answer in question.answers.values()]
    for key, answer in every:
        if bool(answer.to) == bool(answer.end):
            wrong.append(f"{key}.{answer.key}: leads to a question or to an end")
        elif answer.to and places.get(answer.to, -1) <= places[key]:
            wrong.append(f"{key}.{answer.key}: {answer.to} is no later question")
        elif answer.end and not (answer.end in ends and answer.reason and answer.reason_en and answer.source):
            wrong.append(f"{key}.{answer.key}: an end is known and has a reason with its source")
    reached = {answer.to or answer.end for _, answer in every} | set(list(questions)[:1])
    return wrong + [f"{key} is not reached" for key in sorted((set(questions) | ends) - reached)]


TYPES, SUBTYPES, QUESTIONS = load()
FIRST = next(iter(QUESTIONS))


def next_question(answers: Mapping[str, Any]) -> Question | None:
    """The question to be asked now; None when the answers have reached an end."""
    return suggestion(answers).next


def suggestion(answers: Mapping[str, Any]) -> Suggestion:
    """Follow the answers as far as they lead. Answers that cannot be are passed over, never an error."""
    reasons: list[Reason] = []
    used: set[str] = set()
    question, end = QUESTIONS[FIRST], ""
    while not end:
        given = answers.get(question.key)
        answer = question.answers.get(given) if isinstance(given, str) else None
        if answer is None:
            return Suggestion("", "", tuple(reasons), question, _possible(question), _ignored(answers, used))
        used.add(question.key)
        if answer.reason:
            reasons.append(Reason(question.key, answer.reason, answer.reason_en, answer.source))
        question, end = QUESTIONS.get(answer.to, question), answer.end
    kind, _, subtype = end.partition(".")
    return Suggestion(kind, subtype, tuple(reasons), None, (kind,), _ignored(answers, used))


def _ignored(answers: Mapping[str, Any], used: set[str]) -> tuple[str, ...]:
    return tuple(str(key) for key, given in answers.items() if key not in used and given not in (None, ""))


def _possible(question: Question) -> tuple[str, ...]:
    """The types that can still come out, in the order of TYPES, NONE last."""
    found: set[str] = set()
    for answer in question.answers.values():
        found |= {answer.end.partition(".")[0]} if answer.end else set(_possible(QUESTIONS[answer.to]))
    return tuple(key for key in (*TYPES, NONE) if key in found)


def unanswered(answers: Mapping[str, Any]) -> tuple[Question, ...]:
    """The question to be asked now and those that may follow it, in order; empty at an end."""
    now = next_question(answers)
    if now is None:
        return ()
    found, open_keys = [], {now.key}
    for key, question in QUESTIONS.items():
        if key in open_keys:
            found.append(question)
            open_keys |= {answer.to for answer in question.answers.values() if answer.to}
    return tuple(found)
