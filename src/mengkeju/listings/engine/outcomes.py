"""How a need ends: the coded list, what must be said with each, and the figures of chasing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import word
from mengkeju.kernel.workflow import DutySpec

PATH = Path(__file__).parent / "outcomes.yaml"
SATISFACTIONS = range(1, 6)
CONFIRM_KEY = "confirm_outcome"


@dataclass(frozen=True)
class Outcome:
    """One way to end. `counted`: as solved through the platform, so somebody here must be named and it be confirmed."""

    key: str
    label: str
    label_en: str
    counted: bool


@dataclass(frozen=True)
class Rules:
    """The list and figures of `outcomes.yaml`, which says what each one is."""

    checked_on: date
    source: str
    outcomes: dict[str, Outcome]
    words: dict[str, dict[str, Outcome]]
    aged_days: int
    chase_every_days: int
    confirm_working_days: int

    def aged_before(self, now: datetime) -> datetime:
        """What was published before this moment is aged."""
        return now - timedelta(days=self.aged_days)

    def chased_since(self, now: datetime) -> datetime:
        """Who was chased after this moment is not chased again."""
        return now - timedelta(days=self.chase_every_days)


def load(path: Path = PATH) -> Rules:
    """Read the file. ValueError unless it is dated and its figures are positive."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    outcomes = {row["key"]: Outcome(**row) for row in data["outcomes"]}
    made = Rules(
        data["checked_on"],
        str(data["source"]),
        outcomes,
        {
            kind: {key: replace(outcomes[key], **said) for key, said in words.items()}
            for kind, words in data["words"].items()
        },
        int(data["aged_days"]),
        int(data["chase_every_days"]),
        int(data["confirm_working_days"]),
    )
    if not isinstance(made.checked_on, date) or min(made.aged_days, made.chase_every_days) <= 0:
        msg = f"{path.name}: checked_on must be a date and the figures positive"
        raise ValueError(msg)
    return made


RULES = load()
OUTCOMES = RULES.outcomes
COUNTED = tuple(key for key, outcome in OUTCOMES.items() if outcome.counted)
CONFIRM_OUTCOME = DutySpec(
    CONFIRM_KEY,
    "确认办结时写的结果",
    "owner",
    RULES.confirm_working_days,
    RULES.source,
    label_en="Confirm how it ended",
)


def outcome_word(kind: str, key: str) -> str:
    """What an outcome is called of a kind, for the reader."""
    return word(RULES.words.get(kind, OUTCOMES)[key])


def outcome_choices(kind: str) -> list[tuple[str, str]]:
    """(key, word for the reader) for a form."""
    return [(key, outcome_word(kind, key)) for key in OUTCOMES]


def outcome_problem(data: Mapping[str, Any], kind: str = "need") -> str | None:
    """What is missing in what was said of how a need, or another kind, ended; None when it is enough."""
    outcome = OUTCOMES.get(str(data.get("outcome") or ""))
    if kind in RULES.words:
        return _people_problem(outcome, data)
    if outcome is None:
        return _("请选择这项需求的结果：通过平台解决、在平台之外解决，还是不再需要")
    if outcome.counted and not (data.get("solver") or data.get("solution")):
        return _("通过平台解决的，请写明由平台上的哪个单位或哪项成果解决")
    return _satisfaction_problem(data)


def _people_problem(outcome: Outcome | None, data: Mapping[str, Any]) -> str | None:
    """The same of a post, or of a group of students."""
    if outcome is None:
        return _("请选择结果：通过平台、在平台之外，还是不再需要")
    if outcome.counted and not (data.get("solver") or data.get("solution")):
        return _("通过平台的，请写明是平台上的哪个单位或哪一条")
    return _satisfaction_problem(data)


def _satisfaction_problem(data: Mapping[str, Any]) -> str | None:
    given = data.get("satisfaction")
    if given is not None and given not in SATISFACTIONS:
        return _("满意程度是 1 到 5")
    return None
